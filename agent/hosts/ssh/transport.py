"""SSH connection on which one thread alone speaks of a channel: nothing follows the channel's CLOSE.

paramiko answers CLOSE in a thread of its own. An EOF or an input that another thread is sending may then follow, and
sshd disconnects for a message about a channel that is gone (RFC 4254, 5.3): every question on that connection fails.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar

import paramiko
from paramiko.common import MSG_CHANNEL_CLOSE, MSG_CHANNEL_EOF

Handler = Callable[[paramiko.Channel, paramiko.Message], None]
HANDLERS: Mapping[int, Handler] = paramiko.Transport._channel_handler_table  # type: ignore[attr-defined]  # untyped


def mark_closed(channel: paramiko.Channel, message: paramiko.Message) -> None:
    """Note the far side's CLOSE: its outputs are over. `Channel.close` answers it."""
    if channel.closed:
        HANDLERS[MSG_CHANNEL_CLOSE](channel, message)
        return
    HANDLERS[MSG_CHANNEL_EOF](channel, message)
    # An exit status, or the answer to a request, does not come any more.
    channel.status_event.set()
    channel.event.set()


class ClientTransport(paramiko.Transport):
    """A connection to a host; the user of a channel closes it, even after the far side has."""

    _channel_handler_table: ClassVar[Mapping[int, Handler]] = {**HANDLERS, MSG_CHANNEL_CLOSE: mark_closed}
