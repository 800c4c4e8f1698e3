"""Replace a file atomically, following no link of another account."""

import errno
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from agent.core.files import LINKS, foreign_owner

# Modes: what names machines and persons is for the owner and its group; rules and dashboards are for every program.
OF_GROUP, OF_EVERYONE = 0o640, 0o644
CHUNK = 1024 * 1024


def replace_file(path: Path, content: Iterable[bytes], mode: int) -> None:
    """Write a file in place of what bears its name; a link of that name is replaced, its target stays as it is.

    The draft has a name that cannot be foreseen, and must be new. Raises OSError, and then nothing has changed.
    """
    # The folder is opened once: a link that takes its place meanwhile leads nowhere.
    folder = open_folder(path.parent)
    draft = f".{secrets.token_hex(16)}.new"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(draft, flags, 0o600, dir_fd=folder), "wb") as file:
            for chunk in content:
                file.write(chunk)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path.name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=folder)
        raise
    finally:
        os.close(folder)


def make_folder(path: Path, *, parents: bool = False) -> None:
    """Make a folder where it is missing, through no link of another account. Raises OSError."""
    path = path.absolute()
    try:
        os.close(open_folder(path))
        return
    except FileNotFoundError:
        if parents:
            make_folder(path.parent, parents=True)
    above = open_folder(path.parent)
    try:
        os.mkdir(path.name, dir_fd=above)
    finally:
        os.close(above)


def open_folder(path: Path) -> int:
    """Open a folder; return its descriptor (O_PATH), which the caller closes.

    Links on the way are followed where they are root's, this process's user's or the service's: another account's
    would choose where a file is written with rights that it lacks. Raises OSError.
    """
    left, links = [*reversed(path.absolute().parts[1:])], 0
    with ExitStack() as passed:
        folder = _step(passed, "/", None)
        while left:
            # Step by step from open folders: none of them can be exchanged for a link meanwhile.
            there = _step(passed, left.pop(), folder)
            target = _target(there)
            if target is None:
                folder = there
                continue
            links += 1
            if links > LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            if target.is_absolute():
                folder = _step(passed, "/", None)
            left += reversed(target.parts[1:] if target.is_absolute() else target.parts)
        return os.open(".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)


def _step(passed: ExitStack, name: str, folder: int | None) -> int:
    descriptor = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    passed.callback(os.close, descriptor)
    return descriptor


def _target(descriptor: int) -> Path | None:
    """Return where a link leads; None: it is no link. Raises PermissionError for one of another account."""
    status = os.fstat(descriptor)
    if not stat.S_ISLNK(status.st_mode):
        return None
    owner = foreign_owner(status)
    if owner is not None:
        raise PermissionError(errno.EACCES, f"a link on the way belongs to {owner}")
    return Path(os.readlink("", dir_fd=descriptor))


def chunks_of(path: Path) -> Iterable[bytes]:
    """Yield the bytes of a file that this process made. Raises OSError."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
