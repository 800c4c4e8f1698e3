"""The targets of the status page, each with its subjects gathered by what was found: the worst first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.core.convention import CLAUSES
from agent.core.model import WORST_FIRST, State
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
from agent.wording.gathered import MANY, NAMED, SUBJECTS, gathered
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
        by_target.setdefault(standing.verdict.target, []).append(standing)
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
            tuple(_causes(own, rows, names, snapshot=snapshot, links=links, long=long)),
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
    standings: Sequence[CurrentVerdict],
    rows: int,
    names: int,
    *,
    snapshot: Snapshot,
    links: PageLinks | None,
    long: bool,
) -> Iterator[CauseGroup]:
    """Yield the causes of a target: so many subjects with a row, so many of the others by name."""
    room = _Room(rows=rows, names=names)
    loose: list[CurrentVerdict] = []
    for own in _alike(standings):
        if not own[0].declared or len(own) < (1 if long and own[0].verdict.state is State.MET else MANY):
            loose += own
            continue
        if loose:
            yield _cause_group(loose, room.given(len(loose)), folded=False, snapshot=snapshot, links=links)
            loose = []
        yield _cause_group(own, room.given(len(own)), folded=True, snapshot=snapshot, links=links)
    if loose:
        yield _cause_group(loose, room.given(len(loose)), folded=False, snapshot=snapshot, links=links)


def _alike(standings: Sequence[CurrentVerdict]) -> list[list[CurrentVerdict]]:
    """Return the standings of each cause, by subject; the worst causes first."""
    # Grouped before they are sorted, by what is hashed in C: this is most of what a large fleet's page takes.
    found: dict[tuple[int, int, bool], list[CurrentVerdict]] = {}
    for one in standings:
        found.setdefault((id(one.verdict.state), id(one.verdict.reason), one.declared), []).append(one)
    for own in found.values():
        own.sort(key=_subject)
    return sorted(found.values(), key=lambda own: (WORST_FIRST.index(own[0].verdict.state), _subject(own[0])))


def _subject(standing: CurrentVerdict) -> str:
    # One text, which is compared in C; NUL is before every letter, as the end of a subject is.
    return f"{standing.verdict.subject}\0{standing.verdict.beneficiary}"


@dataclass(slots=True, kw_only=True)
class _Room:
    """What is left of a target's rows and names."""

    rows: int
    names: int

    def given(self, subjects: int) -> tuple[int, int]:
        """Take what some subjects need; return how many have a row, and how many more are named."""
        rows = min(self.rows, subjects)
        names = min(self.names, subjects - rows)
        self.rows, self.names = self.rows - rows, self.names - names
        return rows, names


def _cause_group(
    standings: Sequence[CurrentVerdict],
    room: tuple[int, int],
    *,
    folded: bool,
    snapshot: Snapshot,
    links: PageLinks | None,
) -> CauseGroup:
    language, first = language_of(snapshot), standings[0].verdict
    rows, named = room
    # One of each subject: only the first few are named.
    subjects = {one.verdict.subject: one for one in reversed(standings)}
    few = list(dict.fromkeys(subject_name(one, snapshot) for one in [*reversed(subjects.values())][: 2 * NAMED]))
    return CauseGroup(
        mark=mark(first.state, language),
        text=gathered(first.target, first.reason, few, language, len(subjects)) if folded else None,
        count=SUBJECTS.of(language).format(count=len(subjects)) if len(subjects) > 1 else "",
        rows=tuple(row(one, snapshot, links) for one in standings[:rows]),
        more=0 if links is None else len(standings) - rows - named,
        others=() if links is None else tuple(_other(one, snapshot, links) for one in standings[rows : rows + named]),
    )


def _other(standing: CurrentVerdict, snapshot: Snapshot, links: PageLinks) -> tuple[str, str]:
    key, name = standing.key, subject_name(standing, snapshot)
    whose = beneficiary_name(key.beneficiary, snapshot) if len(snapshot.beneficiaries) > 1 else name
    return name if name == whose else f"{name} ({whose})", links.subject(key.target, key.subject)
