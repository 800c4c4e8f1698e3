"""Hold the rows of days to the rules by which days are kept: what no program keeps is seen. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

from agent.accounting.days import DATED_EVIDENCE
from agent.accounting.recovery import LATE_DAYS
from agent.core.model import WORST_FIRST, Key, State
from agent.core.period import day_of
from agent.ledger.day_rows import DayResult

# Where a civil day is over last would depend on the zone; before this it is over in none.
_FIRST_ZONE = timezone(timedelta(hours=14))
# A row is a moment later than what it says.
_KEPT_WITHIN = timedelta(hours=1)

# Whether an entry accepts a day of a target and subject.
Accepted = Callable[[str, str, str], bool]
# Whether one that came in before an instant names it so, be it after that day.
NamedBy = Callable[[str, str, str, datetime], bool]


@dataclass(slots=True)
class DayRowRules:
    """Take each row of a day in the order of the ledger; what its rules do not let be is added to `wrong`.

    `earlier` are days that an entry accepts by the rules of earlier programs alone: it acted on days before its own,
    and who accepts was held to less. `unshown` are those that only an entry which was erased may accept: the first of
    these is of `erased_from`.
    """

    accepted: Accepted
    named: NamedBy = lambda *_: False
    erased_from: date = date.max
    wrong: list[str] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)
    unshown: set[tuple[str, str, str]] = field(default_factory=set)

    def may_be_accepted(self, day: str, target: str, subject: str) -> bool:
        """Return whether an entry accepts a day, or one that was erased may; that it rests on such a one is noted."""
        if self.accepted(day, target, subject):
            return True
        if date.fromisoformat(day) < self.erased_from:
            return False
        self.unshown.add((day, target, subject))
        return True

    def take(self, key: Key, day: str, came: DayResult, before: DayResult | None, at: datetime) -> None:
        """Take the row of a day; `before` is what stood for it until then."""
        said = f"{day} {key.target} {key.subject} is kept as {came.state.value}"
        if came.state is State.ACCEPTED and came.measured in (State.MISSED, State.UNPROVEN):
            is_first = before is None or before.measured is not came.measured
            if self.may_be_accepted(day, key.target, key.subject):
                pass
            elif is_first and self.named(day, key.target, key.subject, at):
                self.earlier.append(said)
            else:
                self.wrong.append(f"{said}, and no entry accepts that day")
        elif came.state is not came.measured or came.state is State.ACCEPTED:
            self.wrong.append(f"{said}, and was measured as {came.measured.value}")
        if at < datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), tzinfo=_FIRST_ZONE):
            self.wrong.append(f"{said} by a row of {at:%F %T} UTC, before that day was over")
        if before is not None and _is_better(came, before) and not _may_be_late(key, day, came, before, at):
            self.wrong.append(f"{said} by a later row, and was measured as {before.measured.value}")

    def doubts(self) -> Iterator[str]:
        """Yield what only earlier programs kept so, and what no entry that is shown lets be."""
        if self.unshown:
            day, target, subject = min(self.unshown)
            yield (
                f"{day} {target} {subject} is kept as accepted, and an entry that may accept it was erased (days kept"
                f" so: {len(self.unshown)}): what accepts them is not shown"
            )
        if self.earlier:
            yield (
                f"{self.earlier[0]} by an entry that acts on that day by rules of before December 2026 alone (days kept"
                f" so: {len(self.earlier)}): it came in later, or names who may not accept"
            )


def _is_better(came: DayResult, before: DayResult) -> bool:
    return WORST_FIRST.index(came.measured) > WORST_FIRST.index(before.measured)


def _may_be_late(key: Key, day: str, came: DayResult, before: DayResult, at: datetime) -> bool:
    """Return whether a row may be late evidence, which makes an unproven day a met one, for seven days."""
    in_time = day_of(at - _KEPT_WITHIN) <= date.fromisoformat(day) + timedelta(days=LATE_DAYS)
    turned = (before.measured, came.measured) == (State.UNPROVEN, State.MET)
    return key.target in DATED_EVIDENCE and in_time and turned
