"""What root alone may see: asked by the door that was set up; a refusal, or half an answer, is never nothing."""

import os
import subprocess
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Exited
from agent.core.host import Command, Host, Output
from agent.hosts import root_requests
from agent.hosts.local import LocalHost
from agent.hosts.root_requests import END, HEAD, RootRequest, ask, program, script, whole
from tests.parts.executable import executable

pytestmark = pytest.mark.programs
LONG = timedelta(seconds=60)


@dataclass
class Account(Host):
    """A host whose account is no root, with an `id` and a sudo of the test's own before the real ones."""

    id: str = "srv-1"
    path: str = ""
    asked: list[str] = field(default_factory=list)

    def execute(self, command: Command) -> Output:
        self.asked.append(command.shown or command.argv[0])
        own = {**command.environment, "PATH": f"{self.path}:{os.environ['PATH']}"}
        return LocalHost(self.id).execute(replace(command, environment=own))

    def read(self, path: str, *, limit: int) -> bytes:
        return LocalHost(self.id).read(path, limit=limit)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    executable(tmp_path / "bin" / "id", "echo 1000")
    executable(tmp_path / "bin" / "sudo", '[ "$1 $2" = "-n --" ] || exit 7; shift 2; exec "$@"')
    monkeypatch.setattr(root_requests, "PROGRAM", str(tmp_path / "beffroi-root"))
    monkeypatch.setattr(root_requests, "SOCKET", str(tmp_path / "no-reader"))
    return Account(path=str(tmp_path / "bin"))


def test_nothing_is_asked_of_sudo_where_nothing_was_set_up(account: Account, tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "sudo", f"touch {tmp_path}/asked; exit 1")
    told = ask(account, RootRequest.TRACES, LONG)
    assert told.refused == "" and b"owner process" in told.body
    assert not (tmp_path / "asked").exists()


def test_an_account_asks_the_program_that_was_set_up(account: Account, tmp_path: Path) -> None:
    executable(tmp_path / "beffroi-root", 'read word; echo "beffroi-root 15"; echo "for $word"; cat; echo "== end"')
    told = ask(account, RootRequest.POLICIES, LONG, lines=("user=root,host=x,addr=192.0.2.1",))
    assert told.text == "for policies\nuser=root,host=x,addr=192.0.2.1\n"
    assert account.asked == ["beffroi-root: policies"]


@pytest.mark.parametrize(
    ("says", "refused"),
    [
        ("echo 'sudo: a password is required' >&2; exit 1", "1: sudo: a password is required"),
        ("exit 0", "0: something else"),
        ("echo 'beffroi-root 15'; echo cut", "0: something else"),
        ("echo 'beffroi-root 999'; echo '== end'", "0: something else"),
        ("echo 'beffroi-root 15'; echo '== end'; exit 3", "3: something else"),
    ],
)
def test_a_door_that_does_not_answer_leaves_the_account_s_own_right_and_is_told(
    account: Account, tmp_path: Path, says: str, refused: str
) -> None:
    executable(tmp_path / "beffroi-root", says)
    told = ask(account, RootRequest.TRACES, LONG)
    assert b"owner process" in told.body
    assert told.denial("it may not be read") == (
        f"it may not be read (the door to root's rights answers with {refused})"
    )


@pytest.mark.parametrize(
    ("request_", "version", "taken"),
    [(RootRequest.TRACES, 3, True), (RootRequest.KEYS, 3, False), (RootRequest.COVERAGE, 6, False)],
)
def test_an_outdated_program_is_not_asked_for_what_it_would_leave_out(
    account: Account, tmp_path: Path, request_: RootRequest, version: int, taken: bool
) -> None:
    executable(tmp_path / "beffroi-root", f'echo "beffroi-root {version}"; echo old; echo "== end"')
    told = ask(account, request_, LONG)
    assert (told.body == b"old\n") is taken
    assert (f"the outdated version {version} of beffroi-root" in told.refused) is not taken


def test_a_machine_that_answers_otherwise_tells_nothing(account: Account, tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "sh", "echo Welcome")
    with pytest.raises(Exited, match="does not show its accounts"):
        ask(account, RootRequest.ACCOUNTS, LONG)


