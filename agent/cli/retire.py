"""`beffroi retire`: end what is expected of a host, a backup, a copy, a source, a flow, a filter or a perimeter."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.core.errors import UsageError

if TYPE_CHECKING:
    from agent.accounting.retirements import Retirement
    from agent.register.retiring import Request

KINDS = ("host", "backup", "copy", "source", "flow", "filter", "perimeter")


def register(app: typer.Typer) -> None:
    """Add `retire`."""

    @app.command()
    def retire(
        kind: Annotated[str, typer.Argument(help="host, backup, copy, source, flow, filter or perimeter.")],
        id: Annotated[str, typer.Argument(help="Its id; of a copy BACKUP/COPY, of a source LOG/SOURCE.")],
        reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
        author: Annotated[str, typer.Option(metavar="NAME", help="Who retires it.")],
        on: Annotated[
            str | None, typer.Option(metavar="DATE", help="The last day that is expected; default: today.")
        ] = None,
        mistake: Annotated[
            bool, typer.Option("--mistake", help="It was never meant: within seven days of its first load.")
        ] = False,
        config: ConfigOption = None,
    ) -> None:
        """End what is expected of something that is declared."""
        from agent.register.retiring import Request

        asked = Request(kind=_kind(kind), subject=id, reason=reason, author=author, last_day=_day(on), mistake=mistake)
        for one in entered(configuration_path(config), asked):
            typer.echo(f"{one.id}: {said(one)}")


def entered(path: Path, asked: "Request") -> "tuple[Retirement, ...]":
    """Enter a retirement; return its entries. Raises UsageError."""
    from agent.cli.register import opened
    from agent.register.retiring import retire

    with opened(path) as (configuration, ledger, now):
        return retire(ledger, configuration.inventory, asked, now)


def said(one: "Retirement") -> str:
    """Return what a retirement means from now on, and when the entry in the file can go."""
    name = f"{one.kind} {one.subject}"
    if one.mistake:
        return f"{name} was declared by mistake: it was never expected, and its entry can go from the file"
    following = one.last_day + timedelta(days=1)
    return f"{name} is expected up to and with {one.last_day}; its entry can go from the file from {following} on"


def _kind(text: str) -> str:
    if text not in KINDS:
        raise UsageError(f"{text[:60]!r} cannot be retired", f"give one of: {', '.join(KINDS)}")
    return text


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--on: {text[:60]!r} is no day", "give a day such as 2026-12-31") from None
