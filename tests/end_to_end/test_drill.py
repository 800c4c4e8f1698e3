"""Restore exercises with a real restic: what comes back is held against point and source, and nothing stays behind."""

import contextlib
import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.cli.drill import carried_out, copy_named
from agent.core.collecting.backup_program import RestoreResult
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation.session import open_session
from agent.restores.exercise import Drill, ExerciseOutcome, ExerciseRequest
from agent.restores.scratch import NAME
from collectors.restic.repository import ResticRepository, opens
from tests.parts.processes import wait_until
from tests.parts.program import beffroi, environment
from tests.parts.repositories import fake_restic
from tests.parts.sshd import running_sshd
from tests.parts.unprivileged import open_folder
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

HOSTILE = (b"bad\xff", b"bad\xfe", "é\nü\x1b[31m".encode(), b"a*[b]?$HOME", b"-rf", b" ", b"%s")


def fill(source: Path) -> None:
    """Put something of every kind into a source."""
    (source / "inner").mkdir()
    (source / "inner" / "letter").write_text("letter\n" * 100)
    os.link(source / "inner" / "letter", source / "linked")
    (source / "link").symlink_to("inner/letter")
    os.mkfifo(source / "pipe")
    os.setxattr(source / "image.bin", "user.note", b"kept")
    with (source / "sparse").open("wb") as file:
        file.truncate(20_000_000)
    for name in HOSTILE:
        Path(os.fsdecode(os.fsencode(source) + b"/" + name)).write_bytes(name * 2)
    (source / "inner").chmod(0o500)


@pytest.fixture(scope="module")
def made() -> Iterator[Watched]:
    """Return a site with one backup that no one breaks."""
    with open_folder() as folder:
        site = Watched(folder)
        fill(site.source("files"))
        site.make("files")
        site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(site.source("files")))
        yield site


@pytest.fixture
def site(made: Watched) -> Iterator[Watched]:
    """Return a site of this test's own, with a source and a repository to break."""
    with open_folder() as folder:
        own = Watched(folder)
        shutil.copytree(made.repository("files"), own.repository("files"))
        own.password_file  # noqa: B018  # made when first asked for
        # The source stays where it was backed up; a test that changes it makes its own.
        own.declare("files", source=made.source("files"))
        yield own


def exercise(site: Watched, copy: str = "files", **more: Any) -> Drill:
    """Carry out an exercise in this process."""
    with open_session(site.configuration) as session:
        asked = ExerciseRequest(
            copy=copy_named(session.configuration.inventory, copy),
            **{"full": True, "reason": "essai annuel", "author": "RSSI", **more},
        )
        done, text, _ = carried_out(session, asked)
    assert all(line.isprintable() for line in text.splitlines())
    assert left_behind(site) == []
    return done


def left_behind(site: Watched) -> list[str]:
    """Return what lies in the place of what must not stay."""
    place = site.folder / "state" / NAME
    return sorted(os.listdir(place)) if place.exists() else []


def registered(site: Watched, register: str) -> list[dict[str, str]]:
    """Return the entries of a register."""
    said = beffroi("register", "list", register, "--json", "--config", site.configuration)
    return list(json.loads(said.out)["entries"])


