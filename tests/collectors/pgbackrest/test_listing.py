"""What a stanza shows beside its newest cluster: upgrades, and backups that build on others, as pgBackRest tells it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.facts.base_readings import READ
from agent.core.facts.recovery_points import points_in
from agent.core.facts.verification import DAMAGE, Damage
from agent.core.host import Command, Host, Output
from agent.core.inventory import Copy
from agent.core.model import Fact, FactValue, Observation
from collectors.pgbackrest import LOOKS
from collectors.pgbackrest.points import collect
from tests.collectors.pgbackrest.test_verify import COPY
from tests.parts.kept_look import kept_look

NOW = datetime(2026, 12, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FULL, INCREMENT = "20261201-020000F", "20261201-020000F_20261202-020000I"
UPGRADED = "20261202-090000F"


def segment(number: int) -> str:
    """Return the name of a segment."""
    return f"{1:08X}{0:08X}{number:08X}"


def told(label: str, number: int, age: timedelta, *references: str, database: int = 1) -> object:
    """Return what `info` says of one backup, which needs one segment."""
    at = int((NOW - age).timestamp())
    return {
        "label": label,
        "archive": {"start": segment(number), "stop": segment(number)},
        "lsn": {"start": f"0/{number:X}000028", "stop": f"0/{number:X}000100"},
        "timestamp": {"start": at - 60, "stop": at},
        "info": {"size": 4096, "repository": {"delta": 1000}},
        "database": {"id": database, "repo-key": 1},
        "reference": list(references) or None,
    }


@dataclass
class Vault(Host):
    """A host whose pgBackRest knows one stanza: its backups, and by each cluster's number its segments."""

    id: str = "vault"
    backups: list[object] = field(default_factory=list)
    segments: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def execute(self, command: Command) -> Output:
        said = "pgBackRest 2.55.1\n"
        if "info" in command.argv:
            stanza = {
                "name": "main",
                "repo": [{"key": 1, "status": {"code": 0, "message": "ok"}}],
                "db": [{"id": number, "system-id": 6 + number, "repo-key": 1} for number in self.segments],
                "backup": self.backups,
                "archive": [
                    {"database": {"id": number, "repo-key": 1}, "id": f"15-{number}"} for number in self.segments
                ],
            }
            said = json.dumps([stanza])
        elif "repo-ls" in command.argv:
            number = int(command.argv[-1].rpartition("-")[2])
            at = int((NOW - HOUR).timestamp())
            files = {
                f"{segment(one)[:16]}/{segment(one)}-{'a' * 40}.gz": {"type": "file", "size": 9, "time": at}
                for one in self.segments[number]
            }
            said = json.dumps(files)
        elif command.argv[0] == "find":
            said = ""
        return Output(status=0, stdout=said.encode(), stderr=b"", duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        raise AssertionError(path)


def looked(vault: Vault, previous: Observation | None = None, verified: Observation | None = None) -> Observation:
    """Return one look at the stanza."""
    look = Look(
        now=NOW,
        here=vault,
        host=lambda id: vault,
        timeout=timedelta(minutes=1),
        folder=Path("/nonexistent"),
        previous=previous,
        last_look=lambda name, subject: verified if name == LOOKS.verification else None,
    )
    return observation(LOOKS.listing, *collect(COPY, look))


def observation(collector: str, *things: object, copy: Copy = COPY) -> Observation:
    """Return a look that gave these facts and gaps."""
    return kept_look(collector, copy.subject, things, NOW, copy.host)


def verification(*facts: tuple[str, FactValue, datetime]) -> Observation:
    """Return what a verification kept."""
    kept = (Fact(name=name, subject=COPY.subject, value=value, as_of=at) for name, value, at in facts)
    return observation(LOOKS.verification, *kept)


def ids(seen: Observation) -> set[str]:
    """Return the points that a look told."""
    return {point.id for point in points_in(seen)}


FORMER = [told(FULL, 3, 33 * HOUR), told(INCREMENT, 5, 9 * HOUR, FULL)]


def test_a_stanza_that_was_just_upgraded_has_lost_none_of_its_points() -> None:
    before = looked(Vault(backups=FORMER, segments={1: (3, 4, 5, 6)}))
    after = looked(Vault(backups=FORMER, segments={1: (3, 4, 5, 6), 2: ()}), before)
    assert ids(after) == ids(before) == {FULL, INCREMENT, f"{INCREMENT}+wal"}
    assert not after.named("backup.point.gone")
    assert max(point.time for point in points_in(after)) == NOW - HOUR


def test_the_backups_of_before_an_upgrade_stay_points_and_lead_to_no_newer_instant() -> None:
    backups = [*FORMER, told(UPGRADED, 3, 3 * HOUR, database=2)]
    seen = looked(Vault(backups=backups, segments={1: (3, 5, 6), 2: (3, 4)}))
    assert ids(seen) == {FULL, INCREMENT, UPGRADED, f"{UPGRADED}+wal"}
    lost = looked(Vault(backups=backups, segments={1: (3, 6), 2: (3, 4)}))
    assert ids(lost) == {FULL, UPGRADED, f"{UPGRADED}+wal"}
    assert [fact.value for fact in lost.named("repository.damaged_snapshot")] == [INCREMENT]


def test_a_backup_that_builds_on_a_damaged_one_does_not_count_until_it_was_read_itself() -> None:
    vault = Vault(backups=FORMER, segments={1: (3, 4, 5, 6)})
    bad = (DAMAGE, Damage(file=f"snapshots/{FULL}", reason="damaged"), NOW - HOUR)
    doubtful = looked(vault, verified=verification(bad, (READ, INCREMENT, NOW - 2 * HOUR)))
    assert ids(doubtful) == {FULL}
    spared = looked(vault, verified=verification(bad, (READ, INCREMENT, NOW - HOUR)))
    assert ids(spared) == {FULL, INCREMENT, f"{INCREMENT}+wal"}
