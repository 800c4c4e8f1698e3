"""The annexes of the report as values: the frames of reference, the evidence, and what only few may read. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from agent.core.convention import CLAUSES, COVERAGE
from agent.core.duties.entries import RegisterEntry
from agent.core.period import day_of, day_start
from agent.core.places import CopyMachine
from agent.report.comparison_view import ComparisonView, comparison_view
from agent.report.entered import amendments
from agent.report.entered_tables import shown
from agent.report.figures import Report
from agent.report.first_said import beside_first
from agent.report.fleet_proof import FleetProofView, fleet_proof
from agent.report.names import Names
from agent.report.proof_view import ReportProofView, proof_view
from agent.report.storing_said import length_said, place_said
from agent.report.tables import REGISTERS, ReportTable, table
from agent.wording.backup_guide import GUIDE
from agent.wording.entries import Frame
from agent.wording.inert import inert
from agent.wording.languages import Words
from agent.wording.quantities import day, duration, grouped, instant
from agent.wording.registers import key_name
from agent.wording.report import count, month_name
from agent.wording.targets.every import TARGETS, target_title

MACHINES = {
    CopyMachine.SAME: "celle de la source : la copie n'est pas hors site",
    CopyMachine.OTHER: "une autre que celle de la source, constatée",
    CopyMachine.UNKNOWN: "site déclaré, non constaté",
}


GUIDE_NOTE = (
    "ANSSI-BP-100, version 1.0 du 18 octobre 2023 : les recommandations sont nommées en nos termes, sans numéro ; le"
    " texte fait foi."
)
NO_DAY_SIGNED = (
    "Aucune journée n'est signée : rien ne montrerait une modification faite par qui tient la clé du registre."
)
DAYS_SIGNED = (
    "Les journées signées sont closes par une empreinte, la dernière le {day} ; leur nombre est donné plus bas. Une"
    " modification ultérieure se voit si l'empreinte du jour a été reçue à temps par quelqu'un d'autre que le"
    " prestataire : comparer celles du dossier à celles que vous avez reçues."
)
NO_HEAD_MAILED = "Aucune empreinte de ce trimestre n'a été envoyée par courriel au bénéficiaire."
HEADS_MAILED = "Empreintes envoyées par courriel au bénéficiaire : {months}."


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexView:
    """The annexes; `restricted` is empty in a report for everyone."""

    frames: tuple[ReportTable, ...]
    unmeasured: tuple[ReportTable, ...]
    evidence: tuple[tuple[str, str], ...]
    ages: tuple[ReportTable, ...]
    restricted: tuple[ReportTable, ...]
    fingerprint: str
    heads: str
    mailed: str
    proof: ReportProofView
    comparison: ComparisonView | None
    fleet: FleetProofView | None


def annex(report: Report, called: Names) -> AnnexView:
    """Return the annexes."""
    return AnnexView(
        frames=(*_frames(called), *_backup_guide(report, called)),
        unmeasured=tuple(_unmeasured(called)),
        evidence=tuple(_evidence(report, called)),
        ages=tuple(_ages(report, called)),
        restricted=() if called.public else tuple(_restricted(report, called)),
        fingerprint=report.proof.fingerprint,
        heads=_heads(report, called),
        mailed=_mailed_said(report, called),
        proof=proof_view(report, called),
        comparison=None if report.comparison is None else comparison_view(report.comparison, called),
        fleet=fleet_proof(report, called),
    )


def _mailed_said(report: Report, called: Names) -> str:
    if report.agents:
        return ""
    return called.say(NO_DAY_SIGNED) if report.proof.head_day is None else _mailed(report, called)


def _heads(report: Report, called: Names) -> str:
    """Return which days are signed, and that only a head that someone else received shows a later change."""
    if report.proof.head_day is None:
        return called.say(NO_DAY_SIGNED)
    signed = day(date.fromisoformat(report.proof.head_day), called.language)
    return f"{called.say(DAYS_SIGNED).format(day=signed)} {_mailed(report, called)}"


def _mailed(report: Report, called: Names) -> str:
    """Return which months of the quarter had their heads mailed to the beneficiary, on which day and to whom."""
    own = [one for one in report.proof.heads_mailed if one.month.first in report.quarter]
    if not own:
        return called.say(NO_HEAD_MAILED)
    said = []
    for one in own:
        number = count(len(one.addresses), "adresse", "adresses", called.language)
        to = number if called.public else ", ".join(inert(address) for address in one.addresses)
        month = f"{month_name(one.month.first, called.language)} {one.month.year}"
        said.append(
            called.say("{month} (le {day}, à {to})").format(month=month, day=day(one.on, called.language), to=to)
        )
    return called.say(HEADS_MAILED).format(months=", ".join(said))


def _frames(called: Names) -> list[ReportTable]:
    rows = [
        (words.title.of(called.language), *(text.of(called.language) or "—" for text in _of_frame(words.frame)))
        for words in TARGETS.values()
    ]
    head = ("Objectif", "ISO/IEC 27002:2022", "ANSSI, guide d'hygiène (mesure)", "CNIL (guide) et RGPD")
    return table("Correspondance des objectifs", head, rows, language=called.language)


def _backup_guide(report: Report, called: Names) -> list[ReportTable]:
    """Return ANSSI's fundamentals of backup where coverage, on which most of them rest, is asked for."""
    if not any(one.target == COVERAGE for one in report.targets):
        return []
    rows = [tuple(text.of(called.language) for text in (one.says, one.standing.value, one.shown)) for one in GUIDE]
    head = ("Recommandation, en nos termes", "Connu", "Par quoi")
    title = "Sauvegarde : les fondamentaux de l'ANSSI (BP-100)"
    return table(title, head, rows, note=called.say(GUIDE_NOTE), language=called.language)


