"""The targets of the status page, each with its subjects gathered by what was found: the worst first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from agent.core.convention import CLAUSES
from agent.core.model import WORST_FIRST, State
from agent.core.reason import Reason
from agent.export.pages.addresses import PageLinks
from agent.export.pages.page_filter import PageFilter
from agent.export.pages.row_limits import rows_each
from agent.export.pages.shown import (
    QuarterBar,
    StateMark,
    SubjectRow,
    beneficiary_name,
    language_of,
    mark,
    objective,
    quarters,
    row,
    state_of,
    subject_name,
)
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.wording.gathered import MANY, SUBJECTS, gathered
from agent.wording.inert import inert
from agent.wording.targets.every import TARGETS

# Subjects that a page names, all targets together; of the rest it gives the number.
NAMES = 500
# On a page with more findings than this, what is as it should be is folded however few its subjects are: one host alone
# has some thirty, which unfolded are 22,000 px on a phone.
LONG = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseGroup:
    """Subjects that stand alike: some as rows, the others by name.

    `text` says what was found of all of them, and `count` how many they are; they are folded below it. None: the rows
    speak for themselves. `more` are left to the target's page.
    """

    mark: StateMark
    text: str | None
    count: str
    rows: tuple[SubjectRow, ...]
    others: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetGroup:
    """One target and its subjects, the worst first; a figure of the quarter for each beneficiary.

    `compact`: all of it stands as it should, and is folded into one line.
    """

    id: str
    mark: StateMark
    title: str
    place: str | None
    says: str
    objective: str
    quarters: tuple[QuarterBar, ...]
    compact: bool
    causes: tuple[CauseGroup, ...]


def target_groups(snapshot: Snapshot, links: PageLinks | None, chosen: PageFilter) -> tuple[TargetGroup, ...]:
    """Return the targets of a page, each with the subjects that the filter's state leaves."""
    by_target: dict[str, list[CurrentVerdict]] = {}
    for standing in snapshot.standings:
        by_target.setdefault(standing.key.target, []).append(standing)
    order = {target: number for number, target in enumerate(CLAUSES)}
    groups = sorted(
        by_target.items(), key=lambda one: (WORST_FIRST.index(state_of(one[1])), order.get(one[0], len(order)))
    )
    left = [[one for one in own if chosen.state in (None, one.verdict.state)] for _, own in groups]
    room = rows_each([len(own) for own in left], served=links is not None)
    long = len(snapshot.standings) > LONG
    names = NAMES // max(1, len(groups))
    return tuple(
        _group(
            target,
            state_of(standings),
            tuple(_limited(_causes(own, rows, snapshot=snapshot, links=links, long=long), names)),
            snapshot=snapshot,
            links=links,
            chosen=chosen,
            long=long,
        )
        for (target, standings), own, rows in zip(groups, left, room, strict=True)
    )


def _group(
    target: str,
    state: State,
    causes: tuple[CauseGroup, ...],
    *,
    snapshot: Snapshot,
    links: PageLinks | None,
    chosen: PageFilter,
    long: bool,
) -> TargetGroup:
    language, words = language_of(snapshot), TARGETS.get(target)
    return TargetGroup(
        id=target,
        mark=mark(state, language),
        title=words.title.of(language) if words else inert(target),
        place=None if links is None else links.target(target),
        says=words.says.of(language) if words else "",
        objective=objective(target, snapshot, language),
        # A quarter is counted for a whole target, not for one of its hosts.
        quarters=() if chosen.host is not None else quarters(target, snapshot, language),
        compact=long and state is State.MET and len(causes) == 1 and causes[0].text is not None,
        causes=causes,
    )


def _causes(
    standings: Sequence[CurrentVerdict], rows: int, *, snapshot: Snapshot, links: PageLinks | None, long: bool
) -> Iterator[CauseGroup]:
    order: dict[tuple[State, Reason, bool], int] = {}
    ordered = sorted(standings, key=lambda one: (WORST_FIRST.index(one.verdict.state), one.key))
    for one in ordered:
        order.setdefault(_cause(one), len(order))
    together = sorted(ordered, key=lambda one: order[_cause(one)])
    alike = [(cause, list(own)) for cause, own in groupby(together, key=_cause)]
    loose: list[CurrentVerdict] = []
    for (state, _, declared), own in alike:
        if not declared or len(own) < (1 if long and state is State.MET else MANY):
            loose += own
            continue
        if loose:
            yield _cause_group(loose, rows, folded=False, snapshot=snapshot, links=links)
            rows, loose = max(0, rows - len(loose)), []
        yield _cause_group(own, rows, folded=True, snapshot=snapshot, links=links)
        rows = max(0, rows - len(own))
    if loose:
        yield _cause_group(loose, rows, folded=False, snapshot=snapshot, links=links)


def _limited(causes: Iterable[CauseGroup], names: int) -> Iterator[CauseGroup]:
    for one in causes:
        yield replace(one, others=one.others[:names], more=len(one.others[names:]))
        names = max(0, names - len(one.others))


def _cause(standing: CurrentVerdict) -> tuple[State, Reason, bool]:
    return standing.verdict.state, standing.verdict.reason, standing.declared


def _cause_group(
    standings: Sequence[CurrentVerdict], rows: int, *, folded: bool, snapshot: Snapshot, links: PageLinks | None
) -> CauseGroup:
    language, first = language_of(snapshot), standings[0].verdict
    names = list(dict.fromkeys(subject_name(one, snapshot) for one in standings))
    return CauseGroup(
        mark=mark(first.state, language),
        text=gathered(first.target, first.reason, names, language) if folded else None,
        count=SUBJECTS.of(language).format(count=len(names)) if len(names) > 1 else "",
        rows=tuple(row(one, snapshot, links) for one in standings[:rows]),
        more=0,
        others=() if links is None else tuple(_other(one, snapshot, links) for one in standings[rows:]),
    )


def _other(standing: CurrentVerdict, snapshot: Snapshot, links: PageLinks) -> tuple[str, str]:
    key, name = standing.key, subject_name(standing, snapshot)
    whose = beneficiary_name(key.beneficiary, snapshot) if len(snapshot.beneficiaries) > 1 else name
    return name if name == whose else f"{name} ({whose})", links.subject(key.target, key.subject)
