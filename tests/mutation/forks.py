"""Run the planted faults in children of one pytest that has collected the tests already: a few milliseconds a fault.

A child runs tests for one fault, and ends at the first that fails. Each fault meets the tests of the files that are
named after the modules; what is left then meets the quickest others, but for what is named as harmless. Before each of
the two rounds its tests run once without any fault, which tells which of them reach a function. Faults and results are
files (results.py), so that a run that was cut goes on where it was.
"""

import gc
import os
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from tests.mutation.results import KILLED, OPEN, SURVIVED, TIMEOUT, UNREACHED, in_words, keep, kept

# What a fault may use before it counts as seen: seconds of processor beyond the tests' own, and bytes.
BEYOND, MEMORY = 5, 4 << 30
# A test that takes longer is left out: one that draws whole histories would cost more than all others together.
SECONDS = 1.0
# So much of other tests, the quickest of those that reach its function, does a fault meet that those named after the
# modules do not see: hundreds reach what every verdict needs.
OTHERS = 4.0
# How often the run says how far it is.
EVERY = 30.0
SKIPPED = (pytest.skip.Exception, pytest.xfail.Exception)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the files and how many children may run at once."""
    for name in ("--wanted", "--harmless", "--results"):
        parser.addoption(name, type=Path, required=True)
    parser.addoption("--children", type=int, default=os.cpu_count() or 1)


class Watch:
    """Remember which test has failed, and how; in a child, end with the first."""

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
            self.failed = f"{report.nodeid}\n{report.longreprtext}"


class Reach:
    """Which tests reach which function, and what each of them takes."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.by_function: dict[str, list[pytest.Item]] = defaultdict(list)
        self.took: dict[str, float] = {}

    def learn(self, items: Sequence[pytest.Item]) -> None:
        """Run tests without a fault; raise where one fails unhurt."""
        set_mutant_under_test("stats")
        for item, following in zip(items, [*items[1:], None][: len(items)], strict=True):
            state()._stats.clear()
            begun = time.process_time()
            run(item, following)
            self.took[item.nodeid] = time.process_time() - begun
            if self.watch.failed:
                raise pytest.UsageError(f"without any fault fails {self.watch.failed}")
            for function in state()._stats:
                self.by_function[function].append(item)
        set_mutant_under_test("")

    def tests_of(self, fault: str) -> list[pytest.Item]:
        """Return the quick tests that reach the function of a fault, in the order in which one is likely to see it."""
        module = {module_of(fault)}
        reaching = (one for one in self.by_function[function_of(fault)] if self.took[one.nodeid] <= SECONDS)
        return sorted(reaching, key=lambda one: (not is_of(one, module), self.took[one.nodeid]))

    def others_of(self, fault: str, but: Collection[str]) -> list[pytest.Item]:
        """Return the quickest of the tests that reach the function of a fault, but for some."""
        others = [one for one in self.tests_of(fault) if one.nodeid not in but]
        sums = accumulate(self.took[one.nodeid] for one in others)
        return [one for one, seconds in zip(others, sums, strict=True) if seconds <= OTHERS]


def function_of(fault: str) -> str:
    """Return the function that a fault stands in: `checks.patching.x_judge` of `checks.patching.x_judge__mutmut_4`."""
    return fault.partition("__mutmut_")[0]


def module_of(fault: str) -> str:
    """Return the last name of the module that a fault stands in: `patching` of `checks.patching.x_judge__mutmut_4`."""
    return fault.rpartition(".x")[0].rpartition(".")[2]


def run(item: pytest.Item, following: pytest.Item | None) -> None:
    """Run one test as pytest does."""
    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)


def is_of(item: pytest.Item, modules: Collection[str]) -> bool:
    """Return whether a test stands in the own file of one of some modules."""
    return any(item.path.stem.startswith(f"test_{module}") for module in modules)


def child(fault: str, items: Sequence[pytest.Item], allowed: float, watch: Watch) -> None:
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
        for item, following in zip(items, [*items[1:], None][: len(items)], strict=True):
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


def outcomes(met: Iterable[tuple[str, list[pytest.Item]]], reach: Reach, children: int) -> Iterator[tuple[str, str]]:
    """Yield what comes of each fault that meets its tests, as the children end."""
    running: dict[int, str] = {}

    def ended() -> tuple[str, str]:
        pid, status = os.wait()
        return running.pop(pid), result(status)

    gc.freeze()
    for fault, items in met:
        if not items:
            yield fault, UNREACHED
            continue
        if len(running) >= children:
            yield ended()
        pid = os.fork()
        if not pid:
            child(fault, items, BEYOND + 5 * sum(reach.took[one.nodeid] for one in items), reach.watch)
        running[pid] = fault
    while running:
        yield ended()


def said_so_far(found: Iterable[tuple[str, str]], of: int) -> Iterator[tuple[str, str]]:
    """Pass on what comes of each fault, and say from time to time how far the round is."""
    said: Counter[str] = Counter()
    told = time.monotonic()
    for fault, word in found:
        yield fault, word
        said[word] += 1
        if said.total() == of or time.monotonic() - told > EVERY:
            told = time.monotonic()
            print(f"{said.total()} of {of}: {in_words(said)}", file=sys.stderr, flush=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Take the place of pytest's own loop: every fault in turn, in two rounds."""
    if session.testsfailed:
        raise session.Interrupted("some tests cannot be collected")
    option, watch = session.config.option, Watch()
    session.config.pluginmanager.unregister(name="terminalreporter")
    session.config.pluginmanager.register(watch)
    wanted, known = option.wanted.read_text().split(), kept(option.results)
    reach = Reach(watch)

    new = [fault for fault in wanted if fault not in known]
    modules = {module_of(fault) for fault in new}
    reach.learn([item for item in session.items if is_of(item, modules)])
    first = set(reach.took)
    met = ((fault, reach.tests_of(fault)) for fault in new)
    for fault, word in said_so_far(outcomes(met, reach, option.children), len(new)):
        keep(option.results, [(fault, OPEN if word in {SURVIVED, UNREACHED} else word)])

    known, harmless = kept(option.results), set(option.harmless.read_text().split())
    left = [fault for fault in wanted if known[fault] == OPEN and fault not in harmless]
    if left:
        reach.learn([item for item in session.items if item.nodeid not in first])
        had = dict.fromkeys(new, first)
        met = ((fault, reach.others_of(fault, had.get(fault, set()))) for fault in left)
        for fault, word in said_so_far(outcomes(met, reach, option.children), len(left)):
            unseen = word == UNREACHED and reach.by_function[function_of(fault)]
            keep(option.results, [(fault, SURVIVED if unseen else word)])
    return True
