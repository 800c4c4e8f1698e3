"""Command prefix that makes a child die with this process (`PR_SET_PDEATHSIG`)."""

from datetime import timedelta
from functools import cache

from agent.core.errors import LookError
from agent.core.host import Command
from agent.hosts.run import run_program

WORDS = ("setpriv", "--pdeathsig", "KILL", "--")


@cache
def dying_with_us() -> tuple[str, ...]:
    """Return the words to put before a program's own; none where setpriv does not work, which is tried once.

    It sets its capabilities to what they are, which the sandbox of our own unit refuses (capset of @privileged). There
    systemd ends whatever is left of a service that was killed.
    """
    try:
        tried = run_program(Command(argv=(*WORDS, "true"), timeout=timedelta(seconds=10)))
    except LookError:
        return ()
    return WORDS if tried.status == 0 else ()
