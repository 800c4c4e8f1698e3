"""`beffroi ledger`: verify the ledger's chain, or write all that it holds to an archive."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.cli.summaries import CommandGroup
from agent.core.errors import UsageError

if TYPE_CHECKING:
    from agent.ledger.ledger import ChainVerification

# What a damaged row holds may be anything, and as long.
LONGEST = 400


def register(app: typer.Typer) -> None:
    """Add `ledger verify` and `ledger backup`."""
    group = typer.Typer(cls=CommandGroup, no_args_is_help=True, help="Look at the ledger itself.")
    app.add_typer(group, name="ledger")

    # Without it, typer would take a group of one command for that command.
    @group.callback()
    def ledger_group() -> None:
        """Look at the ledger itself."""

    @group.command("backup")
    def backup(config: ConfigOption = None) -> None:
        """Write the ledger, the signing key and the drills as a tar archive to standard output; exit code as verify."""
        if sys.stdout.isatty():
            raise UsageError("an archive is nothing for a terminal", "sudo beffroi ledger backup > beffroi.tar")
        found = backed_up(configuration_path(config))
        for line in told(found):
            typer.echo(line, err=True)
        raise typer.Exit(exit_code(found))

    @group.command("verify")
    def verify(
        head: Annotated[
            list[Path] | None,
            typer.Option(metavar="FILE", help="Signed heads received earlier, as mailed: the ledger must have each."),
        ] = None,
        config: ConfigOption = None,
    ) -> None:
        """Verify the ledger's chain; exit 0 intact, 1 damaged or rolled back, 3 inconclusive."""
        from agent.ledger.received import read

        found = walk(configuration_path(config), read(head or ()))
        for line in told(found):
            typer.echo(line)
        raise typer.Exit(exit_code(found))


def exit_code(found: "ChainVerification") -> int:
    """Return what a walk ends a command with."""
    from agent.ledger.ledger import ChainOutcome

    return {ChainOutcome.SOUND: 0, ChainOutcome.DAMAGED: 1, ChainOutcome.UNPROVEN: 3}[found.outcome]


def backed_up(path: Path) -> "ChainVerification":
    """Write the state of a configuration to standard output; return what a walk over the copy found."""
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.evaluation.identity import take_identity
    from agent.ledger.backup import write

    directory = load(path, strict=False).agent.state_directory
    take_identity(directory, writing=True)
    found = write(directory, sys.stdout.buffer, SystemClock())
    sys.stdout.buffer.flush()
    return found


def walk(path: Path, received: Sequence[str] = ()) -> "ChainVerification":
    """Return what a walk over the ledger of a configuration finds; damage of any kind is an answer, not an error.

    `received`: heads that left this machine earlier.

    Raises ConfigurationError, NotAllowed, UsageError where there is no ledger.
    """
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.core.errors import LedgerDamaged, LedgerError
    from agent.evaluation.identity import take_identity
    from agent.ledger.ledger import ChainOutcome, ChainVerification, Ledger

    directory = load(path, strict=False).agent.state_directory
    take_identity(directory, writing=False)
    try:
        with Ledger.open(directory, clock=SystemClock(), readonly=True) as ledger:
            return ledger.verify(received)
    except LedgerDamaged as error:
        return ChainVerification(outcome=ChainOutcome.DAMAGED, rows=0, heads=0, damage=(error.message,))
    except LedgerError as error:
        return ChainVerification(outcome=ChainOutcome.UNPROVEN, rows=0, heads=0, doubts=(error.message,))


def told(found: "ChainVerification") -> Iterator[str]:
    """Yield what a walk found, the outcome first, each thing on a line of its own."""
    from agent.wording.inert import inert

    yield f"{found.outcome.value}: {_count(found.rows, 'row')}, {_count(found.heads, 'signed day')}"
    for line in (*found.damage, *found.doubts, *found.erased):
        yield inert(line, LONGEST)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
