"""Walk and remove restored trees of any depth.

A path may be 2000 folders deep (PATH_MAX), which a user of the share decides. Python's own os.walk and shutil.rmtree
recurse before 3.12 and 3.13; later ones hold a file open for each level, and a service may have 1024 of them.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def entries(folder: bytes) -> Iterator[os.DirEntry[bytes]]:
    """Yield every entry below a folder, those of one folder by their names. No link is followed.

    A folder that cannot be read is passed over.
    """
    waiting = [folder]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as found:
            held = sorted(found, key=lambda entry: entry.name)
            waiting += [entry.path for entry in held if entry.is_dir(follow_symlinks=False)]
            yield from held


def remove(path: Path) -> None:
    """Remove a tree, folders included that were restored as closed even to their owner. No link is followed.

    Each folder within another is first moved to the top: no more than two are open, and no path grows long. Raises
    OSError.
    """
    try:
        kind = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(kind):
        os.unlink(path)
        return
    top = _opened_up(os.fspath(path), None)
    try:
        waiting = _emptied(top)
        while waiting:
            name = waiting.pop()
            waiting += _raised(name, top)
            os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    os.rmdir(path)


def _raised(name: str, top: int) -> list[str]:
    """Empty a folder of the top, and move its own folders there; return their new names."""
    folder, moved = _opened_up(name, top), []
    try:
        for inner in _emptied(folder):
            # Moving a folder takes the right to write in it.
            os.close(_opened_up(inner, folder))
            moved.append(secrets.token_hex(16))
            os.rename(inner, moved[-1], src_dir_fd=folder, dst_dir_fd=top)
    finally:
        os.close(folder)
    return moved


def _opened_up(name: str, within: int | None) -> int:
    """Open a folder that its owner may read, enter and write in from now on; the caller closes it."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        folder = os.open(name, flags, dir_fd=within)
    except PermissionError:
        os.chmod(name, 0o700, dir_fd=within)
        folder = os.open(name, flags, dir_fd=within)
    os.fchmod(folder, 0o700)
    return folder


def _emptied(folder: int) -> list[str]:
    """Remove all that is no folder from a folder; return the names of the folders in it."""
    with os.scandir(folder) as found:
        held = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in found]
    for name, is_folder in held:
        if not is_folder:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
    return [name for name, is_folder in held if is_folder]
