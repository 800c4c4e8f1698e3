"""One connection for everyone, and a host that stays away is asked less and less often."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import Denied, Unreachable
from agent.hosts.ssh import shared_connection
from agent.hosts.ssh.host import SshHost
from agent.hosts.ssh.route import DeclaredRoute
from agent.hosts.ssh.shared_connection import LONGEST_PAUSE, pause_after
from tests.hosts.ssh.remote import LONG, asked, configured, door
from tests.parts.sshd import LOOPBACK, running_sshd, silent_server

MINUTE = timedelta(seconds=60)


def test_each_failure_doubles_the_pause_up_to_half_an_hour() -> None:
    minutes = [pause_after(failures, MINUTE) / MINUTE for failures in (1, 2, 3, 4, 5, 6, 7, 1000)]
    assert minutes == [1, 2, 4, 8, 16, 30, 30, 30]
    assert pause_after(1, 2 * LONGEST_PAUSE) == 2 * LONGEST_PAUSE


@pytest.mark.programs
@pytest.mark.network
def test_a_host_that_refuses_is_not_tried_at_each_question(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as sshd, closing(door(sshd)) as host:
        sshd.refuse_key()
        for _question in range(3):
            with pytest.raises(Denied, match="is not let in"):
                host.run("true", timeout=LONG)
        # The tests' own greeting is one more.
        assert sshd.log.read_text().count("Connection from") == 1 + 1


@pytest.mark.programs
@pytest.mark.network
def test_a_host_that_comes_back_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[int] = []

    def pause(failures: int, timeout: timedelta) -> timedelta:
        pauses.append(failures)
        return timedelta(0)

    monkeypatch.setattr(shared_connection, "pause_after", pause)
    with running_sshd(tmp_path / "sshd") as sshd, closing(door(sshd)) as host:
        sshd.stop()
        for _question in range(3):
            with pytest.raises(Unreachable):
                host.run("true", timeout=LONG)
        sshd.start()
        assert host.run("true", timeout=LONG).status == 0
        sshd.stop()
        host.rest()
        with pytest.raises(Unreachable):
            host.run("true", timeout=LONG)
    assert pauses == [1, 2, 3, 1]


@pytest.mark.programs
@pytest.mark.network
def test_reaching_a_host_opens_the_connection_that_questions_use(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as sshd, closing(door(sshd)) as host:
        host.reach()
        assert sshd.log.read_text().count("Accepted publickey") == 1
        assert host.run("true", timeout=LONG).status == 0
        assert sshd.log.read_text().count("Accepted publickey") == 1
        host.rest()
        sshd.refuse_key()
        host.reach()  # in silence: the question tells


@pytest.mark.programs
@pytest.mark.network
def test_many_hosts_behind_one_jump_host_do_not_crowd_its_door(tmp_path: Path) -> None:
    """sshd drops at random anyone who knocks while ten have not logged in yet; here it drops them all."""
    with (
        running_sshd(tmp_path / "inner", alias="inner.test") as inner,
        running_sshd(tmp_path / "gate", startups="10:100:10") as gate,
    ):
        config = (
            f"Host inner.test\n HostName {inner.address}\n ProxyJump gate.test\n"
            f"Host gate.test\n HostName {gate.address}\n Port {gate.port}\n User {gate.user}\n"
            f" IdentityFile {gate.key_file}\n UserKnownHostsFile {gate.known_hosts}\n"
        )
        client, wish = configured(inner, config), replace(asked(inner), name="inner.test")
        hosts = [SshHost(f"h{number}", wish, timeout=LONG, client=client) for number in range(30)]
        with ThreadPoolExecutor(30) as pool:
            statuses = list(pool.map(lambda host: host.run("true", timeout=LONG).status, hosts))
        for host in hosts:
            host.close()
        assert statuses == [0] * 30
        assert "drop connection" not in gate.log.read_text()


@pytest.mark.programs
@pytest.mark.network
def test_a_jump_host_is_named_before_and_gets_its_place_back(tmp_path: Path) -> None:
    """A connection that is kept would keep a place there that other hosts wait for: a direct one alone stays."""
    with (
        running_sshd(tmp_path / "inner", alias="inner.test") as inner,
        running_sshd(tmp_path / "gate") as gate,
        closing(door(inner)) as direct,
    ):
        config = (
            f"Host inner.test\n HostName {inner.address}\n ProxyJump gate.test\n"
            f"Host gate.test\n HostName {gate.address}\n Port {gate.port}\n User {gate.user}\n"
            f" IdentityFile {gate.key_file}\n UserKnownHostsFile {gate.known_hosts}\n"
        )
        wish = replace(asked(inner), name="inner.test")
        with closing(SshHost("h", wish, timeout=LONG, client=configured(inner, config))) as host:
            assert direct.jump() is None
            assert host.jump() == f"{gate.address}:{gate.port}"
            for one in (host, direct, host, direct):
                one.reach()
                one.rest(keep=True)
        assert gate.log.read_text().count("Accepted publickey") == 2
        assert inner.log.read_text().count("Accepted publickey") == 2 + 1


@pytest.mark.programs
def test_a_host_whose_way_cannot_be_read_names_no_jump_host(tmp_path: Path) -> None:
    with closing(SshHost("h", DeclaredRoute(name="-x"), timeout=LONG)) as host:
        assert host.jump() is None


@pytest.mark.programs
@pytest.mark.network
def test_a_mute_jump_host_costs_one_deadline_for_all_behind_it(tmp_path: Path) -> None:
    held: list[socket.socket] = []
    with running_sshd(tmp_path / "inner", alias="inner.test") as inner, silent_server(held) as gate:
        config = (
            f"Host inner.test\n HostName {inner.address}\n ProxyJump gate.test\n"
            f"Host gate.test\n HostName {LOOPBACK}\n Port {gate}\n User {inner.user}\n"
            f" IdentityFile {inner.key_file}\n UserKnownHostsFile {inner.known_hosts}\n"
        )
        client, wish = configured(inner, config), replace(asked(inner), name="inner.test")
        for number in range(4):
            with (
                closing(SshHost(f"h{number}", wish, timeout=timedelta(seconds=5), client=client)) as host,
                pytest.raises(Unreachable, match=rf"accepted and did not greet within 5 s \(host h{number}\)"),
            ):
                host.run("true", timeout=LONG)
        assert len(held) == 1
