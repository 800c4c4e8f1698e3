"""Every file of a restored tree is opened, however many there are, and what does not open is told with its path."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from agent.hosts.live_files import Live
from agent.hosts.local import LocalHost
from agent.restores import opened_tree
from agent.restores.comparison import Comparison, EntryDifference
from agent.restores.opened_tree import open_all


def opened(folder: Path) -> Comparison:
    """Return what opening the files of a tree tells, with no source to look at."""
    comparison = Comparison()
    open_all(LocalHost("here"), folder, Live(folders={}, eye=lambda queries: ()), comparison, writable=False)
    return comparison


def fill(folder: Path) -> None:
    """Write files into two folders: letters, dumps and an archive that are whole or cut, and one of no length."""
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "1.json").write_text("{}")
        (folder / name / "2.json").write_text("{")
        (folder / name / "3.sql.gz").write_bytes(gzip.compress(b"-- a dump" * 1000)[:-9])
        (folder / name / "4.txt").write_text("letter")
    (folder / "b" / "5.zip").touch()


@pytest.mark.programs
def test_the_files_of_a_tree_are_opened_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)
    together = opened(tmp_path)
    monkeypatch.setattr(opened_tree, "BATCH", 3)
    found = opened(tmp_path)
    assert (found.opened, found.unopened, found.opening_cut) == (2, 5, False)
    assert sorted(found.not_opening) == ["/a/2.json", "/b/2.json", "/b/5.zip"]
    assert sorted(found.differences) == [
        EntryDifference(file=f"/{name}/3.sql.gz", what="opening") for name in ("a", "b")
    ]
    assert (found.opened, found.unopened) == (together.opened, together.unopened)
    assert sorted(found.differences) == sorted(together.differences)


def test_what_there_is_no_time_for_is_not_opened_and_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)
    monkeypatch.setattr(opened_tree, "TIME", timedelta(0))
    found = opened(tmp_path)
    assert (found.opened, found.opening_cut) == (0, True)
