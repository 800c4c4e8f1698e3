"""A session: configuration, ledger, hosts and registry, opened and closed together."""

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from agent.accounting.accepting import terms_declared
from agent.accounting.expectation import Days
from agent.accounting.storing import storing_declared
from agent.config.load import load
from agent.config.of_agent import refuse_centre
from agent.config.secrets import find_secret
from agent.config.settings import Configuration
from agent.core.clock import Clock, SystemClock
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import Expected, expected, expected_entries
from agent.core.duties.watched import watched
from agent.core.errors import LedgerDamaged, LedgerError, LedgerFull, NoLedger, UsageError
from agent.core.facts.copy_audit import COLLECTOR as AUDITS
from agent.core.files import other_writers
from agent.core.inventory import Inventory
from agent.core.judging import departures
from agent.core.judging.looked_at import LookTarget, target_of
from agent.core.manifest import Manifest
from agent.core.model import Observation
from agent.core.period import day_of
from agent.evaluation.former_names import FormerNames
from agent.evaluation.identity import take_identity
from agent.evaluation.registered_restore import documented
from agent.evaluation.registry import Registry, find
from agent.evaluation.tasks import TaskContext, tasks_of
from agent.hosts.connections import Connections
from agent.ledger.ledger import Ledger
from agent.register.book import as_entries
from agent.restores.scratch import sweep

log = logging.getLogger("beffroi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One opened configuration. `ledger` None: nothing is kept, for the reason that `not_kept` gives.

    `unwritten` is then the ledger opened for reading only, where there is one: what was seen before still counts.
    `rest` closes the connections that no one uses, at the end of a cycle; `close` all of them, for good and at once.
    `targets` are what is looked at, by collector and subject.
    """

    configuration: Configuration
    registry: Registry
    ledger: Ledger | None
    not_kept: str | None
    context: TaskContext
    rest: Callable[[], None]
    close: Callable[[], None]
    clock: Clock
    unwritten: Ledger | None = None
    targets: Mapping[tuple[str, str], LookTarget | None] = field(default_factory=dict)

    @property
    def known(self) -> Ledger | None:
        """Return the ledger to read from, whether it is written to or not; None: there is none."""
        return self.ledger or self.unwritten

    @property
    def inventory(self) -> Inventory:
        """Return what is declared and not retired: what is looked at and judged."""
        return still_watched(self.configuration, self.known, self.clock.now())

    @property
    def wanted(self) -> tuple[Expected, ...]:
        """Return everything that must have a verdict: what is declared, and what was entered and is not long closed."""
        declared = expected(self.inventory, self.configuration.convention.starts)
        if self.known is None:
            return declared
        return declared + entered(self.known, self.configuration, self.clock.now())


def still_watched(configuration: Configuration, ledger: Ledger | None, now: datetime) -> Inventory:
    """Return the declared inventory without what is retired."""
    retired = {} if ledger is None else ledger.retired(day_of(now))
    return watched(configuration.inventory, retired.keys())


def entered(ledger: Ledger, configuration: Configuration, now: datetime) -> tuple[Expected, ...]:
    """Return the registers' entries that have a verdict of their own."""
    today = day_of(now)
    return expected_entries(entries_in(ledger), configuration.inventory, today)


def entries_in(ledger: Ledger) -> tuple[RegisterEntry, ...]:
    """Return the registers' entries, those that looks have closed being closed."""
    entries = as_entries(ledger.entries(None))
    if not any(entry.register == departures.REGISTER for entry in entries):
        return entries
    return departures.with_closings(entries, ledger.standing())


def loaded(path: Path) -> Configuration:
    """Return a configuration to look by; log who else could have written it. Raises ConfigurationError."""
    configuration = load(path, strict=False)
    writers = other_writers(path)
    if writers is not None:
        log.warning("%s can be written by %s, who can change what is expected; see beffroi config check", path, writers)
    return configuration


@contextmanager
def open_session(path: Path, *, keep: bool = True, clock: Clock | None = None) -> Iterator[Session]:
    """Open a configuration for looking; close every door and the ledger at the end.

    A state directory that is full or read-only costs what is kept, never what is judged. `keep` False: on purpose.
    Raises ConfigurationError, NotAllowed, LedgerDamaged.
    """
    configuration = loaded(path)
    refuse_centre(configuration)
    directory = configuration.agent.state_directory
    take_identity(directory, writing=keep)
    clock = clock or SystemClock()
    with ExitStack() as stack:
        ledger, not_kept = _ledger(configuration, clock, keep=keep)
        if ledger is not None:
            stack.callback(ledger.close)
            _sweep(directory)
        unwritten = _readable(directory, clock, stack) if ledger is None else None
        folder = directory
        if ledger is None or not _writable(directory):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="beffroi-")))
        yield stack.enter_context(_equipped(configuration, ledger, not_kept, clock, folder, unwritten))


@contextmanager
def reading(path: Path, *, clock: Clock | None = None) -> Iterator[tuple[Configuration, Ledger | None, Clock]]:
    """Open a configuration and its ledger for reading only; nothing is created. No ledger yet: None.

    Raises ConfigurationError, NotAllowed, LedgerDamaged.
    """
    configuration = load(path, strict=False)
    directory = configuration.agent.state_directory
    take_identity(directory, writing=False)
    clock = clock or SystemClock()
    with existing_ledger(directory, clock) as ledger:
        yield configuration, ledger, clock


