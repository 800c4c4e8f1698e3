"""Write files into a folder atomically, and never over files of another program."""

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from agent.core.errors import UsageError
from agent.core.files import shown
from agent.core.replacing import OF_EVERYONE, make_folder, replace_file
from agent.core.text_digest import is_as_written, sealed

LARGEST = 64 * 1024 * 1024


def write_all(folder: Path, texts: Mapping[str, str], *, mark: str, force: bool, say: Callable[[Path], object]) -> None:
    """Write every text under its name, sealed, and say each path; keep the files that were edited, but with `force`.

    Nothing is written where a file is there whose first bytes are not `mark`, or a link: it was not written here.
    Raises UsageError for that; and, once the others are written, for the files that were kept.
    """
    sealed_texts = {folder / name: sealed(text).encode() for name, text in texts.items()}
    try:
        make_folder(folder)
        before = {path: content_of(path) for path in sealed_texts}
        strangers = [
            path for path, found in before.items() if found is not None and not found.startswith(mark.encode())
        ]
        if strangers:
            raise UsageError(
                f"{shown(strangers[0])} is there and was not written by this command",
                "name another folder with --output, or move that file away",
            )
        edited = [path for path, found in before.items() if found and found != sealed_texts[path]]
        kept = [] if force else [path for path in edited if not is_as_written(before[path] or b"")]
        for path, text in sealed_texts.items():
            if path not in kept:
                replace_file(path, (text,), OF_EVERYONE)
                say(path)
    except OSError as error:
        raise UsageError(
            f"cannot write into {shown(folder)}: {(error.strerror or 'refused').lower()}",
            "name a folder that you may write with --output",
        ) from error
    if kept:
        raise UsageError(
            f"edited since this command wrote it, and kept as it is: {', '.join(shown(path) for path in kept)}",
            "replace it with --force, or keep the edit under another name and run the command again",
        )


def content_of(path: Path) -> bytes | None:
    """Return what a file holds; None: there is none; nothing of a link, or of what no run of this program wrote."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return b""
        raise
    with os.fdopen(descriptor, "rb") as file:
        return file.read(LARGEST)
