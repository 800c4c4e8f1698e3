"""Days, loads of the configuration and register entries: what was counted, declared and entered."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.accounting.accepting import AcceptanceTerms
from agent.accounting.agreements import Agreements
from agent.accounting.expectation import Days, Expectation, expectation, first_loaded
from agent.accounting.limits import limits_since
from agent.core.errors import UsageError
from agent.core.model import Failure, Key, State
from agent.core.reason import Reason
from agent.ledger.append import RECENT_ROWS
from agent.ledger.ledger import ChainOutcome, Load
from tests.ledger.samples import DAY, KEY, MORNING, HandClock, asked, day_row, open_ledger, target
from tests.parts.kept import append_entry

TODAY = MORNING.date()
OTHER = Key(target="patching", subject="srv-1", beneficiary="other")


# Days


def test_the_last_row_of_a_day_stands_and_all_of_them_stay(tmp_path: Path) -> None:
    first, second = day_row(TODAY, State.UNPROVEN), day_row(TODAY, State.MET, late=True)
    with open_ledger(tmp_path) as ledger:
        ledger.keep_days([first, day_row(TODAY, key=OTHER)])
        ledger.keep_days([second])
        ledger.keep_days([second])
        ledger.keep_days([])

        assert ledger.day_rows(TODAY, TODAY) == (second, day_row(TODAY, key=OTHER))
        assert asked(tmp_path, "SELECT count(*) FROM chain WHERE kind = 'day'") == [(3,)]
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_a_day_that_is_kept_twice_in_one_call_stands_as_it_was_last(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_days([day_row(TODAY, State.MET), day_row(TODAY, State.MISSED)])

        assert [row.state for row in ledger.day_rows(TODAY, TODAY)] == [State.MISSED]
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_days_are_read_with_both_ends(tmp_path: Path) -> None:
    days = [TODAY + number * DAY for number in range(5)]
    with open_ledger(tmp_path) as ledger:
        ledger.keep_days([day_row(day) for day in reversed(days)])

        assert [row.day for row in ledger.day_rows(days[1], days[3])] == days[1:4]
        assert ledger.day_rows(days[3], days[1]) == ()


def test_a_judgement_that_comes_to_the_same_is_not_kept_again(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_days([day_row(TODAY)])
        newest = ledger.last_append()
        ledger.keep_days([day_row(TODAY)])

        assert ledger.last_append() == newest
        assert asked(tmp_path, "SELECT count(*) FROM chain") == [(1,)]


# Loads


def test_a_load_is_kept_only_where_it_differs(tmp_path: Path) -> None:
    clock = HandClock()
    declared = {KEY: Days(starts=date(2026, 1, 1)), OTHER: Days(ends=date(2027, 1, 1))}
    with open_ledger(tmp_path, clock) as ledger:
        assert ledger.keep_load("a", declared, {"backup-rpo": target()})
        clock.time += DAY
        assert not ledger.keep_load("a", declared, {"backup-rpo": target()})
        assert ledger.keep_load("b", declared, {"backup-rpo": target()})
        assert ledger.keep_load("b", declared, {"backup-rpo": target(3600.0)})
        assert ledger.keep_load("b", {KEY: Days()}, {"backup-rpo": target(3600.0)})
        assert ledger.keep_load("b", {}, {"backup-rpo": target(3600.0)})

        loads = ledger.loads()
        assert [load.digest for load in loads] == ["a", "b", "b", "b", "b"]
        assert loads[0] == Load(at=MORNING, declared=declared, digest="a", targets={"backup-rpo": target()})
        assert ledger.loads() == loads
        assert ledger.verify().outcome is ChainOutcome.SOUND
    with open_ledger(tmp_path, clock) as ledger:
        assert ledger.loads() == loads


def test_a_load_under_a_doubted_clock_is_kept_again_once_it_is_believed(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_load("a", {KEY: Days()}, {"backup-rpo": target(86400.0)})
        clock.time += 200 * DAY
        ledger.keep_load("b", {KEY: Days()}, {"backup-rpo": target(82800.0)})
        clock.time -= 200 * DAY
        stricter = ("c", {KEY: Days()}, {"backup-rpo": target(43200.0)})
        assert ledger.keep_load(*stricter)
        assert not ledger.keep_load(*stricter)
        failed = Failure(
            collector="look", host="srv-1", subject="", begun=MORNING, ended=MORNING, reason=Reason.DENIED, detail=""
        )
        ledger.keep_readings([replace(failed, subject=f"files/{number}") for number in range(RECENT_ROWS)])
        clock.time += DAY
        assert ledger.keep_load(*stricter)
        assert not ledger.keep_load(*stricter)
        assert ledger.loads()[-1].acts_from == clock.time
        settings = [(load.acts_from, load.targets["backup-rpo"]) for load in ledger.loads()]
        limits = limits_since(KEY, settings, Agreements(), clock.time, clock.time + 150 * DAY)
        assert [one.limit for one in limits] == [timedelta(hours=12)]


def test_a_load_is_one_row_for_each_beneficiary_that_tells_nothing_of_the_others(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_load("a", {KEY: Days(), OTHER: Days()}, {})

    query = "SELECT beneficiary, text FROM chain JOIN payload USING (sequence) ORDER BY sequence"
    (other, other_text), (scota, scota_text) = asked(tmp_path, query)
    assert (other, scota) == ("other", "scota")
    assert "srv-1" in other_text
    assert "srv-1" not in scota_text


def test_a_load_keeps_who_may_accept_a_risk_each_in_its_own_row(tmp_path: Path) -> None:
    terms = AcceptanceTerms(signatories={"scota": ("Directeur",), "none": ()}, mutualised=frozenset({OTHER}))
    with open_ledger(tmp_path) as ledger:
        assert ledger.keep_load("a", {KEY: Days(), OTHER: Days()}, {})
        assert ledger.keep_load("a", {KEY: Days(), OTHER: Days()}, {}, terms)
        assert not ledger.keep_load("a", {KEY: Days(), OTHER: Days()}, {}, terms)
        assert ledger.keep_load("a", {KEY: Days(), OTHER: Days()}, {}, replace(terms, mutualised=frozenset()))
        assert [load.accepting for load in ledger.loads()][:2] == [None, terms]
        assert ledger.verify().outcome is ChainOutcome.SOUND

    query = "SELECT beneficiary FROM chain JOIN payload USING (sequence) WHERE text LIKE '%Directeur%'"
    assert set(asked(tmp_path, query)) == {("scota",)}


def test_another_process_sees_the_loads_that_came_meanwhile(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as one, open_ledger(tmp_path) as other:
        one.keep_load("a", {KEY: Days()}, {})
        assert len(other.loads()) == 1
        one.keep_load("b", {KEY: Days()}, {})
        assert [load.digest for load in other.loads()] == ["a", "b"]


def test_first_sight_stays_when_a_subject_goes_and_comes_again(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for declared in ({KEY: Days()}, {KEY: Days(), OTHER: Days()}, {OTHER: Days()}, {KEY: Days()}):
            ledger.keep_load("a", declared, {})
            clock.time += DAY

        assert ledger.first_seen() == {KEY: MORNING, OTHER: MORNING + DAY}


def test_loads_are_what_the_accounting_counts_from(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_load("a", {KEY: Days()}, {})
        clock.time += 2 * DAY
        ledger.keep_load("b", {}, {})

        assert expectation(KEY, TODAY, ledger.loads()) is Expectation.DECLARED
        assert expectation(KEY, TODAY + 5 * DAY, ledger.loads()) is Expectation.NO_LONGER_DECLARED


def test_a_clock_set_back_takes_no_day_away_that_was_seen(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_load("one", {KEY: Days()}, {})
        clock.time += 4 * DAY
        ledger.keep_days([day_row(TODAY)])
        clock.time = MORNING + DAY
        ledger.keep_load("two", {KEY: Days(ends=TODAY + DAY)}, {})
        loads = ledger.loads()
        assert (loads[1].at, loads[1].not_before) == (MORNING + DAY, MORNING + 4 * DAY)
        told = [expectation(KEY, TODAY + number * DAY, loads) for number in (4, 5)]
        assert told == [Expectation.DECLARED, Expectation.NOT_EXPECTED]
        clock.time = MORNING + 2 * DAY
        ledger.keep_load("three", {OTHER: Days()}, {})
        assert first_loaded(OTHER, ledger.loads()) == clock.time
        assert ledger.verify().outcome is ChainOutcome.SOUND


# Registers


def test_an_entry_under_a_clock_set_back_bears_what_was_seen(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_days([day_row(TODAY)])
        clock.time -= 4 * DAY
        append_entry(ledger, "adaptation", {"title": "one"}, beneficiary="scota")
        ledger.enter("scan", lambda rows: [({"by": "a"}, "scota")])
        clock.time = MORNING + DAY
        append_entry(ledger, "scan", {"by": "b"})
        told = [(row.received_at, row.not_before) for row in ledger.entries()]
        assert told == [(MORNING - 4 * DAY, MORNING)] * 2 + [(MORNING + DAY, None)]
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_entries_are_numbered_within_their_register_and_keep_every_revision(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        first = append_entry(ledger, "incident", {"title": "one"}, beneficiary="scota")
        second = append_entry(ledger, "incident", {"title": "deux — é"}, beneficiary="scota")
        scan = append_entry(ledger, "scan", {"by": "someone"})
        clock.time += timedelta(hours=1)
        assert append_entry(ledger, "incident", {"title": "one, amended"}, id=first) == first

        assert (first, second, scan) == ("incident-1", "incident-2", "scan-1")
        assert [(row.id, row.revision, row.values.get("title")) for row in ledger.entries("incident")] == [
            ("incident-1", 1, "one"),
            ("incident-2", 1, "deux — é"),
            ("incident-1", 2, "one, amended"),
        ]
        assert [row.received_at for row in ledger.entries("incident")] == [MORNING, MORNING, clock.time]
        assert [row.register for row in ledger.entries()] == ["incident", "incident", "scan", "incident"]
        assert ledger.entries("pentest") == ()
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_an_entry_that_there_is_not_cannot_be_amended(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        append_entry(ledger, "incident", {})
        with pytest.raises(UsageError, match="no entry 'scan-1'"):
            append_entry(ledger, "scan", {}, id="scan-1")
        with pytest.raises(UsageError, match="no entry 'incident-1'"):
            append_entry(ledger, "scan", {}, id="incident-1")

        assert len(ledger.entries()) == 1


def test_an_import_is_all_or_nothing(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.enter("scan", lambda rows: [({"by": "a"}, "scota"), ({"by": "b"}, "")]) == ("scan-1", "scan-2")
        broken: list[tuple[dict[str, str], str]] = [({"by": "c"}, ""), ({"by": object()}, "")]  # type: ignore[dict-item]  # on purpose
        with pytest.raises(Exception, match="cannot be kept"):
            ledger.enter("scan", lambda rows: broken)

        assert [row.id for row in ledger.entries()] == ["scan-1", "scan-2"]
        assert append_entry(ledger, "scan", {}) == "scan-3"
