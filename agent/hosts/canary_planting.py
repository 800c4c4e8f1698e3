"""Write the day's canary into a source: the one thing that this program ever writes to what it watches.

Run as the backup's user, just before it. The file takes the old one's place whole, so that a backup that reads
meanwhile finds one or the other.
"""

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from agent.core.errors import LookError, Missing, UsageError
from agent.core.facts.canary import LIMIT, Canary, compose, ours
from agent.core.files import read_file, refusal, shown

MODE = 0o644
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def plant(path: Path, paths: Sequence[str], now: datetime) -> Canary:
    """Write a canary of this instant to a file and return it; `paths` are what the backup holds.

    Raises UsageError where the folder is not there, where the source holds nothing else (an unmounted disk must not
    look full), where the file is not one of ours, where a link within the source leads to it, and where it cannot be
    written.
    """
    _hold_to_ours(path)
    _hold_to_full(path, paths)
    canary = Canary(planted=now.replace(microsecond=0), nonce=secrets.token_hex(16))
    try:
        folder = _opened(path, paths)
        try:
            _replace(folder, path.name, compose(canary))
        finally:
            os.close(folder)
    except OSError as error:
        raise UsageError(
            f"{shown(path)} cannot be written: {os.strerror(error.errno or 0).lower()}",
            "run it as the user who runs the backup, with the source mounted for writing",
        ) from error
    return canary


def _opened(path: Path, paths: Sequence[str]) -> int:
    # Within the source a link may be a user's, who would have root write elsewhere; the source's own path is declared.
    above = [Path(one) for one in paths if path.parent.is_relative_to(one)]
    reached = min(above, key=lambda one: len(one.parts), default=path.parent)
    folder = os.open(reached, FOLDER)
    for name in path.parent.relative_to(reached).parts:
        reached /= name
        try:
            inner = os.open(name, FOLDER | os.O_NOFOLLOW, dir_fd=folder)
        except OSError as error:
            if not reached.is_symlink():
                raise
            raise UsageError(
                f"{shown(reached)} is a link, which no backup follows, hence no canary", "name another file as canary"
            ) from error
        finally:
            os.close(folder)
        folder = inner
    return folder


def _hold_to_ours(path: Path) -> None:
    for file in (path, path.with_name(_new(path.name))):
        try:
            content = read_file(file, limit=LIMIT, follow=False)
        except Missing:
            continue
        except LookError as error:
            raise UsageError(f"{error.message}, hence no canary", "name another file as canary") from error
        # What a killed run left behind may be empty; the canary itself never is.
        if not ours(content) and (content or file == path):
            raise UsageError(f"{shown(file)} is not a canary and is left alone", "name another file as canary")


def _hold_to_full(path: Path, paths: Sequence[str]) -> None:
    own = next((Path(one) for one in paths if path.is_relative_to(one)), path.parent)
    try:
        others = [name for name in os.listdir(own) if own / name not in (path, path.with_name(_new(path.name)))]
        os.stat(path.parent)
    except OSError as error:
        raise UsageError(
            f"no canary planted: {refusal(path.parent, error).message}", "is the source mounted?"
        ) from error
    if not others:
        raise UsageError(
            f"{shown(own)} holds nothing, and a canary would make it look full", "mount the source, then plant"
        )


def _replace(folder: int, name: str, content: bytes) -> None:
    new = _new(name)
    with suppress(FileNotFoundError):
        os.unlink(new, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(new, flags, MODE, dir_fd=folder)
    try:
        # A file object goes on after a write that a full disk cut short, until one fails.
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, MODE)
            file.write(content)
            file.flush()
            os.fsync(handle)
    except OSError:
        os.unlink(new, dir_fd=folder)
        raise
    os.rename(new, name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)


def _new(name: str) -> str:
    return f"{name}.new"
