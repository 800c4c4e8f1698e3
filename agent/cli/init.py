"""`beffroi init`: a configuration written from what this machine shows."""

from pathlib import Path
from typing import Annotated

import typer

OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", metavar="FILE", help="File to write; an existing one is not replaced. Default: standard output."
    ),
]


def register(app: typer.Typer) -> None:
    """Add `init`."""

    @app.command("init")
    def init(output: OutputOption = None) -> None:
        """Write a commented configuration for this machine that `config check` accepts."""
        from agent.config.initial.discover import discover
        from agent.config.initial.draft import initial, write_new

        text = initial(discover())
        if output is None:
            typer.echo(text, nl=False)
            return
        write_new(output, text)
        typer.echo(f"{output}: written; read it through, then beffroi config check {output}", err=True)
