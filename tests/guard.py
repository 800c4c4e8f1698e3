"""Refuses programs and sockets to a test that did not ask for them.

An audit hook sees every start of a program and every use of an address, whatever library makes it and in whatever
thread. It cannot be taken out again, so it asks what the running test may do. Socket pairs have no address and are
free; so is everything that runs outside a test's set-up and call.
"""

import ipaddress
import sys
from collections.abc import Sequence

PROGRAMS = frozenset(
    {"subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn"}
)
ADDRESSES = frozenset({"socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg"})
NAMES = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
WATCHED = PROGRAMS | ADDRESSES | NAMES

ANY_ADDRESS = frozenset({"", "0.0.0.0", "::"})


class Refused(BaseException):
    """Raised where a test did what it has no mark for; not an Exception, so that no code under test can swallow it."""


class Guard:
    """What the running test may do; everything, as long as none runs."""

    def __init__(self) -> None:
        self._marks: frozenset[str] | None = None

    def begin(self, marks: Sequence[str]) -> None:
        """Hold the test that begins to its marks."""
        self._marks = frozenset(marks)

    def end(self) -> None:
        """Let everything pass until the next test: what a fixture started must be ended, anyone who comes last."""
        self._marks = None

    def watch(self, event: str, arguments: Sequence[object]) -> None:
        """Judge one audit event; raise Refused where the running test has no mark for it."""
        if self._marks is None:
            return
        if event in PROGRAMS and "programs" not in self._marks:
            raise Refused(f"{event} {arguments!r:.200}: mark this test with pytest.mark.programs, or start no program")
        if event in ADDRESSES or event in NAMES:
            address = arguments[1] if event in ADDRESSES else arguments[0]
            self._judge_address(event, address)

    def _judge_address(self, event: str, address: object) -> None:
        if self._marks is not None and "network" not in self._marks:
            raise Refused(f"{event} {address!r:.200}: mark this test with pytest.mark.network, or open no socket")
        if event in NAMES or isinstance(address, tuple):
            host = address[0] if isinstance(address, tuple) else address
            if not is_local(host, listening=event != "socket.connect"):
                raise Refused(f"{event} {address!r:.200}: a test never leaves this machine")


def is_local(host: object, *, listening: bool) -> bool:
    """Return whether a host's name or address stays on this machine; `.invalid` never resolves (RFC 6761)."""
    text = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")
    if text in ANY_ADDRESS:
        return listening
    if text == "localhost" or text.endswith(".invalid"):
        return True
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


GUARD = Guard()


def hear(event: str, arguments: tuple[object, ...]) -> None:
    """Let one audit event be judged where it may have to be: most are not, and `id` alone makes one each time."""
    if event in WATCHED:
        GUARD.watch(event, arguments)


sys.addaudithook(hear)
