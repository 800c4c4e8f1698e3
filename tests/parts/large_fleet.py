"""A large fleet as its centre has it: the copies of its agents' ledgers, made by the ledger's own calls; no database.

Each agent has hosts of forty beneficiaries (or of as many as there are), and each beneficiary has hosts at two agents.
Each host has four targets, whose days of a quarter are kept, and a verdict on each.

`python -m tests.parts.large_fleet FOLDER reports 20` prints what so many reports cost in a process of their own, and
`… page` what rounds of the centre and its page do.
"""

import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.accounting.timeline import Start, TimelineUpdate
from agent.config.load import load
from agent.config.settings import Configuration
from agent.core.model import Key, State
from agent.core.period import Quarter, day_of, each_day
from agent.core.reason import Reason
from agent.export.http.request import HttpRequest
from agent.export.http.routes import answer
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.fleet.replicas import FOLDER, Replicas
from agent.ledger.keys import verifier
from agent.ledger.ledger import Ledger, VerdictRecord
from agent.publishing.reports import ReportRequest, published
from agent.queries.centre import FleetKnown, centre_snapshot, keep_centre_load
from agent.queries.fleet_reading import FleetReading
from tests.export.samples import TARGETS
from tests.fleet.agents import verdict
from tests.ledger.samples import HandClock
from tests.parts.web import StillSite

QUARTER = Quarter(2026, 4)
NOW = datetime(2027, 1, 9, 8, tzinfo=UTC)
OF_EACH = ("patching", "endpoint-protection", "strong-authentication", "network-segmentation")
AT_EACH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeFleet:
    """How large; `hosts` are those of each agent."""

    agents: int
    hosts: int
    beneficiaries: int

    def keys(self, agent: int) -> tuple[Key, ...]:
        """Return what an agent judges."""
        served = min(AT_EACH, self.beneficiaries)
        first = agent * served // 2
        return tuple(
            Key(target=target, subject=f"srv-{host}", beneficiary=f"b{(first + host % served) % self.beneficiaries}")
            for host in range(self.hosts)
            for target in OF_EACH
        )


def lay(folder: Path, fleet: LargeFleet, days: int | None = None) -> None:
    """Make the centre's configuration, its ledger, and the copies of its agents' ledgers; `days`: of so many days."""
    whose = "".join(f'[[beneficiary]]\nid = "b{number}"\n' for number in range(fleet.beneficiaries))
    (folder / "centre.toml").write_text(
        f'[agent]\nstate_directory = "{folder}"\nlisten = ""\n{whose}'
        f'[fleet]\nrole = "centre"\ndatabase = "postgresql:///x?host=/nowhere"\nuser = "beffroi_centre"\n'
    )
    with Ledger.open(folder, clock=HandClock(NOW - timedelta(days=110))) as own:
        keep_centre_load(configured(folder), own)
    for number in range(fleet.agents):
        _lay_agent(folder / FOLDER / f"a{number}", fleet.keys(number), days)


def _lay_agent(folder: Path, keys: Sequence[Key], days: int | None) -> None:
    made = folder / "made"
    made.mkdir(parents=True)
    clock = HandClock(datetime.combine(QUARTER.first, datetime.min.time(), UTC))
    with Ledger.open(made, clock=clock) as ledger:
        ledger.keep_load("d", dict.fromkeys(keys, Days(starts=QUARTER.first)), TARGETS)
        for day in list(each_day(QUARTER.first, day_of(NOW) - timedelta(days=1)))[:days]:
            clock.time = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=26)
            ledger.keep_days([_day_row(key, day, clock.time, place) for place, key in enumerate(keys)])
        clock.time = NOW
        ledger.keep_verdicts([_judged(key, place) for place, key in enumerate(keys)])
        ledger.sign_heads(NOW)
    fingerprint = verifier(made).fingerprint
    made.rename(folder / fingerprint.removeprefix("SHA256:").translate(str.maketrans("+/", "-_")))


