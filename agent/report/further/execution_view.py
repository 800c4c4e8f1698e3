"""The half-year's execution report as it is printed: for the session of article 9 and both presidents. Pure."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES, REVIEW, STORAGE
from agent.core.duties.entries import AWARENESS, RegisterEntry
from agent.core.duties.terms import months_later
from agent.core.model import State
from agent.core.reason import Reason
from agent.report.agreed_tables import dated
from agent.report.entry_tables import breaches, exercises, incidents
from agent.report.figures import Deviation
from agent.report.further.agreed import agreed, plan
from agent.report.further.execution import Execution, QuarterCount
from agent.report.further.sheet import Sheet, SheetSection, sheet
from agent.report.material import Material
from agent.report.names import Names
from agent.report.tables import REGISTERS, Cell, ReportTable, TableMark, mark, state_mark, table
from agent.report.undisclosed import notice_or_tables
from agent.wording import report as words
from agent.wording.front import NOTHING_KEPT
from agent.wording.inert import inert
from agent.wording.quantities import day, instant, quantity
from agent.wording.targets.every import target_title, words_of

EVALUATION_MONTHS = 6

_NOTES = (
    "Un verdict se rend par trimestre : les deux trimestres du semestre sont montrés côte à côte, leurs comptes sont"
    " additionnés, et aucun verdict semestriel n'en est tiré.",
    "Les comptes d'un trimestre publié sont ceux de son rapport trimestriel, qui en donne la méthode et les preuves."
    " Ceux d'un trimestre qui ne l'est pas, et les tableaux qui suivent, sont établis d'après le registre tel qu'il"
    " était à la dernière inscription lue, dont la date est donnée plus bas.",
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
        called=_half_named(counted, called),
        public=called.public,
        language=called.language,
        lead=_lead(counted, called),
        sections=_sections(counted, material, called),
        notes=_NOTES,
    )


def _half_named(counted: Execution, called: Names) -> str:
    if called.language == "en":
        return f"half-year {counted.half.number} of {counted.half.year}"
    return f"{words.ORDINALS[counted.half.number - 1]} semestre {counted.half.year}"


def _lead(counted: Execution, called: Names) -> str:
    parts = [
        f"{words.quarter_name(one.quarter, called.language)}{called.say(' : ')}{_counts(one, called)}"
        + ("" if one.over else called.say(" (en cours)"))
        for one in counted.quarters
    ]
    return f"{called.say(' ; ').join(parts)}."


ATTAINED_OF = "{attained} sur {expected} évalués"
NOTHING_WATCHED = "rien n'était suivi"
NO_RESULT = "Rien n'était suivi au {quarter} : il n'a aucun résultat."


def _counts(one: QuarterCount, called: Names) -> str:
    if not one.is_measured:
        return called.say(NOTHING_WATCHED)
    rated: list[QuarterOutcome] = [
        figures.outcome
        for figures in one.counts.values()
        if figures.outcome is not None and figures.outcome is not QuarterOutcome.NOT_APPLICABLE
    ]
    attained = rated.count(QuarterOutcome.ATTAINED)
    first = called.say("aucun objectif atteint")
    if attained:
        first = words.count(attained, "objectif atteint", "objectifs atteints", called.language)
    others = [
        words.count(rated.count(outcome), one, several, called.language)
        for outcome, one, several in _OTHERS
        if rated.count(outcome)
    ]
    return ", ".join([called.say(ATTAINED_OF).format(attained=first, expected=len(rated)), *others])


def _sections(counted: Execution, material: Material, called: Names) -> Iterator[SheetSection]:
    first, last = counted.half.first, counted.half.last
    yield SheetSection(
        id="objectifs",
        title=called.say("Objectifs de sécurité"),
        text=tuple(_editions(counted, material, called)),
        tables=tuple(_targets(counted, called)),
    )
    none = _no_deviation(counted)
    yield _described("ecarts", "Écarts constatés", _deviations(counted, called), none, called, open_ones=True)
    yield _described(
        "incidents",
        "Incidents et violations de données",
        [*_events(counted, called), *_unsigned(counted, called)],
        "Aucun incident ni violation n'est inscrit ; aucun mois attendu et échu n'est resté sans signature.",
        called,
        open_ones=True,
    )
    yield _described(
        "essais",
        "Tests, analyses, audits et sensibilisation",
        [
            *exercises(counted.entries, counted.short_exercises, called, "Tests de reprise"),
            *_performed(counted.entries, called),
        ],
        "Rien n'est inscrit de ce semestre.",
        called,
        open_ones=True,
    )
    yield _described(
        "accords",
        "Accords inscrits et plan d'amélioration",
        [*agreed(material, first, last, called), *plan(material.entries, first, last, called)],
        "Aucune acceptation de risque, adaptation ni exclusion n'a porté sur ce semestre ; aucune action n'est inscrite"
        " au plan d'amélioration.",
        called,
        open_ones=True,
    )
    yield SheetSection(
        id="volume", title=called.say("Volume de stockage (article 7)"), text=(_storage(counted, called),)
    )
    calendar = tuple(_calendar(material, called))
    yield SheetSection(id="calendrier", title=called.say("Calendrier de la convention"), text=calendar)


def _described(
    id: str, title: str, tables: Iterable[ReportTable], nothing: str, called: Names, *, open_ones: bool = False
) -> SheetSection:
    """Return a section; `open_ones`: its tables may show what still falls short."""
    shown = tuple(tables)
    text: tuple[str, ...] = () if shown else (called.say(nothing),)
    if open_ones and shown:
        text, shown = notice_or_tables(shown, called)
    return SheetSection(id=id, title=called.say(title), text=text, tables=shown)


def _editions(counted: Execution, material: Material, called: Names) -> Iterator[str]:
    yesterday = day(material.today - timedelta(days=1), called.language)
    for one in counted.quarters:
        text = "Le rapport du {quarter} est publié, édition {edition} : ses comptes sont repris tels quels."
        if not one.is_measured:
            text = NO_RESULT
        elif not one.over:
            text = "Le {quarter} n'est pas terminé : il est compté jusqu'au {last}."
        elif one.edition is None:
            text = "Aucun rapport du {quarter} n'est publié."
        name = words.quarter_name(one.quarter, called.language)
        said = called.say(text).format(quarter=name, edition=one.edition, last=yesterday)
        yield said[:1].upper() + said[1:]


def _targets(counted: Execution, called: Names) -> list[ReportTable]:
    quarters = {one.quarter: one for one in counted.quarters}
    head = [called.say("Objectif")]
    for quarter in counted.half.quarters:
        name = words.short_quarter(quarter, called.language)
        head += [called.say("{quarter}, verdict").format(quarter=name), called.say("atteints sur attendus")]
    rows: list[tuple[Cell, ...]] = []
    for target, clause in CLAUSES.items():
        if clause.on_request and not any(target in one.counts for one in counted.quarters):
            continue
        cells: list[Cell] = [target_title(target, called.language)]
        for quarter in counted.half.quarters:
            own = quarters.get(quarter)
            not_begun = TableMark(id="none", word=called.say("pas commencé"))
            if own is not None and target not in own.counts:
                cells += ["—", "—"]
                continue
            cells += [not_begun, "—"] if own is None else _of_quarter(own, target, called)
        both = counted.total(target)
        rows.append((*cells, words.rate(both, called.language) if both.expected else "—"))
    title, last = called.say("Objectif par objectif"), called.say("semestre")
    return [ReportTable(title=title, head=(*head, last), rows=tuple(rows))]


def _of_quarter(quarter: QuarterCount, target: str, called: Names) -> list[Cell]:
    one = quarter.counts[target]
    if not quarter.is_measured:
        return [TableMark(id="none", word=called.say("non mesuré")), "—"]
    counted = "—" if one.tally is None or not one.tally.expected else words.rate(one.tally, called.language)
    return [mark(one.outcome, called.language), counted]


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
    title, where = "Jours non atteints ou non démontrés", "les rapports trimestriels"
    return table(title, head, rows, left_out="écarts", kept_in=where, language=called.language)


def _deviation(target: str, one: Deviation, called: Names) -> tuple[Cell, ...]:
    return (
        target_title(target, called.language),
        called.of(target, one.subject),
        words.span(one.first, one.last, called.language),
        str(one.days),
        state_mark(one.state, called.language),
        _cause(target, one, called),
    )


def _cause(target: str, one: Deviation, called: Names) -> str:
    """Return why days fell short; of what nothing shows, that, as the quarter's report does."""
    if one.reason is Reason.NOT_RUN:
        return called.say(NOTHING_KEPT)
    return words_of(target, one.reason).short.of(called.language)