def test_a_whole_source_comes_back_as_it_was_and_the_registers_say_so(site: Watched) -> None:
    said = beffroi(
        "drill", "files", "--full", "--reason", "essai annuel", "--author", "RSSI", "--json",
        "--config", site.configuration,
    )  # fmt: skip
    told = json.loads(said.out)
    assert (said.code, told["schema"], told["outcome"], told["reason"]) == (0, "beffroi.drill/1", "ok", "within-limit")
    assert (told["backup"], told["copy"], told["full"]) == ("files", "offsite", True)
    assert (told["differences"], told["changed_since"]) == ([], 0)
    assert told["files_restored"] == 5 + len(HOSTILE)
    assert told["bytes_restored"] > 20_000_000
    assert told["seconds"] > 0
    (restore,), (test,) = registered(site, "restore"), registered(site, "recovery-test")
    assert told["register"] == {"restore": restore["id"], "recovery-test": test["id"]}
    assert (restore["reason"], restore["author"], restore["backup"]) == ("essai annuel", "RSSI", "files")
    assert (test["result"], test["backup"]) == ("ok", "files")
    known = beffroi("status", "--json", "--config", site.configuration)
    assert known.verdict("recovery-test", "files") == ("met", "within-limit")
    assert known.verdict("backup-rto", "files") == ("met", "within-limit")
    assert known.verdict("restore-reason", "scota") == ("met", "within-limit")
    assert known.verdict("restore-reason", restore["id"]) == ("met", "within-limit")
    (text,) = (site.folder / "state" / "drills").glob("*.txt")
    assert text.read_text().startswith("PROCÈS-VERBAL D'EXERCICE DE RESTAURATION\n")
    assert "Résultat : réussi" in text.read_text()
    assert text.stat().st_mode & 0o077 == 0
    assert left_behind(site) == []


def test_a_sample_is_restored_and_is_no_recovery_test(site: Watched) -> None:
    done = exercise(site, full=False)
    assert (done.ending, done.reason) == (ExerciseOutcome.OK, Reason.WITHIN_LIMIT)
    assert done.comparison is not None
    assert done.comparison.files == done.comparison.compared == 3 + len(HOSTILE)
    assert [register for register, _ in done.entries] == ["restore"]


def test_it_comes_back_over_sftp(site: Watched) -> None:
    with running_sshd(site.folder / "sshd") as sshd:
        file = site.folder / "environment"
        file.touch(mode=0o600)
        file.write_text("".join(f"{key}={value}\n" for key, value in sshd.environment().items()))
        copy = Copy(repository=f"sftp:{sshd.alias}:{site.repository('files')}", more=f'environment_file = "{file}"')
        site.declare("far", copy, source=Path(site.backups.partition('paths = ["')[2].partition('"')[0]))
        done = exercise(site, "far/offsite")
    assert (done.ending, done.reason) == (ExerciseOutcome.OK, Reason.WITHIN_LIMIT)


def test_a_damaged_pack_fails_it_and_an_access_that_is_refused_does_not(site: Watched) -> None:
    pack = site.pack("files")
    content = bytearray(pack.read_bytes())
    content[1000] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(content)
    done = exercise(site)
    assert (done.ending, done.reason) == (ExerciseOutcome.FAILED, Reason.DAMAGED)
    assert [register for register, _ in done.entries] == ["restore", "recovery-test"]
    assert registered(site, "recovery-test")[0]["result"] == "failed"

    site.password_file.write_text("wrong\n")
    refused = exercise(site)
    assert (refused.ending, refused.reason, refused.entries) == (ExerciseOutcome.UNPROVEN, Reason.WRONG_PASSWORD, ())
    shutil.rmtree(site.repository("files"))
    gone = exercise(site)
    assert (gone.ending, gone.reason, gone.entries) == (ExerciseOutcome.FAILED, Reason.ABSENT, ())


def test_a_point_that_did_not_come_back_is_known_damage_of_its_copy(site: Watched) -> None:
    assert beffroi("verify", "--all", "--config", site.configuration).code == 0
    pack = site.pack("files")
    sound = pack.read_bytes()
    pack.chmod(0o600)
    pack.write_bytes(sound[:1000] + bytes([sound[1000] ^ 1]) + sound[1001:])
    asked = ("drill", "files", "--full", "--reason", "exercise", "--author", "RSSI", "--json")
    assert beffroi(*asked, "--config", site.configuration).code == 1
    said = beffroi("check", "--json", "--config", site.configuration)
    assert said.verdict("backup-offsite", "files/offsite") == ("missed", "damaged")
    assert said.verdict("backup-rpo", "files") == ("missed", "damaged")
    pack.write_bytes(sound)
    assert beffroi("verify", "--all", "--config", site.configuration).code == 0
    said = beffroi("check", "--json", "--config", site.configuration)
    assert said.verdict("backup-rpo", "files") == ("met", "within-limit")