def answered(stdin: str, *, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    """Return what the installed program answers."""
    return subprocess.run(
        ["/bin/sh", "-c", program()], input=stdin, env={"PATH": path}, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    "asked", ["", "\n", "shadow\n", "accounts; id\n", "$(id)\n", "accounts /etc/shadow\n", "sudo_rules\n", "servers\n"]
)
def test_the_program_answers_its_closed_list_and_nothing_else(asked: str) -> None:
    said = answered(asked)
    assert (said.returncode, said.stdout, said.stderr) == (2, "", "no such request\n")


@pytest.mark.parametrize("request_", list(RootRequest))
def test_every_request_of_the_list_is_answered_whole_wherever_it_is_asked(request_: RootRequest) -> None:
    said = answered(f"{request_}\n", path="/nowhere")
    assert said.returncode == 0
    assert said.stdout.startswith("beffroi-root 15\n") and said.stdout.endswith("== end\n")


def test_the_program_takes_no_question_for_sshd_that_is_none(tmp_path: Path) -> None:
    """What is no `user=…` never comes near a program."""
    executable(tmp_path / "sshd", 'for one; do echo "[$one]" >>"$0.asked"; done; echo "pubkeyauthentication yes"')
    text = program().replace("PATH=/usr/sbin:", f"PATH={tmp_path}:/usr/sbin:")
    questions = "policies\nuser=root,host=x,addr=192.0.2.1\n-f /etc/shadow\n$(id)\nuser=\x01\nuser=a;`id`,addr=::1\n"
    subprocess.run(["/bin/sh", "-c", text], input=questions, text=True, check=True, capture_output=True, timeout=60)
    asked = set((tmp_path / "sshd.asked").read_text().splitlines())
    assert {one for one in asked if one.startswith("[user")} == {
        "[user=root,host=x,addr=192.0.2.1]",
        "[user=a;`id`,addr=::1]",
    }
    assert not any("shadow" in one or "$(id)" in one for one in asked)


def test_of_a_file_of_keys_nothing_comes_back_but_what_a_key_may_and_must_not(tmp_path: Path) -> None:
    """A link that its owner laid to someone else's file shows no word of it."""
    key = subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True, capture_output=True
    )
    assert key.returncode == 0
    kind, blob, *_ = (tmp_path / "key.pub").read_text().split()
    lines = [
        f'hush,verify-required,command="secret",secret={"x" * 9} {kind} {blob} remark',
        "password: sesame",
        f'expiry-time="20301231",from="10.0.0.0/8" {kind} {blob}',
    ]
    (tmp_path / "keys").write_text("\n".join(lines) + "\n")
    executable(tmp_path / "getent", f"echo anne:x:1:1::{tmp_path}:/bin/sh")
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/authorized_keys").symlink_to(tmp_path / "keys")
    text = program().replace("PATH=/usr/sbin:", f"PATH={tmp_path}:/usr/sbin:")
    said = subprocess.run(
        ["/bin/sh", "-c", text], input="keys\n", text=True, check=True, capture_output=True, timeout=60
    ).stdout
    # An sshd of this machine's own may name other files as well.
    own = str(tmp_path / ".ssh/authorized_keys")
    told = [line.split("\t") for line in said.splitlines() if line.startswith("key\t")]
    assert [line[4] for line in told if line[3] == own] == ["verify-required,", ",expires:20301231"]
    assert not any(word in said for word in ("hush", "secret", "sesame", "remark", blob))


def test_the_text_is_sent_without_a_path_of_its_own_and_installed_with_one() -> None:
    assert program().endswith(script())
    assert program().startswith("#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin ")


@given(st.binary(max_size=200), st.booleans(), st.booleans())
def test_half_an_answer_is_none(said: bytes, begins: bool, ends: bool) -> None:
    stdout = (HEAD if begins else b"") + said + (END if ends else b"")
    output = Output(stdout=stdout, stderr=b"", status=0, duration=timedelta(0))
    body = whole(output)
    if begins and ends:
        assert body == said
    elif body is not None:
        assert HEAD + body + END == stdout
