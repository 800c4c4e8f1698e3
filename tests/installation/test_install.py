"""Installing, installing again, upgrading, going back, and taking away: under a root of the test's own."""

import os
import shutil
import signal
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import ConfigurationError, UsageError
from agent.installation import install, programs, release, service, uninstall, way_back
from agent.installation.begin import not_seen, table
from tests.installation.machine import Machine, made
from tests.parts.unprivileged import in_child

pytestmark = pytest.mark.programs

# As they are, where a test is about them.
REQUIRE_FOR_ALL = release._require_for_all
INSTALL_LIBRARIES = release.install_libraries


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setattr(service, "WELL_FOR", timedelta(0))
    # pytest's own folder is closed to others, as is the Python of some who run these tests.
    monkeypatch.setattr(release, "_require_for_all", lambda python: None)
    monkeypatch.setattr(release, "install_libraries", lambda folder, lock, wheels: None)
    return made(tmp_path, tools)


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
    assert "2 verdicts will be expected from now on; 1 can be proven now: 0 met, 1 missed" in said


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


def test_the_pdf_comes_with_it_or_its_lack_is_said(machine: Machine) -> None:
    (machine.source / "requirements/pdf.txt").write_text("thing==1.0\n")
    asked = machine.folder / "apt"
    for name, script in (("apt-get", f'echo "$*" >>{asked}'), ("dpkg-query", "echo not-installed")):
        (machine.folder / "tools" / name).write_text(f"#!/bin/sh\n{script}\n")
        (machine.folder / "tools" / name).chmod(0o755)
    assert "PDF: its libraries are in the release" in machine.only_install()
    assert "libpango-1.0-0" in asked.read_text()
    (machine.folder / "tools/apt-get").write_text("#!/bin/sh\necho no route >&2\nexit 100\n")
    said = machine.only_install()
    assert "reports are written without one" in said and "done, and nothing was started" in said
    assert "its libraries" not in said


def with_every_package(machine: Machine) -> None:
    """Let every Debian package be installed already."""
    (machine.folder / "tools/dpkg-query").write_text("#!/bin/sh\necho -n installed\n")
    (machine.folder / "tools/dpkg-query").chmod(0o755)


def test_a_wheel_that_is_not_there_is_named_with_its_own_cure(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "install_libraries", INSTALL_LIBRARIES)
    with_every_package(machine)
    (machine.source / "requirements/pdf.txt").write_text(f"paper==1.0 --hash=sha256:{'0' * 64}\n")
    said = machine.only_install()
    assert "PDF: reports are written without one: installing what requirements/pdf.txt locks failed" in said
    assert f"--dest {machine.wheels} --requirement requirements/pdf.txt, then run the same command again" in said
    assert "apt-get" not in said
    assert "done, and nothing was started" in said


SIGNED = """
[report]
certificate_file = "/etc/beffroi/seal.pem"
key_file = "/etc/beffroi/seal.key"
"""


def test_what_signs_comes_once_the_keys_are_configured(machine: Machine) -> None:
    with_every_package(machine)
    lock = (machine.source / "requirements/runtime.txt").read_text()
    for name in ("pdf", "signature"):
        (machine.source / f"requirements/{name}.txt").write_text(lock)
    assert "what signs it" not in machine.only_install()
    with machine.places.configuration.open("a") as file:
        file.write(SIGNED)
    assert "PDF: what signs it is in the release" in machine.only_install()
    assert "what signs it" not in machine.only_install()  # it is there already


def test_without_what_signs_the_pdf_comes_all_the_same(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "install_libraries", INSTALL_LIBRARIES)
    asked = machine.folder / "apt"
    for name, script in (("apt-get", f'echo "$*" >>{asked}'), ("dpkg-query", "echo not-installed")):
        (machine.folder / "tools" / name).write_text(f"#!/bin/sh\n{script}\n")
        (machine.folder / "tools" / name).chmod(0o755)
    lock = (machine.source / "requirements/runtime.txt").read_text()
    (machine.source / "requirements/pdf.txt").write_text(lock)
    (machine.source / "requirements/signature.txt").write_text(f"seal==1.0 --hash=sha256:{'0' * 64}\n")
    with machine.places.configuration.open("a") as file:
        file.write(SIGNED)
    said = machine.only_install()
    assert "PDF: they are not signed: installing what requirements/signature.txt locks failed" in said
    assert "PDF: its libraries are in the release" in said and "libpango-1.0-0" in asked.read_text()


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


def unexpected(*told: object) -> None:
    raise AssertionError(told)


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


def with_a_reader(machine: Machine) -> None:
    """Let the checkout bring a privileged reader."""
    (machine.source / "systemd/beffroi-reader.socket").write_text("[Socket]\nListenStream=/run/socket\n")
    (machine.source / "systemd/beffroi-reader@.service").write_text("[Service]\nExecStart=/bin/true\n")


BEGUN = "enable --now --quiet beffroi-reader.socket"
ENDED = ["disable --now --quiet beffroi-reader.socket", "stop beffroi-reader@*.service"]


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


def killed_after(count: int, carry_out: Callable[[], object]) -> bool:
    """Install or uninstall in a child that is killed before its `count`th program; return whether it came to that."""

    def work() -> str:
        left = iter(range(count))

        def counted(*argv: str, **options: object) -> str:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return programs.carried_out(*argv, **options)  # type: ignore[arg-type]

        for module in (release, service, way_back, uninstall):
            module.carried_out = counted  # type: ignore[attr-defined]
        carry_out()
        return "to its end"

    return in_child(work) == ""


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


class Killed(BaseException):
    """Stand for the end of the process."""


def killed(*told: object) -> None:
    raise Killed


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


@pytest.mark.parametrize("purge", [False, True])
def test_uninstalling_stops_the_reader_and_takes_it_away(purge: bool, machine: Machine) -> None:
    with_a_reader(machine)
    machine.install()
    machine.asked()
    machine.uninstall(purge=purge)
    assert [line for line in machine.asked() if line in ENDED] == ENDED
    assert not list(machine.places.units.glob("beffroi-reader*"))


def test_two_at_once_are_one_too_many(machine: Machine) -> None:
    with install.alone(machine.places), pytest.raises(UsageError, match="another installation is running"):
        machine.install()


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
