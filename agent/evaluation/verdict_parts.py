"""What each look showed of a verdict that rests on many, kept until something under it changes.

Of a verdict that names a thousand hosts, one look that came back changes one part. A part is kept where its judgement
asked for its own look alone, and gave no figure that moves: until a look of that name comes in, or the instant at which
its answer turns. What all verdicts rest on ends all parts.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from agent.core.facts.installed_programs import InstalledProgram
from agent.core.followed_time import Turns
from agent.core.judging.check import Need
from agent.core.model import Finding, Key
from agent.evaluation.combining import has_moving
from agent.evaluation.due_keys import Name

# Fewer parts are judged as quickly as they are looked up.
MANY = 16
# What rules draw from looks: twice for each departure that is followed.
MOST_DRAWN = 200


class AskedNames:
    """The names of the looks that a judgement asked for."""

    def __init__(self) -> None:
        self.names: set[Name] = set()

    @contextmanager
    def apart(self) -> Iterator[set[Name]]:
        """Yield what is asked for meanwhile, by itself; it counts for the whole as well."""
        before, self.names = self.names, set()
        own = self.names
        try:
            yield own
        finally:
            before |= own
            self.names = before


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFindings:
    """What one need shows; `outdated` are the programs of ours that its look shows to be, by the host's id."""

    findings: tuple[Finding, ...] = ()
    outdated: tuple[tuple[str, InstalledProgram], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    need: Need
    shows: NeedFindings
    turns: Turns


class VerdictParts:
    """Remember the parts of verdicts between rounds."""

    def __init__(self) -> None:
        self._known: dict[Key, dict[Name, _Part]] = {}
        # What rules drew from a collector's looks at each subject, by what it is; of each, the longest known first.
        self._drawn: dict[tuple[str, Hashable], dict[str, object]] = {}

    def drawn(
        self, collector: str, subjects: Sequence[str], what: Hashable, work: Callable[[str], object]
    ) -> dict[str, object]:
        """Return what was drawn from a collector's looks at some subjects, or what is drawn now."""
        if (collector, what) not in self._drawn and len(self._drawn) >= MOST_DRAWN:
            self._drawn = {}
        known = self._drawn.setdefault((collector, what), {})
        for subject in subjects:
            if subject not in known:
                known[subject] = work(subject)
        return {subject: known[subject] for subject in subjects}

    def forget_oldest(self, share: float) -> None:
        """Forget a share of what was drawn from looks, that which is known longest: it is to be compared again."""
        for known in self._drawn.values():
            for subject in tuple(islice(known, math.ceil(share * len(known)))):
                del known[subject]

    def forget(self, names: Iterable[Name]) -> None:
        """Forget what rests on some looks."""
        for name in names:
            for (collector, _), drawn in self._drawn.items():
                if collector == name[0]:
                    drawn.pop(name[1], None)
            for parts in self._known.values():
                parts.pop(name, None)

    def forget_verdicts(self, keys: Iterable[Key]) -> None:
        """Forget all of some verdicts."""
        for key in keys:
            self._known.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self._known, self._drawn = {}, {}

    def unknown(self, key: Key, names: Iterable[Name], now: datetime) -> Iterator[Name]:
        """Yield those of some names that a judgement of a key at an instant will have to read."""
        parts = self._known.get(key, {})
        return (name for name in names if (part := parts.get(name)) is None or part.turns.has_turned(now))

    def of(self, key: Key, asked: AskedNames, turns: Turns) -> "PartsOfVerdict":
        """Return the parts of one verdict, for one judgement."""
        return PartsOfVerdict(lambda: self._known.setdefault(key, {}), asked, turns)


class PartsOfVerdict:
    """The parts of one verdict, during one judgement."""

    def __init__(self, known: Callable[[], dict[Name, _Part]], asked: AskedNames, turns: Turns) -> None:
        # Most verdicts have so few needs that they are never asked for one.
        self._parts = known
        self._known: dict[Name, _Part] | None = None
        self._asked = asked
        self._turns = turns

    def of(self, need: Need, judged: Callable[[], NeedFindings]) -> NeedFindings:
        """Return what one need shows: as it is known, or as it is judged now."""
        if self._known is None:
            self._known = self._parts()
        name, known = need[:2], self._known
        part = known.get(name)
        if part is not None and part.need == need and not part.turns.has_turned(self._turns.at):
            self._asked.names.add(name)
            self._turns.join(part.turns)
            return part.shows
        known.pop(name, None)
        with self._asked.apart() as own, self._turns.apart() as turns:
            shows = judged()
        if own == {name} and not turns.restless and not any(map(has_moving, shows.findings)):
            known[name] = _Part(need=need, shows=shows, turns=turns)
        return shows
