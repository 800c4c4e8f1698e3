"""needrestart's own account: what it names is owed since a look saw it; what it keeps from a user is not nothing.

`recorded/needrestart`: 3.11 run as root and as no one on a guest without a kernel of its own; the example of its
README.batch.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.collector import Look
from agent.core.errors import LookError, ToolMissing, Unreadable
from agent.core.host import Command, Host, Output
from agent.core.model import Observation
from agent.core.reason import Reason
from collectors.patches import restarts
from collectors.patches.installed import parse as installed
from collectors.patches.kernel import CONTAINER
from collectors.patches.needrestart import NeedrestartReport, parse, started
from tests.parts.kept_look import kept_look

RECORDED = Path(__file__).parent / "recorded" / "needrestart"
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_root_s_account_is_read() -> None:
    assert parse((RECORDED / "3.11-root").read_bytes()) == NeedrestartReport(services=(), kernel=None)


def test_the_example_of_its_own_page_is_read() -> None:
    told = parse((RECORDED / "readme").read_bytes())
    assert told == NeedrestartReport(services=("systemd-journald.service", "systemd-machined.service"), kernel=None)


@pytest.mark.parametrize("status", ["2", "3"])
def test_a_kernel_that_waits_is_told(status: str) -> None:
    said = (RECORDED / "readme").read_bytes().replace(b"KSTA: 1", f"KSTA: {status}".encode())
    told = parse(said)
    assert told is not None
    assert told.kernel == "3.19.3-tl1+"


def test_what_an_ordinary_user_gets_is_no_machine_without_stale_services() -> None:
    with pytest.raises(Unreadable):
        parse((RECORDED / "3.11-user").read_bytes())


def test_in_a_container_it_says_nothing_of_a_kernel() -> None:
    told = looked(Systemd(services={"nginx.service": None}, status=None, container="lxc\n"), now=NOW, packages=NONE)
    assert owed(told) == {"nginx.service": NOW}
    assert not told.gaps
    bare = looked(Systemd(services={"nginx.service": None}, status=None, container="none\n"), now=NOW, packages=NONE)
    assert [gap.reason for gap in bare.gaps] == [Reason.UNREADABLE]
    with pytest.raises(Unreadable):
        parse(b"NEEDRESTART-SVC: nginx.service\n", in_container=True)


def test_a_machine_without_it_says_nothing() -> None:
    assert parse(b"") is None


@dataclass
class Systemd(Host):
    """A host that answers as root, with a needrestart and a systemd of the test's own words."""

    services: Mapping[str, datetime | None]
    kernel: str = "host"
    status: int | None = 1
    container: str = ""
    ended: int = 0
    id: str = "srv-1"
    asked: list[str] = field(default_factory=list)

    def execute(self, command: Command) -> Output:
        self.asked.append(command.argv[0])
        said = ""
        if command.argv[0] == "systemctl":
            if None in self.services.values():
                raise ToolMissing("systemctl is not installed on srv-1")
            said = "".join(
                f"Id={name}\nActiveEnterTimestamp=@{int(at.timestamp())}\n\n"
                for name, at in self.services.items()
                if at is not None
            )
        elif command.argv == CONTAINER:
            said = self.container
        elif command.shown is not None:
            lines = "".join(f"NEEDRESTART-SVC: {name}\n" for name in self.services)
            kernel = f"NEEDRESTART-KEXP: 6.99\nNEEDRESTART-KSTA: {self.status}\n" if self.status is not None else ""
            head = f"NEEDRESTART-VER: 3.11\n{kernel}"
            said = f"beffroi-root 15\n== needrestart\n{head}{lines}== ended {self.ended}\n== end\n"
        return Output(stdout=said.encode(), stderr=b"", status=0, duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        return b"Linux version 6.1-own (me@here)\n" if path == "/proc/version" else b"6.1-own\n"


IMAGE = installed(b"linux-image-6.0-1-amd64\tamd64\t6.0-1\tii \t1763913600\n", "srv-1")
NONE = installed(b"bash\tamd64\t5.2\tii \t1763913600\n", "srv-1")


def looked(
    host: Systemd, *, now: datetime, previous: Observation | None = None, packages: object = None
) -> Observation:
    look = Look(now=now, here=host, host=lambda id: host, timeout=DAY, folder=Path("/nowhere"), previous=previous)
    found = restarts.restarts(host, "srv-1", look, IMAGE if packages is None else NONE)
    return kept_look("patches", "srv-1", found, now)


def owed(seen: Observation) -> dict[str, datetime]:
    return {str(fact.value): fact.as_of for fact in seen.named("restart.service")}


def test_a_service_is_owed_a_restart_since_the_first_look_that_named_it() -> None:
    host = Systemd(services={"nginx.service": NOW - 30 * DAY})
    first = looked(host, now=NOW, packages=NONE)
    assert owed(first) == {"nginx.service": NOW}
    assert owed(looked(host, now=NOW + 9 * DAY, previous=first, packages=NONE)) == {"nginx.service": NOW}


def test_one_that_was_restarted_meanwhile_begins_anew() -> None:
    first = looked(Systemd(services={"nginx.service": NOW - 30 * DAY}), now=NOW, packages=NONE)
    again = Systemd(services={"nginx.service": NOW + DAY})
    assert owed(looked(again, now=NOW + 9 * DAY, previous=first, packages=NONE)) == {"nginx.service": NOW + 9 * DAY}


def test_what_a_look_left_untold_is_no_later_than_it_was() -> None:
    host = Systemd(services={"nginx.service": NOW - 30 * DAY})
    seen = looked(host, now=NOW, packages=NONE)
    for day in (7, 8):
        seen = looked(Systemd(services={}, ended=124), now=NOW + day * DAY, previous=seen, packages=NONE)
        assert (owed(seen), [gap.reason for gap in seen.gaps]) == ({}, [Reason.UNREADABLE])
    assert owed(looked(host, now=NOW + 9 * DAY, previous=seen, packages=NONE)) == {"nginx.service": NOW}
    restarted = Systemd(services={"nginx.service": NOW + 8 * DAY})
    assert owed(looked(restarted, now=NOW + 9 * DAY, previous=seen, packages=NONE)) == {"nginx.service": NOW + 9 * DAY}
    told = looked(Systemd(services={}), now=NOW + 9 * DAY, previous=seen, packages=NONE)
    assert not told.named(restarts.UNTOLD)


def test_without_systemd_what_was_named_stays_so() -> None:
    host = Systemd(services={"nginx.service": None})
    first = looked(host, now=NOW, packages=NONE)
    assert owed(looked(host, now=NOW + 9 * DAY, previous=first, packages=NONE)) == {"nginx.service": NOW}


def test_a_kernel_that_nobody_here_knows_is_owed_a_restart_where_needrestart_says_so() -> None:
    first = looked(Systemd(services={}, status=3), now=NOW)
    kernel = looked(Systemd(services={}, status=3), now=NOW + 9 * DAY, previous=first).one("restart.kernel")
    assert kernel is not None
    assert (kernel.value, kernel.as_of) == ("6.99", NOW)
    assert looked(Systemd(services={}, status=1), now=NOW).one("restart.kernel") is None


def test_a_service_with_a_name_that_is_none_is_never_asked_about() -> None:
    said = (RECORDED / "readme").read_bytes() + b"NEEDRESTART-SVC: x y; reboot\nNEEDRESTART-SVC: --all\n"
    told = parse(said)
    assert told is not None
    assert "x y; reboot" not in told.services
    host = Systemd(services={})
    assert started(host, told.services, DAY) == {}


@given(st.binary(max_size=300))
def test_any_bytes_are_told_or_a_typed_error(said: bytes) -> None:
    try:
        parse(b"NEEDRESTART-VER: 3.11\n" + said)
    except LookError:
        return
