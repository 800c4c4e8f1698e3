"""A month's indicators as they are printed, for the security officer. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from agent.core.convention import PATCHING
from agent.core.duties.entries import AWARENESS, RECOVERY_TESTS, RegisterEntry
from agent.report.agreed_tables import dated
from agent.report.entry_tables import breaches, exercises, incidents
from agent.report.event_books import PERIODIC
from agent.report.further.indicators import Indicators, MachineMonth
from agent.report.further.sheet import Sheet, SheetSection, sheet
from agent.report.material import Material
from agent.report.names import Names
from agent.report.tables import REGISTERS, Cell, ReportTable, TableMark, state_mark, table
from agent.report.undisclosed import notice_or_tables, still_to_be_done
from agent.wording import report as words
from agent.wording.quantities import day, duration, instant
from agent.wording.tallies import percent
from agent.wording.targets.every import target_title

_NOTHING_TELLS = "non renseigné"
# For everyone a number that is left out stands as one that nothing tells: which of them it is would tell what is open.
NOT_FOR_ALL = "non renseigné ou non communicable"

_NOTES = (
    "Ce qui est inscrit aux registres est compté ; un registre signé chaque mois (incidents, violations, départs) et"
    " resté sans inscription ni signature est dit « non renseigné », jamais zéro.",
    "Les jours de correctifs sont ceux du décompte trimestriel : un jour que rien ne montre est non démontré.",
)


def indicators_view(found: Indicators, material: Material, called: Names) -> Sheet:
    """Return what the document shows."""
    name = f"{words.month_name(found.month.first, called.language)} {found.month.year}"
    return sheet(
        material,
        found.month,
        title="Indicateurs mensuels de sécurité",
        called=name,
        public=called.public,
        language=called.language,
        lead=_lead(found, called),
        sections=_sections(found, called),
        notes=_NOTES,
    )


NO_ENTRY = "aucun incident n'est inscrit, et le mois n'est pas signé"
NO_INCIDENT = "aucun incident ce mois-ci, le registre en est signé"
NO_NUMBER = "le nombre d'incidents n'est pas renseigné, ou pas communicable"
NO_HOST = "aucune machine n'était attendue aux correctifs"
PATCHED = "correctifs à jour : {share} ({met} sur {expected}, toutes machines)"
NO_LATE = "aucune action du plan n'est en retard"


def _lead(found: Indicators, called: Names) -> str:
    number = _told(found, "incident", called)
    happened = called.say(NO_INCIDENT if number == 0 else NO_NUMBER if called.public else NO_ENTRY)
    if number:
        happened = words.count(number, "incident inscrit", "incidents inscrits", called.language)
    patched = called.say(NO_HOST)
    if found.patching.expected:
        patched = called.say(PATCHED).format(
            share=percent(found.patching, called.language),
            met=words.count(found.patching.met, "jour", "jours", called.language),
            expected=found.patching.expected,
        )
    late = len(found.overdue_actions)
    plan = called.say(NO_LATE)
    if late:
        plan = words.count(late, "action du plan est en retard", "actions du plan sont en retard", called.language)
    said = f"{called.say(' ; ').join((happened, patched, plan))}."
    return said[:1].upper() + said[1:]


def _told(found: Indicators, register: str, called: Names) -> int | None:
    """Return how many entries a register has of the month; None for everyone while something is to be done of one."""
    withheld = called.public and still_to_be_done(register, found.happened)
    return None if withheld else found.count(register)


def _number(register: str, found: Indicators, called: Names) -> str:
    count = _told(found, register, called)
    return called.say(NOT_FOR_ALL if called.public else _NOTHING_TELLS) if count is None else str(count)


def _figures(called: Names, *figures: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return figures with their terms, given in French, in the document's language."""
    return tuple((called.say(term), value) for term, value in figures)


def _sections(found: Indicators, called: Names) -> Iterator[SheetSection]:
    yield _incidents(found, called)
    yield _patches(found, called)
    yield _tests(found, called)
    yield _audits(found, called)
    yield _plan(found, called)


def _incidents(found: Indicators, called: Names) -> SheetSection:
    own = found.of("incident")
    majors = sum(one.get("major") == "yes" for one in own)
    open_ones = sum(one.get("major") == "yes" and one.get("reported") is None for one in own)
    figures = [
        ("Incidents inscrits", _number("incident", found, called)),
        ("Violations de données", _number("breach", found, called)),
        ("Départs", _number("departure", found, called)),
    ]
    if own and _told(found, "incident", called) is not None:
        figures[1:1] = [("Dont majeurs", str(majors)), ("Majeurs sans compte rendu inscrit", str(open_ones))]
    listed = (
        *incidents(own, "Incidents du mois et leurs délais", called),
        *breaches(found.of("breach"), "Violations de données du mois et leurs délais", called),
    )
    notice, tables = notice_or_tables(listed, called)
    return SheetSection(
        id="incidents",
        title=called.say("Incidents"),
        text=notice,
        figures=_figures(called, *figures),
        tables=tables,
    )


