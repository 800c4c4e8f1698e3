import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import paramiko
import pytest

from agent.core import host
from agent.core.errors import (
    Denied,
    Exited,
    HostKeyChanged,
    HostKeyUnknown,
    LookError,
    Missing,
    Stopped,
    TimedOut,
    ToolMissing,
    Unreachable,
    Unreadable,
)
from agent.core.host import LARGE_OUTPUT, Host
from agent.hosts.ssh.host import SshHost
from tests.hosts.ssh.remote import LONG, asked, configured, door
from tests.parts.ports import free_port
from tests.parts.processes import MARK, descendants, no_process_left, wait_until, with_mark
from tests.parts.sshd import Sshd, make_key, public_key, running_sshd, silent_server

pytestmark = [pytest.mark.programs, pytest.mark.network]

SHORT = timedelta(seconds=0.5)


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd"), banner="Private system!\n") as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Sshd]:
    """Yield an sshd of the test's own, which it may maltreat."""
    with running_sshd(tmp_path / "sshd") as running:
        yield running


@pytest.fixture
def marked() -> Iterator[dict[str, str]]:
    with no_process_left() as environment:
        yield environment


@pytest.fixture
def vault(sshd: Sshd) -> Iterator[SshHost]:
    with closing(door(sshd)) as host:
        yield host


def test_both_outputs_and_the_status_come_back_apart(vault: Host) -> None:
    output = vault.run("sh", "-c", "echo out; echo err >&2; exit 7", timeout=LONG, accept=(7,))
    assert (output.stdout, output.stderr, output.status) == (b"out\n", b"err\n", 7)


def test_arguments_reach_the_program_as_they_are(vault: Host) -> None:
    hostile = ["$HOME", "; exit 3", "a b", "*", "", "it's", "a\nb", "!x", "\\"]
    assert vault.run("printf", "%s\\0", *hostile, timeout=LONG).stdout == b"".join(
        one.encode() + b"\0" for one in hostile
    )


def test_a_program_gets_the_fixed_locale_and_what_is_added(vault: Host) -> None:
    said = vault.run("env", timeout=LONG, environment={"ADDED": "a b"}).stdout.split(b"\n")
    assert {b"LC_ALL=C", b"ADDED=a b"} <= set(said)


def test_an_exit_code_that_is_no_answer_is_an_error(vault: Host) -> None:
    with pytest.raises(Exited, match=r"^sh on vault exited with 3: it broke$"):
        vault.run("sh", "-c", "echo it broke >&2; exit 3", timeout=LONG)


def test_an_end_by_signal_is_told(vault: Host) -> None:
    with pytest.raises(Exited, match="exited with 137, as after SIGKILL"):
        vault.run("sh", "-c", "kill -KILL $$", timeout=LONG)


def test_a_missing_program_and_one_that_may_not_be_run_are_told_apart(vault: Host, tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="no-such-program is not installed on vault"):
        vault.run("no-such-program", timeout=LONG)
    (tmp_path / "tool").write_text("")
    with pytest.raises(Denied, match="tool on vault may not be run"):
        vault.run(str(tmp_path / "tool"), timeout=LONG)
    assert vault.run("sh", "-c", "exit 127", timeout=LONG, accept=(127,)).status == 127


def test_much_on_both_outputs_and_much_told_do_not_hang(vault: Host) -> None:
    script = "head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero; cat"
    output = vault.run("sh", "-c", script, timeout=LONG, stdin=bytes(3_000_000), output_limit=LARGE_OUTPUT)
    assert (len(output.stdout), len(output.stderr)) == (6_000_000, 3_000_000)


def test_a_program_that_does_not_listen_to_the_end_is_no_error(vault: Host) -> None:
    assert vault.run("true", timeout=LONG, stdin=bytes(5_000_000)).status == 0


def test_what_is_heard_as_it_comes_is_kept_nowhere_and_counts_for_the_limit(vault: Host) -> None:
    heard: list[bytes] = []
    many = 64 * 1024 * 1024
    said = vault.run("head", "-c", str(many), "/dev/zero", timeout=LONG, output_limit=2 * many, hear=heard.append)
    assert (said.stdout, sum(map(len, heard)), said.status) == (b"", many, 0)
    assert max(map(len, heard)) < many / 4
    heard.clear()
    cut = vault.run("cat", "/dev/zero", timeout=LONG, output_limit=1 << 20, accept=None, hear=heard.append)
    assert cut.truncated
    assert len(b"".join(heard)) < 16 << 20


