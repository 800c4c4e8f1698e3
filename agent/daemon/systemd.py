"""Send the state of the service to systemd: sd_notify(3) over a datagram socket.

Source: sd_notify(3), «Notes»: one datagram of KEY=VALUE lines to $NOTIFY_SOCKET, whose leading @ stands for NUL.
"""

import os
import socket
from datetime import timedelta

# The status line of a daemon that is well; `beffroi install` waits for it.
WELL = "watching"


def notify(*lines: str) -> bool:
    """Send some `KEY=VALUE` lines; return whether anyone is listening."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as datagram:
            datagram.settimeout(1)
            datagram.connect(address)
            datagram.sendall("\n".join(lines).encode())
    except OSError:
        return False
    return True


def watchdog_interval() -> timedelta | None:
    """Return how often systemd wants to hear from this very process, or None where it does not."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        return timedelta(microseconds=int(os.environ["WATCHDOG_USEC"]))
    except (KeyError, ValueError):
        return None
