"""Turns at making pages and scrapes: few at once, few that wait, and health at any time."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from agent.export.http.request import RequestRefused
from agent.export.http.server import HttpServer
from agent.export.http.turns import ClientTurns
from agent.export.snapshot import Snapshot
from tests.parts.processes import wait_until
from tests.parts.web import StillSite, connect, get, port_of, received, understood

ASKED = 40


@dataclass
class SlowSite(StillSite):
    """A site whose snapshot takes until it is let go; `made` counts those that are being made."""

    go: threading.Event = field(default_factory=threading.Event)
    made: list[int] = field(default_factory=list)

    def snapshot(self) -> Snapshot:
        """Wait, then return what is shown."""
        self.made.append(1)
        self.go.wait(20)
        return super().snapshot()


@pytest.fixture
def slow() -> Iterator[tuple[SlowSite, int]]:
    """Serve a slow site without a password."""
    site = SlowSite()
    with HttpServer("127.0.0.1:0", site) as server:
        yield site, port_of(server)
        site.go.set()


@pytest.mark.network
@pytest.mark.parametrize(("path", "at_once"), [("/", 2), ("/api/verdicts", 2), ("/metrics", 1)])
def test_who_asks_without_end_gets_few_answers_at_once(slow: tuple[SlowSite, int], path: str, at_once: int) -> None:
    """The rest wait or are refused: sixty at once left the daemon's loop no time, and its watchdog ended it."""
    site, port = slow
    with ExitStack() as open_ones:
        asking = [open_ones.enter_context(connect(port, timeout=30)) for _ in range(ASKED)]
        for one in asking:
            one.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert wait_until(lambda: len(site.made) == at_once)
        assert get(port, "/healthz").status == 200
        assert len(site.made) == at_once
        site.go.set()
        answers = [understood(received(one)).status for one in asking]
    assert set(answers) <= {200, 503}


def test_a_turn_that_ended_in_an_error_is_free_again() -> None:
    turns = ClientTurns(1, "too many")
    with pytest.raises(ValueError, match="of ours"), turns.turn():
        raise ValueError("of ours")
    with turns.turn():
        assert turns._free._value == 0


def test_who_finds_too_many_waiting_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.export.http.turns.SECONDS", 0.0)
    turns = ClientTurns(1, "too many")
    with turns.turn(), pytest.raises(RequestRefused, match="too many"), turns.turn():
        raise AssertionError("it was given")
