"""Looks that only moved, as their rule says, are not judged anew: what was good stays good, and nothing else does."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts import clock_offset, logs, protection
from agent.core.facts.clock_offset import Reckoning
from agent.core.facts.logs import RetainedRecords
from agent.core.facts.protection import Protection
from agent.core.judging.check import Need, Question
from agent.core.judging.moving import LOST, NOTHING_MOVES, Moving, moved
from agent.core.look_runs import LookFace, undated
from agent.core.model import Fact, Finding, Observation, State
from agent.evaluation.derived_line import LaterTurns, Turn, put_off
from agent.evaluation.registry import find_checks
from agent.evaluation.shown_names import DERIVED
from agent.ledger import encode
from agent.ledger.kept_types import FACT
from agent.report.derived_days import TURNED_BETWEEN, DerivedDays
from agent.report.own_rows import BeneficiaryPayload
from checks import endpoint_protection, log_collection, log_retention
from tests.checks import sources, test_endpoint_protection
from tests.evaluation.test_round import DAY, HOUR, START
from tests.parts.lived_hosts import LOOKED_AT, derived_days, lived_hosts, payloads_of

ENDED = datetime(2026, 11, 24, 12, tzinfo=UTC)
SUBJECT = "central/fw-1"
LIMIT = 350 * DAY
Changed = Callable[[], Sequence[Fact]]


def face(facts: Sequence[Fact], at: datetime) -> LookFace:
    lines = (encode.canonical(FACT.encode(fact)) for fact in facts)
    begun, ended = encode.instant(at - timedelta(seconds=1)), encode.instant(at)
    return LookFace(look='{"outcome":"observation"}', facts=tuple(undated(line, begun, ended) for line in lines))


def ago(days: float) -> datetime:
    return ENDED + days * DAY


def may(moving: Moving, before: Sequence[Fact], after: Sequence[Fact]) -> bool:
    """Return whether a look of an hour later may differ so from one before."""
    last = ENDED - HOUR
    return moved(face(before, last), last, face(after, ENDED), ENDED, moving, LIMIT) is not None


def clock(offset: float, within: float = 0.1) -> list[Fact]:
    return [*clock_offset.facts_of(Reckoning(source="chrony", offset=offset, within=within), "srv-1", ENDED)]


@pytest.mark.parametrize(
    ("offset", "within", "told"), [(-0.8, 0.1, True), (0.2, 0.7, True), (0.95, 0.1, False), (5.0, 0.1, False)]
)
def test_a_clock_may_be_off_by_another_figure_that_is_within_the_limit(
    offset: float, within: float, *, told: bool
) -> None:
    before = [replace(fact, as_of=ENDED - HOUR) for fact in clock(0.01)]
    assert may(log_collection.MOVING, before, clock(offset, within)) is told


def records(oldest: datetime, newest: datetime, **others: int) -> list[Fact]:
    return [*logs.facts_of(RetainedRecords(oldest=oldest, newest=newest, **others), SUBJECT, ENDED)]  # type: ignore[arg-type]  # counts alone


@pytest.mark.parametrize(
    ("oldest", "newest", "told"),
    [
        (-370 * DAY, -HOUR, True),
        (-360 * DAY, -HOUR, True),
        (-340 * DAY, -HOUR, False),
        (-380 * DAY, -HOUR, False),
        (-370 * DAY, -9 * HOUR, False),
        (-370 * DAY, HOUR, False),
    ],
    ids=["newer records", "old ones erased", "too many erased", "older ones came", "older than before", "ahead"],
)
def test_records_may_grow_newer_and_go_as_long_as_enough_are_left(
    oldest: timedelta, newest: timedelta, *, told: bool
) -> None:
    before = records(ENDED - 370 * DAY, ENDED - 3 * HOUR, files=3)
    assert may(log_retention.MOVING, before, records(ENDED + oldest, ENDED + newest, files=9)) is told


def test_a_file_that_waits_or_could_not_be_read_is_no_movement() -> None:
    before = records(ENDED - 370 * DAY, ENDED - 3 * HOUR, files=3)
    assert not may(log_retention.MOVING, before, records(ENDED - 370 * DAY, ENDED, files=3, waiting=1))
    assert "log.unread" in log_retention.MOVING.unless


PROTECTED = Protection(
    product="clamav",
    running=True,
    loaded=ENDED - 30 * HOUR,
    loaded_version="1",
    proven=True,
    tried_at=ENDED - 9 * HOUR,
)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"loaded": ENDED - 2 * HOUR, "loaded_version": "2"}, True),
        ({"tried_at": ENDED - HOUR}, True),
        ({"running": False}, False),
        ({"proven": False, "tried_at": ENDED - HOUR}, False),
        ({"loaded": ENDED - 90 * HOUR}, False),
        ({"loaded": ENDED + HOUR}, False),
        ({"tried_at": ENDED - 20 * HOUR}, False),
        ({"said": "x"}, False),
    ],
)
def test_protection_may_be_renewed_and_tried_again(change: dict[str, object], *, told: bool) -> None:
    before = protection.facts_of(PROTECTED, "srv-2", ENDED - HOUR)
    after = protection.facts_of(replace(PROTECTED, **change), "srv-2", ENDED)  # type: ignore[arg-type]  # fields of several types
    assert may(endpoint_protection.MOVING, [*before], [*after]) is told


moments = st.sampled_from([*range(-403, -396), *range(-353, -346), -360, -3, -2, -1, 0]).map(ago)
kept_records = st.builds(
    RetainedRecords,
    oldest=moments,
    newest=st.sampled_from([-26, -25, -24, -23, -1, 0, 1]).map(lambda hours: ENDED + hours * HOUR),
    holes=st.sampled_from([(), ((ago(-5), ago(-4.5)),), ((ago(-5), ago(-2)),)]),
    files=st.sampled_from([3, 4]),
    waiting=st.sampled_from([0, 0, 1]),
    rewritten=st.sampled_from([(), (("2026-03-01", ENDED),)]),
)


@given(kept_records, kept_records)
def test_a_source_that_was_good_is_good_where_it_only_moved(before: RetainedRecords, after: RetainedRecords) -> None:
    faces = [[*logs.facts_of(one, SUBJECT, ENDED)] for one in (before, after)]
    for check in (log_retention.CHECK, log_collection.CHECK):
        if may(check.moving, *faces) and sources.spoken(check, before).state is State.MET:
            assert sources.spoken(check, after).state is State.MET


seen_products = st.builds(
    Protection,
    product=st.sampled_from(["clamav", "wazuh"]),
    running=st.sampled_from([True, True, False]),
    loaded=st.sampled_from([-97, -96, -95, -49, 0, 1]).map(lambda hours: ENDED + hours * HOUR),
    loaded_version=st.sampled_from(["1", "2"]),
    proven=st.sampled_from([True, True, False]),
    tried_at=st.sampled_from([-25, -24, -23, 0, 1]).map(lambda hours: ENDED + hours * HOUR),
    contact=st.sampled_from([-97, -95, 0, 1]).map(lambda hours: ENDED + hours * HOUR),
)


@given(seen_products, seen_products)
def test_protection_that_was_good_is_good_where_it_only_moved(before: Protection, after: Protection) -> None:
    faces = [[*protection.facts_of(one, "srv-1", ENDED)] for one in (before, after)]
    if may(endpoint_protection.MOVING, *faces) and test_endpoint_protection.spoken(before).state is State.MET:
        assert test_endpoint_protection.spoken(after).state is State.MET


def test_a_look_that_shows_the_same_after_a_silence_did_not_move() -> None:
    before = [replace(fact, as_of=ENDED - HOUR) for fact in clock(0.01)]
    assert not may(log_collection.MOVING, before, clock(0.01))


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_lines_of_any_form_are_never_taken_for_facts(before: list[str], after: list[str]) -> None:
    faces = [LookFace(look="{}", facts=tuple(lines)) for lines in (before, after)]
    for check in find_checks().values():
        assert moved(faces[0], ENDED, faces[1], ENDED, check.moving, LIMIT) is None


def rows_of(folder: Path, seed: int) -> list[BeneficiaryPayload]:
    """Return the rows of four days with trouble at random, that do not last."""
    with lived_hosts(folder) as one:
        one.turn(*LOOKED_AT)
        one.live(START + 4 * DAY, Random(seed), step=(60, 120), troubled=0.03)
        return payloads_of(one.held)


def judged_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each look be judged, whatever moved."""
    for name, check in find_checks().items():
        if name in DERIVED:
            monkeypatch.setattr(f"checks.{name.replace('-', '_')}.CHECK", replace(check, moving=NOTHING_MOVES))


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 9))])
def test_a_life_of_trouble_derives_the_same_where_each_look_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rows = rows_of(tmp_path, seed)
    skipping = told(derived_days(rows))
    judged_each(monkeypatch)
    assert told(derived_days(rows)) == skipping


