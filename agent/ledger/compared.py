"""What readings are compared with before they are appended: the newest observations before them, and their facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent.core.model import Reading
from agent.ledger.append import Writer
from agent.ledger.batch import LookFields
from agent.ledger.difference import Difference, compare
from agent.ledger.facts import KeptLines, LastObservation, last_observations
from agent.ledger.fields import instant
from agent.ledger.reading_payload import Name

# A reading can be told from its payload and those back to the last whole one: this long at most.
WHOLE_EVERY = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reading as JSON has it, its facts one a line, and the digest of these; None: a failure, which has no facts."""

    reading: Reading
    look: LookFields
    lines: tuple[str, ...] = ()
    facts_sha256: str | None = None

    @property
    def name(self) -> Name:
        """Return whose look it is."""
        return self.reading.collector, self.reading.subject


class Before:
    """The newest observations before some readings, of those with a row, and the facts of those that have changed."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._last: Mapping[Name, LastObservation] = {}
        self._kept = KeptLines({})
        self._changes: dict[Name, Difference] = {}

    def read(self, drafts: Sequence[Draft]) -> None:
        """Read what some readings are compared with."""
        seen = [one for one in drafts if one.facts_sha256 is not None]
        self._last = last_observations(self._writer.connection, [one.name for one in seen])
        changed = [one.name for one in seen if self._has_changed(one)]
        self._kept = KeptLines.read(self._writer.connection, changed)
        self._changes = {}

    def compared_with(self, name: Name) -> LastObservation | None:
        """Return the observation of which the next is kept as the difference; None: it is kept whole, as the first."""
        last = self._last.get(name)
        if last is None or not timedelta(0) <= self._writer.now - instant(last.base_instant) < WHOLE_EVERY:
            return None
        return last

    def change(self, last: LastObservation, draft: Draft) -> Difference:
        """Return how the facts of a reading come from those of the observation before it. Raises LedgerDamaged."""
        if last.facts_sha256 == draft.facts_sha256:
            return Difference()
        if draft.name not in self._changes:
            self._changes[draft.name] = compare(self._kept.of(last), draft.lines)
        return self._changes[draft.name]

    def _has_changed(self, draft: Draft) -> bool:
        last = self.compared_with(draft.name)
        return last is not None and last.facts_sha256 != draft.facts_sha256
