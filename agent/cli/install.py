"""`beffroi install` and `beffroi uninstall`: the program as a service of this machine."""

import os
from pathlib import Path
from typing import Annotated

import typer

WheelsOption = Annotated[
    Path | None,
    typer.Option(
        "--wheels",
        metavar="DIR",
        envvar="BEFFROI_WHEELS",
        show_envvar=False,
        help="Take the libraries from a directory of wheels; nothing is fetched.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add `install` and `uninstall`."""

    @app.command()
    def install(wheels: WheelsOption = None) -> None:
        """Install this checkout as a service, or upgrade the installed one; run as root, repeatable."""
        from agent.core.ownership import HOME
        from agent.installation import install as installing
        from agent.installation.places import Places

        require_root("install")
        installing.install(Places(), HOME, wheels, say)

    @app.command()
    def uninstall(
        purge: Annotated[bool, typer.Option("--purge", help="Remove ledger and configuration as well.")] = False,
    ) -> None:
        """Remove the service and the program; ledger and configuration stay."""
        from agent.installation import uninstall as uninstalling
        from agent.installation.places import Places

        require_root("uninstall")
        uninstalling.uninstall(Places(), say, purge=purge)


def require_root(command: str) -> None:
    """Raise UsageError where this is not root."""
    from agent.core.errors import UsageError

    if os.geteuid() != 0:
        raise UsageError(f"{command} changes this machine and takes root", f"sudo beffroi {command}")


def say(line: str) -> None:
    """Print what one step did."""
    typer.echo(line, err=True)
