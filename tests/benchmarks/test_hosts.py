"""What looking at many hosts takes: up to a thousand behind SSH, some of them dead, and one machine with all of it."""

import resource
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import pytest

from agent.core.inventory import DeclaredHost
from agent.core.model import Failure, Observation, Reading
from agent.evaluation.round import Round
from agent.evaluation.session import Session, open_session
from agent.evaluation.tasks import Task, run_task, run_tasks, tasks_of
from tests.benchmarks.weighing import told
from tests.parts.sshd import Sshd, public_key, running_sshd

# Four rounds of a thousand hosts take ten minutes where each takes what it may.
pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(1200)]

DEAD = 40
TIMEOUT = 60
# What is asked, in seconds: of a round by its number of hosts, and of one machine's looks.
ALL, OF_PROCESSOR = {200: 60.0, 1000: 150.0}, 5.0
# How much later a living host may be read where others are dead: what two rounds of one kind differ by.
UNDELAYED, TURNS = 1.1, 2

# A reading, and the second of its round in which it came.
Came = tuple[float, Reading]


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """One sshd that answers at every loopback address: as many hosts as one likes."""
    folder = tmp_path_factory.mktemp("sshd")
    with running_sshd(folder, startups="200", listen="0.0.0.0", more=("MaxSessions 20",)) as running:
        yield running


def address(number: int) -> str:
    return f"127.0.{1 + number // 200}.{1 + number % 200}"


def configuration(folder: Path, sshd: Sshd, *, hosts: int, dead_port: int, dead: int) -> Path:
    """Write a configuration of so many hosts, of which the first ones answer at no port."""
    (folder / "known_hosts").write_text(
        "".join(f"[{address(number)}]:{sshd.port} {public_key(sshd.host_key)}\n" for number in range(hosts))
    )
    inventory = "".join(
        f"h{number} ansible_host={address(number)} ansible_port={dead_port if number < dead else sshd.port}\n"
        for number in range(hosts)
    )
    (folder / "hosts.ini").write_text(inventory)
    file = folder / "beffroi.toml"
    file.write_text(
        f'[agent]\nstate_directory = "{folder}/state"\ntimeout = "{TIMEOUT}s"\n[[beneficiary]]\nid = "scota"\n'
        '[inventory]\nansible = "hosts.ini"\n'
        f'[inventory.host]\nuser = "{sshd.user}"\nkey_file = "{sshd.key_file}"\n'
        f'known_hosts = "{folder}/known_hosts"\ncollect = ["clock", "antivirus"]\n'
    )
    return file


@contextmanager
def mute_port() -> Iterator[int]:
    """Yield a port, at every loopback address, that takes connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen(4 * DEAD)
        yield int(listener.getsockname()[1])


def looked_at(file: Path) -> tuple[list[Came], float]:
    """Return each reading of one round with the second in which it came, and when the last one of all did."""
    with ExitStack() as stack:
        session = stack.enter_context(open_session(file, keep=False))
        todo = [
            task
            for task in tasks_of(session.registry, session.configuration.inventory)
            if task.collector.name in ("clock", "antivirus")
        ]
        begun = time.monotonic()
        readings = [(time.monotonic() - begun, reading) for reading in run_tasks(todo, session.context)]
        return readings, time.monotonic() - begun


@pytest.mark.parametrize("hosts", sorted(ALL))
def test_many_hosts_and_forty_dead_ones_among_them(tmp_path: Path, sshd: Sshd, hosts: int) -> None:
    """Rounds with and without dead hosts are taken in turn, so that both meet the same machine."""
    took, without, among = [], [], []
    with mute_port() as port:
        for turn in range(TURNS):
            well, seconds = round_of(tmp_path / f"well-{turn}", sshd, hosts=hosts, dead_port=port, dead=0)
            some, _ = round_of(tmp_path / f"some-{turn}", sshd, hosts=hosts, dead_port=port, dead=DEAD)
            assert [reading.detail for _, reading in well if isinstance(reading, Failure)] == []
            assert len(well) == 2 * hosts
            assert all(isinstance(reading, Observation) for _, reading in living(some))
            dead = [reading for _, reading in some if int(reading.subject[1:]) < DEAD]
            assert {reading.reason.value for reading in dead if isinstance(reading, Failure)} == {"unreachable"}
            assert len(dead) == 2 * DEAD
            took.append(seconds)
            without.append([second for second, _ in living(well)])
            among.append([second for second, _ in living(some)])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{hosts} hosts: {min(took):.1f} s; {memory} MB at most")
    undelayed("last", [max(one) for one in without], [max(one) for one in among], hosts)
    undelayed("half", [median(one) for one in without], [median(one) for one in among], hosts)
    assert min(took) <= ALL[hosts]


def undelayed(what: str, without: Sequence[float], among: Sequence[float], hosts: int) -> None:
    """Hold the quickest round with dead hosts to the quickest without."""
    alone, beside = min(without), min(among)
    print(f"{what} of {hosts - DEAD} hosts: {alone:.1f} s, and {beside:.1f} s with {DEAD} dead ones beside them")
    told(f"{what} of the living, with {DEAD} dead among {hosts}, beside without", beside / alone, UNDELAYED)


def round_of(folder: Path, sshd: Sshd, *, hosts: int, dead_port: int, dead: int) -> tuple[list[Came], float]:
    """Look once at so many hosts; return the readings as they came, and the second of the last one."""
    folder.mkdir()
    return looked_at(configuration(folder, sshd, hosts=hosts, dead_port=dead_port, dead=dead))


def living(came: Sequence[Came]) -> list[Came]:
    """Return the readings of the hosts that are never dead."""
    return [(second, reading) for second, reading in came if int(reading.subject[1:]) >= DEAD]


def spent() -> float:
    """Return the processor seconds of this process and of the programs that it has run to their end."""
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def test_all_that_is_looked_at_on_one_machine(tmp_path: Path) -> None:
    """This machine itself, as it is: its packages, its lists, its processes, its accounts."""
    file = tmp_path / "beffroi.toml"
    file.write_text(
        f'[agent]\nstate_directory = "{tmp_path}/state"\n[[beneficiary]]\nid = "scota"\n[[host]]\nid = "here"\n'
    )
    with open_session(file) as session:
        todo = [
            task
            for task in tasks_of(session.registry, session.configuration.inventory)
            if isinstance(task.item, DeclaredHost)
        ]
        first, *cycles = [cycle(session, todo) for _number in range(4)]
    print(f"\nprocessor seconds: {first:.2f} at first sight, then {', '.join(f'{one:.2f}' for one in cycles)}")
    assert min(cycles) <= OF_PROCESSOR


def cycle(session: Session, todo: Sequence[Task]) -> float:
    """Take each look once, one after another, and return what they cost; what is judged of them costs apart."""
    turn, before, readings = Round(session), spent(), []
    for task in todo:
        begun = spent()
        readings.append(run_task(task, session.context))
        print(f"{task.collector.name} {spent() - begun:.2f} s", end="  ")
    cost = spent() - before
    print()
    for reading in readings:
        turn.take(reading)
    return cost
