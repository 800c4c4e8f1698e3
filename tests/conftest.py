"""What holds for every test: no accidents, no leftovers of the machine's environment, reproducible examples."""

import gc
import os
import signal
from collections.abc import Iterator

import hypothesis
import pytest

from tests.guard import GUARD

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
    "tests/contract/test_launcher.py",
    "tests/collectors/network/test_flows.py",
    "tests/export/test_detail_pages_in_browser.py",
    "tests/installation/test_install.py",
    "tests/collectors/access/test_policies.py",
    "tests/end_to_end/test_samples.py",
    "tests/end_to_end/test_first_path.py",
    "tests/end_to_end/test_drill.py",
    "tests/end_to_end/test_audit.py",
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
    """Put the longest files first; those of one file stay together."""
    gc.freeze()
    items.sort(key=lambda item: place_in_line(item.nodeid.partition("::")[0]))


def place_in_line(file: str) -> int:
    """Return where a file of tests stands among those to run, the longest first."""
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