@pytest.mark.parametrize("ending", ["kill -9 $$", "exit 130", "exit 2"])
def test_a_restic_that_is_ended_half_way_shows_nothing(site: Watched, ending: str) -> None:
    restic = shutil.which("restic")
    # By then it has written some of the files.
    broken = fake_restic(
        site.folder / "bin",
        f'case " $* " in *" restore "*) {restic} "$@" --include letter >/dev/null; {ending};; esac; exec {restic} "$@"',
    )
    file = site.folder / "environment"
    file.touch(mode=0o600)
    file.write_text("".join(f"{key}={value}\n" for key, value in broken.items()))
    site.backups = site.backups.replace('country = "FR"', f'country = "FR"\nenvironment_file = "{file}"')
    done = exercise(site)
    assert (done.ending, done.reason) == (ExerciseOutcome.UNPROVEN, Reason.EXITED)
    assert [register for register, _ in done.entries] == ["restore"]


def test_a_point_whose_tree_or_index_is_damaged_fails_it_since_nothing_can_come_back(site: Watched) -> None:
    index = next((site.repository("files") / "index").iterdir())
    index.chmod(0o600)
    content = bytearray(index.read_bytes())
    content[60] ^= 1
    index.write_bytes(content)
    done = exercise(site)
    assert (done.ending, done.reason, done.comparison) == (ExerciseOutcome.FAILED, Reason.DAMAGED, None)
    # Nothing was restored, and the exercise failed all the same: only one of the two registers has an entry.
    assert [register for register, _ in done.entries] == ["recovery-test"]
    assert registered(site, "recovery-test")[0]["result"] == "failed"
    (text,) = (site.folder / "state" / "drills").glob("*.txt")
    assert "Résultat : échoué" in text.read_text()
    assert "Contenus relus" not in text.read_text()
    content[60] ^= 1
    index.write_bytes(content)
    trees = min((path for path in (site.repository("files") / "data").rglob("*") if path.is_file()), key=size_of)
    trees.chmod(0o600)
    trees.write_bytes(b"")
    again = exercise(site)  # 0.14 tries for 43 s to read it, twice
    assert (again.ending, again.reason) == (ExerciseOutcome.FAILED, Reason.DAMAGED)


def size_of(file: Path) -> int:
    """Return a file's size."""
    return file.stat().st_size


def test_what_takes_long_leaves_its_own_time_to_what_comes_after_it(site: Watched) -> None:
    with open_session(site.configuration) as session:
        (copy,) = session.configuration.inventory.copies
        look = Look(
            now=session.clock.now(),
            here=session.context.here,
            host=session.context.host,
            timeout=session.context.timeout,
            folder=site.folder,
        )
        opened = opens(copy, look, None)
        late = replace(opened, restic=replace(opened.restic, deadline=Deadline(timedelta(0))))
        (point,) = late.points(session.clock.now())
        assert len(late.held(point).nodes) > len(HOSTILE)
        assert late.live(point)
        (letter,) = [node.path for node in late.held(point).nodes if node.path.endswith("/inner/letter")]
        assert late.read(point, letter, limit=1000) == b"letter\n" * 100