@contextmanager
def reading_ledger(directory: Path) -> Iterator[tuple[Ledger | None, Clock]]:
    """Open the ledger of a state directory for reading only, whatever its configuration says; None: there is none.

    Raises NotAllowed, LedgerDamaged.
    """
    take_identity(directory, writing=False)
    clock = SystemClock()
    with existing_ledger(directory, clock) as ledger:
        yield ledger, clock


@contextmanager
def reopened(session: Session, path: Path, *, accept: Callable[[Configuration], None]) -> Iterator[Session]:
    """Open a changed configuration over the same ledger. Raises UsageError where it takes a restart.

    `accept` may refuse it as well, before the ledger keeps that it was loaded.
    """
    configuration = loaded(path)
    before, after = session.configuration.agent, configuration.agent
    if (before.state_directory, before.listen) != (after.state_directory, after.listen):
        raise UsageError("state_directory or listen changed", "restart the service: a reload keeps both")
    accept(configuration)
    context = session.context
    with _equipped(
        configuration, session.ledger, session.not_kept, session.clock, context.folder, session.unwritten
    ) as opened:
        yield opened


@contextmanager
def _equipped(
    configuration: Configuration,
    ledger: Ledger | None,
    not_kept: str | None,
    clock: Clock,
    folder: Path,
    unwritten: Ledger | None,
) -> Iterator[Session]:
    if ledger is not None:
        not_kept = not_kept or keep_load(configuration, ledger)
    known = ledger or unwritten
    registry = find(configuration.inventory)
    inventory = configuration.inventory
    targets = {task.name: task.target for task in tasks_of(registry, inventory)}
    targets |= {(AUDITS, copy.subject): target_of(copy, inventory) for one in inventory.backups for copy in one.copies}
    names = FormerNames(ledger=known, inventory=configuration.inventory, targets=targets)
    with Connections(
        configuration.inventory.hosts,
        timeout=configuration.agent.timeout,
        find_secret=lambda name: find_secret(name, configuration.path.parent),
    ) as doors:
        context = TaskContext(
            here=doors.here,
            host=doors.host,
            clock=clock,
            folder=folder,
            timeout=configuration.agent.timeout,
            previous=lambda *name: _looked(names.last_look, *name),
            former=lambda *name: _looked(names.seen, *name),
            newest_row=lambda: _newest_row(known),
            reach=doors.reach,
            leave=doors.leave,
            jump=doors.jump,
            manifest=lambda subject: Manifest() if known is None else known.manifest(subject),
            restoring=lambda copy: documented(ledger, configuration, clock, copy),
            program=registry.program,
        )
        yield Session(
            configuration=configuration,
            registry=registry,
            ledger=ledger,
            not_kept=not_kept,
            context=context,
            rest=doors.rest,
            close=doors.close,
            clock=clock,
            unwritten=unwritten,
            targets=targets,
        )


def _sweep(directory: Path) -> None:
    try:
        swept = sweep(directory)
    except OSError as error:
        log.warning("leftovers of a killed restore in %s cannot be removed: %s", directory, error.strerror)
        return
    if swept:
        log.warning("removed the leftovers of %d killed restore(s) in %s", swept, directory)


def _ledger(configuration: Configuration, clock: Clock, *, keep: bool) -> tuple[Ledger | None, str | None]:
    directory = configuration.agent.state_directory
    if not keep:
        return None, "asked not to"
    try:
        return Ledger.open(directory, clock=clock), None
    except LedgerFull as error:
        return None, error.message


def _readable(directory: Path, clock: Clock, stack: ExitStack) -> Ledger | None:
    """Return the ledger opened for reading only; None where none was made, or where it cannot be read at the moment.

    Raises LedgerDamaged.
    """
    try:
        return stack.enter_context(existing_ledger(directory, clock))
    except LedgerDamaged:
        raise
    except LedgerError as error:
        log.warning("%s; evaluating without earlier readings and pinned repository ids", error.message)
        return None


@contextmanager
def existing_ledger(directory: Path, clock: Clock) -> Iterator[Ledger | None]:
    """Open the ledger of a state directory for reading only; None where none was made. Raises LedgerError."""
    with ExitStack() as stack:
        ledger: Ledger | None = None
        with suppress(NoLedger):
            ledger = stack.enter_context(Ledger.open(directory, clock=clock, readonly=True))
        yield ledger


def keep_load(configuration: Configuration, ledger: Ledger) -> str | None:
    """Keep a load of the configuration where the ledger lacks it; return what kept it from being kept, or None."""
    wanted = expected(configuration.inventory, configuration.convention.starts)
    declared = {one.key: Days(starts=one.starts, ends=one.ends) for one in wanted}
    accepting = terms_declared(configuration.inventory, configuration.convention.starts)
    try:
        storing = storing_declared(configuration.inventory)
        ledger.keep_load(configuration.digest, declared, configuration.targets, accepting, storing)
    except LedgerError as error:
        return error.message
    return None


def _looked(
    ask: Callable[..., Observation | None], collector: str, subject: str, *repository: str
) -> Observation | None:
    try:
        return ask(collector, subject, *repository)
    except LedgerError as error:
        log.warning("earlier reading of %s on %s cannot be read: %s", collector, subject, error.message)
        return None


def _newest_row(ledger: Ledger | None) -> datetime | None:
    try:
        return None if ledger is None else ledger.newest_instant()
    except LedgerError as error:
        log.warning("the ledger's newest row cannot be read: %s", error.message)
        return None


def _writable(directory: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=directory) as probe:
            probe.write(b"\0" * 4096)
            probe.flush()
    except OSError:
        return False
    return True
