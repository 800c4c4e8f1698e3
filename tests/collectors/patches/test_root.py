"""What root alone may see of programs: the same names with and without its rights; what is not seen is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core import rooted
from agent.core.local import LocalHost
from agent.core.model import Observation
from collectors.patches import processes
from collectors.patches.root import look_at, parse
from tests.collectors.patches.conftest import NOW, WEEK, Seen, observed
from tests.parts.archive import Machine, RootedHost
from tests.parts.executable import executable

pytestmark = pytest.mark.programs
LONG = timedelta(seconds=60)
SSL = "/usr/lib/x86_64-linux-gnu/libssl.so.3"


@pytest.fixture
def machine_with_old_code(machine: Machine) -> Machine:
    machine.run_kernel("host", "Linux version host", booted=NOW - 5 * WEEK)
    machine.run_process(812, "nginx", [SSL, "/usr/lib/gone.so"])
    machine.run_process(813, "java", ["/tmp/x.so", "/usr/local/lib/own.so", "/memfd:code"])
    return machine


def test_the_three_parts_are_told_apart(machine_with_old_code: Machine) -> None:
    seen = look_at(RootedHost(LocalHost("srv-1"), machine_with_old_code), LONG)
    assert {line.rsplit(b" ", 2)[1].decode() for line in seen.maps.splitlines()} == {SSL, "/usr/lib/gone.so"}
    assert b"process 812 pid:[1] nginx\n" in seen.details
    assert (seen.needrestart, seen.refused) == (b"", "")


def test_the_whole_look_names_the_same_programs_with_and_without_sudo(
    machine_with_old_code: Machine, look: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = look(machine_with_old_code)
    text = rooted.program().replace("${1:-/proc}", f"{machine_with_old_code.root}/proc")
    monkeypatch.setattr(rooted, "PROGRAM", str(executable(tmp_path / "beffroi-root", text)))
    host = RootedHost(LocalHost("srv-1"), machine_with_old_code)
    executable(tmp_path / "bin" / "id", "echo 1000")
    executable(tmp_path / "bin" / "sudo", f'shift 2; touch {tmp_path}/asked; exec "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin", prepend=":")
    through = observed(host, tmp_path)
    assert (tmp_path / "asked").exists()
    assert programs(through) == programs(plain) == {"nginx"}


def programs(seen: Observation) -> set[str]:
    return {str(fact.value) for fact in seen.named("restart.program")}


def test_what_root_itself_may_not_look_into_is_no_program_without_old_code() -> None:
    """Root without CAP_SYS_PTRACE, as in many a container, reads nobody's maps but its own."""
    seen = parse(b"grep: /proc/812/maps: Permission denied\n== details\npid:[1]\n== needrestart\n")
    assert seen is not None
    assert processes.parse(seen.maps, seen.maps).denied == {812}


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_none(said: bytes) -> None:
    parse(said)
