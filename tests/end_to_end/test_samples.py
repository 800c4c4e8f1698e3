"""Samples with a real restic: what comes back, what the verdict says of it, and that nothing of it stays anywhere."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.core.errors import Denied
from agent.core.facts.restore_pace import draws_in, totals_in
from agent.core.facts.restore_samples import failed_in, sampled_in
from agent.core.model import Failure, Observation, Reading, State, Verdict
from agent.core.reason import Reason
from agent.evaluation.round import Round, needed
from agent.evaluation.session import open_session
from agent.evaluation.session import reading as reading_of
from agent.evaluation.tasks import run_task, tasks_of
from agent.queries.current_state import current_snapshot
from agent.restores.scratch import NAME
from agent.wording.sentences import phrase
from tests.parts.processes import wait_until
from tests.parts.program import beffroi, daemon, environment
from tests.parts.repositories import fake_restic
from tests.parts.sshd import Sshd, running_sshd
from tests.parts.unprivileged import open_folder
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

SAMPLE = 'sample = { reason = "contrôle hebdomadaire", author = "RSSI" }'
SECRET, WORDS = "dossier-de-madame-durand", "diagnostic confidentiel\n"


@pytest.fixture
def site() -> Iterator[Watched]:
    """Return a site with one backup whose samples have a standing reason."""
    with open_folder() as folder:
        own = Watched(folder)
        source = own.source("files")
        (source / f"{SECRET}.txt").write_text(WORDS * 40)
        (source / "a*[b]?$HOME").write_bytes(b"hostile\n" * 9)
        (source / "empty").touch()
        own.declare("files", more=SAMPLE)
        own.make("files")
        back_up(own)
        yield own


def back_up(site: Watched, name: str = "files") -> str:
    """Make a point of now; return its id."""
    before = points(site, name)
    site.restic(str(site.repository(name)), "backup", "--quiet", "--force", "--host", "srv-1", str(site.source(name)))
    (made,) = points(site, name) - before
    return made


def points(site: Watched, name: str = "files") -> set[str]:
    """Return the ids of a repository's points."""
    return set(os.listdir(site.repository(name) / "snapshots"))


def sample(site: Watched, copy: str = "files/offsite", collector: str = "samples") -> Reading:
    """Take a sample as the daemon does, and keep the result."""
    with open_session(site.configuration) as session:
        every = tasks_of(session.registry, session.configuration.inventory, "samples")
        (task,) = [one for one in every if one.name == (collector, copy)]
        reading = run_task(task, session.context, scheduled=True)
        turn = Round(session)
        turn.take(reading)
        turn.judge(session.wanted)
    assert left_behind(site) == []
    return reading


def seen(site: Watched, copy: str = "files/offsite") -> Observation:
    """Take a sample that can be taken."""
    reading = sample(site, copy)
    assert isinstance(reading, Observation), reading
    return reading


def results(reading: Observation) -> list[str]:
    """Return the result of each file, sorted."""
    return sorted(one.result for one in sampled_in(reading))


def left_behind(site: Watched) -> list[str]:
    """Return what lies in the place of what must not stay."""
    place = site.folder / "state" / NAME
    return sorted(os.listdir(place)) if place.exists() else []


def offsite(site: Watched) -> tuple[str, str]:
    """Return the verdict on the copy as it stands, listed and verified."""
    beffroi("verify", "files", "--config", site.configuration)
    said = beffroi("check", "--backup", "files", "--json", "--config", site.configuration)
    return said.verdict("backup-offsite", "files/offsite")


def registered(site: Watched) -> list[dict[str, str]]:
    """Return the entries of the register of restores."""
    said = beffroi("register", "list", "restore", "--json", "--config", site.configuration)
    return list(json.loads(said.out)["entries"])


def test_files_come_back_as_the_live_ones_are_and_the_register_says_why(site: Watched) -> None:
    assert results(seen(site)) == ["same"] * 5
    (entry,) = registered(site)
    assert (entry["backup"], entry["reason"], entry["author"]) == ("files", "contrôle hebdomadaire", "RSSI")
    assert offsite(site) == ("met", "within-limit")
    known = beffroi("status", "--json", "--config", site.configuration)
    assert known.verdict("restore-reason", "scota") == ("met", "within-limit")


