"""Count the figures of a report anew from the rows of its bundle, and hold the file of figures beside it to them. Pure.

Days are counted from the bundle's table, which is held to its rows (agent.report.recount); what fell due of a target by
event from the entries, loads and verdicts themselves. Of an acceptance only the inventory tells who may accept: what is
printed as accepted is believed where an entry covers it, and counted as printed.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from agent.accounting.agreements import Acceptance
from agent.accounting.rate import tally
from agent.accounting.retirements import retirements_of, with_retirements
from agent.core.convention import CLAUSES, Clause, CountingRule
from agent.core.inventory import Inventory
from agent.core.judging.departures import with_closings
from agent.core.model import Key, State, Verdict
from agent.core.period import Quarter
from agent.core.reason import Reason
from agent.ledger.day_rows import DayResult
from agent.register.agreed import acceptances_alone, agreements_in_force
from agent.register.book import as_entries
from agent.report.build import events_of, subject_figures
from agent.report.counted_material import CountedMaterial
from agent.report.counting import CountedQuarter
from agent.report.derived import KeptDays
from agent.report.event_figures import Events, Occurrence
from agent.report.figures import TargetFigures
from agent.report.figures_file import occurrence_values, target_values
from agent.report.material import happened_on
from agent.report.occurrences import judged_by

# What is held of each target; the rest of the file is not counted from rows alone.
_COUNTED = (
    "expected",
    "met",
    "missed",
    "unproven",
    "accepted",
    "rate",
    "word",
    "measured_word",
    "measured",
    "subjects",
)
_ACCEPTED = State.ACCEPTED.value
_Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFigures:
    """What the figures of a bundle are counted from: what its rows say, its table, and what it is about."""

    kept: KeptDays
    verdicts: Mapping[Key, Verdict]
    table: bytes
    about: Mapping[str, str]


def held_figures(shown: ShownFigures, content: bytes) -> Iterator[str]:
    """Yield each printed figure that does not follow from the rows. Raises ValueError for a file that holds none."""
    printed = _file_of_figures(content)
    for name, value in (("beneficiary", shown.kept.beneficiary), ("quarter", shown.about["quarter"])):
        if printed.get(name) != value:
            yield f"{name} is {printed.get(name)!r:.60}"
    by_target: dict[str, _Values] = {}
    for one in printed["targets"]:
        target = one.get("target") if isinstance(one, dict) else None
        if not isinstance(target, str) or target not in CLAUSES:
            yield f"{target!r:.60} is no target of the convention"
        elif target in by_target:
            yield f"{target} is there twice"
        else:
            by_target[target] = one
    counting = CountedQuarter(_material(shown), Quarter.parse(shown.about["quarter"]))
    accepted = [one for one in acceptances_alone(shown.kept.rows) if one.key.beneficiary == shown.kept.beneficiary]
    for clause in CLAUSES.values():
        own = by_target.get(clause.id)
        if own is not None:
            yield from _target_held(clause, counting, own, accepted)
        elif clause.counted is not CountingRule.NOT and not (clause.on_request and not counting.declared(clause.id)):
            yield f"{clause.id} is left out"


def _file_of_figures(content: bytes) -> _Values:
    try:
        printed = json.loads(content)
    except RecursionError:
        printed = None
    if not isinstance(printed, dict) or not isinstance(printed.get("targets"), list):
        raise ValueError("it is no file of figures")
    return printed


def _target_held(
    clause: Clause, counting: CountedQuarter, own: _Values, accepted: Sequence[Acceptance]
) -> Iterator[str]:
    if clause.counted is CountingRule.BY_EVENT:
        yield from _events_held(clause, counting, own, accepted)
        return
    counted = TargetFigures(
        target=clause.id,
        objectives=(),
        subjects=subject_figures(counting.declared(clause.id)),
        result=None if clause.counted is CountingRule.NOT else counting.result(clause.id),
    )
    yield from _differing(clause.id, target_values(counted), own, (*_COUNTED, "excluded"))


def _material(shown: ShownFigures) -> CountedMaterial:
    kept = shown.kept
    agreements = agreements_in_force(kept.rows, Inventory(), None, ())
    quarter = Quarter.parse(shown.about["quarter"])
    entries = with_closings(as_entries(kept.rows), shown.verdicts.values())
    return CountedMaterial(
        quarter=quarter,
        beneficiary=kept.beneficiary,
        today=date.fromisoformat(shown.about["last_day"]) + timedelta(days=1),
        zone=kept.zone,
        kept=_table(shown),
        loads=with_retirements(kept.loads, retirements_of(kept.rows)),
        entries=tuple(
            one for one in entries if one.beneficiary == kept.beneficiary and happened_on(one) <= quarter.last
        ),
        agreements=replace(agreements, acceptances=()),
        verdicts=shown.verdicts,
    )


def _table(shown: ShownFigures) -> Mapping[Key, Mapping[str, DayResult]]:
    """Return the days as the table has them; what was measured of one that is accepted, as its row has it."""
    found: dict[Key, dict[str, DayResult]] = {}
    rows = csv.reader(io.StringIO(shown.table.decode(errors="replace")))
    next(rows, None)
    for day, target, subject, beneficiary, state, reason in rows:
        key = Key(target=target, subject=subject, beneficiary=beneficiary)
        row = shown.kept.days.get(key, {}).get(date.fromisoformat(day))
        measured = State(state)
        if row is not None and row.state is measured:
            measured = row.measured
        elif measured is State.ACCEPTED:
            measured = State.UNPROVEN  # silence alone is accepted without a row
        found.setdefault(key, {})[day] = DayResult(state=State(state), measured=measured, reason=Reason(reason))
    return found


def _events_held(
    clause: Clause, counting: CountedQuarter, own: _Values, accepted: Sequence[Acceptance]
) -> Iterator[str]:
    events = events_of(clause, counting)
    told = own.get("occurrences")
    if not isinstance(told, list) or len(told) != len(events.occurrences):
        yield f"{clause.id}: what fell due is not what its entries make due"
        return
    believed = []
    for one, said in zip(events.occurrences, told, strict=True):
        agreed = _as_printed(one, said, accepted, counting.quarter)
        if agreed is None:
            yield f"{clause.id} {one.entry or one.key.subject}, due on {one.due}, does not follow from the entries"
        else:
            believed.append(agreed)
    if len(believed) == len(told):
        names = _COUNTED if tuple(believed) != events.occurrences else (*_COUNTED, "word_in_time", "other_reading")
        counted = TargetFigures(target=clause.id, objectives=(), events=_counted(clause, events, believed, counting))
        yield from _differing(clause.id, target_values(counted), own, names)


def _as_printed(one: Occurrence, said: object, accepted: Sequence[Acceptance], quarter: Quarter) -> Occurrence | None:
    """Return an occurrence with the state that is printed, where it follows; else None."""
    if not isinstance(said, dict):
        return None
    if one.measured in (State.MISSED, State.UNPROVEN) and said.get("state") == _ACCEPTED:
        day = max(one.due, quarter.first)
        if any(agreed.covers(one.key, day) for agreed in accepted):
            one = replace(one, state=State.ACCEPTED)
    return one if occurrence_values(one) == said else None


def _counted(clause: Clause, events: Events, believed: Sequence[Occurrence], counting: CountedQuarter) -> Events:
    if tuple(believed) == events.occurrences:
        return events
    outcome, measured = judged_by(believed, counting.event_inputs(clause.id))
    counted = tally(one.state for one in believed)
    return replace(events, occurrences=tuple(believed), outcome=outcome, measured_outcome=measured, tally=counted)


def _differing(target: str, counted: _Values, own: _Values, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if own.get(name) != counted[name]:
            yield f"{target}: {name} is {own.get(name)!r:.60}, and its rows make {counted[name]!r:.60}"
