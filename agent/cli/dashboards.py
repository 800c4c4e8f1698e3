"""`beffroi dashboards`: dashboards for Grafana, the same for every configuration."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import ForceOption

FOLDER = "dashboards"
MARK = '{\n  "uid": "beffroi-'
LARGEST = 1024 * 1024


def register(app: typer.Typer) -> None:
    """Add `dashboards`."""

    @app.command()
    def dashboards(
        output: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to; created if missing.")],
        force: ForceOption = False,
    ) -> None:
        """Write the dashboards for Grafana, as JSON to provision or import."""
        from agent.cli.writing import write_all
        from agent.config.settings import Agent
        from agent.evaluation.identity import give_up_root

        give_up_root(Agent().state_directory)
        write_all(output, files(), mark=MARK, force=force, say=typer.echo)


def files() -> dict[str, str]:
    """Return the name and text of each dashboard, as shipped with the program."""
    from agent.core.errors import UsageError
    from agent.core.files import read_file
    from agent.core.ownership import HOME

    found = sorted((HOME / FOLDER).glob("*.json"))
    if not found:
        raise UsageError(f"{HOME / FOLDER} holds no dashboard", "the program is incomplete: install it anew")
    return {path.name: read_file(path, limit=LARGEST).decode() for path in found}
