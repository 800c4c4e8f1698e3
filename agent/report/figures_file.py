"""The figures of a report as JSON, so that each can be computed again; docs/report-data.md says what each is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally, cut, tally
from agent.core.convention import CLAUSES
from agent.ledger.encode import instant
from agent.report.entered import Entering, entering
from agent.report.event_figures import Occurrence
from agent.report.figures import CopyPlace, Objective, Report, TargetFigures
from agent.report.intervals import Interval
from agent.report.printed import printed_values

SCHEMA = "beffroi.figures/1"
_PLACES = ("site", "country", "reached_by", "transfer_basis")

_WORDS = {
    QuarterOutcome.ATTAINED: "met",
    QuarterOutcome.NOT_ATTAINED: "missed",
    QuarterOutcome.NOT_DEMONSTRATED: "unproven",
    QuarterOutcome.RISK_ACCEPTED: "accepted",
    QuarterOutcome.NOT_APPLICABLE: "not-applicable",
}


def text(report: Report) -> str:
    """Return the whole file."""
    return json.dumps(document(report), indent=1, ensure_ascii=False) + "\n"


def document(report: Report) -> Mapping[str, Any]:
    """Return the figures as JSON values; `edition` null: the quarter goes on."""
    return {
        "schema": SCHEMA,
        "quarter": str(report.quarter),
        "edition": report.edition,
        "beneficiary": report.beneficiary,
        "first_day": report.span.first.isoformat(),
        "last_day": report.span.last.isoformat(),
        "targets": [target_values(one) for one in report.targets],
        "entries": [_entry(entering(one, report.quarter)) for one in report.entries],
        "coverage": _coverage(report),
        "printed": [
            {"target": one.target or None, "subject": one.subject or None, "name": one.name, "data": one.data}
            for one in printed_values(report)
        ],
    }


def target_values(one: TargetFigures) -> Mapping[str, Any]:
    """Return the figures of one target as JSON values."""
    shortfall = one.shortfall
    return {
        "target": one.target,
        "declared": CLAUSES[one.target].declared,
        **_counts(one.tally),
        "rate": _rate(one.tally),
        "word": _word(one.outcome),
        "measured_word": _word(one.measured_outcome),
        "measured": _counts(_measured_tally(one)),
        "excluded": _excluded(one),
        "since": None if shortfall is None else shortfall.since.isoformat(),
        "open": one.open,
        "word_in_time": None if one.events is None else _word(one.events.in_time),
        "other_reading": None if one.events is None else _word(one.events.other),
        "objectives": [_objective(item) for item in one.objectives],
        "occurrences": [occurrence_values(item) for item in (() if one.events is None else one.events.occurrences)],
        "intervals": [_interval(item) for item in one.intervals],
        "subjects": [{"subject": subject, **_counts(counted)} for subject, counted in sorted(_by_subject(one))],
    }


def _objective(one: Objective) -> Mapping[str, Any]:
    return {
        "subject": one.subject,
        "since": one.since.isoformat(),
        "limit": one.limit,
        "unit": one.unit,
        "attainment": str(one.attainment),
        "adaptation": one.adaptation or one.share_adaptation,
        "attainment_adaptation": one.share_adaptation,
    }


def occurrence_values(one: Occurrence) -> Mapping[str, Any]:
    """Return one thing that fell due as JSON values."""
    return {
        "subject": one.key.subject,
        "entry": one.entry,
        "month": None if one.month is None else str(one.month),
        "due": one.due.isoformat(),
        "done": None if one.done is None else one.done.isoformat(),
        "state": one.state.value,
        "measured": one.measured.value,
        "reason": one.reason.value,
        "value": one.value,
        "carried": one.carried,
        "entered_after": None if one.entered_after is None else one.entered_after.isoformat(),
    }


def _interval(one: Interval) -> Mapping[str, Any]:
    return {
        "subject": one.subject,
        "begins": None if one.begins is None else instant(one.begins),
        "ends": None if one.ends is None else instant(one.ends),
        "seconds": None if one.length is None else one.length.total_seconds(),
        "known_from": None if one.known_from is None else instant(one.known_from),
        "seen_at": instant(one.seen_at),
    }


def _by_subject(one: TargetFigures) -> Iterator[tuple[str, Tally]]:
    """Yield each subject's counts: its days, or the occurrences of a target that is counted by event."""
    if one.events is None:
        yield from ((subject.days.key.subject, subject.tally) for subject in one.subjects)
        return
    found: dict[str, Tally] = {}
    for occurrence in one.events.occurrences:
        subject = occurrence.key.subject
        found[subject] = found.get(subject, Tally()) + tally((occurrence.state,))
    yield from found.items()


def _counts(tally: Tally | None) -> Mapping[str, int]:
    counted = Tally() if tally is None else tally
    return {
        "expected": counted.expected,
        "met": counted.met,
        "missed": counted.missed,
        "unproven": counted.unproven,
        "accepted": counted.accepted,
    }


def _measured_tally(one: TargetFigures) -> Tally | None:
    if one.result is not None:
        return one.result.figures.measured_tally
    return None if one.events is None else one.events.measured_tally


def _excluded(one: TargetFigures) -> Mapping[str, Any] | None:
    """Return the same counts without the days that exclusions leave out; None where nothing was excluded."""
    apart = None if one.result is None else one.result.with_exclusions
    if apart is None:
        return None
    return {**_counts(apart.tally), "rate": _rate(apart.tally), "word": _word(apart.outcome)}


def _rate(tally: Tally | None) -> float | None:
    ratio = None if tally is None else tally.ratio
    return None if ratio is None else float(cut(ratio))


def _word(outcome: QuarterOutcome | None) -> str | None:
    return None if outcome is None else _WORDS[outcome]


def _entry(made: Entering) -> Mapping[str, Any]:
    return {
        "register": made.entry.register,
        "id": made.entry.id,
        "entered_at": instant(made.at),
        "author": made.entry.values.get("author", ""),
        "amended_at": instant(made.last_at) if made.amended else None,
        "amended_by": made.author if made.amended else None,
        "late": made.late,
        "after_quarter": made.after_quarter,
        "acknowledged": made.acknowledged,
    }


def _coverage(report: Report) -> Mapping[str, Any]:
    """Return what the figures rest on: the hosts, where each copy is, and how many subjects each target had."""
    return {
        "hosts": [host for host, _, _ in report.hosts],
        "copies": [{"copy": copy.subject, **_last_place(copy), "places": _places(copy)} for copy in report.copies],
        "subjects": {one.target: len({subject for subject, _ in _by_subject(one)}) for one in report.targets},
    }


def _last_place(copy: CopyPlace) -> Mapping[str, str | None]:
    """Return the last place of a copy in the quarter."""
    last = next((one.value for one in reversed(copy.terms) if one.value is not None), None)
    return {key: None if last is None else getattr(last, key) or None for key in _PLACES}


def _places(copy: CopyPlace) -> Sequence[Mapping[str, Any]]:
    """Return every place of a copy in the quarter, each with its first day; null: it was not declared."""
    return [
        {
            "since": one.since.isoformat(),
            "recorded": one.recorded and not one.since_recorded,
            **{key: None if one.value is None else getattr(one.value, key) or None for key in _PLACES},
        }
        for one in copy.terms
    ]
