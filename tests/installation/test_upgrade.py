"""Upgrades, and the way back from one that does not start, is not well or was cut off."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.installation import install, release, service, way_back
from tests.installation.machine import Machine
from tests.installation.steps import (
    BEGUN,
    ENDED,
    Killed,
    killed,
    killed_after,
    unexpected,
    with_a_reader,
)

pytestmark = pytest.mark.programs


def test_an_upgrade_keeps_the_release_before_and_removes_older_ones(machine: Machine) -> None:
    machine.install()
    (old,) = machine.releases()
    (machine.source / "collectors/more.py").write_text("MORE = 1\n")
    (machine.source / "systemd/beffroi.service").write_text("[Service]\nExecStart=/opt/beffroi/bin/beffroi run --new\n")
    said = machine.install()
    (new,) = {*machine.releases()} - {old}
    assert f"instead of {old}" in said and f"release {old}: kept" in said
    assert "--new" in (machine.places.units / "beffroi.service").read_text()
    (machine.source / "collectors/more.py").write_text("MORE = 2\n")
    assert f"release {old}: removed" in machine.install()
    assert len(machine.releases()) == 2 and new in machine.releases()


def test_the_way_back_to_the_former_commit_makes_nothing_anew(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.install()
    (old,) = machine.releases()
    (machine.source / "collectors/more.py").write_text("MORE = 1\n")
    machine.install()
    (machine.source / "collectors/more.py").unlink()
    monkeypatch.setattr(release, "_fill", unexpected)  # as without a network
    for _again in range(2):
        assert f"release {old}: is there already" in machine.install()
        assert machine.places.current.resolve().name == old
        assert len(machine.releases()) == 2 and machine.is_running()


def test_before_anything_has_begun_the_last_two_releases_are_kept(machine: Machine) -> None:
    machine.only_install()
    (old,) = machine.releases()
    (machine.source / "collectors/more.py").write_text("MORE = 1\n")
    machine.only_install()
    assert len(machine.releases()) == 2 and old in machine.releases()


def test_a_release_that_does_not_start_is_given_up_for_the_one_before(machine: Machine) -> None:
    machine.install()
    before, unit = machine.releases(), (machine.places.units / "beffroi.service").read_text()
    machine.program_ends_with(3)
    (machine.source / "systemd/beffroi.service").write_text("[Service]\nExecStart=/opt/beffroi/bin/beffroi run --new\n")
    (machine.source / "systemd/beffroi-new.timer").write_text("[Timer]\n")
    with pytest.raises(UsageError, match="the service did not start: its last words") as refused:
        machine.install()
    assert refused.value.hint
    assert machine.is_running() and machine.answers() == 0
    assert machine.releases() == before
    assert (machine.places.units / "beffroi.service").read_text() == unit
    assert not (machine.places.units / "beffroi-new.timer").exists()
    assert f"release {before[0]}: in use again" in machine.said


def test_a_release_that_starts_and_is_not_well_is_given_up_too(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.install()
    monkeypatch.setattr(service, "WELL_WITHIN", timedelta(seconds=2))
    before = machine.releases()
    (machine.source / "checks/more.py").write_text("MORE = 1\n")
    (machine.places.root / "status").write_text("the ledger was not appended to: no room\n")
    with pytest.raises(UsageError, match="not well: the ledger was not appended to"):
        machine.install()
    assert machine.releases() == before
    assert "in use again, and not well either: " in "\n".join(machine.said)


def test_a_first_release_that_does_not_start_is_stopped_and_said(machine: Machine) -> None:
    machine.program_ends_with(3)
    with pytest.raises(UsageError, match="did not start"):
        machine.install()
    assert not machine.is_running()
    assert machine.said[-1] == "beffroi.service: stopped and disabled"
    assert "disable --now --quiet beffroi.service" in machine.asked()


def test_what_was_cut_off_after_the_exchange_is_taken_back_when_it_is_not_well(machine: Machine) -> None:
    machine.install()
    (old,) = machine.releases()
    machine.program_ends_with(3)
    broken = release.make(machine.places, machine.source, machine.wheels, machine.said.append)
    release.switch(machine.places, broken)  # and killed here
    with pytest.raises(UsageError, match="did not start"):
        machine.install()
    assert machine.releases() == [old]
    assert machine.is_running()


def test_a_release_whose_making_was_cut_off_is_made_anew(machine: Machine) -> None:
    machine.install()
    folder = machine.places.releases / machine.releases()[0]
    (folder / "complete").unlink()
    (folder / "bin/python").unlink()
    machine.install()
    assert machine.answers() == 0


def test_the_ledger_goes_back_with_the_release(machine: Machine) -> None:
    state = machine.places.state
    (state / "ledger.sqlite").write_text("led on")
    (state / "ledger.sqlite-wal").write_text("its log")
    (state / "ledger.sqlite.version-1").write_text("as it was")
    way_back.put_back(machine.places, machine.said.append)
    assert (state / "ledger.sqlite").read_text() == "as it was"
    assert (state / "ledger.sqlite.not-taken").read_text() == "led on"
    assert (state / "ledger.sqlite.not-taken-wal").read_text() == "its log"
    assert not (state / "ledger.sqlite-wal").exists()


def test_a_copy_of_the_ledger_goes_once_nobody_goes_back(machine: Machine) -> None:
    machine.install()
    (machine.places.state / "ledger.sqlite.version-1").write_text("as it was")
    assert "was removed" in machine.install()
    assert list(machine.places.state.iterdir()) == []


def test_only_a_copy_as_an_upgrade_names_it_is_taken_for_one(machine: Machine) -> None:
    state = machine.places.state
    state.mkdir(parents=True, exist_ok=True)
    for name in (b"ledger.sqlite.version-\x1b]0;x\x07\n1", b"ledger.sqlite.version-\xff1", b"ledger.sqlite.version-2"):
        Path(os.fsdecode(os.fsencode(state) + b"/" + name)).write_text("x")
    assert way_back.copies(machine.places) == {"ledger.sqlite.version-2"}


def test_the_privileged_reader_is_begun_once_and_then_left_as_the_administrator_has_it(machine: Machine) -> None:
    machine.install()
    machine.asked()
    with_a_reader(machine)
    machine.install()
    assert machine.asked().count(BEGUN) == 1
    (machine.source / "checks/more.py").write_text("MORE = 1\n")
    machine.install()
    machine.install()
    assert BEGUN not in machine.asked()


def test_an_upgrade_that_was_cut_off_before_the_reader_was_begun_begins_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.install()
    with_a_reader(machine)
    for step in ("begin_reader", "start_and_wait"):
        with monkeypatch.context() as planted:
            planted.setattr(service, step, killed)
            planted.setattr(install, "_go_back", lambda *told: None)  # and is dead by then
            with pytest.raises(Killed):
                machine.install()
    machine.asked()
    machine.install()
    assert machine.asked().count(BEGUN) == 1
    assert len(machine.releases()) == 2 and machine.is_running()


@pytest.mark.slow
@pytest.mark.parametrize("breaks", [False, True])
def test_killed_at_any_step_of_an_upgrade_it_is_made_good_or_taken_back_by_the_next(
    breaks: bool, machine: Machine
) -> None:
    """Before each program that is run, as a lost machine would end it: no two steps lie between."""
    machine.install()
    (old,) = machine.releases()
    count = 0
    while True:
        (machine.source / "checks/more.py").write_text(f"MORE = {count}\n")
        with_a_reader(machine)
        if not killed_after(count, machine.only_install):
            break
        assert machine.places.current.resolve().joinpath("complete").exists()
        if breaks:  # no one mends it: what was well before comes back
            machine.program_ends_with(3)
            with pytest.raises(UsageError, match="did not start"):
                machine.install()
            assert machine.releases() == [old]
            machine.program_ends_with(0)
            for name in ("beffroi-reader.socket", "beffroi-reader@.service"):
                (machine.source / "systemd" / name).unlink()
                assert not (machine.places.units / name).exists()
        else:
            machine.install()
            assert len(machine.releases()) <= 2 and machine.places.current.resolve().name != old
        assert machine.is_running() and machine.answers() == 0
        count += 1
    assert count > 8


def test_a_way_back_to_a_release_without_a_reader_stops_it(machine: Machine) -> None:
    machine.install()
    machine.asked()
    with_a_reader(machine)
    machine.program_ends_with(3)
    with pytest.raises(UsageError, match="did not start"):
        machine.install()
    asked = machine.asked()
    assert asked.index(BEGUN) < asked.index(ENDED[0]) < asked.index(ENDED[1])
    assert not list(machine.places.units.glob("beffroi-reader*"))
