"""When the ledger of a copy was admitted, as the centre notes it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

from agent.fleet.admitted import note_beginning, note_fork, noted_beginning, noted_fork

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_several_that_see_an_agent_first_note_it_together(tmp_path: Path) -> None:
    """The centre, and commands beside it."""
    at_once = Barrier(4)

    def note(folder: Path) -> None:
        at_once.wait()
        note_beginning(folder, AT)

    with ThreadPoolExecutor(4) as several:
        for number in range(20):
            folder = tmp_path / f"{number}" / "agents" / "arras-1" / "ledger"
            folder.mkdir(parents=True)
            list(several.map(note, [folder] * 4))
            assert noted_beginning(folder) == AT


def test_what_was_lost_with_the_power_is_noted_anew(tmp_path: Path) -> None:
    """Every round of the centre failed from then on."""
    folder = tmp_path / "agents" / "arras-1" / "ledger"
    note_beginning(folder, AT)
    (tmp_path / "admitted" / "arras-1" / "ledger").write_text("")
    assert noted_beginning(folder) is None
    note_beginning(folder, AT)
    assert noted_beginning(folder) == AT


def test_a_fork_is_noted_until_it_is_settled(tmp_path: Path) -> None:
    folder = tmp_path / "agents" / "arras-1" / "ledger"
    note_fork(folder, None)
    note_fork(folder, AT)
    assert noted_fork(folder) == AT
    assert noted_beginning(folder) is None
    note_fork(folder, None)
    assert noted_fork(folder) is None
