"""The half-year's execution report as it is printed: for the session of article 9 and both presidents. Pure."""

from collections.abc import Iterable, Iterator

from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES, REVIEW, STORAGE
from agent.core.duties.entries import AWARENESS, RegisterEntry
from agent.core.duties.terms import months_later
from agent.core.model import State
from agent.report.agreed_tables import dated
from agent.report.dates_said import when_of
from agent.report.entry_tables import breaches, exercises, incidents
from agent.report.figures import Deviation
from agent.report.further.agreed import agreed, plan
from agent.report.further.execution import Execution, QuarterCount
from agent.report.further.sheet import Sheet, SheetSection, sheet
from agent.report.material import Material
from agent.report.names import Names
from agent.report.summary import TargetSummary
from agent.report.tables import REGISTERS, Cell, ReportTable, TableMark, mark, state_mark, table
from agent.wording import report as words
from agent.wording.inert import inert
from agent.wording.quantities import day, instant, quantity
from agent.wording.targets.every import target_title, words_of

EVALUATION_MONTHS = 6
_NOT_BEGUN = TableMark(id="none", word="pas commencé")

_NOTES = (
    "Un verdict se rend par trimestre, comme le dit la convention : les deux trimestres du semestre sont montrés côte à"
    " côte, leurs comptes sont additionnés, et aucun verdict semestriel n'en est tiré.",
    "Les comptes d'un trimestre publié sont ceux de son rapport trimestriel, qui en donne la méthode et les preuves."
    " Ceux d'un trimestre qui ne l'est pas encore, et les tableaux qui suivent, sont établis d'après le registre tel"
    " qu'il est aujourd'hui.",
)


_OTHERS = (
    (QuarterOutcome.NOT_ATTAINED, "non atteint", "non atteints"),
    (QuarterOutcome.NOT_DEMONSTRATED, "non démontré", "non démontrés"),
    (QuarterOutcome.RISK_ACCEPTED, "sous risque accepté", "sous risque accepté"),
)


def execution_view(counted: Execution, material: Material, called: Names) -> Sheet:
    """Return what the document shows."""
    return sheet(
        material,
        counted.half,
        title="Rapport semestriel d'exécution",
        called=f"{words.ORDINALS[counted.half.number - 1]} semestre {counted.half.year}",
        public=called.public,
        lead=_lead(counted),
        sections=_sections(counted, material, called),
        notes=_NOTES,
    )


def _lead(counted: Execution) -> str:
    parts = [
        f"{words.quarter_name(one.quarter)} : {_counts(one)}" + ("" if one.over else " (en cours)")
        for one in counted.quarters
    ]
    return f"{' ; '.join(parts)}."


def _counts(one: QuarterCount) -> str:
    rated: list[QuarterOutcome] = [
        figures.outcome
        for figures in one.counts.values()
        if figures.outcome is not None and figures.outcome is not QuarterOutcome.NOT_APPLICABLE
    ]
    attained = rated.count(QuarterOutcome.ATTAINED)
    first = words.count(attained, "objectif atteint", "objectifs atteints") if attained else "aucun objectif atteint"
    others = [
        words.count(rated.count(outcome), one, several) for outcome, one, several in _OTHERS if rated.count(outcome)
    ]
    return ", ".join([f"{first} sur {len(rated)} décomptés", *others])


def _sections(counted: Execution, material: Material, called: Names) -> Iterator[SheetSection]:
    first, last = counted.half.first, counted.half.last
    yield SheetSection(
        id="objectifs",
        title="Objectifs de sécurité",
        text=tuple(_editions(counted)),
        tables=tuple(_targets(counted)),
    )
    yield _described("ecarts", "Écarts constatés", _deviations(counted, called), _no_deviation(counted))
    yield _described(
        "incidents",
        "Incidents et violations de données",
        [*_events(counted, called), *_unsigned(counted)],
        "Aucun incident ni violation n'est inscrit ; aucun mois attendu et échu n'est resté sans signature.",
    )
    yield _described(
        "essais",
        "Tests, analyses, audits et sensibilisation",
        [*exercises(counted.entries, called, "Tests de reprise"), *_performed(counted.entries, called)],
        "Rien n'est inscrit de ce semestre.",
    )
    yield _described(
        "accords",
        "Ce qui a été convenu",
        [*agreed(material.agreements, first, last, called), *plan(material.entries, first, last, called)],
        "Aucune acceptation de risque, adaptation ni exclusion n'a porté sur ce semestre ; aucune action n'est inscrite"
        " au plan d'amélioration.",
    )
    yield SheetSection(id="volume", title="Volume de stockage (article 7)", text=(_storage(counted),))
    yield SheetSection(id="calendrier", title="Calendrier de la convention", text=tuple(_calendar(material)))


def _described(id: str, title: str, tables: Iterable[ReportTable], nothing: str) -> SheetSection:
    shown = tuple(tables)
    return SheetSection(id=id, title=title, text=() if shown else (nothing,), tables=shown)


def _editions(counted: Execution) -> Iterator[str]:
    for one in counted.quarters:
        name = words.quarter_name(one.quarter)
        if not one.over:
            yield f"Le {name} n'est pas terminé : il est compté jusqu'à hier."
        elif one.edition is None:
            yield f"Le rapport du {name} n'est pas encore publié."
        else:
            yield f"Le rapport du {name} est publié, édition {one.edition} : ses comptes sont repris tels quels."


