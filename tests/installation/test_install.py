"""Installing and installing again, under a root of the test's own."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from agent.core.errors import ConfigurationError, UsageError
from agent.installation import fleet, install, release
from tests.config.test_of_agent import CENTRE
from tests.installation.machine import Machine
from tests.installation.steps import INSTALL_LIBRARIES, REQUIRE_FOR_ALL

pytestmark = pytest.mark.programs


def test_a_first_installation_starts_nothing_and_says_what_to_read(machine: Machine) -> None:
    said = machine.only_install()
    assert not machine.is_running()
    assert machine.asked() == ["daemon-reload"]
    for words in ("user ", "folders ", "left as it is", "command ", "in use", "units: beffroi.service laid"):
        assert words in said
    assert f"Read {machine.places.configuration} through" in said and "sudo beffroi begin" in said
    assert (machine.places.units / "beffroi.service").read_text().startswith("[Service]")
    machine.only_install()
    assert not machine.is_running() and machine.asked() == []


def test_the_release_holds_dashboards_and_runbooks_beside_the_packages(machine: Machine) -> None:
    machine.install()
    (found,) = machine.places.releases.glob("*/lib/python*/site-packages/dashboards/beffroi-agent.json")
    assert (found.parent.parent / "agent" / "__init__.py").exists()
    assert found.stat().st_mode & 0o777 == 0o644
    assert (found.parent.parent / "docs/runbooks/watchdog.md").read_text() == "# Veille\n"


def test_the_release_may_be_read_by_all_whatever_the_mask(machine: Machine) -> None:
    (machine.source / "agent/__init__.py").chmod(0o600)
    before = os.umask(0o077)
    try:
        machine.install()
    finally:
        os.umask(before)
    for path in machine.places.home.rglob("*"):
        if not path.is_symlink():
            wanted = 0o555 if path.is_dir() else 0o444
            assert stat.S_IMODE(path.stat().st_mode) & wanted == wanted, path


def test_installing_again_changes_and_starts_nothing(machine: Machine) -> None:
    machine.install()
    before = machine.releases()
    machine.asked()
    said = machine.install()
    assert "is there already" in said and "runs already" in said
    assert machine.releases() == before
    assert machine.asked() == ["enable --quiet beffroi.service"]


def test_the_locked_libraries_come_from_the_wheels_and_one_with_another_hash_is_refused(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "install_libraries", INSTALL_LIBRARIES)
    machine.install()
    assert list(machine.places.releases.glob("*/lib/python*/site-packages/thing.py"))
    before = machine.releases()
    machine.asked()
    (wheel,) = machine.wheels.iterdir()
    wheel.write_bytes(wheel.read_bytes() + b"more")
    (machine.source / "checks/more.py").write_text("MORE = 1\n")
    with pytest.raises(UsageError, match="DO NOT MATCH THE HASHES"):
        machine.install()
    assert machine.releases() == before
    assert machine.asked() == []


def test_a_configuration_with_mistakes_is_refused_before_anything_is_touched(machine: Machine) -> None:
    machine.places.configuration.write_text("[[hots]]\n")
    with pytest.raises(ConfigurationError, match="hots"):
        machine.install()
    assert not machine.places.home.exists()
    assert machine.asked() == []


def test_a_configuration_is_written_where_there_is_none(machine: Machine) -> None:
    machine.places.configuration.unlink()
    said = machine.install()
    assert "written from what this machine shows" in said
    assert stat.S_IMODE(machine.places.configuration.stat().st_mode) == 0o640


def test_a_command_of_somebody_else_is_left_alone(machine: Machine) -> None:
    machine.places.command.parent.mkdir(parents=True)
    machine.places.command.write_text("#!/bin/sh\n")
    with pytest.raises(UsageError, match="is not of this program"):
        machine.install()
    assert machine.places.command.read_text() == "#!/bin/sh\n"


def test_without_systemd_or_a_checkout_it_says_so(machine: Machine) -> None:
    with pytest.raises(UsageError, match="is no checkout"):
        release.make(machine.places, machine.folder / "nowhere", None, machine.said.append)
    (machine.places.root / "run/systemd/system").rmdir()
    with pytest.raises(UsageError, match="systemd does not run here"):
        machine.install()
    with pytest.raises(UsageError, match="systemd does not run here"):
        machine.uninstall()


def test_a_python_that_the_service_s_user_cannot_reach_is_refused(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "bin").mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(UsageError, match="may not enter"):
        REQUIRE_FOR_ALL(closed / "bin/python3")


def test_the_manual_page_and_the_completion_lie_where_programs_look(machine: Machine) -> None:
    own = machine.places.root / "usr/local/share/zsh/site-functions/_beffroi"
    own.parent.mkdir(parents=True)
    own.write_text("mine\n")
    machine.install()
    shared = machine.places.root / "usr/local/share"
    assert (shared / "man/man1/beffroi.1").read_text() == ".TH BEFFROI 1\n"
    assert (shared / "bash-completion/completions/beffroi").is_symlink()
    machine.uninstall()
    assert own.read_text() == "mine\n"
    assert not (shared / "bash-completion/completions/beffroi").is_symlink()


def test_units_that_an_administrator_made_are_never_touched(machine: Machine) -> None:
    own = machine.places.units / "beffroi-report.timer"
    own.write_text("[Timer]\n")
    machine.install()
    (machine.source / "checks/more.py").write_text("MORE = 1\n")
    machine.install()
    machine.uninstall()
    assert own.exists()


def test_a_disk_without_room_is_said_and_leaves_the_one_before(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.install()
    before = machine.releases()

    def full(*places: object, **options: object) -> None:
        raise OSError(28, "No space left on device", "/opt/beffroi/file")

    (machine.source / "checks/more.py").write_text("MORE = 1\n")
    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(UsageError, match="/opt/beffroi/file: No space left"):
        machine.install()
    assert machine.releases() == before
    assert machine.is_running()


def test_two_at_once_are_one_too_many(machine: Machine) -> None:
    with install.alone(machine.places), pytest.raises(UsageError, match="another installation is running"):
        machine.install()


STAMPED = """
[evidence]
timestamp = { url = "https://tsa.example/", ca_file = "/etc/beffroi/tsa.pem" }
"""


def test_openssl_comes_where_a_timestamp_is_configured(machine: Machine) -> None:
    asked = machine.folder / "apt"
    for name, script in (("apt-get", f'echo "$*" >>{asked}'), ("dpkg-query", "echo not-installed")):
        (machine.folder / "tools" / name).write_text(f"#!/bin/sh\n{script}\n")
        (machine.folder / "tools" / name).chmod(0o755)
    machine.only_install()
    assert not asked.exists()
    with machine.places.configuration.open("a") as file:
        file.write(STAMPED)
    assert "timestamps: installing the Debian packages openssl" in machine.only_install()
    assert "install openssl" in asked.read_text()
    (machine.folder / "tools/apt-get").write_text("#!/bin/sh\necho no route >&2\nexit 100\n")
    said = machine.only_install()
    assert "timestamps: no checkpoint can be stamped" in said and "hint: apt-get install openssl" in said
    assert "done, and nothing was started" in said


def test_a_new_release_starts_the_centre_of_this_machine_anew(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought: list[object] = []
    monkeypatch.setattr(fleet, "bring", lambda release, *others: brought.append(release.name))
    centre = machine.places.centre
    centre.parent.mkdir(parents=True, exist_ok=True)
    centre.write_text(CENTRE)
    machine.only_install()
    assert machine.asked() == ["daemon-reload", "try-restart beffroi-centre.service"]
    assert len(brought) == 1
    machine.only_install()
    assert machine.asked() == []
    centre.write_text(CENTRE.replace('role = "centre"', 'role = "center"'))
    with pytest.raises(ConfigurationError, match="role"):
        machine.only_install()
