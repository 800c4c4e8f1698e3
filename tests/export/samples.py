"""Snapshots as an agent would make them, for every test of what is shown."""

from datetime import UTC, datetime, timedelta

from agent.accounting.acknowledgements import Acknowledgement
from agent.config.settings import Convention
from agent.core.convention import CLAUSES
from agent.core.inventory import Beneficiary
from agent.core.model import Detail, Finding, State, Target, Verdict
from agent.core.reason import Reason
from agent.export.snapshot import (
    Attainment,
    CheckpointNumbers,
    CollectorRun,
    CopyNumbers,
    CurrentVerdict,
    OwnState,
    Snapshot,
    UnwatchedItem,
    WitnessStanding,
)

NOW = datetime(2026, 11, 24, 4, 12, 9, tzinfo=UTC)

TARGETS = {
    clause.id: Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    for clause in CLAUSES.values()
}

SCOTA = Beneficiary(id="scota", name="Syndicat Mixte du SCOT de l'Arrageois", readers=("scota",))
OTHER = Beneficiary(id="other", name="Syndicat des eaux")


def verdict(
    target: str,
    subject: str,
    state: State = State.UNPROVEN,
    reason: Reason = Reason.NOT_RUN,
    *,
    value: float | None = None,
    beneficiary: str = "scota",
    seen: timedelta | None = None,
    measured: State | None = None,
    acceptance: str | None = None,
    about: Detail | None = None,
    rest: tuple[Finding, ...] = (),
) -> Verdict:
    """Return a verdict judged at NOW; `seen` is the age of its evidence."""
    return Verdict(
        target=target,
        subject=subject,
        beneficiary=beneficiary,
        at=NOW,
        state=state,
        measured=measured or state,
        day_state=measured or state,
        reason=reason,
        unit=TARGETS[target].unit,
        value=value,
        limit=TARGETS[target].limit,
        observed_at=None if seen is None else NOW - seen,
        about=about or {},
        rest=rest,
        acceptance=acceptance,
        evidence=() if seen is None else ("r-1042",),
    )


LATE = verdict("backup-rpo", "files", State.MISSED, Reason.TOO_OLD, value=93784.0, seen=timedelta(minutes=4))
SOUND = verdict("backup-rpo", "mail", State.MET, Reason.WITHIN_LIMIT, value=14400.0, seen=timedelta(minutes=4))
UNREACHABLE = verdict(
    "backup-offsite",
    "files/offsite",
    State.UNPROVEN,
    Reason.UNREACHABLE,
    seen=timedelta(hours=7),
    about={"copy": "files/offsite"},
)
ACCEPTED = verdict(
    "patching",
    "srv-1",
    State.ACCEPTED,
    Reason.UPDATES_PENDING,
    value=40 * 86400.0,
    seen=timedelta(hours=3),
    measured=State.MISSED,
    acceptance="acceptance-3",
)

WAITING = tuple(
    verdict(clause.id, "scota")
    for clause in CLAUSES.values()
    if not clause.on_request
    if clause.id not in ("backup-rpo", "backup-offsite", "patching", "penetration-test", "endpoint-protection")
)


def tally(met: int, unproven: int = 0, missed: int = 0, accepted: int = 0) -> dict[State, int]:
    """Return the days of a quarter by state."""
    return {State.MET: met, State.UNPROVEN: unproven, State.MISSED: missed, State.ACCEPTED: accepted}


