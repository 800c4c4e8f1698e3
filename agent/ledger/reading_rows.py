"""Append readings: whole now and then, else what changed since the observation before; of a batch each for itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent.core.errors import LedgerError
from agent.core.model import Failure, Reading
from agent.ledger import encode
from agent.ledger.append import Writer
from agent.ledger.difference import compare
from agent.ledger.facts import KeptLines, LastObservation, Name, digest, encoded, last_observations
from agent.ledger.fields import instant
from agent.ledger.kept_types import FACT, LOOK
from agent.ledger.readings import KIND

# A reading can be told from its payload and those back to the last whole one: this long at most.
WHOLE_EVERY = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendedReading:
    """The sequence of a reading, and how much it adds to what is known; 0 for what is kept whole, as the first is."""

    sequence: int
    added: int


def keep(writer: Writer, taken: Sequence[Reading], beneficiary: str) -> Iterator[AppendedReading | LedgerError]:
    """Append readings in their order; yield what became of each once it is appended, before the next one is.

    What cannot be kept appends nothing, and costs none of the others.
    """
    drafts = [_draft(reading) for reading in taken]
    before = _Before(writer)
    for group in _each_name_once(drafts):
        writer.flush()
        before.read([one for one in group if isinstance(one, _Draft)])
        for draft in group:
            yield draft if isinstance(draft, LedgerError) else _append(writer, draft, before, beneficiary)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A reading as JSON has it, its facts one a line, and the digest of these; None: a failure, which has no facts."""

    reading: Reading
    look: object
    lines: tuple[str, ...] = ()
    facts_sha256: str | None = None

    @property
    def name(self) -> Name:
        """Return whose look it is."""
        return self.reading.collector, self.reading.subject


def _draft(reading: Reading) -> _Draft | LedgerError:
    try:
        "".join((reading.collector, reading.subject)).encode()
        look = LOOK.encode(reading)
        encode.canonical(look)
        if isinstance(reading, Failure):
            return _Draft(reading=reading, look=look)
        lines = tuple(encode.canonical(FACT.encode(fact)) for fact in reading.facts)
        return _Draft(reading=reading, look=look, lines=lines, facts_sha256=digest(lines))
    except UnicodeEncodeError as error:
        return LedgerError(f"a name that is no text cannot be kept: {error.object!a:.80}")
    except LedgerError as error:
        return error


def _each_name_once(drafts: Sequence[_Draft | LedgerError]) -> Iterator[Sequence[_Draft | LedgerError]]:
    """Yield the drafts in groups of which none has two of one name: the later is kept as what changed since."""
    group: list[_Draft | LedgerError] = []
    names: set[Name] = set()
    for draft in drafts:
        if isinstance(draft, _Draft) and draft.name in names:
            yield group
            group, names = [], set()
        group.append(draft)
        if isinstance(draft, _Draft):
            names.add(draft.name)
    yield group


class _Before:
    """The newest observations before some readings, and the facts of those that have changed."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._last: Mapping[Name, LastObservation] = {}
        self._kept = KeptLines({})

    def read(self, drafts: Sequence[_Draft]) -> None:
        """Read what some readings are compared with."""
        seen = [one for one in drafts if one.facts_sha256 is not None]
        self._last = last_observations(self._writer.connection, [one.name for one in seen])
        changed = [one.name for one in seen if self._has_changed(one)]
        self._kept = KeptLines.read(self._writer.connection, changed)

    def compared_with(self, name: Name) -> LastObservation | None:
        """Return the observation of which the next is kept as the difference; None: it is kept whole, as the first."""
        last = self._last.get(name)
        if last is None or not timedelta(0) <= self._writer.now - instant(last.base_instant) < WHOLE_EVERY:
            return None
        return last

    def lines(self, last: LastObservation) -> list[str]:
        """Return its facts, one a line. Raises LedgerDamaged."""
        return self._kept.of(last)

    def _has_changed(self, draft: _Draft) -> bool:
        last = self.compared_with(draft.name)
        return last is not None and last.facts_sha256 != draft.facts_sha256


def _append(writer: Writer, draft: _Draft, before: _Before, beneficiary: str) -> AppendedReading | LedgerError:
    last = before.compared_with(draft.name)
    is_first = draft.facts_sha256 is not None and last is None
    try:
        content = {"look": draft.look, **_facts(draft, last, before)}
        written = writer.written
        sequence = writer.append(KIND, content, beneficiary)
    except LedgerError as error:
        return error
    return AppendedReading(sequence=sequence, added=0 if is_first else writer.written - written)


def _facts(draft: _Draft, last: LastObservation | None, before: _Before) -> dict[str, object]:
    if isinstance(draft.reading, Failure):
        return {}
    facts = draft.reading.facts
    whole: dict[str, object] = {"facts_sha256": draft.facts_sha256, "whole": [FACT.encode(fact) for fact in facts]}
    if last is None:
        return whole
    since: dict[str, object] = {"facts_sha256": draft.facts_sha256, "since": last.sequence, "base": last.base}
    if last.facts_sha256 == draft.facts_sha256:
        return since
    change = compare(before.lines(last), draft.lines)
    if len(change.added) > len(draft.lines) // 2:
        return whole
    return {**since, "difference": encoded(change, facts)}
