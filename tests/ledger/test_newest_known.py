"""The newest of everything, kept up: always what a ledger that is opened anew has."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from agent.core.errors import LedgerError
from agent.core.model import Key, State
from agent.ledger import readings
from agent.ledger.ledger import LastRun, Ledger
from tests.ledger.samples import (
    KEY,
    MORNING,
    QUARTER_HOUR,
    HandClock,
    failure,
    judged,
    observation,
    open_ledger,
    tamper,
)
from tests.parts.kept import append_entry

KEYS = (
    KEY,
    Key(target="backup-verify", subject="mail", beneficiary="scota"),
    Key(target="c", subject="a", beneficiary="b"),
)
SUBJECTS = ("files/offsite", "mail/offsite", "a/offsite")

_STEPS = st.lists(
    st.tuples(
        st.booleans(),
        st.one_of(
            st.tuples(st.just("look"), st.lists(st.tuples(st.sampled_from(SUBJECTS), st.booleans()), max_size=3)),
            st.tuples(st.just("judge"), st.lists(st.sampled_from(KEYS), unique=True, max_size=3)),
            st.tuples(st.just("enter"), st.just(())),
            st.tuples(st.just("ask"), st.just(())),
        ),
        st.sampled_from([State.MET, State.MISSED]),
        st.sampled_from([timedelta(0), timedelta(seconds=20), timedelta(hours=13)]),
    ),
    max_size=10,
)


def _take(ledger: Ledger, clock: HandClock, what: str, of: Any, state: State) -> None:
    if what == "look":
        looks = [(observation if good else failure)(clock.time, subject=subject) for subject, good in of]
        ledger.keep_readings(looks)
    elif what == "judge":
        ledger.keep_verdicts([judged(clock.time, state, key=key) for key in of])
    elif what == "enter":
        append_entry(ledger, "incident", {"title": "x"})
    else:
        _known(ledger)


def _known(ledger: Ledger) -> tuple[object, ...]:
    return ledger.at_once(lambda: (ledger.runs(), ledger.standing(), ledger.last_starts(), ledger.last_append()))


def _anew(directory: Path, clock: HandClock) -> tuple[object, ...]:
    with open_ledger(directory, clock, readonly=True) as ledger:
        return _known(ledger)


@settings(max_examples=25)
@given(steps=_STEPS)
def test_what_is_kept_up_is_what_is_read_anew(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, tuple[str, Any], State, timedelta]]
) -> None:
    """By this process or by another, and whether anything was asked between or not."""
    folder, clock = tmp_path_factory.mktemp("kept-up"), HandClock()
    with open_ledger(folder, clock) as ledger, open_ledger(folder, clock) as other:
        for is_own, (what, of), state, later in steps:
            clock.time += timedelta(microseconds=1) + later
            _take(ledger if is_own else other, clock, what, of, state)
        assert _known(ledger) == _known(other) == _anew(folder, clock)


def test_a_renewal_without_a_row_by_another_process_is_seen(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger, open_ledger(tmp_path, clock) as other:
        ledger.keep_verdicts([judged(MORNING, key=key) for key in KEYS])
        ledger.standing()
        # The other one judged before this one did, and keeps it afterwards.
        late = judged(MORNING + timedelta(seconds=1), key=KEYS[1])
        ledger.keep_verdicts([judged(MORNING + timedelta(seconds=2), key=KEYS[0])])
        other.keep_verdicts([late])
        assert late.verdict in ledger.standing()
        assert ledger.standing() == other.standing()


def test_what_another_process_keeps_costs_only_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    runs = readings.runs

    def noted(connection: Connection, since: int = 0) -> tuple[LastRun, ...]:
        read.append(since)
        return runs(connection, since)

    with open_ledger(tmp_path) as ledger, open_ledger(tmp_path) as other:
        ledger.keep_readings([observation(MORNING, subject=f"host/{number}") for number in range(30)])
        ledger.runs()
        monkeypatch.setattr(readings, "runs", noted)
        ledger.keep_readings([failure(MORNING, subject="host/1")])
        assert len(ledger.runs()) == 30
        other.keep_readings([failure(MORNING, subject="host/2")])
        assert sum(not run.success for run in ledger.runs()) == 2
    assert read == [31]


def test_a_transaction_that_fails_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_verdicts([judged(MORNING)])
        before = _known(ledger)
        commit = ledger._store._transaction

        def fails(work: Any) -> Any:
            def and_fails(writer: Any) -> None:
                work(writer)
                raise LedgerError("no")

            return commit(and_fails)

        monkeypatch.setattr(ledger._store, "_transaction", fails)
        with pytest.raises(LedgerError):
            ledger.keep_verdicts([judged(MORNING + QUARTER_HOUR, State.MISSED)])
        assert _known(ledger) == before


def test_within_one_reading_nothing_moves(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_readings([observation(MORNING)])

        def twice() -> Iterator[object]:
            yield ledger.runs()
            keeper = threading.Thread(target=lambda: ledger.keep_readings([failure(MORNING)]))
            keeper.start()
            keeper.join()
            yield ledger.runs()

        first, second = ledger.at_once(lambda: tuple(twice()))
        assert first == second
        assert ledger.runs() != second


def test_a_verdict_of_another_process_stands_no_longer_than_shown(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_verdicts([judged(MORNING)])
        (before,) = ledger.standing()
        assert before.stands_until is not None
        until = "2027-11-24T04:12:07.000000Z"
        tamper(
            tmp_path,
            "UPDATE standing SET at = '2026-11-24T04:13:00.000000Z', verdict = json_set(verdict, '$.stands_until', "
            f"'{until}', '$.at', '2026-11-24T04:13:00.000000Z')",
        )
        (stretched,) = ledger.standing()
        assert stretched.stands_until is not None
        assert stretched.stands_until < before.stands_until + timedelta(days=2)
