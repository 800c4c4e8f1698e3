"""Verdicts that say what they said before share a row of their beneficiary; each can be read as if it were alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged
from agent.core.judging import departures
from agent.core.model import Key, State
from agent.ledger import cited, verdict_rows
from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import GENESIS, forge
from agent.ledger.ledger import ChainOutcome, Ledger, VerdictRecord
from agent.ledger.pressed import press
from agent.ledger.verdict_rows import LARGEST_SHARED, MOST_SHARED, alone, extent, records_in
from tests.ledger.samples import DAY, MORNING, QUARTER_HOUR, HandClock, asked, judged, open_ledger, verdict

HOSTS = [Key(target="patching", subject=f"srv-{number}", beneficiary="scota") for number in range(5)]
OTHERS = [key._replace(beneficiary="other") for key in HOSTS]


def kinds(directory: Path) -> list[tuple[str, str]]:
    return asked(directory, "SELECT kind, beneficiary FROM chain WHERE kind LIKE 'verdict%' ORDER BY sequence")


def keep(ledger: Ledger, clock: HandClock, keys: Sequence[Key], state: State = State.MET) -> list[VerdictRecord]:
    records = [judged(clock.time, state, key=key) for key in keys]
    ledger.keep_verdicts(records)
    return records


def test_what_says_the_same_on_another_day_shares_a_row(tmp_path: Path) -> None:
    clock = HandClock(MORNING)
    with open_ledger(tmp_path, clock) as ledger:
        keep(ledger, clock, [*HOSTS, *OTHERS])
        assert kinds(tmp_path) == [("verdict", "scota")] * 5 + [("verdict", "other")] * 5
        clock.time += DAY
        same = keep(ledger, clock, [*HOSTS, *OTHERS])

        assert kinds(tmp_path)[10:] == [("verdicts", "scota"), ("verdicts", "other")]
        assert list(ledger.verdict_changes(clock.time)) == [one.verdict for one in same]
        assert list(ledger.verdict_changes(clock.time, HOSTS[3])) == [same[3].verdict]
        assert ledger.last_verdicts(clock.time + DAY, "patching", "scota") == tuple(one.verdict for one in same[:5])
        assert ledger.last_verdicts(clock.time, "patching", "scota") == tuple(ledger.verdict_changes(MORNING)[:5])
        assert ledger.newest_verdicts() == {one.verdict.key: one.verdict for one in same}
        assert [start.at for start in ledger.timeline(HOSTS[0], MORNING).starts] == [MORNING]
        assert ledger.verify().outcome is ChainOutcome.SOUND
        row = ledger.ask(lambda connection: cited.verdict(connection, HOSTS[3]))
        assert row is not None
        assert row.kind == verdict_rows.SHARED


def test_what_says_something_new_never_shares_a_row(tmp_path: Path) -> None:
    clock = HandClock(MORNING)
    with open_ledger(tmp_path, clock) as ledger:
        keep(ledger, clock, HOSTS)
        clock.time += QUARTER_HOUR
        keep(ledger, clock, HOSTS, State.MISSED)
        assert kinds(tmp_path) == [("verdict", "scota")] * 10


def test_a_verdict_that_is_kept_twice_in_one_call_is_the_last(tmp_path: Path) -> None:
    clock = HandClock(MORNING)
    with open_ledger(tmp_path, clock) as ledger:
        keep(ledger, clock, HOSTS)
        clock.time += DAY
        first = [judged(clock.time, key=key) for key in HOSTS]
        ledger.keep_verdicts([*first, judged(clock.time + QUARTER_HOUR, State.MISSED, key=HOSTS[0])])
        assert ledger.newest_verdicts()[HOSTS[0]].state is State.MISSED
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_one_that_is_left_alone_gets_a_row_in_clear(tmp_path: Path) -> None:
    clock = HandClock(MORNING)
    with open_ledger(tmp_path, clock) as ledger:
        keep(ledger, clock, HOSTS[:1])
        clock.time += DAY
        keep(ledger, clock, HOSTS[:1])
        assert kinds(tmp_path) == [("verdict", "scota")] * 2


def test_a_verdict_on_a_departure_never_shares_a_row(tmp_path: Path) -> None:
    clock = HandClock(MORNING)
    gone = [key._replace(target=departures.TARGET) for key in HOSTS]
    with open_ledger(tmp_path, clock) as ledger:
        keep(ledger, clock, gone)
        clock.time += DAY
        keep(ledger, clock, gone)
        assert kinds(tmp_path) == [("verdict", "scota")] * 10


def test_so_many_share_a_row_and_a_long_one_shares_none(tmp_path: Path) -> None:
    clock = HandClock(MORNING)
    many = [HOSTS[0]._replace(subject=f"srv-{number}") for number in range(2 * MOST_SHARED + 2)]
    with open_ledger(tmp_path, clock) as ledger:
        for number in range(2):
            clock.time += DAY
            long = verdict(clock.time, key=HOSTS[0]._replace(target="backup-rpo"), about={"on": "x" * LARGEST_SHARED})
            records = [judged(clock.time, key=key) for key in many]
            ledger.keep_verdicts([*records, VerdictRecord(verdict=long, stretch=None)])
            if number == 0:
                before = len(kinds(tmp_path))
        assert [kind for kind, _ in kinds(tmp_path)[before:]] == ["verdict", "verdicts", "verdicts", "verdicts"]
        assert len(ledger.standing()) == len(many) + 1


def test_a_shared_row_bounds_how_long_each_of_its_verdicts_stands(tmp_path: Path) -> None:
    clock = HandClock(MORNING)
    with open_ledger(tmp_path, clock) as ledger:
        keep(ledger, clock, HOSTS)
        clock.time += DAY
        keep(ledger, clock, HOSTS)
        rows = len(kinds(tmp_path))
        longer = replace(verdict(clock.time + QUARTER_HOUR, key=HOSTS[2]), stands_until=clock.time + 3 * DAY)
        ledger.keep_verdicts([VerdictRecord(verdict=longer, stretch=None)])
        assert len(kinds(tmp_path)) == rows + 1
        assert ledger.verify().outcome is ChainOutcome.SOUND


def shared(*records: object) -> AppendedRow:
    """Return a row that claims to hold these."""
    text = f'{{"salt":"00","verdicts":"{press(list(records))}"}}'
    row = forge(
        GENESIS,
        sequence=1,
        instant="2026-11-24T04:12:07.000000Z",
        kind=verdict_rows.SHARED,
        beneficiary="scota",
        payload_sha256="",
    )
    return AppendedRow(row=row, text=text)


ONE = alone(judged(MORNING, key=HOSTS[0]))


@pytest.mark.parametrize(
    "records",
    [
        (),
        (ONE,) * (MOST_SHARED + 1),
        (ONE, alone(judged(MORNING + timedelta(microseconds=1), key=HOSTS[1]))),
        (ONE, alone(judged(MORNING, key=HOSTS[1]._replace(target=departures.TARGET)))),
        (ONE | {"more": 1},),
        (1,),
        ("0" * (verdict_rows.LARGEST + 1),),
    ],
)
def test_what_no_program_wrote_is_damage(records: tuple[object, ...]) -> None:
    with pytest.raises(LedgerDamaged):
        records_in(shared(*records))


def test_the_extent_of_a_shared_row_is_what_it_unpacks_to() -> None:
    row = shared(*[ONE] * 50)
    assert [one.verdict for one in records_in(row)] == [judged(MORNING, key=HOSTS[0]).verdict] * 50
    assert extent(row) > 10 * len(row.text)