def _day_row(key: Key, day: date, at: datetime, place: int) -> DayRow:
    state = State.MISSED if day.day % 7 == 0 and place % 50 == 0 else State.MET
    reason = Reason.OVERDUE if state is State.MISSED else Reason.WITHIN_LIMIT
    return DayRow(key=key, day=day, state=state, measured=state, reason=reason, late=False, judged_at=at)


def _judged(key: Key, place: int) -> VerdictRecord:
    state = (State.MET, State.MET, State.MET, State.MISSED)[place % 4 if place % 20 == 3 else 0]
    given = replace(verdict(key, state, NOW), target=key.target)
    start = Start(at=NOW, state=state, reason=given.reason)
    stretch = TimelineUpdate(covers_from=NOW, starts=(start,), stands_until=given.stands_until)
    return VerdictRecord(verdict=given, stretch=stretch)


def configured(folder: Path) -> Configuration:
    """Return the centre's configuration."""
    return load(folder / "centre.toml", strict=False)


def known(folder: Path) -> FleetKnown:
    """Return every agent as current: what the database would have said."""
    with Replicas(folder, HandClock(NOW)) as copies:
        replicas = copies.known()
    agents = (
        AgentStanding(
            agent=one.agent, state=AgentState.CURRENT, key=one.ledger, received_at=NOW, is_heard=True, lag_rows=0
        )
        for one in replicas
    )
    return FleetKnown(agents=tuple(agents), replicas=replicas)


def reports(folder: Path, number: int, first_one: int = 0) -> dict[str, float]:
    """Publish so many reports, one after another, from one beneficiary on; return what they took."""
    configuration, clock = configured(folder), HandClock(NOW)
    whose = [one.id for one in configuration.inventory.beneficiaries][first_one : first_one + number]
    begun, spent, first = time.monotonic(), time.process_time(), 0.0
    with Ledger.open(folder, clock=clock) as own, FleetReading(configuration, own, clock) as reading:
        reading.__dict__["known"] = known(folder)
        for one in whose:
            with published(configuration, own, ReportRequest(quarter=QUARTER, beneficiary=one), NOW, reading) as made:
                assert made.edition == 1
            first = first or time.process_time() - spent
    spent = time.process_time() - spent
    return {"reports": len(whose), "wall": time.monotonic() - begun, "processor": spent, "first": first, **memory()}


def page(folder: Path) -> dict[str, float]:
    """Make rounds of the centre, and its page; return what they took."""
    configuration, clock = configured(folder), HandClock(NOW)
    found = known(folder)
    with Ledger.open(folder, clock=clock) as own, Replicas(folder, clock) as copies:
        took = []
        for _ in range(4):
            spent = time.process_time()
            snapshot = centre_snapshot(configuration, found, clock, copies, own)
            took.append(time.process_time() - spent)
        at_rest = memory()["resident"]
        site = StillSite(snapshot)
        request = HttpRequest(method="GET", path="/", parameters={}, fields={})
        made = []
        for _ in range(9):
            spent = time.process_time()
            body = answer(request, None, site).body
            made.append(time.process_time() - spent)
    return {
        "verdicts": len(snapshot.standings),
        "first": took[0],
        "round": min(took[1:]),
        "page": sorted(made)[len(made) // 2],
        "bytes": len(body),
        "at_rest": at_rest,
        **memory(),
    }


def memory() -> dict[str, float]:
    """Return this process' memory in MB: at its highest, and now."""
    status = Path("/proc/self/status").read_text()
    highest, now = (re.search(rf"{name}:\s+(\d+)", status) for name in ("VmHWM", "VmRSS"))
    assert highest is not None
    assert now is not None
    return {"highest": int(highest[1]) / 1024, "resident": int(now[1]) / 1024}


if __name__ == "__main__":
    where = Path(sys.argv[1])
    if sys.argv[2] == "lay":
        lay(where, LargeFleet(agents=int(sys.argv[3]), hosts=int(sys.argv[4]), beneficiaries=int(sys.argv[5])))
    else:
        print(json.dumps(page(where) if sys.argv[2] == "page" else reports(where, *map(int, sys.argv[3:]))))
