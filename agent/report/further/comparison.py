"""What Prometheus heard of a published edition, on a page of its own: the edition's bytes never change."""

from dataclasses import dataclass
from datetime import date

from agent.config.settings import Configuration
from agent.core.model import Key
from agent.core.period import Quarter
from agent.core.version import VERSION
from agent.report.comparison_view import comparison_view
from agent.report.crosscheck import PrometheusComparison
from agent.report.csv_file import read
from agent.report.further.sheet import TRANSLATION, Sheet, SheetSection, render
from agent.report.names import names
from agent.wording import report as words
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.quantities import day
from agent.wording.translated import translated

LEAD = (
    "Cette page compare, jour par jour, l'édition {edition} du rapport trimestriel avec les mesures que Prometheus a"
    " conservées. Comparaison faite le {day}."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedEdition:
    """A published edition, its table of days as text, and the day on which it was compared."""

    quarter: Quarter
    beneficiary: str
    edition: int
    table: str
    made_on: date


def comparison_page(
    configuration: Configuration,
    one: ComparedEdition,
    heard: PrometheusComparison,
    *,
    public: bool,
    language: Language = "fr",
) -> str:
    """Return the document in one language; `public` leaves out every name."""
    keys = {
        Key(target=target, subject=subject, beneficiary=one.beneficiary) for _, (target, subject), _ in read(one.table)
    }
    shown = comparison_view(heard, names(keys, one.beneficiary, public=public, language=language))
    body = next(body for body in configuration.inventory.beneficiaries if body.id == one.beneficiary)
    title = translated("Ce qui diffère", language)
    return render(
        Sheet(
            title=translated("Rapport trimestriel comparé avec Prometheus", language),
            language=language,
            period=words.quarter_name(one.quarter, language),
            span=words.span(one.quarter.first, one.quarter.last, language),
            beneficiary=inert(body.name),
            provider=inert(configuration.convention.provider),
            reference=inert(configuration.convention.reference),
            provisional="",
            public=public,
            lead=translated(LEAD, language).format(edition=one.edition, day=day(one.made_on, language)),
            sections=(SheetSection(id="ecarts", title=title, text=shown.sentences, tables=shown.tables),),
            notes=shown.notes,
            limits=(),
            evidence=(),
            version=VERSION,
            translation="" if language == "fr" else translated(TRANSLATION, language),
        )
    )