def test_what_changed_since_is_counted_and_another_content_under_the_same_date_is_a_failure(site: Watched) -> None:
    source = site.source("live")
    site.backups = ""
    site.declare("files", source=source)
    site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(source))
    (source / "letter.txt").write_text("new\n")
    done = exercise(site)
    assert done.comparison is not None
    assert (done.ending, done.comparison.changed_since) == (ExerciseOutcome.OK, 1)
    status = (source / "image.bin").stat()
    (source / "image.bin").write_bytes(os.urandom(status.st_size))
    os.utime(source / "image.bin", ns=(status.st_atime_ns, status.st_mtime_ns))
    done = exercise(site)
    assert (done.ending, done.reason) == (ExerciseOutcome.FAILED, Reason.CONTENT_CHANGED)
    assert [one.what for one in done.differences] == ["content"]


FAR = """
[[host]]
id = "far"
transport = "ssh"
address = "{sshd.address}"
port = {sshd.port}
user = "{sshd.user}"
key_file = "{sshd.key_file}"
known_hosts = "{sshd.known_hosts}"
site = "arras"
collect = []
"""


def test_a_source_behind_ssh_is_held_against_what_came_back_of_it(site: Watched) -> None:
    source = site.source("live")
    fill(source)
    (source / "broken.json").write_text("{")
    site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(source))
    site.backups = ""
    site.declare("files", source=source)
    with running_sshd(site.folder / "sshd") as sshd:
        site.backups = site.backups.replace('host = "srv-1"', 'host = "far"', 1) + FAR.format(sshd=sshd)
        done = exercise(site)
        assert done.comparison is not None
        assert (done.ending, done.live, list(done.differences)) == (ExerciseOutcome.OK, True, [])
        assert (done.comparison.changed_since, done.comparison.unread_live) == (0, 0)
        # Every file and every link, but for the two whose names no list can tell apart from others.
        assert done.comparison.compared == done.comparison.files + 1
        (source / "letter.txt").write_text("new\n")
        status = (source / "image.bin").stat()
        (source / "image.bin").write_bytes(os.urandom(status.st_size))
        os.utime(source / "image.bin", ns=(status.st_atime_ns, status.st_mtime_ns))
        changed = exercise(site)
        assert changed.comparison is not None
        assert (changed.ending, changed.reason) == (ExerciseOutcome.FAILED, Reason.CONTENT_CHANGED)
        assert [(one.file.rpartition("/")[2], one.what) for one in changed.differences] == [("image.bin", "content")]
        assert changed.comparison.changed_since == 1
    lost = exercise(site)
    assert lost.comparison is not None
    # The restore itself is sound: only its source could not be looked at, and the record says so.
    assert (lost.ending, lost.comparison.compared) == (ExerciseOutcome.OK, 0)
    assert lost.comparison.unread_live == done.comparison.compared
    assert lost.comparison.unread_because is Reason.UNREACHABLE
    (text,) = [one for one in (site.folder / "state" / "drills").glob("*.txt") if "Non comparés" in one.read_text()]
    assert "Résultat : réussi" in text.read_text()


def test_a_dump_that_was_cut_short_fails_it_and_a_document_that_never_opened_does_not(site: Watched) -> None:
    source = site.source("live")
    site.backups = ""
    site.declare("files", source=source)
    (source / "broken.json").write_text("{")
    (source / "sound.json").write_text("{}")
    dump = source / os.fsdecode(b"dump\xff.sql")
    dump.write_text("-- MariaDB dump 10.20\n--\ninsert\n-- Dump completed on 2026-11-24  3:15:07\n")
    for whole in (True, False):
        if not whole:
            dump.write_text("-- MariaDB dump 10.20\n--\ninsert\n")
        site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(source))
        done = exercise(site)
        assert done.comparison is not None
        assert (done.comparison.opened, done.comparison.unopened) == ((2, 1) if whole else (1, 2))
        assert done.ending is (ExerciseOutcome.OK if whole else ExerciseOutcome.FAILED)
    assert (done.reason, [one.what for one in done.differences]) == (Reason.INCOMPLETE, ["opening"])
    assert done.differences[0].file.endswith("/dump\ufffd.sql")


