"""What root alone may see of programs: the same names with and without its rights; what is not seen is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model import Observation
from agent.hosts import root_requests
from agent.hosts.local import LocalHost
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


def test_the_two_parts_are_told_apart(machine_with_old_code: Machine) -> None:
    seen = look_at(RootedHost(LocalHost("srv-1"), machine_with_old_code), LONG)
    maps = processes.parse(seen.programs)
    assert maps.names == {812: "nginx"}
    assert maps.deleted[812] == {SSL, "/usr/lib/gone.so"}
    assert (seen.needrestart, seen.whole, seen.refused) == (b"", True, "")


def test_the_whole_look_names_the_same_programs_with_and_without_sudo(
    machine_with_old_code: Machine, look: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = look(machine_with_old_code)
    text = root_requests.program().replace("${1:-/proc}", f"{machine_with_old_code.root}/proc")
    monkeypatch.setattr(root_requests, "PROGRAM", str(executable(tmp_path / "beffroi-root", text)))
    host = RootedHost(LocalHost("srv-1"), machine_with_old_code)
    executable(tmp_path / "bin" / "id", "echo 1000")
    executable(tmp_path / "bin" / "sudo", f'shift 2; touch {tmp_path}/asked; exec "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin", prepend=":")
    through = observed(host, tmp_path)
    assert (tmp_path / "asked").exists()
    assert programs(through) == programs(plain) == {"nginx"}


def programs(seen: Observation) -> set[str]:
    return {str(fact.value) for fact in seen.named("restart.program")}


def test_what_root_itself_may_not_look_into_is_no_program_without_old_code(machine_with_old_code: Machine) -> None:
    """Root without CAP_SYS_PTRACE, as in many a container, reads no one's namespace and maps but its own."""
    (machine_with_old_code.root / "proc/812/ns/pid").unlink()
    seen = look_at(RootedHost(LocalHost("srv-1"), machine_with_old_code), LONG)
    assert processes.parse(seen.programs).denied == {812}


@pytest.mark.parametrize(
    ("said", "whole", "told"),
    [
        (b"", True, b""),
        (b"NEEDRESTART-VER: 3\n== ended 0\n", True, b"NEEDRESTART-VER: 3\n"),
        (b"NEEDRESTART-VER: 3\n== ended 124\n", False, b"NEEDRESTART-VER: 3\n"),
        (b"== ended 255\n", False, b""),
        (b"NEEDRESTART-VER: 3\nNEEDRES", False, b"NEEDRESTART-VER: 3\nNEEDRES"),
    ],
)
def test_a_needrestart_that_was_ended_or_failed_has_not_said_all(said: bytes, whole: bool, told: bytes) -> None:
    seen = parse(b"== needrestart\n" + said)
    assert seen is not None
    assert (seen.whole, seen.needrestart) == (whole, told)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_none(said: bytes) -> None:
    parse(said)
