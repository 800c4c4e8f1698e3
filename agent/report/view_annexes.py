"""The annexes of the report as values: the frames of reference, the evidence, and what only few may read. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.places import CopyMachine
from agent.report.comparison_view import ComparisonView, comparison_view
from agent.report.figures import Report
from agent.report.names import Names
from agent.report.storing_said import place_said
from agent.report.tables import REGISTERS, ReportTable, table
from agent.wording.inert import inert
from agent.wording.quantities import day, duration
from agent.wording.report import count, month_name
from agent.wording.targets.every import TARGETS, target_title

MACHINES = {
    CopyMachine.SAME: "celle de la source : la copie n'est pas hors site",
    CopyMachine.OTHER: "une autre que celle de la source, constatée",
    CopyMachine.UNKNOWN: "site déclaré, non constaté",
}
REACHED_BY = {"local": "un chemin de la machine de mesure", "sftp": "SFTP", "rest": "REST", "s3": "S3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexView:
    """The annexes; `restricted` is empty in a report for everyone."""

    frames: tuple[ReportTable, ...]
    evidence: tuple[tuple[str, str], ...]
    ages: tuple[ReportTable, ...]
    restricted: tuple[ReportTable, ...]
    fingerprint: str
    heads: str
    comparison: ComparisonView | None


def annex(report: Report, called: Names) -> AnnexView:
    """Return the annexes."""
    return AnnexView(
        frames=tuple(_frames()),
        evidence=tuple(_evidence(report)),
        ages=tuple(_ages(report)),
        restricted=() if called.public else tuple(_restricted(report)),
        fingerprint=report.proof.fingerprint,
        heads=_heads(report, called),
        comparison=None if report.comparison is None else comparison_view(report.comparison, called),
    )


def _heads(report: Report, called: Names) -> str:
    """Return which days are signed, and that only a head that someone else received shows a later change."""
    if report.proof.head_day is None:
        return (
            "Aucune journée n'est signée : rien ne montrerait une modification faite par qui tient la clé du registre."
        )
    signed = day(date.fromisoformat(report.proof.head_day), "fr")
    return (
        f"Chaque journée est close par une empreinte signée, la dernière le {signed}. Une modification ultérieure se"
        " voit si l'empreinte du jour a été reçue à temps par quelqu'un d'autre que le prestataire : comparer celles du"
        f" dossier à celles que vous avez reçues. {_mailed(report, called)}"
    )


def _mailed(report: Report, called: Names) -> str:
    """Return which months of the quarter had their heads mailed to the beneficiary, on which day and to whom."""
    own = [one for one in report.proof.heads_mailed if one.month.first in report.quarter]
    if not own:
        return "Aucune empreinte de ce trimestre n'a été envoyée par courriel au bénéficiaire."
    said = []
    for one in own:
        number = count(len(one.addresses), "adresse", "adresses")
        to = number if called.public else ", ".join(inert(address) for address in one.addresses)
        said.append(f"{month_name(one.month.first)} {one.month.year} (le {day(one.on, 'fr')}, à {to})")
    return f"Empreintes envoyées par courriel au bénéficiaire : {', '.join(said)}."


def _frames() -> list[ReportTable]:
    rows = [
        (words.title.of("fr"), words.frame.iso, words.frame.anssi or "—", words.frame.cnil or "—")
        for words in TARGETS.values()
    ]
    head = ("Objectif", "ISO/IEC 27002:2022", "ANSSI, guide d'hygiène (mesure)", "CNIL (guide) et RGPD")
    return table("Correspondance des objectifs", head, rows)


def _evidence(report: Report) -> Iterator[tuple[str, str]]:
    proof = report.proof
    yield "Registre des preuves", f"{proof.rows:,} lignes lues".replace(",", "\u202f")
    yield "Empreinte de la dernière ligne", proof.link
    if proof.head is not None:
        yield f"Dernière journée signée, {proof.head_day} (UTC)", proof.head
    yield "Clé du logiciel de mesure", proof.fingerprint
    yield "Configuration en vigueur (SHA-256)", proof.configuration
    yield "Configurations successives conservées", str(proof.loads)
    yield "Fichier CSV (SHA-256)", report.csv_sha256
    if report.bundle_sha256:
        yield "Dossier de preuves : inventaire (SHA-256 de MANIFEST)", report.bundle_sha256
    yield "Version du logiciel", f"beffroi {report.version}"


def _ages(report: Report) -> list[ReportTable]:
    rows = []
    for target, in_force in report.in_force.items():
        usual = CLAUSES[target].evidence_age
        longer = "au-delà de la durée par défaut" if in_force.evidence_age > usual else ""
        rows.append((target_title(target, "fr"), duration(in_force.evidence_age, "fr"), duration(usual, "fr"), longer))
    head = ("Objectif", "Durée de validité", "Durée par défaut", "Remarque")
    return table("Durée de validité des preuves", head, rows)


def _restricted(report: Report) -> Iterator[ReportTable]:
    hosts = [(inert(id), inert(address) or "—", inert(site) or "—") for id, address, site in report.hosts]
    yield from table("Machines", ("Machine", "Adresse", "Site"), hosts, kept_in="la configuration")
    copies = [
        (
            inert(one.subject),
            place_said(one.terms, "site"),
            place_said(one.terms, "country"),
            REACHED_BY.get(one.reached_by, one.reached_by),
            MACHINES[one.machine],
            place_said(one.terms, "transfer_basis"),
        )
        for one in report.copies
    ]
    head = ("Copie", "Site", "Pays", "Jointe par", "Machine", "Garantie de transfert")
    yield from table("Copies des sauvegardes", head, copies, kept_in="la configuration")
    persons = [
        (entry.id, inert(entry.values["person"]), inert(entry.values["accounts"]))
        for entry in report.entries
        if entry.register == "departure" and entry.signs is None and _lately(entry, report)
    ]
    yield from table("Départs", ("Inscription", "Personne", "Comptes"), persons, kept_in=REGISTERS)
    authors = [
        (entry.id, inert(entry.values["author"]), inert(entry.get("title") or entry.get("reason") or "—", 400))
        for entry in report.entries
        if _lately(entry, report)
    ]
    yield from table(
        "Inscriptions aux registres",
        ("Inscription", "Auteur", "Objet"),
        authors,
        left_out="inscriptions",
        kept_in=REGISTERS,
    )


def _lately(entry: RegisterEntry, report: Report) -> bool:
    return report.quarter.first <= entry.received_at.date()
