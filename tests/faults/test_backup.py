"""The state that is kept is backed up while it is written to, lost, and put back."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import making
from tests.faults.laboratory import Laboratory, laboratory
from tests.faults.table import MET
from tests.faults.test_state import counted
from tests.parts.disks import may_mount, small_disk
from tests.parts.processes import wait_until
from tests.parts.program import PATIENCE, beffroi, daemon, environment
from tests.parts.sshd import SSH, Sshd, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture
def lab() -> Iterator[Laboratory]:
    with laboratory() as made:
        making.sound(made, "sound")
        beffroi("check", "--config", made.watched.configuration)
        yield made


def backed_up(lab: Laboratory) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "agent", "ledger", "backup", "--config", str(lab.watched.configuration)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )


def put_back(lab: Laboratory, archive: bytes) -> None:
    file = lab.watched.folder / "beffroi.tar"
    file.write_bytes(archive)
    restored = beffroi("ledger", "restore", file, "--config", lab.watched.configuration)
    assert restored.code == 0, restored.err
    assert restored.err.startswith("sound: ")


def test_a_state_that_was_lost_is_put_back_and_gone_on_with(lab: Laboratory) -> None:
    state = lab.watched.folder / "state"
    (state / "drills").mkdir()
    (state / "drills" / "record.txt").write_text("an exercise")
    with daemon(lab.watched.configuration, lab.watched.folder / "log") as process:
        assert wait_until(lambda: "serving on" in (lab.watched.folder / "log").read_text())
        archive = backed_up(lab)
        assert process.poll() is None
    assert archive.returncode == 0, archive.stderr
    assert archive.stderr.startswith(b"sound: ")
    shutil.rmtree(state)

    put_back(lab, archive.stdout)
    rows = counted(state)
    assert (state / "drills" / "record.txt").read_text() == "an exercise"
    assert (state / "signing-key.pem").stat().st_mode & 0o077 == 0
    assert beffroi("ledger", "verify", "--config", lab.watched.configuration).code == 0
    assert beffroi("check", "--json", "--config", lab.watched.configuration).verdict("backup-rpo", "sound") == MET
    assert counted(state) > rows
    assert beffroi("ledger", "verify", "--config", lab.watched.configuration).code == 0


def test_a_restored_agent_reaches_its_copies_over_sftp(lab: Laboratory) -> None:
    state = lab.watched.folder / "state"
    with running_sshd(lab.watched.folder / "sshd") as sshd:
        keep_keys(lab, sshd)
        lab.take("far")
        copy = f"sftp:{sshd.alias}:{lab.watched.repository('far')}"
        client = lab.environment_file("far", {"PATH": f"{lab.watched.folder / 'bin'}:{os.environ['PATH']}"})
        lab.declare_one("far", repository=copy, more=client)
        check = ("check", "--json", "--config", lab.watched.configuration)
        assert beffroi(*check).verdict("backup-rpo", "far") == MET
        archive = backed_up(lab)
        assert f"not in it: {lab.watched.folder}" in archive.stderr.decode()

        shutil.rmtree(state)
        assert beffroi(*check).verdict("backup-rpo", "far") != MET
        shutil.rmtree(state)
        put_back(lab, archive.stdout)

        assert beffroi(*check).verdict("backup-rpo", "far") == MET
        assert (state / ".ssh/key").stat().st_mode & 0o777 == 0o600
        assert beffroi("ledger", "verify", "--config", lab.watched.configuration).code == 0


def keep_keys(lab: Laboratory, sshd: Sshd) -> None:
    """Let a client of ours know the server by what lies in the state directory alone."""
    keys = lab.watched.folder / "state/.ssh"
    keys.mkdir(mode=0o700)
    shutil.copy(sshd.key_file, keys / "key")
    shutil.copy(sshd.known_hosts, keys / "known_hosts")
    known = sshd.client_config.read_text().replace(str(sshd.key_file), str(keys / "key"))
    (keys / "config").write_text(known.replace(str(sshd.known_hosts), str(keys / "known_hosts")))
    wrapper = lab.watched.folder / "bin/ssh"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {SSH} -F "{keys}/config" "$@"\n')
    wrapper.chmod(0o755)


def test_a_damaged_ledger_is_backed_up_and_said_to_be(lab: Laboratory) -> None:
    import sqlite3

    database = sqlite3.connect(lab.watched.folder / "state" / "ledger.sqlite")
    with database:
        database.execute("DROP TRIGGER payload_is_never_updated")
        database.execute("UPDATE payload SET text = text || ' '")
    database.close()
    archive = backed_up(lab)
    assert archive.returncode == 1
    assert archive.stderr.startswith(b"damaged: ")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as opened:
        assert "ledger.sqlite" in opened.getnames()


def test_nothing_is_left_in_the_state_directory(lab: Laboratory) -> None:
    backed_up(lab)
    assert list((lab.watched.folder / "state" / "scratch").iterdir()) == []


@pytest.mark.skipif(not may_mount(), reason="a full disk needs the right to mount one")
def test_without_room_for_a_copy_nothing_is_written_and_it_says_so(lab: Laboratory) -> None:
    state = lab.watched.folder / "state"
    shutil.rmtree(state)
    with small_disk(state) as disk:
        beffroi("check", "--config", lab.watched.configuration)
        disk.fill()
        archive = backed_up(lab)
        assert archive.returncode == 70
        assert archive.stdout == b""
        assert b"hint: make room" in archive.stderr and b"Traceback" not in archive.stderr
    state.rmdir()


def test_without_a_ledger_it_says_so(lab: Laboratory, tmp_path: Path) -> None:
    shutil.rmtree(lab.watched.folder / "state")
    archive = backed_up(lab)
    assert archive.returncode == 2
    assert b"there is no ledger" in archive.stderr


def test_an_archive_without_the_signing_key_is_not_called_sound(lab: Laboratory) -> None:
    """A nightly archive in the place of the one before would take the last copy of the key away."""
    assert backed_up(lab).returncode == 0
    (lab.watched.folder / "state" / "signing-key.pem").unlink()
    archive = backed_up(lab)
    assert archive.returncode == 1
    assert b"signing-key.pem is gone" in archive.stderr


@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o600, False)])
def test_an_archive_that_everyone_may_read_is_said_to_be(lab: Laboratory, mode: int, told: bool) -> None:
    file = lab.watched.folder / "beffroi.tar"
    file.touch()
    file.chmod(mode)
    with file.open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "agent", "ledger", "backup", "--config", str(lab.watched.configuration)],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
            timeout=PATIENCE,
        )
    assert done.returncode == 0
    assert (b"open to everyone" in done.stderr) is told
