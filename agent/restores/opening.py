"""Open restored files in a confined process. See agent.restores.openers."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from pathlib import Path

from agent.core.deadline import Deadline
from agent.core.errors import LookError, Stopped, TimedOut
from agent.core.host import LARGE_OUTPUT, Host
from agent.hosts.parent_death import dying_with_us
from agent.restores.confinement import landlock
from agent.restores.confinement.system_calls import Purpose
from agent.restores.openers.child import SECONDS_A_FILE, openers
from agent.restores.openers.opener import (
    BESIDE,
    BrokenFile,
    ContentKind,
    CutFile,
    EndsHeard,
    Inconclusive,
    OpenerProgram,
)

# What a program may say of one file, which is kept in part alone.
UNPACKED_AT_MOST = 1 << 44
BATCH = 20_000
# What one process is given for its batch; the file at which its time is up may take this much more.
BATCH_SECONDS = 60.0
GRACE_SECONDS = 120.0
# The installation that this very module belongs to, whatever the child's own path says.
_HOME = Path(__file__).resolve().parents[2]
_CODE = "import sys; sys.path.insert(0, sys.argv[1]); from agent.restores.openers.child import main; main(sys.argv[2:])"
_AT = re.compile(r"at (\d{1,6})")
_SAID = re.compile(r"(\d{1,6}) ([a-z0-9-]{1,20}) (document|database|dump) (opened|broken|cut|not-told|apart)")
_DONE = re.compile(r"done (\d{1,6})")
# dump.sql.gz.aa, dump.sql.gzaa, disk.7z.001, disk.tar.00: the first part of what `split` cut to pieces.
_FIRST_PART = re.compile(rb"(?:\.?aa+|\.0+[01]|\.part0*1)\Z")


class Opening(Enum):
    """The result of opening a file."""

    OPENED = "opened"
    BROKEN = "broken"
    NOT_TOLD = "not-told"
    # Not yet: a process of its own must do it.
    APART = "apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """The result of one file, by its number among those asked about; `kind` is empty where it is not known.

    `cut`: one that is broken ends before its end.
    """

    number: int
    kind: str
    holds: ContentKind
    opening: Opening
    cut: bool = False

    def blames(self, *, as_in_source: bool) -> bool:
        """Return whether the copy is at fault for a file that does not open, or the source that holds it just so."""
        if self.opening is not Opening.BROKEN or self.holds is ContentKind.DOCUMENT:
            return False
        return self.holds is ContentKind.DUMP or not as_in_source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one process said: what it opened, how many files it got through, and at which one it died."""

    opened: tuple[OpenedFile, ...]
    through: int
    died_at: int | None


def unconfined() -> str | None:
    """Return what this kernel leaves open to a process that opens files, as a line of the log; None where nothing."""
    version = landlock.version()
    if version >= landlock.MOVE_SINCE:
        return None
    if version > 0:
        return "this kernel has no Landlock of Linux 5.19 or later: borg and pgBackRest restore nothing"
    return (
        "this kernel has no Landlock: borg and pgBackRest restore nothing, restored databases that have a journal are "
        "not opened, and the process that opens other restored files could read outside their folder"
    )


def open_files(
    here: Host, folder: Path, paths: Sequence[bytes], timeout: timedelta, *, writable: bool
) -> Iterator[OpenedFile]:
    """Yield the result of each file of a known type; those that time did not suffice for are left out.

    Nothing outside `folder`, which holds them all, is read. `writable`: what a database needs to recover may be written
    there, where this kernel holds the process to it. Raises Stopped.
    """
    for one in _each(here, folder, paths, Deadline(timeout), writable=writable):
        if one.cut and _FIRST_PART.search(paths[one.number]):
            # Its end lies in the files beside it.
            yield replace(one, opening=Opening.NOT_TOLD, cut=False)
        else:
            yield one


def _each(
    here: Host, folder: Path, paths: Sequence[bytes], deadline: Deadline, *, writable: bool
) -> Iterator[OpenedFile]:
    apart: list[OpenedFile] = []
    for one in _opened(here, folder, paths, deadline, Purpose.READ):
        if one.opening is Opening.APART:
            apart.append(one)
        else:
            yield one
    if not apart:
        return
    programs = {one.kind: one.program for one in openers() if one.program is not None}
    journaled: list[OpenedFile] = []
    for one in apart:
        program = programs.get(one.kind)
        if program is None:
            journaled.append(one)
        elif not deadline.passed:
            yield _run(here, one, paths[one.number], program, deadline)
    if writable and journaled:
        yield from _recovered(here, folder, journaled, paths, deadline)
    else:
        yield from (replace(one, opening=Opening.NOT_TOLD) for one in journaled)


