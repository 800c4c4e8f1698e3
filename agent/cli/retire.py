"""`beffroi retire`: end what is expected of a host, a backup, a copy, a source, a flow, a filter or a perimeter."""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.completing import beginning
from agent.cli.options import ConfigOption, configuration_path
from agent.core.errors import UsageError
from agent.wording.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agent.accounting.retirements import Retirement
    from agent.config.settings import Configuration
    from agent.register.retiring import Request

KINDS = ("host", "backup", "copy", "source", "flow", "filter", "perimeter")


def register(app: typer.Typer) -> None:
    """Add `retire`."""

    @app.command()
    def retire(
        kind: Annotated[
            str,
            typer.Argument(
                help="host, backup, copy, source, flow, filter or perimeter.", autocompletion=beginning(lambda: KINDS)
            ),
        ],
        id: Annotated[str, typer.Argument(help="Its id; of a copy BACKUP/COPY, of a source LOG/SOURCE.")],
        reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
        author: Annotated[str, typer.Option(metavar="NAME", help="Who retires it.")],
        on: Annotated[
            str | None, typer.Option(metavar="DATE", help="The last day that is expected; default: today.")
        ] = None,
        mistake: Annotated[
            bool, typer.Option("--mistake", help="It was never meant: within seven days of its first load.")
        ] = False,
        yes: Annotated[bool, typer.Option("--yes", help="Take back a mistake without asking.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """End what is expected of something that is declared; a host takes its backups with it.

        --mistake is final: it asks on a terminal, and needs --yes elsewhere.
        """
        from agent.register.retiring import Request

        asked = Request(kind=_kind(kind), subject=id, reason=reason, author=author, last_day=_day(on), mistake=mistake)
        for one in entered(configuration_path(config), asked, confirm if mistake and not yes else None):
            typer.echo(f"{one.id}: {said(one)}")


def entered(
    path: Path, asked: "Request", confirm: "Callable[[Sequence[str]], None] | None" = None
) -> "tuple[Retirement, ...]":
    """Enter a retirement; return its entries. `confirm` is shown what goes. Raises UsageError."""
    from agent.cli.register import opened
    from agent.register.retiring import planned, retire

    with opened(path) as (configuration, ledger, now):
        if confirm is not None:
            confirm(
                list(
                    dict.fromkeys(
                        _named(one, configuration) for one in planned(ledger, configuration.inventory, asked, now)
                    )
                )
            )
        found = retire(ledger, configuration.inventory, asked, now)
        for line in moved(found, asked.last_day):
            typer.echo(line, err=True)
        return found


def confirm(names: "Sequence[str]") -> None:
    """Show what a mistake takes back and ask on a terminal. Raises UsageError where no one agrees or can be asked."""
    if not sys.stdin.isatty():
        raise UsageError(
            f"nothing was entered: --mistake takes back {', '.join(names)} for good, and this is no terminal to ask on",
            "add --yes, or leave --mistake out: then its days until today stay counted",
        )
    typer.echo("taken back for good, as if never declared; the report counts them:", err=True)
    for name in names:
        typer.echo(f"  {name}", err=True)
    if not typer.confirm("Take all of it back?", err=True):
        raise UsageError("nothing was entered", "leave --mistake out: then its days until today stay counted")


def moved(found: "Sequence[Retirement]", asked: date | None) -> tuple[str, ...]:
    """Return a line for each last day that is not the one asked for: a day that has been seen is not taken away."""
    return tuple(
        f"{one.kind} {one.subject}: {asked} is past, and what was seen since stays; its last day is {one.last_day}"
        for one in found
        if asked is not None and one.last_day != asked
    )


def _named(one: "Retirement", configuration: "Configuration") -> str:
    copies = [copy.subject for copy in configuration.inventory.copies if copy.backup == one.subject]
    beside = f" (with {', '.join(copies)})" if one.kind == "backup" and copies else ""
    return f"{one.kind} {one.subject}{beside}"


def said(one: "Retirement") -> str:
    """Return what a retirement means from now on, and when the entry in the file can go."""
    name = f"{one.kind} {one.subject}"
    if one.mistake:
        return f"{name} was declared by mistake: it was never expected, and its entry can go from the file"
    following = one.last_day + timedelta(days=1)
    return f"{name} is expected up to and with {one.last_day}; its entry can go from the file from {following} on"


def _kind(text: str) -> str:
    if text not in KINDS:
        near = nearest(text, KINDS, 1)
        hint = f"did you mean {near[0]}?" if near else f"give one of: {', '.join(KINDS)}"
        raise UsageError(f"{text[:60]!r} cannot be retired", hint)
    return text


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--on: {text[:60]!r} is no day", "give a day such as 2026-12-31") from None