def _events(counted: Execution, called: Names) -> Iterator[ReportTable]:
    yield from incidents(counted.entries, "Incidents du semestre et leurs délais", called)
    yield from breaches(counted.entries, "Violations de données du semestre et leurs délais", called)


def _unsigned(counted: Execution, called: Names) -> list[ReportTable]:
    months: dict[tuple[str, State], list[str]] = {}
    for quarter in counted.quarters:
        for target, figures in quarter.targets.items():
            for one in () if figures.events is None else figures.events.occurrences:
                if one.month is not None:
                    months.setdefault((target, one.state), []).append(
                        words.month_name(one.month.first, called.language)
                    )
    rows = [
        (target_title(target, called.language), ", ".join(named), state_mark(state, called.language))
        for (target, state), named in months.items()
    ]
    title = "Mois ni signés ni renseignés : rien n'y est démontré"
    return table(title, ("Objectif", "Mois", "État"), rows, language=called.language)


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
            called.say(_PERFORMED[entry.register]),
            called.of(_TARGET_OF[entry.register], entry.values["perimeter"]) if "perimeter" in entry.values else "—",
            dated(entry, "performed", called),
            called.text(entry.get("by")),
        )
        for entry in entries
        if entry.register in _PERFORMED
    ]
    head = ("Inscription", "Quoi", "Périmètre", "Fait", "Par")
    title = "Analyses, tests d'intrusion, audits, sensibilisation"
    return table(title, head, rows, kept_in=REGISTERS, language=called.language)


