"""The figures of 200 generated quarters, held to a second account that was written from the convention alone."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest

from agent.accounting.agreements import Acceptance, Adaptation, Agreements, Exclusion
from agent.accounting.days import after_acceptances
from agent.accounting.expectation import Days
from agent.core.model import Key, State
from agent.core.period import Quarter, day_end, day_start
from agent.core.reason import Reason
from agent.ledger.day_rows import DayResult
from agent.ledger.load_rows import Load
from agent.report import figures_file
from agent.report.build import build
from agent.report.material import Material
from tests.report.independent import Paper, Story, Thing, account

QUARTERS = 200
TARGETS = ("backup-rpo", "patching", "log-retention", "network-segmentation")
STATES = ("met", "met", "met", "met", "met", "met", "missed", "unproven", "not-applicable")
REASONS = {
    State.MET: Reason.WITHIN_LIMIT,
    State.MISSED: Reason.TOO_OLD,
    State.UNPROVEN: Reason.STALE_EVIDENCE,
    State.NOT_APPLICABLE: Reason.WITHIN_LIMIT,
}


def told(chance: random.Random, quarter: Quarter) -> Story:
    """Return a quarter as it might go: some of it good, some not, with agreements entered in time and late."""
    first, last = quarter.first.toordinal(), quarter.last.toordinal()
    things = tuple(
        thing
        for target in chance.sample(TARGETS, chance.randint(1, len(TARGETS)))
        for thing in _things(chance, target, first, last)
    )
    measured = {}
    for thing in things:
        mood = chance.choice([("met",), ("met", "met", "met", "unproven"), STATES, ("not-applicable",)])
        for day in range(first, last + 1):
            if chance.random() < 0.97 and (thing.gone is None or day <= thing.gone):
                measured[thing.target, thing.name, day] = chance.choice(mood)
    papers = [_paper(chance, thing, first, last) for thing in things for _ in range(chance.randint(0, 2))]
    adapted = tuple(
        replace(_paper(chance, thing, first, last), name=None, share=Fraction(chance.randint(80, 99), 100))
        for thing in things
        if chance.random() < 0.3
    )
    one_a_day = {(paper.target, max(paper.first, paper.entered)): paper for paper in adapted}
    return Story(
        first=first,
        last=last,
        things=things,
        measured=measured,
        accepted=tuple(paper for paper in papers if chance.random() < 0.5),
        excluded=tuple(_paper(chance, thing, first, last) for thing in things if chance.random() < 0.3),
        adapted=tuple(one_a_day.values()),
    )


def _things(chance: random.Random, target: str, first: int, last: int) -> list[Thing]:
    found = []
    for number in range(chance.randint(1, 3)):
        starts = first - 30 if chance.random() < 0.7 else chance.randint(first, last)
        ends = chance.randint(starts, last) if chance.random() < 0.15 else None
        gone = chance.randint(max(starts, first), last) if ends is None and chance.random() < 0.1 else None
        found.append(Thing(target, f"{target}-{number}", starts, ends, gone))
    return found


def _paper(chance: random.Random, thing: Thing, first: int, last: int) -> Paper:
    begins = chance.randint(first - 10, last)
    return Paper(
        target=thing.target,
        name=thing.name,
        first=begins,
        last=chance.randint(begins, last + 20),
        entered=chance.choice([begins, begins - 3, begins + chance.randint(1, 40), last + 9]),
    )


def in_our_terms(story: Story, material: Material, quarter: Quarter) -> Material:
    """Return the same quarter as the report reads it from a ledger."""
    keys = {thing: Key(target=thing.target, subject=thing.name, beneficiary="scota") for thing in story.things}
    agreements = Agreements(
        acceptances=tuple(_acceptance(number, paper) for number, paper in enumerate(story.accepted)),
        adaptations=tuple(_adaptation(number, paper) for number, paper in enumerate(story.adapted)),
        exclusions=tuple(_exclusion(number, paper) for number, paper in enumerate(story.excluded)),
    )
    kept = {key: _kept(story, thing, key, agreements) for thing, key in keys.items()}
    return replace(
        material,
        quarter=quarter,
        today=quarter.last + timedelta(days=9),
        kept=kept,
        loads=_loads(story, keys, material),
        entries=(),
        agreements=agreements,
        verdicts={},
        last_verdicts=(),
        points=(),
    )


def _loads(story: Story, keys: Mapping[Thing, Key], material: Material) -> list[Load]:
    days = {
        key: Days(
            starts=date.fromordinal(thing.starts), ends=None if thing.ends is None else date.fromordinal(thing.ends)
        )
        for thing, key in keys.items()
    }
    begins = datetime.combine(date.fromordinal(story.first - 40), time(12), UTC)
    loads = [replace(material.loads[0], at=begins, declared=days)]
    for thing in sorted((one for one in story.things if one.gone is not None), key=lambda one: one.gone or 0):
        days = {key: one for key, one in days.items() if key != keys[thing]}
        written = datetime.combine(date.fromordinal(thing.gone or 0), time(12), UTC)
        loads.append(replace(material.loads[0], at=written, declared=days))
    return loads


def _kept(story: Story, thing: Thing, key: Key, agreements: Agreements) -> dict[str, DayResult]:
    found = {}
    for (target, name, ordinal), word in story.measured.items():
        if (target, name) == (thing.target, thing.name):
            day, measured = date.fromordinal(ordinal), State(word)
            state = after_acceptances(measured, agreements.acceptances, key, day)
            found[day.isoformat()] = DayResult(state=state, measured=measured, reason=REASONS[measured])
    return found


def _acceptance(number: int, paper: Paper) -> Acceptance:
    return Acceptance(
        id=f"acceptance-{number}",
        key=Key(target=paper.target, subject=paper.name or "", beneficiary="scota"),
        author="RSSI",
        accepted_by="Présidente",
        accepted_on=date.fromordinal(paper.first),
        until=date.fromordinal(paper.last),
        reason="x",
        entered_on=date.fromordinal(paper.entered),
    )


def _exclusion(number: int, paper: Paper) -> Exclusion:
    return Exclusion(
        id=f"exclusion-{number}",
        key=Key(target=paper.target, subject=paper.name or "", beneficiary="scota"),
        begins=day_start(date.fromordinal(paper.first)),
        ends=day_end(date.fromordinal(paper.last)),
        reason="x",
        author="RSSI",
        entered_on=date.fromordinal(paper.entered),
    )


def _adaptation(number: int, paper: Paper) -> Adaptation:
    return Adaptation(
        id=f"adaptation-{number}",
        target=paper.target,
        beneficiary="scota",
        informed_on=date.fromordinal(paper.first),
        effective_on=date.fromordinal(paper.first),
        attainment=paper.share,
        reason="x",
        author="RSSI",
        entered_on=date.fromordinal(paper.entered),
    )


@pytest.mark.parametrize("part", range(10))
def test_the_report_counts_as_a_second_account_does(material: Material, part: int) -> None:
    chance = random.Random(f"quarter {part}")
    words, left_out = set(), 0
    for _ in range(QUARTERS // 10):
        quarter = Quarter(chance.randint(2026, 2029), chance.randint(1, 4))
        story = told(chance, quarter)
        report = build(in_our_terms(story, material, quarter), 1)
        ours = {one["target"]: one for one in figures_file.document(report)["targets"]}
        for target, theirs in account(story).items():
            without = ours[target]["excluded"]
            counted = {name: ours[target][name] for name in theirs} | {"excluded": without and _counted(without)}
            assert counted == theirs, (quarter, target)
            words.add(theirs["word"])
            left_out += theirs["excluded"] is not None
    # Otherwise the stories would hold little.
    assert {"met", "missed", "unproven"} <= words
    assert left_out


def _counted(excluded: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in excluded.items() if name != "rate"}


def test_the_second_account_would_see_a_day_counted_wrongly(material: Material) -> None:
    quarter = Quarter(2026, 4)
    first, last = quarter.first.toordinal(), quarter.last.toordinal()
    thing = Thing("patching", "srv-9", first)
    story = Story(first, last, (thing,), {("patching", "srv-9", day): "met" for day in range(first, last + 1)})
    told_otherwise = replace(story, measured={**story.measured, ("patching", "srv-9", first + 5): "missed"})
    report = build(in_our_terms(told_otherwise, material, quarter), 1)
    ours = {one["target"]: one for one in figures_file.document(report)["targets"]}
    assert ours["patching"]["met"] != account(story)["patching"]["met"]


def test_an_exclusion_is_counted_apart_by_both(material: Material) -> None:
    quarter = Quarter(2026, 4)
    first, last = quarter.first.toordinal(), quarter.last.toordinal()
    measured = {("patching", "srv-9", day): "met" for day in range(first, last + 1)}
    measured["patching", "srv-9", first + 3] = "missed"
    story = Story(first, last, (Thing("patching", "srv-9", first),), measured)
    left_out = replace(
        story, measured={key: "not-applicable" if word == "missed" else word for key, word in measured.items()}
    )
    ruled = in_our_terms(story, material, quarter)
    day = date.fromordinal(first + 3)
    exclusion = Exclusion(
        id="exclusion-1",
        key=Key(target="patching", subject="srv-9", beneficiary="scota"),
        begins=day_start(day),
        ends=day_end(day),
        reason="x",
        author="RSSI",
        entered_on=day,
    )
    report = build(replace(ruled, agreements=Agreements(exclusions=(exclusion,))), 1)
    ours = {one["target"]: one for one in figures_file.document(report)["targets"]}["patching"]
    assert {name: ours[name] for name in ("expected", "met", "word")} == {
        name: account(story)["patching"][name] for name in ("expected", "met", "word")
    }
    assert ours["excluded"]["word"] == account(left_out)["patching"]["word"] == "met"
