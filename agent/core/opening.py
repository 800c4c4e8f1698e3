"""Restored files opened as what they are, in a process of their own that may die of them. See agent.core.openers."""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path

from agent.core.deadline import Deadline
from agent.core.ending import dying_with_us
from agent.core.errors import LookError, Stopped, TimedOut
from agent.core.host import Host
from agent.core.openers.opener import Holds

BATCH = 20_000
# What one process is given for its batch; the file at which its time is up may take this much more.
BATCH_SECONDS = 60.0
GRACE_SECONDS = 120.0
# The installation that this very module belongs to, whatever the child's own path says.
_HOME = Path(__file__).resolve().parents[2]
_CODE = "import sys; sys.path.insert(0, sys.argv[1]); from agent.core.openers.child import main; main(sys.argv[2:])"
_AT = re.compile(r"at (\d{1,6})")
_SAID = re.compile(r"(\d{1,6}) ([a-z-]{1,20}) (document|database|dump) (opened|broken|not-told)")
_DONE = re.compile(r"done (\d{1,6})")


class Opening(Enum):
    """Tell what opening a file came to."""

    OPENED = "opened"
    BROKEN = "broken"
    NOT_TOLD = "not-told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Hold what one file came to, by its number among those asked about; `kind` is empty where it is not known."""

    number: int
    kind: str
    holds: Holds
    opening: Opening

    def blames(self, *, as_in_source: bool) -> bool:
        """Tell whether the copy is at fault for a file that does not open, or the source that holds it just so."""
        if self.opening is not Opening.BROKEN or self.holds is Holds.DOCUMENT:
            return False
        return self.holds is Holds.DUMP or not as_in_source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """Hold what one process said: what it opened, how many files it got through, and at which one it died."""

    opened: tuple[Opened, ...]
    through: int
    died_at: int | None


def open_files(here: Host, paths: Sequence[bytes], timeout: timedelta, *, writable: bool) -> Iterator[Opened]:
    """Yield what each file of a known type came to; those that time did not suffice for are left out.

    `writable`: what a database needs to recover may be written beside it. Raises Stopped.
    """
    deadline = Deadline(timeout)
    begin = 0
    while begin < len(paths) and not deadline.passed:
        batch = paths[begin : begin + BATCH]
        answer = _asked(here, batch, min(BATCH_SECONDS, deadline.remaining()), writable=writable)
        for one in answer.opened:
            yield Opened(number=begin + one.number, kind=one.kind, holds=one.holds, opening=one.opening)
        if answer.died_at is not None:
            yield Opened(number=begin + answer.died_at, kind="", holds=Holds.DOCUMENT, opening=Opening.NOT_TOLD)
        if answer.through == 0:
            return  # it does not even start: nothing is known of any file
        begin += answer.through


def _asked(here: Host, batch: Sequence[bytes], seconds: float, *, writable: bool) -> _Answer:
    argv = (
        *dying_with_us(), sys.executable, "-I", "-c", _CODE, str(_HOME), str(seconds),
        "writable" if writable else "as-it-is",
    )  # fmt: skip
    stdin = b"".join(path + b"\0" for path in batch)
    shown = f"opening of {len(batch)} restored files"
    try:
        said = here.run(
            *argv, timeout=timedelta(seconds=seconds + GRACE_SECONDS), stdin=stdin, accept=None, shown=shown
        ).stdout
    except Stopped:
        raise
    except TimedOut:
        return _Answer(opened=(), through=min(1, len(batch)), died_at=0)
    except LookError:
        return _Answer(opened=(), through=0, died_at=None)
    return parse(said, len(batch))


# at 3
# 3 sqlite database opened
# done 20
def parse(said: bytes, asked: int) -> _Answer:
    """Return what a process said of so many files; one that died is known by its missing last line."""
    found: dict[int, Opened] = {}
    at = through = None
    for line in said.decode(errors="replace").splitlines():
        if (begun := _AT.fullmatch(line)) is not None:
            at = int(begun[1])
        elif (told := _SAID.fullmatch(line)) is not None and int(told[1]) < asked:
            number, kind, holds, opening = told.groups()
            found[int(number)] = Opened(number=int(number), kind=kind, holds=Holds(holds), opening=Opening(opening))
        elif (done := _DONE.fullmatch(line)) is not None:
            through = min(int(done[1]), asked)
    if through is not None:
        return _Answer(opened=tuple(found.values()), through=through, died_at=None)
    if at is None or at >= asked:
        return _Answer(opened=(), through=0, died_at=None)
    died_at = None if at in found else at
    return _Answer(opened=tuple(found.values()), through=at + 1, died_at=died_at)
