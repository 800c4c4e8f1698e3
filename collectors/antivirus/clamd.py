"""Speak with clamd through its socket, here or over SSH, with what the machine has: python3, socat, OpenBSD's nc.

One command a connection, in the form that ends with a null byte (clamd(8), «COMMANDS»).
"""

import re
from datetime import timedelta

from agent.core.errors import Denied, Exited, LookError, TimedOut, ToolMissing, Unreadable
from agent.core.host import Host, Output
from agent.core.lines import last_line, one_line

LONGEST_ANSWER = 64 * 1024
NO_TOOL = 97
STOPPED, FAILED = 96, 95

# Without a wait of its own: the door's deadline ends it. The answer's end is the connection's.
_PYTHON = (
    "import socket, sys\n"
    "door = socket.socket(socket.AF_UNIX)\n"
    "try:\n"
    "    door.connect(sys.argv[1])\n"
    "    door.sendall(sys.stdin.buffer.read())\n"
    "    while chunk := door.recv(65536):\n"
    "        sys.stdout.buffer.write(chunk)\n"
    "        if bytes(1) in chunk: break\n"
    "except OSError as error:\n"
    "    sys.exit(error.strerror or 'no answer')\n"
)
# Debian's socket unit starts a clamd that is stopped when it is asked: then nothing is asked.
_HELD = (
    'unit=$(systemctl list-sockets --no-legend --plain </dev/null 2>/dev/null | at=$(readlink -f -- "$1") awk '
    "'$1 == ENVIRON[\"at\"] && $NF ~ /[.]service$/ { print $NF; exit }' 2>/dev/null); "
    '[ -z "$unit" ] || case $(systemctl show --property=ActiveState -- "$unit" </dev/null 2>/dev/null) in '
    f"*=inactive) exit {STOPPED} ;; *=failed) exit {FAILED} ;; esac; "
)
# socat waits for the answer as long as the third argument says, once it has sent everything.
_SCRIPT = (
    f"{_HELD}"
    'if command -v python3 >/dev/null 2>&1; then exec python3 -I -c "$2" "$1"; fi; '
    'if command -v socat >/dev/null 2>&1; then exec socat -t "$3" - "UNIX-CONNECT:$1"; fi; '
    'if nc -h 2>&1 | grep -q OpenBSD; then exec nc -N -U "$1"; fi; '
    f"exit {NO_TOOL}"
)
# A comma or a colon would be an option to socat; clamd's own paths have neither.
_PLAIN = re.compile(r"/[A-Za-z0-9_./+-]{1,100}")


class NotListening(LookError):
    """Raised where nothing listens at the socket: the daemon is not running, which is an observation."""


def ask(host: Host, socket: str, command: bytes, timeout: timedelta) -> str:
    """Return what clamd answers to one command and its data, on one line.

    Raises NotListening, and where nothing can be said: ToolMissing, Denied, TimedOut, Unreadable, Exited.
    """
    if not _PLAIN.fullmatch(socket):
        raise Unreadable(f"the socket {one_line(socket)} of {host.id} has a name that cannot be passed on")
    output = host.run(
        "sh",
        "-c",
        _SCRIPT,
        "sh",
        socket,
        _PYTHON,
        str(max(1, int(timeout.total_seconds()))),
        timeout=timeout,
        stdin=command,
        accept=None,
        output_limit=LONGEST_ANSWER,
        shown=f"clamd at {socket}: {one_line(command.partition(bytes(1))[0])}",
    )
    return _answer(output, socket, host)


def _answer(output: Output, socket: str, host: Host) -> str:
    what = f"clamd at {socket} on {host.id}"
    if output.status == NO_TOOL:
        raise ToolMissing(
            f"{host.id} has no program that speaks with a socket", "install python3, socat or netcat-openbsd there"
        )
    if output.status == STOPPED:
        raise Unreadable(
            f"{what} is stopped, and its socket unit would start it at a question",
            "start it, or stop its socket unit too; as root there: systemctl status clamav-daemon",
        )
    if output.status == FAILED:
        raise NotListening(f"{what}: its unit has failed, and its socket unit would start it at a question")
    if output.truncated:
        raise Unreadable(f"{what} says more than {LONGEST_ANSWER} bytes")
    if output.status != 0:
        raise _refusal(output, what)
    answered, ended, _rest = output.stdout.partition(bytes(1))
    if not output.stdout:
        raise Exited(f"{what} closed the connection without an answer")
    if not ended:
        raise Unreadable(f"{what} gives an answer without an end: {one_line(output.stdout)}")
    return one_line(answered, 500)


def _refusal(output: Output, what: str) -> LookError:
    said = last_line(output.stderr)
    if re.search(r"No such file or directory|Connection refused|Not a directory", said):
        return NotListening(f"{what}: nothing listens there: {said}")
    if re.search(r"Permission denied|Operation not permitted", said):
        return Denied(
            f"{what} may not be reached by the account used there",
            "let it use the socket; as root there: clamdscan --version",
        )
    if "timed out" in said:
        return TimedOut(f"{what} did not answer: {said}")
    return Exited(f"{what} cannot be asked: {said or 'nothing was said'}")
