"""What a verification of a server keeps of earlier ones, with a Barman that answers as it was recorded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.verification import DAMAGE, Damage, damage_in
from agent.core.host import Command, Host, Output
from agent.core.inventory import Copy
from agent.core.model import Fact, Observation
from agent.core.reason import Reason
from collectors.barman import LOOKS, removal
from collectors.barman.verify import collect
from tests.parts.kept_look import kept_look


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "PAUSE", timedelta(0))


NOW = datetime(2026, 12, 2, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)
OLD, NEW = "20261120T020000", "20261127T020000"
COPY = Copy(
    id="vault",
    backup="db",
    program=LOOKS,
    repository="barman:db-1:pg",
    cluster="pg",
    host="db-1",
    snapshot_host="db-1",
    asked_at="vault",
)
SYSTEM = "7345"


@dataclass
class Vault(Host):
    """A host whose Barman keeps two backups; `says` is what each verification answers, with exit 0 for none.

    It `removes` one while that is verified. `list_end` is how the list of each ends by which it is verified.
    """

    id: str = "vault"
    says: Mapping[str, str] = field(default_factory=dict)
    removes: str = ""
    list_end: bytes = b""
    tablespaces: tuple[str, ...] = ()
    kept: tuple[str, ...] = (NEW, OLD)

    def execute(self, command: Command) -> Output:
        said, status = "3.13.3 Barman by EnterpriseDB (www.enterprisedb.com)\n", 0
        if "list-backups" in command.argv:
            backups = [{"backup_id": id, "status": "DONE", "size_bytes": 1000} for id in self.kept]
            said = json.dumps({"pg": backups})
        elif "list-files" in command.argv:
            said = json.dumps({"_INFO": [f"/srv/pg/base/{command.argv[-1]}/data/PG_VERSION"]})
        elif "show-backup" in command.argv:
            base = {"begin_wal": "000000010000000000000007", "end_wal": "000000010000000000000007"}
            base |= {"begin_lsn": "0/7000028", "end_lsn": "0/7000100", "end_time_timestamp": "1796165788"}
            spaces = [{"name": name, "location": f"/srv/{name}", "oid": 16400} for name in self.tablespaces]
            told = {"backup_id": command.argv[-1], "base_backup_information": base, "tablespaces": spaces}
            said = json.dumps({"pg": told})
        elif command.argv[0] == "tail":
            assert command.argv[-1].removeprefix("/srv/pg/base/") in {f"{id}/data/backup_manifest" for id in (OLD, NEW)}
            return Output(status=0, stdout=self.list_end, stderr=b"", duration=timedelta(0))
        elif command.argv[0] == "find":
            said, status = "", 1
        elif "verify-backup" in command.argv:
            self.kept = tuple(one for one in self.kept if one != self.removes)
            error = self.says.get(command.argv[-1], "")
            said, status = json.dumps({"_ERROR": [error]} if error else {}), int(bool(error))
        return Output(status=status, stdout=said.encode(), stderr=b"", duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        raise AssertionError(path)


def observation(collector: str, *things: object, now: datetime = NOW) -> Observation:
    """Return a look at the copy that gave these facts and gaps."""
    return kept_look(collector, COPY.subject, things, now, COPY.host)


def looked(
    vault: Vault,
    *,
    now: datetime,
    previous: Observation | None = None,
    former: Observation | None = None,
    budget: int | None = None,
) -> Observation:
    """Return one look at the server, whose list named its cluster."""
    listing = observation(LOOKS.listing, Fact(name="repository.id", subject=COPY.subject, value=SYSTEM, as_of=NOW))
    look = Look(
        now=now,
        here=vault,
        host=lambda id: vault,
        timeout=timedelta(minutes=1),
        folder=Path("/nonexistent"),
        previous=previous,
        budget=budget,
        last_look=lambda collector, subject: listing if collector == LOOKS.listing else None,
        former=lambda repository: former if repository == SYSTEM else None,
    )
    return observation(LOOKS.verification, *collect(COPY, look), now=now)


def test_damage_stands_where_its_backup_could_not_be_read_again() -> None:
    says = ("", "pg_verifybackup: error: checksum mismatch for file base/1/1255", "Permission denied", "")
    seen: Observation | None = None
    known = []
    for day, said in enumerate(says):
        seen = looked(Vault(says={OLD: said}), now=NOW + day * DAY, previous=seen)
        known.append([damage.file for damage, _ in damage_in(seen)])
    assert known == [[], [f"snapshots/{OLD}"], [f"snapshots/{OLD}"], []]


def test_a_barman_without_pg_verifybackup_says_how_to_name_it() -> None:
    seen = looked(Vault(says={OLD: "pg_verifybackup not found"}), now=NOW)
    assert [(gap.reason, "path_prefix" in gap.detail) for gap in seen.gaps] == [(Reason.TOOL_MISSING, True)]


def test_a_backup_that_its_retention_removes_while_it_is_verified_is_not_damaged() -> None:
    lost = '"base/16384/1" is present in the manifest but not on disk'
    seen = looked(Vault(says={OLD: lost}, removes=OLD), now=NOW)
    assert (damage_in(seen), seen.gaps) == ((), ())
    assert [damage.file for damage, _ in damage_in(looked(Vault(says={OLD: lost}), now=NOW))] == [f"snapshots/{OLD}"]


def test_damage_of_a_renamed_copy_stands_until_it_is_read_again() -> None:
    damage = Damage(file=f"snapshots/{OLD}", reason="damaged")
    former = observation(LOOKS.verification, Fact(name=DAMAGE, subject=COPY.subject, value=damage, as_of=NOW))
    first = looked(Vault(), now=NOW + DAY, former=former, budget=1000)
    assert [one.file for one, _ in damage_in(first)] == [damage.file]
    second = looked(Vault(), now=NOW + 2 * DAY, previous=first, budget=1000)
    assert damage_in(second) == ()
    sound = second.one("verify.sound")
    assert sound is not None and sound.as_of == NOW + 2 * DAY


def test_a_changed_file_is_damage_beside_one_that_could_not_be_read() -> None:
    refused = 'could not open directory "/srv/base/16384": Permission denied'
    lost = '"base/16384/1" is present in the manifest but not on disk'
    changed = "checksum mismatch for file base/1/1255"
    assert not damage_in(looked(Vault(says={OLD: f"{refused} {lost}"}), now=NOW))
    seen = looked(Vault(says={OLD: f"{refused} {lost} {changed}"}), now=NOW)
    assert [damage.file for damage, _ in damage_in(seen)] == [f"snapshots/{OLD}"]


@pytest.mark.parametrize(
    ("starts", "damaged"),
    [("0/3000028", False), ("0/7000028", True), (None, True)],
    ids=["another's", "own", "Barman's"],
)
def test_a_list_that_rsync_took_from_the_source_is_no_word_on_its_backup(starts: str | None, *, damaged: bool) -> None:
    """A cluster that was made from a base backup keeps the list of that one in its data folder. Barman 3.13."""
    failure = f"verify backup failure on directory '/srv/pg/base/{OLD}/data'"
    said = f'{failure} pg_verifybackup: error: checksum mismatch for file "pg_xact/0000"'
    ranges = b'"WAL-Ranges": [\n{ "Timeline": 1, "Start-LSN": "%s", "End-LSN": "0/9000000" }\n],\n'
    end = b"" if starts is None else ranges % starts.encode()
    seen = looked(Vault(says={OLD: said}, list_end=end), now=NOW)
    assert bool(damage_in(seen)) is damaged
    gaps = [(gap.reason, "of another backup" in gap.detail) for gap in seen.gaps]
    assert gaps == ([] if damaged else [(Reason.UNREADABLE, True)])


@pytest.mark.parametrize(
    ("list_end", "sound"),
    [(b"", False), (b'{ "Timeline": 1, "Start-LSN": "0/7000028", "End-LSN": "0/9000000" }', True)],
    ids=["Barman's", "PostgreSQL's"],
)
def test_tablespaces_are_not_verified_by_a_list_without_them(list_end: bytes, *, sound: bool) -> None:
    """Barman lays them beside the data folder, and generate-manifest names what lies in it. Barman 3.13."""
    seen = looked(Vault(list_end=list_end, tablespaces=("fast",)), now=NOW)
    assert (seen.one("verify.sound") is not None) is sound
    assert [("tablespaces" in gap.detail, gap.reason) for gap in seen.gaps] == [(True, Reason.UNREADABLE)] * (
        0 if sound else 2
    )
    assert looked(Vault(), now=NOW).one("verify.sound") is not None


def test_a_backup_in_one_archive_is_not_damaged_for_being_packed() -> None:
    # backup_compression = gzip; Barman 3.13, PostgreSQL 15
    packed = (
        'pg_verifybackup: error: "base.tar.gz" is present on disk but not in the manifest\n'
        'pg_verifybackup: error: "base/5/2699" is present in the manifest but not on disk'
    )
    seen = looked(Vault(says={OLD: packed, NEW: packed}), now=NOW)
    assert not damage_in(seen)
    assert {gap.reason.value for gap in seen.gaps} == {"unreadable"}
    assert seen.one("verify.sound") is None
