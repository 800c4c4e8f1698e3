"""Heads in a file of root's: added one by one, never taken away, and what they show of a ledger made anew."""

import subprocess
import sys
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged, LedgerError
from agent.ledger import anchor, outside_heads
from agent.ledger.keys import PRIVATE_NAME, PUBLIC_NAME
from agent.ledger.ledger import ChainOutcome
from agent.ledger.outside_heads import FILE_NAME, folder_of, keep, main
from tests.ledger.samples import DAY, HandClock, live, observation, open_ledger, point_fact
from tests.parts.checkout import HOME
from tests.parts.kept import append_entry, keep_reading


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return a state directory beside which root keeps heads."""
    live(tmp_path / "state")
    folder_of(tmp_path / "state").mkdir()
    return tmp_path / "state"


def kept(state: Path) -> str:
    return (folder_of(state) / FILE_NAME).read_text()


def go_on(state: Path, days: int = 1) -> None:
    """Let some days pass, each signed and kept by root."""
    with open_ledger(state) as ledger:
        newest = ledger.newest_instant()
        assert newest is not None
        clock = HandClock(newest + DAY)
    for _ in range(days):
        with open_ledger(state, clock) as ledger:
            keep_reading(ledger, observation(clock.time, [point_fact(1)]))
            clock.time += DAY
            ledger.sign_heads(clock.time)
        keep(state, folder_of(state))


def test_the_folder_stands_beside_the_state_directory() -> None:
    assert folder_of(Path("/var/lib/beffroi")) == Path("/var/lib/beffroi-heads")


def test_each_head_is_added_once_and_the_key_comes_with_the_first(state: Path) -> None:
    assert keep(state, folder_of(state)).startswith("head 2 of ")
    assert keep(state, folder_of(state)).endswith("is there already")
    go_on(state, 2)
    assert [one.number for one in outside_heads.read(state)] == [2, 4, 5]
    assert (folder_of(state) / PUBLIC_NAME).read_bytes() == (state / PUBLIC_NAME).read_bytes()
    assert (folder_of(state) / FILE_NAME).stat().st_mode & 0o777 == 0o644
    with open_ledger(state, readonly=True) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND
        assert ledger.contradiction() is None


def test_a_state_without_a_signed_head_is_no_fault(tmp_path: Path) -> None:
    open_ledger(tmp_path / "state").close()
    assert main([str(tmp_path / "state"), str(tmp_path)]) == 0
    assert outside_heads.read(tmp_path / "state") == ()


def test_a_head_that_went_back_is_refused_and_the_kept_ones_stay(state: Path) -> None:
    older = (state / anchor.FILE_NAME).read_bytes()
    go_on(state, 2)
    before = kept(state)
    (state / anchor.FILE_NAME).write_bytes(older)
    with pytest.raises(LedgerDamaged, match="went back: head 2 of "):
        keep(state, folder_of(state))
    assert main([str(state), str(folder_of(state))]) == 1
    assert kept(state) == before


def test_a_head_of_another_key_is_refused(state: Path, tmp_path: Path) -> None:
    keep(state, folder_of(state))
    before = kept(state)
    live(tmp_path / "other", days=6)
    for name in (anchor.FILE_NAME, PUBLIC_NAME, PRIVATE_NAME):
        (state / name).write_bytes((tmp_path / "other" / name).read_bytes())
    with pytest.raises(LedgerDamaged, match="is not as the agent's key signed it"):
        keep(state, folder_of(state))
    assert kept(state) == before


@pytest.mark.parametrize(
    "content", [b"", b"nothing\n", b"beffroi.anchor/1 1 2026-11-24 rows 1-2 " + b"0" * 64 + b"\nAAAA\n", b"\xff" * 100]
)
def test_what_is_no_signed_head_is_refused(content: bytes, state: Path) -> None:
    (state / anchor.FILE_NAME).write_bytes(content)
    with pytest.raises(LedgerDamaged):
        keep(state, folder_of(state))
    assert not (folder_of(state) / FILE_NAME).exists()


def test_two_heads_at_once_are_refused(state: Path) -> None:
    content = (state / anchor.FILE_NAME).read_bytes()
    (state / anchor.FILE_NAME).write_bytes(content * 2)
    with pytest.raises(LedgerDamaged, match="is not as the agent's key signed it"):
        keep(state, folder_of(state))


def test_no_link_is_followed_out_of_the_state_directory(state: Path, tmp_path: Path) -> None:
    """The state directory is the service's, and root reads it."""
    secret = tmp_path / "secret"
    secret.write_text("of root's")
    (state / anchor.FILE_NAME).unlink()
    (state / anchor.FILE_NAME).symlink_to(secret)
    with pytest.raises(LedgerError) as refused:
        keep(state, folder_of(state))
    assert "of root's" not in str(refused.value)


