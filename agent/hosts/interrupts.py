"""Defer Ctrl-C, and what ends a command likewise, while KeyboardInterrupt would lose what was just started."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end of the block, not within it. Only the main thread is ever interrupted."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    # Not a mask: the program that is started would inherit it.
    alike = [one for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is handler]
    for one in alike:
        signal.signal(one, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        for one in alike:
            signal.signal(one, handler)
        if came:
            handler(*came[0])
