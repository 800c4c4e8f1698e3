"""The privileged reader: answers one question of the daemon's with what root alone may see of this machine.

systemd starts it for each connection, as a user of its own whose few capabilities read and nothing else
(systemd/beffroi-reader@.service), with the connection as standard input and output. Who asks is told by the kernel
(SO_PEERCRED, unix(7)). What is asked is held to a closed list; then this process becomes the shell that carries out
root.sh, whose text is all that ever runs here. No word of the asker's becomes a path, a program or an option.

It imports the standard library alone, and is meant to be read through at once.
"""

import os
import pwd
import re
import signal
import socket
import struct
import sys
import time
from pathlib import Path

SCRIPT = Path(__file__).with_name("root.sh")
REQUESTS = frozenset(
    {b"processes", b"firewall", b"accounts", b"sudo", b"doors", b"policies", b"keys", b"traces", b"coverage"}
)
# What sshd is asked about (`-C`, sshd(8)): an account, and where a connection comes from and goes to.
QUESTION = re.compile(
    rb"user=[^\x00-\x20\x7f,=/:]{1,64},host=[0-9A-Za-z.:_%-]{1,255},addr=[0-9A-Fa-f.:%]{2,64}"
    rb"(?:,laddr=[0-9A-Za-z.:%_-]{1,64})?(?:,lport=[0-9]{1,5})?"
)
MOST_QUESTIONS = 2000
LONGEST = 512 * 1024
ASKING_SECONDS = 5.0
# An asker that does not take the answer is left then; the unit's own limit ends whatever remains.
ANSWERING_SECONDS = 100
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/"}


def asked_by(connection: socket.socket) -> int:
    """Return the user at the other end, by the kernel's own word."""
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _process, user, _group = struct.unpack("3i", told)
    return int(user)


def request_of(connection: socket.socket) -> bytes:
    """Return everything that is said until the asker has ended. Raises ValueError for what is too long or too late."""
    said = b""
    ends = time.monotonic() + ASKING_SECONDS
    while True:
        left = ends - time.monotonic()
        if left <= 0:
            raise ValueError("the request does not end")
        connection.settimeout(left)
        try:
            part = connection.recv(65536)
        except TimeoutError:
            continue
        if not part:
            return said
        said += part
        if len(said) > LONGEST:
            raise ValueError("the request is too long")


def hold(request: bytes) -> None:
    """Raise ValueError for what is not on the list."""
    word, *questions = request.split(b"\n")
    if word not in REQUESTS or not questions or questions.pop() != b"":
        raise ValueError("the request is none of the list")
    if questions and word != b"policies":
        raise ValueError("this request takes no questions")
    if len(questions) > MOST_QUESTIONS or not all(QUESTION.fullmatch(one) for one in questions):
        raise ValueError("a question is none for sshd")


def main() -> None:
    """Answer the connection that is standard input; the one argument is the name of the only user who may ask."""
    signal.alarm(ANSWERING_SECONDS)
    with socket.socket(fileno=os.dup(0)) as connection:
        try:
            if asked_by(connection) != pwd.getpwnam(sys.argv[1]).pw_uid:
                raise ValueError("the request comes from another user")
            request = request_of(connection)
            hold(request)
        except (OSError, ValueError, KeyError) as error:
            sys.exit(f"refused: {error}")
        connection.setblocking(True)
    handed_on = os.memfd_create("request", 0)
    os.write(handed_on, request)
    os.lseek(handed_on, 0, os.SEEK_SET)
    os.dup2(handed_on, 0)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execve("/bin/sh", ["sh", str(SCRIPT)], ENVIRONMENT)


if __name__ == "__main__":
    main()
