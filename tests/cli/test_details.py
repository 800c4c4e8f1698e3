"""The details of a fault of our own: in a file, for its finder alone."""

import os
from pathlib import Path

import pytest

from agent.cli.details import LIMIT, append, keep_details, place_of, places


def test_the_named_file_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BEFFROI_DEBUG", str(tmp_path / "named"))
    assert keep_details(ValueError("seen")) == tmp_path / "named"
    assert "ValueError: seen" in (tmp_path / "named").read_text()


def test_the_next_place_takes_what_the_first_cannot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BEFFROI_DEBUG", str(tmp_path / "nowhere/named"))
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    assert keep_details(ValueError("seen")) == tmp_path / "internal-errors.log"


def test_without_any_place_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("agent.cli.details.places", lambda: iter([tmp_path / "nowhere/named"]))
    assert keep_details(ValueError("seen")) is None


def test_the_own_state_of_a_user_is_the_last_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert list(places())[-1] == tmp_path / ".local/state/beffroi/internal-errors.log"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    aim = tmp_path / "aim"
    (tmp_path / "link").symlink_to(aim)
    assert not append(tmp_path / "link", "text")
    assert not aim.exists()


def test_a_file_of_another_name_is_not_written_to(tmp_path: Path) -> None:
    aim = tmp_path / "aim"
    aim.write_text("kept")
    os.link(aim, tmp_path / "link")
    assert not append(tmp_path / "link", "text")
    assert aim.read_text() == "kept"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file away")
def test_what_root_makes_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    """Else the daemon could add nothing to it."""
    os.chown(tmp_path, 65534, 65534)
    assert append(tmp_path / "file", "text")
    assert ((tmp_path / "file").stat().st_uid, (tmp_path / "file").stat().st_gid) == (65534, 65534)


def test_a_pipe_that_nobody_reads_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert not append(tmp_path / "pipe", "text")


def test_the_file_stays_small(tmp_path: Path) -> None:
    file = tmp_path / "details"
    file.write_text("x" * (LIMIT + 1))
    assert append(file, "the newest")
    assert file.read_text() == "the newest\n"


def test_later_details_come_after_earlier_ones(tmp_path: Path) -> None:
    assert append(tmp_path / "details", "one")
    assert append(tmp_path / "details", "two")
    assert (tmp_path / "details").read_text() == "one\ntwo\n"


def test_a_fault_elsewhere_is_not_placed_in_our_files() -> None:
    with pytest.raises(ValueError) as raised:
        Path("a\0b").stat()
    assert place_of(raised.value) == "a place outside this program"


def test_what_another_library_raised_is_placed_where_we_called_it(tmp_path: Path) -> None:
    with pytest.raises(TypeError) as raised:
        append(tmp_path / "details", 12)  # type: ignore[arg-type]  # the mistake is the point
    assert place_of(raised.value).startswith("agent/cli/details.py:")
