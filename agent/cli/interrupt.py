"""Handle Ctrl-C, SIGTERM and a lost connection in a command that runs programs: end them, then the command."""

import signal
from types import FrameType

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_programs_when_interrupted() -> None:
    """From now on, let each of these signals end what was started before they end this program, with its exit code 130.

    Each program has a session of its own, so that a terminal's Ctrl-C does not reach it.
    """
    from agent.hosts.run import stop_all

    def end(number: int, frame: FrameType | None) -> None:
        stop_all()
        raise KeyboardInterrupt

    for number in INTERRUPTS:
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, end)