def _opened(
    here: Host, folder: Path, paths: Sequence[bytes], deadline: Deadline, purpose: Purpose
) -> Iterator[OpenedFile]:
    begin = 0
    while begin < len(paths) and not deadline.passed:
        batch = paths[begin : begin + BATCH]
        answer = _asked(here, folder, batch, min(BATCH_SECONDS, deadline.remaining()), purpose)
        for one in answer.opened:
            yield replace(one, number=begin + one.number)
        if answer.died_at is not None:
            yield OpenedFile(
                number=begin + answer.died_at, kind="", holds=ContentKind.DOCUMENT, opening=Opening.NOT_TOLD
            )
        if answer.through == 0:
            return  # it does not even start: nothing is known of any file
        begin += answer.through


def _recovered(
    here: Host, folder: Path, journaled: Sequence[OpenedFile], paths: Sequence[bytes], deadline: Deadline
) -> Iterator[OpenedFile]:
    """Yield the result of databases with a journal, by links of their own: the rest of the folder stays as it is."""
    found: dict[int, Opening] = {}
    # Without room for a folder nothing is known of a database.
    with (
        suppress(OSError),
        tempfile.TemporaryDirectory(prefix=".recovering-", dir=folder, ignore_cleanup_errors=True) as name,
    ):
        linked: dict[int, bytes] = {}
        for one in journaled:
            # One that cannot be linked, by its name or that of a journal, is unknown alone: a user chose the names.
            with suppress(OSError):
                linked[one.number] = _linked(paths[one.number], Path(name, str(one.number)))
        numbers = tuple(linked)
        opened = _opened(here, Path(name), tuple(linked.values()), deadline, Purpose.WRITE)
        found = {numbers[one.number]: one.opening for one in opened}
    for one in journaled:
        opening = found.get(one.number, Opening.NOT_TOLD)
        yield replace(one, opening=Opening.NOT_TOLD if opening is Opening.APART else opening)


def _linked(path: bytes, place: Path) -> bytes:
    """Return the path of a database in a folder of its own, with its journals. Raises OSError."""
    place.mkdir()
    inner = os.path.join(os.fsencode(place), os.path.basename(path))
    os.link(path, inner, follow_symlinks=False)
    for suffix in map(str.encode, BESIDE):
        with suppress(FileNotFoundError):
            os.link(path + suffix, inner + suffix, follow_symlinks=False)
    return inner


def _run(here: Host, one: OpenedFile, path: bytes, program: OpenerProgram, deadline: Deadline) -> OpenedFile:
    seconds = min(SECONDS_A_FILE, deadline.remaining())
    argv = _argv(seconds, Purpose.RUN, Path(os.fsdecode(os.path.dirname(path))))
    heard = None if program.holds is None else EndsHeard()
    try:
        done = here.run(
            *argv,
            timeout=timedelta(seconds=seconds),
            stdin=path + b"\0",
            accept=None,
            output_limit=LARGE_OUTPUT if heard is None else UNPACKED_AT_MOST,
            shown=f"reading of a file as {one.kind}",
            hear=None if heard is None else heard.take,
        )
        if done.truncated:
            raise Inconclusive("it unpacks to more than is read")
        program.judge(done.status, done.stderr)
        if heard is not None and program.holds is not None:
            program.holds(heard.ends())
    except Stopped:
        raise
    except BrokenFile as broken:
        return replace(one, opening=Opening.BROKEN, cut=isinstance(broken, CutFile))
    except (Inconclusive, LookError):
        return replace(one, opening=Opening.NOT_TOLD)
    return replace(one, opening=Opening.OPENED)


def _argv(seconds: float, purpose: Purpose, folder: Path) -> tuple[str, ...]:
    code = (sys.executable, "-I", "-c", _CODE, str(_HOME))
    return (*dying_with_us(), *code, str(seconds), purpose.value, str(folder.absolute()))


def _asked(here: Host, folder: Path, batch: Sequence[bytes], seconds: float, purpose: Purpose) -> _Answer:
    stdin = b"".join(path + b"\0" for path in batch)
    shown = f"opening of {len(batch)} restored files"
    try:
        said = here.run(
            *_argv(seconds, purpose, folder),
            timeout=timedelta(seconds=seconds + GRACE_SECONDS),
            stdin=stdin,
            accept=None,
            output_limit=LARGE_OUTPUT,
            shown=shown,
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
    found: dict[int, OpenedFile] = {}
    at = through = None
    for line in said.decode(errors="replace").splitlines():
        if (begun := _AT.fullmatch(line)) is not None:
            at = int(begun[1])
        elif (told := _SAID.fullmatch(line)) is not None and int(told[1]) < asked:
            number, kind, holds, opening = told.groups()
            cut = opening == "cut"
            found[int(number)] = OpenedFile(
                number=int(number),
                kind=kind,
                holds=ContentKind(holds),
                opening=Opening.BROKEN if cut else Opening(opening),
                cut=cut,
            )
        elif (done := _DONE.fullmatch(line)) is not None:
            through = min(int(done[1]), asked)
    if through is not None:
        return _Answer(opened=tuple(found.values()), through=through, died_at=None)
    if at is None or at >= asked:
        return _Answer(opened=(), through=0, died_at=None)
    died_at = None if at in found else at
    return _Answer(opened=tuple(found.values()), through=at + 1, died_at=died_at)
