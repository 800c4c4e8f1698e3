"""Bring what reaches the fleet's database, the first time that a command needs it."""

from pathlib import Path

import typer


def prepare_fleet(path: Path) -> None:
    """Bring what reaches the database where a configuration names one, while the rights to do so are still there."""
    from importlib.util import find_spec

    from agent.config.load import load

    if find_spec("psycopg") is None and load(path, strict=False).fleet is not None:
        set_up(None)


def set_up(wheels: Path | None) -> None:
    """Bring what reaches the database, the first time, while the rights to do so are still there."""
    from agent.installation.fleet import set_up as bring

    bring(wheels, lambda line: typer.echo(line, err=True))
