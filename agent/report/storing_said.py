"""What was in force in the words of the report, each value with the day from which it counted. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from agent.accounting.storing import CopyTerms, StoringTerms
from agent.core.convention import CLAUSES, OFF_SITE
from agent.report.figures import EditionTerm, InForce, Report
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.quantities import day, duration
from agent.wording.translated import translated

T = TypeVar("T")

# Of a value that no load of the quarter recorded.
AT_REPORT = " (à la date du rapport)"
# Of a value that the loads record from a day of the quarter on.
NOT_RECORDED = " (non consigné avant le {day})"

_RETAINED = next(one.id for one in CLAUSES.values() if one.set_in is not None)
_KEYS = MappingProxyType({"site": "site", "country": "pays", "transfer_basis": "garantie de transfert"})


def in_force_said(terms: Sequence[InForce[T]], say: Callable[[T], str], language: Language) -> str:
    """Return one value, or each with the day from which it counted; what no load recorded is said to be today's."""
    said: list[tuple[InForce[T], str]] = []
    for one in terms:
        text = say(one.value)
        if not said or said[-1][1] != text:
            said.append((one, text))
    if not said:
        return "—"
    first = said[0][0]
    note = translated(NOT_RECORDED, language).format(day=day(first.since, language)) if first.since_recorded else ""
    whole = said[0][1] + (note if first.recorded else translated(AT_REPORT, language))
    since = translated("à partir du {day}", language)
    later = (f"{text} {since.format(day=day(one.since, language))}" for one, text in said[1:])
    return translated(" ; ", language).join((whole, *later))


def retention_said(terms: Sequence[InForce[StoringTerms]], language: Language = "fr") -> str:
    """Return a backup's retention."""
    return in_force_said(terms, lambda one: _retention(one.retention, language), language)


def _retention(length: timedelta | None, language: Language) -> str:
    if length is None:
        return translated("durée non fixée", language)
    return translated("≤ {limit}, et un jour pour la purge", language).format(limit=duration(length, language))


def place_said(terms: Sequence[InForce[CopyTerms]], key: str, language: Language = "fr") -> str:
    """Return a copy's `site`, `country` or `transfer_basis`."""
    return in_force_said(terms, lambda one: inert(getattr(one, key), 400) or "—", language)


def printed_terms(report: Report) -> Iterator[EditionTerm]:
    """Yield each value that the report prints of what was in force, to be compared with the next edition's."""
    for backup, terms in report.retentions:
        kept = Words(fr=retention_said(terms), en=retention_said(terms, "en"))
        yield EditionTerm(target=_RETAINED, subject=backup, name="durée de conservation", value=kept)
    for copy in report.copies:
        for key, name in _KEYS.items():
            place = Words(fr=place_said(copy.terms, key), en=place_said(copy.terms, key, "en"))
            yield EditionTerm(target=OFF_SITE, subject=copy.subject, name=name, value=place)