def _patches(found: Indicators, called: Names) -> SheetSection:
    head = ("Machine", "Atteints", "Non atteints", "Non démontrés", "Acceptés", "Attendus", "Dernier constat du mois")
    ordered = sorted(found.machines, key=lambda one: (one.days.met - one.days.expected, one.key))
    rows = [_machine(one, called) for one in ordered]
    shown = table("Par machine, en jours", head, rows, left_out="machines", language=called.language)
    nothing = called.say("Aucune machine n'était attendue ce mois-ci : rien n'est démontré de ses correctifs.")
    rate = words.rate(found.patching, called.language)
    notice, tables = notice_or_tables(shown, called)
    return SheetSection(
        id="correctifs",
        title=called.say("Correctifs"),
        text=notice if shown else (nothing,),
        figures=_figures(called, ("Jours atteints sur attendus, toutes machines", rate)) if shown else (),
        tables=tables,
    )


def _machine(one: MachineMonth, called: Names) -> tuple[Cell, ...]:
    days = one.days
    last = called.say("aucun") if one.last is None else instant(one.last.at, called.language)
    if one.last is not None and one.last.value is not None:
        length = duration(one.last.value, called.language)
        last += called.say(" : plus ancien correctif en attente depuis {length}").format(length=length)
    counts = (days.met, days.missed, days.unproven, days.accepted, days.expected)
    return (called.of(PATCHING, one.key.subject), *(str(number) for number in counts), last)


def _tests(found: Indicators, called: Names) -> SheetSection:
    made = exercises(found.of(RECOVERY_TESTS), found.short_exercises, called, "Exercices du mois")
    notice, tables = notice_or_tables((*made, *_standing(found, _shown_in(RECOVERY_TESTS), called)), called)
    return SheetSection(
        id="reprise",
        title=called.say("Tests de reprise"),
        text=notice,
        figures=_figures(
            called,
            ("Exercices inscrits", _number(RECOVERY_TESTS, found, called)),
            ("Restaurations inscrites", _number("restore", found, called)),
        ),
        tables=tables,
    )


def _audits(found: Indicators, called: Names) -> SheetSection:
    last = found.last_audit
    notice, due = notice_or_tables(_standing(found, _shown_in("scan", "pentest"), called), called)
    return SheetSection(
        id="audits",
        title=called.say("Audits, analyses et tests d'intrusion"),
        text=notice,
        figures=_figures(
            called,
            ("Audits RGPD inscrits", _number("audit", found, called)),
            ("Analyses de vulnérabilités inscrites", _number("scan", found, called)),
            ("Tests d'intrusion inscrits", _number("pentest", found, called)),
            ("Sessions de sensibilisation inscrites", _number(AWARENESS, found, called)),
            ("Dernier audit RGPD", called.say("aucun") if last is None else day(last, called.language)),
        ),
        tables=due,
    )


def _shown_in(*registers: str) -> tuple[str, ...]:
    return tuple(target for target, performed in PERIODIC.items() if performed.register in registers)


def _standing(found: Indicators, targets: Iterable[str], called: Names) -> list[ReportTable]:
    rows: list[tuple[Cell, ...]] = []
    for target in targets:
        name = target_title(target, called.language)
        standing = found.standing[target]
        rows += [
            (
                called.of(target, one.key.subject),
                name,
                _last(last, called),
                day(one.due, called.language),
                state_mark(one.state, called.language),
            )
            for one, last in standing.overdue
        ]
        rows += [
            (
                called.of(target, one.key.subject),
                name,
                _last(one.last, called),
                day(one.due, called.language),
                TableMark(id="none", word=called.say("délai non échu")),
            )
            for one in standing.ahead
        ]
    head = ("Élément suivi", "Objectif", "Fait pour la dernière fois", "À refaire au plus tard le", "État")
    return table("Ce qui est à refaire", head, rows, left_out="échéances", kept_in=REGISTERS, language=called.language)


def _last(when: date | None, called: Names) -> str:
    return called.say("jamais") if when is None else day(when, called.language)


def _plan(found: Indicators, called: Names) -> SheetSection:
    late = {one.id for one in found.overdue_actions}
    rows = [
        (*_action(one, called), called.say("en retard" if one.id in late else "en cours")) for one in found.open_actions
    ]
    rows += [(*_action(one, called), called.say("faite")) for one in found.done_actions]
    head = ("Inscription", "Objectif", "Élément suivi", "Action", "Responsable", "Échéance", "Fait", "Où elle en est")
    title = "Actions ouvertes, et faites dans le mois"
    shown = table(title, head, rows, left_out="actions", kept_in=REGISTERS, language=called.language)
    notice, tables = notice_or_tables(shown, called)
    return SheetSection(
        id="plan",
        title=called.say("Plan d'amélioration"),
        text=notice,
        figures=_figures(
            called,
            ("Actions ouvertes", str(len(found.open_actions))),
            ("En retard", str(len(late))),
            ("Faites dans le mois", str(len(found.done_actions))),
        ),
        tables=tables,
    )


def _action(entry: RegisterEntry, called: Names) -> tuple[str, ...]:
    target = entry.values["target"]
    return (
        entry.id,
        target_title(target, called.language),
        called.of(target, entry.values["subject"]),
        called.text(entry.get("action")),
        called.text(entry.get("owner")),
        dated(entry, "due", called),
        dated(entry, "done", called),
    )