def test_a_folder_that_is_not_empty_is_refused_and_an_empty_one_keeps_what_was_restored(site: Watched) -> None:
    into = site.folder / "into"
    into.mkdir(mode=0o700)
    (into / "mine").write_text("x")
    said = beffroi(
        "drill", "files", "--full", "--reason", "r", "--author", "a", "--into", into, "--config", site.configuration
    )
    assert (said.code, said.out) == (2, "")
    assert os.listdir(into) == ["mine"]
    assert registered(site, "restore") == []
    (into / "mine").unlink()
    done = exercise(site, into=into)
    assert done.ending is ExerciseOutcome.OK
    assert list(into.rglob("linked"))


def test_of_a_point_that_holds_more_the_source_alone_comes_back(site: Watched) -> None:
    source, other = site.source("files"), site.source("somebody-else")
    site.backups = ""
    site.declare("files", source=source)
    site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(source.parent))
    into = site.folder / "into"
    for full in (True, False):
        done = exercise(site, into=into, full=full)
        assert (done.ending, done.reason) == (ExerciseOutcome.OK, Reason.WITHIN_LIMIT)
        assert done.comparison is not None
        assert done.comparison.files == done.comparison.compared == 2
        assert list(into.rglob(source.name))
        assert not list(into.rglob(other.name))
        shutil.rmtree(into)


def test_a_path_of_the_source_of_which_nothing_came_back_fails_it(site: Watched) -> None:
    source, mails = site.source("files"), site.source("mails")
    site.backups = ""
    site.declare("files", source=source)
    site.backups = site.backups.replace(f'["{source}"]', f'["{source}", "{mails}"]')
    take = ("backup", "--quiet", "--host", "srv-1", str(source), str(mails))
    site.restic(str(site.repository("files")), *take, "--exclude", f"{mails}/*")
    done = exercise(site)
    assert (done.ending, done.reason) == (ExerciseOutcome.FAILED, Reason.EMPTY)
    assert done.detail.endswith(str(mails))
    assert exercise(site, full=False).ending is ExerciseOutcome.OK
    site.restic(str(site.repository("files")), *take)
    assert exercise(site).ending is ExerciseOutcome.OK


def test_a_path_whose_files_hold_nothing_shows_nothing(site: Watched) -> None:
    """A dump that fails leaves its name or a compressor's stream, as a folder that is kept empty holds a mark."""
    source, dumps = site.source("files"), site.folder / "dumps"
    dumps.mkdir()
    site.backups = ""
    site.declare("files", source=source)
    site.backups = site.backups.replace(f'["{source}"]', f'["{source}", "{dumps}"]')
    take = ("backup", "--quiet", "--host", "srv-1", str(source), str(dumps))
    for name, written, ending, reason in (
        ("shop.sql", b"", ExerciseOutcome.UNPROVEN, Reason.EMPTY),
        ("hall.sql.gz", gzip.compress(b""), ExerciseOutcome.UNPROVEN, Reason.EMPTY),
        ("shop.sql", b"-- PostgreSQL", ExerciseOutcome.OK, Reason.WITHIN_LIMIT),
    ):
        (dumps / name).write_bytes(written)
        site.restic(str(site.repository("files")), *take)
        done = exercise(site)
        assert (done.ending, done.reason) == (ending, reason), done.detail
    assert len(registered(site, "recovery-test")) == 1


def test_a_relative_path_whose_name_stands_above_it_too_did_not_come_back_empty(site: Watched) -> None:
    """`cd /tmp/… && restic backup tmp` keeps the name `tmp` alone, which could be either."""
    source = site.folder / site.folder.parts[1]
    source.mkdir()
    (source / "letter.txt").write_text("lettre\n")
    site.backups = ""
    site.declare("files", source=source)
    with contextlib.chdir(site.folder):
        site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", source.name)
    done = exercise(site)
    assert (done.ending, done.reason) == (ExerciseOutcome.OK, Reason.WITHIN_LIMIT)


