"""What one user runs hides no other's processes from the look for replaced code, and is taken for no library."""

from datetime import timedelta

import pytest

from agent.core.model import Observation
from agent.core.reason import Reason
from tests.collectors.patches import conftest as patches
from tests.collectors.patches.conftest import NOW, Seen
from tests.parts.archive import Machine

pytestmark = pytest.mark.programs
template, machine, look = patches.template, patches.machine, patches.look
SSL = "/usr/lib/x86_64-linux-gnu/libssl.so.3"
LONG = "/usr/lib/" + "x" * 3000


@pytest.fixture
def service(machine: Machine) -> Machine:
    """Return a machine on which a service runs replaced code."""
    machine.run_kernel("host", "Linux version host", booted=NOW - timedelta(days=30))
    machine.run_process(3855, "nginx", [SSL])
    return machine


def programs(seen: Observation) -> set[str]:
    """Return the programs that owe a restart."""
    return {str(fact.value) for fact in seen.named("restart.program")}


def test_a_flood_of_mappings_in_a_namespace_of_its_own_hides_nobody(service: Machine, look: Seen) -> None:
    """A process of no one's before the service, in the order of names, whose lines alone are more than 4 MiB."""
    service.run_process(10004, "hold", [f"{LONG}{number}" for number in range(2000)], namespace="pid:[2]")
    seen = look(service)
    assert (programs(seen), seen.gaps) == ({"nginx"}, ())


def test_a_flood_of_mappings_is_told_as_cut_and_hides_nobody(service: Machine, look: Seen) -> None:
    service.run_process(10004, "hold", [f"{LONG}{number}" for number in range(2000)])
    seen = look(service)
    assert programs(seen) == {"nginx", "hold"}
    assert [(gap.reason, "more replaced files than are listed" in gap.detail) for gap in seen.gaps] == [
        (Reason.UNREADABLE, True)
    ]


def test_a_flood_of_processes_hides_nobody(service: Machine, look: Seen) -> None:
    for number in range(600):
        service.run_process(10000 + number, f"hold{number}", [SSL, SSL, f"/usr/lib/{number}"])
    assert programs(look(service)) == {"nginx", *(f"hold{number}" for number in range(600))}


def test_one_file_in_many_mappings_is_one(service: Machine, look: Seen) -> None:
    service.run_process(10004, "hold", [SSL] * 5000)
    seen = look(service)
    assert (programs(seen), seen.gaps) == ({"nginx", "hold"}, ())


@pytest.mark.parametrize("name", ["/tmp/x /usr/lib/y", "/home/eve/usr/lib/y", "/dev/shm/ /bin/y", "/usr/local/lib/y"])
def test_a_file_of_a_user_s_own_is_no_library(service: Machine, look: Seen, name: str) -> None:
    service.run_process(10004, "hold", [name])
    assert programs(look(service)) == {"nginx"}


@pytest.mark.parametrize("name", ["nginx\nmap 1 /usr/lib/x\ncut 1", "x\ndenied 1", "\x1b[2J"])
def test_the_name_of_a_process_is_one_line_of_its_own(service: Machine, look: Seen, name: str) -> None:
    service.run_process(10004, "hold", [SSL])
    (service.root / "proc/10004/comm").write_text(f"{name}\n")
    seen = look(service)
    assert seen.gaps == ()
    assert "nginx" in programs(seen) and "?" not in programs(seen)
