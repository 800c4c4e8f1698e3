"""Write access to the database alone, without the signing key: what is taken back or rewritten is not signed again."""

import logging
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged, LedgerError
from agent.daemon.self_check import SelfWatch
from agent.ledger.anchor import FILE_NAME
from agent.ledger.keys import PRIVATE_NAME, PUBLIC_NAME
from agent.ledger.ledger import ChainOutcome, Ledger
from tests.ledger.samples import DAY, HandClock, asked, live, observation, open_ledger, point_fact, tamper
from tests.parts.kept import append_entry, keep_reading


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def damage(state: Path) -> str:
    """Return what a walk says of a ledger that does not hold."""
    with open_ledger(state) as ledger:
        found = ledger.verify()
    assert found.outcome is ChainOutcome.DAMAGED
    return "; ".join(found.damage)


def next_day(state: Path, clock: HandClock) -> None:
    """Keep something, and let the daemon's own upkeep sign on the day after."""
    with open_ledger(state, clock) as ledger:
        keep_reading(ledger, observation(clock.time, [point_fact(1)]))
        clock.time += DAY
        ledger.sign_heads(clock.time)


def made_anew(state: Path, folder: Path, days: int = 6) -> None:
    """Put a ledger in the place of another: the same length, other rows, no head."""
    clock = HandClock()
    with open_ledger(folder, clock) as ledger:
        for number in range(days * 8):
            append_entry(ledger, "incident", {"title": f"FORGED {number}"}, beneficiary="scota")
            clock.time += DAY / 8
        ledger.checkpoint()
    replace_database(state, folder)


