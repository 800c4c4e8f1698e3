"""What one hostile host, console or store may cost: bounded memory, a share of the ledger, and its own target."""

import csv
import itertools
import json
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from agent.core.bounds import BOUNDS, USUAL
from agent.core.clock import SystemClock
from agent.core.errors import LookError, Unreadable
from agent.core.facts import console_exports
from agent.core.facts.console_exports import MOST_CELLS, MOST_ROWS, read_rows, rows_of
from agent.core.host import LARGE_OUTPUT, OUTPUT_LIMIT, Command, Host, Output
from agent.core.inventory import DeclaredHost, Export
from agent.core.manifest import ManifestChange, StoredFile
from agent.core.model import Fact, Failure, Gap, Observation, Reading
from agent.core.reason import Reason
from agent.evaluation import tasks
from agent.evaluation.registry import find
from agent.evaluation.round import Round
from agent.evaluation.tasks import Task, TaskContext, run_task
from agent.hosts.evidence import RecordingHost
from agent.hosts.local import LocalHost
from agent.ledger import look_ledger as ledgers
from agent.ledger.tables import READING
from tests.evaluation.test_round import World, world
from tests.parts.executable import executable

LONG = timedelta(seconds=60)
EXPORT = Export(id="edr", path="/x", format="json", host="name", date="seen")
TABLE = Export(id="wsus", path="/x", format="csv", host="name", date="seen")


@dataclass
class Talker(Host):
    """A host that answers each command with as much as a test likes, up to the limit that it is given."""

    says: bytes
    id: str = "srv-1"
    limits: list[int] = field(default_factory=list)
    read_bytes: bytes = b""

    def execute(self, command: Command) -> Output:
        limit = command.output_limit
        self.limits.append(limit)
        cut = len(self.says) > limit
        return Output(stdout=self.says[:limit], stderr=b"", status=0, duration=timedelta(0), truncated=cut)

    def read(self, path: str, *, limit: int) -> bytes:
        return self.read_bytes


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_a_question_has_its_own_bound_of_bytes_and_lines(name: str) -> None:
    bound = BOUNDS[name]
    assert bound.lines is not None
    talker = Talker(b"\n" * bound.lines)
    host = RecordingHost(talker, [])
    host.run("sh", timeout=LONG, shown=f"{name}", output_limit=LARGE_OUTPUT)
    assert talker.limits == [bound.bytes]
    talker.says += b"\n"
    with pytest.raises(Unreadable, match=f"on srv-1 says more than {bound.lines} lines"):
        host.run("sh", timeout=LONG, shown=f"{name}", output_limit=LARGE_OUTPUT, accept=None)


def test_a_command_without_a_bound_has_the_usual_one() -> None:
    talker = Talker(b"\n" * ((USUAL.lines or 0) + 1))
    with pytest.raises(Unreadable):
        RecordingHost(talker, []).run("anything", timeout=LONG)
    RecordingHost(talker, []).run("anything", timeout=LONG, output_limit=LARGE_OUTPUT)
    assert talker.limits == [OUTPUT_LIMIT, LARGE_OUTPUT]