def told(found: DerivedDays) -> Sequence[object]:
    return found.wrong, found.counted, found.left


def quiet(folder: Path, bad: Callable[[datetime], bool]) -> list[BeneficiaryPayload]:
    """Return the rows of days on which all moves as it may, but for a clock that is off when `bad` says so."""
    with lived_hosts(folder) as one:
        one.turn(*LOOKED_AT)
        while one.held.clock.instant < START + 4 * DAY:
            one.held.clock.instant += 2 * HOUR
            now = one.held.clock.instant
            trouble = one.trouble
            trouble.newest_record, trouble.signatures = now.replace(minute=0), now.replace(hour=0, minute=0)
            trouble.offset = 5.0 if bad(now) else now.hour / 100 + now.day / 1000
            one.turn(*LOOKED_AT)
        return payloads_of(one.held)


def better(rows: Sequence[BeneficiaryPayload]) -> Iterator[BeneficiaryPayload]:
    """Yield rows of which those of days say that no clock was off."""
    for row in rows:
        is_bad = row.kind in ("day", "days") and b"clock-off" in (row.text or b"")
        text = (row.text or b"").replace(b"clock-off", b"within-limit").replace(b'"missed"', b'"met"')
        yield replace(row, text=text) if is_bad else row


def test_one_bad_look_between_many_that_moved_is_seen(tmp_path: Path) -> None:
    rows = quiet(tmp_path, lambda now: now.date() == date(2026, 11, 4) and now.hour == 13)
    assert told(derived_days(rows))[0] == []
    found = derived_days([*better(rows)])
    assert found.wrong == ["2026-11-04 log-collection srv-2 is kept as met, and its looks show missed"]


