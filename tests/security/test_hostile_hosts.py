"""A host or store that is hostile, by its address or by its answers: nothing is run here, no terminal is steered."""

import unicodedata
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import Denied, Exited, LookError, TimedOut
from tests.hosts.ssh.remote import LONG, door
from tests.parts.program import beffroi
from tests.parts.sshd import running_sshd
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

STEERING = "\\033]0;title\\007\\033]8;;http://x\\007\\033[2Jbeffroi: met\\r\\302\\233\\342\\200\\256"
# Of one line: what a shell, an option or a script would make of it.
SHELL = ("$(touch {made})", "`touch {made}`", ";touch {made}", "|touch {made}", "&touch {made}", "\\ntouch {made}")
OPTIONS = ("-oProxyCommand=touch {made}", "-oPermitLocalCommand=yes -oLocalCommand=touch\\ {made}", "-F{made}", "-v")


@pytest.mark.parametrize("name", [*SHELL, *OPTIONS[:3]])
def test_no_address_of_a_host_is_run(tmp_path: Path, name: str) -> None:
    made = tmp_path / "made"
    with running_sshd(tmp_path / "sshd") as sshd:
        with closing(door(sshd, name=name.format(made=made))) as host, pytest.raises(LookError) as raised:
            host.run("true", timeout=LONG)
        assert raised.value.message.isprintable()
    assert not made.exists()


REPOSITORIES = (
    *(f"sftp:{option}:/srv" for option in OPTIONS),
    *(f"sftp:vault{word}:/srv" for word in SHELL),
    *(f"sftp:{word}@127.0.0.1:/srv" for word in SHELL),
    *(f"sftp:127.0.0.1:/srv/{word}" for word in SHELL),
    *(f"/nowhere/{word}" for word in SHELL),
    *("sftp://-oProxyCommand=touch%20{made}/srv", "rest:http://127.0.0.1:1/$(touch {made})"),
    *("rclone:-v:x", "rclone:$(touch {made}):x"),
)


def test_no_repository_s_address_is_run_and_none_is_met(tmp_path: Path) -> None:
    made = tmp_path / "made"
    watched = Watched(folder=tmp_path, timeout="10s")
    for number, address in enumerate(REPOSITORIES):
        written = address.format(made=made).replace("\\n", " ").replace("\\", "\\\\")
        watched.declare(f"b{number}", Copy(repository=written), source=watched.source("one"))
    said = beffroi("check", "--json", "--config", watched.configuration)
    assert "Traceback" not in said.err
    states = {one["state"] for one in said.verdicts.values() if one["target"].startswith("backup")}
    assert states <= {"missed", "unproven"}
    assert not made.exists()


@pytest.mark.parametrize("address", ["--help", "-r", "$(touch {made})", "|touch {made}"])
def test_what_is_no_address_of_a_repository_is_refused(tmp_path: Path, address: str) -> None:
    made = tmp_path / "made"
    watched = Watched(folder=tmp_path, timeout="10s")
    watched.declare("b", Copy(repository=address.format(made=made)), source=watched.source("one"))
    said = beffroi("check", "--config", watched.configuration)
    assert said.code == 2
    assert "is neither an absolute path nor an address that restic knows" in said.err
    assert not made.exists()


def inert(text: str) -> bool:
    return not any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in text.replace("\n", ""))


@pytest.mark.parametrize(
    "force", ["yes", f"printf '{STEERING}' && exit 1", "head -c 50000000 /dev/zero", "cat /dev/urandom"]
)
def test_a_host_that_answers_in_place_of_the_command_is_denied(tmp_path: Path, force: str) -> None:
    with running_sshd(tmp_path / "sshd", force=force) as sshd, closing(door(sshd)) as host:
        with pytest.raises(Denied) as raised:
            host.run("true", timeout=LONG)
        assert inert(raised.value.message)
        assert len(raised.value.message) < 1000


def test_what_a_host_says_of_a_failure_steers_no_terminal(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as sshd, closing(door(sshd)) as host:
        with pytest.raises(Exited) as raised:
            host.run("sh", "-c", f"printf '{STEERING}' >&2; exit 3", timeout=LONG)
        assert inert(raised.value.message)


def test_a_mute_host_costs_its_deadline(tmp_path: Path) -> None:
    sleeping = running_sshd(tmp_path / "sshd", force="sleep 1000")
    with sleeping as sshd, closing(door(sshd)) as host, pytest.raises(TimedOut, match="2 s"):
        host.run("true", timeout=timedelta(seconds=2))
