"""Real rsyslogd writes, real logrotate turns and packs; the same is seen here and over a real sshd."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.errors import LookError
from agent.core.facts.logs import kept_in
from agent.core.reason import Reason
from agent.hosts.ssh.config import NO_FILE
from agent.hosts.ssh.host import SshHost
from agent.hosts.ssh.route import Client, DeclaredRoute
from tests.parts import processes
from tests.parts.journals import make
from tests.parts.log_trees import DAY, NOW, LogTree, lines, write
from tests.parts.narrowed import Through, programs
from tests.parts.rsyslog import running_rsyslogd
from tests.parts.sshd import Sshd, running_sshd
from tests.parts.unprivileged import NOBODY, in_child, open_folder

pytestmark = [pytest.mark.programs, pytest.mark.network]

TIMEOUT = timedelta(seconds=60)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def sshd() -> Iterator[Sshd]:
    with open_folder() as folder, running_sshd(folder / "sshd") as started:
        yield started


@contextmanager
def door(sshd: Sshd) -> Iterator[SshHost]:
    asked = DeclaredRoute(
        name=sshd.address, port=sshd.port, user=sshd.user, key_file=sshd.key_file, known_hosts=sshd.known_hosts
    )
    client = Client(user=sshd.user, home=sshd.folder, file=NO_FILE)
    host = SshHost("far", asked, timeout=TIMEOUT, client=client)
    try:
        yield host
    finally:
        host.close()


@pytest.mark.parametrize("form", ["FileFormat", "TraditionalFileFormat"])
def test_what_rsyslogd_received_just_now_is_the_newest_record_whatever_its_stamp(tmp_path: Path, form: str) -> None:
    with running_rsyslogd(tmp_path / "rsyslog", form) as rsyslog:
        rsyslog.send("<13>Jan  2 03:04:05 fw-1 app: from another time")
        assert processes.wait_until(lambda: rsyslog.holds("from another time"))
        tree = LogTree(tmp_path, sources=("fw-1", "fw-2"), path=f"{rsyslog.root}/{{source}}/**")
        tree.look(datetime.now(UTC))
        rsyslog.send("<13>Jan  2 03:04:06 fw-1 app: and again")
        assert processes.wait_until(lambda: rsyslog.holds("and again"))
        now = datetime.now(UTC)
        seen = tree.look(now)
    found = kept_in(seen, "central/fw-1")
    assert found.newest is not None
    assert now - found.newest < MINUTE
    assert found.oldest is not None
    # The day's file did not exist before this day began, in the zone of the collector.
    assert now - found.oldest < 4 * DAY
    assert kept_in(seen, "central/fw-2").oldest is None


def test_what_logrotate_turns_and_packs_is_the_same_log(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}/messages")
    path = tree.root / "fw-1" / "messages"
    rules = tmp_path / "rules"
    rules.write_text(f"{path} {{\n  rotate 9\n  compress\n  delaycompress\n  create\n  su {_owner(tmp_path)}\n}}\n")
    for ago in range(5, -1, -1):
        begin = (NOW - ago * DAY).replace(hour=0)
        write(path, lines(begin, "fw-1"), min(begin + timedelta(hours=21), NOW))
        if ago:
            tree.look(NOW - ago * DAY)
            subprocess.run(
                ["logrotate", "--force", "--state", str(tmp_path / "state"), str(rules)], check=True, timeout=60
            )
    found = kept_in(tree.look(), "central/fw-1")
    assert sorted(one.name for one in path.parent.iterdir())[-2:] == ["messages.4.gz", "messages.5.gz"]
    assert (found.oldest, found.newest, found.holes) == ((NOW - 5 * DAY).replace(hour=0), NOW, ())


def _owner(path: Path) -> str:
    return f"{path.owner()} {path.group()}"


def test_a_tree_and_a_journal_are_the_same_over_ssh(sshd: Sshd, tmp_path: Path) -> None:
    tree = LogTree(tmp_path / "files")
    journal = LogTree(tmp_path / "journal", path="", kind="journal")
    tree.folder.mkdir()
    journal.folder.mkdir()
    tree.fill("fw-1", range(20))
    write(tree.root / "fw-1" / "old.log.zst", lines(NOW - 30 * DAY, "fw-1"), NOW - 29 * DAY)
    make(journal.root / "m" / "system.journal", [(NOW - ago * DAY, "fw-1") for ago in range(9)], NOW)
    for place in (tree, journal):
        here = kept_in(place.look(), "central/fw-1")
        (place.folder / "cache" / "read.json").unlink()
        with door(sshd) as far:
            place.host = far
            assert kept_in(place.look(), "central/fw-1") == here
        assert here.oldest is not None


def test_a_machine_without_python3_or_find_says_so(sshd: Sshd, tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(2))
    for tools, lacks in (((), "find"), (("find",), "python3")):
        with door(sshd) as far:
            tree.host = Through(far, programs(tmp_path / f"without-{lacks}", *tools))
            with pytest.raises(LookError, match=f"{lacks} is not installed on far") as raised:
                tree.look()
        assert raised.value.reason is Reason.TOOL_MISSING


def test_a_file_for_which_nothing_unpacks_says_so(sshd: Sshd, tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    write(tree.root / "fw-1" / "a.log.zst", lines(NOW - DAY, "fw-1"), NOW)
    with door(sshd) as far:
        tree.host = Through(far, programs(tmp_path / "few", "find", "python3"))
        (gap,) = tree.look().gaps
    assert (gap.reason, gap.detail.rpartition(": ")[2]) == (Reason.TOOL_MISSING, "zstd is not installed there")


def test_a_file_of_lz4_is_not_taken_for_text_in_which_some_stamps_stand(sshd: Sshd, tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    packed = b"\x04\x22\x4d\x18\x64\x40\xa7" + lines(NOW - DAY, "fw-1").encode()
    write(tree.root / "fw-1" / "a.log.lz4", packed, NOW)
    with door(sshd) as far:
        tree.host = Through(far, programs(tmp_path / "few", "find", "python3"))
        (gap,) = tree.look().gaps
    assert (gap.reason, gap.detail.rpartition(": ")[2]) == (Reason.TOOL_MISSING, "lz4 is not installed there")


def test_what_a_tool_or_a_right_was_missing_for_is_read_once_it_is_there(sshd: Sshd, tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    write(tree.root / "fw-1" / "a.log.zst", lines(NOW - DAY, "fw-1"), NOW)
    with door(sshd) as far:
        for tools in (("find", "python3"), ("find", "python3", "zstd")):
            tree.host = Through(far, programs(tmp_path / f"{len(tools)}", *tools))
            seen = tree.look()
    assert (seen.gaps, kept_in(seen, "central/fw-1").oldest) == ((), NOW - DAY)


def test_what_this_account_may_not_read_is_denied_and_not_lost() -> None:
    with open_folder() as folder:
        tree = LogTree(folder)
        tree.fill("fw-1", range(3))
        hidden = write(tree.root / "fw-1" / "auth.log", lines(NOW - 9 * DAY, "fw-1"), NOW)
        hidden.chmod(0o600)
        closed = write(tree.root / "fw-1" / "private" / "a.log", lines(NOW - 9 * DAY, "fw-1"), NOW).parent
        closed.chmod(0o700)
        if hidden.stat().st_uid != 0:
            hidden.chmod(0)
            closed.chmod(0)
        (folder / "cache").mkdir()
        (folder / "cache").chmod(0o777)

        def said() -> str:
            seen = tree.look()
            (gap,) = seen.gaps
            kept = kept_in(seen, "central/fw-1")
            return f"{gap.subject} {gap.reason.value} {'(and 1 more)' in gap.detail} {kept.newest == NOW}"

        assert in_child(said, uid=NOBODY) == "central/fw-1 denied True True"
        closed.chmod(0o700)


def test_the_folder_that_a_file_system_keeps_for_itself_hides_nothing() -> None:
    with open_folder() as folder:
        tree = LogTree(folder, path="**/{source}.log")
        write(tree.root / "a" / "fw-1.log", lines(NOW - 3 * DAY, "fw-1"), NOW - 2 * DAY)
        (tree.root / "lost+found").mkdir()
        (tree.root / "lost+found").chmod(0o700 if folder.stat().st_uid == 0 else 0)
        (folder / "cache").mkdir()
        (folder / "cache").chmod(0o777)

        def said() -> str:
            seen = tree.look()
            return f"{seen.gaps} {kept_in(seen, 'central/fw-1').unread}"

        assert in_child(said, uid=NOBODY) == "() None"
        (tree.root / "lost+found").chmod(0o700)


def test_a_folder_of_logs_that_may_not_be_entered_is_denied() -> None:
    with open_folder() as folder:
        tree = LogTree(folder)
        tree.fill("fw-1", range(3))
        tree.root.chmod(0o600 if tree.root.stat().st_uid == 0 else 0)
        (folder / "cache").mkdir()
        (folder / "cache").chmod(0o777)
        said = in_child(lambda: str(tree.look().gaps), uid=NOBODY)
        tree.root.chmod(0o700)
    assert said.startswith("Denied: ")
