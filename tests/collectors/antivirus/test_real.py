"""A real clamd with a tiny base, and each way in which it may not protect."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.facts.protection import TRIED_EVERY
from agent.core.host import Host
from agent.core.model import Observation
from agent.core.reason import Reason
from agent.hosts.local import LocalHost
from agent.hosts.ssh.config import NO_FILE
from agent.hosts.ssh.host import SshHost
from agent.hosts.ssh.route import Client, DeclaredRoute
from tests.collectors.antivirus.looking import look, machine, only
from tests.parts.clamd import Clamd, pretender, running_clamd, signatures
from tests.parts.narrowed import Through, programs
from tests.parts.sshd import running_sshd
from tests.parts.unprivileged import in_child, open_folder

pytestmark = [pytest.mark.programs, pytest.mark.network]

HOUR = timedelta(hours=1)
STRANGER = 65533
TOOLS = ("python3", "socat", "nc")


@pytest.fixture(scope="session")
def clamd() -> Iterator[Clamd]:
    """Return a clamd that knows the test string, in a zone far from this machine's."""
    with open_folder() as folder, running_clamd(folder / "clamd", environment={"TZ": "Asia/Tokyo"}) as started:
        yield started


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder with a short name, as a socket needs it."""
    with open_folder() as made:
        yield made


@pytest.fixture
def of_its_own(folder: Path) -> Iterator[Clamd]:
    """Return a clamd that a test may break."""
    with running_clamd(folder / "clamd") as started:
        yield started


def watched(clamd: Clamd, *, realtime: bool = False) -> Observation:
    return look(machine(clamd.socket, clamd.database, realtime=realtime))


def test_a_sound_clamd_runs_is_dated_to_the_second_and_detects(clamd: Clamd) -> None:
    seen = only(watched(clamd))
    assert (seen.running, seen.proven, seen.loaded_version) == (True, True, "27001")
    assert seen.loaded is not None
    # clamd tells Tokyo's time; the header on disk tells the second.
    assert abs(datetime.now(UTC) - seen.loaded) < timedelta(minutes=10)
    assert seen.loaded_within == timedelta(0)


def test_without_the_file_on_disk_the_date_is_as_wide_as_the_zones_of_the_world(clamd: Clamd, folder: Path) -> None:
    seen = only(look(machine(clamd.socket, folder)))
    assert seen.loaded is not None
    assert seen.on_disk is None
    assert seen.loaded_within == timedelta(hours=14)
    assert abs(datetime.now(UTC) - seen.loaded) <= seen.loaded_within


def test_what_the_look_before_knew_of_the_loaded_base_still_dates_it(clamd: Clamd, folder: Path) -> None:
    before = watched(clamd)
    seen = only(look(machine(clamd.socket, folder), previous=before))
    assert (seen.loaded, seen.loaded_within) == (only(before).loaded, timedelta(0))


def test_a_newer_file_that_is_not_loaded_does_not_make_what_is_loaded_younger(of_its_own: Clamd) -> None:
    before = watched(of_its_own)
    signatures(of_its_own.database, 27002)
    seen = only(look(machine(of_its_own.socket, of_its_own.database), previous=before))
    assert (seen.loaded_version, seen.on_disk_version) == ("27001", "27002")
    assert seen.loaded == only(before).loaded


def test_a_dead_socket_is_a_protection_that_does_not_run(of_its_own: Clamd) -> None:
    of_its_own.stop()
    assert of_its_own.socket.exists()
    assert only(watched(of_its_own)).running is False


def test_a_socket_that_is_not_there_is_a_protection_that_does_not_run(folder: Path) -> None:
    assert only(look(machine(folder / "none.ctl"))).running is False


def test_a_base_that_does_not_know_the_test_string_detects_nothing(folder: Path) -> None:
    clamd = Clamd(folder / "clamd")
    clamd.database.mkdir(parents=True)
    signatures(clamd.database, 27001, knows=b"something else")
    try:
        clamd.start()
        assert only(watched(clamd)).proven is False
    finally:
        clamd.stop()


def test_a_base_without_a_date_dates_nothing(folder: Path) -> None:
    clamd = Clamd(folder / "clamd")
    clamd.database.mkdir(parents=True)
    (clamd.database / "own.hdb").write_text("44d88612fea8a8f36de82e1278abb02f:68:Test.Signature\n")
    try:
        clamd.start()
        seen = only(watched(clamd))
        assert (seen.running, seen.proven, seen.loaded) == (True, True, None)
    finally:
        clamd.stop()


def test_the_trial_is_made_every_eight_hours_and_carried_between(clamd: Clamd) -> None:
    first = watched(clamd)
    tried = only(first).tried_at
    assert tried is not None
    declared = machine(clamd.socket, clamd.database)
    soon = look(declared, previous=first, now=tried + TRIED_EVERY - timedelta(seconds=1))
    assert only(soon).tried_at == tried
    later = look(declared, previous=soon, now=tried + TRIED_EVERY)
    assert only(later).tried_at == tried + TRIED_EVERY


def test_a_trial_dated_ahead_of_the_clock_is_made_again(clamd: Clamd) -> None:
    first = watched(clamd)
    tried = only(first).tried_at
    assert tried is not None
    back = look(machine(clamd.socket, clamd.database), previous=first, now=tried - HOUR)
    assert only(back).tried_at == tried - HOUR


def test_the_trial_is_announced_and_leaves_no_file(clamd: Clamd, caplog: pytest.LogCaptureFixture) -> None:
    before = set(clamd.folder.rglob("*"))
    watched(clamd)
    assert "EICAR" in caplog.text
    assert set(clamd.folder.rglob("*")) == before


def test_protection_on_access_is_asked_only_where_it_is_expected(clamd: Clamd) -> None:
    assert only(watched(clamd)).engaged is None
    assert only(watched(clamd, realtime=True)).engaged is False


VERSION = b"ClamAV 1.4.6/27001/Tue Nov 24 08:00:00 2026\0"


def answering(version: bytes, stream: bytes | None) -> Callable[[bytes], bytes | None]:
    return lambda asked: version if asked.startswith(b"zVERSION") else stream


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        pytest.param(b"INSTREAM size limit exceeded. ERROR\0", Reason.UNREADABLE, id="refuses the stream"),
        pytest.param(b"", Reason.EXITED, id="hangs up"),
        pytest.param(b"stream: OK", Reason.UNREADABLE, id="never ends its answer"),
        pytest.param(b"\xff\x1b[2J" * 9 + b"\0", Reason.UNREADABLE, id="garbage"),
        pytest.param(b"x" * 100_000, Reason.UNREADABLE, id="a flood"),
    ],
)
def test_what_is_no_answer_to_the_stream_proves_nothing(folder: Path, stream: bytes, reason: Reason) -> None:
    with pretender(folder / "liar.ctl", answering(VERSION, stream)) as socket:
        seen = look(machine(socket, folder))
    assert only(seen).proven is None
    (gap,) = [gap for gap in seen.gaps if gap.subject.endswith("/trial")]
    assert gap.reason is reason


@pytest.mark.parametrize("said", [b"stream: OK\0", b"stream: Everything FOUND\0"])
def test_a_liar_that_says_the_same_of_everything_detects_nothing(folder: Path, said: bytes) -> None:
    with pretender(folder / "liar.ctl", answering(VERSION, said)) as socket:
        assert only(look(machine(socket, folder))).proven is False


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        pytest.param(b"PONG\0", Reason.UNREADABLE, id="another answer"),
        pytest.param(b"\x00", Reason.UNREADABLE, id="empty"),
        pytest.param(b"\xff" * 300 + b"\0", Reason.UNREADABLE, id="garbage"),
        pytest.param(None, Reason.TIMED_OUT, id="mute"),
    ],
)
def test_a_clamd_that_does_not_tell_its_version_is_a_gap(folder: Path, version: bytes | None, reason: Reason) -> None:
    with pretender(folder / "odd.ctl", lambda asked: version) as socket:
        seen = look(machine(socket, folder), timeout=timedelta(seconds=2 if version is None else 60))
    assert seen.facts == ()
    (gap,) = seen.gaps
    assert (gap.subject, gap.reason) == ("srv-1/clamav", reason)


def test_a_trial_dated_ahead_is_not_kept_when_the_next_one_cannot_be_made(clamd: Clamd, folder: Path) -> None:
    first = watched(clamd)
    earlier = datetime.now(UTC) - 200 * timedelta(days=1)
    with pretender(folder / "odd.ctl", answering(VERSION, b"")) as socket:
        seen = look(machine(socket, folder), previous=first, now=earlier)
    assert (only(seen).proven, only(seen).tried_at) == (None, None)


def test_a_good_trial_is_kept_when_the_next_one_cannot_be_made(clamd: Clamd, folder: Path) -> None:
    first = watched(clamd)
    late = datetime.now(UTC) + TRIED_EVERY
    with pretender(folder / "odd.ctl", answering(VERSION, b"")) as socket:
        seen = look(machine(socket, folder), previous=first, now=late)
    assert (only(seen).proven, only(seen).tried_at) == (True, only(first).tried_at)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_socket_that_may_not_be_used_is_denied_and_no_miss(of_its_own: Clamd, folder: Path, tool: str) -> None:
    of_its_own.socket.chmod(0)
    declared = machine(of_its_own.socket, of_its_own.database)
    host = Through(LocalHost("srv-1"), programs(folder / "bin", tool))

    def reasons() -> str:
        return " ".join(gap.reason.value for gap in look(declared, host=host).gaps)

    assert in_child(reasons, uid=STRANGER) == "denied"


@pytest.mark.parametrize("tool", TOOLS)
def test_each_of_the_three_programs_speaks_with_clamd_over_ssh(clamd: Clamd, folder: Path, tool: str) -> None:
    with running_sshd(folder / "sshd") as sshd:
        asked = DeclaredRoute(
            name=sshd.address, port=sshd.port, user=sshd.user, key_file=sshd.key_file, known_hosts=sshd.known_hosts
        )
        client = Client(user=sshd.user, home=folder, file=NO_FILE)
        door = SshHost("srv-1", asked, timeout=timedelta(seconds=20), client=client)
        host = Through(door, programs(folder / "bin", tool))
        try:
            seen = only(look(machine(clamd.socket, clamd.database), host=host))
        finally:
            door.close()
    assert (seen.running, seen.proven, seen.loaded_version) == (True, True, "27001")
    assert seen.loaded_within == timedelta(0)


def test_with_none_of_the_three_the_tool_is_missing(clamd: Clamd, folder: Path) -> None:
    seen = look(machine(clamd.socket), host=Through(LocalHost("srv-1"), programs(folder / "bin")))
    assert [gap.reason for gap in seen.gaps] == [Reason.TOOL_MISSING]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_dead_socket_is_told_the_same_by_each_program(of_its_own: Clamd, folder: Path, tool: str) -> None:
    of_its_own.stop()
    host = Through(LocalHost("srv-1"), programs(folder / "bin", tool))
    assert only(look(machine(of_its_own.socket), host=host)).running is False


def with_socket_unit(folder: Path, socket: Path, state: str) -> Host:
    """Return a machine whose socket unit holds a socket, and whose clamd's own unit is in that state."""
    bin = programs(folder / f"bin-{state}", "python3", "awk", "readlink")
    (bin / "systemctl").write_text(
        "#!/bin/sh\n"
        f'[ "$1" = show ] && echo ActiveState={state} || echo "{socket} clamav-daemon.socket clamav-daemon.service"\n'
    )
    (bin / "systemctl").chmod(0o755)
    return Through(LocalHost("srv-1"), bin)


def test_a_stopped_clamd_that_a_question_would_start_is_not_asked(clamd: Clamd, folder: Path) -> None:
    """Debian's clamav-daemon.socket listens on while clamav-daemon.service is stopped, and starts it when asked."""

    def seen(state: str, socket: Path = clamd.socket) -> Observation:
        host = with_socket_unit(folder, socket, state)
        return look(machine(clamd.socket, clamd.database), host=host)

    stopped = seen("inactive")
    assert [gap.reason for gap in stopped.gaps] == [Reason.UNREADABLE]
    assert not stopped.named("protection.running")
    assert only(seen("failed")).running is False
    for state in ("active", "activating", "reloading"):
        assert only(seen(state)).running is True
    elsewhere = with_socket_unit(folder / "bin-active", Path("/run/other.ctl"), "inactive")
    assert only(look(machine(clamd.socket, clamd.database), host=elsewhere)).running is True
