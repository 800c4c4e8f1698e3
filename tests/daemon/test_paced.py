"""A thousand hosts are not asked at once, each keeps its place, and none is forgotten."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from agent.core.inventory import DeclaredHost
from agent.core.period import PARIS
from agent.daemon.paced import AT_ONCE, PacedLooks, hosts_at_once, is_paced
from agent.daemon.schedule import STEP, ScheduledDuty
from agent.evaluation.registry import find
from agent.evaluation.tasks import Task

QUARTER_HOUR, HOUR = timedelta(minutes=15), timedelta(hours=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RHYTHMS = {
    "antivirus": ScheduledDuty(name="antivirus", every=QUARTER_HOUR),
    "access": ScheduledDuty(name="access", every=HOUR),
    "patches": ScheduledDuty(name="patches", every=time(3, 30)),
}


def tasks(hosts: Sequence[str], *collectors: str) -> list[Task]:
    found = find().collectors
    return [
        Task(collector=found[name], item=DeclaredHost(id=host, transport="ssh"))
        for host in hosts
        for name in collectors or ("antivirus", "access")
    ]


def fleet(number: int) -> list[str]:
    return [f"srv-{one}" for one in range(number)]


class Turns:
    """Ask what is due each STEP, and note when each look was begun."""

    def __init__(self, last_begun: dict[tuple[str, str], datetime] | None = None) -> None:
        self.paced = PacedLooks(last_begun or {})
        self.now = NOON
        self.begun: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
        self.at_once: Counter[datetime] = Counter()

    def run(self, todo: Sequence[Task], duration: timedelta) -> None:
        end = self.now + duration
        while self.now < end:
            due = self.paced.due(todo, RHYTHMS, self.now, PARIS)
            for task in due:
                self.begun[task.name].append(self.now)
            self.at_once[self.now] = len({task.host for task in due})
            self.now += STEP


def test_a_thousand_hosts_are_asked_within_a_rhythm_and_never_at_once() -> None:
    turns = Turns()
    turns.run(tasks(fleet(1000)), timedelta(minutes=12))
    assert len(turns.begun) == 2000
    assert max(turns.at_once.values()) <= 50
    assert turns.at_once[NOON] >= AT_ONCE


def test_a_small_fleet_is_asked_at_its_start() -> None:
    turns = Turns()
    turns.run(tasks(fleet(AT_ONCE)), STEP)
    assert len(turns.begun) == 2 * AT_ONCE


@pytest.mark.parametrize("ago", [timedelta(days=3), timedelta(minutes=16)])
def test_after_a_stop_each_host_gets_a_place_and_keeps_it(ago: timedelta) -> None:
    todo = tasks(fleet(1000))
    turns = Turns({task.name: NOON - ago for task in todo})
    turns.run(todo, timedelta(minutes=90))
    assert max(turns.at_once.values()) <= 50
    for (collector, _host), begun in turns.begun.items():
        every = RHYTHMS[collector].every
        assert isinstance(every, timedelta)
        assert all(later - earlier <= every for earlier, later in pairwise(begun))
        assert begun[-1] > turns.now - every - STEP


def test_looks_that_parted_come_together_again() -> None:
    """One connection for all that is asked of a host."""
    todo = tasks(["srv-1"])
    turns = Turns({("antivirus", "srv-1"): NOON - timedelta(minutes=5), ("access", "srv-1"): NOON - timedelta(hours=2)})
    turns.run(todo, timedelta(hours=4))
    access = turns.begun["access", "srv-1"][1:]
    assert access
    assert set(access) <= set(turns.begun["antivirus", "srv-1"])


def test_what_was_just_declared_comes_before_those_who_wait() -> None:
    old, new = fleet(500), "new-1"
    turns = Turns({task.name: NOON - timedelta(days=1) for task in tasks(old)})
    turns.run(tasks([*old, new]), STEP)
    assert turns.begun["antivirus", new] == [NOON]


def test_a_host_last_asked_under_a_clock_that_ran_ahead_comes_as_a_new_one() -> None:
    hosts = fleet(AT_ONCE + 1)
    last = {task.name: NOON - 2 * QUARTER_HOUR for task in tasks(hosts, "antivirus")}
    last[("antivirus", hosts[-1])] = NOON + timedelta(days=200)
    begun = PacedLooks(last).due(tasks(hosts, "antivirus"), RHYTHMS, NOON, PARIS)
    assert begun[0].host == hosts[-1]


def test_a_place_depends_on_the_id_alone() -> None:
    there, back = Turns(), Turns()
    there.run(tasks(fleet(300)), timedelta(minutes=12))
    back.run(tasks(fleet(300)[::-1]), timedelta(minutes=12))
    assert there.begun == back.begun


def test_a_daily_look_is_spread_from_its_hour_on_and_done_once() -> None:
    todo = tasks(fleet(1000), "patches")
    turns = Turns({task.name: NOON for task in todo})
    turns.now = NOON + timedelta(hours=14)
    turns.run(todo, timedelta(hours=2))
    assert {len(begun) for begun in turns.begun.values()} == {1}
    hours = sorted(begun[0].astimezone(PARIS) for begun in turns.begun.values())
    assert len(hours) == 1000
    assert time(3, 30) <= hours[0].time() <= hours[-1].time() <= time(3, 46)


def test_a_host_that_came_back_into_the_file_is_new() -> None:
    turns = Turns()
    turns.run(tasks(["srv-1"]), STEP)
    turns.run(tasks(["srv-2"]), STEP)
    turns.run(tasks(["srv-1"]), STEP)
    assert len(turns.begun["antivirus", "srv-1"]) == 2


def test_a_host_that_is_declared_at_another_address_is_new() -> None:
    turns = Turns()
    turns.run(tasks(["srv-1"]), STEP)
    turns.paced.forget({("antivirus", "srv-1")})
    turns.run(tasks(["srv-1"]), 2 * STEP)
    assert [len(turns.begun[name, "srv-1"]) for name in ("antivirus", "access")] == [2, 1]


def test_a_short_rhythm_asks_all_that_it_must() -> None:
    assert hosts_at_once(1000, [timedelta(seconds=10)]) == 1000


def test_this_machine_waits_for_no_turn() -> None:
    (here,) = tasks(["srv-1"], "antivirus")
    assert is_paced(here)
    assert not is_paced(Task(collector=here.collector, item=DeclaredHost(id="srv-1")))
