"""`beffroi ledger`: verify the ledger's chain, or write all that it holds to an archive."""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.cli.rotate_key import add_rotate_key
from agent.cli.summaries import CommandGroup
from agent.core.errors import UsageError

if TYPE_CHECKING:
    from agent.ledger.ledger import ChainVerification
    from agent.proving.signed_note import SignedNote

# What a damaged row holds may be anything, and as long.
LONGEST = 400
HOW = "(umask 077; sudo beffroi ledger backup > beffroi.tar)"
# How the centre's own ledger is called beside its agents'.
OWN = "the centre's own"


def register(app: typer.Typer) -> None:
    """Add `ledger backup`, `ledger restore`, `ledger rotate-key` and `ledger verify`."""
    group = typer.Typer(cls=CommandGroup, no_args_is_help=True, help="Look at the ledger itself.")
    app.add_typer(group, name="ledger")

    # Without it, typer would take a group of one command for that command.
    @group.callback()
    def ledger_group() -> None:
        """Look at the ledger itself."""

    @group.command("backup")
    def backup(config: ConfigOption = None) -> None:
        """Write the state directory as a tar archive to standard output, and say what it lacks; exit code as verify."""
        if sys.stdout.isatty():
            raise UsageError("an archive is nothing for a terminal", HOW)
        found, lacks = backed_up(configuration_path(config))
        for line in (*told(found), *lacks, *_open_to_others(sys.stdout.buffer)):
            typer.echo(line, err=True)
        raise typer.Exit(exit_code(found))

    @group.command("restore")
    def restore(
        file: Annotated[Path, typer.Argument(metavar="FILE", help="An archive of beffroi ledger backup.")],
        config: ConfigOption = None,
    ) -> None:
        """Put a backup into the empty state directory, and verify its ledger; exit code as verify, 2 if refused."""
        path = configuration_path(config)
        found, lacks = restored(path, file)
        for line in (*told(found), *lacks):
            typer.echo(line, err=True)
        raise typer.Exit(exit_code(found))

    add_rotate_key(group)

    @group.command("verify")
    def verify(
        head: Annotated[
            list[Path] | None,
            typer.Option(metavar="FILE", help="Signed heads received earlier, as mailed: the ledger must have each."),
        ] = None,
        checkpoint: Annotated[
            list[Path] | None,
            typer.Option(metavar="FILE", help="A checkpoint received earlier: the ledger's log must continue it."),
        ] = None,
        config: ConfigOption = None,
    ) -> None:
        """Verify the ledger's chain; exit 0 intact, 1 damaged or rolled back, 3 inconclusive."""
        from agent.cli.centre import is_centre
        from agent.ledger.received import read, read_checkpoints

        path = configuration_path(config)
        if is_centre(path):
            raise typer.Exit(verified_fleet(path))
        found = walk(path, read(head or ()), read_checkpoints(checkpoint or ()))
        for line in told(found):
            typer.echo(line)
        raise typer.Exit(exit_code(found))


def exit_code(found: "ChainVerification") -> int:
    """Return what a walk ends a command with."""
    from agent.ledger.ledger import ChainOutcome

    return {ChainOutcome.SOUND: 0, ChainOutcome.DAMAGED: 1, ChainOutcome.UNPROVEN: 3}[found.outcome]


def backed_up(path: Path) -> tuple["ChainVerification", list[str]]:
    """Write the state of a configuration to standard output; return what a walk over the copy found, and its gaps."""
    from agent.config.load import load
    from agent.config.named_files import files_outside
    from agent.core.clock import SystemClock
    from agent.evaluation.identity import take_identity
    from agent.ledger.backup import write
    from agent.wording.inert import inert

    configuration = load(path, strict=False)
    directory = configuration.agent.state_directory
    take_identity(directory, writing=True)
    written = write(directory, sys.stdout.buffer, SystemClock())
    sys.stdout.buffer.flush()
    outside = (f"{file}: outside {directory}, back it up as well" for file in files_outside(configuration, path))
    return written.found, [f"not in it: {inert(one, LONGEST)}" for one in (*written.lacks, *outside)]


