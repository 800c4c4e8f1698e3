"""Write some files into a folder: each whole or not at all, and none over a file that this program did not write."""

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from agent.core.errors import UsageError
from agent.core.files import shown
from agent.core.replacing import OF_EVERYONE, make_folder, replace_file


def write_all(folder: Path, texts: Mapping[str, str], *, mark: str) -> list[Path]:
    """Write every text under its name; return the paths.

    A file that is there and whose first bytes are not `mark` was not written here; nor was a link. Raises UsageError.
    """
    try:
        make_folder(folder)
        strangers = [name for name in texts if not _ours(folder / name, mark)]
        if strangers:
            raise UsageError(
                f"{shown(folder / strangers[0])} is there and was not written by this command",
                "name another folder with --output, or move that file away",
            )
        for name, text in texts.items():
            replace_file(folder / name, (text.encode(),), OF_EVERYONE)
        return [folder / name for name in texts]
    except OSError as error:
        raise UsageError(
            f"cannot write into {shown(folder)}: {(error.strerror or 'refused').lower()}",
            "name a folder that you may write with --output",
        ) from error


def _ours(path: Path, mark: str) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno == errno.ELOOP:
            return False
        raise
    with os.fdopen(descriptor, "rb") as file:
        return file.read(len(mark.encode())) == mark.encode()
