"""The list of a store's files, through a real sshd, while real backups and prunes come and go."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.facts.verification import VerificationOutcome
from agent.core.model import Failure, Observation
from agent.core.reason import Reason
from agent.hosts.local import LocalHost
from agent.hosts.program_version import version_asked
from collectors.restic.damage import CheckResult
from collectors.restic.store import listing
from collectors.restic.store.keyed import GONE_AT_ONCE_SINCE, Structure
from tests.parts.repositories import Repository, lose_index
from tests.parts.stores import BEGINNING, StoreHost, StoreWatch

pytestmark = [pytest.mark.programs, pytest.mark.network]

Watching = Callable[..., StoreWatch]


def alarms(seen: Observation) -> list[str]:
    return [str(fact.value) for name in ("store.missing", "store.altered") for fact in seen.named(name)]


def value(seen: Observation, name: str) -> object:
    fact = seen.one(name)
    return None if fact is None else fact.value


def remove(repository: Repository, kind: str) -> str:
    path = repository.packs()[0] if kind == "data" else repository.file(kind)
    path.unlink()
    return str(path.relative_to(repository.folder))


def leave_lock(repository: Repository, age: timedelta = timedelta(0)) -> Path:
    lock = repository.folder / "locks" / ("5e" * 32)
    lock.write_bytes(b"held by somebody")
    written = (datetime.now(UTC) - age).timestamp()
    os.utime(lock, (written, written))
    return lock


def test_what_is_there_is_counted_and_kept_file_by_file(watch: Watching) -> None:
    watched = watch()
    seen = watched.observe("store_listing")
    files = [path for path in watched.repository.folder.rglob("*") if path.is_file()]
    assert value(seen, "store.files") == len(files)
    assert value(seen, "store.bytes") == sum(path.stat().st_size for path in files)
    assert value(seen, "store.locks") == 0
    assert int(str(value(seen, "store.free_bytes"))) > 0
    assert {known.name for known in watched.manifest().present()} == {
        str(path.relative_to(watched.repository.folder)) for path in files
    }


def test_a_list_that_did_not_change_is_not_sent_again(watch: Watching) -> None:
    watched = watch()
    first, second = watched.observe("store_listing"), watched.observe("store_listing")
    assert value(first, "store.bytes") == value(second, "store.bytes")
    assert value(first, "store.newest") == value(second, "store.newest")
    assert "list - /" in first.evidence[0].command
    assert f"list {'-'} /" not in second.evidence[0].command


@pytest.mark.parametrize("kind", ["index", "data"])
def test_a_file_that_is_gone_is_missing_and_stays_so(kind: str, watch: Watching) -> None:
    watched = watch()
    watched.observe("store_listing")
    name = remove(watched.repository, kind)
    assert alarms(watched.observe("store_listing")) == [name]
    assert alarms(watched.observe("store_listing")) == [name]
    watched.clock.shift = timedelta(days=9)
    assert alarms(watched.observe("store_listing")) == []


def test_a_file_that_comes_back_is_no_longer_missing(watch: Watching) -> None:
    watched = watch()
    watched.observe("store_listing")
    index = watched.repository.file("index")
    shutil.move(index, watched.folder / "away")
    assert alarms(watched.observe("store_listing"))
    shutil.move(watched.folder / "away", index)
    assert alarms(watched.observe("store_listing")) == []


def test_backups_forgets_and_prunes_raise_no_alarm(watch: Watching, source: Path) -> None:
    watched = watch()
    watched.observe("store_listing")
    watched.verify()
    for night in range(3):
        (source / f"more-{night}.bin").write_bytes(os.urandom(30_000))
        watched.clock.shift += timedelta(days=1)
        watched.repository.backup(source, watched.clock.now())
        assert alarms(watched.observe("store_listing")) == []
        watched.repository.run("forget", "--quiet", "--keep-last", "2", "--prune", "--max-unused", "0")
        assert alarms(watched.observe("store_listing")) == []
        assert watched.verify().outcome is VerificationOutcome.SOUND
        assert alarms(watched.observe("store_listing")) == []


def test_a_prune_that_ran_between_two_verifications_alone_raises_no_alarm(watch: Watching, source: Path) -> None:
    watched = watch()
    watched.verify()
    (source / "other.bin").write_bytes(os.urandom(30_000))
    watched.repository.backup(source, watched.clock.now())
    watched.repository.run("forget", "--quiet", "--keep-last", "1", "--prune", "--max-unused", "0")
    assert watched.verify().outcome is VerificationOutcome.SOUND


def test_a_pack_that_an_index_names_is_missing_at_once_however_long_a_check_would_take(
    watch: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Structure(checked=CheckResult(sound=False), hindered=Reason.TIMED_OUT)
    monkeypatch.setattr(listing, "structure", lambda *given: late)
    watched = watch()
    watched.observe("store_listing")
    name = remove(watched.repository, "data")
    assert alarms(watched.observe("store_listing")) == [name]


def calls_of_restic(watched: StoreWatch, folder: Path, *, without: str = "-") -> Path:
    """Let restic be called through a script that notes each call; one call is answered with nothing."""
    calls, wrapper = folder / "calls", folder / "bin" / "restic"
    wrapper.parent.mkdir()
    wrapper.write_text(
        "#!/bin/sh\n"
        f'[ "$1" = find ] && echo "$1 $2 $3" >> {calls} || echo $1 $2 >> {calls}\n'
        f'[ "$1 $2" = "{without}" ] && exit 0\n'
        f'exec {shutil.which("restic")} "$@"\n'
    )
    wrapper.chmod(0o755)
    watched.environment_file = folder / "environment"
    watched.environment_file.write_text(f"PATH={wrapper.parent}:{os.environ['PATH']}\n")
    return calls


def test_a_pack_that_is_gone_is_told_by_the_one_index_that_names_it(
    watch: Watching, folder: Path, source: Path
) -> None:
    if version_asked(LocalHost("here"), "restic", "version", environment={}) < GONE_AT_ONCE_SINCE:
        pytest.skip("an older restic asks for a quarter of an hour for a pack that is gone")
    watched = watch(paths=(str(source),))
    watched.observe("restic_snapshots")
    watched.observe("store_listing")
    calls = calls_of_restic(watched, folder)
    name = remove(watched.repository, "data")
    assert alarms(watched.observe("store_listing")) == [name]
    # All were written within a second: any of three files may name it.
    made = list(dict.fromkeys(calls.read_text().splitlines()))
    assert made == ["version", "cat index", "list index", "cat pack", "find --json --blob"]


def test_an_index_that_went_meanwhile_names_no_pack_by_itself(watch: Watching, folder: Path) -> None:
    """A prune removes a file of the index, then the packs that it named, while a cache still has it."""
    watched = watch()
    watched.observe("store_listing")
    calls = calls_of_restic(watched, folder, without="list index")
    name = remove(watched.repository, "data")
    assert alarms(watched.observe("store_listing")) == [name]
    assert "find --pack" in calls.read_text()


def test_a_pack_that_no_index_names_is_not_called_missing_before_it_is_known(
    watch: Watching, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Structure(checked=CheckResult(sound=False), hindered=Reason.TIMED_OUT)
    monkeypatch.setattr(listing, "structure", lambda *given: late)
    watched = watch()
    known = set(watched.repository.packs())
    lose_index(watched.repository, source)
    watched.observe("store_listing")
    for pack in set(watched.repository.packs()) - known:
        pack.unlink()
    assert alarms(watched.observe("store_listing")) == []


def test_a_prune_of_what_a_killed_backup_left_raises_no_alarm(watch: Watching, source: Path) -> None:
    """It removes packs that no index names, and rewrites no index."""
    watched = watch()
    lose_index(watched.repository, source)
    before = set(watched.repository.names("index"))
    watched.observe("store_listing")
    packs = len(watched.repository.packs())
    watched.repository.run("prune", "--quiet")
    assert len(watched.repository.packs()) < packs
    assert set(watched.repository.names("index")) == before
    assert alarms(watched.observe("store_listing")) == []


def test_indexes_made_anew_raise_no_alarm(watch: Watching) -> None:
    watched = watch()
    watched.observe("store_listing")
    watched.repository.run("rebuild-index", "--read-all-packs")
    assert alarms(watched.observe("store_listing")) == []


def test_a_new_password_raises_no_alarm(watch: Watching, folder: Path) -> None:
    watched = watch()
    watched.observe("store_listing")
    new = folder / "new-password"
    new.write_text("another horse\n")
    watched.repository.run("key", "passwd", "--new-password-file", str(new))
    assert alarms(watched.observe("store_listing")) == []


def test_while_somebody_holds_a_lock_nothing_is_missing_yet(watch: Watching) -> None:
    watched = watch()
    watched.observe("store_listing")
    name = remove(watched.repository, "index")
    lock = leave_lock(watched.repository)
    seen = watched.observe("store_listing")
    assert (alarms(seen), value(seen, "store.unsettled"), value(seen, "store.locks")) == ([], 1, 1)
    lock.unlink()
    assert alarms(watched.observe("store_listing")) == [name]


def test_a_lock_that_nobody_renews_hides_nothing(watch: Watching) -> None:
    watched = watch()
    watched.observe("store_listing")
    name = remove(watched.repository, "index")
    leave_lock(watched.repository, age=timedelta(hours=1))
    assert alarms(watched.observe("store_listing")) == [name]


def test_a_lock_that_is_renewed_for_ever_hides_nothing_for_longer_than_a_day(watch: Watching) -> None:
    watched = watch()
    watched.observe("store_listing")
    name = remove(watched.repository, "index")
    leave_lock(watched.repository)
    assert alarms(watched.observe("store_listing")) == []
    watched.clock.shift = timedelta(hours=25)
    assert alarms(watched.observe("store_listing")) == [name]


def test_a_backup_that_runs_meanwhile_raises_no_alarm(watch: Watching, source: Path) -> None:
    watched = watch()
    watched.observe("store_listing")
    (source / "large.bin").write_bytes(os.urandom(20_000_000))
    argv = ["restic", "-r", str(watched.repository.folder), "-p", str(watched.repository.password_file), "--no-cache"]
    with subprocess.Popen([*argv, "backup", "--quiet", "--limit-upload", "8000", str(source)]) as backup:
        looks = 0
        while backup.poll() is None or looks < 2:
            assert alarms(watched.observe("store_listing")) == []
            assert watched.verify().outcome is VerificationOutcome.SOUND
            looks += 1
        assert backup.wait() == 0
    (source / "large.bin").unlink()
    assert watched.verify().outcome is VerificationOutcome.SOUND


def test_a_disk_that_is_not_mounted_is_an_absent_repository(watch: Watching) -> None:
    watched = watch()
    watched.observe("store_listing")
    shutil.move(watched.repository.folder, watched.folder / "away")
    watched.repository.folder.mkdir()
    assert value(watched.observe("store_listing"), "repository.present") is False
    assert watched.verify().reason is Reason.ABSENT
    watched.repository.folder.rmdir()
    # Not even its folder is there any more, and the repository's own address says so as well.
    done = watched.verify()
    assert (done.outcome, done.reason) == (VerificationOutcome.DAMAGED, Reason.ABSENT)
    shutil.move(watched.folder / "away", watched.repository.folder)
    assert alarms(watched.observe("store_listing")) == []


def test_a_folder_that_never_held_a_repository_is_a_mistake_of_the_configuration(watch: Watching) -> None:
    watched = watch()
    shutil.move(watched.repository.folder, watched.folder / "away")
    for there in (False, True):
        if there:
            watched.repository.folder.mkdir()
        reading = watched.look("store_listing")
        assert isinstance(reading, Failure)
        assert reading.reason is Reason.UNREADABLE


def test_a_folder_that_only_the_host_of_the_store_does_not_find_shows_nothing(watch: Watching, folder: Path) -> None:
    watched = watch(address=str(folder / "linked"))
    (folder / "linked").symlink_to(watched.repository.folder)
    assert watched.verify().outcome is VerificationOutcome.SOUND
    shutil.move(watched.repository.folder, folder / "moved")
    (folder / "linked").unlink()
    (folder / "linked").symlink_to(folder / "moved")
    done = watched.verify()
    assert (done.outcome, done.reason) == (VerificationOutcome.UNPROVEN, Reason.UNREADABLE)


def swap_config(repository: Repository, content: bytes) -> bytes:
    """Put other bytes into `config`, and return those that were there."""
    file = repository.folder / "config"
    before = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(content)
    return before


@pytest.mark.parametrize("content", [b"", b"another repository's\n"])
def test_a_config_that_is_another_is_told_and_held_against_what_was_first_seen(
    watch: Watching, content: bytes, folder: Path
) -> None:
    wrong = folder / "wrong-password"
    wrong.write_text("wrong\n")
    watched = watch()
    assert watched.verify().outcome is VerificationOutcome.SOUND
    first = value(watched.observe("store_listing"), "store.config")
    own, watched.password_file = watched.password_file, wrong
    before = swap_config(watched.repository, content)
    # As long as no one can try whether the key opens it, nothing is told, and nothing is forgotten. An empty one opens
    # to no key at all.
    seen = watched.observe("store_listing")
    assert (value(seen, "store.config"), len(seen.named("store.altered"))) == (first, 0 if content else 1)
    watched.password_file = own
    seen = watched.observe("store_listing")
    assert value(seen, "store.config") == first
    assert [fact.value for fact in seen.named("store.altered")] == ["config"]
    done = watched.verify()
    assert (done.outcome, {one.file for one in done.damage}) == (VerificationOutcome.DAMAGED, {"config"})
    swap_config(watched.repository, before)
    assert watched.observe("store_listing").named("store.altered") == ()
    assert watched.verify().outcome is VerificationOutcome.SOUND


def test_a_disk_that_was_away_brings_no_other_config_back_unseen(watch: Watching) -> None:
    watched = watch()
    first = value(watched.observe("store_listing"), "store.config")
    away = shutil.move(watched.repository.folder, watched.folder / "away")
    watched.repository.folder.mkdir()
    assert value(watched.observe("store_listing"), "repository.present") is False
    watched.repository.folder.rmdir()
    shutil.move(away, watched.repository.folder)
    swap_config(watched.repository, b"another repository's\n")
    seen = watched.observe("store_listing")
    assert value(seen, "store.config") == first
    assert [fact.value for fact in seen.named("store.altered")] == ["config"]


def test_names_that_restic_did_not_give_are_counted_and_nothing_more(watch: Watching) -> None:
    watched = watch()
    for name in ("x\nf 1 1 data/ab/" + "ab" * 32, "$(reboot)", "\x1b[31mred", "a b\r", "-n", "é\udcff"):
        (watched.repository.folder / "data" / name.replace("/", "_")).write_text("hostile")
    (watched.repository.folder / "index" / "short").write_text("hostile")
    seen = watched.observe("store_listing")
    # The one with a line feed in its name is not even counted.
    assert (value(seen, "store.foreign"), alarms(seen)) == (6, [])
    done = watched.verify()
    assert (done.outcome, done.remarks) == (VerificationOutcome.SOUND, ("6 files that restic did not name",))


def test_an_answer_without_its_last_line_proves_nothing(
    watch: Watching, stores: StoreHost, repository: Repository
) -> None:
    cut = BEGINNING + '"$verb" | head -n 6\n'
    watched = watch(host=stores.forced(repository.folder, text=cut))
    for collector in ("store_listing", "store_hash"):
        reading = watched.look(collector)
        assert isinstance(reading, Failure)
        assert reading.reason is Reason.UNREADABLE
    assert len(watched.manifest()) == 0


def test_a_key_answers_for_its_own_folders_alone(watch: Watching, stores: StoreHost, folder: Path) -> None:
    reading = watch(host=stores.forced(folder / "other")).look("store_listing")
    assert isinstance(reading, Failure)
    assert reading.reason is Reason.DENIED


def test_a_folder_that_may_not_be_read_is_denied(watch: Watching, stores: StoreHost, repository: Repository) -> None:
    watched = watch()
    watched.observe("store_listing")
    (repository.folder / "data").chmod(0)
    nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups" if os.geteuid() == 0 else ""
    watched.host = stores.forced(repository.folder, before=nobody)
    for collector in ("store_listing", "store_hash"):
        reading = watched.look(collector)
        assert isinstance(reading, Failure)
        assert reading.reason is Reason.DENIED
    (repository.folder / "data").chmod(0o755)
