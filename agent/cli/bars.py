"""The bars of a terminal; apart, since drawing them needs rich and most commands draw none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from agent.cli.screen import coloured

Begin = Callable[[str], Callable[[float], None]]


@contextmanager
def bars(stream: TextIO) -> Iterator[Begin]:
    """Give a function that opens a bar on the stream; rich keeps the threads apart."""
    console = Console(file=stream, force_terminal=True, color_system="standard" if coloured() else None)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as drawn:

        def begin(label: str) -> Callable[[float], None]:
            task = drawn.add_task(label, total=1.0)
            return lambda share: drawn.update(task, completed=min(max(share, 0.0), 1.0))

        yield begin
