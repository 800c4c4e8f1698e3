"""Attributes of files, set for real where that is allowed, and answers that are no answer."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.errors import Denied, LookError, ToolMissing, Unreadable
from agent.core.facts.immutability import ATTRIBUTES, Immutability
from agent.core.host import Output
from agent.core.inventory import Copy, Store
from agent.core.model import Fact
from agent.hosts.local import LocalHost
from collectors.immutable.attributes import FOREVER, parse
from collectors.immutable.collect import COLLECTOR, collect
from collectors.immutable.counting import counted
from collectors.restic import LOOKS
from tests.parts.sshd import LOOPBACK, running_sshd
from tests.parts.unprivileged import open_folder

NOW = datetime(2026, 11, 30, tzinfo=UTC)
OLD = NOW - timedelta(days=5)
ENTRIES = "d {at}.5 {uid} {mode} ./data\nf {at}.25 1000 644 ./data/aa\n"
TOLD = "attributes\n{folder} ./data\n{file} ./data/aa\nend\n"
PLAIN, FIXED, APPENDED = "--------------e-------", "----i---------e-------", "-----a--------e-------"


def said(text: str, *, stderr: str = "", status: int = 0) -> Output:
    return Output(stdout=text.encode(), stderr=stderr.encode(), status=status, duration=timedelta())


def answer(folder: str = PLAIN, file: str = PLAIN, *, at: datetime = OLD, owner: int = 1000) -> Output:
    entries = ENTRIES.format(at=int(at.timestamp()), uid=1000, mode=755).replace("1000 644", f"{owner} 644")
    return said(entries + TOLD.format(folder=folder, file=file))


@pytest.mark.parametrize(
    ("output", "protected"),
    [
        (answer(), timedelta(0)),
        (answer(file=FIXED), FOREVER),
        (answer(file=APPENDED), FOREVER),
        (answer(folder=APPENDED), timedelta(0)),
        (answer(folder=APPENDED, owner=0), FOREVER),
        (answer(owner=0), timedelta(0)),
        (answer(at=NOW, file=FIXED), FOREVER),
    ],
    ids=["nothing", "immutable", "append-only", "folder alone", "folder of root", "of root", "at once"],
)
def test_a_file_is_held_by_its_own_attribute_or_by_root_s_folder(output: Output, protected: timedelta | None) -> None:
    (file,) = parse(output, "vault", NOW)
    assert (file.name, file.protected) == ("data/aa", protected)


def test_a_file_that_is_dated_ahead_owes_protection_all_the_same() -> None:
    (file,) = parse(answer(at=NOW + timedelta(days=3)), "vault", NOW)
    assert file.protected is None
    seen = counted((file,), timedelta(days=30), ATTRIBUTES, NOW)
    assert (seen.files, seen.unasked) == (1, 1)
    assert parse(answer(at=NOW + timedelta(minutes=4)), "vault", NOW) == ()


def test_a_file_that_the_daily_job_has_not_met_yet_leaves_the_others_as_they_are() -> None:
    entries = "f {at} 1000 644 ./old\nf {new} 1000 644 ./new\nd {at} 1000 755 .\nattributes\n"
    entries = entries.format(at=f"{int(OLD.timestamp())}.5", new=f"{int((NOW - timedelta(hours=3)).timestamp())}.5")
    flags = "{old} ./old\n{plain} ./new\n{plain} .\nend\n"
    held = parse(said(entries + flags.format(old=FIXED, plain=PLAIN)), "vault", NOW)
    proof = counted(held, timedelta(days=30), ATTRIBUTES, NOW)
    assert (proof.files, proof.held, proof.unasked, proof.unlocked) == (1, 1, 0, 0)
    lost = parse(said(entries + flags.format(old=PLAIN, plain=PLAIN)), "vault", NOW)
    assert counted(lost, timedelta(days=30), ATTRIBUTES, NOW).unlocked == 1


@pytest.mark.parametrize(
    ("output", "error"),
    [
        (said("", stderr="find: './data': Permission denied", status=4), Denied),
        (said("", stderr="sh: 1: lsattr: not found", status=5), ToolMissing),
        (said("", stderr="This service allows sftp connections only.", status=1), Unreadable),
        (said(""), Unreadable),
        (said("attributes\nend\nattributes\nend\n"), Unreadable),
        (said("f 1.5 0 644 ./a\nb\nattributes\n" + f"{FIXED} ./a\nb\nend\n"), Unreadable),
        (said("f 1.5 0 644 ./a\nattributes\nend\n"), Unreadable),
    ],
)
def test_an_answer_that_is_not_whole_proves_nothing(output: Output, error: type[LookError]) -> None:
    with pytest.raises(error):
        parse(output, "vault", NOW)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        (made / "data").mkdir()
        (made / "data" / "aa").write_text("pack")
        (made / "locks").mkdir()
        (made / "locks" / "left").write_text("lock")
        yield made
        subprocess.run(["chattr", "-R", "-ia", str(made)], check=False, capture_output=True)


def look(copy: Copy, folder: Path) -> list[object]:
    here, later = LocalHost("here"), datetime.now(UTC) + timedelta(days=3)
    asked = Look(now=later, here=here, host=lambda id: here, timeout=timedelta(seconds=30), folder=folder.parent)
    return list(collect(copy, asked))


@pytest.mark.programs
@pytest.mark.network
@pytest.mark.parametrize("force", [None, "internal-sftp"], ids=["shell", "sftp-alone"])
def test_an_account_behind_ssh_is_asked_where_it_has_a_shell(folder: Path, force: str | None) -> None:
    (folder / "data" / "name with 'quotes' $HOME").write_text("pack")
    with open_folder() as own, running_sshd(own, force=force) as sshd:
        variables = "".join(f'{key}="{value}"\n' for key, value in sshd.environment().items())
        (own / "environment").touch(mode=0o600)
        (own / "environment").write_text(variables)
        copy = Copy(
            program=LOOKS,
            id="offsite",
            backup="files",
            repository=f"sftp://{LOOPBACK}:{sshd.port}/{folder}",
            environment_file=own / "environment",
            immutable=timedelta(days=30),
        )
        if force is not None:
            with pytest.raises(Unreadable, match="attributes of the copy's files are unknown"):
                look(copy, folder)
            return
        (fact,) = look(copy, folder)
    assert isinstance(fact, Fact) and isinstance(fact.value, Immutability)
    assert (fact.value.files, fact.value.unlocked) == (2, 2)


@pytest.mark.programs
@pytest.mark.parametrize("store", [False, True], ids=["path", "store"])
def test_real_attributes_are_seen_and_locks_of_restic_are_left_out(folder: Path, store: bool) -> None:
    copy = Copy(
        program=LOOKS,
        id="offsite",
        backup="files",
        repository="sftp:vault:/srv" if store else str(folder),
        store=Store(host="here", path=str(folder)) if store else None,
        immutable=timedelta(days=30),
    )
    assert COLLECTOR.applies(copy)
    before = look(copy, folder)
    set_one = subprocess.run(["chattr", "+i", str(folder / "data" / "aa")], capture_output=True, check=False)
    after = look(copy, folder)
    (fact,) = before
    assert isinstance(fact, Fact) and isinstance(fact.value, Immutability)
    assert (fact.value.how, fact.value.files, fact.value.unlocked) == (ATTRIBUTES, 1, 1)
    (fact,) = after
    assert isinstance(fact, Fact) and isinstance(fact.value, Immutability)
    # Where the attribute may not be set, nothing protects the file, and it must be seen so.
    assert fact.value.held == (set_one.returncode == 0)