def _unmeasured(called: Names) -> list[ReportTable]:
    """Return what the convention promises and no check counts, by target: silence is not read as conformity."""
    rows = [
        (words.title.of(called.language), words.unmeasured.of(called.language))
        for words in TARGETS.values()
        if words.unmeasured is not None
    ]
    return table("Promis, non mesuré", ("Objectif", "Ce qu'aucun contrôle ne compte"), rows, language=called.language)


def _of_frame(frame: Frame) -> tuple[Words, Words, Words]:
    return frame.iso, frame.anssi, frame.cnil


def _evidence(report: Report, called: Names) -> Iterator[tuple[str, str]]:
    proof = report.proof
    rows = grouped(proof.rows, called.language)
    yield called.say("Registre des preuves"), called.say("{rows} lignes lues").format(rows=rows)
    yield called.say("Empreinte de la dernière ligne"), proof.link
    if proof.head is not None and proof.head_day is not None:
        head_day = day(date.fromisoformat(proof.head_day), called.language)
        yield called.say("Dernière journée signée, {day} (UTC)").format(day=head_day), proof.head
    yield called.say("Clé du logiciel de mesure"), proof.fingerprint
    yield called.say("Dernière configuration chargée (SHA-256)"), proof.configuration
    yield called.say("Configurations successives conservées"), str(proof.loads)
    yield called.say("Fichier CSV (SHA-256)"), report.csv_sha256
    yield called.say("Version du logiciel"), f"beffroi {report.version}"


