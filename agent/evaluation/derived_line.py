"""The line of one key while it is derived: what was judged last, and when time alone turns that. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from agent.accounting.timeline import Timeline, merged
from agent.core.duties.entries import RegisterEntry
from agent.core.followed_time import Turns
from agent.core.judging.moving import LOST
from agent.core.model import State, Target, Verdict
from agent.evaluation.combining import bears_evidence
from agent.ledger import encode

# Dates that move in one look and are followed: each is looked for in all that is shown.
MOST_DATES = 8
_NEVER = datetime.max.replace(tzinfo=UTC)
_instant = datetime.fromisoformat


class Judged(NamedTuple):
    """A judgement of one moment, by the target in force then.

    `lapsed`: looks failed, and what those that succeeded showed would be met no longer.
    """

    verdict: Verdict
    target: Target
    lapsed: bool


class Turn(NamedTuple):
    """An instant at which time alone turns a judgement, and the date that it follows from as facts have it, if any."""

    at: datetime
    since: str | None


@dataclass(slots=True)
class LineSoFar:
    """The line of one key while it is derived, and what was judged at its newest moment.

    `age` is how long evidence stands after a look, `terms` what it was judged by beside looks.
    """

    line: Timeline = field(default_factory=Timeline)
    judged: Judged | None = None
    at: datetime | None = None
    turns: Sequence[Turn] = ()
    turns_at: datetime = _NEVER
    age: timedelta = timedelta(0)
    terms: tuple[Target, Sequence[RegisterEntry]] | None = None

    def turn_by(self, turns: Sequence[Turn]) -> None:
        """Take the turns of the newest judgement."""
        self.turns = turns
        self.turns_at = min((turn.at for turn in turns), default=_NEVER)


class LaterTurns(Turns):
    """Note when a judgement turns, but for the end of the evidence of looks that another follows."""

    __slots__ = ("_renewed", "noted")

    def __init__(self, at: datetime, renewed: Mapping[datetime, datetime]) -> None:
        """Begin; `renewed` has the ends of the evidence of these looks, each with when the look ended."""
        super().__init__(at)
        self._renewed = renewed
        self.noted: list[Turn] = []

    def note(self, instant: datetime, since: datetime | None = None) -> None:
        """Note an instant at which an answer turns."""
        # Something else may turn at that very instant.
        is_renewed = instant in self._renewed and since in (None, instant, self._renewed[instant])
        if instant >= self.at and not is_renewed:
            self.noted.append(Turn(instant, None if since is None else encode.instant(since)))


def in_rounds(line: Timeline, longest: timedelta, is_round: Callable[[datetime, datetime], bool]) -> Timeline:
    """Return a line without what stood within a round of looks alone, which is judged when the last has ended.

    `is_round` returns whether looks between two instants may be of one round.
    """
    ends = [*(start.at for start in line.starts[1:]), _NEVER]
    lasting = [
        one
        for one, end in zip(line.starts, ends, strict=bool(line.starts))
        if end - one.at > longest or not is_round(end - longest, end)
    ]
    return replace(line, starts=merged(lasting))


def put_off(turns: Sequence[Turn], dates: Mapping[str, str], is_named: Callable[[str], bool]) -> Sequence[Turn]:
    """Return turns of which those that follow from a date which is a later one now come later by as much.

    `is_named` tells whether anything has a date still: that may be what the turn follows from. Such a turn stays, and
    is never put off any more, since its date is no longer that of one thing.
    """
    asked = {turn.since for turn in turns if turn.since in dates}
    is_many = len(dates) > MOST_DATES
    lost = {date for date in asked if date is not None and (is_many or dates[date] == LOST or is_named(date))}
    return [_put_off(turn, dates, lost) for turn in turns] if asked else turns


def _put_off(turn: Turn, dates: Mapping[str, str], lost: Collection[str]) -> Turn:
    if turn.since is None or turn.since not in dates:
        return turn
    if turn.since in lost:
        return Turn(turn.at, None)
    date = dates[turn.since]
    return Turn(turn.at + (_instant(date) - _instant(turn.since)), date)


def is_good(judged: Judged | None) -> bool:
    """Return whether the day of a judgement would be met."""
    return judged is not None and judged.verdict.day_state is State.MET


def same(one: Judged, other: Judged | None) -> bool:
    """Return whether two judgements say the same of a day, and rest on evidence or not."""
    if other is None or one.lapsed != other.lapsed:
        return False
    return one.verdict.day_state is other.verdict.day_state and bears(one) == bears(other)


def bears(judged: Judged | None) -> bool:
    """Return whether a judgement rests on a look that succeeded."""
    return judged is not None and bears_evidence(judged.verdict)


def standing(line: Timeline, judged: Judged, until: datetime) -> Timeline:
    """Return a line whose end stands at least until an instant, and as long as a judgement of then."""
    if line.stands_until is None or not bears(judged):
        return line
    ends = max(line.stands_until, until, judged.verdict.stands_until or until)
    return replace(line, stands_until=ends)
