"""Tables of what the registers hold of some days: incidents, breaches, recovery exercises. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from agent.accounting.retirements import REGISTER as RETIREMENT
from agent.core.convention import RECOVERY_POINT, RECOVERY_TIME, Performed
from agent.core.durations import read_duration
from agent.core.duties.entries import RECOVERY_TESTS, RegisterEntry
from agent.core.judging.recovery_tests import Shortfall
from agent.core.judging.wanted_change import REGISTER, day_of_change
from agent.core.period import day_of
from agent.report.agreed_tables import dated
from agent.report.dates_said import when_of
from agent.report.first_said import beside_first, first_said
from agent.report.names import Names
from agent.report.tables import REGISTERS, Cell, ReportTable, table
from agent.wording import report as words
from agent.wording.quantities import day, duration
from agent.wording.registers import NAMED_UNDER, RETIRED

# The key that dates what each register's entry tells of.
POINT_FIRST = "{age} (point de reprise : {point})"
MISTAKE_SEEN = "jamais : déclaré par erreur ; jours vus non atteints, qui ne sont plus décomptés : {missed}"
_DATED_BY = {"departure": "left", "incident": "detected", "breach": "detected"}


def within_days(entries: Iterable[RegisterEntry], first: date, last: date) -> tuple[RegisterEntry, ...]:
    """Return the entries of what happened on some days, both included; a month signed as empty is none of them."""
    return tuple(entry for entry in entries if entry.signs is None and _happened(entry, first, last))


def told_within(entries: Iterable[RegisterEntry], first: date, last: date) -> tuple[RegisterEntry, ...]:
    """Return the entries that tell, or told before they were amended, of what happened on some days, both included."""
    return tuple(
        entry
        for entry in entries
        if entry.signs is None
        and any(_happened(one, first, last) for one in (entry, *(entry.as_it_was(one) for one in entry.earlier)))
    )


def _happened(entry: RegisterEntry, first: date, last: date) -> bool:
    when = entry.when(_DATED_BY.get(entry.register, "performed"))
    return when is not None and first <= when.day <= last


def incidents(entries: Iterable[RegisterEntry], title: str, called: Names) -> list[ReportTable]:
    """Return the incidents among some entries, with their clocks."""
    keys = ("detected", "declared", "qualified", "reported")
    head = ("Incident", "Objet", "Majeur", "Détecté", "Déclaré", "Qualifié", "Compte rendu", "Motif du retard")
    return _clocked(_of("incident", entries), title, head, ("major", keys), called, left_out="incidents")


def breaches(entries: Iterable[RegisterEntry], title: str, called: Names) -> list[ReportTable]:
    """Return the breaches of personal data among some entries, with their clocks."""
    keys = ("detected", "controller_informed", "dpo_informed", "cnil_notified", "persons_informed")
    head = (
        "Violation",
        "Objet",
        "CNIL due",
        "Détectée",
        "Responsable de traitement informé",
        "DPO informé",
        "CNIL",
        "Personnes informées",
        "Motif du retard",
        "Décision",
    )
    return _clocked(
        _of("breach", entries), title, head, ("cnil_due", keys), called, left_out="violations", last="decision"
    )


def exercises(
    entries: Iterable[RegisterEntry],
    short: Mapping[str, Shortfall],
    called: Names,
    title: str = "Exercices de restauration inscrits",
) -> list[ReportTable]:
    """Return the recovery exercises among some entries: how long each took, how old what it gave back was.

    `short`: by entry, why one that succeeded is no test passed.
    """
    rows = [_exercise(entry, short.get(entry.id), called) for entry in _of(RECOVERY_TESTS, entries)]
    head = ("Exercice", "Sauvegarde", "Fait", "Durée", "Âge des données restaurées", "Résultat")
    note = called.say(words.EXERCISES)
    return table(title, head, rows, note=note, left_out="exercices", kept_in=REGISTERS, language=called.language)


def examinations(
    entries: Iterable[RegisterEntry], target: str, performed: Performed, called: Names
) -> list[ReportTable]:
    """Return what was done of a periodic duty among some entries, such as scans, with the findings."""
    rows = [
        (
            entry.id,
            beside_first(called.of(target, entry.values[performed.subject]), entry, performed.subject, called),
            dated(entry, "performed", called),
            _text(entry, "by", called),
            _text(entry, "findings", called, none=called.say("non inscrits")),
            beside_first(
                called.say("pièce jointe" if entry.get("evidence") else "sans pièce"), entry, "evidence", called
            ),
        )
        for entry in _of(performed.register, entries)
    ]
    head = ("Inscription", "Périmètre", "Fait", "Par", "Constats", "Pièce")
    return table(
        "Ce qui a été fait, et ce qui a été constaté",
        head,
        rows,
        left_out="inscriptions",
        kept_in=REGISTERS,
        language=called.language,
    )


def changes(entries: Iterable[RegisterEntry], first: date, last: date, called: Names) -> list[ReportTable]:
    """Return what was reduced or rewritten on purpose on some days, both included, in whose words."""
    rows = [
        (
            entry.id,
            called.of(RECOVERY_POINT, entry.values["backup"]),
            day(day_of_change(entry), called.language),
            when_of(entry.received_at.isoformat(), called.language),
            called.text(entry.get("reason")),
            called.text(entry.get("author")),
        )
        for entry in _of(REGISTER, entries)
        if first <= day_of_change(entry) <= last
    ]
    head = ("Inscription", "Sauvegarde", "Jour", "Inscrite le", "Motif", "Auteur")
    return table(
        "Réductions et réécritures voulues",
        head,
        rows,
        left_out="inscriptions",
        kept_in=REGISTERS,
        language=called.language,
    )


def retired(
    entries: Iterable[RegisterEntry], first: date, last: date, taken_back: Mapping[str, int], called: Names
) -> list[ReportTable]:
    """Return what was retired on some days, both included, and what was declared by mistake, in whose words.

    `taken_back` counts, by entry, the days that were seen missed and that a mistake takes out of the account.
    """
    own = [entry for entry in _of(RETIREMENT, entries) if first <= day_of(entry.received_at) <= last]
    rows = [
        (
            entry.id,
            f"{called.say(RETIRED[entry.values['kind']])}"
            f" {called.of(NAMED_UNDER[entry.values['kind']], entry.values['subject'])}",
            _until(entry, taken_back, called),
            when_of(entry.received_at.isoformat(), called.language),
            called.text(entry.get("reason")),
            called.text(entry.get("author")),
        )
        for entry in own
    ]
    head = ("Inscription", "Élément suivi", "Attendu", "Inscrit le", "Motif", "Auteur")
    mistakes = sum(entry.get("mistake") == "yes" for entry in own)
    note = called.say("Déclarés par erreur : {number}.").format(number=mistakes) if mistakes else ""
    return table(
        "Éléments retirés", head, rows, note=note, left_out="inscriptions", kept_in=REGISTERS, language=called.language
    )


def _until(entry: RegisterEntry, taken_back: Mapping[str, int], called: Names) -> str:
    if entry.get("mistake") != "yes":
        entered = day_of(entry.received_at)
        said = entry.when("on")
        last = day(entered if said is None else max(said.day, entered), called.language)
        return called.say("jusqu'au {day} inclus").format(day=last)
    missed = taken_back.get(entry.id, 0)
    if not missed:
        return called.say("jamais : déclaré par erreur")
    return called.say(MISTAKE_SEEN).format(missed=missed)


def _of(register: str, entries: Iterable[RegisterEntry]) -> list[RegisterEntry]:
    return [entry for entry in entries if entry.register == register]


def _clocked(
    entries: Iterable[RegisterEntry],
    title: str,
    head: tuple[str, ...],
    keys: tuple[str, tuple[str, ...]],
    called: Names,
    *,
    left_out: str,
    last: str = "",
) -> list[ReportTable]:
    asked, dates = keys
    rows = [
        (
            entry.id,
            _text(entry, "title", called),
            beside_first(called.say("oui" if entry.get(asked) == "yes" else "non"), entry, asked, called),
            *(dated(entry, key, called) for key in dates),
            _text(entry, "delay_reason", called, none="—"),
            *((_text(entry, last, called, none="—"),) if last else ()),
        )
        for entry in entries
    ]
    return table(title, head, rows, left_out=left_out, kept_in=REGISTERS, language=called.language)


def _exercise(entry: RegisterEntry, short: Shortfall | None, called: Names) -> tuple[Cell, ...]:
    performed, point = entry.when("performed"), entry.when("recovery_point")
    age = "—" if performed is None or point is None else duration(performed.begins - point.begins, called.language)
    point_first = first_said(entry, "recovery_point", called)
    return (
        entry.id,
        beside_first(called.of(RECOVERY_TIME, entry.values["backup"]), entry, "backup", called),
        dated(entry, "performed", called),
        beside_first(duration(read_duration(entry.values["duration"]), called.language), entry, "duration", called),
        called.say(POINT_FIRST).format(age=age, point=point_first) if point_first else age,
        _result(entry, short, called),
    )


def _result(entry: RegisterEntry, short: Shortfall | None, called: Names) -> str:
    result = called.say("réussi" if entry.get("result") == "ok" else "échoué")
    said = beside_first(result, entry, "result", called)
    if short is None:
        return said
    limit = "" if short.limit is None else duration(timedelta(seconds=short.limit), called.language)
    return called.say(words.NO_TEST[short.reason]).format(result=said, limit=limit)


def _text(entry: RegisterEntry, key: str, called: Names, none: str = "") -> str:
    return beside_first(called.text(entry.get(key)) or none, entry, key, called)
