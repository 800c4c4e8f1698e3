"""What holds for every test: no accidents, no leftovers of the machine's environment, reproducible examples."""

import os
import signal
from collections.abc import Iterator

import hypothesis
import pytest

from tests.guard import GUARD

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
# For tests/run --mutation, which runs the same tests some thousand times.
hypothesis.settings.register_profile("few", deadline=None, derandomize=True, database=None, max_examples=20)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

# What would steer the program or restic from outside.
FOREIGN = ("BEFFROI_", "RESTIC_", "AWS_", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_")


def pytest_configure() -> None:
    """Let SIGINT through to the programs of the tests: anyone who starts the suite in the background has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