HOSTILE = """\
import sys
for number in range(1_500_000):
    sys.stdout.write(f"package{number}\\\\tamd64\\\\t1.{number}\\\\tii \\\\t1763913600\\\\n")
"""
LOOK = """\
import os, sys
from datetime import timedelta
from pathlib import Path
from agent.core.clock import SystemClock
from agent.core.inventory import DeclaredHost
from agent.hosts.local import LocalHost
from agent.evaluation.tasks import Task, TaskContext, run_task
from agent.evaluation.registry import find
folder = Path(sys.argv[1])
os.environ["PATH"] = f"{folder}/bin:{os.environ['PATH']}"
host = LocalHost("srv-1")
context = TaskContext(here=host, host=lambda id: host, clock=SystemClock(), folder=folder,
              timeout=timedelta(seconds=60),
              previous=lambda collector, subject: None)
seen = run_task(Task(collector=find().collectors["patches"], item=DeclaredHost(id="srv-1")), context)
print(seen.reason.value, seen.detail)
# What getrusage tells begins with the memory of the process that started this one.
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.programs
def test_a_million_packages_cost_no_memory_and_are_unreadable(tmp_path: Path) -> None:
    """58 MiB of them took 1.5 GB and four minutes before answers had bounds."""
    executable(tmp_path / "bin" / "dpkg-query", f"exec {sys.executable} {tmp_path}/hostile.py")
    (tmp_path / "hostile.py").write_text(HOSTILE.replace("\\\\", "\\"))
    home = Path(__file__).parents[2]
    said = subprocess.run(
        [sys.executable, "-c", LOOK, tmp_path], cwd=home, capture_output=True, text=True, check=True, timeout=120
    ).stdout.splitlines()
    assert said[0] == "unreadable dpkg-query --show on srv-1 says more than 20000 lines: none is believed"
    assert int(said[1]) < 150_000  # kB


@pytest.mark.programs
def test_more_accounts_than_a_machine_has_are_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "seq 1 5001 | sed 's|.*|u&:x:&:&::/:/bin/sh|'"
    executable(tmp_path / "bin" / "getent", f'[ "$1" != passwd ] || {{ {lines}; exit; }}; exec /usr/bin/getent "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    host = LocalHost("srv-1")
    context = TaskContext(
        here=host, host=lambda id: host, clock=SystemClock(), folder=tmp_path, timeout=LONG,
        previous=lambda collector, subject: None,
    )  # fmt: skip
    seen = run_task(Task(collector=find().collectors["access"], item=DeclaredHost(id="srv-1")), context)
    said: Failure | Gap = seen if isinstance(seen, Failure) else seen.gaps[0]
    assert said.reason is Reason.UNREADABLE
    assert "getent passwd on srv-1 says more than 5000 lines" in said.detail


@pytest.mark.parametrize(
    ("content", "export"),
    [
        (b"[" + b"{}," * MOST_ROWS + b"{}]", EXPORT),
        (b"[" + b"[]," * (4 * MOST_ROWS + 4) + b"[]]", EXPORT),
        (b'[{"a":[' + b"1," * (MOST_CELLS + 1) + b"1]}]", EXPORT),
        (b"name,seen\n" + b"\n" * MOST_ROWS, TABLE),
        (b"name,seen\n" + b"," * MOST_CELLS + b"\n", TABLE),
    ],
    ids=["objects", "lists", "numbers", "rows", "cells"],
)
def test_an_export_that_grows_when_parsed_is_refused_before(
    content: bytes, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object, **_how: object) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(json, "loads", never)
    monkeypatch.setattr(csv, "DictReader", never)
    with pytest.raises(Unreadable, match="has more than"):
        rows_of(content, export)


def test_an_export_is_parsed_once_for_all_that_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []

    def counted(content: bytes, export: Export) -> list[console_exports.Row]:
        parsed.append(content)
        return rows_of(content, export)

    monkeypatch.setattr(console_exports, "rows_of", counted)
    talker = Talker(b"", read_bytes=b'[{"name": "a"}]')
    for _machine in range(50):
        assert read_rows(talker, EXPORT) == [{"name": "a"}]
    talker.read_bytes = b'[{"name": "b"}]'
    assert read_rows(talker, EXPORT) == [{"name": "b"}]
    assert len(parsed) == 2
    with pytest.raises(LookError):
        read_rows(Talker(b"", read_bytes=b"{"), EXPORT)


def test_a_round_parses_each_of_many_exports_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each machine names several: the ones that it names last must not drive out those that the next names first."""
    parsed: list[str] = []

    def counted(content: bytes, export: Export) -> list[console_exports.Row]:
        parsed.append(export.id)
        return [{"name": export.id}]

    monkeypatch.setattr(console_exports, "rows_of", counted)
    monkeypatch.setattr(console_exports, "_PARSED", OrderedDict())
    exports = [replace(EXPORT, id=f"console-{number}") for number in range(12)]
    talker = Talker(b"", read_bytes=b"x" * 1000)
    for _machine in range(3):
        assert [read_rows(talker, one) for one in exports] == [[{"name": one.id}] for one in exports]
    assert len(parsed) == 12
    monkeypatch.setattr(console_exports, "REMEMBERED", 2500)
    for _machine in range(2):
        for one in exports:
            read_rows(talker, one)
    assert len(console_exports._PARSED) == 2


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Yield a ledger that takes 100 kB a day of one host."""
    monkeypatch.setattr(ledgers, "QUOTA", 100_000)
    monkeypatch.setattr(ledgers, "STORE_QUOTA", 100_000)
    with world(tmp_path) as made:
        yield made


def look(held: World, number: int, *, host: str = "srv-1", size: int = 500, files: int = 0) -> Reading:
    """Take one look that tells other things each time, and return what was kept of it."""
    now = held.clock.instant
    facts = tuple(Fact(name="x", subject=f"{number}-{one}", value="y" * 60, as_of=now) for one in range(size))
    manifest = ManifestChange(added=tuple(StoredFile(name=f"{number}-{one}", size=1) for one in range(files)))
    turn = Round(held.session)
    turn.take(
        Observation(collector="access", host=host, subject=host, begun=now, ended=now, facts=facts, manifest=manifest)
    )
    seen = turn.seen("access", host)
    assert seen is not None
    return seen.reading


def grown(held: World, folder: Path) -> int:
    held.ledger.checkpoint()
    return (folder / "state" / "ledger.sqlite").stat().st_size


@pytest.mark.parametrize(("size", "files"), [(500, 0), (0, 3000)])
def test_a_host_that_always_changes_fills_its_share_alone(
    held: World, tmp_path: Path, size: int, files: int, caplog: pytest.LogCaptureFixture
) -> None:
    before = grown(held, tmp_path)
    taken = [look(held, number, size=size, files=files) for number in range(20)]
    refused = [one for one in taken if isinstance(one, Failure)]
    assert 10 < len(refused) < 20
    assert {one.reason for one in refused} == {Reason.UNREADABLE}
    assert "no more readings of it are stored until midnight UTC" in refused[0].detail
    assert refused[0].detail in caplog.text
    assert grown(held, tmp_path) - before < 3_000_000
    assert isinstance(look(held, 0, host="srv-2"), Observation)
    held.clock.instant += timedelta(days=1)
    assert isinstance(look(held, 99, size=size, files=files), Observation)


def test_a_host_that_changes_much_in_a_shared_row_fills_no_neighbour_s_share(held: World) -> None:
    """Twenty thousand facts that go and come again are told by their places, in a row with the neighbour's look."""
    now = held.clock.instant
    facts = tuple(Fact(name="x", subject=f"{number:05}", value="y", as_of=now) for number in range(20_000))
    for turn in range(10):
        at = now + turn * timedelta(minutes=15)
        told = {"srv-1": facts if turn % 2 == 0 else (), "srv-2": ()}
        held.ledger.keep_readings(
            [
                Observation(collector="access", host=host, subject=host, begun=at, ended=at, facts=those)
                for host, those in told.items()
            ]
        )
    assert [held.ledger.is_over_quota(host, now) for host in ("srv-1", "srv-2")] == [True, False]


