"""What was in force in the words of the report, each value with the day from which it counted. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from agent.accounting.storing import CopyTerms, StoringTerms
from agent.core.convention import CLAUSES, OFF_SITE
from agent.report.figures import EditionTerm, InForce, Report
from agent.wording.inert import inert
from agent.wording.quantities import day, duration

T = TypeVar("T")

# Of a value that no load of the quarter recorded.
AT_REPORT = " (à la date du rapport)"
# Of a value that the loads record from a day of the quarter on.
NOT_RECORDED = " (non consigné avant le {day})"

_RETAINED = next(one.id for one in CLAUSES.values() if one.set_in is not None)
_KEYS = MappingProxyType({"site": "site", "country": "pays", "transfer_basis": "garantie de transfert"})


def in_force_said(terms: Sequence[InForce[T]], say: Callable[[T], str]) -> str:
    """Return one value, or each with the day from which it counted; what no load recorded is said to be today's."""
    said: list[tuple[InForce[T], str]] = []
    for one in terms:
        text = say(one.value)
        if not said or said[-1][1] != text:
            said.append((one, text))
    if not said:
        return "—"
    first = said[0][0]
    note = NOT_RECORDED.format(day=day(first.since, "fr")) if first.since_recorded else ""
    whole = said[0][1] + (note if first.recorded else AT_REPORT)
    return " ; ".join((whole, *(f"{text} à partir du {day(one.since, 'fr')}" for one, text in said[1:])))


def retention_said(terms: Sequence[InForce[StoringTerms]]) -> str:
    """Return a backup's retention."""
    return in_force_said(terms, lambda one: _retention(one.retention))


def _retention(length: timedelta | None) -> str:
    return "durée non fixée" if length is None else f"≤ {duration(length, 'fr')}, et un jour pour la purge"


def place_said(terms: Sequence[InForce[CopyTerms]], key: str) -> str:
    """Return a copy's `site`, `country` or `transfer_basis`."""
    return in_force_said(terms, lambda one: inert(getattr(one, key), 400) or "—")


def printed_terms(report: Report) -> Iterator[EditionTerm]:
    """Yield each value that the report prints of what was in force, to be compared with the next edition's."""
    for backup, terms in report.retentions:
        said = retention_said(terms)
        yield EditionTerm(target=_RETAINED, subject=backup, name="durée de conservation", value=said)
    for copy in report.copies:
        for key, name in _KEYS.items():
            said = place_said(copy.terms, key)
            yield EditionTerm(target=OFF_SITE, subject=copy.subject, name=name, value=said)
