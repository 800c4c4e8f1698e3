"""A relay on the loopback that takes mail as RFC 5321 says, and misbehaves as it is told."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

# What the relay does with the message of a number, from 0.
TAKE, REFUSE, LATER, HANG_UP, HANG_UP_AFTER, SILENT = "take", "refuse", "later", "hang-up", "hang-up-after", "silent"
# A relay that reads a letter through before it answers.
SLOW, TAKES_TIME = "slow", 1.0
# A relay that knows one address no more, puts it off, or closes at it.
REFUSE_ONE, DEFER_ONE, CLOSE_ONE, UNKNOWN = "refuse-one", "defer-one", "close-one", b"b@example.fr"

ONE = {REFUSE_ONE: "550 unknown", DEFER_ONE: "450 later", CLOSE_ONE: "421 closing"}
ANSWERS = {(b"RCPT", REFUSE): "550 unknown", (b"MAIL", LATER): "451 later"}


@dataclass
class Mailbox:
    """What was taken."""

    behaves: Callable[[int], str]
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def relay(self) -> str:
        """Return its address."""
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def mailbox(behaves: Callable[[int], str] = lambda number: TAKE) -> Iterator[Mailbox]:
    """Take mail until the end of the block."""
    box = Mailbox(behaves=behaves)
    with _Server(("127.0.0.1", 0), partial(Session, box=box)) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield box
        finally:
            box.over.set()
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    # Where this end closes a connection first, the kernel holds its port for a minute; a test may listen there again.
    allow_reuse_address = True


class Session(socketserver.StreamRequestHandler):
    """Talk to one sender."""

    timeout = 30

    def __init__(self, *arguments: Any, box: Mailbox) -> None:
        self.box = box
        super().__init__(*arguments)

    def say(self, line: str) -> None:
        """Answer one line."""
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        """Talk until the other side goes, or as told."""
        number, self.box.connections = self.box.connections, self.box.connections + 1
        how = self.box.behaves(number)
        if how == SILENT:
            self.box.over.wait()
            return
        self.say("220 loopback")
        while line := self.rfile.readline():
            word = b"".join(line.split()[:1]).upper()
            if word == b"DATA":
                self.data(how)
                if how in (HANG_UP, HANG_UP_AFTER):
                    return
            elif word == b"QUIT":
                self.say("221 bye")
                return
            elif how in ONE and word == b"RCPT" and UNKNOWN in line:
                self.say(ONE[how])
                if how == CLOSE_ONE:
                    return
            else:
                self.say(ANSWERS.get((word, how), "250 fine"))

    def data(self, how: str) -> None:
        """Take a letter."""
        if how == HANG_UP:
            return
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.box.letters.append(letter)
        if how == SLOW:
            self.box.over.wait(TAKES_TIME)
        if how != HANG_UP_AFTER:
            self.say("250 taken")