def test_the_first_look_is_whole_however_large(held: World) -> None:
    """It comes once, and once a month: what is compared with nothing counts for nothing."""
    for subject in range(4):
        assert isinstance(look(held, 0, host=f"srv-{subject}", size=3000, files=3000), Observation)
        assert isinstance(look(held, 0, host=f"srv-{subject}", size=3000, files=3000), Observation)


def test_a_host_that_tells_the_same_is_never_over_its_share(held: World) -> None:
    for _hour in range(50):
        assert isinstance(look(held, 0), Observation)
    assert not held.ledger.is_over_quota("srv-1", datetime(2026, 11, 2, tzinfo=UTC))


def kept_looks(held: World) -> Sequence[object]:
    """Return the rows of looks in the ledger."""
    return held.ledger.ask(lambda connection: connection.execute(select(READING.c.sequence)).all())


def fail(held: World) -> Reading:
    """Take one look that fails, and return what was kept of it."""
    now = held.clock.instant
    turn = Round(held.session)
    turn.take(
        Failure(
            collector="access", host="srv-1", subject="srv-1", begun=now, ended=now, reason=Reason.DENIED, detail="x"
        )
    )
    seen = turn.seen("access", "srv-1")
    assert seen is not None
    return seen.reading


def test_a_host_that_is_looked_at_without_end_fills_its_rows_alone(
    held: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looks that say the same are small, and rows all the same: a command in a loop, or a look that always fails."""
    monkeypatch.setattr(ledgers, "ROW_QUOTA", 20)
    assert all(isinstance(look(held, 0), Observation) for _again in range(20))
    before = len(kept_looks(held))
    refused = [look(held, 0) for _again in range(10)] + [fail(held) for _again in range(10)]
    assert {one.reason for one in refused if isinstance(one, Failure)} == {Reason.UNREADABLE}
    assert len(kept_looks(held)) == before + 1
    assert isinstance(look(held, 0, host="srv-2"), Observation)
    held.clock.instant += timedelta(days=1)
    assert isinstance(look(held, 0), Observation)


def test_looks_that_share_rows_count_for_their_own_host_alone(held: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of each row is a host that is looked at twice as often as is taken; its neighbour is looked at once."""
    monkeypatch.setattr(ledgers, "ROW_QUOTA", 20)
    at = held.clock.instant
    for number in range(20):
        at += timedelta(seconds=1)
        looks = [
            Observation(collector=collector, host=host, subject=host, begun=at, ended=at)
            for collector, host in (("access", "srv-1"), ("clock", "srv-1"), ("clock", f"other-{number % 4}"))
        ]
        assert all(isinstance(one, str) for one in held.ledger.keep_readings(looks))
        if number == 9:
            assert held.ledger.has_all_rows("srv-1", at)
    assert not any(held.ledger.has_all_rows(f"other-{number}", at) for number in range(4))
    assert len(kept_looks(held)) < 10


def test_a_refusal_takes_a_row_anew_on_each_day(held: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a verdict of today rests on is of today."""
    monkeypatch.setattr(ledgers, "ROW_QUOTA", 0)
    refused = [look(held, 0), look(held, 0)]
    held.clock.instant += timedelta(days=1)
    refused.append(look(held, 0))
    assert all(isinstance(one, Failure) for one in refused)
    assert len(kept_looks(held)) == 2


def test_a_look_that_shows_things_without_end_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted as they come: none stays in memory for long."""
    monkeypatch.setattr(tasks, "MOST_SEEN", 1000)
    endless = (Gap(subject="srv-1", reason=Reason.DENIED, detail="x") for _one in itertools.count())
    collector = replace(find().collectors["clock"], collect=lambda item, look: endless)
    host = LocalHost("srv-1")
    context = TaskContext(
        here=host, host=lambda id: host, clock=SystemClock(), folder=tmp_path, timeout=LONG,
        previous=lambda collector, subject: None,
    )  # fmt: skip
    seen = run_task(Task(collector=collector, item=DeclaredHost(id="srv-1")), context)
    assert isinstance(seen, Failure)
    assert (seen.reason, seen.detail) == (Reason.UNREADABLE, "srv-1 shows more than 1000 things to clock")
