from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import (
    Denied,
    Exited,
    HostKeyChanged,
    HostKeyUnknown,
    LookError,
    ToolMissing,
    Unreachable,
    Unreadable,
)
from agent.hosts.ssh.probe import SftpPlace, ask_ssh, judge, sftp_place
from tests.parts.ports import free_port
from tests.parts.processes import no_process_left
from tests.parts.sshd import running_sshd, silent_server

RECORDED = Path(__file__).parent / "recorded" / "ssh"
LONG = timedelta(seconds=20)

MEANT: dict[str, type[LookError] | None] = {
    "let-in": None,
    "refused": Unreachable,
    "dropped": Unreachable,
    "mute": Unreachable,
    "hung-up": Unreachable,
    "not-ssh": Unreachable,
    "jump-refused": Unreachable,
    "no-route": Unreachable,
    "network-unreachable": Unreachable,
    "name-not-resolved": Unreachable,
    "host-key-changed": HostKeyChanged,
    "host-key-unknown": HostKeyUnknown,
    "host-key-revoked": HostKeyChanged,
    "key-refused": Denied,
    "key-open-to-all": Denied,
    "no-sftp": ToolMissing,
    "forced-command": Exited,
    "bad-option": Exited,
}


@pytest.mark.parametrize("version", sorted(folder.name for folder in RECORDED.iterdir()))
@pytest.mark.parametrize("case", sorted(MEANT))
def test_what_ssh_said_is_understood(version: str, case: str) -> None:
    status, _, said = (RECORDED / version / f"{case}.txt").read_text().partition("\n")
    verdict = judge("vault.example", int(status), said.encode())
    assert type(verdict) is (type(None) if MEANT[case] is None else MEANT[case])
    if verdict is not None:
        assert "vault.example" in verdict.message


def test_every_recording_is_judged() -> None:
    recorded = {path.stem for path in RECORDED.glob("*/*.txt")}
    assert recorded == set(MEANT)


@pytest.mark.parametrize(
    ("case", "words"),
    [("host-key-changed", "another host key"), ("host-key-unknown", "no known_hosts"), ("host-key-revoked", "revoked")],
)
def test_the_three_ways_of_a_wrong_host_key_are_told_apart(case: str, words: str) -> None:
    for path in RECORDED.glob(f"*/{case}.txt"):
        status, _, said = path.read_text().partition("\n")
        verdict = judge("vault.example", int(status), said.encode())
        assert verdict is not None
        assert words in verdict.message
        assert verdict.hint


@given(st.integers(-64, 255), st.binary())
def test_any_words_and_status_come_to_something_in_one_line(status: int, said: bytes) -> None:
    verdict = judge("vault", status, said)
    assert (verdict is None) == (status == 0)
    if verdict is not None:
        assert verdict.message.isprintable()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("sftp:agent@vault:/srv/restic", SftpPlace(host="vault", user="agent")),
        ("sftp:vault:restic", SftpPlace(host="vault")),
        ("sftp:agent@domain@vault:/srv", SftpPlace(host="vault", user="agent@domain")),
        ("sftp://agent@vault:2222//srv", SftpPlace(host="vault", user="agent", port=2222)),
        ("sftp://vault/srv", SftpPlace(host="vault")),
        ("sftp://a%40b@[2001:db8::1]:22//srv", SftpPlace(host="2001:db8::1", user="a@b", port=22)),
        ("/srv/restic", None),
        ("rest:https://vault/", None),
        ("s3:https://vault/sftp:x", None),
    ],
)
def test_an_address_is_read_as_restic_reads_it(address: str, place: SftpPlace | None) -> None:
    assert sftp_place(address) == place


@pytest.mark.parametrize(
    "address", ["sftp:", "sftp::/srv", "sftp:-oProxyCommand=id:/srv", "sftp://", "sftp://-x/", "sftp:-l@vault:/srv",
                "sftp://vault:99999/srv", "sftp://[vault/srv"],
)  # fmt: skip
def test_an_address_without_a_host_is_refused_and_never_becomes_an_option(address: str) -> None:
    with pytest.raises(Unreadable, match="the repository's address"):
        sftp_place(address)


@given(st.sampled_from(["sftp:", "sftp://", ""]), st.text())
def test_any_address_is_read_or_refused(scheme: str, rest: str) -> None:
    try:
        place = sftp_place(scheme + rest)
    except Unreadable as error:
        assert error.message.isprintable()
    else:
        assert place is None or (place.host and not place.host.startswith("-"))


@pytest.mark.programs
@pytest.mark.network
def test_ssh_itself_is_asked(tmp_path: Path) -> None:
    with no_process_left() as mark, running_sshd(tmp_path / "sshd", banner="Permission denied (publickey).\n") as sshd:

        def ask(address: str = "sftp:store.test:/srv", timeout: timedelta = LONG) -> str:
            verdict = ask_ssh(address, timeout=timeout, options=("-F", str(sshd.client_config)), environment=mark)
            return "let in" if verdict is None else type(verdict).__name__

        assert ask() == "let in"
        assert ask(f"sftp://{sshd.user}@127.0.0.1:{sshd.port}//srv") == "let in"
        assert ask("/srv/restic") == "let in"
        assert ask(f"sftp://127.0.0.1:{free_port()}//srv") == "Unreachable"
        with silent_server() as port:
            assert ask(f"sftp://127.0.0.1:{port}//srv", timedelta(seconds=1)) == "Unreachable"
        sshd.refuse_key()
        assert ask() == "Denied"
        sshd.forget()
        assert ask() == "HostKeyUnknown"
        sshd.know()
        sshd.change_host_key()
        assert ask() == "HostKeyChanged"


@pytest.mark.programs
@pytest.mark.network
def test_an_sftp_that_never_ends_costs_its_deadline(tmp_path: Path) -> None:
    with no_process_left() as mark, running_sshd(tmp_path / "sshd", force="sleep 1000") as sshd:
        options = ("-F", str(sshd.client_config))
        verdict = ask_ssh("sftp:store.test:/", timeout=timedelta(seconds=1), options=options, environment=mark)
        assert verdict is not None
        assert verdict.message == "ssh did not end within 2 s"


@pytest.mark.programs
def test_without_ssh_that_is_what_is_said(tmp_path: Path) -> None:
    verdict = ask_ssh("sftp:vault:/srv", timeout=LONG, environment={"PATH": str(tmp_path)})
    assert isinstance(verdict, ToolMissing)


@pytest.mark.parametrize(
    "said",
    [
        "kex_exchange_identification: read: Connection reset by peer\nConnection reset by 192.0.2.7 port 22",
        "kex_exchange_identification: Connection closed by remote host\nConnection closed by 192.0.2.7 port 22",
        "",
    ],
)
def test_a_door_shut_before_the_greeting_may_be_a_penalty(said: str) -> None:
    verdict = judge("vault.example", 255, said.encode())
    assert isinstance(verdict, Unreachable)
    assert "sshd there may be refusing this address for a while" in verdict.message
    assert "PerSourcePenalties" in verdict.hint