def test_neither_a_name_nor_a_content_is_kept(site: Watched) -> None:
    reading = seen(site)
    said = " ".join(one.command for one in reading.evidence)
    assert "(a part of it)" in said
    kept = b"".join(path.read_bytes() for path in (site.folder / "state").rglob("*") if path.is_file())
    assert b"sample.file" in kept
    assert not [what for what in (SECRET, WORDS.strip(), "letter.txt", "HOME") if what.encode() in kept]


def test_nothing_is_restored_without_a_standing_reason_nor_without_the_register(site: Watched) -> None:
    site.backups = site.backups.replace(SAMPLE, "")
    with open_session(site.configuration) as session:
        assert list(tasks_of(session.registry, session.configuration.inventory, "samples")) == []
        copy = session.configuration.inventory.copies[0]
        with pytest.raises(Denied), session.context.restoring(copy):
            pass
    assert registered(site) == []


def test_without_a_ledger_nothing_is_restored(site: Watched) -> None:
    with open_session(site.configuration, keep=False) as session:
        task, *_ = tasks_of(session.registry, session.configuration.inventory, "samples")
        reading = run_task(task, session.context)
    assert isinstance(reading, Failure)
    assert (reading.reason, "register" in reading.detail) == (Reason.DENIED, True)


def test_the_daemon_takes_it_by_itself(site: Watched) -> None:
    names = ("collector=samples", "collector=restore_pace")
    with daemon(site.configuration, site.folder / "log"):
        assert wait_until(lambda: all(name in log_of(site) for name in names), 90), log_of(site)
    for name in names:
        assert "outcome=seen" in next(line for line in log_of(site).splitlines() if name in line)
    assert len(registered(site)) == 2


def log_of(site: Watched) -> str:
    """Return what the daemon has logged."""
    return (site.folder / "log").read_text()


def test_a_check_takes_no_sample(site: Watched) -> None:
    with open_session(site.configuration) as session:
        names = {task.collector.name for task in needed(session.wanted, session)}
    assert "restic_snapshots" in names
    assert not names & {"samples", "restore_pace"}


def test_it_is_taken_over_sftp_and_the_copy_at_the_source_s_own_site_is_left_alone(site: Watched) -> None:
    with running_sshd(site.folder / "sshd") as sshd:
        file = site.folder / "environment"
        file.touch(mode=0o600)
        file.write_text("".join(f"{key}={value}\n" for key, value in sshd.environment().items()))
        away = Copy(repository=f"sftp:{sshd.alias}:{site.repository('files')}", more=f'environment_file = "{file}"')
        near = Copy(id="near", repository=str(site.repository("files")), site="arras")
        site.declare("far", near, away, source=site.source("files"), more=SAMPLE)
        assert results(seen(site, "far/offsite")) == ["same"] * 5
    with open_session(site.configuration) as session:
        subjects = {one.subject for one in tasks_of(session.registry, session.configuration.inventory, "samples")}
    assert subjects == {"files/offsite", "far/offsite"}


def test_what_changed_since_is_counted_and_other_bytes_under_the_same_date_are_a_miss(site: Watched) -> None:
    source = site.source("files")
    (source / "letter.txt").write_text("new\n")
    (source / "empty").unlink()
    assert results(seen(site)) == ["changed-since"] * 2 + ["same"] * 3
    keep_date(source / "image.bin")
    reading = seen(site)
    assert results(reading) == ["changed-since"] * 2 + ["content-changed"] + ["same"] * 2
    assert offsite(site) == ("missed", "content-changed")


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


@pytest.fixture
def far(site: Watched) -> Iterator[tuple[Watched, Sshd]]:
    """Return the same site, whose source lies on a machine behind SSH."""
    with running_sshd(site.folder / "sshd") as sshd:
        site.backups = site.backups.replace('host = "srv-1"', 'host = "far"', 1) + FAR.format(sshd=sshd)
        assert beffroi("config", "check", site.configuration).code == 0
        yield site, sshd


