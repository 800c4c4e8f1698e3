"""What a fleet takes: rows a second, catching up, a database that is away, the reports and the page of many hosts.

BEFFROI_FLEET_HOSTS is how many hosts each of four agents has (250 where it is not set), BEFFROI_FLEET_ROWS how many
rows wait after a day away (56,000, a tenth).
"""

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from agent.config.settings import Agent, Configuration, FleetSettings
from agent.core.clock import SystemClock
from agent.daemon.centre import FILL_SECONDS
from agent.fleet.database import FleetDatabase, connected
from agent.fleet.pushing import FleetPusher
from agent.fleet.replicas import Replicas
from agent.ledger.fields import instant
from agent.ledger.ledger import Ledger
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import Laid
from tests.parts.checkout import HOME
from tests.parts.large_fleet import LargeFleet, lay
from tests.parts.slow_line import slow_line

pytestmark = [pytest.mark.programs, pytest.mark.network]

ROWS = 20_000
WAITING = int(os.environ.get("BEFFROI_FLEET_ROWS", "56000"))
HOSTS = int(os.environ.get("BEFFROI_FLEET_HOSTS", "250"))


def test_one_ledger_sends_a_thousand_rows_a_second(laid: Laid, tmp_path: Path) -> None:
    with member(laid, tmp_path / "arras", rows=ROWS) as agent:
        begun = time.perf_counter()
        assert agent.send() == ROWS
        found = ROWS / (time.perf_counter() - begun)
    print(f"{found:.0f} rows/s on one ledger")
    assert found >= 1_000


