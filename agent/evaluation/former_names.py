"""Find what earlier looks saw of a copy's repository under another name, or at another place, than it has now."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from agent.core.inventory import Copy, Inventory
from agent.core.judging.carried_over import carried_over, repository_in
from agent.core.judging.looked_at import LookTarget
from agent.core.model import Observation
from agent.evaluation.due_keys import UNDECLARED
from agent.ledger.ledger import Ledger


@dataclass(slots=True)
class LooksOnce:
    """Read each look from a ledger once, while nothing new is kept: rules ask for the same ones many times."""

    ledger: Ledger
    _newest: dict[tuple[str, str], Observation | None] = field(default_factory=dict)
    _subjects: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def newest(self, collector: str, subject: str) -> Observation | None:
        """Return the newest look of a collector at a subject that succeeded. Raises LedgerError."""
        name = (collector, subject)
        if name not in self._newest:
            self._newest[name] = newest_look(self.ledger, *name)
        return self._newest[name]

    def subjects(self, collector: str) -> tuple[str, ...]:
        """Return the subjects at which a look of a collector ever succeeded."""
        if collector not in self._subjects:
            self._subjects[collector] = self.ledger.subjects(collector)
        return self._subjects[collector]

    def forget(self) -> None:
        """Read each anew from now on."""
        self._newest.clear()
        self._subjects.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerNames:
    """Answer for copies that were renamed, from the ledger; without one, nothing is known.

    `note` is given the collector and the subject of each look that is asked for. `targets` are what is looked at now,
    by collector and subject. `once` reads its looks; None: each is read whenever it is asked for.
    """

    ledger: Ledger | None
    inventory: Inventory
    note: Callable[[str, str], None] = lambda collector, subject: None
    targets: Mapping[tuple[str, str], LookTarget | None] = field(default_factory=dict)
    once: LooksOnce | None = None

    def seen(self, collector: str, subject: str, repository: str | None = None) -> Observation | None:
        """Return the newest look of a collector at the copy's repository where it was seen otherwise; else None.

        `repository` is its id; None: the one that the configuration or the copy's own list of points names. Raises
        LedgerError.
        """
        copy = next((one for one in self.inventory.copies if one.subject == subject), None)
        if self.ledger is None or copy is None:
            return None
        former = tuple(self._former(self.ledger, copy, collector, repository))
        own = self._newest(self.ledger, collector, subject)
        if own is not None and not self._is_present(collector, subject, own):
            named = repository or copy.repository_id
            # Of points that are gone it is told whose they were; else another repository's look says nothing of this.
            same = collector == copy.program.listing or named is None or repository_in(own) in (None, named.lower())
            former = (*former, own) if same else former
            own = None
        return carried_over(own, former, subject)

    def last_look(self, collector: str, subject: str) -> Observation | None:
        """Return the newest look that succeeded, under whatever name. Raises LedgerError."""
        if self.ledger is None:
            return None
        found = self.seen(collector, subject)
        if found is None:
            own = self._newest(self.ledger, collector, subject)
            found = own if own is not None and self._is_present(collector, subject, own) else None
        return found

    def _is_present(self, collector: str, subject: str, look: Observation) -> bool:
        target = self.targets.get((collector, subject))
        return target is None or target.shown_by(look)

    def _former(self, ledger: Ledger, copy: Copy, collector: str, repository: str | None) -> Iterator[Observation]:
        listing = copy.program.listing
        self.note(listing, UNDECLARED)
        declared = {one.subject for one in self.inventory.copies}
        subjects = (self.once or ledger).subjects(listing)
        names = [name for name in subjects if name not in declared]
        if not names:
            return
        id = repository or copy.repository_id or repository_in(self._newest(ledger, listing, copy.subject))
        same = [name for name in names if id and repository_in(self._newest(ledger, listing, name)) == id.lower()]
        looks = (self._newest(ledger, collector, name) for name in same)
        yield from (look for look in looks if look is not None)

    def _newest(self, ledger: Ledger, collector: str, subject: str) -> Observation | None:
        self.note(collector, subject)
        return newest_look(ledger, collector, subject) if self.once is None else self.once.newest(collector, subject)


def newest_look(ledger: Ledger, collector: str, subject: str) -> Observation | None:
    """Return the newest look of a collector at a subject that succeeded. Raises LedgerError."""
    kept = ledger.latest_observation(collector, subject)
    return kept.reading if kept is not None and isinstance(kept.reading, Observation) else None