@pytest.mark.slow
def test_a_source_behind_ssh_is_held_against_what_came_back_of_it(far: tuple[Watched, Sshd]) -> None:
    site, sshd = far
    source = site.source("files")
    reading = seen(site)
    assert results(reading) == ["same"] * 5
    asked = [one.command for one in reading.evidence if "live files" in one.command]
    assert asked == ["python3: digests of 1 live files"] * 5
    (source / "letter.txt").write_text("new\n")
    (source / "empty").unlink()
    assert results(seen(site)) == ["changed-since"] * 2 + ["same"] * 3
    keep_date(source / "image.bin")
    assert results(seen(site)) == ["changed-since"] * 2 + ["content-changed"] + ["same"] * 2
    assert offsite(site) == ("missed", "content-changed")
    kept = b"".join(path.read_bytes() for path in (site.folder / "state").rglob("*") if path.is_file())
    assert not [what for what in (SECRET, WORDS.strip(), "letter.txt", "HOME") if what.encode() in kept]
    sshd.stop()
    lost = seen(site)
    assert results(lost) == ["unread:unreachable"] * 5
    with reading_of(site.configuration) as (loaded, ledger, clock):
        numbers = current_snapshot(loaded, ledger, now=clock.now()).copies[0]
    assert numbers.sampled == {"same": 0, "changed-since": 0, "unread": 5, "not-compared": 0, "failed": 0}
    assert (numbers.sampled_at, numbers.failing) == (lost.ended, 1)
    assert numbers.failing_since is not None
    # What differed is not forgiven because no one can look.
    assert offsite(site) == ("missed", "content-changed")


def test_a_source_behind_ssh_that_may_not_be_read_there_is_told_and_is_no_miss(far: tuple[Watched, Sshd]) -> None:
    site, sshd = far
    sshd.force = "echo no shell for you"
    sshd.stop()
    sshd.start()
    assert results(seen(site)) == ["unread:denied"] * 5
    assert offsite(site) == ("met", "within-limit")


def keep_date(file: Path) -> None:
    """Give a file another content of the same size and date."""
    status = file.stat()
    file.write_bytes(os.urandom(status.st_size))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.slow
def test_a_database_that_was_copied_in_use_is_a_miss_until_the_newest_point_holds_it_whole(site: Watched) -> None:
    file = site.source("files") / "letters.db"
    with closing(sqlite3.connect(file)) as made:
        made.execute("create table letter (text)")
        made.executemany("insert into letter values (?)", [("x" * 100,)] * 2000)
        made.commit()
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + bytes(8192) + whole[16384:])
    (site.source("files") / "cut.json").write_text("{")
    back_up(site)
    file.write_bytes(whole)
    os.utime(file, ns=(0, 0))
    reading = seen(site)
    told = {(one.kind, one.opening, one.result) for one in sampled_in(reading) if one.kind}
    assert told == {("sqlite", "broken", "incomplete"), ("json", "broken", "same")}
    assert offsite(site) == ("missed", "incomplete")
    back_up(site)
    reading = seen(site)
    assert failed_in(reading) == ()
    assert {(one.kind, one.opening) for one in sampled_in(reading) if one.kind} == {
        ("sqlite", "opened"),
        ("json", "broken"),
    }
    assert offsite(site) == ("met", "within-limit")


@pytest.mark.slow
def test_what_failed_once_is_tried_again_whatever_the_next_sample_draws(site: Watched) -> None:
    keep_date(site.source("files") / "image.bin")
    first = seen(site)
    ((failed, since),) = failed_in(first)
    # The next point holds what is there now: its own sample is sound, and what the first point holds is still bad.
    back_up(site)
    second = seen(site)
    assert results(second) == ["content-changed"] + ["same"] * 5
    assert failed_in(second) == ((failed, since),)
    assert offsite(site) == ("missed", "content-changed")
    site.restic(str(site.repository("files")), "forget", "--quiet", failed.point)
    assert failed_in(seen(site)) == ()
    assert offsite(site)[1] != "content-changed"


def test_a_damaged_pack_is_a_miss_that_stays_while_the_copy_cannot_be_reached(site: Watched) -> None:
    pack = site.pack("files")
    content = bytearray(pack.read_bytes())
    content[1000] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(content)
    assert "damaged" in results(seen(site))
    moved = site.repository("files").with_name("moved")
    site.repository("files").rename(moved)
    away = sample(site)
    assert isinstance(away, Failure)
    with open_session(site.configuration) as session:
        (wanted,) = [one for one in session.wanted if one.key.target == "backup-offsite"]
        (verdict,) = Round(session).judge([wanted])
    assert (verdict.state, verdict.reason) == (State.MISSED, Reason.DAMAGED)
    assert "failed_samples" in verdict.about


