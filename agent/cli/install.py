"""`beffroi install`, `beffroi begin` and `beffroi uninstall`: the program as a service of this machine."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from agent.installation.places import Places

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
    """Add `install`, `begin` and `uninstall`."""

    @app.command()
    def install(
        start: Annotated[bool, typer.Option("--start", help="Then begin, as begin --yes does.")] = False,
        without_pdf: Annotated[
            bool, typer.Option("--without-pdf", help="Leave out what reports need to be written as PDFs.")
        ] = False,
        wheels: WheelsOption = None,
    ) -> None:
        """Install this checkout as a service, or upgrade the installed one; run as root, repeatable."""
        from agent.core.ownership import HOME
        from agent.installation import begin as beginning
        from agent.installation import install as installing
        from agent.installation.places import Places

        require_root("install")
        installing.install(Places(), HOME, wheels, say, with_pdf=not without_pdf)
        if start:
            beginning.begin(Places(), say, lambda: None)

    @app.command()
    def begin(yes: Annotated[bool, typer.Option("--yes", help="Begin without asking.")] = False) -> None:
        """Check the installed configuration, show what will be expected, ask, then start the service."""
        from agent.installation import begin as beginning
        from agent.installation.places import Places

        require_root("begin")
        beginning.begin(Places(), say, (lambda: None) if yes else confirm)

    @app.command()
    def uninstall(
        purge: Annotated[bool, typer.Option("--purge", help="Remove ledger and configuration as well.")] = False,
        yes: Annotated[bool, typer.Option("--yes", help="Purge without asking.")] = False,
    ) -> None:
        """Remove the service and the program; ledger and configuration stay. --purge asks, or needs --yes."""
        from agent.installation import uninstall as uninstalling
        from agent.installation.places import Places

        require_root("uninstall")
        if purge and not yes:
            confirm_purge(Places())
        uninstalling.uninstall(Places(), say, purge=purge)


def require_root(command: str) -> None:
    """Raise UsageError where this is not root."""
    from agent.core.errors import UsageError

    if os.geteuid() != 0:
        raise UsageError(f"{command} changes this machine and takes root", f"sudo beffroi {command}")


def confirm() -> None:
    """Ask on a terminal whether to begin. Raises UsageError where the answer is not yes, or no one can be asked."""
    from agent.core.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("nothing was begun: this is no terminal to ask on", "sudo beffroi begin --yes")
    if not typer.confirm("Begin to count days?", err=True):
        raise UsageError("nothing was begun", "sudo beffroi begin, when the configuration says what is meant")


def confirm_purge(places: "Places") -> None:
    """Ask on a terminal whether to purge. Raises UsageError where the answer is not yes, or no one can be asked."""
    from agent.core.errors import UsageError

    gone = f"{places.state} (ledger, signing key, reports) and {places.configuration.parent}"
    backup = "beffroi.tar, by (umask 077; sudo beffroi ledger backup > beffroi.tar), keeps the ledger"
    if places.centre_state.exists():
        gone = f"the fleet's centre in {places.centre_state}, {gone}"
        backup += f", and the same with --config {places.centre} into another file the centre's"
    if not sys.stdin.isatty():
        what = f"nothing was removed: --purge takes {gone} for ever, and this is no terminal to ask on"
        raise UsageError(what, f"sudo beffroi uninstall --purge --yes; {backup}")
    typer.echo(f"--purge removes {gone} for ever; {backup}", err=True)
    if not typer.confirm("Remove all of it?", err=True):
        raise UsageError(
            "nothing was removed", "sudo beffroi uninstall, without --purge, keeps ledger and configuration"
        )


def say(line: str) -> None:
    """Print what one step did."""
    typer.echo(line, err=True)
