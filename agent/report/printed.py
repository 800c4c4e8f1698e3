"""List what an edition prints beside its days and entries: what was in force, what exists, what it rests on. Pure.

The only place that says what of a report is compared with the edition before it, and what its figures hold of it. A
value is compared by its data, so that another wording of the same is no change.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from agent.accounting.storing import CopyTerms
from agent.core.convention import CLAUSES, OFF_SITE, RECOVERY_POINT
from agent.core.model import Verdict
from agent.ledger.encode import instant
from agent.report.event_figures import Occurrence
from agent.report.figures import CopyPlace, InForce, Objective, Report, TargetFigures
from agent.report.intervals import Interval
from agent.report.names import Names
from agent.report.objectives_said import by_subject, changes_of
from agent.report.restore_times import RESTORE_TIME, basis_of, told
from agent.report.storing_said import allowance_said, length_said, place_said, retention_said
from agent.report.view_annexes import MACHINES
from agent.wording import quantities
from agent.wording.inert import inert, quoted
from agent.wording.languages import LANGUAGES, Language, Words
from agent.wording.report import PERIMETERS
from agent.wording.states import state_word
from agent.wording.translated import translated

T = TypeVar("T")
# What each printed value is, by its lasting name.
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "beneficiary_name": "nom du bénéficiaire",
        "provider": "prestataire",
        "reference": "référence de la convention",
        "quotation": "texte de la convention",
        "objective": "objectif en vigueur",
        "retention": "durée de conservation",
        "run_allowance": "tolérance d'exécution",
        "evidence_age": "durée de validité des preuves",
        "perimeter": "périmètre",
        "site": "site",
        "country": "pays",
        "transfer_basis": "garantie de transfert",
        "reached_by": "accès à la copie",
        "machine": "machine de la copie",
        "verified": "dernière vérification saine",
        "damaged": "dommage constaté",
        "address": "adresse",
        "host_site": "site",
        "joined": "entrée des sources récentes",
        "interval": "intervalle le plus long",
        RESTORE_TIME: "durée de restauration",
        "due": "échéance",
    }
)
# What a report for everyone says nothing of but that it changed.
RESTRICTED = frozenset({"site", "country", "transfer_basis", "reached_by", "machine", "address", "host_site"})
_PLACES = ("site", "country", "transfer_basis", "reached_by")
_RETAINED = next(one.id for one in CLAUSES.values() if one.set_in is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedValue:
    """One value that a report prints: of which target and subject (empty: of none), as data and in words.

    `name` is a key of LABELS. `data` are JSON values; of what was in force, a list with `since`, `value`, `recorded`.
    """

    target: str = ""
    subject: str = ""
    name: str
    data: Any
    said: Words


def printed_values(report: Report) -> Iterator[PrintedValue]:
    """Yield every value that a report prints, days, counts and entries left out."""
    named = (("beneficiary_name", report.beneficiary_name), ("provider", report.provider))
    for name, text in (*named, ("reference", report.reference)):
        yield PrintedValue(name=name, data=text, said=_same(inert(text)))
    for target, text in report.quotations.items():
        yield PrintedValue(target=target, name="quotation", data=text, said=_same(quoted(text)))
    for host, address, site in report.hosts:
        for name, text in (("address", address), ("host_site", site)):
            yield PrintedValue(subject=host, name=name, data=text, said=_same(inert(text) or "—"))
    yield from _lengths(report)
    for one in report.targets:
        yield from _of_target(one, report)
    for backup, terms in report.retentions:
        data = _data(terms, lambda one: None if one is None else _seconds(one.retention))
        said = _words(retention_said, terms)
        yield PrintedValue(target=_RETAINED, subject=backup, name="retention", data=data, said=said)
    for copy in report.copies:
        yield from _of_copy(copy)
    for key, perimeter in report.perimeters.items():
        said = _words(translated, PERIMETERS[perimeter])
        yield PrintedValue(target=key.target, subject=key.subject, name="perimeter", data=perimeter, said=said)


def _lengths(report: Report) -> Iterator[PrintedValue]:
    allowances = report.run_allowances
    if allowances:
        said = _words(allowance_said, allowances)
        yield PrintedValue(target=RECOVERY_POINT, name="run_allowance", data=_data(allowances, _seconds), said=said)
    for target, ages in report.evidence_ages.items():
        said = _words(length_said, ages)
        yield PrintedValue(target=target, name="evidence_age", data=_data(ages, _seconds), said=said)


def _of_target(one: TargetFigures, report: Report) -> Iterator[PrintedValue]:
    for subject, own in by_subject(one):
        said = _words(partial(_objectives, one), own)
        limits = [_objective(item) for item in own]
        yield PrintedValue(target=one.target, subject=subject or "", name="objective", data=limits, said=said)
    for item in one.intervals:
        ends = [None if at is None else instant(at) for at in (item.begins, item.ends, item.known_from)]
        said = _words(_interval, item)
        yield PrintedValue(target=one.target, subject=item.subject, name="interval", data=ends, said=said)
    for verdict in one.restore_times:
        basis, entry = basis_of(verdict), verdict.about.get("entry") or verdict.about.get("calibrated_by")
        known = [basis, verdict.value if basis else None, entry]
        said = _words(_restore_time, verdict)
        yield PrintedValue(target=one.target, subject=verdict.subject, name=RESTORE_TIME, data=known, said=said)
    if one.grounds.joined:
        days = [day.isoformat() for day in sorted(one.grounds.joined)]
        said = _words(_days, sorted(one.grounds.joined))
        yield PrintedValue(target=one.target, name="joined", data=days, said=said)
    for due in () if one.events is None else one.events.occurrences:
        done = [due.due.isoformat(), None if due.done is None else due.done.isoformat(), due.state.value, due.value]
        said = _words(_due, due)
        subject = due.entry or f"{due.key.subject} {due.due}"
        yield PrintedValue(target=one.target, subject=subject, name="due", data=done, said=said)


def _of_copy(copy: CopyPlace) -> Iterator[PrintedValue]:
    sound = [one for one in (copy.verified_on, copy.wholly_on) if one is not None]
    damaged = [] if copy.damaged_on is None else [copy.damaged_on]
    values: tuple[tuple[str, Any, Words], ...] = (
        *((key, _data(copy.terms, partial(_place, key)), _words(partial(_place_said, key), copy.terms))
          for key in _PLACES),
        ("machine", copy.machine.value, _words(translated, MACHINES[copy.machine])),
        ("verified", [one.isoformat() for one in sound], _words(_days, sound)),
        ("damaged", [one.isoformat() for one in damaged], _words(_days, damaged)),
    )  # fmt: skip
    for name, data, said in values:
        yield PrintedValue(target=OFF_SITE, subject=copy.subject, name=name, data=data, said=said)


def _place(key: str, terms: CopyTerms | None) -> str | None:
    return None if terms is None else str(getattr(terms, key))


def _place_said(key: str, terms: Sequence[InForce[CopyTerms | None]], language: Language) -> str:
    return place_said(terms, key, language)


def _objectives(one: TargetFigures, own: Sequence[Objective], language: Language) -> str:
    return translated(" ; ", language).join(changes_of(own, one, Names(language=language)))


def _data(terms: Sequence[InForce[T]], of: Callable[[T], Any]) -> list[Mapping[str, Any]]:
    """Return the values of what was in force, each once; None of one that was not declared."""
    found: list[Mapping[str, Any]] = []
    for one in terms:
        value = of(one.value)
        if not found or found[-1]["value"] != value:
            recorded = one.recorded and not one.since_recorded
            found.append({"since": one.since.isoformat(), "value": value, "recorded": recorded})
    return found


def _objective(one: Objective) -> Mapping[str, Any]:
    adapted = [one.adaptation, one.share_adaptation]
    return {"since": one.since.isoformat(), "limit": one.limit, "attainment": str(one.attainment), "adapted": adapted}


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _interval(one: Interval, language: Language) -> str:
    if one.begins is None or one.length is None:
        return translated("non établi", language)
    return f"{quantities.duration(one.length, language)} ({quantities.instant(one.begins, language)})"


def _restore_time(one: Verdict, language: Language) -> str:
    return ", ".join(str(cell) for cell in told(one, Names(language=language))[:2])


def _due(one: Occurrence, language: Language) -> str:
    due, state = quantities.day(one.due, language), state_word(one.state, language)
    if one.done is None:
        return translated("{due}, rien de fait, {state}", language).format(due=due, state=state)
    done = quantities.day(one.done, language)
    return translated("{due}, fait le {done}, {state}", language).format(due=due, done=done, state=state)


def _days(days: Sequence[date], language: Language) -> str:
    return ", ".join(quantities.day(one, language) for one in days) or "—"


def _same(text: str) -> Words:
    return Words(fr=text, en=text)


def _words(say: Callable[[T, Language], str], value: T) -> Words:
    fr, en = (say(value, language) for language in LANGUAGES)
    return Words(fr=fr, en=en)
