"""Write a file for a reader: whole or not at all, through no link that another account laid."""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# Modes: what names machines and persons is for the owner and its group; rules and dashboards are for every program.
OF_GROUP, OF_EVERYONE = 0o640, 0o644
CHUNK = 1024 * 1024


def replace_file(path: Path, content: Iterable[bytes], mode: int) -> None:
    """Write a file in place of what bears its name; a link of that name is replaced, its target stays as it is.

    The draft has a name that cannot be foreseen, and must be new. Raises OSError, and then nothing has changed.
    """
    # The folder is opened once: a link that takes its place meanwhile leads nowhere.
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
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


def chunks_of(path: Path) -> Iterable[bytes]:
    """Yield the bytes of a file that this process made. Raises OSError."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