def test_a_tree_in_which_the_source_is_not_found_proves_nothing(site: Watched) -> None:
    source = site.source("files")
    site.backups = ""
    site.declare("files", source=source)
    # Relative to the folder above, and more than the source: the tree tells neither.
    argv = ["restic", "-r", str(site.repository("files")), "-p", str(site.password_file), "--no-cache", "backup"]
    subprocess.run([*argv, "--quiet", "--host", "srv-1", "sources"], cwd=site.folder, check=True, timeout=60)
    done = exercise(site)
    assert (done.ending, done.reason, done.entries) == (ExerciseOutcome.UNPROVEN, Reason.UNREADABLE, ())


def test_a_source_backed_up_by_a_relative_path_is_held_against_its_live_files(site: Watched) -> None:
    source = site.source("files")
    site.backups = ""
    site.declare("files", source=source)
    argv = ["restic", "-r", str(site.repository("files")), "-p", str(site.password_file), "--no-cache", "backup"]
    subprocess.run([*argv, "--quiet", "--host", "srv-1", "files"], cwd=source.parent, check=True, timeout=60)
    done = exercise(site)
    assert done.comparison is not None
    assert (done.ending, done.comparison.compared) == (ExerciseOutcome.OK, 2)


def test_without_room_nothing_is_restored(site: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(site.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=20_000_000))
    done = exercise(site)
    assert (done.ending, done.reason, done.entries) == (ExerciseOutcome.UNPROVEN, Reason.NO_ROOM, ())


@pytest.mark.parametrize("given", ["reason=a\nb", "author="])
def test_what_the_register_refuses_is_refused_before_anything_is_restored(site: Watched, given: str) -> None:
    words = {"reason": "essai", "author": "RSSI"} | dict([given.split("=", 1)])
    said = beffroi(
        "drill", "files", "--full", "--reason", words["reason"], "--author", words["author"],
        "--config", site.configuration,
    )  # fmt: skip
    assert (said.code, said.out) == (2, "")
    assert given.partition("=")[0] in said.err
    assert not (site.folder / "state" / "drills").exists()


@pytest.mark.slow
def test_the_backup_s_own_command_is_tried_on_what_was_restored(site: Watched) -> None:
    declared = site.backups
    for argv, ending, reason in (
        ('["test", "-d", "{restored}"]', ExerciseOutcome.OK, Reason.WITHIN_LIMIT),
        ('["test", "-e", "{restored}/nothing"]', ExerciseOutcome.FAILED, Reason.EXITED),
        ('["sleep", "60"]', ExerciseOutcome.FAILED, Reason.TIMED_OUT),
        ('["no-such-program"]', ExerciseOutcome.UNPROVEN, Reason.TOOL_MISSING),
    ):
        more = f'snapshot_host = "srv-1"\ntry = {argv}\ntry_timeout = "1s"'
        site.backups = declared.replace('snapshot_host = "srv-1"', more)
        done = exercise(site)
        assert (done.ending, done.reason) == (ending, reason), done.detail


