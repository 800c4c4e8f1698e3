"""What holds for every test: no accidents, no leftovers of the machine's environment, reproducible examples."""

import gc
import os
import signal
from collections.abc import Iterable, Iterator

import hypothesis
import pytest

from tests.fleet.databases import empty, laid, server
from tests.guard import GUARD

# Of one server for the session: what each module imported would be a server of its own.
__all__ = ["empty", "laid", "server"]

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
# For tests/run, and for --mutation, which runs the same tests some thousand times: the search is left to --thorough.
hypothesis.settings.register_profile("few", deadline=None, derandomize=True, database=None, max_examples=20)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=500, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

# What would steer the program or restic from outside.
FOREIGN = ("BEFFROI_", "RESTIC_", "AWS_", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_")

# The longest files, most of them half a minute or more: given out first, so that no worker is left with one at the end.
LONGEST = (
    "tests/contract/test_tools.py",
    "tests/collectors/files/test_faults.py",
    "tests/contract/test_launcher.py",
    "tests/collectors/network/test_flows.py",
    "tests/export/test_detail_pages_in_browser.py",
    "tests/installation/test_install.py",
    "tests/collectors/access/test_policies.py",
    "tests/end_to_end/test_samples.py",
    "tests/end_to_end/test_first_path.py",
    "tests/end_to_end/test_drill.py",
    "tests/end_to_end/test_audit.py",
    "tests/report/test_evidence.py",
    "tests/queries/test_fleet_material.py",
    "tests/report/test_page_in_browser.py",
    "tests/collectors/barman/test_catalogue.py",
    "tests/faults/test_daemon.py",
    "tests/report/test_evidence_of_entries.py",
    "tests/security/test_sshd.py",
    "tests/end_to_end/test_notifier.py",
    "tests/end_to_end/test_alerting.py",
    "tests/faults/test_copies.py",
    "tests/faults/test_state.py",
    "tests/faults/test_clock.py",
    "tests/rules/test_written.py",
    "tests/accounting/test_seen_stays_seen.py",
    "tests/cli/test_report.py",
    "tests/publishing/test_reports.py",
)
# After these: few tests, each a scene of its own. All others are short, or many in a file.
LONG = ("tests/end_to_end/", "tests/faults/", "tests/contract/", "tests/installation/")


def pytest_configure() -> None:
    """Let SIGINT through to the programs of the tests, and search for rubbish rarely: what is imported lasts."""
    gc.set_threshold(50_000)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in the order in which they are given out; the tests of one file stay together."""
    gc.freeze()
    order = places([file_of(item) for item in items])
    items.sort(key=lambda item: order[file_of(item)])


def file_of(item: pytest.Item) -> str:
    """Return the file of a test."""
    return item.nodeid.partition("::")[0]


def places(files: Iterable[str]) -> dict[str, float]:
    """Return where each file stands among those to run, from 0 to 1: the long ones up to 0.8, the longest first.

    A long one waits for programs four fifths of its time, and most of the others compute: side by side, they leave the
    processor idle neither at first nor at the end.
    """
    every = list(dict.fromkeys(files))
    waiting = sorted((file for file in every if place_in_line(file) <= len(LONGEST)), key=place_in_line)
    computing = [file for file in every if place_in_line(file) > len(LONGEST)]
    return {
        **{file: 0.8 * number / len(waiting) for number, file in enumerate(waiting)},
        **{file: number / len(computing) for number, file in enumerate(computing)},
    }


def place_in_line(file: str) -> int:
    """Return how long a file of tests takes: its place among the longest, then whether it is short."""
    if file in LONGEST:
        return LONGEST.index(file)
    return len(LONGEST) + (not file.startswith(LONG))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Hold the test and the fixtures that it sets up to its marks."""
    GUARD.begin([mark.name for mark in item.iter_markers()])
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Let go of the test, so that every fixture can end what it started."""
    GUARD.end()
    return (yield)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.startswith(FOREIGN):
            monkeypatch.delenv(name)