def replace_database(state: Path, folder: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        (state / f"ledger.sqlite{ending}").unlink(missing_ok=True)
        if (folder / f"ledger.sqlite{ending}").exists():
            shutil.copy(folder / f"ledger.sqlite{ending}", state / f"ledger.sqlite{ending}")


def cut(state: Path, row: int) -> None:
    """Cut off every row from one on, and derive everything anew, as someone without the key can."""
    tamper(
        state,
        f"DELETE FROM chain WHERE sequence >= {row}",
        f"DELETE FROM payload WHERE sequence >= {row}",
        f"UPDATE tip SET (sequence, instant, link) ="
        f" (SELECT sequence, instant, link FROM chain WHERE sequence = {row - 1})",
    )
    with open_ledger(state) as ledger:
        ledger.rebuild()


def head_rows(state: Path) -> list[tuple[int, int, int]]:
    """Return (number, sequence of its own row, last row that it covers) of each head."""
    return [(row[0], row[1], row[2]) for row in asked(state, "SELECT number, sequence, last FROM head ORDER BY number")]


def test_a_ledger_that_goes_on_is_sound_and_keeps_its_newest_head(state: Path) -> None:
    clock = live(state, days=4)
    before = (state / FILE_NAME).read_text()
    next_day(state, clock)
    with open_ledger(state) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND
        newest = ledger.heads()[-1]
    assert (state / FILE_NAME).read_text() != before
    assert (
        f" {newest.number} {newest.day} rows {newest.first}-{newest.last} {newest.head}\n"
        in (state / FILE_NAME).read_text()
    )
    assert (state / FILE_NAME).stat().st_mode & 0o777 == 0o640


def test_a_ledger_made_anew_is_neither_sound_nor_signed(state: Path, tmp_path: Path) -> None:
    clock = live(state, days=6)
    made_anew(state, tmp_path / "forged")
    assert "rolled back" in damage(state)
    with pytest.raises(LedgerDamaged, match="rolled back"):
        next_day(state, clock)
    assert head_rows(state) == []


def test_a_tail_that_was_cut_off_is_neither_sound_nor_signed(state: Path) -> None:
    clock = live(state, days=6)
    cut(state, head_rows(state)[2][1] + 1)
    assert "rolled back" in damage(state)
    with pytest.raises(LedgerDamaged, match="rolled back"):
        next_day(state, clock)


def test_rows_of_a_signed_day_that_were_rewritten_are_not_signed_again(state: Path) -> None:
    clock = live(state, days=4)
    newest = head_rows(state)[-1]
    tamper(state, f"UPDATE chain SET instant = replace(instant, ':', '.') WHERE sequence = {newest[2]}")
    with pytest.raises(LedgerDamaged, match="not those that were signed"):
        next_day(state, clock)


def test_a_head_of_another_key_is_not_built_upon(state: Path, tmp_path: Path) -> None:
    clock = live(state, days=4)
    other = live(tmp_path / "other", days=6)
    replace_database(state, tmp_path / "other")
    (state / FILE_NAME).unlink()
    with pytest.raises(LedgerDamaged, match="not signed with this agent's key"):
        next_day(state, other)
    assert clock.time < other.time


def test_a_restored_older_database_is_told_until_the_anchor_is_moved_away(state: Path, tmp_path: Path) -> None:
    live(state, days=3)
    older = tmp_path / "older"
    older.mkdir()
    shutil.copy(state / "ledger.sqlite", older / "ledger.sqlite")
    clock = HandClock(clock_after(state))
    for _ in range(2):
        next_day(state, clock)
    replace_database(state, older)
    with pytest.raises(LedgerDamaged, match="rolled back"):
        next_day(state, clock)
    (state / FILE_NAME).rename(state / f"{FILE_NAME}.before")
    next_day(state, clock)
    with open_ledger(state) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND


def clock_after(state: Path) -> datetime:
    with open_ledger(state) as ledger:
        newest = ledger.newest_instant()
    assert newest is not None
    return newest + DAY


@pytest.mark.parametrize(
    "content",
    ["", "no anchor\n", "beffroi.anchor/1 1 2026-11-24 rows 1-2 " + "0" * 64 + "\nAAAA\n"],
    ids=["empty", "garbled", "unsigned"],
)
def test_an_anchor_that_the_key_did_not_sign_is_damage(state: Path, content: str) -> None:
    clock = live(state, days=3)
    (state / FILE_NAME).write_text(content)
    assert "is not as the agent's key signed it" in damage(state)
    with pytest.raises(LedgerDamaged):
        next_day(state, clock)


def test_the_agent_s_own_walk_tells_a_rolled_back_ledger(state: Path, tmp_path: Path) -> None:
    clock = live(state, days=6)
    made_anew(state, tmp_path / "forged")
    with open_ledger(state, clock) as ledger:
        watch = SelfWatch(ledger, state, clock)
        watch.look()
        watch.wait(60)
        trouble = watch.state().trouble() or ""
        assert "rolled back" in (ledger.contradiction() or "")
    assert trouble.startswith("the ledger is damaged: the ledger was rolled back")


def test_a_head_that_was_kept_behind_is_brought_up_to_date(state: Path) -> None:
    clock = live(state, days=3)
    older = (state / FILE_NAME).read_text()
    next_day(state, clock)
    newer = (state / FILE_NAME).read_text()
    (state / FILE_NAME).write_text(older)
    with open_ledger(state, clock) as ledger:
        assert ledger.sign_heads(clock.time) == ()
    assert (state / FILE_NAME).read_text() == newer


def test_a_key_lost_after_the_first_signed_day_is_told(state: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = live(state, days=3)
    (state / PRIVATE_NAME).unlink()
    with caplog.at_level(logging.ERROR), pytest.raises(LedgerError, match="signing key"):
        next_day(state, clock)
    assert "the signing key" in caplog.text
    assert not (state / PRIVATE_NAME).exists()


def test_a_key_lost_before_the_first_signed_day_is_not_replaced(state: Path) -> None:
    clock = live(state, days=1)
    public = (state / PUBLIC_NAME).read_bytes()
    (state / PRIVATE_NAME).unlink()
    with pytest.raises(LedgerError, match="signing key"):
        next_day(state, clock)
    assert (state / PUBLIC_NAME).read_bytes() == public


def test_a_key_whose_both_halves_are_gone_is_replaced_with_a_word(
    state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live(state, days=1)
    (state / PRIVATE_NAME).unlink()
    (state / PUBLIC_NAME).unlink()
    with caplog.at_level(logging.ERROR):
        Ledger.open(state, clock=HandClock()).close()
    assert "a new one was created" in caplog.text