@contextmanager
def under_way(site: Watched) -> Iterator[subprocess.Popen[bytes]]:
    """Give an exercise whose restore has begun and does not end."""
    slow = fake_restic(
        site.folder / "bin",
        f'case " $* " in *" restore "*) {shutil.which("restic")} "$@"; exec sleep 60;; '
        f'*) exec {shutil.which("restic")} "$@";; esac',
    )
    process = subprocess.Popen(
        [
            sys.executable, "-P", "-m", "agent", "drill", "files", "--full", "--reason", "essai", "--author", "RSSI",
            "--config", str(site.configuration),
        ],
        env=environment(slow),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        place = site.folder / "state" / NAME
        assert wait_until(lambda: any(place.rglob("linked")))
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_cut_off_it_leaves_no_data_and_a_documented_reason(site: Watched, number: signal.Signals) -> None:
    with under_way(site) as process:
        process.send_signal(number)
        assert process.wait(60) == 130
    assert left_behind(site) == []
    assert [entry["reason"] for entry in registered(site, "restore")] == ["essai"]
    assert registered(site, "recovery-test") == []


def test_killed_it_leaves_no_data_after_the_next_start(site: Watched) -> None:
    with under_way(site) as process:
        process.kill()
        process.wait(60)
    assert left_behind(site) != []
    beffroi("check", "--target", "backup-lifecycle", "--config", site.configuration)
    assert left_behind(site) == []


@pytest.mark.parametrize(("removed", "ending"), [(True, ExerciseOutcome.UNPROVEN), (False, ExerciseOutcome.FAILED)])
def test_a_point_that_is_pruned_while_it_is_restored_is_not_damaged(
    site: Watched, monkeypatch: pytest.MonkeyPatch, removed: bool, ending: ExerciseOutcome
) -> None:
    restore = ResticRepository.restore
    repository = str(site.repository("files"))

    def cut_off(own: ResticRepository, point: Point, into: Path, **more: Any) -> RestoreResult:
        done = restore(own, point, into, **more)
        next(path for path in into.rglob("*") if path.is_file()).unlink()
        if removed:
            site.restic(repository, "backup", "--quiet", "--host", "srv-1", str(site.source("files")))
            site.restic(repository, "forget", "--quiet", "--prune", point.id)
        return done

    monkeypatch.setattr(ResticRepository, "restore", cut_off)
    done = exercise(site)
    assert done.ending is ending
    assert len(registered(site, "recovery-test")) == (not removed)


def test_what_does_not_open_is_said_where_the_exercise_went_well(site: Watched) -> None:
    source = site.source("live")
    site.backups = ""
    site.declare("files", source=source)
    (source / "photos.gz").write_bytes(gzip.compress(b"pixels" * 1000)[:-9])
    (source / "empty.gz").touch()
    with contextlib.closing(sqlite3.connect(source / "letters.db")) as database:
        database.execute("create table letter (text)")
        database.executemany("insert into letter values (?)", [("text" * 500,)] * 50)
        database.commit()
    content = bytearray((source / "letters.db").read_bytes())
    content[4096:12288] = bytes(8192)
    (source / "letters.db").write_bytes(content)
    site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(source))
    done = exercise(site)
    assert done.ending is ExerciseOutcome.OK
    assert sorted(one.rpartition("/")[2] for one in done.remarks) == ["empty.gz", "letters.db", "photos.gz"]
    (text,) = (site.folder / "state" / "drills").glob("*.txt")
    assert "Résultat : réussi, avec remarques" in text.read_text()
    assert "photos.gz" in text.read_text()


def test_a_cut_dump_that_is_known_by_its_name_alone_fails_it(site: Watched) -> None:
    source = site.source("live")
    site.backups = ""
    site.declare("files", source=source)
    (source / "base.sql.gz").write_bytes(gzip.compress(b"pixels" * 1000)[:-9])
    site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(source))
    done = exercise(site)
    assert (done.ending, done.reason) == (ExerciseOutcome.FAILED, Reason.INCOMPLETE)


def test_a_newest_point_that_cannot_be_read_is_not_passed_over(site: Watched) -> None:
    older = set(os.listdir(site.repository("files") / "snapshots"))
    site.make("files", timedelta(minutes=1))
    (newest,) = set(os.listdir(site.repository("files") / "snapshots")) - older
    file = site.repository("files") / "snapshots" / newest
    content = bytearray(file.read_bytes())
    file.chmod(0o600)
    file.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    done = exercise(site)
    assert (done.ending, done.reason) == (ExerciseOutcome.FAILED, Reason.DAMAGED)
    assert newest[:8] in done.detail and "was restored" in done.detail
    assert registered(site, "recovery-test")[0]["result"] == "failed"
