"""Nothing follows the CLOSE of a channel, whichever thread is behind."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paramiko
import pytest
from paramiko.common import MSG_CHANNEL_CLOSE, MSG_CHANNEL_EOF

from agent.core.deadline import Deadline
from agent.hosts.ssh.channel import converse
from agent.hosts.ssh.connection import close, connect
from agent.hosts.ssh.route import route
from tests.hosts.ssh.remote import LONG, asked, configured
from tests.parts.sshd import running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]


@contextmanager
def late_ends(transport: Any) -> Iterator[None]:
    """Hold the end of an input back until the far side's CLOSE has been taken in."""
    answered, send, handlers = threading.Event(), transport._send_user_message, transport._channel_handler_table

    def answer(channel: paramiko.Channel, message: paramiko.Message) -> None:
        handlers[MSG_CHANNEL_CLOSE](channel, message)
        answered.set()

    def hold(message: paramiko.Message) -> None:
        if message.asbytes()[0] == MSG_CHANNEL_EOF and threading.current_thread() is not transport:
            assert answered.wait(LONG.total_seconds())
        send(message)

    transport._channel_handler_table = {**handlers, MSG_CHANNEL_CLOSE: answer}
    transport._send_user_message = hold
    yield
    transport._channel_handler_table, transport._send_user_message = handlers, send


def status(transport: paramiko.Transport) -> int | None:
    channel = transport.open_session(timeout=LONG.total_seconds())
    try:
        channel.exec_command("true")
        return converse(channel, b"", 1000, Deadline(LONG)).status
    finally:
        channel.close()


def test_an_end_that_is_sent_late_leaves_the_connection_whole(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as sshd:
        way = connect(route(asked(sshd), configured(sshd)), LONG)
        try:
            with late_ends(way[-1]):
                assert status(way[-1]) == 0
            assert status(way[-1]) == 0
        finally:
            close(way)