def _targets(counted: Execution) -> list[ReportTable]:
    quarters = {one.quarter: one for one in counted.quarters}
    head = ["Objectif"]
    for quarter in counted.half.quarters:
        head += [f"{words.short_quarter(quarter)}, verdict", "atteints sur attendus"]
    rows: list[tuple[Cell, ...]] = []
    for target in CLAUSES:
        cells: list[Cell] = [target_title(target, "fr")]
        for quarter in counted.half.quarters:
            own = quarters.get(quarter)
            cells += ["—", "—"] if own is None else _of_quarter(own.counts[target])
            if own is None:
                cells[-2] = _NOT_BEGUN
        both = counted.total(target)
        rows.append((*cells, words.rate(both) if both.expected else "—"))
    return table("Objectif par objectif", (*head, "semestre"), rows)


def _of_quarter(one: TargetSummary) -> list[Cell]:
    return [mark(one.outcome), "—" if one.tally is None or not one.tally.expected else words.rate(one.tally)]


def _no_deviation(counted: Execution) -> str:
    if any(counted.total(target).expected for target in CLAUSES):
        return "Aucun écart n'a été constaté."
    return "Aucun jour n'était attendu de ce semestre : rien n'a été constaté, ni en bien ni en mal."


def _deviations(counted: Execution, called: Names) -> list[ReportTable]:
    found = [
        (target, one)
        for quarter in counted.quarters
        for target, figures in quarter.targets.items()
        for one in figures.deviations
    ]
    found.sort(key=lambda item: (list(CLAUSES).index(item[0]), item[1].first, item[1].subject))
    rows = [_deviation(target, one, called) for target, one in found]
    head = ("Objectif", "Élément suivi", "Quand", "Jours", "État", "Cause constatée")
    return table(
        "Jours non atteints ou non démontrés", head, rows, left_out="écarts", kept_in="les rapports trimestriels"
    )


def _deviation(target: str, one: Deviation, called: Names) -> tuple[Cell, ...]:
    return (
        target_title(target, "fr"),
        called.of(target, one.subject),
        words.span(one.first, one.last),
        str(one.days),
        state_mark(one.state),
        words_of(target, one.reason).short.fr,
    )


def _events(counted: Execution, called: Names) -> Iterator[ReportTable]:
    yield from incidents(counted.entries, "Incidents du semestre et leurs délais", called)
    yield from breaches(counted.entries, "Violations de données du semestre et leurs délais", called)


def _unsigned(counted: Execution) -> list[ReportTable]:
    months: dict[tuple[str, State], list[str]] = {}
    for quarter in counted.quarters:
        for target, figures in quarter.targets.items():
            for one in () if figures.events is None else figures.events.occurrences:
                if one.month is not None:
                    months.setdefault((target, one.state), []).append(words.month_name(one.month.first))
    rows = [
        (target_title(target, "fr"), ", ".join(named), state_mark(state)) for (target, state), named in months.items()
    ]
    return table("Mois ni signés ni renseignés : rien n'y est démontré", ("Objectif", "Mois", "État"), rows)


_PERFORMED = {
    "scan": "analyse de vulnérabilités",
    "pentest": "test d'intrusion",
    "audit": "audit RGPD",
    AWARENESS: "session de sensibilisation",
}
_TARGET_OF = {one.performed.register: one.id for one in CLAUSES.values() if one.performed is not None}


def _performed(entries: Iterable[RegisterEntry], called: Names) -> list[ReportTable]:
    rows = [
        (
            entry.id,
            _PERFORMED[entry.register],
            called.of(_TARGET_OF[entry.register], entry.values["perimeter"]) if "perimeter" in entry.values else "—",
            dated(entry, "performed", called),
            called.text(entry.get("by")),
        )
        for entry in entries
        if entry.register in _PERFORMED
    ]
    head = ("Inscription", "Quoi", "Périmètre", "Fait", "Par")
    return table("Analyses, tests d'intrusion, audits, sensibilisation", head, rows, kept_in=REGISTERS)


def _storage(counted: Execution) -> str:
    seen = [one for quarter in counted.quarters for one in quarter.targets[STORAGE].standing]
    last = seen[-1] if seen else None
    if last is None or last.value is None:
        return "Aucune mesure du volume occupé ne vaut pour ce semestre : rien ne le démontre."
    return (
        f"Dernière mesure, {instant(last.at, 'fr')} : {quantity(last.value, 'bytes', 'fr')}, sauvegardes non comprises,"
        f" pour {quantity(last.limit or 0, 'bytes', 'fr')} compris dans le prix annuel."
    )


def _calendar(material: Material) -> Iterator[str]:
    if material.signed is None:
        yield "La date de signature n'est pas déclarée dans la configuration : les échéances ne peuvent être calculées."
        return
    evaluation = months_later(material.signed, EVALUATION_MONTHS)
    held = [
        entry
        for entry in material.entries
        if entry.register == "plan" and entry.get("target") == REVIEW and entry.get("done") is not None
    ]
    yield f"Convention signée le {day(material.signed, 'fr')}."
    shown = (
        f"tenue, inscription {inert(held[-1].id)}, {when_of(held[-1].get('done'))}"
        if held
        else "aucune inscription ne montre qu'elle s'est tenue"
    )
    yield f"Évaluation à mener dans les six mois (article 9), au plus tard le {day(evaluation, 'fr')} : {shown}."
    yield (
        "Reconduction tacite chaque année, préavis de trois mois (article 8) ; titre de recette au 30 octobre"
        " (article 7)."
    )
