"""The frame of every page: title, instant, links to the other pages."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.export.pages.addresses import PageLinks
from agent.export.pages.shown import DisplayedInstant, language_of, moment
from agent.export.snapshot import Snapshot
from agent.wording.detail_pages import DetailPageWords, detail_page_words
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.own_faults import FaultPart, fault_parts
from agent.wording.page import PageWords, page_words


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What is around a page: `trail` leads down to it, each step a text and where it is.

    `links` None: the page stands alone, and leads nowhere.
    """

    language: Language
    words: PageWords
    more: DetailPageWords
    names: tuple[str, ...]
    at: DisplayedInstant
    fault: tuple[FaultPart, ...]
    narrowed: bool
    demonstration: bool
    version: str
    links: PageLinks | None
    other_language: str | None
    other_refresh: str | None
    trail: tuple[tuple[str, str], ...]


def frame(
    snapshot: Snapshot,
    links: PageLinks | None,
    itself: Callable[[PageLinks], str] = PageLinks.home,
    *trail: tuple[str, str],
) -> PageFrame:
    """Return the frame of a page; `itself` says where the page is, `trail` the steps down to it."""
    language = language_of(snapshot)
    return PageFrame(
        language=language,
        words=page_words(language),
        more=detail_page_words(language),
        names=tuple(inert(one.name) for one in snapshot.beneficiaries),
        at=moment(snapshot.at, snapshot.at, language),
        fault=() if snapshot.fault is None else fault_parts(inert(snapshot.fault, 400), language),
        narrowed=snapshot.narrowed,
        demonstration=snapshot.demonstration,
        version=snapshot.version,
        links=links,
        other_language=None if links is None else itself(replace(links, language="fr" if language == "en" else "en")),
        other_refresh=None
        if links is None
        else itself(replace(links, refresh="off" if links.refresh is None else None)),
        trail=trail,
    )


def step_home(snapshot: Snapshot, links: PageLinks) -> tuple[str, str]:
    """Return the first step of a trail: the status page."""
    return detail_page_words(language_of(snapshot)).status_page, links.home()
