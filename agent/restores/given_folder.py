"""The folder that an exercise was asked to restore into, where what comes back stays."""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from agent.core.errors import UsageError
from agent.core.files import changers_of_way, other_writers, shown
from agent.restores.deep_folders import remove

_TO_ENTER = stat.S_IXGRP | stat.S_IXOTH


def hold_to_given(into: Path | None) -> None:
    """Raise UsageError where a folder asked for is none, not empty, or one that another account may write or enter.

    Who writes there could put a link there while files are restored, and choose what is written over. Who enters could
    run a program that came back with the right to be run as its owner, which is the agent's user here.
    """
    if into is None:
        return
    if os.path.lexists(into):
        _hold_to_empty(into)
        if os.stat(into).st_mode & _TO_ENTER:
            raise UsageError(f"--into: {shown(into)} may be entered by other accounts", f"chmod 0700 {shown(into)}")
    writers = _writers(into)
    if writers is not None:
        raise UsageError(
            f"--into: {shown(into)} may be written by {writers}",
            "name a folder that only its owner may write in, above it too: install -d -m 0700 -o beffroi DIR",
        )


def _hold_to_empty(into: Path) -> None:
    try:
        empty = into.is_dir() and not into.is_symlink() and not os.listdir(into)
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        raise UsageError(f"--into: {shown(into)} cannot be read: {why}", "name another folder") from error
    if not empty:
        raise UsageError(f"--into: {shown(into)} is not an empty folder", "nothing is ever overwritten: name another")


def _writers(into: Path) -> str | None:
    """Return who else may write in a folder, or put another in its place; None: no one."""
    if os.path.lexists(into):
        return other_writers(into)
    try:
        # In a sticky folder, such as /tmp, what is made there is its maker's, and its owner's: of /tmp, root.
        return changers_of_way(into.absolute().parent)
    except OSError:
        return None


@contextmanager
def given_folder(into: Path) -> Iterator[Path]:
    """Give the folder, made where it is missing; after an error it is as it was before. Raises OSError, UsageError."""
    # Since it was asked for, another account may have put a folder or a link there.
    hold_to_given(into)
    made = not os.path.lexists(into)
    if made:
        into.mkdir(mode=0o700)
    with ExitStack() as undo:
        undo.callback(_empty, into, made=made)
        yield into
        undo.pop_all()


def _empty(folder: Path, *, made: bool) -> None:
    for entry in list(folder.iterdir()):
        remove(entry)
    if made:
        folder.rmdir()
