"""A year's storage as it is printed: the annex to the bill of article 7. Pure."""

from collections.abc import Iterator

from agent.core.period import Month
from agent.report.further.sheet import FULL, Gauge, Gauges, Sheet, SheetSection, sheet
from agent.report.further.storage import DailyUse, StorageUse, highest, measured
from agent.report.material import Material
from agent.wording import report as words
from agent.wording.quantities import day, share, size

GIGABYTE, TERABYTE = 10**9, 10**12

_NOTES = (
    "Le volume est celui des données du bénéficiaire, sauvegardes non comprises : ce que le point de reprise le plus"
    " récent de chaque source a lu d'elle. 1 To vaut 10¹² octets.",
    "Un jour compte par sa plus haute mesure. Seule une mesure de toutes les sources compte ; un jour où l'une manque"
    " est un jour sans mesure, jamais un jour à zéro.",
    "Ce volume est suivi pour information : la convention n'y attache ni taux ni verdict.",
)


def storage_view(found: StorageUse, material: Material, *, public: bool) -> Sheet:
    """Return what the document shows."""
    return sheet(
        material,
        found.year,
        title="Annexe à la facturation : stockage",
        called=f"année {found.year}",
        public=public,
        lead=_lead(found),
        sections=_sections(found),
        notes=_NOTES,
    )


def _lead(found: StorageUse) -> str:
    most = highest(found.days)
    if most is None or most.bytes is None:
        return "Aucune mesure complète du volume occupé : rien ne le démontre, ni n'en démontre le dépassement."
    beyond = sum((one.bytes or 0) > found.limit for one in found.days)
    said = "le volume compris dans le prix n'a été dépassé aucun jour mesuré"
    if beyond:
        said = f"le volume compris dans le prix a été dépassé {words.days(beyond)}"
    return f"Au plus {_use(most, found.limit)}, le {day(most.day, 'fr')} ; {said}."


def _use(one: DailyUse, limit: int) -> str:
    used = one.bytes or 0
    return f"{_size(used)}, soit {share(used / limit, 'fr')} de {size(limit, 'fr')}"


def _size(used: int) -> str:
    """Return a volume; one near the terabyte in gigabytes, or a small excess would not show."""
    if used <= TERABYTE:
        return size(used, "fr")
    whole, tenth = divmod(used * 10 // GIGABYTE, 10)
    return f"{whole:,}".replace(",", "\u202f") + (f",{tenth}" if tenth else "") + " Go"


def _sections(found: StorageUse) -> Iterator[SheetSection]:
    shown = measured(found.days)
    last = shown[-1] if shown else None
    yield SheetSection(
        id="annee",
        title="L'année",
        figures=(
            ("Compris dans le prix annuel", size(found.limit, "fr")),
            ("Jours attendus", str(len(found.days))),
            ("Jours mesurés", str(len(shown))),
            ("Jours sans mesure", str(len(found.days) - len(shown))),
            ("Dernière mesure", "aucune" if last is None else f"{_size(last.bytes or 0)}, {day(last.day, 'fr')}"),
        ),
    )
    rows = tuple(_month(month, found) for month in found.year.months if found.of(month))
    head = ("Mois", "Part du volume", "Plus haute mesure", "Dernière mesure", "Jours mesurés sur attendus")
    if rows:
        yield SheetSection(id="mois", title="Mois par mois", gauges=Gauges(title="Volume occupé", head=head, rows=rows))


def _month(month: Month, found: StorageUse) -> Gauge:
    own = found.of(month)
    shown, most = measured(own), highest(own)
    counted = f"{len(shown)} sur {len(own)}"
    name = f"{words.month_name(month.first)} {month.year}"
    if most is None or most.bytes is None:
        return Gauge(heading=name, width=None, over=False, said="Aucune mesure.", cells=("aucune", "aucune", counted))
    return Gauge(
        heading=name,
        width=min(FULL, max(4, most.bytes * FULL // found.limit)),
        over=most.bytes > found.limit,
        said=f"Au plus {_use(most, found.limit)}.",
        cells=(
            f"{_use(most, found.limit)} ({day(most.day, 'fr')})",
            f"{_size(shown[-1].bytes or 0)} ({day(shown[-1].day, 'fr')})",
            counted,
        ),
    )
