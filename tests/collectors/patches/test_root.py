"""What root alone may see: asked of root, or through sudo where it was set up; a refusal is never nothing."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.host import OUTPUT_LIMIT, Output
from agent.core.local import LocalHost
from agent.core.model import Observation
from collectors.patches import processes, root
from collectors.patches.root import Rooted, look_at, parse, script
from tests.collectors.patches.conftest import NOW, WEEK, Seen, observed
from tests.parts.archive import Machine, RootedHost

pytestmark = pytest.mark.programs
LONG = timedelta(seconds=60)
SSL = "/usr/lib/x86_64-linux-gnu/libssl.so.3"


@dataclass
class Account:
    """A host whose account is no root, with a sudo of the test's own before the real one."""

    id: str = "srv-1"
    path: str = ""
    asked: list[str] = field(default_factory=list)

    def run(
        self,
        *argv: str,
        timeout: timedelta,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        accept: Collection[int] | None = (0,),
        output_limit: int = OUTPUT_LIMIT,
        shown: str | None = None,
    ) -> Output:
        self.asked.append(argv[0])
        own = {**(environment or {}), "PATH": f"{self.path}:{os.environ['PATH']}"}
        return LocalHost(self.id).run(
            *argv, timeout=timeout, environment=own, stdin=stdin, accept=accept, output_limit=output_limit, shown=shown
        )

    def read(self, path: str, *, limit: int) -> bytes:
        return LocalHost(self.id).read(path, limit=limit)


def executable(path: Path, script: str) -> Path:
    """Write a program of the shell."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def account(tmp_path: Path) -> Account:
    executable(tmp_path / "bin" / "id", "echo 1000")
    executable(tmp_path / "bin" / "sudo", '[ "$1 $2" = "-n --" ] || exit 7; shift 2; exec "$@"')
    return Account(path=str(tmp_path / "bin"))


@pytest.fixture
def machine_with_old_code(machine: Machine) -> Machine:
    machine.run_kernel("host", "Linux version host", booted=NOW - 5 * WEEK)
    machine.run_process(812, "nginx", [SSL, "/usr/lib/gone.so"])
    machine.run_process(813, "java", ["/tmp/x.so", "/usr/local/lib/own.so", "/memfd:code"])
    return machine


def installed(folder: Path, machine: Machine) -> str:
    """Return the program as it is installed, but for its /proc."""
    return str(executable(folder / "beffroi-root", script().replace("${1:-/proc}", f"{machine.root}/proc")))


def test_nothing_is_asked_of_sudo_where_nothing_was_set_up(account: Account, tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "sudo", f"touch {tmp_path}/asked; exit 1")
    assert look_at(account, LONG, program=str(tmp_path / "none")) == ""
    assert not (tmp_path / "asked").exists()


def test_an_account_sees_through_sudo_what_root_sees(
    account: Account, machine_with_old_code: Machine, tmp_path: Path
) -> None:
    seen = look_at(account, LONG, program=installed(tmp_path, machine_with_old_code))
    assert isinstance(seen, Rooted)
    assert {line.rsplit(b" ", 2)[1].decode() for line in seen.maps.splitlines()} == {SSL, "/usr/lib/gone.so"}
    assert b"process 812 pid:[1] nginx\n" in seen.details
    assert seen.needrestart == b""


def test_a_refusal_is_told_in_sudo_s_own_words(account: Account, tmp_path: Path) -> None:
    executable(tmp_path / "beffroi-root", "exit 0")
    executable(tmp_path / "bin" / "sudo", "echo 'sudo: a password is required' >&2; exit 1")
    said = look_at(account, LONG, program=str(tmp_path / "beffroi-root"))
    assert said == f"{tmp_path}/beffroi-root answers with 1: sudo: a password is required"


@pytest.mark.parametrize("says", ["", "beffroi-root 1\n\n", "beffroi-root 2\n\n== details\n== needrestart\n== end\n"])
def test_an_answer_that_is_none_or_cut_short_is_no_machine_on_which_all_is_well(
    account: Account, tmp_path: Path, says: str
) -> None:
    (tmp_path / "said").write_text(says)
    executable(tmp_path / "beffroi-root", f"cat {tmp_path}/said")
    said = look_at(account, LONG, program=str(tmp_path / "beffroi-root"))
    assert isinstance(said, str)
    assert "answers with 0: something else" in said


def test_the_whole_look_names_the_same_programs_with_and_without_sudo(
    account: Account, machine_with_old_code: Machine, look: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = look(machine_with_old_code)
    monkeypatch.setattr(root, "PROGRAM", installed(tmp_path, machine_with_old_code))
    through = observed(RootedHost(account, machine_with_old_code), tmp_path)
    assert programs(through) == programs(plain) == {"nginx"}
    assert "cat" not in account.asked


def programs(seen: Observation) -> set[str]:
    return {str(fact.value) for fact in seen.named("restart.program")}


def test_what_root_itself_may_not_look_into_is_no_program_without_old_code() -> None:
    """Root without CAP_SYS_PTRACE, as in many a container, reads nobody's maps but its own."""
    said = b"beffroi-root 1\ngrep: /proc/812/maps: Permission denied\n== details\npid:[1]\n== needrestart\n== end\n"
    seen = parse(said)
    assert seen is not None
    assert processes.parse(seen.maps, seen.maps).denied == {812}


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_none(said: bytes) -> None:
    parse(b"beffroi-root 1\n" + said)
