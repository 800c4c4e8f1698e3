"""Show the progress of long work on standard error, on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from agent.wording.inert import inert

Begin = Callable[[str], Callable[[float], None]]


@contextmanager
def progress(stream: TextIO | None = None) -> Iterator[Begin]:
    """Give a function that opens a bar by its label and returns what tells it how far it is, from 0 to 1.

    Both may be called from several threads. Nothing is shown where the stream is no terminal; the bars are
    gone when the work is.
    """
    stream = sys.stderr if stream is None else stream
    if not stream.isatty():
        yield _unseen
        return
    from agent.cli.bars import bars

    with bars(stream) as begin:
        yield lambda label: begin(inert(label))


def _unseen(label: str) -> Callable[[float], None]:
    return lambda share: None