NOT_MEASURED = "Aucune mesure du volume occupé ne vaut pour ce semestre : on ne peut rien affirmer."
MEASURED = "Dernière mesure, {instant} : {used}, sauvegardes non comprises, pour {limit} compris dans le prix annuel."
NOT_SIGNED = "La date de signature n'est pas déclarée dans la configuration : les échéances ne peuvent être calculées."
NOT_HELD = "aucune inscription ne montre qu'elle s'est tenue"
EVALUATION = "Évaluation à mener dans les six mois (article 9), au plus tard le {day} : {shown}."
TERMS = (
    "Reconduction tacite chaque année, préavis de trois mois (article 8) ; titre de recette au 30 octobre (article 7)."
)


def _storage(counted: Execution, called: Names) -> str:
    seen = [one for quarter in counted.quarters for one in quarter.targets[STORAGE].standing]
    last = seen[-1] if seen else None
    if last is None or last.value is None:
        return called.say(NOT_MEASURED)
    used, limit = (quantity(value, "bytes", called.language) for value in (last.value, last.limit or 0))
    return called.say(MEASURED).format(instant=instant(last.at, called.language), used=used, limit=limit)


def _calendar(material: Material, called: Names) -> Iterator[str]:
    if material.heading.signed is None:
        yield called.say(NOT_SIGNED)
        return
    evaluation = months_later(material.heading.signed, EVALUATION_MONTHS)
    held = [
        entry
        for entry in material.entries
        if entry.register == "plan" and entry.get("target") == REVIEW and entry.get("done") is not None
    ]
    yield called.say("Convention signée le {day}.").format(day=day(material.heading.signed, called.language))
    shown = called.say(NOT_HELD)
    if held:
        entry, on = inert(held[-1].id), dated(held[-1], "done", called)
        shown = called.say("tenue, inscription {entry}, {day}").format(entry=entry, day=on)
    yield called.say(EVALUATION).format(day=day(evaluation, called.language), shown=shown)
    yield called.say(TERMS)
