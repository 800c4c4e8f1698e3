"""borg as what samples, timed restores and the drill restore through."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.cli.drill import carried_out, copy_named
from agent.core.deadline import Deadline
from agent.core.facts.restore_samples import sampled_in
from agent.core.facts.verification import damage_in
from agent.core.host import Output
from agent.core.points import Point
from agent.evaluation.session import open_session
from agent.hosts.local import LocalHost
from agent.restores.exercise import Drill, ExerciseOutcome, ExerciseRequest
from collectors.borg import LOOKS, check
from collectors.borg.address import BorgAddress
from collectors.borg.listing import BorgArchive
from collectors.borg.program import Borg
from collectors.borg.repository import RepositoryArchives
from collectors.borg.restores import BorgRestores, gave_whole, outcome
from tests.checks.backups import NOW, OFFSITE
from tests.parts.borg_repositories import CHECK, HOUR, BorgRepository, BorgSite

pytestmark = [pytest.mark.programs, pytest.mark.network]

SAMPLED = 'sample = { reason = "contrôle", author = "RSSI" }'


def drilled(site: BorgSite, into: Path | None = None) -> Drill:
    """Carry out a full exercise."""
    with open_session(site.configuration) as session:
        copy = copy_named(session.configuration.inventory, "files")
        request = ExerciseRequest(copy=copy, full=True, reason="essai annuel", author="RSSI", into=into)
        done, _, _ = carried_out(session, request)
    return done


def test_a_drill_restores_the_newest_archive_whole(site: BorgSite, repository: BorgRepository) -> None:
    site.declare("files", str(repository.folder))
    before = repository.state()
    done = drilled(site)
    assert (done.ending, done.detail, done.differences) == (ExerciseOutcome.OK, "", [])
    assert done.version.startswith("borg 1.")
    assert done.comparison is not None
    assert (done.comparison.files, done.comparison.compared, done.comparison.differing) == (5, 5, 0)
    assert repository.state() == before


def test_of_many_unread_archives_only_some_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = replace(OFFSITE, program=LOOKS, snapshot_host="srv-1", paths=("/srv/none",))
    archives = tuple(
        BorgArchive(id=f"{number:064x}", name=f"a-{number}", time=NOW - number * HOUR, host="srv-1")
        for number in range(100)
    )
    borg = Borg(
        copy=copy,
        here=LocalHost("srv-1"),
        version=(1, 4, 0),
        folder=tmp_path,
        address=BorgAddress(folder="/r"),
        environment={},
        deadline=Deadline(HOUR),
    )
    found = RepositoryArchives(repository="0" * 64, archives=archives)
    restores = BorgRestores(borg=borg, id="0" * 64, timeout=HOUR, found=found, known={})
    read: list[str] = []

    def noted(self: BorgRestores, point: Point) -> Point:
        read.append(point.id)
        return replace(point, files=1)

    monkeypatch.setattr(BorgRestores, "_read", noted)
    assert len(restores.points(NOW)) == 100
    assert read == [one.id for one in archives[:16]]


# What borg 1.2.4 of Debian 12 said of a file that it gave whole.
UNMATCHED = (
    b'{"env_var": "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", "type": "question_env_answer", '
    b'"msgid": "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", '
    b'"message": "yes (from BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK)"}\n'
    b'{"type": "log_message", "time": 1796130670.616206, '
    b'"message": "Include pattern \'srv/source/.canary\' never matched.", "levelname": "WARNING", '
    b'"name": "borg.archiver"}\n'
)
BROKEN = (
    b'{"type": "log_message", "time": 1796130670.6, "message": "srv/source/.canary: file has damaged chunks", '
    b'"levelname": "WARNING", "name": "borg.archiver"}\n'
)


@pytest.mark.parametrize(
    ("stdout", "stderr", "status", "whole"),
    [
        (b"canary", b"", 0, True),
        (b"canary", UNMATCHED, 1, True),
        (b"canar", UNMATCHED, 1, False),
        (b"canary", UNMATCHED + BROKEN, 1, False),
        (b"canary", b"", 1, False),
        (b"canary", UNMATCHED, 2, False),
    ],
)
def test_a_file_counts_as_given_whole_only_without_a_complaint(
    stdout: bytes, stderr: bytes, status: int, whole: bool
) -> None:
    output = Output(stdout=stdout, stderr=stderr, status=status, duration=timedelta(0))
    assert gave_whole(output, 6) is whole


# A file that `borg check --repair` filled up with zeros, as borg 1.4.0 says it, and as 1.2 does.
ZEROS = (
    b'{"type": "log_message", "time": 1796134645.2, "message": "srv/a: backup error", "levelname": "WARNING", '
    b'"name": "borg.archiver", "msgid": "BackupError"}\n',
    b'{"type": "log_message", "time": 1796134645.2, "message": "srv/a: File has damaged (all-zero) chunks. '
    b'Try running borg check --repair.", "levelname": "WARNING", "name": "borg.archiver"}\n',
)
OWNER = (
    b'{"type": "log_message", "time": 1796134645.2, "message": "srv/a: chown: [Errno 1] Operation not permitted", '
    b'"levelname": "WARNING", "name": "borg.archiver"}\n'
)


@pytest.mark.parametrize(
    ("stderr", "damaged"), [(b"", False), (OWNER, False), (ZEROS[0], True), (ZEROS[1], True), (OWNER + ZEROS[1], True)]
)
def test_a_file_of_zeros_is_no_restored_file(stderr: bytes, damaged: bool) -> None:
    ended = outcome(Output(stdout=b"", stderr=stderr, status=1, duration=timedelta(0)))
    assert (ended.damaged, ended.hindered) == (damaged, None)


@pytest.mark.slow
def test_a_drill_of_an_archive_that_was_repaired_with_zeros_fails(
    site: BorgSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = site.folder / "source"
    source.mkdir()
    repository = BorgRepository(folder=site.folder / "repaired", base=site.folder / "base").init()
    for number, age in enumerate((26 * HOUR, HOUR)):
        (source / f"{number}.bin").write_bytes(os.urandom(60_000))
        repository.create(f"files-{number}", source, age=age)
    min(repository.segments()[:2], key=lambda file: int(file.name)).unlink()
    repository.run("check", "--repair", str(repository.folder))
    # The live file has another date and shows nothing of the restored one.
    (source / "0.bin").write_bytes(os.urandom(60_000))
    site.declare("files", str(repository.folder), source=str(source))
    done = drilled(site)
    assert (done.ending, len(done.damaged)) == (ExerciseOutcome.FAILED, 1)
    monkeypatch.setattr(check, "fits", lambda borg, budget: None)  # read archive by archive, as through ssh
    assert [one.file for one, _ in damage_in(site.observed(CHECK, "files"))] == [f"snapshots/{done.damaged[0]}"]


@pytest.mark.slow
def test_a_drill_of_a_damaged_archive_fails(site: BorgSite, repository: BorgRepository) -> None:
    site.declare("files", str(repository.folder))
    for segment in repository.segments()[:4]:
        content = bytearray(segment.read_bytes())
        content[1000] ^= 1
        segment.write_bytes(content)
    done = drilled(site)
    assert done.ending is ExerciseOutcome.FAILED
    assert done.damaged


@pytest.mark.slow
def test_samples_are_restored_and_compared(site: BorgSite, repository: BorgRepository) -> None:
    site.declare("files", str(repository.folder), backup=SAMPLED)
    sampled = list(sampled_in(site.observed("samples", "files")))
    assert len(sampled) == 5
    assert not [one for one in sampled if one.failed]


@pytest.mark.slow
def test_a_name_of_any_bytes_is_restored_as_itself(site: BorgSite, repository: BorgRepository) -> None:
    odd = site.folder / "odd"
    odd.mkdir()
    for name in (b" lead", b"a\nb", b"*[1]{now}", b"-dash", b"\xff\xfe"):
        (odd / os.fsdecode(name)).write_bytes(name)
    repository.create("odd", odd, age=timedelta(0))
    site.declare("files", str(repository.folder), source=str(odd))
    done = drilled(site)
    assert (done.ending, done.detail, done.differences) == (ExerciseOutcome.OK, "", [])
    assert done.comparison is not None
    assert (done.comparison.files, done.comparison.differing) == (5, 0)


def test_the_root_of_a_machine_does_not_open_the_folder_that_it_is_restored_into(site: BorgSite) -> None:
    """`borg create /` keeps the root itself, whose mode lets everyone in: to programs that would run as the agent."""
    repository = BorgRepository(folder=site.folder / "rooted", base=site.folder / "base").init()
    source = site.folder / "source"
    source.mkdir()
    (source / "letter.txt").write_text("lettre\n")
    above = "|".join(f"{str(folder)[1:]}$" for folder in (*source.parents, source))
    options = ("--exclude", f"re:^(?!{above}|{str(source)[1:]}/)")
    repository.create("rooted", "/", age=HOUR, more=options)
    site.declare("files", str(repository.folder), source="/")
    into = site.folder / "into"
    done = drilled(site, into)
    assert (done.ending, done.detail, done.differences) == (ExerciseOutcome.OK, "", [])
    assert oct(into.stat().st_mode) == "0o40700"


def test_a_hard_link_comes_back_as_the_file_that_it_is(site: BorgSite) -> None:
    """borg tells no size of one, wherever the file that it shares its content with is kept."""
    repository = BorgRepository(folder=site.folder / "linked", base=site.folder / "base").init()
    beside, source = site.folder / "beside", site.folder / "source"
    for folder in (beside, source):
        folder.mkdir()
    (beside / "letter.txt").write_text("lettre\n")
    for name in ("linked.txt", "again.txt"):
        (source / name).hardlink_to(beside / "letter.txt")
    repository.create("linked", beside, source, age=HOUR)
    site.declare("files", str(repository.folder), backup=SAMPLED, source=str(source))
    into = site.folder / "into"
    done = drilled(site, into)
    assert (done.ending, done.detail, done.differences) == (ExerciseOutcome.OK, "", [])
    assert {file.read_text() for file in into.rglob("*.txt")} == {"lettre\n"}
    assert [one.result for one in sampled_in(site.observed("samples", "files"))] == ["same", "same"]


def test_a_named_pipe_comes_back_as_the_pipe_that_it_is(site: BorgSite) -> None:
    repository = BorgRepository(folder=site.folder / "piped", base=site.folder / "base").init()
    source = site.folder / "source"
    source.mkdir()
    (source / "letter.txt").write_text("lettre\n")
    os.mkfifo(source / "pipe")
    repository.create("piped", source, age=HOUR)
    site.declare("files", str(repository.folder), source=str(source))
    done = drilled(site)
    assert (done.ending, done.detail, done.differences) == (ExerciseOutcome.OK, "", [])


def test_a_folder_that_two_paths_of_a_run_reach_is_counted_once(site: BorgSite) -> None:
    """`borg create --one-file-system / /home` keeps the folder on which a disk is mounted twice."""
    repository = BorgRepository(folder=site.folder / "twice", base=site.folder / "base").init()
    source = site.folder / "source"
    (source / "home").mkdir(parents=True)
    (source / "home" / "letter.txt").write_text("lettre\n")
    repository.create("twice", source, source / "home", age=HOUR)
    site.declare("files", str(repository.folder), source=str(source))
    done = drilled(site)
    assert (done.ending, done.detail, done.differences) == (ExerciseOutcome.OK, "", [])


@pytest.mark.parametrize(("other", "ending"), [(b"lettre\n", ExerciseOutcome.OK), (b"a\n", ExerciseOutcome.UNPROVEN)])
def test_a_hard_link_to_a_name_of_any_bytes_has_its_size(site: BorgSite, other: bytes, ending: ExerciseOutcome) -> None:
    """borg tells where a link leads with a question mark for each byte that is no UTF-8: of two alike it tells none."""
    repository = BorgRepository(folder=site.folder / "linked", base=site.folder / "base").init()
    beside, source = site.folder / "beside", site.folder / "source"
    for folder in (beside, source):
        folder.mkdir()
    (beside / os.fsdecode(b"caf\xe9")).write_bytes(b"lettre\n")
    (beside / os.fsdecode(b"caf\xe8")).write_bytes(other)
    (source / "linked.txt").hardlink_to(beside / os.fsdecode(b"caf\xe9"))
    repository.create("linked", beside, source, age=HOUR)
    site.declare("files", str(repository.folder), source=str(source))
    assert drilled(site).ending is ending


def test_names_that_look_alike_in_a_list_are_each_held_to_their_own_file(site: BorgSite) -> None:
    """As of an old file server: names in Latin-1. borg keeps them in the order of the disk, and not of their bytes."""
    repository = BorgRepository(folder=site.folder / "alike", base=site.folder / "base").init()
    source = site.folder / "source"
    for folder in (b"\xe9t\xe9", b"\xe8t\xe8"):
        inside = source / "odd" / os.fsdecode(folder)
        inside.mkdir(parents=True)
        for number, name in enumerate((b"p\xeache", b"p\xe8che", b"p\xc3\xaache", b"p\xef\xbf\xbdche")):
            (inside / os.fsdecode(folder + name)).write_bytes(folder * (number + 3))
            (inside / os.fsdecode(name)).write_bytes(name * (number + 2))
    (source / "odd" / os.fsdecode(b"\xe9t\xe9") / "alone.txt").write_text("seul\n")
    repository.create("alike", source, source / "odd", age=HOUR)
    site.declare("files", str(repository.folder), source=str(source))
    done = drilled(site)
    assert (done.ending, done.detail, done.differences) == (ExerciseOutcome.OK, "", [])
    assert done.comparison is not None
    assert done.comparison.files == 17
