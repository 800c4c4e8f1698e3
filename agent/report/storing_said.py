"""What was in force in the words of the report, each value with the day from which it counted. Pure."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from agent.accounting.storing import CopyTerms, StoringTerms
from agent.core.convention import CLAUSES, RECOVERY_POINT
from agent.report.figures import InForce
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.quantities import day, duration
from agent.wording.translated import translated

T = TypeVar("T")

# Of a value that no load of the quarter recorded.
AT_REPORT = " (à la date du rapport)"
# Of a value that the loads record from a day of the quarter on.
NOT_RECORDED = " (non consigné avant le {day})"
LONGER = "{said}, au-delà de la durée par défaut ({usual})"

# Of a backup or copy that the configuration did not have.
NOT_DECLARED = "non déclarée"
REACHED_BY = MappingProxyType(
    {
        "": "non consigné",
        "local": "un chemin de la machine de mesure",
        "sftp": "SFTP",
        "ssh": "SSH",
        "rest": "REST",
        "s3": "S3",
        "store": "le programme de dépôt de son hôte",
        "program": "le programme de sauvegarde, sur l'hôte de la copie",
    }
)


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


def length_said(terms: Sequence[InForce[timedelta]], language: Language = "fr") -> str:
    """Return a duration."""
    return in_force_said(terms, lambda one: duration(one, language), language)


def allowance_said(terms: Sequence[InForce[timedelta]], language: Language = "fr") -> str:
    """Return the run allowance of a day, and that it was longer than the default on some day if it was."""
    said, usual = length_said(terms, language), CLAUSES[RECOVERY_POINT].run_allowance
    if all(one.value <= usual for one in terms):
        return said
    return translated(LONGER, language).format(said=said, usual=duration(usual, language))


def retention_said(terms: Sequence[InForce[StoringTerms | None]], language: Language = "fr") -> str:
    """Return a backup's retention."""
    return in_force_said(terms, lambda one: _retention(one, language), language)


def _retention(terms: StoringTerms | None, language: Language) -> str:
    if terms is None:
        return translated(NOT_DECLARED, language)
    if terms.retention is None:
        return translated("durée non fixée", language)
    limit = duration(terms.retention, language)
    return translated("≤ {limit}, et un jour pour la purge", language).format(limit=limit)


def place_said(terms: Sequence[InForce[CopyTerms | None]], key: str, language: Language = "fr") -> str:
    """Return a copy's `site`, `country` or `transfer_basis`, or by which way it is reached (`reached_by`)."""
    return in_force_said(terms, lambda one: _place(one, key, language), language)


def _place(terms: CopyTerms | None, key: str, language: Language) -> str:
    if terms is None:
        return translated(NOT_DECLARED, language)
    value = getattr(terms, key)
    if key == "reached_by":
        return translated(REACHED_BY[value], language) if value in REACHED_BY else inert(value)
    return inert(value, 400) or "—"
