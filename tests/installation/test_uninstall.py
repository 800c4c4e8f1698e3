"""Taking an installation away: what stays, what goes, and what is never touched."""

import os
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from tests.installation.machine import Machine
from tests.installation.steps import (
    ENDED,
    killed_after,
    with_a_reader,
)

pytestmark = pytest.mark.programs


def test_uninstalling_keeps_what_was_kept_and_twice_is_no_error(machine: Machine) -> None:
    machine.install()
    (machine.places.state / "ledger.sqlite").write_text("rows")
    said = machine.uninstall()
    assert "kept: " in said
    assert not os.path.lexists(machine.places.root / "usr/local/share/man/man1/beffroi.1")
    assert not machine.is_running()
    assert machine.places.configuration.exists() and (machine.places.state / "ledger.sqlite").exists()
    for path in (machine.places.home, machine.places.command, machine.places.units / "beffroi.service"):
        assert not os.path.lexists(path)
    machine.uninstall()
    machine.install()
    assert machine.is_running()


@pytest.mark.slow
def test_killed_at_any_step_of_a_purge_the_next_one_leaves_nothing_all_the_same(machine: Machine) -> None:
    with_a_reader(machine)
    configuration = machine.places.configuration.read_text()
    for count in range(20):
        machine.install()
        came = killed_after(count, lambda: machine.uninstall(purge=True))
        machine.uninstall(purge=True)
        assert list(machine.places.root.rglob("*beffroi*")) == []
        if not came:
            break
        for folder in (machine.places.configuration.parent, machine.places.state):
            folder.mkdir()
        machine.places.configuration.write_text(configuration)
    assert 4 < count < 19


@pytest.mark.parametrize("purge", [False, True])
def test_uninstalling_stops_the_reader_and_takes_it_away(purge: bool, machine: Machine) -> None:
    with_a_reader(machine)
    machine.install()
    machine.asked()
    machine.uninstall(purge=purge)
    assert [line for line in machine.asked() if line in ENDED] == ENDED
    assert not list(machine.places.units.glob("beffroi-reader*"))


def test_purging_keeps_nothing(machine: Machine) -> None:
    machine.install()
    machine.places.stamps.mkdir(parents=True)
    (machine.places.stamps / "stamp-beffroi-report@scota.timer").touch()
    machine.uninstall(purge=True)
    assert list(machine.places.root.rglob("*beffroi*")) == []


def test_purging_follows_no_link(machine: Machine, tmp_path: Path) -> None:
    machine.install()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    machine.places.state.rmdir()
    machine.places.state.symlink_to(elsewhere)
    with pytest.raises(UsageError, match="is a link"):
        machine.uninstall(purge=True)
    assert (elsewhere / "kept").exists()
