"""Handle Ctrl-C, SIGTERM and a lost connection in a command that runs programs: end them, then the command."""

import signal
from types import FrameType

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_programs_when_interrupted() -> None:
    """From now on, let each of these signals end what was started before they end this program, with its exit code 130.

    Each program has a session of its own, so that a terminal's Ctrl-C does not reach it. A session that ends says so
    more than once, while what was restored is being removed: after the first time, Ctrl-C alone is heard.
    """
    from agent.hosts.run import stop_all

    def end(number: int, frame: FrameType | None) -> None:
        for other in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, heard)
        stop_all()
        raise KeyboardInterrupt

    def heard(number: int, frame: FrameType | None) -> None: ...

    for number in INTERRUPTS:
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, end)
