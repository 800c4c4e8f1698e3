"""Until when verdicts can stand: the same whether it was asked for before or not, and made anew with each row."""

from dataclasses import replace
from pathlib import Path

from agent.ledger import chained
from tests.ledger.samples import KEY, MORNING, QUARTER_HOUR, HandClock, judged, observation, open_ledger


def test_limits_that_are_known_are_those_that_the_rows_show(tmp_path: Path) -> None:
    clock, known = HandClock(), chained.KnownLimits()
    with open_ledger(tmp_path, clock) as ledger:
        for number in range(3):
            ledger.keep_readings([observation(clock.time)])
            if number == 0:
                given = judged(clock.time)
                ledger.keep_verdicts([replace(given, verdict=replace(given.verdict, evidence=("r-1",)))])
            for _twice in range(2):
                found = ledger.ask(lambda connection: known(connection, [KEY]))
                assert found == ledger.ask(lambda connection: chained.limits(connection, [KEY]))
                assert found.keys() == {KEY}
            clock.time += QUARTER_HOUR


def test_a_key_without_a_verdict_has_no_limit(tmp_path: Path) -> None:
    known = chained.KnownLimits()
    with open_ledger(tmp_path) as ledger:
        ledger.keep_readings([observation(MORNING)])
        for _twice in range(2):
            assert ledger.ask(lambda connection: known(connection, [KEY])) == {}