def test_a_wrong_password_costs_the_look_and_enters_nothing(site: Watched) -> None:
    site.password_file.write_text("wrong\n")
    reading = sample(site)
    assert isinstance(reading, Failure)
    assert (reading.reason, registered(site)) == (Reason.WRONG_PASSWORD, [])


@pytest.fixture
def unheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a stand-in for restic note elsewhere what it was asked, which a restore may not."""
    monkeypatch.setattr("collectors.restic.restore.changing_only", lambda *places: ())


@pytest.mark.usefixtures("unheld")
def test_a_link_that_is_lost_half_way_is_no_damage_and_its_words_are_not_kept(site: Watched) -> None:
    restic, counter = shutil.which("restic"), site.folder / "counter"
    said = f"ignoring error for /srv/{SECRET}: connection lost"
    broken = fake_restic(
        site.folder / "bin",
        f'case " $* " in *" restore "*) echo x >> {counter}; [ $(wc -l < {counter}) -gt 2 ] && '
        f'{{ echo "{said}" >&2; exit 1; }};; esac; exec {restic} "$@"',
    )
    site.backups = site.backups.replace(
        'country = "FR"', f'country = "FR"\nenvironment_file = "{path_file(site, broken)}"'
    )
    reading = sample(site)
    assert isinstance(reading, Failure)
    assert (reading.reason, SECRET in reading.detail) == (Reason.UNREACHABLE, False)
    assert len(counter.read_text().split()) == 3
    # Something bad that was seen before the loss is kept beside it.
    counter.unlink()
    for name in ("image.bin", "letter.txt", f"{SECRET}.txt", "a*[b]?$HOME"):
        keep_date(site.source("files") / name)
    partly = sample(site)
    assert isinstance(partly, Observation)
    assert (len(failed_in(partly)) >= 1, [gap.reason for gap in partly.gaps]) == (True, [Reason.UNREACHABLE])


def path_file(site: Watched, variables: dict[str, str]) -> Path:
    """Return an environment file by which another restic answers."""
    file = site.folder / "environment"
    file.touch(mode=0o600)
    file.write_text("".join(f"{key}={value}\n" for key, value in variables.items()))
    return file


TAKE = """\
import sys
from pathlib import Path
from agent.evaluation.tasks import run_task, tasks_of
from agent.evaluation.session import open_session

with open_session(Path(sys.argv[1])) as session:
    every = tasks_of(session.registry, session.configuration.inventory, "samples")
    (task,) = [one for one in every if one.collector.name == "samples"]
    run_task(task, session.context)
