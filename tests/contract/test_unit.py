"""The systemd unit: systemd itself reads it, and holds its exposure."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from agent.hosts import root_requests
from agent.ledger.anchor import FILE_NAME as ANCHOR
from agent.ledger.outside_heads import folder_of
from tests.parts.checkout import HOME

UNIT = HOME / "systemd" / "beffroi.service"
# Tenths of systemd's own score, from 0 (nothing exposed) to 100; a bare service of root has 94.
MOST_EXPOSED = 20

SERVICES = sorted(path.name for path in UNIT.parent.glob("*.service"))

analyzed = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")


def directives(name: str = UNIT.name) -> dict[str, list[str]]:
    """Return what a unit sets, by name."""
    found: dict[str, list[str]] = {}
    for line in UNIT.with_name(name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_starts_the_installed_program_and_nothing_of_the_working_directory() -> None:
    assert directives()["ExecStart"] == ["/opt/beffroi/bin/beffroi run"]


def test_the_unit_is_watched_and_ends_in_good_time() -> None:
    found = directives()
    assert found["Type"] == ["notify"]
    assert found["NotifyAccess"] == ["main"]
    assert found["WatchdogSec"] == ["90s"]
    assert found["Restart"] == ["on-failure"]
    # /bin/kill is in a package that a minimal Debian does not have.
    assert found["ExecReload"] == ["/opt/beffroi/bin/beffroi reload"]


def test_the_unit_is_no_root_and_has_no_capability() -> None:
    found = directives()
    assert found["User"] == found["Group"] == ["beffroi"]
    assert found["CapabilityBoundingSet"] == [""]
    assert "AmbientCapabilities" not in found


def test_the_unit_leaves_what_opens_restored_files_the_means_to_confine_itself() -> None:
    """By name: the group that holds them is not in @system-service of every systemd that we run under."""
    allowed, ours, taken = directives()["SystemCallFilter"]
    assert (allowed, taken[0]) == ("@system-service", "~")
    assert ours.split() == ["landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_takes_the_whole_machine_or_leaves_its_memory_in_a_file(name: str) -> None:
    found = directives(name)
    assert found["LimitCORE"] == ["0"]
    assert len(found["MemoryMax"]) == len(found["TasksMax"]) == 1
    # It slows the service until a watchdog ends it, where MemoryMax ends the one program that took too much.
    assert "MemoryHigh" not in found


def test_a_look_that_takes_all_memory_ends_without_the_daemon() -> None:
    found = directives()
    assert found["MemoryMax"] == ["75%"]
    assert found["OOMPolicy"] == ["continue"]


def test_what_plants_a_canary_keeps_one_right_of_root_s() -> None:
    found = directives("beffroi-canary@.service")
    assert found["CapabilityBoundingSet"] == ["CAP_DAC_OVERRIDE"]
    assert found["NoNewPrivileges"] == ["yes"]


@analyzed
@pytest.mark.programs
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/beffroi/bin/beffroi", "/bin/true"))
    answer = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.returncode == 0
    assert unit.name not in answer.stderr


@analyzed
@pytest.mark.programs
@pytest.mark.parametrize("name", ["canary", "report"])
def test_systemd_finds_nothing_wrong_with_a_template_and_its_timer(name: str, tmp_path: Path) -> None:
    for suffix in ("service", "timer"):
        template = UNIT.with_name(f"beffroi-{name}@.{suffix}")
        text = template.read_text().replace("/opt/beffroi/bin/beffroi", "/bin/true")
        (tmp_path / template.name.replace("@", "@files")).write_text(text)
    units = sorted(str(path) for path in tmp_path.iterdir())
    answer = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.returncode == 0, answer.stderr
    assert "beffroi" not in answer.stderr


@analyzed
@pytest.mark.programs
def test_systemd_finds_nothing_wrong_with_the_reader_and_its_socket(tmp_path: Path) -> None:
    for suffix in ("@.service", ".socket"):
        text = UNIT.with_name(f"beffroi-reader{suffix}").read_text()
        text = text.replace("/opt/beffroi/current/bin/python", "/bin/true")
        (tmp_path / f"beffroi-reader{suffix}").write_text(text.replace("=beffroi", "=root"))
    answer = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "beffroi-reader.socket")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    assert "beffroi" not in answer.stderr


@analyzed
@pytest.mark.programs
def test_systemd_finds_nothing_wrong_with_what_keeps_signed_heads(tmp_path: Path) -> None:
    for suffix in (".service", ".path"):
        text = UNIT.with_name(f"beffroi-heads{suffix}").read_text()
        (tmp_path / f"beffroi-heads{suffix}").write_text(text.replace("/opt/beffroi/current/bin/python", "/bin/true"))
    answer = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    assert "beffroi-heads" not in answer.stderr


def test_what_keeps_signed_heads_writes_where_the_daemon_cannot() -> None:
    found, state = directives("beffroi-heads.service"), Path("/var/lib/beffroi")
    assert found["ExecStart"] == [
        f"/opt/beffroi/current/bin/python -I -m agent.ledger.outside_heads {state} {folder_of(state)}"
    ]
    assert found["User"] == ["root"]
    assert found["StateDirectory"] == [folder_of(state).name]
    # Nothing of root's can be read through a file that the daemon's user lays in its state directory.
    assert found["CapabilityBoundingSet"] == [""]
    assert directives("beffroi-heads.path")["PathChanged"] == [str(state / ANCHOR)]
    assert "beffroi-heads.path beffroi-heads.service" in directives()["Wants"]


def test_the_reader_is_no_root_reads_everything_and_writes_nothing() -> None:
    found = directives("beffroi-reader@.service")
    assert found["User"] == ["beffroi-reader"]
    wanted = ["CAP_DAC_READ_SEARCH CAP_SYS_PTRACE CAP_NET_ADMIN"]
    assert found["CapabilityBoundingSet"] == found["AmbientCapabilities"] == wanted
    assert found["ProtectSystem"] == ["strict"]
    assert found["ReadOnlyPaths"] == ["/proc /sys"]
    # What is hidden reads as what is not there.
    assert not {"PrivateTmp", "PrivateNetwork", "PrivateUsers", "InaccessiblePaths", "ProtectProc"} & found.keys()
    assert found["StandardError"] == ["journal"]
    assert directives("beffroi-reader.socket")["SocketMode"] == ["0600"]
    assert directives("beffroi-reader.socket")["SocketUser"] == ["beffroi"]
    assert directives("beffroi-reader.socket")["ListenStream"] == [root_requests.SOCKET]


@pytest.mark.programs
@pytest.mark.parametrize(
    ("day", "quarter"), [("2027-01-09", "2026-Q4"), ("2026-04-09", "2026-Q1"), ("2026-12-31", "2026-Q3")]
)
def test_the_report_s_unit_asks_for_the_quarter_before_the_day(day: str, quarter: str, tmp_path: Path) -> None:
    (line,) = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", UNIT.with_name("beffroi-report@.service").read_text(), re.M)
    script = line.replace("$$", "$").replace("%%", "%").replace("/opt/beffroi/bin/beffroi", "echo")
    (tmp_path / "date").write_text(f'#!/bin/sh\nexec {shutil.which("date")} --date={day} "$@"\n')
    (tmp_path / "date").chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    said = subprocess.run(["/bin/sh", "-c", script], env=path, capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.split()[:3] == ["report", "--quarter", quarter]


@analyzed
@pytest.mark.programs
@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_exposes_little_by_systemd_s_own_reckoning(name: str) -> None:
    answer = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(UNIT.with_name(name))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stdout[-400:]
