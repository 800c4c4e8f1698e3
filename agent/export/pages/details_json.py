"""The JSON beside the page of a target and of a subject; docs/pages.md tells each key, and a test holds it to that."""

import json
from collections.abc import Mapping, Sequence

from agent.core.alert_state import runbook_of
from agent.core.convention import CLAUSES
from agent.core.model import Evidence
from agent.export.pages import addresses
from agent.export.pages.shown import state_of
from agent.export.pages.verdict_details import (
    Calendar,
    CalendarDay,
    EvidenceDetail,
    LedgerRow,
    ObjectiveInForce,
    ReadingDetail,
    VerdictDetails,
)
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.export.verdicts_json import worst_first
from agent.wording.verdict_fields import fields, instant, instant_or_none, number_or_none

TARGET_SCHEMA, SUBJECT_SCHEMA = "beffroi.target/1", "beffroi.subject/1"

Json = Mapping[str, object]


def target_document(standings: Sequence[CurrentVerdict], calendars: Sequence[Calendar], snapshot: Snapshot) -> str:
    """Return a target's JSON on one line, in ASCII, its subjects worst first."""
    target = standings[0].verdict.target
    clause = CLAUSES.get(target)
    shown = {
        "schema": TARGET_SCHEMA,
        "generated_at": instant(snapshot.at),
        "target": target,
        "article": None if clause is None else clause.article,
        "counted_by": None if clause is None else clause.counted.value,
        "state": state_of(standings).value,
        "subjects": [{**_standing(one), "path": _path(one)} for one in in_order(standings)],
        "calendars": [
            {"beneficiary": one.key.beneficiary, "objective": _objective(one.objective), "days": _days(one)}
            for one in calendars
        ],
    }
    return json.dumps(shown, allow_nan=False)


def subject_document(standings: Sequence[CurrentVerdict], details: VerdictDetails, snapshot: Snapshot) -> str:
    """Return a subject's JSON on one line, in ASCII: a case for each of its beneficiaries."""
    shown = {
        "schema": SUBJECT_SCHEMA,
        "generated_at": instant(snapshot.at),
        "target": standings[0].verdict.target,
        "subject": standings[0].verdict.subject,
        "cases": [_case(one, details) for one in in_order(standings)],
    }
    return json.dumps(shown, allow_nan=False)


def in_order(standings: Sequence[CurrentVerdict]) -> list[CurrentVerdict]:
    """Return standings worst first."""
    return sorted(standings, key=lambda one: worst_first(one.verdict))


def _standing(standing: CurrentVerdict) -> Json:
    return {
        "verdict": fields(standing.verdict),
        "declared": standing.declared,
        "since": instant_or_none(standing.since),
        "accepted_until": instant_or_none(standing.accepted_until),
        "excluded_until": instant_or_none(standing.excluded_until),
        "acknowledged_until": None if standing.acknowledged is None else instant_or_none(standing.acknowledged.until),
        "acknowledged_by": None if standing.acknowledged is None else standing.acknowledged.author,
    }


def _path(standing: CurrentVerdict) -> str:
    return addresses.of_subject(standing.verdict.target, standing.verdict.subject)


def _case(standing: CurrentVerdict, details: VerdictDetails) -> Json:
    calendar = details.calendars[standing.key]
    runbook = runbook_of(standing.verdict.target, standing.verdict.state)
    return {
        **_standing(standing),
        "objective": _objective(calendar.objective),
        "runbook": None if runbook is None else f"{addresses.RUNBOOKS}{runbook}",
        "row": _row(details.rows.get(standing.key)),
        "evidence": [_proof(one) for one in details.proofs.get(standing.key, ())],
        "days": _days(calendar),
    }


def _objective(objective: ObjectiveInForce) -> Json:
    return {
        "limit": number_or_none(objective.limit),
        "unit": objective.unit,
        "attainment": float(objective.attainment),
        "adaptation": objective.adaptation,
    }


def _days(calendar: Calendar) -> list[Json]:
    return [_day(one) for one in calendar.days]


def _day(one: CalendarDay) -> Json:
    return {
        "day": one.day.isoformat(),
        "state": None if one.state is None else one.state.value,
        "untold": None if one.untold is None else one.untold.value,
        "measured": None if one.measured is None else one.measured.value,
        "reason": None if one.reason is None else one.reason.value,
        "late": one.late,
        "excluded": list(one.excluded),
    }


def _row(row: LedgerRow | None) -> Json | None:
    if row is None:
        return None
    return {
        "sequence": row.sequence,
        "instant": row.instant,
        "payload_sha256": row.payload_sha256,
        "link": row.link,
    }


def _proof(proof: EvidenceDetail) -> Json:
    return {
        "id": proof.evidence,
        "register": proof.register,
        "entered_at": instant_or_none(proof.entered_at),
        "look": None if proof.look is None else _look(proof.look),
        "row": _row(proof.row),
    }


def _look(look: ReadingDetail) -> Json:
    return {
        "collector": look.collector,
        "host": look.host,
        "subject": look.subject,
        "begun": instant(look.begun),
        "ended": instant(look.ended),
        "succeeded": look.reason is None,
        "reason": None if look.reason is None else look.reason.value,
        "detail": look.detail,
        "depth": look.depth,
        "facts": look.facts,
        "commands": [_command(one) for one in look.commands],
    }


def _command(one: Evidence) -> Json:
    return {
        "command": one.command,
        "tool_version": one.tool_version,
        "status": one.status,
        "seconds": one.duration.total_seconds(),
        "output_sha256": one.output_sha256,
    }
