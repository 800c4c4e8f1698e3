"""Everything that a report is made of, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from agent.accounting.retirements import Retirement
from agent.accounting.storing import StoringTerms
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import read_when
from agent.core.model import Key, Verdict
from agent.core.period import Quarter, day_of
from agent.core.version import VERSION
from agent.report.counted_material import CountedMaterial
from agent.report.figures import CopyPlace, InForce, LedgerReference
from agent.report.summary import TargetSummary

QUARTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PointDates:
    """The dates of a backup's points, as the newest look at each of its off-site copies showed them.

    `removed`: the configuration no longer has the backup; the dates are those by which its verdicts were given.
    """

    backup: str
    dates: tuple[datetime, ...]
    seen_at: datetime
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEdition:
    """A published edition, and the result of each target by it."""

    edition: int
    counts: Mapping[str, TargetSummary]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Whose report it is, and what the configuration says of the convention: printed, and nothing is counted by it.

    `quotations` are the convention's sentences by target. `demonstration`: the places of copies were believed.
    """

    name: str
    provider: str
    reference: str
    quotations: Mapping[str, str] = field(default_factory=dict)
    signed: date | None = None
    demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Material(CountedMaterial):
    """What a report on one quarter for one beneficiary rests on: what is counted, and what is printed beside it.

    `last_verdicts` are the last on each subject of the targets without a rate, and of those that print one beside it.
    `unheard` are the agents of which nothing ever came: no one knows what they watch.
    """

    heading: Heading
    proof: LedgerReference
    last_verdicts: tuple[Verdict, ...]
    points: tuple[PointDates, ...]
    copies: tuple[CopyPlace, ...]
    retirements: tuple[Retirement, ...]
    perimeters: Mapping[Key, str | None]
    retentions: tuple[tuple[str, tuple[InForce[StoringTerms | None], ...]], ...]
    hosts: tuple[tuple[str, str, str], ...] = ()
    published: Mapping[str, PublishedEdition] = field(default_factory=dict)
    silent: tuple[date, ...] = ()
    version: str = VERSION
    unheard: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Return whether the quarter is over."""
        return self.today > self.quarter.last


def quarters_up_to(quarter: Quarter, number: int = QUARTERS) -> tuple[Quarter, ...]:
    """Return some quarters in a row, the last one being `quarter`."""
    found = [quarter]
    while len(found) < number:
        found.append(Quarter.of(date.fromordinal(found[-1].first.toordinal() - 1)))
    return tuple(reversed(found))


# The key that dates what each entry tells of, whichever of them it has.
_DATES = ("detected", "performed", "left", "accepted_on", "effective_on", "from", "on")


def happened_on(entry: RegisterEntry) -> date:
    """Return the first day that any revision of an entry tells of: what happened after a quarter is no part of it."""
    if entry.signs is not None:
        return entry.signs.first
    if entry.get("mistake") == "yes":
        return date.min  # what is taken back was never expected, in no quarter
    revisions = (entry.values, *(one.values for one in entry.earlier))
    texts = [values[key] for values in revisions for key in _DATES if key in values]
    return min((read_when(text).day for text in texts), default=day_of(entry.received_at))