def snapshot(*, language: str = "fr", fault: str | None = None) -> Snapshot:
    """Return what an agent with some good, some bad and much unknown would show."""
    return Snapshot(
        at=NOW,
        version="0.1.0",
        language=language,
        convention=Convention(
            reference="Délibération n° 588 du 24 septembre 2025", provider="Communauté Urbaine d'Arras, DIITUN"
        ),
        beneficiaries=(SCOTA,),
        targets=TARGETS,
        standings=(
            CurrentVerdict(
                verdict=LATE,
                since=NOW - timedelta(hours=2, minutes=3),
                tally=tally(50, 2, 2),
                day_unproven=NOW - timedelta(hours=9),
            ),
            CurrentVerdict(verdict=SOUND, since=NOW - timedelta(days=53), tally=tally(54)),
            CurrentVerdict(
                verdict=UNREACHABLE,
                since=NOW - timedelta(hours=1),
                tally=tally(47, 7),
                acknowledged=Acknowledgement(
                    id="acknowledgement-1",
                    key=UNREACHABLE.key,
                    state=State.UNPROVEN,
                    entered_at=NOW - timedelta(minutes=40),
                    until=NOW + timedelta(hours=4),
                    author="RSSI",
                    reason="ticket 4711",
                ),
            ),
            CurrentVerdict(
                verdict=ACCEPTED,
                since=NOW - timedelta(days=9),
                tally=tally(45, 0, 0, 9),
                accepted_until=NOW + timedelta(days=20),
                excluded_until=NOW + timedelta(hours=2),
            ),
            CurrentVerdict(
                verdict=verdict(
                    "endpoint-protection",
                    "srv-1",
                    State.MET,
                    Reason.WITHIN_LIMIT,
                    value=20 * 3600.0,
                    seen=timedelta(minutes=9),
                ),
                since=NOW - timedelta(days=31),
                tally=tally(54),
            ),
            CurrentVerdict(
                verdict=verdict(
                    "penetration-test", "internal", State.NOT_APPLICABLE, Reason.NOT_EXPECTED, seen=timedelta(minutes=1)
                )
            ),
            CurrentVerdict(
                verdict=verdict("backup-rpo", "archives", State.UNPROVEN, Reason.NO_LONGER_DECLARED), declared=False
            ),
            *(CurrentVerdict(verdict=one, tally=tally(0, 54)) for one in WAITING),
        ),
        attainments=(
            Attainment(target="backup-rpo", beneficiary="scota", tally=tally(47, 4, 3)),
            Attainment(target="backup-offsite", beneficiary="scota", tally=tally(47, 7)),
            Attainment(target="patching", beneficiary="scota", tally=tally(45, 0, 0, 9)),
            Attainment(target="endpoint-protection", beneficiary="scota", tally=tally(54)),
            Attainment(target="web-filtering", beneficiary="scota", tally={}),
        ),
        copies=(
            CopyNumbers(
                backup="files",
                copy="offsite",
                newest=NOW - timedelta(seconds=93784),
                verified_bytes=1_500_000,
                stored_bytes=2_000_000,
                whole=NOW - timedelta(days=12),
                store_free_bytes=40_000_000_000,
                store_free_inodes=6_000_000,
                store_locks=1,
                store_oldest_lock=NOW - timedelta(minutes=3),
                sampled={"same": 17, "changed-since": 2, "unread": 0, "not-compared": 0, "failed": 1},
                sampled_at=NOW - timedelta(days=3),
                failing=1,
                failing_since=NOW - timedelta(days=10),
            ),
            CopyNumbers(backup="mail", copy="offsite", newest=NOW - timedelta(hours=4)),
        ),
        runs=(
            CollectorRun(
                collector="restic_snapshots",
                host="srv-1",
                last_run=NOW - timedelta(minutes=4),
                last_success=NOW - timedelta(hours=7),
                duration=timedelta(seconds=2.5),
                success=False,
            ),
            CollectorRun(
                collector="restic_check",
                host="srv-1",
                last_run=NOW - timedelta(hours=2),
                last_success=NOW - timedelta(hours=2),
                duration=timedelta(seconds=61),
                success=True,
            ),
        ),
        unwatched=(
            UnwatchedItem(sentence="srv-1 : le point de montage /srv/photos n'est dans aucune sauvegarde"),
            UnwatchedItem(sentence="central : l'émetteur imprimante-2 n'est pas attendu", beneficiaries=("scota",)),
        ),
        last_append=NOW - timedelta(minutes=4),
        checkpoint=CheckpointNumbers(size=91, signed_at=NOW - timedelta(hours=9)),
        heartbeat=NOW - timedelta(seconds=1),
        fault=fault,
        own=OwnState(
            configuration_refused="",
            free_bytes=7_340_032_000,
            sound=True,
            verified_at=NOW - timedelta(hours=5),
            evaluation_seconds=0.25,
            evaluated_targets=12,
            evaluation_differences=0,
            stamped_at=NOW - timedelta(hours=5),
            witnesses=(
                WitnessStanding(id="scota", cosigned_at=NOW - timedelta(hours=6)),
                WitnessStanding(id="lens", cosigned_at=None, refused="it was rolled back"),
            ),
        ),
    )