def _open_to_others(written: IO[bytes]) -> Iterator[str]:
    """Yield what is wrong with the file that an archive with private keys was written to."""
    status = os.fstat(written.fileno())
    if stat.S_ISREG(status.st_mode) and status.st_mode & 0o007:
        mode = stat.S_IMODE(status.st_mode)
        yield f"open to everyone: the archive holds private keys, and its file has mode {mode:04o}: chmod 0600 it"


def restored(path: Path, file: Path) -> tuple["ChainVerification", list[str]]:
    """Put an archive into the state directory of a configuration; return what a walk found, and which files lack.

    The archive is opened first: it may be one that root alone may read.
    """
    from agent.config.load import load
    from agent.config.named_files import files_outside
    from agent.core.clock import SystemClock
    from agent.evaluation.identity import take_identity
    from agent.ledger import restore as restoring
    from agent.wording.inert import inert

    configuration = load(path, strict=False)
    directory = configuration.agent.state_directory
    with _opened(file) as archive:
        _make(directory)
        take_identity(directory, writing=True)
        found = restoring.restore(directory, archive, SystemClock())
    missing = [one for one in files_outside(configuration, path) if not _exists(one)]
    return found, [f"missing: {inert(str(one), LONGEST)}, which the configuration names" for one in missing]


def _opened(file: Path) -> IO[bytes]:
    try:
        if not file.is_file():
            raise UsageError(f"there is no file {file}", "name a file that beffroi ledger backup wrote")
        return file.open("rb")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "sudo beffroi ledger restore FILE") from error


def _exists(path: Path) -> bool:
    """Return whether a file is there; what may not be looked at is not said to be missing."""
    try:
        return path.exists()
    except OSError:
        return True


def _make(directory: Path) -> None:
    """Make a state directory that is not there; root makes the service's for the service's user."""
    from agent.evaluation.identity import take_identity
    from agent.installation.places import Places

    if directory.is_dir():
        return
    places = Places()
    if os.geteuid() == 0 and directory == places.state:
        hint = "sudo systemd-tmpfiles --create /etc/tmpfiles.d/beffroi.conf, after sudo ./beffroi install"
        raise UsageError(f"there is no {directory}", hint)
    take_identity(directory, writing=True)
    try:
        directory.mkdir(mode=0o750, parents=True)
    except OSError as error:
        raise UsageError(
            f"{directory} cannot be made: {error.strerror}", "make it, and give it to its owner"
        ) from error


def walk(path: Path, received: Sequence[str] = (), checkpoints: Sequence["SignedNote"] = ()) -> "ChainVerification":
    """Return what a walk over the ledger of a configuration finds; damage of any kind is an answer, not an error.

    `received` and `checkpoints`: heads and checkpoints that left this machine earlier.

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
            return ledger.verify(received, checkpoints)
    except LedgerDamaged as error:
        return ChainVerification(outcome=ChainOutcome.DAMAGED, rows=0, heads=0, damage=(error.message,))
    except LedgerError as error:
        return ChainVerification(outcome=ChainOutcome.UNPROVEN, rows=0, heads=0, doubts=(error.message,))


def verified_fleet(path: Path) -> int:
    """Walk the ledger of every agent, print what each walk found, and return the worst exit code.

    Raises UsageError, and DatabaseAway where the database cannot be asked.
    """
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.evaluation.identity import take_identity
    from agent.queries.centre import verified_ledgers

    configuration = load(path, strict=False)
    take_identity(configuration.agent.state_directory, writing=True)
    codes: dict[str, int] = {}
    for agent, found in verified_ledgers(configuration, SystemClock()):
        for line in told(found):
            typer.echo(f"{agent or OWN}: {line}")
        codes[agent] = exit_code(found)
    if not codes.keys() - {""}:
        typer.echo("no agent has sent anything yet", err=True)
        codes.setdefault("-", 3)
    return 1 if 1 in codes.values() else max(codes.values())


def told(found: "ChainVerification") -> Iterator[str]:
    """Yield what a walk found, the outcome first, each thing on a line of its own."""
    from agent.wording.inert import inert

    yield f"{found.outcome.value}: {_count(found.rows, 'row')}, {_count(found.heads, 'signed day')}"
    for line in (*found.damage, *found.doubts, *found.erased):
        yield inert(line, LONGEST)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