"""


def test_killed_it_leaves_one_file_at_the_most_and_none_after_the_next_start(site: Watched) -> None:
    slow = fake_restic(
        site.folder / "bin",
        f'case " $* " in *" restore "*) {shutil.which("restic")} "$@"; exec sleep 60;; '
        f'*) exec {shutil.which("restic")} "$@";; esac',
    )
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", TAKE, str(site.configuration)], env=environment(slow), stdin=subprocess.DEVNULL
    )
    place = site.folder / "state" / NAME
    try:
        assert wait_until(lambda: any(path.is_file() and path.parent != place for path in place.rglob("*")))
        assert place.stat().st_mode & 0o077 == 0
        assert len([path for path in place.rglob("*") if path.is_file() and path.parent != place]) == 1
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    assert left_behind(site) != []
    assert len(registered(site)) == 1
    beffroi("check", "--target", "backup-lifecycle", "--config", site.configuration)
    assert left_behind(site) == []


def test_the_samples_of_two_weeks_are_the_same_files_while_the_point_is_the_same(site: Watched) -> None:
    assert [one.token for one in sampled_in(seen(site))] == [one.token for one in sampled_in(seen(site))]


def test_no_room_for_the_largest_file_restores_nothing(site: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(site.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=200_000))
    reading = sample(site)
    assert isinstance(reading, Failure)
    assert reading.reason is Reason.NO_ROOM


def pace(site: Watched, copy: str = "files/offsite") -> Observation:
    """Time some restores of parts that can be made."""
    reading = sample(site, copy, "restore_pace")
    assert isinstance(reading, Observation), reading
    return reading


def restore_time(site: Watched, backup: str = "files") -> Verdict:
    """Return the verdict on how long a backup takes to come back."""
    with open_session(site.configuration) as session:
        (wanted,) = [one for one in session.wanted if (one.key.target, one.key.subject) == ("backup-rto", backup)]
        (verdict,) = Round(session).judge([wanted])
    return verdict


def test_three_draws_estimate_a_whole_restore_and_each_week_adds_one(site: Watched) -> None:
    (site.source("files") / "big.bin").write_bytes(os.urandom(3_000_000))
    back_up(site)
    assert (restore_time(site).state, restore_time(site).reason) == (State.UNPROVEN, Reason.NOT_RUN)
    first = pace(site)
    assert len(draws_in(first)) == 3
    (totals,) = totals_in(first)
    assert (totals.points, totals.small_files, totals.big_bytes) == (1, 5, 3_000_000)
    assert all(draw.start > 0 and draw.a_file > 0 and draw.a_byte > 0 for draw in draws_in(first))
    verdict = restore_time(site)
    assert (verdict.state, verdict.reason, verdict.about["basis"]) == (State.MET, Reason.WITHIN_LIMIT, "estimated")
    likely = verdict.about["likely_seconds"]
    assert verdict.value is not None and isinstance(likely, float)
    assert verdict.value >= likely
    assert "estimé à 95 % d'après 3 restaurations partielles" in phrase(verdict, "fr")
    second = pace(site)
    assert draws_in(second)[1:] == draws_in(first)
    assert len(totals_in(second)) == 2
    assert len(registered(site)) == 2
    kept = b"".join(path.read_bytes() for path in (site.folder / "state").rglob("*") if path.is_file())
    assert not [what for what in (SECRET, "letter.txt", "big.bin") if what.encode() in kept]


def test_a_full_exercise_is_told_in_place_of_the_estimate(site: Watched) -> None:
    pace(site)
    assert restore_time(site).about["basis"] == "estimated"
    said = beffroi(
        "drill", "files", "--full", "--reason", "essai annuel", "--author", "RSSI", "--config", site.configuration
    )
    assert said.code == 0
    assert restore_time(site).about["basis"] == "measured"


@pytest.mark.usefixtures("unheld")
def test_the_pace_is_taken_over_sftp_and_of_the_source_alone(site: Watched) -> None:
    other = site.source("somebody-else")
    site.restic(str(site.repository("files")), "backup", "--quiet", "--host", "srv-1", str(site.source("files").parent))
    with running_sshd(site.folder / "sshd") as sshd:
        file = site.folder / "environment"
        file.touch(mode=0o600)
        record_restores(site)
        variables = sshd.environment()
        variables["PATH"] = f"{site.folder / 'bin'}:{variables['PATH']}"
        file.write_text("".join(f"{key}={value}\n" for key, value in variables.items()))
        away = Copy(repository=f"sftp:{sshd.alias}:{site.repository('files')}", more=f'environment_file = "{file}"')
        site.declare("far", away, source=site.source("files"), more=SAMPLE)
        reading = pace(site, "far/offsite")
    assert totals_in(reading)[0].small_files == 5
    asked_for = (site.folder / "asked").read_text()
    assert f"--include {site.source('files')}" in asked_for
    assert other.name not in asked_for
    assert f"--include {site.source('files').parent} " not in asked_for


def record_restores(site: Watched) -> None:
    """Make a restic that notes what it is asked to restore."""
    restic, asked = shutil.which("restic"), site.folder / "asked"
    fake_restic(site.folder / "bin", f'case " $* " in *" restore "*) echo "$*" >> {asked};; esac; exec {restic} "$@"')


def test_a_file_too_large_to_be_restored_is_read_and_not_named(site: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    (site.source("files") / "huge.bin").write_bytes(os.urandom(5_000_000))
    back_up(site)
    monkeypatch.setattr("agent.restores.portions.BIG_BYTES", 2_000_000)
    monkeypatch.setattr("collectors.restored.pace.READ_BYTES", 1_000_000)
    reading = pace(site)
    assert all(draw.a_byte > 0 for draw in draws_in(reading))
    commands = [one.command for one in reading.evidence]
    assert any(command.startswith("restic dump") for command in commands)
    assert not [command for command in commands if "huge.bin" in command]


def test_a_damaged_part_tells_no_pace(site: Watched) -> None:
    pack = site.pack("files")
    content = bytearray(pack.read_bytes())
    content[1000] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(content)
    reading = sample(site, collector="restore_pace")
    assert isinstance(reading, Failure)
    assert (reading.reason, restore_time(site).state) == (Reason.UNREADABLE, State.UNPROVEN)
