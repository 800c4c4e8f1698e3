"""A year's storage as it is printed: the annex to the bill of article 7. Pure."""

from collections.abc import Iterator

from agent.core.period import Month
from agent.report.further.sheet import FULL, Gauge, Gauges, Sheet, SheetSection, sheet
from agent.report.further.storage import DailyUse, StorageUse, highest, measured
from agent.report.material import Material
from agent.wording import report as words
from agent.wording.languages import Language
from agent.wording.quantities import day, share, size
from agent.wording.translated import translated

GIGABYTE, TERABYTE = 10**9, 10**12

_NOTES = (
    "Le volume est celui des données du bénéficiaire, sauvegardes non comprises : ce que le point de reprise le plus"
    " récent de chaque source a lu d'elle. 1 To vaut 10¹² octets.",
    "Un jour compte par sa plus haute mesure. Seule une mesure de toutes les sources compte ; un jour où l'une manque"
    " est un jour sans mesure, jamais un jour à zéro.",
    "Ce volume est suivi pour information : la convention n'y attache ni taux ni verdict.",
)


USE = "{used}, soit {share} de {limit}"
LEAD_UNKNOWN = (
    "Aucune mesure complète du volume occupé : on ne peut affirmer ni que le volume compris dans le prix a suffi, ni"
    " qu'il a été dépassé."
)
LEAD_WITHIN = (
    "Plus haute mesure : {use}, le {day} ; le volume compris dans le prix n'a été dépassé aucun jour mesuré ({measured}"
    " sur {expected})."
)
LEAD_BEYOND = (
    "Plus haute mesure : {use}, le {day} ; le volume compris dans le prix a été dépassé {days} (mesurés : {measured}"
    " sur {expected})."
)


def storage_view(found: StorageUse, material: Material, *, public: bool, language: Language = "fr") -> Sheet:
    """Return what the document shows."""
    return sheet(
        material,
        found.year,
        title="Annexe à la facturation : stockage",
        called=translated("année {year}", language).format(year=found.year),
        public=public,
        language=language,
        lead=_lead(found, language),
        sections=_sections(found, language),
        notes=_NOTES,
    )


def _lead(found: StorageUse, language: Language) -> str:
    most = highest(found.days)
    if most is None or most.bytes is None:
        return translated(LEAD_UNKNOWN, language)
    beyond = sum((one.bytes or 0) > found.limit for one in found.days)
    said = LEAD_BEYOND if beyond else LEAD_WITHIN
    return translated(said, language).format(
        use=_use(most, found.limit, language),
        day=day(most.day, language),
        days=words.count(beyond, "jour", "jours", language),
        measured=len(measured(found.days)),
        expected=len(found.days),
    )


def _use(one: DailyUse, limit: int, language: Language) -> str:
    used = one.bytes or 0
    part, whole = share(used / limit, language), size(limit, language)
    return translated(USE, language).format(used=_size(used, language), share=part, limit=whole)


def _size(used: int, language: Language) -> str:
    """Return a volume; one near the terabyte in gigabytes, or a small excess would not show."""
    if used <= TERABYTE:
        return size(used, language)
    whole, tenth = divmod(used * 10 // GIGABYTE, 10)
    if language == "en":
        return f"{whole:,}" + (f".{tenth}" if tenth else "") + " GB"
    return f"{whole:,}".replace(",", "\u202f") + (f",{tenth}" if tenth else "") + " Go"


def _sections(found: StorageUse, language: Language) -> Iterator[SheetSection]:
    shown = measured(found.days)
    last = shown[-1] if shown else None
    newest = translated("aucune", language)
    if last is not None:
        newest = f"{_size(last.bytes or 0, language)}, {day(last.day, language)}"
    figures = (
        ("Compris dans le prix annuel", size(found.limit, language)),
        ("Jours attendus", str(len(found.days))),
        ("Jours mesurés", str(len(shown))),
        ("Jours sans mesure", str(len(found.days) - len(shown))),
        ("Dernière mesure", newest),
    )
    yield SheetSection(
        id="annee",
        title=translated("L'année", language),
        figures=tuple((translated(term, language), value) for term, value in figures),
    )
    rows = tuple(_month(month, found, language) for month in found.year.months if found.of(month))
    head = ("Mois", "Part du volume", "Plus haute mesure", "Dernière mesure", "Jours mesurés sur attendus")
    if rows:
        headings = tuple(translated(name, language) for name in head)
        gauges = Gauges(title=translated("Volume occupé", language), head=headings, rows=rows)
        yield SheetSection(id="mois", title=translated("Mois par mois", language), gauges=gauges)


def _month(month: Month, found: StorageUse, language: Language) -> Gauge:
    own = found.of(month)
    shown, most = measured(own), highest(own)
    counted = f"{len(shown)} {translated('sur', language)} {len(own)}"
    name = f"{words.month_name(month.first, language)} {month.year}"
    if most is None or most.bytes is None:
        none = translated("aucune", language)
        said = translated("Aucune mesure.", language)
        return Gauge(heading=name, width=None, over=False, said=said, cells=(none, none, counted))
    use = _use(most, found.limit, language)
    return Gauge(
        heading=name,
        width=min(FULL, max(4, most.bytes * FULL // found.limit)),
        over=most.bytes > found.limit,
        said=translated("Au plus {use}.", language).format(use=use),
        cells=(
            f"{use} ({day(most.day, language)})",
            f"{_size(shown[-1].bytes or 0, language)} ({day(shown[-1].day, language)})",
            counted,
        ),
    )