def test_a_flood_is_cut_at_the_limit_and_ended_over_there(vault: Host, marked: dict[str, str]) -> None:
    output = vault.run("yes", timeout=LONG, environment=marked, output_limit=100_000, accept=None)
    assert output.truncated
    assert 90_000 < len(output.stdout) < 200_000


def test_an_answer_of_too_many_lines_is_cut(vault: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "MANY_LINES", 1000)
    output = vault.run("sh", "-c", "yes '' | head -n 1100", timeout=LONG, output_limit=32_000, accept=None)
    assert (len(output.stdout), output.truncated) == (1000, True)


def test_a_deadline_ends_what_runs_over_there_with_its_children(vault: Host, marked: dict[str, str]) -> None:
    with pytest.raises(TimedOut, match=r"^sh on vault did not end within 0\.5 s$"):
        vault.run("sh", "-c", "sleep 1000 & sleep 1001", timeout=SHORT, environment=marked)
    assert vault.run("echo", "still there", timeout=LONG).stdout == b"still there\n"


def test_a_command_that_ignores_being_asked_is_killed_over_there(vault: Host, marked: dict[str, str]) -> None:
    with pytest.raises(TimedOut):
        script = "trap '' TERM; while :; do sleep 1; done"
        vault.run("sh", "-c", script, timeout=SHORT, environment=marked)


def test_a_child_that_holds_the_outputs_is_neither_waited_for_nor_left(vault: Host, marked: dict[str, str]) -> None:
    script = "echo said; sleep 1000 & exit 5"
    output = vault.run("sh", "-c", script, timeout=LONG, environment=marked, accept=(5,))
    assert output.stdout == b"said\n"


def test_a_program_that_closes_its_outputs_and_goes_on_is_still_waited_for(vault: Host) -> None:
    assert vault.run("sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 9", timeout=LONG, accept=(9,)).status == 9


def test_many_threads_share_one_connection(vault: Host, sshd: Sshd) -> None:
    before = sshd.log.read_text().count("Accepted publickey")

    def say(number: int) -> bytes:
        return vault.run("echo", str(number), timeout=LONG).stdout

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(say, range(40))) == [f"{number}\n".encode() for number in range(40)]
    assert sshd.log.read_text().count("Accepted publickey") == before + 1


def test_a_refused_session_is_asked_again_though_its_words_are_lost(vault: SshHost) -> None:
    """Of two refusals that come together, paramiko gives one the other's place."""
    with vault._connection.use() as transport:
        open_session, refusals = transport.open_session, [paramiko.SSHException("Unable to open channel.")]

        def refuse_once(timeout: float) -> paramiko.Channel:
            if refusals:
                raise refusals.pop()
            return open_session(timeout=timeout)

        transport.open_session = refuse_once  # type: ignore[method-assign, assignment]  # on this connection alone
    assert vault.run("echo", "in", timeout=LONG).stdout == b"in\n"
    assert not refusals


def test_a_file_is_read_up_to_its_limit(vault: Host, tmp_path: Path) -> None:
    (tmp_path / "a file; it's").write_bytes(b"x" * 1000)
    assert vault.read(str(tmp_path / "a file; it's"), limit=1000) == b"x" * 1000
    with pytest.raises(Unreadable, match="on vault is larger than 999 bytes"):
        vault.read(str(tmp_path / "a file; it's"), limit=999)


def test_what_is_not_there_and_what_is_no_file_are_told_apart(vault: Host, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Missing, match="on vault is not there"):
        vault.read(str(tmp_path / "none"), limit=10)
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(Unreadable, match="on vault is not a regular file"):
            vault.read(str(path), limit=10)
    with pytest.raises(Unreadable, match="cannot be read"):
        vault.read("/proc/self/mem", limit=10)


def test_a_shell_that_talks_by_itself_changes_nothing(tmp_path: Path) -> None:
    noise = "\x1b[31mLast login: yesterday\nno newline at the end"
    with running_sshd(tmp_path / "sshd", noise=noise, banner=noise) as sshd, closing(door(sshd)) as host:
        output = host.run("sh", "-c", "echo out; echo err >&2", timeout=LONG)
        assert (output.stdout, output.stderr) == (b"out\n", b"err\n")
        (tmp_path / "file").write_bytes(b"content")
        assert host.read(str(tmp_path / "file"), limit=10) == b"content"


