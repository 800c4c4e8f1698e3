"""Beginning: what is looked at and shown first, under the limits and with the rights of the service."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.installation.begin import not_seen, table
from tests.installation.machine import Machine

pytestmark = pytest.mark.programs


def test_begin_shows_what_is_expected_and_starts_the_service(machine: Machine) -> None:
    machine.only_install()
    machine.asked()
    said = machine.begin()
    assert machine.is_running() and machine.answers() == 0
    assert machine.asked() == ["enable --quiet beffroi.service", "restart beffroi.service"]
    lines = [line.split() for line in said.splitlines()]
    assert ["patching", "srv-1", "0", "of", "1", "updates-pending:", "srv-1", "-"] in lines
    assert ["strong-authentication", "srv-1", "0", "of", "1", "-", "denied:", "srv-1"] in lines
    assert "could not be read: srv-1 (strong-authentication): denied" in said
    assert "Watched by nothing: /data" in said
    assert "2 verdicts will be expected from now on; 1 can be proven now: 0 met or not due, 1 missed" in said


def test_begin_names_a_repository_that_is_not_there() -> None:
    detail = "not-offsite (copy=files/local); also missed, absent (copy=files/local, repository=absent)"
    absent = {"target": "backup-offsite", "subject": "files/local", "state": "missed", "reason": "not-offsite"}
    (line,) = not_seen([{**absent, "detail": detail}, {**absent, "subject": "files", "detail": "not-offsite"}])
    assert line == f"could not be read: files/local (backup-offsite): {detail}"


def test_begin_tells_met_from_missed() -> None:
    verdict = {"target": "patching", "reason": "within-limit", "state": "met", "subject": "srv-1"}
    missed = {**verdict, "state": "missed", "reason": "updates-pending", "subject": "srv-2"}
    (line,) = table([verdict, missed])
    assert line.cells() == ("patching", "srv-1, srv-2", "1 of 2", "updates-pending: srv-2", "-")


def test_begin_looks_under_the_limits_of_the_service(machine: Machine) -> None:
    unit = (Path(__file__).parents[2] / "systemd/beffroi.service").read_text()
    (machine.source / "systemd/beffroi.service").write_text(unit)
    machine.install()
    checked, looked = (machine.places.root / "ran").read_text().splitlines()
    for said in (checked, looked):
        for line in ("MemoryMax=75%", "TasksMax=2048", "LimitCORE=0", "OOMPolicy=continue", "NoNewPrivileges=yes"):
            assert line in unit.splitlines() and f"--property={line}" in said
        assert "--property=SystemCallFilter=~@privileged @resources" in said
        for line in ("Type=", "Restart=", "WatchdogSec=", "StateDirectory=", "TimeoutStartSec="):
            assert f"--property={line}" not in said


def test_begin_looks_with_the_rights_of_the_service(machine: Machine) -> None:
    unit = "[Service]\nUser=beffroi\nLoadCredential=files:/etc/secret\nExecStart=/opt/beffroi/bin/beffroi run\n"
    (machine.source / "systemd/beffroi.service").write_text(unit)
    machine.install()
    checked, looked = (machine.places.root / "ran").read_text().splitlines()
    for words in (checked, looked):
        assert "--property=User=beffroi --property=LoadCredential=files:/etc/secret" in words
        assert "ExecStart" not in words
    assert f"config check {machine.places.configuration}" in checked
    assert "check --no-store --json" in looked


def test_nothing_begins_with_a_mistake_or_an_unreadable_secret(machine: Machine) -> None:
    machine.only_install()
    (machine.folder / "refused").touch()
    with pytest.raises(UsageError, match="is not taken: nothing was begun"):
        machine.begin()
    assert any("may not be read by this user" in line for line in machine.said)
    assert not machine.is_running()


def test_nothing_begins_that_nobody_wants(machine: Machine) -> None:
    def refuse() -> None:
        raise UsageError("nothing was begun", "")

    (machine.source / "systemd/beffroi-reader.socket").write_text("[Socket]\n")
    machine.only_install()
    machine.asked()
    with pytest.raises(UsageError, match="nothing was begun"):
        machine.begin(refuse)
    assert not machine.is_running()
    assert machine.asked() == [
        "enable --now --quiet beffroi-reader.socket",
        "disable --now --quiet beffroi-reader.socket",
        "stop beffroi-reader@*.service",
    ]


def test_begin_takes_an_installation(machine: Machine) -> None:
    with pytest.raises(UsageError, match="nothing is installed"):
        machine.begin()


@pytest.mark.parametrize("command", [Machine.begin, Machine.only_install])
def test_a_demonstration_is_neither_installed_nor_begun(machine: Machine, command: Callable[[Machine], str]) -> None:
    machine.only_install()
    text = machine.places.configuration.read_text().replace("[agent]", "[agent]\ndemonstration = true")
    machine.places.configuration.write_text(text)
    with pytest.raises(UsageError, match="that of a demonstration"):
        command(machine)
    assert not machine.is_running()


def test_what_has_begun_says_so_and_goes_on(machine: Machine) -> None:
    machine.install()
    machine.asked()
    assert "it has begun already" in machine.begin()
    assert machine.is_running() and machine.asked() == []


def test_what_a_look_said_is_told_without_what_is_for_scripts() -> None:
    detail = "tool-missing (collector=firewall, copy=srv-1, said=srv-1 has no nft (see its path)); also"
    one = {"subject": "srv-1", "target": "network-segmentation", "reason": "tool-missing", "detail": detail}
    assert [*not_seen([one])] == [
        "could not be read: srv-1 (network-segmentation): tool-missing: srv-1 has no nft (see its path)"
    ]
