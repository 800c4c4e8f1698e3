"""Defender, Wazuh and clamonacc through the door to a machine: stand-ins for what is not installed here."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.errors import Unreadable
from agent.core.reason import Reason
from agent.hosts.local import LocalHost
from collectors.antivirus import defender, wazuh
from collectors.antivirus.clamav import _engaged
from tests.parts import processes
from tests.parts.narrowed import Through, programs

pytestmark = pytest.mark.programs

HERE = LocalHost("srv-1")
TIMEOUT = timedelta(seconds=20)
ROOT_ALONE = pytest.mark.skipif(os.geteuid() != 0, reason="only root's clamonacc acts")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEALTH = {
    "healthy": True,
    "healthIssues": [],
    "licensed": True,
    "definitionsUpdated": "1795500000000",
    "definitionsVersion": "1.395.30.0",
    "passiveModeEnabled": {"value": False},
    "realTimeProtectionEnabled": {"value": True},
}


def mdatp(folder: Path, script: str) -> Through:
    made = programs(folder)
    (made / "mdatp").write_text(f"#!/bin/sh\n{script}\n")
    (made / "mdatp").chmod(0o755)
    return Through(HERE, made)


def test_defender_is_asked_for_its_health_in_json(tmp_path: Path) -> None:
    (tmp_path / "health").write_text(json.dumps(HEALTH))
    script = f'[ "$*" = "health --output json" ] && exec cat {tmp_path / "health"}'
    seen = defender.look_at(mdatp(tmp_path / "bin", script), NOW, TIMEOUT)
    assert (seen.running, seen.engaged, seen.loaded_version) == (True, True, "1.395.30.0")


def test_a_defender_whose_daemon_is_not_there_does_not_run(tmp_path: Path) -> None:
    script = 'echo "ATTENTION: could not connect to the daemon." >&2; exit 1'
    assert defender.look_at(mdatp(tmp_path / "bin", script), NOW, TIMEOUT).running is False


@pytest.mark.parametrize("said", ["", "[]", '{"healthy": true}', "\\xff"])
def test_a_defender_that_says_something_else_is_unreadable(tmp_path: Path, said: str) -> None:
    with pytest.raises(Unreadable):
        defender.look_at(mdatp(tmp_path / "bin", f"printf '%s' '{said}'"), NOW, TIMEOUT)


def wazuh_state(folder: Path, *, age: timedelta = timedelta(0)) -> str:
    written = datetime.now(UTC) - age
    path = folder / "wazuh-agentd.state"
    local = written.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    path.write_text(f"# State file for wazuh-agentd\n\nstatus='connected'\n\nlast_ack='{local}'\n")
    os.utime(path, (written.timestamp(), written.timestamp()))
    return str(path)


def test_a_wazuh_agent_that_writes_its_state_is_alive(tmp_path: Path) -> None:
    seen = wazuh.look_at(HERE, TIMEOUT, wazuh_state(tmp_path))
    assert (seen.running, seen.engaged) == (True, True)
    assert seen.contact is not None
    assert abs(datetime.now(UTC) - seen.contact) < timedelta(minutes=5)


def test_a_wazuh_agent_that_left_its_state_behind_is_not(tmp_path: Path) -> None:
    assert wazuh.look_at(HERE, TIMEOUT, wazuh_state(tmp_path, age=timedelta(minutes=10))).running is False
    assert wazuh.look_at(HERE, TIMEOUT, str(tmp_path / "none.state")).running is False


@ROOT_ALONE
def test_protection_on_access_is_seen_by_its_process(tmp_path: Path) -> None:
    assert _engaged(HERE, TIMEOUT) == (False, None)
    program = tmp_path / "clamonacc"
    shutil.copy("/usr/bin/sleep", program)
    running = subprocess.Popen([program, "60"])
    try:
        assert processes.wait_until(lambda: _engaged(HERE, TIMEOUT) == (True, None))
    finally:
        running.kill()
        running.wait()


@ROOT_ALONE
def test_a_user_s_program_of_its_name_is_no_protection_on_access() -> None:
    feigned = "import os, time; open('/proc/self/comm', 'w').write('clamonacc'); os.setuid(65534); time.sleep(60)"
    running = subprocess.Popen([sys.executable, "-c", feigned])
    try:
        assert processes.wait_until(lambda: _engaged(HERE, TIMEOUT)[1] is not None)
        engaged, gap = _engaged(HERE, TIMEOUT)
        assert engaged is None
        assert gap is not None
        assert gap.reason is Reason.UNREADABLE
    finally:
        running.kill()
        running.wait()


@ROOT_ALONE
def test_protection_on_access_that_was_stopped_or_has_ended_does_not_act(tmp_path: Path) -> None:
    program = tmp_path / "clamonacc"
    shutil.copy("/usr/bin/sleep", program)
    running = subprocess.Popen([program, "60"])
    try:
        assert processes.wait_until(lambda: _engaged(HERE, TIMEOUT) == (True, None))
        running.send_signal(signal.SIGSTOP)
        assert processes.wait_until(lambda: _engaged(HERE, TIMEOUT) == (False, None))
        # Killed, and not waited for: it stays in the list of processes.
        running.kill()
        assert processes.wait_until(lambda: " Z " in Path(f"/proc/{running.pid}/stat").read_text())
        assert _engaged(HERE, TIMEOUT) == (False, None)
    finally:
        running.kill()
        running.wait()


def test_protection_on_access_of_a_container_is_not_the_machine_s_own(tmp_path: Path) -> None:
    program = tmp_path / "clamonacc"
    shutil.copy("/usr/bin/sleep", program)
    contained = subprocess.Popen(["unshare", "--user", "--pid", "--fork", "--kill-child", program, "60"])
    try:
        assert processes.wait_until(lambda: _engaged(HERE, TIMEOUT) != (False, None))
        engaged, gap = _engaged(HERE, TIMEOUT)
        assert engaged is None
        assert gap is not None
        assert gap.reason is Reason.UNREADABLE
    finally:
        contained.kill()
        contained.wait()
