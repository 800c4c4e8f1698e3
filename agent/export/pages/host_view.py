"""One host as its page shows it: its own verdicts, those of its backups, of what it keeps, logs and reaches."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from agent.core.duties.host_relations import HostRole
from agent.core.model import WORST_FIRST, State
from agent.export.pages.addresses import PageLinks
from agent.export.pages.filter_bar import FilterBar, state_links
from agent.export.pages.frame import PageFrame, frame, step_home
from agent.export.pages.host_causes import HostCause, host_causes
from agent.export.pages.page_filter import PageFilter
from agent.export.pages.row_limits import LINES
from agent.export.pages.shown import RunRow, StateMark, language_of, mark, run_row, state_of
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.wording import narrowing
from agent.wording.detail_pages import findings_in_words
from agent.wording.inert import inert


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSection:
    """One part of the page, its verdicts gathered by cause; `left` are those of the rest."""

    id: str
    title: str
    causes: tuple[HostCause, ...]
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HostView:
    """The whole page; `mark` None: nothing is expected of the host.

    Each section has its worst rows, and how many more there are; `rest` is where those are found.
    """

    frame: PageFrame
    host: str
    mark: StateMark | None
    lead: str
    bar: FilterBar
    sections: tuple[HostSection, ...]
    rest: str
    runs: tuple[RunRow, ...]


def host_view(host: str, chosen: PageFilter, snapshot: Snapshot, links: PageLinks) -> HostView:
    """Return what the page shows of a host; `snapshot` has its verdicts alone, of every state."""
    language, standings = language_of(snapshot), snapshot.standings
    besides = replace(chosen, host=None)
    counts = Counter(one.verdict.state for one in standings)
    shown = [one for one in standings if chosen.state in (None, one.verdict.state)]
    return HostView(
        frame=frame(snapshot, links, lambda to: to.host(host, **besides.query), step_home(snapshot, links)),
        host=inert(host),
        mark=mark(state_of(standings), language) if standings else None,
        lead=_lead(counts, shown, snapshot),
        bar=FilterBar(states=state_links(standings, besides, partial(links.host, host), language)),
        sections=tuple(
            HostSection(
                id=role.value,
                title=narrowing.ROLES[role].of(language),
                causes=host_causes(own, role, LINES, snapshot=snapshot, links=links),
                left=max(0, len(own) - LINES),
            )
            for role in HostRole
            if (own := [one for one in shown if any(to.host == host and to.role is role for to in one.hosts)])
        ),
        rest=links.home(**replace(chosen, host=host).query),
        runs=tuple(run_row(run, snapshot.at, language) for run in snapshot.runs if run.host == host),
    )


def _lead(counts: Counter[State], shown: Sequence[CurrentVerdict], snapshot: Snapshot) -> str:
    language = language_of(snapshot)
    if not counts:
        return narrowing.NOTHING_EXPECTED.of(language)
    if not shown:
        return narrowing.NOTHING_LEFT.of(language)
    return findings_in_words({one: counts[one] for one in WORST_FIRST}, language)
