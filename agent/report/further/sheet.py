"""A further document as it is printed: headings, figures, tables and gauges as values, and one template for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agent.core.period import HalfYear, Month, Year
from agent.report.entered import last_entered
from agent.report.material import Material
from agent.report.page import DOCUMENTS, ENGLISH_DOCUMENTS, writing
from agent.report.tables import ReportTable
from agent.wording import report as words
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.quantities import day, instant
from agent.wording.translated import translated

FULL = 1000

Period = HalfYear | Month | Year


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One bar of FULL units at the most: `width` None where nothing was measured; `said` tells it in words."""

    heading: str
    width: int | None
    over: bool
    said: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """Bars under one another, each beside the figures that it shows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Gauge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSection:
    """One part: what it says, its figures, what shows them."""

    id: str
    title: str
    text: tuple[str, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    tables: tuple[ReportTable, ...] = ()
    gauges: Gauges | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One document. `notes` tell how it is counted, `limits` what it cannot show."""

    title: str
    language: Language
    period: str
    span: str
    beneficiary: str
    provider: str
    reference: str
    provisional: str
    public: bool
    lead: str
    sections: tuple[SheetSection, ...]
    notes: tuple[str, ...]
    limits: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]
    version: str
    translation: str = ""


TRANSLATION = "Traduction ; le texte français fait foi."
NOT_OVER = "La période n'est pas terminée : les jours sont comptés {days}."
_LIMITS = (
    "Ce que le logiciel de mesure a enregistré à tort le jour même : les preuves montrent une modification ultérieure,"
    " mais pas que l'enregistrement d'origine était exact.",
    "Ce que personne n'a regardé : un silence est dit « non démontré » ou « aucune mesure », jamais compté comme bon.",
    "Ce qui est seulement déclaré : les registres contiennent ce que leurs auteurs y ont inscrit.",
)


def sheet(
    material: Material,
    period: Period,
    *,
    title: str,
    called: str,
    public: bool,
    language: Language,
    lead: str,
    sections: Iterable[SheetSection],
    notes: tuple[str, ...],
) -> Sheet:
    """Return a document about a period, `called` so in words; title and notes are given in French."""
    return Sheet(
        title=translated(title, language),
        language=language,
        period=called,
        span=words.span(period.first, period.last, language),
        beneficiary=inert(material.heading.name),
        provider=inert(material.heading.provider),
        reference=inert(material.heading.reference),
        provisional=_provisional(material, period, language),
        public=public,
        lead=lead,
        sections=tuple(sections),
        notes=tuple(translated(text, language) for text in notes),
        limits=tuple(translated(text, language) for text in _LIMITS),
        evidence=tuple(_evidence(material, language)),
        version=material.version,
        translation="" if language == "fr" else translated(TRANSLATION, language),
    )


def render(shown: Sheet) -> str:
    """Return the document."""
    documents = DOCUMENTS if shown.language == "fr" else ENGLISH_DOCUMENTS
    return documents.template("sheet.html").render(
        sheet=shown,
        full=FULL,
        style=documents.style,
        policy=documents.policy,
        **writing(shown.language),
    )


def over(material: Material, period: Period) -> bool:
    """Return whether a period is over."""
    return material.today > period.last


def _provisional(material: Material, period: Period, language: Language) -> str:
    if over(material, period):
        return ""
    yesterday = material.today.fromordinal(material.today.toordinal() - 1)
    return translated(NOT_OVER, language).format(days=words.span(period.first, yesterday, language))


def _evidence(material: Material, language: Language) -> Iterable[tuple[str, str]]:
    proof = material.proof
    if proof.head is not None and proof.head_day is not None:
        head_day = day(date.fromisoformat(proof.head_day), language)
        yield translated("Dernière journée signée, {day} (UTC)", language).format(day=head_day), proof.head
    last = max((last_entered(entry) for entry in material.entries), default=None)
    shown = translated("aucune", language) if last is None else instant(last, language)
    yield translated("Dernière inscription lue", language), shown
    yield translated("Clé du logiciel de mesure", language), proof.fingerprint
    yield translated("Version du logiciel", language), f"beffroi {material.version}"
