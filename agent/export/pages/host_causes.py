"""The verdicts of one part of a host's page, gathered by what was found: the worst first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from agent.core.duties.host_relations import HostRole
from agent.core.model import WORST_FIRST, State
from agent.core.reason import Reason
from agent.export.pages.addresses import PageLinks
from agent.export.pages.details_json import in_order
from agent.export.pages.requirement_view import title_of
from agent.export.pages.shown import StateMark, SubjectRow, language_of, mark, row
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.wording.gathered import COLON, MANY, gathered, listed
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.page import page_words
from agent.wording.reasons.every import REASONS

# What asks for nothing is one line of the page, whatever was found of it, from so few verdicts on.
QUIET, FEW = (State.MET, State.NOT_APPLICABLE), 2
# A gathering is for these verdicts: their state, and their target or reason where that is what they share.
Cause = tuple[State, str | None, Reason | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRow:
    """One verdict that concerns the host; `subject` is named where it is not the host itself."""

    title: str
    row: SubjectRow
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCause:
    """Verdicts that stand alike, folded below `text` and `count`; None: the rows speak for themselves."""

    mark: StateMark
    text: str | None
    count: str
    rows: tuple[HostRow, ...]


def host_causes(
    standings: Sequence[CurrentVerdict], role: HostRole, room: int, *, snapshot: Snapshot, links: PageLinks
) -> tuple[HostCause, ...]:
    """Return the causes of one part of the page; `room` is how many rows there are at most, the worst first."""
    left, found = room, []
    for cause, own in _gathered(in_order(standings)):
        language = language_of(snapshot)
        text = None if cause is None else _text(cause, own, language)
        count = "" if text is None else f"{len(own)} {page_words(language).finding_count[len(own) > 1]}"
        rows = tuple(_row(one, role, snapshot=snapshot, links=links) for one in own[:left])
        left -= len(rows)
        if rows or text is not None:
            found.append(HostCause(mark=mark(own[0].verdict.state, language), text=text, count=count, rows=rows))
    return tuple(found)


def _gathered(ordered: Sequence[CurrentVerdict]) -> Iterator[tuple[Cause | None, list[CurrentVerdict]]]:
    """Yield the groups in the order of the page; the cause None: verdicts that stand alone."""
    causes = _causes(ordered)
    firsts: dict[Cause | None, int] = {}
    place = []
    for number, (one, cause) in enumerate(zip(ordered, causes, strict=True)):
        at = number if cause is None else firsts.setdefault(cause, number)
        place.append((WORST_FIRST.index(one.verdict.state), at, number))
    together = [(causes[number], ordered[number]) for *_, number in sorted(place)]
    for cause, own in groupby(together, key=lambda one: one[0]):
        yield cause, [standing for _, standing in own]


def _causes(standings: Sequence[CurrentVerdict]) -> list[Cause | None]:
    """Return what each verdict is gathered by: its target and reason, else its reason alone, where many share it."""
    subjects: dict[Cause, set[tuple[str, str]]] = {}
    for one in standings:
        for cause in _possible(one):
            subjects.setdefault(cause, set()).add((one.key.target, one.key.subject))
    return [
        next((cause for cause in _possible(one) if len(subjects[cause]) >= (FEW if cause[0] in QUIET else MANY)), None)
        for one in standings
    ]


def _possible(standing: CurrentVerdict) -> tuple[Cause, ...]:
    state, reason = standing.verdict.state, standing.verdict.reason
    if state in QUIET:
        return ((state, None, None),)
    return (state, standing.key.target, reason), (state, None, reason)


def _text(cause: Cause, own: Sequence[CurrentVerdict], language: Language) -> str:
    _, target, reason = cause
    titles = list(dict.fromkeys(title_of(one.key.target, language) for one in own))
    subjects = list(dict.fromkeys(inert(one.key.subject) for one in own))
    if reason is None:
        return listed(titles, language)
    if target is not None:
        said = gathered(target, reason, subjects, language)
        return f"{titles[0]}{COLON.of(language)}{said}"
    return f"{REASONS[reason].short.of(language)}{COLON.of(language)}{listed(titles, language)}"


def _row(standing: CurrentVerdict, role: HostRole, *, snapshot: Snapshot, links: PageLinks) -> HostRow:
    return HostRow(
        title=title_of(standing.key.target, language_of(snapshot)),
        row=row(standing, snapshot, links),
        subject="" if role is HostRole.ITSELF else inert(standing.key.subject),
    )
