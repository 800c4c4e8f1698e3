"""Signed days: each day that is over has a head over its rows, whatever the clock did."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from agent.ledger.chain import GENESIS, sha256
from agent.ledger.heads import days_over, head_of
from agent.ledger.keys import PUBLIC_NAME, verifier
from agent.ledger.ledger import ChainOutcome
from tests.ledger.samples import DAY, MORNING, HandClock, asked, observation, open_ledger
from tests.parts.kept import keep_reading

DAYS = st.sampled_from([f"2026-11-2{number}" for number in range(10)])


def test_each_day_that_is_over_is_closed_once(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, observation(clock.time))
        keep_reading(ledger, observation(clock.time))
        assert ledger.sign_heads(clock.time) == ()
        clock.time += DAY
        keep_reading(ledger, observation(clock.time))
        (first,) = ledger.sign_heads(clock.time)
        assert ledger.sign_heads(clock.time) == ()
        clock.time += 3 * DAY
        (second,) = ledger.sign_heads(clock.time)

        assert (first.day, first.first, first.last) == ("2026-11-24", 1, 2)
        assert (second.day, second.first, second.last) == ("2026-11-25", 3, 4)
        assert (first.previous, second.previous) == (GENESIS, first.head)
        assert ledger.heads() == (first, second)
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_an_outsider_can_check_a_head_from_rows_and_public_key_alone(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for _ in range(3):
            keep_reading(ledger, observation(clock.time), beneficiary="scota")
        clock.time += DAY
        (head,) = ledger.sign_heads(clock.time)

    link, lines = "0" * 64, ""
    columns = "sequence, instant, kind, beneficiary, payload_sha256, link"
    for *fields, digest, linked in asked(tmp_path, f"SELECT {columns} FROM chain WHERE sequence <= 3"):
        line = f"{link} {' '.join(map(str, fields))} {digest}\n"
        link = sha256(line)
        assert link == linked
        lines += line
    assert head.head == sha256(f"{'0' * 64}\n{lines}")
    statement = f"beffroi.head/1 2026-11-24 rows 1-3 {head.head}\n"
    assert verifier(tmp_path).holds(statement, head.signature)
    assert not verifier(tmp_path).holds(statement.replace("1-3", "1-2"), head.signature)
    assert "BEGIN PUBLIC KEY" in (tmp_path / PUBLIC_NAME).read_text()


def test_every_day_of_a_quarter_has_its_head(tmp_path: Path) -> None:
    clock = HandClock(datetime(2026, 10, 1, 0, 0, tzinfo=UTC))
    with open_ledger(tmp_path, clock) as ledger:
        for _ in range(92):
            keep_reading(ledger, observation(clock.time))
            ledger.sign_heads(clock.time)
            clock.time += DAY
        ledger.sign_heads(clock.time)

        assert [head.day for head in ledger.heads()] == [
            str((datetime(2026, 10, 1, tzinfo=UTC) + number * DAY).date()) for number in range(92)
        ]
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_a_jump_into_the_future_and_back_stops_no_heads(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, observation(clock.time))
        clock.time = MORNING + 4000 * DAY
        keep_reading(ledger, observation(clock.time))
        clock.time = MORNING + timedelta(hours=1)
        keep_reading(ledger, observation(clock.time))
        clock.time = MORNING + DAY
        (head,) = ledger.sign_heads(clock.time)

        assert (head.day, head.first, head.last) == ("2026-11-24", 1, 3)
        assert ledger.verify().outcome is ChainOutcome.SOUND


@given(st.lists(DAYS, max_size=12), DAYS)
def test_days_that_are_over_cover_rows_from_the_first_without_a_hole(days: list[str], today: str) -> None:
    rows = list(enumerate(days, start=1))

    over = days_over(rows, today)

    covered = [number for _, first, last in over for number in range(first, last + 1)]
    assert covered == list(range(1, len(covered) + 1))
    assert all(day < today for day, _, _ in over)
    assert [day for day, _, _ in over] == sorted({day for day, _, _ in over})
    assert all(day >= today for _, day in rows[len(covered) :])
    assert len(covered) == len(rows) or days[len(covered)] >= today


@given(st.lists(DAYS, max_size=12).map(sorted))
def test_with_a_clock_that_only_goes_on_each_row_is_in_its_own_day(days: list[str]) -> None:
    over = days_over(list(enumerate(days, start=1)), "2026-11-28")

    assert [day for day, first, last in over for _ in range(first, last + 1)] == [d for d in days if d < "2026-11-28"]


def test_a_head_is_the_digest_of_a_text_file() -> None:
    assert head_of("p", ["one\n", "two\n"]) == sha256("p\none\ntwo\n")
