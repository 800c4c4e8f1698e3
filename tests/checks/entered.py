"""Entries of registers, and the verdicts that the rules come to on them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry, Revision, by_beneficiary
from agent.core.duties.expected import expected, expected_entries
from agent.core.inventory import Beneficiary, Inventory, Perimeter
from agent.core.model import Target, Verdict
from agent.core.period import PARIS, day_of, day_start
from agent.evaluation.evaluate import EvaluationContext, judge
from agent.evaluation.registry import find

INVENTORY = Inventory(
    beneficiaries=(Beneficiary(id="scota", name="SCOTA"), Beneficiary(id="other", name="Autre")),
    perimeters=(
        Perimeter(id="internet", exposed=True, beneficiary="scota"),
        Perimeter(id="inside", exposed=False, beneficiary="scota"),
    ),
)
STARTS = date(2026, 10, 1)
RECEIVED = datetime(2026, 10, 1, tzinfo=UTC)
CHECKS = find().checks


def entry(register: str, id: str, *, beneficiary: str = "scota", **values: str) -> RegisterEntry:
    """Return an entry."""
    return RegisterEntry(id=id, register=register, beneficiary=beneficiary, values=values, received_at=RECEIVED)


def amended(entry: RegisterEntry, on: str, *taken_back: str, **values: str) -> RegisterEntry:
    """Return an entry with one more revision, received at an instant."""
    until = datetime.fromisoformat(on).astimezone(UTC)
    kept = {key: text for key, text in entry.values.items() if key not in taken_back}
    earlier = (*entry.earlier, Revision(values=entry.values, until=until))
    return replace(entry, values={**kept, **values}, earlier=earlier)


def judged(
    entries: tuple[RegisterEntry, ...] | None,
    now: str,
    *,
    starts: date = STARTS,
    signed: date | None = None,
    doubtful: str | None = None,
    limits: dict[str, float] | None = None,
) -> dict[tuple[str, str], Verdict]:
    """Return the verdicts of SCOTA by target and subject, at an instant."""
    at = datetime.fromisoformat(now).replace(tzinfo=datetime.fromisoformat(now).tzinfo or PARIS).astimezone(UTC)
    bench = EvaluationContext(
        inventory=INVENTORY,
        readings=lambda collector, subject: None,
        now=at,
        doubtful_clock=doubtful,
        entries=None if entries is None else by_beneficiary(entries),
        signed=signed,
        objective=lambda key, day: (limits or {}).get(key.target, CLAUSES[key.target].limit),
    )
    found = {}
    for one in (*expected(INVENTORY, starts), *expected_entries(entries or (), INVENTORY, day_of(at))):
        clause = CLAUSES[one.key.target]
        check = CHECKS.get(clause.id)
        if one.key.beneficiary != "scota" or check is None or check.entered is None:
            continue
        limit = (limits or {}).get(clause.id, clause.limit)
        target = Target(id=clause.id, unit=clause.unit, limit=limit, evidence_age=clause.evidence_age)
        found[clause.id, one.key.subject] = judge(one, check, target, at, bench, day_start(starts))
    return found


def told(verdict: Verdict) -> str:
    """Return a verdict's state and reason, as one text."""
    return f"{verdict.state.value} {verdict.reason.value}"
