"""Erasure by rule: what has expired goes, what is still needed stays, and the chain tells of both."""

import json
from collections.abc import Collection
from pathlib import Path

import pytest

from agent.ledger.append import Writer
from agent.ledger.erasures import ranges
from agent.ledger.ledger import ChainOutcome, Ledger
from tests.ledger.samples import (
    DAY,
    MORNING,
    HandClock,
    asked,
    day_row,
    failure,
    judged,
    observation,
    open_ledger,
    point_fact,
    tamper,
)
from tests.parts.kept import append_entry, keep_reading

SUBJECT = ("restic_snapshots", "files/offsite")


def erase(ledger: Ledger, clock: HandClock, needed: Collection[str] = ()) -> int:
    return ledger.erase_expired(clock.time, keep_readings=400 * DAY, keep_personal=1100 * DAY, needed=needed)


def two_years(ledger: Ledger, clock: HandClock, days: int = 730, step: int = 5) -> None:
    for number in range(0, days, step):
        keep_reading(ledger, observation(clock.time, [point_fact(one) for one in range(number // 30 + 1)]))
        clock.time += step * DAY


def kept(directory: Path, kind: str = "reading") -> list[int]:
    query = f"SELECT sequence FROM chain JOIN payload USING (sequence) WHERE kind = '{kind}' ORDER BY sequence"
    return [sequence for (sequence,) in asked(directory, query)]


def test_old_readings_go_and_every_younger_one_can_still_be_told(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        two_years(ledger, clock)
        told = {sequence: ledger.reading(f"r-{sequence}") for sequence in kept(tmp_path)}

        erased = erase(ledger, clock)

        young = [one for one in told if MORNING + (one - 1) * 5 * DAY >= clock.time - 400 * DAY]
        assert erased > 0
        assert set(young) <= set(kept(tmp_path))
        for sequence in kept(tmp_path):
            assert ledger.reading(f"r-{sequence}") == told[sequence]
        assert ledger.reading("r-1") is None
        # What stays beyond its time is only what a younger one rests on.
        assert len(kept(tmp_path)) - len(young) <= 30 // 5
        assert erase(ledger, clock) == 0


def test_the_walk_says_what_was_erased_when_and_by_which_rule(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        two_years(ledger, clock)
        count = erase(ledger, clock)
        found = ledger.verify()

    assert found.outcome is ChainOutcome.SOUND
    assert found.erased == (
        f'{count} reading payloads among rows 1 to {count}: erased on {clock.time.date()} by keep_readings = "400d"',
    )


def test_what_is_erased_is_no_longer_in_any_file(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for number in range(40):
            append_entry(ledger, "departure", {"who": f"Camille {number} " * 100})
        clock.time += 1200 * DAY
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += 2 * DAY
        assert b"Camille" in b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert erase(ledger, clock) == 40
        assert b"Camille" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_the_newest_look_stays_however_old(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        seen = observation(clock.time, [point_fact(1)])
        keep_reading(ledger, failure(clock.time - DAY))
        keep_reading(ledger, seen)
        failed = failure(clock.time + DAY)
        keep_reading(ledger, failed)
        clock.time += 2000 * DAY
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += 2 * DAY

        assert erase(ledger, clock) == 1
    with open_ledger(tmp_path, clock) as ledger:
        newest, good = ledger.latest(*SUBJECT), ledger.latest_observation(*SUBJECT)
        assert newest is not None
        assert good is not None
        assert (newest.reading, good.reading) == (failed, seen)
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_an_entry_goes_whole_and_its_number_is_not_given_again(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        append_entry(ledger, "incident", {"title": "old"})
        amended = append_entry(ledger, "incident", {"title": "amended"})
        spared = append_entry(ledger, "acceptance", {"title": "still in force"})
        clock.time += 600 * DAY
        append_entry(ledger, "incident", {"title": "amended later"}, id=amended)
        clock.time += 600 * DAY
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += 2 * DAY

        assert erase(ledger, clock, needed={spared}) == 1
        assert [(one.id, one.revision) for one in ledger.entries()] == [(amended, 1), (spared, 1), (amended, 2)]
        clock.time += 1200 * DAY
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += 2 * DAY
        assert erase(ledger, clock) == 3
        assert ledger.entries() == ()
        assert append_entry(ledger, "incident", {"title": "new"}) == "incident-3"
        ledger.rebuild()
        assert append_entry(ledger, "incident", {"title": "newer"}) == "incident-4"
        assert append_entry(ledger, "acceptance", {}) == "acceptance-2"
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_each_beneficiary_is_told_which_of_its_payloads_went(tmp_path: Path) -> None:
    """Once, by the digests that its own rows have, whatever other beneficiaries lost."""
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for beneficiary in ("scota", "eaux", "scota"):
            append_entry(ledger, "awareness", {"performed": "2026-11-02"}, beneficiary=beneficiary)
        gone = asked(tmp_path, "SELECT payload_sha256 FROM chain WHERE beneficiary = 'scota' ORDER BY sequence")
        clock.time += 1200 * DAY
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += 2 * DAY
        assert erase(ledger, clock) == 3
        assert erase(ledger, clock) == 0
        query = "SELECT beneficiary, text FROM chain JOIN payload USING (sequence) WHERE kind = 'erased' ORDER BY 1"
        (other, _), (own, text) = asked(tmp_path, query)
        assert (other, own) == ("eaux", "scota")
        assert json.loads(text)["payloads"] == [digest for (digest,) in gone]
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_verdicts_days_and_heads_are_kept_for_good(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_verdicts([judged(clock.time)])
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += 5000 * DAY
        ledger.sign_heads(clock.time)
        clock.time += 2 * DAY

        assert erase(ledger, clock) == 0


def test_a_clock_that_has_just_jumped_into_the_future_erases_nothing(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        two_years(ledger, clock, days=100)
        clock.time += 4000 * DAY
        keep_reading(ledger, observation(clock.time))

        assert erase(ledger, clock) == 0


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM erased WHERE sequence = 3", "row 3: row "),
        ("INSERT INTO erased SELECT 140, erasure FROM erased WHERE sequence = 3", "row 140: its payload is noted"),
    ],
)
def test_an_erasure_that_no_rule_covers_is_seen(tmp_path: Path, statement: str, said: str) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        two_years(ledger, clock)
        erase(ledger, clock)

    tamper(tmp_path, statement)

    with open_ledger(tmp_path, readonly=True) as ledger:
        damage = ledger.verify().damage
    assert any(line.startswith(said) for line in damage)


def test_an_erasure_that_is_too_early_or_of_another_kind_is_seen(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, observation(clock.time))
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += 10 * DAY

        def forge(writer: Writer) -> None:
            content = {"rule": "keep_readings", "keep": 400 * 86_400_000_000, "erased": [[1, 2]], "numbers": {}}
            writer.append("erasure", content)

        ledger._store.write(forge)
    tamper(tmp_path, "INSERT INTO erased VALUES (1, 3), (2, 3)", "DELETE FROM payload WHERE sequence < 3")

    with open_ledger(tmp_path, readonly=True) as ledger:
        damage = ledger.verify().damage
    assert 'row 1: its payload was erased before keep_readings = "400d" allowed it' in damage
    assert 'row 2: keep_readings = "400d" does not erase a day' in damage


def test_rows_are_told_as_ranges() -> None:
    assert ranges([1, 2, 3, 5, 8, 9]) == [[1, 3], [5, 5], [8, 9]]
    assert ranges([]) == []


def test_a_great_many_go_in_several_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.ledger.erasures.AT_ONCE", 10)
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        two_years(ledger, clock, days=500 + 40)
        turns = []
        for _ in range(4):
            turns.append(erase(ledger, clock))
            assert ledger.verify().outcome is ChainOutcome.SOUND

        assert turns[0] == 10
        assert turns[-1] == 0
