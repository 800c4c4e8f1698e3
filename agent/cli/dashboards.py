"""`beffroi dashboards`: dashboards for Grafana, the same for every configuration."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `dashboards`."""

    @app.command()
    def dashboards(
        output: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write into; made where it is not.")],
    ) -> None:
        """Write the dashboards for Grafana, as JSON to provision or import."""
        from agent.cli.writing import write_all
        from agent.config.settings import Agent
        from agent.dashboards.written import MARK, files
        from agent.evaluation.identity import give_up_root

        give_up_root(Agent().state_directory)
        for path in write_all(output, files(), mark=MARK):
            typer.echo(path)
