"""A pool carries each task out once at a time, outlives what goes wrong, and says what is late."""

import queue
import threading
from collections.abc import Callable

from agent.core.clock import SystemClock
from agent.evaluation.workers import Workers

PATIENCE = 60.0


class Gate:
    """A task until the test lets it go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.done: list[str] = []
        self.all_done = threading.Semaphore(0)

    def run_task(self, task: str) -> str:
        self.begun.set()
        assert self.go.wait(PATIENCE)
        return task.upper()

    def note(self, task: str, result: str) -> None:
        self.done.append(result)
        self.all_done.release()


def pool(gate: Gate, run_task: Callable[[str], str] | None = None) -> Workers[str, str]:
    return Workers(number=2, clock=SystemClock(), run_task=run_task or gate.run_task, done=gate.note)


def test_a_task_that_waits_or_runs_is_not_taken_a_second_time() -> None:
    gate = Gate()
    workers = pool(gate)
    assert workers.offer(("look", "files"), "files", 60.0)
    assert gate.begun.wait(PATIENCE)
    assert not workers.offer(("look", "files"), "files", 60.0)
    gate.go.set()
    assert gate.all_done.acquire(timeout=PATIENCE)
    workers.stop(PATIENCE)
    assert gate.done == ["FILES"]
    assert workers.idle()


def test_what_runs_is_told_with_its_deadline() -> None:
    gate = Gate()
    workers = pool(gate)
    workers.offer(("look", "files"), "files", 0.0)
    assert gate.begun.wait(PATIENCE)
    (running,) = workers.underway()
    assert (running.name, running.deadline) == (("look", "files"), 0.0)
    assert running.seconds >= 0
    gate.go.set()
    workers.stop(PATIENCE)
    assert workers.underway() == ()


def test_a_result_that_cannot_be_taken_in_costs_no_thread() -> None:
    gate = Gate()

    def explode(task: str) -> str:
        if task == "bad":
            raise RuntimeError("no room")
        return task

    workers = pool(gate, explode)
    for number in range(8):
        workers.offer(("look", f"bad-{number}"), "bad", 60.0)
    workers.offer(("look", "good"), "good", 60.0)
    assert gate.all_done.acquire(timeout=PATIENCE)
    assert gate.done == ["good"]
    workers.stop(PATIENCE)


def test_stopping_does_not_wait_for_a_task_that_hangs() -> None:
    gate = Gate()
    workers = pool(gate)
    workers.offer(("look", "dead mount"), "dead mount", 60.0)
    assert gate.begun.wait(PATIENCE)
    workers.stop(0.05)
    assert [one.name for one in workers.underway()] == [("look", "dead mount")]
    gate.go.set()


class Ways:
    """Open ways on demand, and one of them only when the test says so."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.opened: list[str] = []
        self.done: queue.SimpleQueue[str] = queue.SimpleQueue()

    def open(self, way: str) -> None:
        self.opened.append(way)
        if way == "mute":
            assert self.go.wait(PATIENCE)
        if way == "broken":
            raise RuntimeError("a mistake of ours")

    def workers(self) -> Workers[tuple[str, str | None], None]:
        return Workers(
            number=2,
            clock=SystemClock(),
            run_task=lambda task: self.done.put(task[0]),
            done=lambda task, result: None,
            way_of=lambda task: task[1],
            open_way=self.open,
        )


def test_tasks_behind_a_way_that_stays_closed_hold_up_nobody_else() -> None:
    ways = Ways()
    workers = ways.workers()
    for number in range(8):
        workers.offer(("look", f"mute-{number}"), (f"mute-{number}", "mute"), 60.0)
    workers.offer(("look", "here"), ("here", None), 60.0)
    workers.offer(("look", "there"), ("there", "vault"), 60.0)
    assert {ways.done.get(timeout=PATIENCE) for _ in range(2)} == {"here", "there"}
    assert not workers.idle()
    assert not workers.offer(("look", "mute-0"), ("mute-0", "mute"), 60.0)
    ways.go.set()
    assert {ways.done.get(timeout=PATIENCE) for _ in range(8)} == {f"mute-{number}" for number in range(8)}
    assert sorted(ways.opened) == ["mute", "vault"]
    workers.stop(PATIENCE)
    assert workers.idle()


def test_a_way_that_cannot_be_opened_leads_on_all_the_same() -> None:
    """What is asked behind it says why, in its own words."""
    ways = Ways()
    workers = ways.workers()
    workers.offer(("look", "x"), ("x", "broken"), 60.0)
    assert ways.done.get(timeout=PATIENCE) == "x"
    workers.stop(PATIENCE)
