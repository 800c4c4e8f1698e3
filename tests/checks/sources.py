"""A log source as a look shows it, and what the rules make of that."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from agent.core.convention import CLAUSES
from agent.core.facts.logs import FreeSpace, MarkerResult, RetainedRecords, facts_of, proof_facts, room_facts
from agent.core.inventory import Inventory, LogSource, Marker
from agent.core.judging.check import Check, Question
from agent.core.model import Finding, Gap, Observation, Target
from agent.core.reason import Reason
from agent.evaluation.combining import combine

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LONG_AGO = NOW - 600 * DAY
DENIED = Gap(subject="central/fw-1", reason=Reason.DENIED, detail="/var/log/central/fw-1/auth.log: Permission denied")


def ago(days: float) -> datetime:
    """Return the instant that many days ago."""
    return NOW - timedelta(days=days)


def spoken(check: Check, kept: RetainedRecords | None, **seen: Any) -> Finding:
    """Return the finding that speaks for one source."""
    return combine(findings(check, kept, **seen), best=False)


def findings(
    check: Check,
    kept: RetainedRecords | None,
    *,
    since: datetime | None = LONG_AGO,
    starts: bool = False,
    gaps: Sequence[Gap] = (),
    room: FreeSpace | None = None,
    proof: MarkerResult | None = None,
    marker: bool = False,
    limit: float | None = -1.0,
) -> tuple[Finding, ...]:
    """Return the findings on one source; `since`: from when on it is expected, `starts`: as is declared.

    `limit` is in seconds; below zero: the convention's. `kept` None: the source was not looked for.
    """
    source = LogSource(
        id="fw-1",
        log="central",
        host="srv-1",
        kind="files",
        path="/var/log/central/{source}/**",
        starts=date(2026, 1, 1) if starts else None,
        marker=Marker(host="fw-1") if marker else None,
    )
    facts = list(room_facts(room, "central", NOW) if room else ())
    facts += () if kept is None else facts_of(kept, source.subject, NOW)
    facts += proof_facts(proof, source.subject) if proof is not None else ()
    facts += facts_of(RetainedRecords(oldest=ago(3), newest=ago(2)), "central/fw-2", NOW)
    seen = Observation(
        collector="logs", host="srv-1", subject="central", begun=NOW, ended=NOW, facts=tuple(facts), gaps=tuple(gaps)
    )
    clause = CLAUSES[check.target]
    limit = clause.limit if limit is not None and limit < 0 else limit
    target = Target(id=clause.id, unit=clause.unit, limit=limit, evidence_age=clause.evidence_age)
    question = Question(
        item=source, inventory=Inventory(), target=target, now=NOW, first_seen=since or LONG_AGO, since=since
    )
    (need,) = check.needs(question)
    assert (need.collector, need.subject) == ("logs", "central")
    return tuple(check.judge(need, seen, question))