def test_an_account_of_another_language_changes_nothing(tmp_path: Path) -> None:
    """What a program says is understood by its words, and these are English whatever the account's locale."""
    force = 'LC_ALL=fr_FR.UTF-8 LANG=fr_FR.UTF-8 LANGUAGE=fr sh -c "$SSH_ORIGINAL_COMMAND"'
    with running_sshd(tmp_path / "sshd", force=force) as sshd, closing(door(sshd)) as host:
        assert host.run("sh", "-c", "echo $LC_ALL", timeout=LONG).stdout == b"C\n"
        with pytest.raises(Missing):
            host.read(str(tmp_path / "none"), limit=10)


RESTRICTED = 'rbash -c "$SSH_ORIGINAL_COMMAND"'


@pytest.mark.parametrize(
    "force", ["echo 'This account is \x1b[31mclosed.'; exit 1", "internal-sftp", "exit 0", RESTRICTED]
)
def test_an_account_that_runs_no_command_is_told_as_such(tmp_path: Path, force: str) -> None:
    with running_sshd(tmp_path / "sshd", force=force) as sshd, closing(door(sshd)) as host:
        with pytest.raises(Denied, match="the account on vault runs no command of ours and says: ") as caught:
            host.run("echo", "hello", timeout=LONG)
        assert caught.value.message.isprintable()


def test_an_unknown_host_key_is_refused_and_nothing_is_learnt(fresh: Sshd) -> None:
    fresh.forget()
    with closing(door(fresh)) as host, pytest.raises(HostKeyUnknown, match="in no known_hosts file") as caught:
        host.run("true", timeout=LONG)
    assert "ssh-keyscan" in caught.value.hint
    assert fresh.known_hosts.read_text() == ""


def test_a_changed_host_key_is_refused(fresh: Sshd) -> None:
    fresh.change_host_key()
    with closing(door(fresh)) as host, pytest.raises(HostKeyChanged, match=r"not the ssh-ed25519 key SHA256:\S+ of "):
        host.run("true", timeout=LONG)


def test_a_hashed_known_hosts_file_is_as_good(fresh: Sshd) -> None:
    fresh.know(hashed=True)
    assert fresh.known_hosts.read_text().startswith("|1|")
    with closing(door(fresh)) as host:
        assert host.run("true", timeout=LONG).status == 0


def test_a_revoked_host_key_is_refused(fresh: Sshd) -> None:
    with fresh.known_hosts.open("a") as known:
        known.write(f"@revoked * {public_key(fresh.host_key)}\n")
    with closing(door(fresh)) as host, pytest.raises(HostKeyChanged, match="revokes"):
        host.run("true", timeout=LONG)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
def test_a_host_with_several_keys_is_asked_for_the_one_that_is_known(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "sshd"
    folder.mkdir()
    keys = {one: make_key(folder / f"host_{one}", one) for one in ("rsa", "ecdsa")}
    more = tuple(f"HostKey {path}" for path in keys.values())
    with running_sshd(folder, more=more) as sshd, closing(door(sshd)) as host:
        key = keys.get(kind, sshd.host_key)
        sshd.known_hosts.write_text(f"[{sshd.address}]:{sshd.port} {public_key(key)}\n")
        assert host.run("true", timeout=LONG).status == 0


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_other_kinds_of_client_key_let_in_too(fresh: Sshd, kind: str) -> None:
    make_key(fresh.key_file, kind)
    fresh.accept_key()
    with closing(door(fresh)) as host:
        assert host.run("true", timeout=LONG).status == 0


def test_a_key_that_is_refused_is_denied(fresh: Sshd) -> None:
    fresh.refuse_key()
    with closing(door(fresh)) as host, pytest.raises(Denied, match=r"is not let in with .*client_key"):
        host.run("true", timeout=LONG)


def test_no_agent_and_no_default_key_is_ever_tried(fresh: Sshd, monkeypatch: pytest.MonkeyPatch) -> None:
    (fresh.folder / ".ssh").mkdir()
    (fresh.folder / ".ssh" / "id_ed25519").write_bytes(fresh.key_file.read_bytes())
    monkeypatch.setenv("SSH_AUTH_SOCK", "/nowhere")
    with closing(door(fresh, key_file=None)) as host, pytest.raises(Denied, match="no key is given"):
        host.run("true", timeout=LONG)


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (None, Missing, "is not there"),
        (b"", Unreadable, "no private key"),
        (b"garbage\n", Unreadable, "no private key"),
    ],
)
def test_a_key_file_that_is_none_is_told_with_its_name(
    sshd: Sshd, tmp_path: Path, content: bytes | None, error: type[LookError], words: str
) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with (
        closing(door(sshd, key_file=tmp_path / "key")) as host,
        pytest.raises(error, match=f"/key {words}|/key is {words}"),
    ):
        host.run("true", timeout=LONG)


