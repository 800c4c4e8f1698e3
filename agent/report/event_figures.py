"""What fell due of a target by event in a quarter, and the result, as values."""

from dataclasses import dataclass
from datetime import date

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.core.model import Key, State
from agent.core.period import Month
from agent.core.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One thing that fell due; `entry` is the entry that shows it, None where none does.

    `month`: a month that was neither signed nor has an entry. `carried`: it fell due before the quarter. `corrected`:
    its state by what was entered later and took its miss away; None: nothing did. `entered_after` is the day on which
    what shows it to be met was entered, where that was late and after the term; None: in time.
    """

    key: Key
    due: date
    state: State
    measured: State
    reason: Reason
    entry: str | None = None
    done: date | None = None
    value: float | None = None
    month: Month | None = None
    carried: bool = False
    corrected: State | None = None
    entered_after: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDue:
    """What is next due of a periodic duty, after the quarter; `last` None: it was never done, by no `entry`."""

    key: Key
    due: date
    last: date | None
    entry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The result of a target by event in a quarter: counted as days are, an occurrence at a time.

    `not_yet`: something is declared for it, and none of the days that are counted expects it. `other` is
    the word by the other reading of how often something comes back; None where there is none. `corrected` is the word
    by what was amended or entered after a term had been missed, `in_time` that without what was entered after its term;
    None: the same.
    """

    outcome: QuarterOutcome
    measured_outcome: QuarterOutcome
    tally: Tally
    measured_tally: Tally
    occurrences: tuple[Occurrence, ...] = ()
    ahead: tuple[NextDue, ...] = ()
    not_yet: bool = False
    other: QuarterOutcome | None = None
    corrected: QuarterOutcome | None = None
    in_time: QuarterOutcome | None = None
