"""The interface of a check: the readings that a target needs, and the pure rule that judges them."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.inventory import Inventory
from agent.core.judging.moving import NOTHING_MOVES, Moving
from agent.core.looks import LastLook, no_look
from agent.core.model import Finding, Observation, Reading, Target

# What a rule draws from the looks at one subject.
Drawn = TypeVar("Drawn")
# Of a collector's looks at some subjects: by what it is remembered, and how it is made for one subject.
Remembered = Callable[[str, Sequence[str], Hashable, Callable[[str], Any]], dict[str, Any]]


def not_remembered(
    collector: str, subjects: Sequence[str], what: Hashable, work: Callable[[str], Any]
) -> dict[str, Any]:
    """Return what is made of the looks at each subject."""
    return {subject: work(subject) for subject in subjects}


class Need(NamedTuple):
    """A reading that a verdict rests on; its first two fields are the look's name.

    `by_occasion`: proven once in a while (a verification, a drill). The last look that succeeded then counts, whatever
    failed since, and `evidence_age` is the objective's own limit, given here; None: the target's.
    `optional`: told beside the rest where it was seen; where it was not, the verdict lacks nothing by it.
    """

    collector: str
    subject: str
    by_occasion: bool = False
    evidence_age: timedelta | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessfulLook:
    """A look that succeeded, and the id by which it is evidence."""

    look: Observation
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a rule is asked: one declared item, the target in force for it, and the instant.

    `allowance` is zero for the verdict of the moment, the run allowance for a day's account.
    `first_seen` is when the item's subject came into the inventory. `beside` gives what another collector saw of
    another subject, to compare with; None: nothing fresh. `last_look` gives the newest look
    that succeeded, however old, under whatever name its repository had, `formerly` what it had under another one that
    the newest look under this name does not know, `newest` the newest one, also a failure, `looks`
    those that succeeded between two instants, the oldest first, and the newest one that did. `remembered` gives what
    was made of the looks at each of some subjects, made anew where another one came in. `hosts` names those whose
    accounts are watched, or were at any time since an instant. `objective` gives the limit of a target for the same
    subject, as it was in force on a day.
    """

    item: Any
    inventory: Inventory
    target: Target
    now: datetime
    first_seen: datetime
    allowance: timedelta = field(default=timedelta(0))
    beside: Callable[[str, str], Observation | None] = lambda collector, subject: None
    last_look: LastLook = no_look
    formerly: LastLook = no_look
    newest: Callable[[str, str], Reading | None] = lambda collector, subject: None
    looks: Callable[[str, str, datetime, datetime], tuple[SuccessfulLook, ...]] = (
        lambda collector, subject, since, until: ()
    )
    remembered: Remembered = not_remembered
    hosts: Callable[[datetime], frozenset[str]] = lambda since: frozenset()
    since: datetime | None = None
    entries: tuple[RegisterEntry, ...] = ()
    signed: date | None = None
    objective: Callable[[str, date], float | None] = lambda target, day: CLAUSES[target].limit

    def registered(self, register: str) -> tuple[RegisterEntry, ...]:
        """Return the entries of one register."""
        return tuple(entry for entry in self.entries if entry.register == register)

    def drawn(
        self,
        collector: str,
        subjects: Iterable[str],
        since: datetime,
        until: datetime,
        draw: Callable[..., Drawn],
        *given: Hashable,
    ) -> dict[str, Drawn]:
        """Return what a pure function draws from the looks at each of some subjects between two instants.

        `given` follows the looks. It should be short: it is remembered, where a thousand hosts' looks are not read anew
        because one came in.
        """

        def work(subject: str) -> Drawn:
            return draw(self.looks(collector, subject, since, until), *given)

        return self.remembered(collector, tuple(subjects), (draw, since, until, given), work)


def no_needs(question: Question) -> tuple[Need, ...]:
    """Return no need: for a target that no look shows, only what was entered."""
    return ()


def nothing(*asked: object) -> tuple[Finding, ...]:
    """Return no finding, whatever is asked."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Declare how a target is judged; the registry finds it as `CHECK` in any module of `checks`.

    `declared` is what the configuration alone settles (a copy outside the EEA): its findings join the others; a finding
    that is not applicable settles the whole. `entered` is what the registers tell (`question.entries`): it is only
    asked where they could be read and the clock is sound. `judge` is only ever given an observation whose evidence is
    fresh: whatever is missing, failed or stale has become an unproven finding before (agent.evaluation.evaluate).
    `best` tells that one subject is enough (the newest of several copies), where the worst of what is needed of that
    subject speaks for it; else the worst finding is the verdict. `moving` tells how facts may change from look to look
    while a good verdict stays good.
    """

    target: str
    needs: Callable[[Question], tuple[Need, ...]] = no_needs
    judge: Callable[[Need, Observation, Question], Iterable[Finding]] = nothing
    declared: Callable[[Question], Iterable[Finding]] = nothing
    entered: Callable[[Question], Iterable[Finding]] | None = None
    best: bool = False
    moving: Moving = NOTHING_MOVES