@pytest.mark.parametrize("at_once", [True, False], ids=["both at once", "one after the other"])
def test_a_source_that_falls_silent_beside_one_with_records_of_the_same_second_is_seen(
    tmp_path: Path, *, at_once: bool
) -> None:
    with lived_hosts(tmp_path, beside=True) as one:
        clock, trouble = one.held.clock, one.trouble
        for hours in range(2, 96, 2):
            clock.instant = now = START + hours * HOUR
            trouble.newest_beside = now - 1 * HOUR if hours > 2 or at_once else now
            if hours == 2:
                trouble.newest_record = trouble.newest_beside = now
            elif hours == 4:
                trouble.newest_record = now - HOUR - timedelta(minutes=5)
                trouble.newest_beside = now - HOUR if at_once else now - 2 * HOUR
            one.turn(*LOOKED_AT)
        found = derived_days(payloads_of(one.held))
    assert found.wrong == []
    assert [left for left in found.left if "better" in left[1]] == []


def rows_of_two(folder: Path, seed: int) -> list[BeneficiaryPayload]:
    """Return the rows of days on which two sources and the signatures share dates, and fall silent in turn."""
    chance = Random(seed)
    with lived_hosts(folder, beside=True) as one:
        clock, trouble = one.held.clock, one.trouble
        grain, silent = chance.choice([1, 2, 6]) * HOUR, dict.fromkeys(DATED, START)
        one.turn(*LOOKED_AT)
        while clock.instant < START + 4 * DAY:
            clock.instant = now = clock.instant + chance.choice([1, 2, 4, 4, 8]) * HOUR / 2
            for name in DATED:
                if now > silent[name] and chance.random() < 0.04:
                    silent[name] = now + chance.choice([3, 10, 28, 40]) * HOUR
                date = START + ((now - START) // grain - chance.choice([0, 0, 1])) * grain
                if now > silent[name]:
                    setattr(trouble, name, max(getattr(trouble, name) or START, date))
            for name in LOOKED_AT:
                if chance.random() < 0.03:
                    trouble.of_looks[name] = chance.choice(["fails", "silent"])
                elif chance.random() < 0.4:
                    trouble.of_looks.pop(name, None)
            one.turn(*(name for name in LOOKED_AT if chance.random() < 0.8))
        return payloads_of(one.held)


DATED = ("newest_record", "newest_beside", "signatures")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_life_of_shared_dates_derives_the_same_where_each_look_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rows = rows_of_two(tmp_path, seed)
    skipping = told(derived_days(rows))
    assert skipping[0] == []
    judged_each(monkeypatch)
    assert told(derived_days(rows)) == skipping


DATES = {f"2026-11-24T0{hour}:00:00.000000Z": f"2026-11-24T0{hour + 1}:30:00.000000Z" for hour in range(9)}
FIRST, SECOND = list(DATES)[:2]
TURNS = [Turn(ENDED + HOUR, FIRST), Turn(ENDED + 2 * HOUR, SECOND), Turn(ENDED + 3 * HOUR, None)]


def test_a_turn_is_put_off_by_as_much_as_its_date_moved() -> None:
    moved_dates = {FIRST: DATES[FIRST]}
    assert put_off(TURNS, moved_dates, lambda date: False) == [Turn(ENDED + 2.5 * HOUR, DATES[FIRST]), *TURNS[1:]]


def test_a_turn_stays_where_something_else_has_its_date_and_never_follows_that() -> None:
    """Two sources with records of one second: the one that goes on would put off the silence of the other."""
    turns = put_off(TURNS, {FIRST: DATES[FIRST]}, lambda date: date == FIRST)
    assert turns == [Turn(TURNS[0].at, None), *TURNS[1:]]
    assert put_off(turns, {FIRST: DATES[FIRST]}, lambda date: False) == turns


def test_a_turn_stays_where_its_date_is_lost() -> None:
    assert put_off(TURNS, {FIRST: LOST}, lambda date: False) == [Turn(TURNS[0].at, None), *TURNS[1:]]


def test_what_turns_at_the_very_end_of_evidence_is_no_end_of_evidence() -> None:
    """A silence that is over its limit then would never be seen."""
    end = ENDED + 6 * HOUR
    turns = LaterTurns(ENDED, {end: ENDED})
    for since in (None, end, ENDED, end - DAY):
        turns.note(end, since)
    assert turns.noted == [Turn(end, encode.instant(end - DAY))]


def test_of_many_dates_none_is_looked_for() -> None:
    """A look of a thousand facts would be gone through for each of them."""
    turns = put_off(TURNS, DATES, lambda date: pytest.fail("it was looked for"))
    assert turns == [Turn(turn.at, None) for turn in TURNS]


def test_looks_that_moved_are_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a quarter of fifty hosts takes rests on it."""
    rows = quiet(tmp_path, lambda now: False)
    judged: list[str] = []

    def counting(name: str) -> None:
        check = find_checks()[name]

        def judge(need: Need, seen: Observation, question: Question) -> Iterable[Finding]:
            judged.append(name)
            return check.judge(need, seen, question)

        monkeypatch.setattr(f"checks.{name.replace('-', '_')}.CHECK", replace(check, judge=judge))

    for name in ("log-collection", "log-retention", "endpoint-protection"):
        counting(name)
    found = derived_days(rows)
    assert found.wrong == []
    assert found.counted["endpoint-protection"] == 4
    assert len(judged) <= 4 * 4


NIGHT = datetime(2026, 11, 3, tzinfo=UTC)


def protected_rows(folder: Path, hours: Iterable[int], renewed: int | None = None) -> list[BeneficiaryPayload]:
    """Return the rows of a host looked at so many hours after NIGHT began, of which 3 November is kept as met.

    Its signatures are too old from 20 h on, and new ones are there at a look; None: they are new each day.
    """
    with lived_hosts(folder) as one:
        for hour in hours:
            one.held.clock.instant = now = NIGHT + hour * HOUR
            old = NIGHT + (20 - 96) * HOUR
            one.trouble.signatures = now.replace(hour=0) if renewed is None else now if hour >= renewed else old
            one.turn(*LOOKED_AT)
        rows = payloads_of(one.held)
    days = [row.text or b"" for row in rows if row.kind in ("day", "days")]
    assert any(all(word in day for word in (b"2026-11-03", b'"endpoint-protection"', b'"met"')) for day in days)
    return rows


def test_the_last_look_before_a_silence_stands_as_long_as_any_though_it_only_moved(tmp_path: Path) -> None:
    """It was passed over as good, and is the newest one: what is good stands until its evidence has aged out."""
    rows = protected_rows(tmp_path, (*range(-18, 13, 2), 15, 18, 25, *range(27, 52, 2)))
    assert told(derived_days(rows))[0] == []


@pytest.mark.parametrize(("following", "days"), [(22, 1), (25, 2)], ids=["before it is stale", "after it was stale"])
def test_time_alone_turns_what_the_last_look_showed_though_it_only_moved(
    tmp_path: Path, following: int, days: int
) -> None:
    """The agent stood still meanwhile: by its looks alone the day is met without a gap."""
    hours = (*range(-18, 13, 2), 15, 18, following, *range(27, 52, 2))
    found = derived_days(protected_rows(tmp_path, hours, renewed=following))
    assert found.wrong == []
    assert found.left["endpoint-protection", TURNED_BETWEEN] == days
