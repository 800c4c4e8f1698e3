"""Hashing at the store's host, through a real sshd, of real repositories."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.facts.verification import Damage, VerificationOutcome
from agent.core.host import Output
from agent.core.model import Failure, Observation
from agent.core.reason import Reason
from agent.hosts.store_program import script
from collectors.restic.store import digests
from collectors.restic.store.answers import hashed
from tests.parts.executable import executable
from tests.parts.repositories import Repository, flip_byte, lose_index
from tests.parts.stores import BEGINNING, StoreHost, StoreWatch

pytestmark = [pytest.mark.programs, pytest.mark.network]

Watching = Callable[..., StoreWatch]


def test_a_sound_repository_is_hashed_whole_by_a_key_that_may_do_nothing_else(watch: Watching) -> None:
    watched = watch()
    done = watched.verify()
    assert (done.outcome, done.depth, done.damage) == (VerificationOutcome.SOUND, "hashed", ())
    files = [path for path in watched.repository.folder.rglob("*") if path.is_file() and path.name != "config"]
    assert done.files_verified == len(files)
    assert done.bytes_verified == sum(path.stat().st_size for path in files)
    assert all(known.last_hashed for known in watched.manifest().present() if known.name != "config")


def test_an_account_with_a_shell_gets_the_script_sent_along(watch: Watching, stores: StoreHost) -> None:
    assert watch(host=stores.shell()).verify().outcome is VerificationOutcome.SOUND


def test_a_budget_takes_the_longest_unverified_first_and_covers_everything_in_some_nights(watch: Watching) -> None:
    watched = watch()
    largest = watched.repository.packs()[0].stat().st_size
    nights = 0
    while True:
        nights += 1
        seen = watched.look("store_hash", budget=largest)
        assert isinstance(seen, Observation)
        if seen.one("verify.whole") is not None:
            break
        assert nights < len(watched.repository.packs()) + 1
    assert nights > 1


def test_a_link_that_is_lost_keeps_what_was_hashed_by_then(
    watch: Watching, stores: StoreHost, repository: Repository, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "AT_ONCE_BYTES", 1)
    asked = folder / "asked"
    cut = f"""[ "$verb" != hash ] || {{ echo >> {asked}; [ "$(wc -l < {asked})" -lt 4 ] || exit 1; }}\n"$verb"\n"""
    watched = watch(host=stores.forced(repository.folder, text=BEGINNING + cut))
    done = watched.verify()
    assert (done.outcome, done.files_verified) == (VerificationOutcome.UNPROVEN, 3)
    assert sum(known.last_hashed is not None for known in watched.manifest().present()) == 3
    watched.host = stores.forced(repository.folder)
    assert watched.verify().outcome is VerificationOutcome.SOUND


def test_a_snapshot_that_was_never_one_is_named_once(watch: Watching) -> None:
    watched = watch()
    (watched.repository.folder / "snapshots" / ("ab" * 32)).write_text("hostile" * 30)
    done = watched.verify()
    assert done.outcome is VerificationOutcome.DAMAGED
    assert done.damage == (Damage(file=f"snapshots/{'ab' * 32}", reason="damaged"),)


def test_damage_stands_until_the_file_is_hashed_again_and_is_sound(watch: Watching) -> None:
    watched = watch()
    pack = watched.repository.packs()[0]
    name = f"data/{pack.parent.name}/{pack.name}"
    watched.verify()
    flip_byte(pack, 60)
    assert watched.verify().damage == (Damage(file=name, reason="damaged"),)
    assert watched.verify(budget=1).damage == (Damage(file=name, reason="damaged"),)
    flip_byte(pack, 60)
    assert watched.verify().outcome is VerificationOutcome.SOUND


def test_a_wrong_password_leaves_the_bytes_hashed_and_the_rest_unproven(watch: Watching, folder: Path) -> None:
    wrong = folder / "wrong"
    wrong.write_text("wrong horse\n")
    watched = watch(password_file=wrong)
    done = watched.verify()
    assert (done.outcome, done.reason) == (VerificationOutcome.UNPROVEN, Reason.WRONG_PASSWORD)
    assert done.files_verified > 0


def test_damage_is_told_without_the_key(watch: Watching, folder: Path) -> None:
    wrong = folder / "wrong"
    wrong.write_text("wrong horse\n")
    watched = watch(password_file=wrong)
    flip_byte(watched.repository.packs()[0], -5)
    done = watched.verify()
    assert (done.outcome, done.damage[0].reason) == (VerificationOutcome.DAMAGED, "damaged")


def test_a_mirror_that_stands_still_is_not_the_repository(watch: Watching, source: Path, folder: Path) -> None:
    watched = watch()
    elsewhere = watched.repository.duplicate(folder / "elsewhere")
    watched.address = str(elsewhere.folder)
    assert watched.verify().outcome is VerificationOutcome.SOUND
    elsewhere.backup(source, watched.clock.now())
    assert watched.verify().reason is Reason.WRONG_REPOSITORY


def test_a_host_that_lies_is_caught_by_the_packs_streamed_back_at_night(
    watch: Watching, stores: StoreHost, repository: Repository
) -> None:
    """It lists what is there and calls everything sound; a command by hand streams nothing back and cannot tell."""
    lie = """[ "$verb" != hash ] || { greet; awk 'END { print "end", NR, 0, 0 }'; exit; }\n"$verb"\n"""
    watched = watch(host=stores.forced(repository.folder, text=BEGINNING + lie))
    pack = repository.packs()[0]
    name = f"data/{pack.parent.name}/{pack.name}"
    flip_byte(pack, 60)
    assert watched.verify().outcome is VerificationOutcome.SOUND
    # Two packs a night, of which there are a handful.
    nights = (watched.verify(scheduled=True) for _ in range(60))
    caught = next(night for night in nights if night.outcome is VerificationOutcome.DAMAGED)
    assert caught.damage == (Damage(file=name, reason="damaged"),)
    assert caught.remarks == (f"said to be sound by its host: {name}",)


def test_files_that_the_account_may_not_read_are_unproven_and_never_damage(
    watch: Watching, stores: StoreHost, repository: Repository
) -> None:
    pack = repository.packs()[0]
    pack.chmod(0)
    nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups" if os.geteuid() == 0 else ""
    done = watch(host=stores.forced(repository.folder, before=nobody)).verify()
    assert (done.outcome, done.reason) == (VerificationOutcome.UNPROVEN, Reason.DENIED)
    assert done.damage == (Damage(file=f"data/{pack.parent.name}/{pack.name}", reason="denied"),)


@pytest.mark.parametrize("tool", ["openssl", "python3", "sha256sum"])
def test_the_host_hashes_with_what_it_has(
    tool: str, watch: Watching, stores: StoreHost, repository: Repository, folder: Path
) -> None:
    tools = folder / "tools"
    tools.mkdir()
    for name in ("sh", "awk", "find", "stat", "sed", "date", "df", "xargs", "getconf", "nice", "cat", tool):
        found = sys.executable if name == "python3" else shutil.which(name)
        if found is not None:
            (tools / name).symlink_to(Path(found).resolve())
    flip_byte(repository.packs()[1], 60)
    done = watch(host=stores.forced(repository.folder, before=f"PATH={tools}")).verify()
    pack = repository.packs()[1]
    assert done.damage == (Damage(file=f"data/{pack.parent.name}/{pack.name}", reason="damaged"),)


@pytest.mark.parametrize("count", [1, 2, 17, 33, 100])
def test_each_of_many_files_is_hashed_once_whichever_of_them_is_bad(count: int, tmp_path: Path) -> None:
    names = []
    for number in range(count):
        content = f"pack {number}".encode()
        digest = hashlib.sha256(content).hexdigest()
        (tmp_path / "data" / digest[:2]).mkdir(parents=True, exist_ok=True)
        names.append(f"data/{digest[:2]}/{digest}")
        (tmp_path / names[-1]).write_bytes(content)
    bad = (names[0], names[count // 2], names[-1])
    for name in set(bad):
        (tmp_path / name).write_bytes(b"something else")
    said = subprocess.run(
        ["sh", "-c", script(), "beffroi-store", "hash", str(tmp_path)],
        input="".join(f"{name}\n" for name in names).encode(),
        capture_output=True,
        check=True,
    )
    output = Output(stdout=said.stdout, stderr=b"", status=0, duration=timedelta(0))
    assert sorted(hashed(output, names, "vault").bad) == sorted(set(bad))


WAITING = """\
echo begun >>"{log}"
sleep 0.3
echo ended >>"{log}"
exec {real} "$@"
"""


@pytest.mark.parametrize("verb", ["hash", "sums"])
def test_one_process_at_a_time_reads_where_reading_is_waiting(verb: str, tmp_path: Path) -> None:
    names, log, tools = [], tmp_path / "log", tmp_path / "tools"
    for number in range(12):
        content = b"%d" % number
        digest = hashlib.sha256(content).hexdigest()
        names.append(f"data/{digest[:2]}/{digest}")
        path = tmp_path / "store" / names[-1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    executable(tools / "sha256sum", WAITING.format(log=log, real=shutil.which("sha256sum")))
    said = subprocess.run(
        ["sh", "-c", script(), "sh", verb, str(tmp_path / "store")],
        input="".join(f"{name}\n" for name in names).encode(),
        capture_output=True,
        env={"PATH": f"{tools}:{os.environ['PATH']}"},
        timeout=120,
        check=True,
    )
    assert said.stdout.splitlines()[-1] == (b"end 12 0 0" if verb == "hash" else b"end 12")
    words = log.read_text().split()
    assert words == ["begun", "ended"] * (len(words) // 2)


@pytest.mark.parametrize("verb", ["hash", "sums"])
@pytest.mark.parametrize("tool", ["nice", "ionice"])
def test_a_refused_priority_does_not_keep_files_unhashed(verb: str, tool: str, tmp_path: Path) -> None:
    """As within the limits of the service's own unit, which allow no change of priority."""
    digest = hashlib.sha256(b"pack").hexdigest()
    name = f"data/{digest[:2]}/{digest}"
    path = tmp_path / "store" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"pack")
    executable(tmp_path / "tools" / tool, "exit 1\n")
    said = subprocess.run(
        ["sh", "-c", script(), "sh", verb, str(tmp_path / "store")],
        input=f"{name}\n".encode(),
        capture_output=True,
        env={"PATH": f"{tmp_path / 'tools'}:{os.environ['PATH']}"},
        timeout=120,
        check=True,
    )
    assert said.stdout.splitlines()[-1] == (b"end 1 0 0" if verb == "hash" else b"end 1")


def test_a_host_with_nothing_to_hash_with_says_so(
    watch: Watching, stores: StoreHost, repository: Repository, folder: Path
) -> None:
    tools = folder / "tools"
    tools.mkdir()
    (tools / "sh").symlink_to("/bin/sh")
    reading = watch(host=stores.forced(repository.folder, before=f"PATH={tools}")).look("store_hash")
    assert isinstance(reading, Failure)
    assert reading.reason is Reason.TOOL_MISSING


def test_a_pack_that_no_index_names_is_a_remark(watch: Watching, source: Path) -> None:
    watched = watch()
    lose_index(watched.repository, source)
    done = watched.verify()
    assert done.outcome is VerificationOutcome.SOUND
    assert any("unreferenced" in remark for remark in done.remarks)


def test_a_host_that_is_gone_is_unreachable(watch: Watching, stores: StoreHost, repository: Repository) -> None:
    door = stores.forced(repository.folder)
    watched = watch(host=door)
    assert watched.verify().outcome is VerificationOutcome.SOUND
    stores.sshd.stop()
    try:
        door.rest()
        done = watched.verify()
    finally:
        stores.sshd.start()
    assert (done.outcome, done.reason) == (VerificationOutcome.UNPROVEN, Reason.UNREACHABLE)
