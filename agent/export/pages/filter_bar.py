"""The filter bar of a page: what it is narrowed to, and a link to each other choice; it needs no script."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from agent.core.model import State
from agent.export.pages.addresses import PageLinks
from agent.export.pages.page_filter import PageFilter
from agent.export.pages.requirement_view import title_of
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.wording import narrowing
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.states import state_count

# Hosts that the bar names: a fleet's page stays small, and each host has its page from its findings.
HOSTS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterLink:
    """One choice: its text, where it leads, and whether it is the one in force."""

    text: str
    place: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterMenu:
    """Choices under a title, and how many more there are."""

    title: str
    choices: tuple[FilterLink, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBar:
    """`chosen` are the filters in force and where each is taken away; `menus` are lists of choices."""

    states: tuple[FilterLink, ...]
    chosen: tuple[tuple[str, FilterLink], ...] = ()
    menus: tuple[FilterMenu, ...] = ()
    host: FilterLink | None = None


def state_links(
    standings: Sequence[CurrentVerdict], chosen: PageFilter, place: Callable[..., str], language: Language
) -> tuple[FilterLink, ...]:
    """Return the choices of `show`, each with how many findings it leaves; `place` makes the page's address."""
    counts = Counter(one.verdict.state for one in standings)
    shown: list[tuple[State | None, str]] = [(None, narrowing.EVERYTHING.of(language))]
    shown += [(one, state_count(one, counts[one], language)) for one in (State.MISSED, State.UNPROVEN)]
    return tuple(
        FilterLink(
            text=text,
            place=place(**replace(chosen, state=state).query),
            current=chosen.state is state,
        )
        for state, text in shown
    )


def filter_bar(snapshot: Snapshot, whole: Snapshot, chosen: PageFilter, links: PageLinks) -> FilterBar:
    """Return the bar of the status page: `snapshot` is what the filter leaves of the `whole`."""
    language: Language = "en" if snapshot.language == "en" else "fr"
    host = chosen.host
    return FilterBar(
        states=state_links(snapshot.standings, chosen, links.home, language),
        chosen=tuple(_chosen(whole, chosen, links, language)),
        menus=tuple(menu for menu in _menus(whole, chosen, links, language) if len(menu.choices) > 1),
        host=None
        if host is None
        else FilterLink(text=narrowing.HOST_PAGE.of(language).format(host=inert(host)), place=links.host(host)),
    )


def _chosen(
    whole: Snapshot, chosen: PageFilter, links: PageLinks, language: Language
) -> Iterator[tuple[str, FilterLink]]:
    if links.beneficiary is not None:
        without = replace(links, beneficiary=None).home(**chosen.query)
        names = ", ".join(inert(one.name) for one in whole.beneficiaries)
        yield narrowing.BENEFICIARY.of(language), FilterLink(text=names, place=without)
    if chosen.host is not None:
        without = links.home(**replace(chosen, host=None).query)
        yield narrowing.HOST.of(language), FilterLink(text=inert(chosen.host), place=without)
    if chosen.target is not None:
        without = links.home(**replace(chosen, target=None).query)
        yield narrowing.TARGET.of(language), FilterLink(text=title_of(chosen.target, language), place=without)


def _menus(whole: Snapshot, chosen: PageFilter, links: PageLinks, language: Language) -> Iterator[FilterMenu]:
    if chosen.target is None:
        targets = dict.fromkeys(one.verdict.target for one in whole.standings)
        titles = sorted((title_of(one, language), one) for one in targets)
        yield FilterMenu(
            title=narrowing.BY_TARGET.of(language),
            choices=tuple(
                FilterLink(text=title, place=links.home(**replace(chosen, target=one).query)) for title, one in titles
            ),
        )
    if chosen.host is None:
        names = whole.host_names
        named = names if len(names) <= HOSTS else sorted(_worst_first(names, whole)[:HOSTS])
        yield FilterMenu(
            title=narrowing.BY_HOST.of(language),
            choices=tuple(
                FilterLink(text=inert(one), place=links.home(**replace(chosen, host=one).query)) for one in named
            ),
            more=len(names) - len(named),
        )
    if links.beneficiary is None:
        yield FilterMenu(
            title=narrowing.BY_BENEFICIARY.of(language),
            choices=tuple(
                FilterLink(text=inert(one.name), place=replace(links, beneficiary=one.id).home(**chosen.query))
                for one in whole.beneficiaries
            ),
        )


def _worst_first(names: Sequence[str], whole: Snapshot) -> list[str]:
    """Return hosts in their order, those with anything missed or unproven before the others."""
    bad = {
        one.host
        for standing in whole.standings
        if standing.verdict.state in (State.MISSED, State.UNPROVEN)
        for one in standing.hosts
    }
    return sorted(names, key=lambda one: one not in bad)