def test_a_closed_port_is_unreachable(sshd: Sshd) -> None:
    with closing(door(sshd, port=free_port())) as host, pytest.raises(Unreachable, match="connection refused"):
        host.run("true", timeout=LONG)


def test_a_name_that_does_not_resolve_is_unreachable(sshd: Sshd) -> None:
    with closing(door(sshd, name="no-such-host.invalid")) as host, pytest.raises(Unreachable, match="not resolved"):
        host.run("true", timeout=LONG)


def test_a_host_that_accepts_and_never_speaks_costs_its_timeout_once(sshd: Sshd) -> None:
    held: list[socket.socket] = []
    with silent_server(held) as port, closing(door(sshd, port=port, timeout=timedelta(seconds=1))) as host:

        def ask() -> str:
            with pytest.raises(Unreachable, match="accepted and did not greet within 1 s") as caught:
                host.run("true", timeout=LONG)
            return caught.value.message

        with ThreadPoolExecutor(4) as pool:
            assert len({one.result() for one in [pool.submit(ask) for _ in range(4)]}) == 1
        assert len(held) == 1


# Only the first start waits.
WAITS_ONCE = 'mkdir "$1" 2>/dev/null || exec echo again; sleep 1000'


def test_a_question_whose_connection_is_lost_is_asked_again(fresh: Sshd, tmp_path: Path) -> None:
    with no_process_left() as mark, closing(door(fresh)) as host:

        def cut() -> None:
            wait_until(lambda: any(one.command == "sleep 1000" for one in with_mark(mark[MARK])))
            fresh.drop_sessions()

        with ThreadPoolExecutor(1) as pool:
            cutting = pool.submit(cut)
            argv = ("sh", "-c", WAITS_ONCE, "sh", str(tmp_path / "started"))
            assert host.run(*argv, timeout=LONG, environment=mark).stdout == b"again\n"
            cutting.result()


def test_what_was_heard_as_it_came_is_not_heard_a_second_time(fresh: Sshd) -> None:
    heard: list[bytes] = []
    with no_process_left() as mark, closing(door(fresh)) as host:

        def cut() -> None:
            wait_until(lambda: bool(heard))
            fresh.drop_sessions()

        with ThreadPoolExecutor(1) as pool:
            cutting = pool.submit(cut)
            with pytest.raises(Unreachable):
                host.run("sh", "-c", "echo once; sleep 1000", timeout=LONG, environment=mark, hear=heard.append)
            cutting.result()
    assert heard == [b"once\n"]


def test_a_connection_that_is_lost_twice_is_unreachable(fresh: Sshd) -> None:
    with no_process_left() as mark, closing(door(fresh)) as host:
        over = threading.Event()

        def cut() -> None:
            while not over.wait(0.02):
                if any(one.command == "sleep 1000" for one in with_mark(mark[MARK])):
                    fresh.drop_sessions()

        with ThreadPoolExecutor(1) as pool:
            cutting = pool.submit(cut)
            with pytest.raises(Unreachable, match=r"the connection to vault was lost (while|before) sleep ran"):
                host.run("sleep", "1000", timeout=LONG, environment=mark)
            over.set()
            cutting.result()
        assert host.run("echo", "again", timeout=LONG).stdout == b"again\n"


def test_a_killed_shell_is_no_lost_connection(vault: Host) -> None:
    with pytest.raises(Exited, match="its shell was killed"):
        vault.run("sh", "-c", "kill -KILL $PPID; sleep 1", timeout=LONG)


def test_an_idle_connection_can_be_put_down_and_is_opened_again(fresh: Sshd) -> None:
    with closing(door(fresh)) as host:
        host.run("true", timeout=LONG)
        assert fresh._process is not None
        server = fresh._process.pid
        host.rest()
        assert wait_until(lambda: not descendants(server))
        host.run("true", timeout=LONG)


