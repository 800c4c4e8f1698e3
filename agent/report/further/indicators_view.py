"""A month's indicators as they are printed, for the security officer. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from agent.core.convention import PATCHING
from agent.core.duties.entries import AWARENESS, RECOVERY_TESTS, RegisterEntry
from agent.report.agreed_tables import dated
from agent.report.dates_said import when_of
from agent.report.entry_tables import breaches, exercises, incidents
from agent.report.event_books import PERIODIC
from agent.report.further.indicators import Indicators, MachineMonth
from agent.report.further.sheet import Sheet, SheetSection, sheet
from agent.report.material import Material
from agent.report.names import Names
from agent.report.tables import REGISTERS, Cell, ReportTable, TableMark, state_mark, table
from agent.wording import report as words
from agent.wording.quantities import day, duration, instant
from agent.wording.tallies import percent
from agent.wording.targets.every import target_title

_NOTHING_TELLS = "non renseigné"

_NOTES = (
    "Ce qui est inscrit aux registres est compté ; un registre signé chaque mois (incidents, violations, départs) et"
    " resté sans inscription ni signature est dit « non renseigné », jamais zéro.",
    "Les jours de correctifs sont ceux du décompte trimestriel : un jour que rien ne montre est non démontré.",
)


def indicators_view(found: Indicators, material: Material, called: Names) -> Sheet:
    """Return what the document shows."""
    name = f"{words.month_name(found.month.first)} {found.month.year}"
    return sheet(
        material,
        found.month,
        title="Indicateurs mensuels de sécurité",
        called=name,
        public=called.public,
        lead=_lead(found),
        sections=_sections(found, called),
        notes=_NOTES,
    )


def _lead(found: Indicators) -> str:
    number = found.count("incident")
    happened = (
        "aucun incident n'est inscrit ni le mois signé"
        if number is None
        else "aucun incident ce mois-ci, le registre en est signé"
        if number == 0
        else f"{words.count(number, 'incident inscrit', 'incidents inscrits')}"
    )
    patched = (
        "aucune machine n'était attendue aux correctifs"
        if not found.patching.expected
        else f"correctifs dans le délai {found.patching.met} jours-machines sur {found.patching.expected}"
        f" ({percent(found.patching)})"
    )
    late = len(found.overdue_actions)
    plan = words.count(late, "action du plan est en retard", "actions du plan sont en retard")
    if not late:
        plan = "aucune action du plan n'est en retard"
    said = f"{happened} ; {patched} ; {plan}."
    return said[:1].upper() + said[1:]


def _number(count: int | None) -> str:
    return _NOTHING_TELLS if count is None else str(count)


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
        ("Incidents inscrits", _number(found.count("incident"))),
        ("Violations de données", _number(found.count("breach"))),
        ("Départs", _number(found.count("departure"))),
    ]
    if own:
        figures[1:1] = [("Dont majeurs", str(majors)), ("Majeurs sans compte rendu à ce jour", str(open_ones))]
    return SheetSection(
        id="incidents",
        title="Incidents",
        figures=tuple(figures),
        tables=(
            *incidents(own, "Incidents du mois et leurs délais", called),
            *breaches(found.of("breach"), "Violations de données du mois et leurs délais", called),
        ),
    )


def _patches(found: Indicators, called: Names) -> SheetSection:
    head = ("Machine", "Atteints", "Non atteints", "Non démontrés", "Acceptés", "Attendus", "Dernier constat du mois")
    ordered = sorted(found.machines, key=lambda one: (one.days.met - one.days.expected, one.key))
    rows = [_machine(one, called) for one in ordered]
    shown = table("Par machine, en jours", head, rows, left_out="machines")
    nothing = "Aucune machine n'était attendue ce mois-ci : rien n'est démontré de ses correctifs."
    return SheetSection(
        id="correctifs",
        title="Correctifs",
        text=() if shown else (nothing,),
        figures=(("Jours atteints sur attendus, toutes machines", words.rate(found.patching)),) if shown else (),
        tables=tuple(shown),
    )


def _machine(one: MachineMonth, called: Names) -> tuple[Cell, ...]:
    days = one.days
    last = "aucun" if one.last is None else f"{instant(one.last.at, 'fr')}"
    if one.last is not None and one.last.value is not None:
        last += f" : plus ancien correctif en attente depuis {duration(one.last.value, 'fr')}"
    counts = (days.met, days.missed, days.unproven, days.accepted, days.expected)
    return (called.of(PATCHING, one.key.subject), *(str(number) for number in counts), last)


def _tests(found: Indicators, called: Names) -> SheetSection:
    return SheetSection(
        id="reprise",
        title="Tests de reprise",
        figures=(
            ("Exercices inscrits", _number(found.count(RECOVERY_TESTS))),
            ("Restaurations inscrites", _number(found.count("restore"))),
        ),
        tables=(
            *exercises(found.of(RECOVERY_TESTS), called, "Exercices du mois"),
            *_standing(found, _shown_in(RECOVERY_TESTS), called),
        ),
    )


def _audits(found: Indicators, called: Names) -> SheetSection:
    last = found.last_audit
    return SheetSection(
        id="audits",
        title="Audits, analyses et tests d'intrusion",
        figures=(
            ("Audits RGPD inscrits", _number(found.count("audit"))),
            ("Analyses de vulnérabilités inscrites", _number(found.count("scan"))),
            ("Tests d'intrusion inscrits", _number(found.count("pentest"))),
            ("Sessions de sensibilisation inscrites", _number(found.count(AWARENESS))),
            ("Dernier audit RGPD", "aucun" if last is None else day(last, "fr")),
        ),
        tables=tuple(_standing(found, _shown_in("scan", "pentest"), called)),
    )


def _shown_in(*registers: str) -> tuple[str, ...]:
    return tuple(target for target, performed in PERIODIC.items() if performed.register in registers)


def _standing(found: Indicators, targets: Iterable[str], called: Names) -> list[ReportTable]:
    rows: list[tuple[Cell, ...]] = []
    for target in targets:
        name = target_title(target, "fr")
        standing = found.standing[target]
        rows += [
            (called.of(target, one.key.subject), name, _last(last), day(one.due, "fr"), state_mark(one.state))
            for one, last in standing.overdue
        ]
        rows += [
            (
                called.of(target, one.key.subject),
                name,
                _last(one.last),
                day(one.due, "fr"),
                TableMark(id="none", word="dans le délai"),
            )
            for one in standing.ahead
        ]
    head = ("Élément suivi", "Objectif", "Fait pour la dernière fois", "À refaire au plus tard le", "État")
    return table("Ce qui est à refaire", head, rows, left_out="échéances", kept_in=REGISTERS)


def _last(when: date | None) -> str:
    return "jamais" if when is None else day(when, "fr")


def _plan(found: Indicators, called: Names) -> SheetSection:
    late = {one.id for one in found.overdue_actions}
    rows = [(*_action(one, called), "en retard" if one.id in late else "en cours") for one in found.open_actions]
    rows += [(*_action(one, called), "faite") for one in found.done_actions]
    head = ("Inscription", "Objectif", "Élément suivi", "Action", "Responsable", "Échéance", "Fait", "Où elle en est")
    shown = table("Actions ouvertes, et faites dans le mois", head, rows, left_out="actions", kept_in=REGISTERS)
    return SheetSection(
        id="plan",
        title="Plan d'amélioration",
        figures=(
            ("Actions ouvertes", str(len(found.open_actions))),
            ("En retard", str(len(late))),
            ("Faites dans le mois", str(len(found.done_actions))),
        ),
        tables=tuple(shown),
    )


def _action(entry: RegisterEntry, called: Names) -> tuple[str, ...]:
    target = entry.values["target"]
    return (
        entry.id,
        target_title(target, "fr"),
        called.of(target, entry.values["subject"]),
        called.text(entry.get("action")),
        called.text(entry.get("owner")),
        dated(entry, "due", called),
        when_of(entry.get("done")),
    )
