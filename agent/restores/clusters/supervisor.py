"""The process that starts a restored cluster's server, or a client of it, confined to one folder; its end is the end.

`serve`: the server is a child. It is stopped where the file `stop` appears in the folder, where that folder is gone (on
a full disk no file can be made), or where this process is told to end; where it is killed, the kernel kills the server
too. No process that the server has started outlives it.
`ask`: this process becomes the program itself, with the same confinement.

Arguments: `serve` or `ask`, the folder, how many bytes each file may have, the program and its arguments.
"""

import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from agent.restores.confinement import landlock
from agent.restores.confinement.process_control import process_control
from agent.restores.confinement.server_calls import restrict_server

STOP = "stop"
# Exit: this kernel or this architecture cannot confine it.
UNCONFINED = 125
MEMORY = 4 * 1024**3
OPEN_FILES = 1024
_DEATH_SIGNAL, _ADOPT = 1, 36  # PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER
# After a fast stop a quick one, after that a kill.
FAST_SECONDS, QUICK_SECONDS, GONE_SECONDS = 20.0, 3.0, 5.0
# What a program is loaded from, what its library of names reads, and devices that hold nothing.
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache")
_READ = ("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/localtime", "/dev/urandom", "/dev/zero")


def main(arguments: Sequence[str]) -> None:
    """Serve or ask, as the module says."""
    purpose, folder, largest, *program = arguments
    landlock.forgo_privileges()
    if landlock.version() == 0:
        sys.stderr.write("this kernel has no Landlock\n")
        sys.exit(UNCONFINED)
    if purpose == "ask":
        _become(program, folder, int(largest), reaches=True)
    sys.exit(_serve(program, folder, int(largest)))


def _serve(program: Sequence[str], folder: str, largest: int) -> int:
    awaited = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    process_control(_ADOPT, 1)
    server = os.fork()
    if server == 0:
        process_control(_DEATH_SIGNAL, signal.SIGKILL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, awaited)
        os.dup2(sys.stdout.fileno(), sys.stderr.fileno())  # its words are heard as they come
        _become(program, folder, largest, reaches=False)
    status, asked = None, 0.0
    while status is None:
        heard = signal.sigtimedwait(awaited, 0.1)
        ended = heard is not None and heard.si_signo != signal.SIGCHLD
        if not asked and (ended or os.path.lexists(os.path.join(folder, STOP)) or not os.path.exists(folder)):
            asked = time.monotonic() + (0.0 if ended else FAST_SECONDS)
            os.kill(server, signal.SIGQUIT if ended else signal.SIGINT)
        elif asked and time.monotonic() > asked + QUICK_SECONDS:
            os.kill(server, signal.SIGKILL)
        elif asked and time.monotonic() > asked:
            os.kill(server, signal.SIGQUIT)
        status = _buried(server)
    _end_adopted()
    return os.waitstatus_to_exitcode(status)


def _buried(server: int) -> int | None:
    """Bury every child that has ended; return the server's status once it is among them."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == server:
                return status
            if pid == 0:
                return None
    return None


def _end_adopted() -> None:
    """Kill what the server has left, of which this process is the parent now."""
    end = time.monotonic() + GONE_SECONDS
    while time.monotonic() < end:
        for pid in _children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
            time.sleep(0.01)
            continue
        return


def _children() -> list[int]:
    return [int(word) for word in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def _become(program: Sequence[str], folder: str, largest: int, *, reaches: bool) -> None:
    for name, wanted in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(name)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(name, (value, value))
    granted = dict.fromkeys(_SYSTEM, landlock.RUN) | dict.fromkeys(_READ, landlock.READ)
    # What goes to /dev/null goes nowhere; what is in the folder is never run.
    granted |= {"/dev/null": landlock.WRITE, os.path.dirname(program[0]): landlock.RUN, folder: landlock.OWN}
    landlock.restrict(granted)
    if not restrict_server(reaches=reaches):
        sys.stderr.write("the system calls of this architecture are not known here\n")
        os._exit(UNCONFINED)
    os.umask(0o077)
    os.chdir(folder)
    os.execv(program[0], list(program))
