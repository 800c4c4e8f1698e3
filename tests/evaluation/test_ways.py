"""Ways are opened some at a time, few through one jump host, and closed after the last task behind them."""

import threading
from collections import Counter

from agent.core.clock import SystemClock
from agent.evaluation.ways import OPEN, OPENERS, THROUGH_ONE_JUMP
from agent.evaluation.workers import Workers
from tests.parts.processes import wait_until

PATIENCE = 60.0


class Hosts:
    """Count the connections that are open at once, in all and through each jump host; `direct-3` has none."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.open: set[str] = set()
        self.through: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()
        self.dead = threading.Event()
        self.done = threading.Semaphore(0)
        self.go = threading.Event()
        self.go.set()

    def jump(self, way: str) -> str | None:
        return None if way.startswith("direct") else way.partition("-")[0]

    def enter(self, way: str) -> None:
        if way.startswith("dead"):
            assert self.dead.wait(PATIENCE)
        with self.lock:
            self.open.add(way)
            self.through[way.partition("-")[0]] += 1
            self.most[""] = max(self.most[""], len(self.open))
            self.most |= self.through

    def leave(self, way: str) -> None:
        with self.lock:
            self.open.remove(way)
            self.through[way.partition("-")[0]] -= 1
            self.closed[way] += 1

    def look(self, way: str) -> None:
        assert self.go.wait(PATIENCE)
        self.done.release()

    def workers(self) -> Workers[str, None]:
        return Workers(
            number=4,
            clock=SystemClock(),
            run_task=self.look,
            done=lambda task, result: None,
            way_of=lambda task: task,
            open_way=self.enter,
            close_way=self.leave,
            jump_of=self.jump,
        )

    def wait_for(self, number: int) -> None:
        for _one in range(number):
            assert self.done.acquire(timeout=PATIENCE)


def test_a_jump_host_is_entered_by_so_many_at_once_and_no_more() -> None:
    hosts = Hosts()
    workers = hosts.workers()
    for number in range(5 * THROUGH_ONE_JUMP):
        workers.offer(("look", f"bastion-{number}"), f"bastion-{number}", PATIENCE)
    hosts.wait_for(5 * THROUGH_ONE_JUMP)
    workers.stop(PATIENCE)
    assert 0 < hosts.most["bastion"] <= THROUGH_ONE_JUMP
    assert hosts.open == set()


def test_a_dead_jump_host_holds_up_what_is_behind_it_alone() -> None:
    hosts = Hosts()
    workers = hosts.workers()
    for number in range(3 * OPENERS):
        workers.offer(("look", f"dead-{number}"), f"dead-{number}", PATIENCE)
    for number in range(100):
        workers.offer(("look", f"direct-{number}"), f"direct-{number}", PATIENCE)
    hosts.wait_for(100)
    assert hosts.most["dead"] == 0
    hosts.dead.set()
    hosts.wait_for(3 * OPENERS)
    workers.stop(PATIENCE)
    assert hosts.most["dead"] <= THROUGH_ONE_JUMP


def test_a_connection_ends_with_the_last_look_of_its_host() -> None:
    hosts = Hosts()
    hosts.go.clear()
    workers = hosts.workers()
    for number in range(500):
        for look in ("clock", "access"):
            workers.offer((look, f"direct-{number}"), f"direct-{number}", PATIENCE)
    assert wait_until(lambda: not any(thread.name == "opener" for thread in threading.enumerate()))
    hosts.go.set()
    hosts.wait_for(1000)
    workers.stop(PATIENCE)
    assert hosts.open == set()
    assert hosts.most[""] <= OPEN + OPENERS
    assert len(hosts.closed) == 500


def test_a_way_that_is_closed_badly_leads_on_all_the_same() -> None:
    hosts = Hosts()
    hosts.open.add("direct")
    workers = hosts.workers()
    for _again in range(2):
        workers.offer(("look", "direct"), "direct", PATIENCE)
        hosts.wait_for(1)
        hosts.open.discard("direct")
    workers.stop(PATIENCE)
    assert workers.idle()
