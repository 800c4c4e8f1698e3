"""What a report proves and what it does not, as values: who attests its days, what audits read back. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from agent.core.convention import OFF_SITE
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import read_when
from agent.core.facts.copy_audit import AuditOutcome
from agent.proving.attested_days import COSIGNATURE, TIMESTAMP, AttestedBy, sources
from agent.report.figures import Report
from agent.report.names import Names
from agent.report.tables import REGISTERS, ReportTable, table
from agent.report.undisclosed import AUDITS, undisclosed_targets
from agent.wording import proof as words
from agent.wording.audit_text import OUTCOMES
from agent.wording.inert import inert
from agent.wording.quantities import day, size

_MEANS = {COSIGNATURE: "contresignature d'un témoin", TIMESTAMP: "horodatage (RFC 3161)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportProofView:
    """What the page says of the proof: sentences on who attests, tables, what is proven and what is not."""

    attested: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    proves: tuple[str, ...]
    does_not: tuple[str, ...]


def proof_view(report: Report, called: Names) -> ReportProofView:
    """Return what the page says of the proof."""
    audits = [one for one in report.entries if one.register == AUDITS and _day(one) in report.quarter]
    return ReportProofView(
        attested=tuple(_attested(report, audits, called)),
        tables=(*_attesting(report, called), *_audits(audits, report, called)),
        proves=tuple(_proves(report, audits, called)),
        does_not=tuple(_does_not(report, called)),
    )


def _attested(report: Report, audits: list[RegisterEntry], called: Names) -> Iterator[str]:
    yield called.say(words.SIGNED).format(signed=report.proof.signed_days)
    if not report.proof.attested:
        yield called.say(words.NO_OTHER)
    if not audits:
        yield called.say(words.NO_AUDIT)


def _attesting(report: Report, called: Names) -> list[ReportTable]:
    rows = [
        (
            _name(one, called),
            called.say(_MEANS[one.source]),
            called.say("{days} sur {all}").format(days=len(one.days.in_time), all=one.days.count),
            str(len(one.days.late)),
            str(len(one.days.missing)),
        )
        for one in report.proof.attested
    ]
    head = ("Attestant", "Moyen", "À temps", "Plus tard", "Jamais")
    title, note = "Qui d'autre atteste les journées du trimestre", called.say(words.IN_TIME)
    return table(title, head, rows, note=note, language=called.language)


def _name(one: AttestedBy, called: Names) -> str:
    """Return who attests; of a witness with the number of its key, by which its reader knows it."""
    by, number = inert(one.by), one.key.partition("+")[2].partition("+")[0]
    return called.say("{by} (clé {number})").format(by=by, number=inert(number)) if number else by


def _audits(audits: list[RegisterEntry], report: Report, called: Names) -> list[ReportTable]:
    """Return what audits read back; nothing for everyone while copies fall short, since a result may say where."""
    if OFF_SITE in undisclosed_targets(report, called):
        return []
    rows = [
        (
            called.of(OFF_SITE, f"{one.get('backup')}/{one.get('copy')}"),
            day(_day(one), called.language),
            inert(one.get("draws") or "—"),
            _bytes(one.get("bytes_read"), called),
            _outcome(one.get("outcome"), called),
        )
        for one in audits
    ]
    head = ("Copie", "Jour", "Tirages", "Octets relus", "Résultat")
    return table("Audits par tirage au sort", head, rows, kept_in=REGISTERS, language=called.language)


def _day(entry: RegisterEntry) -> date:
    return read_when(entry.values["performed"]).day


def _bytes(text: str | None, called: Names) -> str:
    return size(int(text), called.language) if text is not None and text.isdecimal() else "—"


def _outcome(text: str | None, called: Names) -> str:
    """Return an audit's result; one that has none was begun and never ended."""
    known = {outcome.value: said for outcome, said in OUTCOMES.items()}
    return known.get(text or "", OUTCOMES[AuditOutcome.UNPROVEN]).of(called.language)


def _proves(report: Report, audits: list[RegisterEntry], called: Names) -> Iterator[str]:
    signed, placed = report.proof.signed_days, report.proof.signed_days - report.proof.days_without_places
    yield called.say(words.COUNTED)
    yield called.say(words.DERIVED)
    yield called.say(words.UNCHANGED)
    if placed > 0:
        yield called.say(words.ONE_VERSION).format(days=placed, signed=signed)
    yield from map(called.say, _proves_further(report, audits))


def _proves_further(report: Report, audits: list[RegisterEntry]) -> Iterator[str]:
    if not report.draft:
        yield words.DOCUMENTS
    if any(one.days.in_time for one in sources(report.proof.attested, COSIGNATURE)):
        yield words.WITNESSED
    if any(one.days.in_time for one in sources(report.proof.attested, TIMESTAMP)):
        yield words.STAMPED
    if any(one.get("outcome") == AuditOutcome.SOUND.value for one in audits):
        yield words.AUDITED


def _does_not(report: Report, called: Names) -> Iterator[str]:
    yield called.say(words.NOT_TRUE)
    attested = {one for each in report.proof.attested for one in each.days.in_time}
    alone = report.proof.signed_days - len(attested)
    if alone > 0:
        yield called.say(words.NOT_ATTESTED).format(days=alone, signed=report.proof.signed_days)
    if report.proof.days_without_places:
        said = called.say(words.NOT_ONE_VERSION)
        yield said.format(days=report.proof.days_without_places, signed=report.proof.signed_days)
    yield called.say(words.NOT_SHOWN_ALIKE)
    yield called.say(words.NOT_AUDITED)
    yield called.say(words.NOT_ITS_AUTHOR)
