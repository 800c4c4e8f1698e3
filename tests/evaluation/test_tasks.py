"""One look: what it sees, what it cannot, and what goes wrong in it, each as the value that it is."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Collector, Look
from agent.core.errors import Denied, Unreachable
from agent.core.inventory import Copy, Inventory
from agent.core.looks import NOT_BEFORE
from agent.core.manifest import FileRecord, Manifest, ManifestChange, StoredFile
from agent.core.model import Fact, Failure, Gap, Observation
from agent.core.reason import Reason
from agent.evaluation.registry import Registry
from agent.evaluation.tasks import Task, TaskContext, run_task, tasks_of
from agent.hosts.local import LocalHost
from agent.ledger.locks import repository_lock
from collectors.restic import LOOKS as RESTIC

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
COPY = Copy(program=RESTIC, id="offsite", backup="files", repository="/srv/r", password_file=Path("/p"), host="srv-1")


class FixedClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


def context(folder: Path, timeout: timedelta = timedelta(seconds=60)) -> TaskContext:
    here = LocalHost("here")
    return TaskContext(
        here=here,
        host=lambda id: here,
        clock=FixedClock(),
        folder=folder,
        timeout=timeout,
        previous=lambda collector, subject: None,
    )


def task(collect: "object", lock: str | None = None) -> Task:
    return Task(
        item=COPY,
        collector=Collector(
            name="look",
            schedule="backups",
            looks_at=Copy,
            collect=collect,  # type: ignore[arg-type]  # each test hands in a function of the right form
            subject_of=lambda copy: copy.subject,
            host_of=lambda copy: copy.host,
            lock_of=lambda copy: lock,
        ),
    )


def sees(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    yield Fact(name="seen", subject=copy.subject, value=True, as_of=look.now)
    yield Gap(subject=copy.subject, reason=Reason.DENIED, detail="one folder")


def cannot(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    yield Fact(name="seen", subject=copy.subject, value=True, as_of=look.now)
    raise Unreachable("vault does not answer")


def breaks(copy: Copy, look: Look) -> Iterable[Fact | Gap]:
    raise KeyError("password=hunter2")


@pytest.mark.parametrize(("ahead", "noted"), [(timedelta(hours=1), True), (timedelta(minutes=4), False)])
def test_a_look_whose_clock_was_set_back_notes_the_newest_row(tmp_path: Path, ahead: timedelta, noted: bool) -> None:
    reading = run_task(task(sees), replace(context(tmp_path), newest_row=lambda: NOW + ahead))
    assert isinstance(reading, Observation)
    assert [fact.as_of for fact in reading.named(NOT_BEFORE)] == [NOW + ahead] * noted


def test_a_look_that_succeeds_is_an_observation_with_its_facts_and_its_gaps(tmp_path: Path) -> None:
    reading = run_task(task(sees), context(tmp_path))
    assert isinstance(reading, Observation)
    assert [fact.name for fact in reading.facts] == ["seen"]
    assert [gap.reason for gap in reading.gaps] == [Reason.DENIED]
    assert (reading.collector, reading.host, reading.subject) == ("look", "srv-1", "files/offsite")


def test_a_look_that_fails_halfway_is_a_failure_and_half_of_it_is_no_observation(tmp_path: Path) -> None:
    reading = run_task(task(cannot), context(tmp_path))
    assert isinstance(reading, Failure)
    assert (reading.reason, reading.detail) == (Reason.UNREACHABLE, "vault does not answer")


def test_a_refusal_is_kept_with_what_settles_it_by_hand(tmp_path: Path) -> None:
    def refused(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
        raise Denied("/etc/shadow on srv-1 may not be read", "as root there: cat /etc/shadow")
        yield

    reading = run_task(task(refused), context(tmp_path))
    assert isinstance(reading, Failure)
    assert reading.reason is Reason.DENIED
    assert reading.detail == "/etc/shadow on srv-1 may not be read; as root there: cat /etc/shadow"


def test_a_fault_of_our_own_is_told_as_one_and_what_it_held_is_not_repeated(tmp_path: Path) -> None:
    reading = run_task(task(breaks), context(tmp_path))
    assert isinstance(reading, Failure)
    assert reading.reason is Reason.BUG
    assert "hunter2" not in reading.detail


def test_what_a_look_changed_in_a_manifest_goes_with_it_and_what_was_known_before_is_at_hand(tmp_path: Path) -> None:
    def lists(copy: Copy, look: Look) -> Iterator[ManifestChange]:
        known = [one.name for one in look.manifest().present()]
        yield ManifestChange(added=(StoredFile(name="new", size=1),))
        yield ManifestChange(hashed=tuple(known))

    earlier = Manifest([FileRecord(name=f"of {COPY.subject}", size=1, first_seen=NOW)])
    knowing = replace(context(tmp_path), manifest=lambda subject: earlier if subject == COPY.subject else Manifest())
    reading = run_task(task(lists), knowing)
    assert isinstance(reading, Observation)
    assert reading.facts == ()
    assert reading.manifest == ManifestChange(added=(StoredFile(name="new", size=1),), hashed=(f"of {COPY.subject}",))


@pytest.mark.parametrize("scheduled", [True, False])
def test_a_look_knows_whether_somebody_asked_for_it(scheduled: bool, tmp_path: Path) -> None:
    def tells(copy: Copy, look: Look) -> Iterator[Fact]:
        yield Fact(name="scheduled", subject=copy.subject, value=look.scheduled, as_of=look.now)

    reading = run_task(task(tells), context(tmp_path), scheduled=scheduled)
    assert isinstance(reading, Observation)
    assert [fact.value for fact in reading.facts] == [scheduled]


@pytest.mark.programs
def test_each_program_that_a_look_runs_is_evidence(tmp_path: Path) -> None:
    def runs(copy: Copy, look: Look) -> Iterator[Fact]:
        look.here.run("echo", "seen", timeout=look.timeout)
        yield from ()

    (evidence,) = run_task(task(runs), context(tmp_path)).evidence
    assert (evidence.command, evidence.status) == ("echo seen", 0)


def test_a_repository_that_another_process_looks_at_is_locked_and_not_waited_for_longer_than_the_limit(
    tmp_path: Path,
) -> None:
    with repository_lock(tmp_path, "look /srv/r", timedelta(seconds=60)):
        reading = run_task(task(sees, lock="/srv/r"), context(tmp_path, timedelta(milliseconds=50)))
    assert isinstance(reading, Failure)
    assert reading.reason is Reason.LOCKED
    assert isinstance(run_task(task(sees, lock="/srv/r"), context(tmp_path)), Observation)


def test_there_is_a_look_for_each_declared_thing_that_a_collector_applies_to() -> None:
    one = task(sees).collector
    registry = Registry(collectors={"look": one}, checks={}, documents={})
    from agent.core.inventory import Backup

    backup = Backup(
        program=RESTIC,
        id="files",
        beneficiary="s",
        host="srv-1",
        paths=("/srv",),
        snapshot_host="srv-1",
        copies=(COPY,),
    )
    inventory = Inventory(backups=(backup,))
    assert [found.name for found in tasks_of(registry, inventory)] == [("look", "files/offsite")]
    assert list(tasks_of(registry, inventory, "verify")) == []


def test_a_disk_that_takes_no_folder_is_denied_and_no_bug_of_ours(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder has to be")
    reading = run_task(task(sees), context(tmp_path))
    assert isinstance(reading, Failure)
    assert reading.reason is Reason.DENIED
    assert "cannot make" in reading.detail


def test_a_long_look_that_waited_for_another_knows_what_that_one_saw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, Observation] = {}
    known: list[Observation | None] = []

    def notes(copy: Copy, look: Look) -> Iterator[Fact]:
        known.append(look.previous)
        yield from ()

    def keep() -> None:
        kept["look"] = Observation(collector="look", host="srv-1", subject=COPY.subject, begun=NOW, ended=NOW)

    @contextmanager
    def waited(folder: Path, name: str, timeout: timedelta) -> Iterator[bool]:
        # The lock is free, and what was seen is kept some moments later.
        threading.Timer(0.3, keep).start()
        yield True

    monkeypatch.setattr("agent.evaluation.tasks.repository_lock", waited)
    long = task(notes, lock="/srv/r")
    long = replace(long, collector=replace(long.collector, schedule="verify"))
    knowing = replace(context(tmp_path), previous=lambda collector, subject: kept.get(collector))
    assert isinstance(run_task(long, knowing), Observation)
    assert known == [kept["look"]]