def test_closing_sends_everybody_away_at_once(sshd: Sshd) -> None:
    host = door(sshd)
    with no_process_left() as mark, ThreadPoolExecutor(1) as pool:
        asking = pool.submit(host.run, "cat", "/dev/zero", timeout=timedelta(hours=1), environment=mark)
        assert wait_until(lambda: bool(with_mark(mark[MARK])))
        host.close()
        with pytest.raises(Stopped):
            asking.result(timeout=60)
    with pytest.raises(Stopped):
        host.run("true", timeout=LONG)


def test_closing_does_not_wait_for_a_host_that_never_speaks(sshd: Sshd) -> None:
    with silent_server() as port, ThreadPoolExecutor(1) as pool:
        host = door(sshd, port=port, timeout=timedelta(hours=1))
        asking = pool.submit(host.run, "true", timeout=LONG)
        host.close()
        with pytest.raises(Stopped):
            asking.result(timeout=60)


def test_a_host_behind_another_is_reached_through_it(sshd: Sshd, tmp_path: Path) -> None:
    with running_sshd(tmp_path / "inner", alias="inner.test") as inner:
        config = (
            f"Host inner.test\n HostName {inner.address}\n ProxyJump gate.test\n"
            f"Host gate.test\n HostName {sshd.address}\n Port {sshd.port}\n User {sshd.user}\n"
            f" IdentityFile {sshd.key_file}\n UserKnownHostsFile {sshd.known_hosts}\n"
        )
        wish = replace(asked(inner), name="inner.test")
        before = sshd.log.read_text().count("Accepted publickey")
        with closing(SshHost("vault", wish, timeout=LONG, client=configured(inner, config))) as host:
            assert (
                host.run("sh", "-c", "echo $SSH_CONNECTION", timeout=LONG).stdout.split()[3] == str(inner.port).encode()
            )
        assert sshd.log.read_text().count("Accepted publickey") == before + 1


def test_a_host_that_its_jump_host_cannot_reach_is_unreachable(sshd: Sshd) -> None:
    config = (
        f"Host inner.test\n HostName {sshd.address}\n Port {free_port()}\n ProxyJump gate.test\n"
        f"Host gate.test\n HostName {sshd.address}\n Port {sshd.port}\n"
    )
    wish = replace(asked(sshd), name="inner.test", port=None)
    client = configured(sshd, config)
    with (
        closing(SshHost("vault", wish, timeout=LONG, client=client)) as host,
        pytest.raises(Unreachable, match="the jump host cannot reach"),
    ):
        host.run("true", timeout=LONG)


def test_a_jump_host_that_may_not_forward_is_denied(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd", more=("AllowTcpForwarding no",)) as gate:
        config = (
            f"Host inner.test\n HostName {gate.address}\n ProxyJump gate.test\n"
            f"Host gate.test\n HostName {gate.address}\n Port {gate.port}\n User {gate.user}\n"
        )
        wish = replace(asked(gate), name="inner.test")
        client = configured(gate, config)
        with (
            closing(SshHost("vault", wish, timeout=LONG, client=client)) as host,
            pytest.raises(Denied, match="may not open a way"),
        ):
            host.run("true", timeout=LONG)


def test_a_proxy_command_is_refused_and_never_run(sshd: Sshd, tmp_path: Path) -> None:
    client = configured(sshd, f"Host {sshd.address}\n ProxyCommand touch {tmp_path}/ran\n")
    with (
        closing(SshHost("vault", asked(sshd), timeout=LONG, client=client)) as host,
        pytest.raises(Unreadable, match=r"ssh -G \S+: proxycommand is not honoured"),
    ):
        host.run("true", timeout=LONG)
    assert not (tmp_path / "ran").exists()


def test_a_server_that_is_no_sshd_is_unreachable_in_silence(sshd: Sshd, capfd: pytest.CaptureFixture[str]) -> None:
    script = (
        "import http.server as h; s = h.HTTPServer(('127.0.0.1', 0), h.BaseHTTPRequestHandler);"
        "print(s.server_port, flush=True); s.serve_forever()"
    )
    web = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with web:
        assert web.stdout is not None
        port = int(web.stdout.readline())
        with closing(door(sshd, port=port, timeout=LONG)) as host, pytest.raises(Unreachable):
            host.run("true", timeout=LONG)
        web.kill()
    assert capfd.readouterr() == ("", "")
