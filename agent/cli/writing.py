"""Write some files into a folder: each whole or not at all, and none over a file that this program did not write."""

import os
from collections.abc import Mapping
from pathlib import Path

from agent.core.errors import UsageError
from agent.core.files import shown


def write_all(folder: Path, texts: Mapping[str, str], *, mark: str) -> list[Path]:
    """Write every text under its name; return the paths.

    A file that is there and whose first bytes are not `mark` was written by somebody else. Raises UsageError.
    """
    try:
        folder.mkdir(exist_ok=True)
        strangers = [name for name in texts if not _ours(folder / name, mark)]
        if strangers:
            raise UsageError(
                f"{shown(folder / strangers[0])} is there and was not written by this command",
                "name another folder with --output, or move that file away",
            )
        return [_write(folder / name, text) for name, text in texts.items()]
    except OSError as error:
        raise UsageError(
            f"cannot write into {shown(folder)}: {(error.strerror or 'refused').lower()}",
            "name a folder that you may write with --output",
        ) from error


def _ours(path: Path, mark: str) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(mark.encode())) == mark.encode()
    except FileNotFoundError:
        return True


def _write(path: Path, text: str) -> Path:
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path
