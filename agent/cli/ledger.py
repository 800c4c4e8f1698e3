"""`beffroi ledger verify`: walk the ledger's chain, and say whether it holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.cli.options import ConfigOption, configuration_path

if TYPE_CHECKING:
    from agent.ledger.ledger import Walk

# What a damaged row holds may be anything, and as long.
LONGEST = 400


def register(app: typer.Typer) -> None:
    """Add `ledger verify`."""
    group = typer.Typer(no_args_is_help=True, help="Look at the ledger itself.")
    app.add_typer(group, name="ledger")

    # Without it, typer would take a group of one command for that command.
    @group.callback()
    def ledger_group() -> None:
        """Look at the ledger itself."""

    @group.command("verify")
    def verify(config: ConfigOption = None) -> None:
        """Walk the ledger's chain: 0 it holds, 1 it is damaged, 3 that could not be told."""
        from agent.ledger.ledger import Outcome

        found = walk(configuration_path(config))
        for line in told(found):
            typer.echo(line)
        raise typer.Exit({Outcome.SOUND: 0, Outcome.DAMAGED: 1, Outcome.UNPROVEN: 3}[found.outcome])


def walk(path: Path) -> "Walk":
    """Return what a walk over the ledger of a configuration finds; damage of any kind is an answer, not an error.

    Raises ConfigurationError, NotAllowed, UsageError where there is no ledger.
    """
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.core.errors import LedgerDamaged, LedgerError
    from agent.identity import take_identity
    from agent.ledger.ledger import Ledger, Outcome, Walk

    directory = load(path, strict=False).agent.state_directory
    take_identity(directory, writing=False)
    try:
        with Ledger.open(directory, clock=SystemClock(), readonly=True) as ledger:
            return ledger.verify()
    except LedgerDamaged as error:
        return Walk(outcome=Outcome.DAMAGED, rows=0, heads=0, damage=(error.message,))
    except LedgerError as error:
        return Walk(outcome=Outcome.UNPROVEN, rows=0, heads=0, doubts=(error.message,))


def told(found: "Walk") -> Iterator[str]:
    """Yield what a walk found, the outcome first, each thing on a line of its own."""
    from agent.wording.inert import inert

    yield f"{found.outcome.value}: {_count(found.rows, 'row')}, {_count(found.heads, 'signed day')}"
    for line in (*found.damage, *found.doubts, *found.erased):
        yield inert(line, LONGEST)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
