"""systemd is told in its own protocol, and no one is told where no one listens."""

import os
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from agent.daemon.systemd import notify, watchdog_interval


@pytest.mark.network
@pytest.mark.parametrize("abstract", [False, True], ids=["a path", "an abstract name"])
def test_each_line_reaches_the_socket_that_systemd_names(
    abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"@beffroi-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name.replace("@", "\0", 1) if abstract else name)
        listener.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        assert notify("READY=1", "STATUS=watching")
        assert listener.recv(4096) == b"READY=1\nSTATUS=watching"


def test_nobody_is_told_where_nobody_listens() -> None:
    assert not notify("READY=1")


@pytest.mark.network
def test_a_socket_that_is_gone_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not notify("READY=1")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_fed_only_where_systemd_wants_it_of_this_process(
    environment: dict[str, str], expected: timedelta | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert watchdog_interval() == expected
