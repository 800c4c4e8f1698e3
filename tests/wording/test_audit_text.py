"""The record of an audit says what it proves, in both languages, and nothing from outside steers a terminal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.core.collecting.audited import AuditUnit, UnitOutcome, UnitReading
from agent.core.facts.copy_audit import AuditOutcome, AuditRequest, Bound, CopyAudit
from agent.core.reason import Reason
from agent.wording.audit_text import audit_text
from tests.checks.backups import OFFSITE

BEGUN = datetime(2026, 12, 1, 9, tzinfo=UTC)
UNIT = AuditUnit(name=f"data {'a' * 64}", size=1234)
READ = UnitReading(unit=UNIT, outcome=UnitOutcome.SOUND, reason=Reason.WITHIN_LIMIT)
SOUND = CopyAudit(
    request=AuditRequest(copy=OFFSITE, seed="00ff", draws=460, by="Mme X, SCOTA"),
    begun=BEGUN,
    ended=BEGUN + timedelta(minutes=4),
    outcome=AuditOutcome.SOUND,
    reason=Reason.WITHIN_LIMIT,
    bound=Bound(lost=0.01, confidence=0.99),
    drawn=(UNIT.name,) * 460,
    listed=1,
    bytes_listed=1234,
    list_digest="b" * 64,
    readings=(READ,),
    version="restic 0.18.0",
    entry="audit-draw-1",
)


def test_a_sound_record_prints_seed_draws_bytes_result_and_bound() -> None:
    said = audit_text(SOUND, "fr")
    for part in (
        "Graine : 00ff",
        "Tirages : 460",
        "(1234 octets)",
        "Résultat : intact",
        "Si 1 % des octets de cette copie étaient perdus ou altérés, ce contrôle l'aurait vu avec 99 % de probabilité.",
        "Ce qu'il ne prouve pas",
        f"beffroi audit draws {OFFSITE.subject} --seed 00ff --draws 460",
        "audit-draw-1",
    ):
        assert part in said
    assert "this audit would have seen it with a probability of 99 %" in audit_text(SOUND, "en")


def test_a_damaged_record_names_what_is_lost_and_claims_no_bound() -> None:
    bad = tuple(replace(READ, unit=replace(UNIT, name=f"data {number}"), outcome=UnitOutcome.MISSED,
                        reason=Reason.DAMAGED) for number in range(25))  # fmt: skip
    said = audit_text(replace(SOUND, outcome=AuditOutcome.DAMAGED, reason=Reason.DAMAGED, readings=bad), "fr")
    assert "Résultat : endommagé" in said
    assert "  data 19, " in said
    assert "  data 20, " not in said
    assert "  et 5 autres" in said
    assert "Une perte" in said
    assert "99 %" not in said


def test_an_unproven_record_proves_nothing_and_holds_hostile_words() -> None:
    unproven = replace(
        SOUND,
        outcome=AuditOutcome.UNPROVEN,
        reason=Reason.UNREACHABLE,
        detail="no route\x1b[31m\nRésultat : intact",
        readings=(replace(READ, outcome=UnitOutcome.UNREAD, reason=Reason.UNREACHABLE),),
        version="",
    )
    said = audit_text(unproven, "en")
    assert all(line.isprintable() for line in said.splitlines())
    assert not any(line.startswith("Résultat") for line in said.splitlines())
    assert "Nothing: not all that was drawn could be read." in said
    assert "99 %" not in said
    assert "Tool: unknown" in said
