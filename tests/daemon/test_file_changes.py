"""What an administrator has just installed is looked at a minute later, once, and never while apt is still at it."""

from pathlib import Path
from typing import Any

from agent.core.collecting.collector import Collector
from agent.core.inventory import DeclaredHost
from agent.daemon.file_changes import Changes, token_of
from agent.evaluation.tasks import Task
from tests.parts.processes import wait_until


def task(*paths: Path, transport: str = "local") -> Task:
    collector = Collector(
        name="patches",
        schedule="patches",
        looks_at=DeclaredHost,
        collect=lambda item, look: (),
        subject_of=lambda item: item.id,
        host_of=lambda item: item.id,
        watches=tuple(str(path) for path in paths),
    )
    return Task(collector=collector, item=DeclaredHost(id="srv-1", transport=transport))


def due(changes: Changes, *tasks: Task) -> list[Task]:
    """Return what is due at one call, and wait until the files have been read for the next one."""
    found = list(changes.due(tasks))
    reading: dict[Any, Any] = changes._reading
    assert wait_until(lambda: all(one.done() for one in reading.values()))
    return found


def test_a_change_that_has_settled_is_looked_at_once(tmp_path: Path) -> None:
    status, changes = tmp_path / "status", Changes()
    status.write_text("a")
    watched = task(status)
    assert [due(changes, watched) for _ in range(3)] == [[], [], []]
    status.write_text("a b")
    due(changes, watched)  # read before the change
    assert due(changes, watched) == []  # seen, and it may go on
    assert due(changes, watched) == [watched]
    assert due(changes, watched) == []


def test_while_apt_is_at_it_nothing_is_due(tmp_path: Path) -> None:
    status, changes = tmp_path / "status", Changes()
    status.write_text("")
    watched = task(status)
    due(changes, watched)
    for length in range(1, 6):
        status.write_text("x" * length)
        assert due(changes, watched) == []
    assert [watched] in [due(changes, watched) for _ in range(3)]


def test_a_file_that_comes_or_goes_is_a_change(tmp_path: Path) -> None:
    before = token_of([str(tmp_path / "pins")])
    (tmp_path / "pins").mkdir()
    assert token_of([str(tmp_path / "pins")]) != before == (None,)


def test_a_machine_behind_ssh_and_a_look_that_watches_nothing_are_left_to_their_rhythm(tmp_path: Path) -> None:
    changes, others = Changes(), (task(), task(tmp_path / "status", transport="ssh"))
    due(changes, *others)
    (tmp_path / "status").write_text("a")
    assert [due(changes, *others) for _ in range(4)] == [[], [], [], []]
