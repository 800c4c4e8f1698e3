"""Try one network flow once. Its text is sent to the machine that tries, which needs Python 3.7 and nothing else.

Arguments: protocol (tcp, udp), host, port, seconds. One line for each address of the host's name, tabs between: the
outcome, the address, and `here` where it is one of that machine's own:

    filtered	192.0.2.9	far

connect(2), udp(7): a TCP connection that no one answers, or a datagram that no one answers, runs into the deadline; an
ICMP message becomes an error of the socket, whichever the protocol.
"""

import errno
import select
import socket
import sys
import time
from typing import Any

MOST_ADDRESSES = 8
LONGEST_ANSWER = 2048
AGAIN_SECONDS = 1.0

REFUSED = {errno.ECONNREFUSED, errno.ECONNRESET}
# EACCES: a route that prohibits. ENETUNREACH and EADDRNOTAVAIL: no route, or no address of that family at all.
UNREACHABLE = {errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.EACCES, errno.ECONNABORTED, errno.ENETDOWN}
NO_ROUTE = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL}
PENDING = {errno.EINPROGRESS, errno.EAGAIN, errno.EINTR}

# What makes a server of the port answer: the root's name servers (RFC 1035), the time (RFC 5905, mode 3).
PROBES = {
    53: bytes([0x42, 0x46, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1]),
    123: bytes([0x23]) + bytes(47),
}


def answer_of(code: int) -> str:
    """Return the word for an error of a socket."""
    if code in REFUSED:
        return "refused"
    if code == errno.ETIMEDOUT:
        return "filtered"
    if code in UNREACHABLE:
        return "unreachable"
    if code in NO_ROUTE:
        return "no-route"
    return "error"


def connect(family: int, address: "tuple[Any, ...]", seconds: float) -> str:
    """Return what came of one TCP connection."""
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.settimeout(seconds)
        try:
            door.connect(address)
        except socket.timeout:  # noqa: UP041  # TimeoutError only from Python 3.10 on
            return "filtered"
        except OSError as error:
            return answer_of(error.errno or 0)
    return "open"


def exchange(family: int, address: "tuple[Any, ...]", seconds: float) -> str:
    """Return what came of a datagram that is sent each second: only an answer shows that it passed."""
    probe = PROBES.get(address[1], b"\n")
    ends = time.monotonic() + seconds
    with socket.socket(family, socket.SOCK_DGRAM) as door:
        door.setblocking(False)
        try:
            door.connect(address)
            while time.monotonic() < ends:
                door.send(probe)
                again = min(ends, time.monotonic() + AGAIN_SECONDS)
                if select.select([door], [], [], max(0.0, again - time.monotonic()))[0]:
                    door.recv(LONGEST_ANSWER)
                    return "open"
        except OSError as error:
            return answer_of(error.errno or 0)
    return "silent"


def place(family: int, address: "tuple[Any, ...]") -> str:
    """Return `here` for an address of this machine, else `far`; nothing is sent for it."""
    with socket.socket(family, socket.SOCK_DGRAM) as door:
        try:
            door.connect(address)
            return "here" if door.getsockname()[0] == address[0] else "far"
        except OSError:
            return "far"


def main(protocol: str, host: str, port: str, seconds: str) -> None:
    """Write what came of each address; the deadline is for all of them."""
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    try:
        found = socket.getaddrinfo(host, int(port), type=kind)
    except socket.gaierror as error:
        sys.exit(f"unresolved: {error.strerror}")
    unique = list(dict.fromkeys((entry[0], entry[4]) for entry in found))[:MOST_ADDRESSES]
    attempt = exchange if protocol == "udp" else connect
    ends = time.monotonic() + float(seconds)
    for index, (family, address) in enumerate(unique):
        share = max(0.1, (ends - time.monotonic()) / (len(unique) - index))
        sys.stdout.write(f"{attempt(family, address, share)}\t{address[0]}\t{place(family, address)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:5])
