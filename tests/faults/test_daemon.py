"""The daemon in bad company: other daemons, bad files, full disks, jumping clocks, and looks that never end."""

import json
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import making
from tests.faults.laboratory import Laboratory, laboratory
from tests.faults.table import MET, Answer, unproven
from tests.parts.clocks import SettableClock
from tests.parts.disks import failing_disk, may_fail, may_mount, small_disk
from tests.parts.processes import PATIENCE_SECONDS, no_process_left, wait_until
from tests.parts.program import Process, beffroi, daemon, fetched
from tests.parts.sshd import LOOPBACK, silent_server

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture(scope="module")
def whole() -> Iterator[Laboratory]:
    with laboratory("20s") as made:
        yield made


@pytest.fixture
def lab(whole: Laboratory) -> Iterator[Laboratory]:
    """A sound backup, and nothing known of it yet."""
    making.sound(whole, "sound")
    yield whole
    whole.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A daemon and where it answers."""

    process: Process
    base: str
    log: Path

    def verdict(self, target: str, subject: str) -> Answer | None:
        for one in json.loads(fetched(f"{self.base}/api/verdicts"))["verdicts"]:
            if (one["target"], one["subject"]) == (target, subject):
                return one["state"], one["reason"]
        return None

    def metrics(self) -> str:
        return fetched(f"{self.base}/metrics")

    def health(self) -> int:
        try:
            with urllib.request.urlopen(f"{self.base}/healthz", timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    def comes_to(self, target: str, subject: str, answer: Answer) -> None:
        assert wait_until(lambda: self.verdict(target, subject) == answer, step=0.1), self.log.read_text()[-3000:]

    def says(self, word: str) -> None:
        assert wait_until(lambda: word in self.log.read_text(), step=0.1), self.log.read_text()[-3000:]


@contextmanager
def running(lab: Laboratory, **extra: str) -> Iterator[Running]:
    log = lab.watched.folder / "log"
    with daemon(lab.watched.configuration, log, extra) as process:
        base = f"http://{LOOPBACK}:{lab.watched.port}"
        assert wait_until(lambda: process.poll() is not None or "serving on" in log.read_text())
        assert process.poll() is None, log.read_text()
        yield Running(process=process, base=base, log=log)
    assert "Traceback" not in log.read_text()


@pytest.mark.slow
def test_a_second_daemon_on_one_state_directory_is_refused(lab: Laboratory) -> None:
    with running(lab) as first:
        said = beffroi("run", "--config", lab.watched.configuration)
        assert said.code == 2
        message, hint = said.err.splitlines()
        assert message.startswith("another beffroi daemon works on ") and str(first.process.pid) in message
        assert hint.startswith("hint: ")
        first.comes_to("backup-rpo", "sound", MET)


def test_a_check_beside_the_daemon_shows_in_what_it_serves(lab: Laboratory) -> None:
    with running(lab) as one:
        one.comes_to("backup-rpo", "sound", MET)
        shutil.rmtree(lab.watched.repository("sound"))
        assert beffroi("check", "--config", lab.watched.configuration).code == 1
        assert one.verdict("backup-rpo", "sound") == ("missed", "absent")


def test_a_bad_file_at_a_reload_keeps_the_old_configuration_and_says_so(lab: Laboratory) -> None:
    with running(lab) as one:
        one.comes_to("backup-rpo", "sound", MET)
        good = lab.watched.configuration.read_text()
        (lab.watched.folder / "beffroi.toml").write_text(good.replace("[[host]]", "[[hots]]"))
        one.process.send_signal(signal.SIGHUP)
        one.says("the configuration in force is kept")
        assert "hots" in one.log.read_text()
        assert one.verdict("backup-rpo", "sound") == MET

        making.old(lab, "old")
        assert lab.watched.configuration.exists()
        one.process.send_signal(signal.SIGHUP)
        one.comes_to("backup-rpo", "old", ("missed", "too-old"))
        assert one.verdict("backup-rpo", "sound") == MET


def test_a_reload_looks_at_once_at_what_is_declared_elsewhere(lab: Laboratory) -> None:
    file = lab.watched.folder / "beffroi.toml"
    with running(lab) as one:
        one.comes_to("backup-rpo", "sound", MET)
        there = lab.watched.repository("sound")
        moved = there.rename(there.with_name("moved"))
        file.write_text(lab.watched.configuration.read_text().replace(f'"{there}"', f'"{moved}"'))
        looks = "look collector=restic_snapshots host=srv-1 subject=sound/"
        before = one.log.read_text().count(looks)
        one.process.send_signal(signal.SIGHUP)
        assert wait_until(lambda: one.log.read_text().count(looks) > before, step=0.1), one.log.read_text()[-3000:]
        one.comes_to("backup-rpo", "sound", MET)


def test_reload_waits_for_the_answer_of_the_daemon(lab: Laboratory) -> None:
    file = lab.watched.configuration
    good, config = file.read_text(), ("--config", file)
    assert beffroi("reload", *config).code == 2
    with running(lab) as one:
        one.comes_to("backup-rpo", "sound", MET)
        assert "beffroi_configuration_refused 0" in one.metrics()
        taken = beffroi("reload", *config)
        assert (taken.code, taken.out.startswith("configuration ")) == (0, True), taken
        no_file, not_taken = "the configuration file is refused", "the daemon refuses the changed configuration"
        for bad, said, status in (
            (good.replace("[[host]]", "[[hots]]"), "hots", no_file),
            (good.replace(str(lab.watched.port), "1"), "restart", not_taken),
            (good.replace("[agent]", f"[agent]\nweb_config = '{file.parent / 'web.yml'}'"), "web.yml", not_taken),
        ):
            file.write_text(bad)
            refused = beffroi("reload", *config)
            assert refused.code == 2 and said in refused.err, refused
            assert "beffroi_configuration_refused 1" in one.metrics()
            assert status in beffroi("status", *config).err
        file.write_text(good)
        assert beffroi("reload", *config).code == 0
        assert "beffroi_configuration_refused 0" in one.metrics()
        assert "refuse" not in beffroi("status", *config).err


@pytest.mark.slow
def test_a_hung_look_does_not_keep_it_from_ending(lab: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.watched, "timeout", "12h")  # no look gives up by itself
    with silent_server() as port, no_process_left() as mark:
        lab.declare_one("mute-ssh", repository=f"sftp://{LOOPBACK}:{port}//srv")
        lab.declare_one("mute-http", repository=f"rest:http://{LOOPBACK}:{port}/")
        lab.declare_with_restic("deaf", "trap '' TERM INT HUP\n[ \"$1\" = version ] || sleep 1000\n" + making.REAL)
        with running(lab, **mark) as one:
            one.comes_to("backup-rpo", "sound", MET)
            one.process.send_signal(signal.SIGTERM)
            assert one.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.slow
def test_killed_at_any_moment_it_starts_again_on_sound_ground(lab: Laboratory) -> None:
    for seconds in (0.1, 0.6):
        with running(lab) as one:
            time.sleep(seconds)  # wherever it is by then: the moment is the variable, not a thing waited for
            one.process.send_signal(signal.SIGKILL)
            one.process.wait(PATIENCE_SECONDS)
    making.old(lab, "declared-meanwhile")
    with running(lab) as one:
        one.comes_to("backup-rpo", "sound", MET)
        one.comes_to("backup-rpo", "declared-meanwhile", ("missed", "too-old"))
    assert beffroi("ledger", "verify", "--config", lab.watched.configuration).code == 0


@pytest.mark.slow
@pytest.mark.skipif(not may_mount(), reason="a full disk needs the right to mount one")
def test_a_full_disk_shows_and_passes(lab: Laboratory) -> None:
    folder = lab.watched.folder / "state"
    with small_disk(folder) as disk:
        with running(lab) as one:
            one.comes_to("backup-rpo", "sound", MET)
            assert one.health() == 200
            disk.fill()
            lab.declare("late-comer", source=lab.source)
            assert lab.watched.configuration.exists()
            one.process.send_signal(signal.SIGHUP)
            assert wait_until(lambda: one.health() == 503, step=0.1), one.log.read_text()[-3000:]
            assert one.verdict("backup-rpo", "sound") == MET  # still read, still fresh
            disk.free()
            one.process.send_signal(signal.SIGHUP)
            assert wait_until(lambda: one.health() == 200, step=0.1), one.log.read_text()[-3000:]
            one.comes_to("backup-rpo", "late-comer", ("missed", "absent"))
            one.process.send_signal(signal.SIGTERM)
            assert one.process.wait(PATIENCE_SECONDS) == 0
        assert beffroi("ledger", "verify", "--config", lab.watched.configuration).code == 0


@pytest.mark.slow
@pytest.mark.skipif(not may_fail(), reason="needs root, loop devices and an ext4 that can be let fail")
def test_a_disk_that_turns_read_only_shows_and_what_was_kept_is_still_read(lab: Laboratory) -> None:
    with failing_disk(lab.watched.folder / "state") as disk:
        with running(lab) as one:
            one.comes_to("backup-rpo", "sound", MET)
            disk.fail()
            lab.declare("late-comer", source=lab.source)
            assert lab.watched.configuration.exists()
            one.process.send_signal(signal.SIGHUP)
            assert wait_until(lambda: one.health() == 503, step=0.1), one.log.read_text()[-3000:]
            assert one.verdict("backup-rpo", "sound") == MET
            one.process.send_signal(signal.SIGTERM)
            assert one.process.wait(PATIENCE_SECONDS) == 0
        disk.unmount()
        disk.mount()
        assert beffroi("ledger", "verify", "--config", lab.watched.configuration).code == 0


def test_a_process_that_was_suspended_goes_on(lab: Laboratory) -> None:
    with running(lab) as one:
        one.comes_to("backup-rpo", "sound", MET)
        one.process.send_signal(signal.SIGSTOP)
        time.sleep(2)  # frozen for as long: the time is the variable, not a thing waited for
        one.process.send_signal(signal.SIGCONT)
        assert wait_until(lambda: one.health() == 200, step=0.1)
        assert one.verdict("backup-rpo", "sound") == MET
        assert "jumped" not in one.log.read_text()


def test_systemd_is_told_ready_after_the_first_turn_and_then_what_is_wrong(lab: Laboratory) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(lab.watched.folder / "notify"))
        listener.settimeout(PATIENCE_SECONDS)
        with running(lab, NOTIFY_SOCKET=str(lab.watched.folder / "notify")) as one:
            assert listener.recv(4096) == b"READY=1\nSTATUS=watching"
            good = lab.watched.configuration.read_text()
            (lab.watched.folder / "beffroi.toml").write_text(good.replace("[[host]]", "[[hots]]"))
            one.process.send_signal(signal.SIGHUP)
            assert listener.recv(4096).startswith(b"STATUS=the new configuration is refused: ")
            (lab.watched.folder / "beffroi.toml").write_text(good)
            one.process.send_signal(signal.SIGHUP)
            assert listener.recv(4096) == b"STATUS=watching"
            one.process.send_signal(signal.SIGTERM)
            assert listener.recv(4096) == b"STOPPING=1"


@pytest.mark.slow
def test_a_clock_that_jumps_makes_what_it_dated_doubtful(lab: Laboratory) -> None:
    clock = SettableClock(lab.watched.folder / "clock")
    with running(lab, **clock.environment()) as one:
        one.comes_to("backup-rpo", "sound", MET)
        clock.set("-3h")
        one.says("the wall clock jumped by -10")
        one.comes_to("backup-rpo", "sound", unproven("clock-doubtful"))
        assert one.health() == 200