def test_a_file_that_is_full_takes_no_further_head(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside_heads, "LARGEST", 300)
    keep(state, folder_of(state))
    with pytest.raises(LedgerDamaged, match="is full"):
        go_on(state)


@pytest.mark.programs
def test_the_service_s_command_keeps_a_head(state: Path) -> None:
    command = [sys.executable, "-m", "agent.ledger.outside_heads", str(state), str(folder_of(state))]
    ran = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True, timeout=60)
    assert (ran.stdout, ran.stderr.partition(" of ")[0]) == ("", "head 2")
    assert len(outside_heads.read(state)) == 1


# Someone who has the daemon's user: database, state directory and signing key.


def made_anew(state: Path, folder: Path, days: int) -> None:
    """Put another ledger in the place of one, signed with its own key, as long and with a fitting newest head."""
    open_ledger(folder).close()
    for name in (PRIVATE_NAME, PUBLIC_NAME):
        (folder / name).write_bytes((state / name).read_bytes())
    clock = HandClock()
    for _ in range(days):
        with open_ledger(folder, clock) as ledger:
            append_entry(ledger, "incident", {"title": "none"}, beneficiary="scota")
            clock.time += DAY
            ledger.sign_heads(clock.time)
    for file in state.iterdir():
        if file.is_file():
            file.unlink()
    for file in folder.iterdir():
        if file.is_file():
            (state / file.name).write_bytes(file.read_bytes())


def test_a_ledger_made_anew_with_the_stolen_key_is_seen(state: Path, tmp_path: Path) -> None:
    keep(state, folder_of(state))
    go_on(state, 2)
    made_anew(state, tmp_path / "forged", days=9)
    with open_ledger(state) as ledger:
        found = ledger.verify()
        assert found.outcome is ChainOutcome.DAMAGED
        assert found.damage[0].startswith("the ledger was rewritten: its head 2 ")
        assert ledger.contradiction() == found.damage[0]


def test_a_ledger_made_anew_is_signed_no_further(state: Path, tmp_path: Path) -> None:
    keep(state, folder_of(state))
    made_anew(state, tmp_path / "forged", days=9)
    with pytest.raises(LedgerDamaged, match="was rewritten"):
        go_on(state)


def test_a_whole_state_that_was_put_back_is_seen(state: Path, tmp_path: Path) -> None:
    """With its own older newest-head.txt, which alone would show nothing."""
    older = {file.name: file.read_bytes() for file in state.iterdir() if file.is_file()}
    go_on(state, 2)
    for name, content in older.items():
        (state / name).write_bytes(content)
    with open_ledger(state) as ledger:
        said = ledger.contradiction()
    assert said is not None
    assert said.startswith("the ledger was rolled back: it ends at row ")


def test_a_newest_head_that_was_removed_leaves_the_kept_ones(state: Path, tmp_path: Path) -> None:
    keep(state, folder_of(state))
    made_anew(state, tmp_path / "forged", days=9)
    (state / anchor.FILE_NAME).unlink()
    with open_ledger(state) as ledger:
        assert "was rewritten" in str(ledger.contradiction())


def test_a_file_of_root_s_that_is_garbled_is_damage(state: Path) -> None:
    (folder_of(state) / FILE_NAME).write_text("garbled")
    with open_ledger(state) as ledger:
        assert "is not as the agent's key signed it" in str(ledger.contradiction())
        assert ledger.verify().outcome is ChainOutcome.DAMAGED


def test_a_file_of_root_s_that_cannot_be_read_could_not_be_told(state: Path) -> None:
    (folder_of(state) / FILE_NAME).mkdir()
    with open_ledger(state) as ledger:
        with pytest.raises(LedgerError):
            ledger.contradiction()
        assert ledger.verify().outcome is ChainOutcome.UNPROVEN


@pytest.mark.programs
def test_a_ledger_that_is_begun_anew_as_documented_is_signed(state: Path) -> None:
    keep(state, folder_of(state))
    section = (HOME / "docs/moving.md").read_text("utf-8").split("## The signing key", 1)[1]
    moves = [line.removeprefix("sudo ") for line in section.splitlines() if line.startswith("sudo mv ")]
    for line in moves:
        subprocess.run(["/bin/sh", "-c", line.replace("/var/lib/beffroi", str(state))], check=True)
    live(state)
    with open_ledger(state, readonly=True) as ledger:
        assert ledger.contradiction() is None


def test_a_ledger_made_anew_with_a_new_key_is_seen(state: Path, tmp_path: Path) -> None:
    keep(state, folder_of(state))
    live(tmp_path / "forged", days=6)
    for file in (tmp_path / "forged").iterdir():
        if file.is_file():
            (state / file.name).write_bytes(file.read_bytes())
    with open_ledger(state) as ledger:
        assert "was rewritten" in str(ledger.contradiction())
