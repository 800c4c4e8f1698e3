"""A machine's clock through each way that is installed there, here and over a real sshd."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.clock_offset import reckonings_in
from agent.core.host import Host
from agent.core.inventory import DeclaredHost
from agent.core.judging.clock_offset import clock_finding
from agent.core.model import Observation, State
from agent.core.reason import Reason
from agent.hosts.local import LocalHost
from agent.hosts.ssh.config import NO_FILE
from agent.hosts.ssh.host import SshHost
from agent.hosts.ssh.route import Client, DeclaredRoute
from collectors.clock import kernel, offset
from tests.parts.kept_look import kept_look
from tests.parts.narrowed import Through, programs
from tests.parts.sshd import Sshd, running_sshd
from tests.parts.unprivileged import open_folder

pytestmark = [pytest.mark.programs, pytest.mark.network]

TIMEOUT = timedelta(seconds=20)
# chrony says when it last heard of its source: a moment ago, whenever these tests run.
HEARD = datetime.now(UTC).timestamp()
SOUND = f"echo 7F000001,127.0.0.1,4,{HEARD:.2f},-0.000001,0,0,0.037,-0.003,0.131,0.002,0.001,0.5,Normal"
LOST = "echo 00000000,,0,0.0,0.0,0.0,0.0,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised"

OWN = SOUND.replace("7F000001,127.0.0.1", "7F7F0101,")


@pytest.fixture(scope="module")
def sshd() -> Iterator[Sshd]:
    with open_folder() as folder, running_sshd(folder / "sshd") as started:
        yield started


@contextmanager
def door(sshd: Sshd) -> Iterator[SshHost]:
    asked = DeclaredRoute(
        name=sshd.address, port=sshd.port, user=sshd.user, key_file=sshd.key_file, known_hosts=sshd.known_hosts
    )
    client = Client(user=sshd.user, home=sshd.folder, file=NO_FILE)
    host = SshHost("far", asked, timeout=TIMEOUT, client=client)
    try:
        yield host
    finally:
        host.close()


def with_programs(folder: Path, **scripts: str) -> Path:
    """Return a folder in which some programs are scripts of the test's own."""
    made = programs(folder)
    for name, text in scripts.items():
        (made / name).write_text(f"#!/bin/sh\n{text}\n")
        (made / name).chmod(0o755)
    return made


def look(here: Host, far: Host | None = None, timeout: timedelta = TIMEOUT) -> Observation:
    """Return the result of one look at a clock: the machine behind SSH where one is given, else this one."""
    machine = DeclaredHost(id="far" if far else "here", transport="ssh" if far else "local")
    door = far or here
    means = Look(now=datetime.now(UTC), here=here, host=lambda id: door, timeout=timeout, folder=Path("/nonexistent"))
    return kept_look("clock", machine.id, offset.collect(machine, means), means.now)


def came_to(seen: Observation) -> tuple[State, Reason]:
    found = clock_finding(seen)
    return found.state, found.reason


HERE = LocalHost("here")
DATE = 'exec /usr/bin/date "$@"'
AHEAD = 'exec /usr/bin/date -d "30 seconds" "$@"'
UNSHOWN = (State.UNPROVEN, Reason.CLOCK_DOUBTFUL)


def test_a_clock_that_chrony_keeps_is_right_and_one_that_it_lost_is_unproven(tmp_path: Path) -> None:
    kept = Through(HERE, with_programs(tmp_path / "kept", chronyc=SOUND))
    assert came_to(look(kept)) == (State.MET, Reason.WITHIN_LIMIT)
    lost = Through(HERE, with_programs(tmp_path / "lost", chronyc=LOST))
    assert came_to(look(lost)) == UNSHOWN


def test_a_clock_that_follows_none_but_itself_is_unproven(tmp_path: Path) -> None:
    # The kernel keeps such a daemon's account, which is sound.
    kernels = with_programs(tmp_path / "own", chronyc=OWN, python3="echo adjtimex 0 8193 0 1000 0")
    seen = look(Through(HERE, kernels))
    assert came_to(seen) == UNSHOWN
    assert (seen.facts, [gap.subject for gap in seen.gaps]) == ((), ["here/chrony"])


