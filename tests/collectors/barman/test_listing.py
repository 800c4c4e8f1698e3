"""What a list of a server's backups shows, with a Barman that answers as it was recorded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.errors import Unreadable
from agent.core.facts.recovery_points import points_in
from agent.core.facts.verification import DAMAGE, Damage
from agent.core.host import Command, Host, Output
from agent.core.model import Fact, Observation
from collectors.barman import LOOKS
from collectors.barman.catalogue import collect
from tests.collectors.barman.test_verify import COPY, observation

NOW = datetime(2026, 12, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FOLDER = "/srv/barman/pg/wals"


def segment(number: int) -> str:
    """Return the name of a segment."""
    return f"{1:08X}{0:08X}{number:08X}"


@dataclass(frozen=True, kw_only=True)
class StoredBackup:
    """A backup that needs one segment; `parent` is what it builds on."""

    number: int
    system: str = "7"
    parent: str = ""

    @property
    def id(self) -> str:
        """Return its id: one a night, the first a year ago."""
        return f"{NOW - 365 * DAY + self.number * DAY:%Y%m%dT020000}"


@dataclass
class Vault(Host):
    """A host whose Barman keeps some backups, and every segment that they need and the next one."""

    id: str = "vault"
    backups: Mapping[str, StoredBackup] = field(default_factory=dict)

    def execute(self, command: Command) -> Output:
        said = "3.13.3 Barman by EnterpriseDB (www.enterprisedb.com)\n"
        if "list-backups" in command.argv:
            said = json.dumps({"pg": [{"backup_id": id, "status": "DONE", "size_bytes": 9} for id in self.backups]})
        elif "show-backup" in command.argv:
            said = json.dumps({"pg": shown(self.backups[command.argv[-1]])})
        elif "list-files" in command.argv:
            said = json.dumps({"_INFO": [f"{FOLDER}/{segment(1)[:16]}/{segment(1)}"]})
        elif command.argv[:2] == ("find", FOLDER):
            at = int((NOW - timedelta(hours=1)).timestamp())
            numbers = {number for one in self.backups.values() for number in (one.number, one.number + 1)}
            said = "".join(f"9 {at}.5 {segment(one)[:16]}/{segment(one)}\n" for one in numbers)
        elif command.argv[0] == "find":
            said = ""
        return Output(status=0, stdout=said.encode(), stderr=b"", duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        raise AssertionError(path)


def shown(one: StoredBackup) -> object:
    """Return what show-backup says of a backup."""
    ended = datetime.strptime(f"{one.id} +0000", "%Y%m%dT%H%M%S %z")
    base = {
        "begin_wal": segment(one.number),
        "end_wal": segment(one.number),
        "begin_lsn": f"0/{one.number:X}000028",
        "end_lsn": f"0/{one.number:X}000100",
        "end_time_timestamp": str(int(ended.timestamp())),
    }
    catalogue = {"parent_backup_id": one.parent} if one.parent else {}
    return {
        "backup_id": one.id,
        "base_backup_information": base,
        "catalog_information": catalogue,
        "system_id": one.system,
    }


def looked(*kept: StoredBackup, previous: Observation | None = None, damaged: str = "") -> Observation:
    """Return one look at the server."""
    vault = Vault(backups={one.id: one for one in kept})
    damage = Damage(file=f"snapshots/{damaged}", reason="damaged")
    verified = observation(LOOKS.verification, Fact(name=DAMAGE, subject=COPY.subject, value=damage, as_of=NOW))
    look = Look(
        now=NOW,
        here=vault,
        host=lambda id: vault,
        timeout=timedelta(minutes=1),
        folder=Path("/nonexistent"),
        previous=previous,
        last_look=lambda name, subject: verified if damaged and name == LOOKS.verification else None,
    )
    return observation(LOOKS.listing, *collect(COPY, look), now=NOW)


def ids(seen: Observation) -> set[str]:
    """Return the points that a look told."""
    return {point.id for point in points_in(seen)}


def test_a_list_that_is_not_asked_about_whole_yet_says_so() -> None:
    kept = [StoredBackup(number=number) for number in range(1, 41)]
    first = looked(*kept)
    assert [gap.reason.value for gap in first.gaps] == ["incomplete"]
    second = looked(*kept, previous=first)
    assert second.gaps == () and {one.id for one in kept} < ids(second)


def test_backups_of_which_none_can_be_read_are_not_taken_for_none() -> None:
    with pytest.raises(Unreadable, match="barman show-backup tells none of 2 backups as backups are"):
        looked(StoredBackup(number=5, system="?"), StoredBackup(number=7, system="?"))


def test_the_backups_of_before_an_upgrade_stay_points() -> None:
    old, new = StoredBackup(number=5), StoredBackup(number=7, system="8")
    before = looked(old)
    after = looked(old, new, previous=before)
    assert ids(after) == {old.id, new.id, f"{new.id}+wal"}
    assert not after.named("backup.point.gone")


def test_an_incremental_backup_over_a_damaged_one_is_no_point() -> None:
    full, first = StoredBackup(number=5), StoredBackup(number=7, parent=StoredBackup(number=5).id)
    second = StoredBackup(number=9, parent=first.id)
    assert ids(looked(full, first, second)) == {full.id, first.id, second.id, f"{second.id}+wal"}
    assert ids(looked(full, first, second, damaged=first.id)) == {full.id, first.id, f"{full.id}+wal"}
    assert ids(looked(first, second)) == set()
