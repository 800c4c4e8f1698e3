"""A further document as it is printed: headings, figures, tables and gauges as values, and one template for all."""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.period import HalfYear, Month, Year
from agent.report.material import Material
from agent.report.page import DOCUMENTS, policy, writing
from agent.report.tables import ReportTable
from agent.wording import report as words
from agent.wording.inert import inert

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
    lead: str,
    sections: Iterable[SheetSection],
    notes: tuple[str, ...],
) -> Sheet:
    """Return a document about a period, `called` so in words."""
    return Sheet(
        title=title,
        period=called,
        span=words.span(period.first, period.last),
        beneficiary=inert(material.beneficiary_name),
        provider=inert(material.provider),
        reference=inert(material.reference),
        provisional=_provisional(material, period),
        public=public,
        lead=lead,
        sections=tuple(sections),
        notes=notes,
        limits=_LIMITS,
        evidence=tuple(_evidence(material)),
        version=material.version,
    )


def render(shown: Sheet) -> str:
    """Return the document in French."""
    return DOCUMENTS.template("sheet.html").render(
        sheet=shown,
        full=FULL,
        style=DOCUMENTS.style,
        policy=policy(),
        **writing("fr"),
    )


def over(material: Material, period: Period) -> bool:
    """Return whether a period is over."""
    return material.today > period.last


def _provisional(material: Material, period: Period) -> str:
    if over(material, period):
        return ""
    yesterday = material.today.fromordinal(material.today.toordinal() - 1)
    return f"La période n'est pas terminée : les jours sont comptés {words.span(period.first, yesterday)}."


def _evidence(material: Material) -> Iterable[tuple[str, str]]:
    proof = material.proof
    if proof.head is not None:
        yield f"Dernière journée signée de la période, {proof.head_day} (UTC)", proof.head
    yield "Clé du logiciel de mesure", proof.fingerprint
    yield "Version du logiciel", f"beffroi {material.version}"