def _ages(report: Report, called: Names) -> list[ReportTable]:
    alike: dict[tuple[str, timedelta, bool], list[str]] = {}
    for target, ages in report.evidence_ages.items():
        usual = CLAUSES[target].evidence_age
        same = (length_said(ages, called.language), usual, any(one.value > usual for one in ages))
        alike.setdefault(same, []).append(target_title(target, called.language))
    rows: list[tuple[str, ...]] = [
        (
            said,
            duration(usual, called.language),
            ", ".join(titles),
            called.say("au-delà de la durée par défaut") if is_longer else "",
        )
        for (said, usual, is_longer), titles in sorted(alike.items(), key=lambda item: item[0][1])
    ]
    head: tuple[str, ...] = ("Durée de validité", "Durée par défaut", "Objectifs", "Remarque")
    if not any(remark for *_, remark in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return table("Durée de validité des preuves", head, rows, language=called.language)


def _restricted(report: Report, called: Names) -> Iterator[ReportTable]:
    hosts = [(inert(id), inert(address) or "—", inert(site) or "—") for id, address, site in report.hosts]
    head = ("Machine", "Adresse", "Site")
    yield from table(
        "Machines, à la date du rapport", head, hosts, kept_in="la configuration", language=called.language
    )
    copies = [
        (
            inert(one.subject),
            place_said(one.terms, "site", called.language),
            place_said(one.terms, "country", called.language),
            place_said(one.terms, "reached_by", called.language),
            called.say(MACHINES[one.machine]),
            place_said(one.terms, "transfer_basis", called.language),
        )
        for one in report.copies
    ]
    head_of_copies = ("Copie", "Site", "Pays", "Jointe par", "Machine", "Garantie de transfert")
    yield from table(
        "Copies des sauvegardes", head_of_copies, copies, kept_in="la configuration", language=called.language
    )
    owed = {id for one in report.targets for id in one.owed}
    persons = [
        (entry.id, *(beside_first(inert(entry.values[key]), entry, key, called) for key in ("person", "accounts")))
        for entry in report.entries
        if entry.register == "departure" and entry.signs is None and (_lately(entry, report) or entry.id in owed)
    ]
    head_of_departures = ("Inscription", "Personne", "Comptes")
    yield from table("Départs", head_of_departures, persons, kept_in=REGISTERS, language=called.language)
    authors = [
        (
            entry.id,
            _entered(entry, called),
            inert((entry.earlier[0].values if entry.earlier else entry.values)["author"]),
            _subject(entry, called),
        )
        for entry in report.entries
        if _lately(entry, report)
    ]
    yield from table(
        "Inscriptions aux registres",
        ("Inscription", "Inscrite", "Auteur", "Objet"),
        authors,
        left_out="inscriptions",
        kept_in=REGISTERS,
        language=called.language,
    )
    yield from _amended(report, called)


def _amended(report: Report, called: Names) -> list[ReportTable]:
    """Return each key that was amended since the quarter began, as it was and as it is: nothing leaves no trace."""
    rows = [
        (
            change.entry.id,
            key_name(change.key, called.language),
            shown(change.key, change.before, called),
            shown(change.key, change.after, called),
            called.text(change.author) or "—",
            instant(change.at, called.language),
        )
        for entry in report.entries
        for change in amendments(entry, day_start(report.quarter.first))
    ]
    head = ("Inscription", "Objet", "Ancienne valeur", "Nouvelle valeur", "Auteur", "Modifié le")
    return table(
        "Modifications des inscriptions", head, rows, longest=len(rows), kept_in=REGISTERS, language=called.language
    )


def _subject(entry: RegisterEntry, called: Names) -> str:
    key = "title" if entry.get("title") else "reason"
    return beside_first(inert(entry.get(key) or "—", 400), entry, key, called)


def _entered(entry: RegisterEntry, called: Names) -> str:
    """Return the day on which an entry was made, and, of one that was amended, that of its last form and its author."""
    on = day(day_of(entry.entered_at), called.language)
    if not entry.earlier:
        return called.say("le {day}").format(day=on)
    changed, by = day(day_of(entry.earlier[-1].until), called.language), called.by(entry.values.get("author", ""))
    return called.say("le {day}, modifiée le {changed}{by}").format(day=on, changed=changed, by=by)


def _lately(entry: RegisterEntry, report: Report) -> bool:
    return report.quarter.first <= day_of(entry.received_at)
