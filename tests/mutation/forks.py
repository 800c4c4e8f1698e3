"""Run the planted faults in children of one pytest that has collected the tests already: a few milliseconds a fault.

The tests run once without any fault, which tells which of them reach a function. A child then runs those for one
fault, the tests of the module's own file first, and ends at the first that fails. The file of faults names one a line;
each result is a line of JSON (results.py).
"""

import json
import os
import resource
import signal
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from tests.mutation.results import KILLED, SURVIVED, TIMEOUT, UNREACHED

# What a fault may use before it counts as seen: seconds of processor beyond the tests' own, and bytes.
BEYOND, MEMORY = 10, 4 << 30
# A test that takes longer is left out: one that draws whole histories would cost more than all others together.
SECONDS = 1.0
SKIPPED = (pytest.skip.Exception, pytest.xfail.Exception)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the files and how many children may run at once."""
    parser.addoption("--faults", type=Path, required=True)
    parser.addoption("--results", type=Path, required=True)
    parser.addoption("--children", type=int, default=os.cpu_count() or 1)


class Watch:
    """Remember whether a test has failed; in a child, end with the first."""

    failed: str | None = None
    child = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """End the child before pytest makes a text of what failed, which takes longer than most tests."""
        if self.child and call.excinfo is not None and not isinstance(call.excinfo.value, SKIPPED):
            os._exit(1)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one phase of a test."""
        if report.failed:
            self.failed = report.nodeid


def function_of(fault: str) -> str:
    """Return the function that a fault stands in: `checks.patching.x_judge` of `checks.patching.x_judge__mutmut_4`."""
    return fault.partition("__mutmut_")[0]


def run(item: pytest.Item, following: pytest.Item | None) -> None:
    """Run one test as pytest does."""
    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)


def in_order(items: Iterable[pytest.Item], fault: str, took: Mapping[str, float]) -> list[pytest.Item]:
    """Return the quick tests in the order in which a fault is likely to be seen soonest."""
    module = fault.rpartition(".x")[0].rpartition(".")[2]

    def rank(item: pytest.Item) -> tuple[bool, float]:
        return not item.path.stem.startswith(f"test_{module}"), took[item.nodeid]

    return sorted((item for item in items if took[item.nodeid] <= SECONDS), key=rank)


def reached(items: list[pytest.Item], watch: Watch) -> tuple[dict[str, list[pytest.Item]], dict[str, float]]:
    """Return the tests that reach each function, and how long each of them takes; raise where one fails unhurt."""
    by_function: dict[str, list[pytest.Item]] = defaultdict(list)
    took: dict[str, float] = {}
    set_mutant_under_test("stats")
    for item, following in zip(items, [*items[1:], None], strict=True):
        state()._stats.clear()
        begun = time.process_time()
        run(item, following)
        took[item.nodeid] = time.process_time() - begun
        if watch.failed:
            raise pytest.UsageError(f"{watch.failed} fails without any fault")
        for function in state()._stats:
            by_function[function].append(item)
    set_mutant_under_test("")
    return by_function, took


def child(fault: str, items: list[pytest.Item], allowed: float, watch: Watch) -> None:
    """Run the tests against one fault and end: 1 where one fails, 0 where none does."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for one in (0, 1, 2):
        os.dup2(quiet, one)
    resource.setrlimit(resource.RLIMIT_CPU, (int(allowed), int(allowed) + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    watch.child = True
    set_mutant_under_test(fault)
    code = 1
    try:
        for item, following in zip(items, [*items[1:], None], strict=True):
            run(item, following)
            if watch.failed:
                os._exit(1)
        code = 0
    finally:
        os._exit(code)


def result(status: int) -> str:
    """Return what the end of a child says; a limit of time ends it by a signal."""
    return {0: SURVIVED, -signal.SIGXCPU: TIMEOUT, -signal.SIGKILL: TIMEOUT}.get(
        os.waitstatus_to_exitcode(status), KILLED
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Take the place of pytest's own loop: every fault in turn, a few at a time."""
    option, watch = session.config.option, Watch()
    session.config.pluginmanager.register(watch)
    by_function, took = reached(session.items, watch)
    session.config.pluginmanager.unregister(name="terminalreporter")
    running: dict[int, str] = {}
    with option.results.open("a") as results:

        def record(fault: str, said: str) -> None:
            print(json.dumps([fault, said]), file=results, flush=True)

        def wait() -> None:
            pid, status = os.wait()
            record(running.pop(pid), result(status))

        for fault in option.faults.read_text().split():
            items = in_order(by_function.get(function_of(fault), ()), fault, took)
            if not items:
                record(fault, UNREACHED)
                continue
            if len(running) >= option.children:
                wait()
            pid = os.fork()
            if not pid:
                child(fault, items, BEYOND + 10 * sum(took[one.nodeid] for one in items), watch)
            running[pid] = fault
        while running:
            wait()
    return True