def test_eight_ledgers_send_three_thousand_rows_a_second(laid: Laid, tmp_path: Path) -> None:
    with ExitStack() as stack:
        agents = [
            stack.enter_context(member(laid, tmp_path / f"a{number}", f"arras-{number}", ROWS // 4))
            for number in range(8)
        ]
        begun = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            sent = sum(pool.map(FleetMember.send, agents))
        found = sent / (time.perf_counter() - begun)
    print(f"{found:.0f} rows/s on eight ledgers")
    assert (sent, found >= 3_000) == (2 * ROWS, True)


def test_catching_up_keeps_no_other_waiting(laid: Laid, tmp_path: Path) -> None:
    """A tenth of 560,000 rows is sent and taken over by the centre, while seven others send a row each second."""
    waiting = WAITING
    with ExitStack() as stack:
        late = stack.enter_context(member(laid, tmp_path / "late", "late", waiting))
        others = [stack.enter_context(member(laid, tmp_path / f"a{n}", f"live-{n}", 1)) for n in range(7)]
        ends, ages = threading.Event(), list[float]()
        threads = [threading.Thread(target=_live, args=(one, ends, ages)) for one in others]
        for one in threads:
            one.start()
        begun, spent = time.perf_counter(), time.process_time() + _of_server(laid)
        sending = threading.Thread(target=late.send)
        sending.start()
        (tmp_path / "centre").mkdir()
        with Replicas(tmp_path / "centre", SystemClock()) as copies, connected(_centre(laid)) as database:
            shown = list[float]()
            while _taken(copies, database, late, shown) < waiting:
                time.sleep(1)
        taken, spent = time.perf_counter() - begun, time.process_time() + _of_server(laid) - spent
        ends.set()
        for one in (*threads, sending):
            one.join()
    print(
        f"{waiting} rows in {taken:.0f} s, {spent:.0f} s of processor of all; "
        f"others at most {max(ages):.1f} s late in the database, {max(shown, default=0):.1f} s at the centre"
    )
    # What a machine of two cores that does nothing else takes for all of them.
    assert spent / 2 * 560_000 / waiting <= 600
    assert max(ages) <= 60


def _of_server(laid: Laid) -> float:
    """Return the seconds of processor that the server has taken, with its children."""
    fields = [Path(f"/proc/{laid.server.pid}/stat").read_text().rpartition(")")[2].split()]
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            own = file.read_text().rpartition(")")[2].split()
            fields += [own] if own[1] == str(laid.server.pid) else []
    return sum(int(one) for own in fields for one in own[11:15]) / os.sysconf("SC_CLK_TCK")


def _live(one: FleetMember, ends: threading.Event, ages: list[float]) -> None:
    """Send a row each second; note how old each was when it had arrived."""
    while not ends.wait(1):
        begun = time.perf_counter()
        one.append(1)
        one.send()
        ages.append(time.perf_counter() - begun)


def _centre(laid: Laid) -> FleetSettings:
    return FleetSettings(database=laid.server.settings(laid.name), user="beffroi_centre")


def _taken(copies: Replicas, database: FleetDatabase, late: FleetMember, shown: list[float]) -> int:
    """Bring the centre's copies up to date; return how many rows of the late one it has.

    `shown` gets the age of the oldest row that came of another.
    """
    before = {one.directory: _count(one.directory) for one in copies.known()}
    found, now = copies.refresh(database, seconds=FILL_SECONDS), SystemClock().now()
    for one in found:
        first = before.get(one.directory, 0) + 1
        came = _asked(one.directory, f"SELECT instant FROM chain WHERE sequence = {first}")
        if one.agent != late.name and came is not None:
            shown.append((now - instant(came)).total_seconds())
    return next((_count(one.directory) for one in found if one.agent == late.name), 0)


def _count(directory: Path) -> int:
    return int(str(_asked(directory, "SELECT count(*) FROM chain")))


def _asked(directory: Path, query: str) -> object:
    with Ledger.open(directory, clock=SystemClock(), readonly=True) as ledger:
        return ledger.ask(lambda here: here.exec_driver_sql(query).scalar())


def test_a_database_that_is_away_slows_no_agent(laid: Laid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an attempt takes of the processor, beside the shortest pause after it."""
    with member(laid, tmp_path / "arras", rows=ROWS // 10) as agent:
        away = replace(agent.settings, database="postgresql:///fleet?host=/nowhere")
        shares = {}
        for name, settings in (("away", away), ("without rights", replace(agent.settings, user="beffroi_reader_lens"))):
            configuration = Configuration(
                path=tmp_path, digest="", agent=Agent(state_directory=agent.directory), fleet=settings
            )
            pusher = FleetPusher(agent.ledger, partial(_same, configuration))
            pusher._round()
            spent = time.process_time()
            pauses = [pusher._round() for _ in range(20)]
            shares[name] = (time.process_time() - spent) / 20 / min(pauses)
    print(", ".join(f"{name}: {share:.3%}" for name, share in shares.items()))
    assert max(shares.values()) <= 0.01


def test_a_slow_database_slows_no_agent(laid: Laid, tmp_path: Path) -> None:
    """What rounds with twenty new rows each take of the processor, where each answer comes 0.3 s late.

    The loop's own appends go on meanwhile.
    """
    server = laid.server
    with member(laid, tmp_path / "arras") as agent, slow_line(server.folder, server.port, 0.3) as folder:
        slow = replace(agent.settings, database=f"postgresql://:{server.port}/{laid.name}?host={folder}")
        owner = Agent(state_directory=agent.directory)
        configuration = Configuration(path=tmp_path, digest="", agent=owner, fleet=slow)
        pusher = FleetPusher(agent.ledger, partial(_same, configuration))
        took, pauses, appended, waited = 0.0, 0.0, list[float](), 0.0
        pusher._round()
        for _ in range(6):
            agent.append(20)
            spent, begun = time.process_time(), time.perf_counter()
            pauses += pusher._round()
            took, waited = took + time.process_time() - spent, waited + time.perf_counter() - begun
        other = threading.Thread(target=pusher._round)
        agent.append(20)
        other.start()
        while other.is_alive():
            begun = time.perf_counter()
            agent.append(1)
            appended.append(time.perf_counter() - begun)
            time.sleep(0.05)
        pusher._close()
        agent.send()
        assert agent.received() == agent.rows()
    share = took / (waited + pauses)
    print(
        f"rounds of {waited / 6:.1f} s: {share:.3%} of the processor; a row of the loop at most {max(appended):.3f} s"
    )
    assert share <= 0.01


def _same(configuration: Configuration) -> Configuration:
    return configuration


def test_reports_of_a_large_fleet_do_not_pay_for_the_others(tmp_path: Path) -> None:
    """Of 2 and of 4 agents: the second is twice the first, and a report takes what it took."""
    found = {}
    for agents in (2, 4):
        folder = tmp_path / f"{agents}"
        folder.mkdir()
        lay(folder, LargeFleet(agents=agents, hosts=HOSTS, beneficiaries=20 * agents))
        found[agents] = _measured(folder, "reports", "12")
        print(f"{agents * HOSTS} hosts, {found[agents]}")
    each = {
        agents: (one["processor"] - one["first"]) / (one["reports"] - 1) / (HOSTS * 2 / 20)
        for agents, one in found.items()
    }
    assert each[4] <= 1.3 * each[2]
    print(f"10,000 hosts and 200 reports: {found[4]['first'] * 10_000 / 4 / HOSTS + each[4] * 50 * 199:.0f} s")
    assert max(one["highest"] for one in found.values()) <= 300


def test_the_page_of_a_large_fleet_is_small_and_quick(tmp_path: Path) -> None:
    lay(tmp_path, LargeFleet(agents=4, hosts=HOSTS, beneficiaries=40), days=2)
    found = _measured(tmp_path, "page")
    print(f"{4 * HOSTS} hosts: {found}")
    assert found["bytes"] <= 200_000
    assert found["page"] <= 0.1
    assert found["at_rest"] <= 300


def _measured(folder: Path, *what: str) -> dict[str, float]:
    """Return what some work costs in a process of its own."""
    command = [sys.executable, "-m", "tests.parts.large_fleet", str(folder), *what]
    ran = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True, timeout=3000)
    found: dict[str, float] = json.loads(ran.stdout)
    return found
