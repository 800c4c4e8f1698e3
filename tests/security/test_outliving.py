"""A writer of the database who lacks the key: what no row of the chain tells must not make a state stand longer."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged
from agent.core.model import State
from agent.daemon.self_check import SelfWatch
from agent.ledger.ledger import ChainOutcome, Ledger, VerdictRecord
from tests.ledger.samples import (
    DAY,
    KEY,
    HandClock,
    asked,
    failure,
    judged,
    live,
    observation,
    open_ledger,
    point_fact,
    raw,
    tamper,
)
from tests.parts.kept import keep_reading

LONG = "2099-12-31T00:00:00.000000Z"
HOUR = timedelta(hours=1)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def looked(ledger: Ledger, clock: HandClock) -> VerdictRecord:
    """Return a judgement that rests on a look which is kept now."""
    id = keep_reading(ledger, observation(clock.time, [point_fact(1)]))
    one = judged(clock.time)
    return replace(one, verdict=replace(one.verdict, evidence=(id,)))


def watched(state: Path, *, hours: int = 5) -> HandClock:
    """Fill a ledger, then look and judge each hour of one day; only the first judgement gets a row."""
    clock = live(state)
    with open_ledger(state, clock) as ledger:
        for _ in range(hours):
            ledger.keep_verdicts([looked(ledger, clock)])
            clock.time += HOUR
    clock.time -= HOUR
    return clock


def ends(state: Path) -> tuple[datetime | None, datetime | None]:
    """Return until when the line and the newest verdict stand, as readers of the ledger get them."""
    with open_ledger(state) as ledger:
        alone = ledger.timeline(KEY, datetime.min.replace(tzinfo=judged(HandClock().time).verdict.at.tzinfo))
        every = ledger.timelines(HandClock().time)[KEY]
        assert alone.stands_until == every.stands_until
        return alone.stands_until, ledger.standing()[0].stands_until


def forged_verdict(state: Path, until: str | None) -> str:
    """Return the statement that changes only until when the newest verdict stands."""
    text = json.loads(asked(state, "SELECT verdict FROM standing")[0][0])
    text["stands_until"] = until
    kept = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"UPDATE standing SET verdict = '{kept}'"


def test_renewals_without_a_row_stand_as_long_as_their_looks(state: Path) -> None:
    clock = watched(state)
    assert len(asked(state, "SELECT sequence FROM verdict_row")) == 4
    assert ends(state) == (clock.time + 6 * HOUR, clock.time + 6 * HOUR)
    with open_ledger(state) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND


@pytest.mark.parametrize("until", [f"'{LONG}'", "NULL"])
def test_a_line_that_was_stretched_ends_with_its_newest_look(state: Path, until: str) -> None:
    clock = watched(state)
    tamper(state, f"UPDATE line SET stands_until = {until}")
    until_then, _ = ends(state)
    assert until_then is not None
    assert until_then <= clock.time + 6 * HOUR + timedelta(minutes=5)
    assert "stands" in damage(state)


@pytest.mark.parametrize("until", [LONG, None])
def test_a_verdict_that_was_stretched_ends_with_its_newest_look(state: Path, until: str | None) -> None:
    clock = watched(state)
    tamper(state, forged_verdict(state, until))
    _, until_then = ends(state)
    assert until_then is not None
    assert until_then <= clock.time + 6 * HOUR + timedelta(minutes=5)
    assert "stands" in damage(state)


def test_a_line_stretched_by_hours_is_not_believed_nor_called_sound(state: Path) -> None:
    clock = watched(state)
    tamper(state, f"UPDATE line SET stands_until = '{clock.time + 12 * HOUR:%Y-%m-%dT%H:%M:%S.%fZ}'")
    assert ends(state)[0] == clock.time + 6 * HOUR + timedelta(minutes=5)
    with open_ledger(state) as ledger:
        found = ledger.verify()
    assert found.outcome is ChainOutcome.UNPROVEN
    assert "the chain shows" in found.doubts[0]


def test_a_renewal_that_stands_longer_than_its_looks_gets_a_row(state: Path) -> None:
    clock = watched(state)
    before = len(asked(state, "SELECT sequence FROM verdict_row"))
    with open_ledger(state, clock) as ledger:
        one = looked(ledger, clock)
        until = clock.time + DAY
        assert one.stretch is not None
        further = VerdictRecord(
            verdict=replace(one.verdict, stands_until=until), stretch=replace(one.stretch, stands_until=until)
        )
        ledger.keep_verdicts([further])
        assert ledger.verify().outcome is ChainOutcome.SOUND
    assert len(asked(state, "SELECT sequence FROM verdict_row")) == before + 1
    assert ends(state) == (until, until)


def test_a_clock_set_back_makes_no_earlier_look_doubtful(state: Path) -> None:
    clock = watched(state)
    stood = ends(state)
    back = HandClock()
    back.time = clock.time - 30 * DAY
    with open_ledger(state, back) as ledger:
        keep_reading(ledger, observation(back.time, [point_fact(1)]))
        assert ledger.verify().outcome is ChainOutcome.SOUND
    assert ends(state) == stood


def test_a_look_that_failed_makes_no_renewal_stand_longer(state: Path) -> None:
    clock = watched(state)
    until, _ = ends(state)
    tamper(state, f"UPDATE line SET stands_until = '{clock.time + 12 * HOUR:%Y-%m-%dT%H:%M:%S.%fZ}'")
    clock.time += 2 * HOUR
    with open_ledger(state, clock) as ledger:
        keep_reading(ledger, failure(clock.time))
        assert ledger.verify().outcome is ChainOutcome.UNPROVEN
    assert until is not None
    assert ends(state)[0] == until + timedelta(minutes=5)


def test_a_verdict_dated_on_another_day_is_damage(state: Path) -> None:
    clock = watched(state)
    text = json.loads(asked(state, "SELECT verdict FROM standing")[0][0])
    later = f"{clock.time + 3 * DAY:%Y-%m-%dT%H:%M:%S.%fZ}"
    kept = json.dumps({**text, "at": later}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    tamper(state, f"UPDATE standing SET at = '{later}', verdict = '{kept}'")
    assert "standing verdict" in damage(state)


def test_an_unproven_verdict_of_a_failed_look_keeps_the_line_that_is_shown(state: Path) -> None:
    clock = watched(state)
    tamper(state, f"UPDATE line SET stands_until = '{LONG}'")
    clock.time += HOUR
    with open_ledger(state, clock) as ledger:
        failed = replace(judged(clock.time, State.UNPROVEN), stretch=None)
        ledger.keep_verdicts([failed])
    until, _ = ends(state)
    assert until is not None
    assert until <= clock.time + 5 * HOUR + timedelta(minutes=5)


FOREIGN = [
    "CREATE TRIGGER zz AFTER UPDATE OF stands_until ON line BEGIN SELECT 1; END",
    "CREATE VIEW zz AS SELECT * FROM line",
    "CREATE TABLE zz (one TEXT)",
    "CREATE INDEX zz ON line (stands_until)",
    "DROP TRIGGER chain_only_grows",
    "DROP INDEX day_row_by_day",
]


@pytest.mark.parametrize("statement", FOREIGN)
def test_a_schema_that_was_changed_is_damage_and_not_written(state: Path, statement: str) -> None:
    clock = live(state)
    with open_ledger(state, clock) as ledger:
        with raw(state) as connection:
            connection.execute(statement)
            connection.commit()
        with pytest.raises(LedgerDamaged, match="schema was changed"):
            keep_reading(ledger, observation(clock.time, [point_fact(1)]))
        watch = SelfWatch(ledger, state, clock)
        watch.look()
        watch.wait(60)
        assert watch.state().sound is False
    assert statement.split()[2] in damage(state)
    with pytest.raises(LedgerDamaged, match="schema was changed"):
        open_ledger(state, clock)


def test_statistics_that_sqlite_keeps_of_itself_are_no_damage(state: Path) -> None:
    live(state)
    with raw(state) as connection:
        connection.execute("ANALYZE")
        connection.commit()
    with open_ledger(state) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND


def damage(state: Path) -> str:
    """Return what a walk says of a ledger that does not hold."""
    with open_ledger(state, readonly=True) as ledger:
        found = ledger.verify()
    assert found.outcome is ChainOutcome.DAMAGED
    return "; ".join(found.damage)
