"""When nothing new was known of an agent: by what its rows say, and by when the database received them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.fleet.database import connected
from agent.fleet.silences import (
    FILE,
    AgentSilence,
    RowArrival,
    known_until,
    known_with,
    note_silences,
    noted_silences,
    silence_ended,
)
from tests.fleet.agents import member
from tests.fleet.databases import Laid
from tests.ledger.samples import HandClock

HOUR = timedelta(hours=1)
BEGUN = datetime(2026, 10, 1, 12, tzinfo=UTC)


def row(at: int, came: int) -> RowArrival:
    """Return a row of some hours after the first, and when it came."""
    return RowArrival(at=BEGUN + at * HOUR, came=BEGUN + came * HOUR)


def silences(*rows: RowArrival) -> list[AgentSilence]:
    """Return the silences between rows of an agent that may be silent for two hours."""
    found, known = [], None
    for one in rows:
        found.append(silence_ended(one, known, BEGUN, 2 * HOUR))
        known = known_with(one, known)
    return [one for one in found if one is not None]


def test_rows_that_come_late_end_a_silence_and_do_not_undo_it() -> None:
    assert silences(row(0, 0), row(1, 1), row(2, 9)) == [AgentSilence(since=BEGUN + 3 * HOUR, until=BEGUN + 9 * HOUR)]


def test_a_clock_that_once_ran_ahead_hides_no_later_silence() -> None:
    assert silences(row(0, 0), row(9000, 1), row(2, 2), row(3, 300)) == [
        AgentSilence(since=BEGUN + 4 * HOUR, until=BEGUN + 300 * HOUR)
    ]


def test_a_clock_that_was_set_back_makes_nothing_unknown() -> None:
    assert silences(row(0, 0), row(1, 1), row(-50, 2), row(3, 3)) == []


def test_what_came_with_the_first_of_two_late_deliveries_is_not_told_by_the_second(tmp_path: Path) -> None:
    """The line was cut again before the rest of five days came: of the first of them all was known in time."""
    found = silences(row(0, 0), row(24, 120), row(48, 120), row(72, 400), row(96, 400), row(400, 400))
    (tmp_path / FILE).write_text(
        "\n".join(
            (
                f"6 {BEGUN.isoformat()}",
                *(f"{one.since.isoformat()} {one.until.isoformat()}" for one in found if one.until),
            )
        )
    )
    assert noted_silences(tmp_path) == (
        AgentSilence(since=BEGUN + 2 * HOUR, until=BEGUN + 120 * HOUR),
        AgentSilence(since=BEGUN + 50 * HOUR, until=BEGUN + 400 * HOUR),
    )


@pytest.mark.programs
@pytest.mark.network
def test_silences_that_a_release_before_noted_stay(laid: Laid, tmp_path: Path) -> None:
    """Of a database that was made anew since, none of its rows tells of them; the last line was cut off."""
    with member(laid, tmp_path / "arras-1") as agent, connected(laid.settings("beffroi_centre")) as asked:
        agent.append(1)
        agent.send()
        lines = [f"{(BEGUN + at * HOUR).isoformat()} {(BEGUN + (at + 9) * HOUR).isoformat()}\n" for at in (0, 99)]
        (tmp_path / FILE).write_text(lines[0] + lines[1][:-16])
        for _ in range(2):
            assert noted_silences(tmp_path) == (AgentSilence(since=BEGUN, until=BEGUN + 9 * HOUR),)
            with asked.transaction() as connection:
                note_silences(connection, agent.own.fingerprint, tmp_path, 1, HOUR)
        assert known_until(tmp_path) is not None


def spoil(file: Path, damage: Callable[[str], str | None]) -> None:
    """Leave of a file, where there is one, what a damage leaves of it."""
    left = damage(file.read_text()) if file.exists() else None
    if left is None:
        file.unlink(missing_ok=True)
    else:
        file.write_text(left)


@pytest.mark.programs
@pytest.mark.network
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text,
        lambda _: None,
        lambda _: "",
        lambda text: text.partition("\n")[2],
    ],
    ids=["noted", "lost", "emptied", "noted by a release before"],
)
def test_a_centre_that_asks_bit_by_bit_notes_what_one_that_reads_the_whole_does(
    laid: Laid, tmp_path: Path, damage: Callable[[str], str | None]
) -> None:
    """An agent's clock is set back by ten days for a day; that it was heard until then stays."""
    clock, hours = HandClock(BEGUN), range(0, 480, 6)
    folders = (tmp_path / "bit", tmp_path / "once")
    for one in folders:
        one.mkdir()
    with member(laid, tmp_path / "arras-1", clock=clock) as agent, connected(laid.settings("beffroi_centre")) as asked:

        def note(folder: Path, last: int) -> None:
            with asked.transaction() as connection:
                note_silences(connection, agent.own.fingerprint, folder, last, 13 * HOUR)

        for number, hour in enumerate(hours):
            came = BEGUN + hour * HOUR
            clock.time = came - 240 * HOUR if 360 <= hour < 384 else came
            agent.append(1)
            agent.send()
            laid.run(f"UPDATE beffroi.row SET received_at = '{came.isoformat()}' WHERE sequence = {number + 1}")
            spoil(folders[0] / FILE, damage)
            note(folders[0], number + 1)
        note(folders[1], len(hours))
    silent = AgentSilence(since=BEGUN + (354 + 13) * HOUR, until=BEGUN + 384 * HOUR)
    assert [noted_silences(one) for one in folders] == [(silent,), (silent,)]
    assert {known_until(one) for one in folders} == {BEGUN + hours[-1] * HOUR}


def test_the_number_of_a_row_that_reads_as_a_date_is_no_silence(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("20261003 2026-12-01T00:00:00+00:00\n")
    assert noted_silences(tmp_path) == ()