def test_a_machine_that_nothing_keeps_is_unproven(tmp_path: Path) -> None:
    seen = look(Through(HERE, with_programs(tmp_path / "bare")))
    assert (seen.facts, seen.gaps) == ((), ())
    assert came_to(seen) == UNSHOWN


@pytest.mark.parametrize(
    ("chronyc", "reasons"),
    [
        ("echo what", [Reason.UNREADABLE]),
        ("exec sleep 60", [Reason.TIMED_OUT]),
        ("head -c 100000 /dev/zero", [Reason.UNREADABLE]),
        ("echo 506 Cannot talk to daemon; exit 1", []),
    ],
)
def test_a_way_that_gives_no_answer_shows_nothing_and_the_others_are_asked(
    tmp_path: Path, chronyc: str, reasons: list[Reason]
) -> None:
    folder = with_programs(tmp_path / "odd", chronyc=chronyc, ntpq="echo leap=00, offset=1, rootdelay=2, rootdisp=3")
    (folder / "sleep").symlink_to("/usr/bin/sleep")
    seen = look(Through(HERE, folder), timeout=timedelta(seconds=15 if "sleep" in chronyc else 60))
    assert [gap.reason for gap in seen.gaps] == reasons
    assert [told.source for told in reckonings_in(seen)] == ["ntpd"]
    assert came_to(seen) == (State.MET, Reason.WITHIN_LIMIT)


def test_this_kernel_s_own_account_is_understood() -> None:
    told = kernel.look_at(HERE, TIMEOUT)
    assert told is None or told.most >= 0


def test_a_machine_behind_ssh_is_held_to_the_agent_s_clock_where_that_one_is_shown(tmp_path: Path, sshd: Sshd) -> None:
    ours = Through(HERE, with_programs(tmp_path / "ours", chronyc=SOUND))
    with door(sshd) as far:
        right = look(ours, Through(far, with_programs(tmp_path / "right", date=DATE)))
        wrong = look(ours, Through(far, with_programs(tmp_path / "wrong", date=AHEAD)))
    assert came_to(right) == (State.MET, Reason.WITHIN_LIMIT)
    assert came_to(wrong) == (State.MISSED, Reason.CLOCK_OFF)
    (told,) = reckonings_in(wrong)
    assert told.source == "agent"
    assert told.offset == pytest.approx(30, abs=3)


def test_a_machine_that_believes_itself_right_is_still_off(tmp_path: Path, sshd: Sshd) -> None:
    ours = Through(HERE, with_programs(tmp_path / "ours", chronyc=SOUND))
    with door(sshd) as far:
        seen = look(ours, Through(far, with_programs(tmp_path / "far", chronyc=SOUND, date=AHEAD)))
    assert seen.gaps == ()
    assert [told.source for told in reckonings_in(seen)] == ["chrony", "agent"]
    assert came_to(seen) == (State.MISSED, Reason.CLOCK_OFF)


def test_an_agent_whose_own_clock_is_unshown_proves_nothing_of_another(tmp_path: Path, sshd: Sshd) -> None:
    ours = Through(HERE, with_programs(tmp_path / "ours"))
    with door(sshd) as far:
        seen = look(ours, Through(far, with_programs(tmp_path / "far", date=AHEAD)))
    assert reckonings_in(seen) == ()
    found = clock_finding(seen)
    assert (found.state, found.reason) == UNSHOWN
    assert found.about["apart_seconds"] == pytest.approx(30, abs=3)


def test_a_date_that_tells_no_fractions_is_not_compared(tmp_path: Path, sshd: Sshd) -> None:
    ours = Through(HERE, with_programs(tmp_path / "ours", chronyc=SOUND))
    with door(sshd) as far:
        seen = look(ours, Through(far, with_programs(tmp_path / "far", date="echo 1795548239.N")))
    assert seen.facts == ()
