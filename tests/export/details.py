"""Days and evidence as an agent would find them, for every test of the pages of targets and subjects."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from agent.core.model import Evidence, Gap, Key, State, Verdict
from agent.core.period import day_of
from agent.core.reason import Reason
from agent.export.pages.verdict_details import (
    DAYS,
    Calendar,
    CalendarDay,
    DayWithoutState,
    EvidenceDetail,
    LedgerRow,
    ObjectiveInForce,
    ReadingDetail,
    VerdictDetails,
)
from tests.export.samples import TARGETS

ROW = LedgerRow(sequence=1042, instant="2026-11-24T04:12:07.000000Z", payload_sha256="5b" * 32, link="c4" * 32)


def calendar(key: Key, at: datetime) -> Calendar:
    """Return days of every kind, the oldest not expected yet and the newest not over."""
    first = day_of(at) - timedelta(days=DAYS - 1)
    days = [_day(first + timedelta(days=number), number, whole=not key.subject) for number in range(DAYS)]
    target = TARGETS.get(key.target)
    objective = (
        ObjectiveInForce(limit=None, unit="count")
        if target is None
        else ObjectiveInForce(limit=target.limit, unit=target.unit)
    )
    return Calendar(key=key, objective=objective, days=tuple(days))


def _day(day: date, number: int, *, whole: bool) -> CalendarDay:
    if number < 9:
        return CalendarDay(day=day, untold=DayWithoutState.NOT_EXPECTED_YET)
    if number == DAYS - 1:
        return CalendarDay(day=day, untold=DayWithoutState.NOT_OVER)
    state, measured, reason = _came(number)
    return CalendarDay(
        day=day,
        state=state,
        measured=measured,
        reason=None if whole else reason,
        late=number == 40,
        excluded=("exclusion-1",) if number in (60, 61) else (),
    )


def _came(number: int) -> tuple[State, State, Reason]:
    if number in (30, 31, 32, 90):
        return State.MISSED, State.MISSED, Reason.TOO_OLD
    if number in (20, 61):
        return State.UNPROVEN, State.UNPROVEN, Reason.UNREACHABLE
    if number in (70, 71):
        return State.ACCEPTED, State.MISSED, Reason.TOO_OLD
    return State.MET, State.MET, Reason.WITHIN_LIMIT


def details(verdicts: Sequence[Verdict], at: datetime) -> VerdictDetails:
    """Return the days of some verdicts' keys, and a look behind each that names one."""
    return VerdictDetails(
        calendars={one.key: calendar(one.key, at) for one in verdicts},
        proofs={one.key: tuple(_proof(evidence, one, at) for evidence in one.evidence) for one in verdicts},
        rows={one.key: ROW for one in verdicts},
    )


def _proof(evidence: str, verdict: Verdict, at: datetime) -> EvidenceDetail:
    look = ReadingDetail(
        collector="restic_snapshots",
        host="srv-1",
        subject=f"{verdict.subject}/offsite",
        begun=at - timedelta(minutes=4, seconds=9),
        ended=at - timedelta(minutes=4),
        depth="sampled",
        facts=14,
        gaps=(Gap(subject=verdict.subject, reason=Reason.DENIED, detail="snapshots/ab: permission denied"),),
        commands=(
            Evidence(
                command="restic --repo sftp:beffroi@vault:/srv/restic/files snapshots --json --no-lock",
                status=0,
                duration=timedelta(seconds=8.4),
                output_sha256="9f" * 32,
                tool_version="restic 0.18.0",
            ),
        ),
    )
    return EvidenceDetail(evidence=evidence, row=ROW, look=look)
