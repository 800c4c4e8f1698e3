"""What a witness has cosigned of each log, in one file, written atomically and durably before anything is answered."""

import base64
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent.core.errors import LookError, UsageError
from agent.core.files import read_file, shown
from agent.core.replacing import replace_file
from agent.proving.add_checkpoint import SeenCheckpoint
from agent.proving.merkle import HASH_SIZE
from agent.proving.signed_note import is_name

NAME = "witnessed.json"
SCHEMA = "beffroi.witnessed/1"
LARGEST = 4 * 1024 * 1024
MODE = 0o600


class WitnessMemory:
    """Keep what was cosigned; one process at a time holds a folder."""

    def __init__(self, folder: Path) -> None:
        """Read the file. Raises UsageError where it is missing, unreadable or malformed."""
        self._path = folder / NAME
        self._seen = dict(_read(self._path))

    @property
    def seen(self) -> Mapping[str, SeenCheckpoint]:
        """Return what was cosigned last of each log, by its origin."""
        return self._seen

    def keep(self, origin: str, seen: SeenCheckpoint) -> None:
        """Keep what is about to be cosigned; it is on the disk when this returns. Raises OSError, with nothing kept."""
        if self._seen.get(origin) == seen:
            return
        after = {**self._seen, origin: seen}
        write_seen(self._path, after)
        self._seen = after


def write_seen(path: Path, seen: Mapping[str, SeenCheckpoint]) -> None:
    """Write what was cosigned, durably. Raises OSError."""
    logs = [
        {"origin": origin, "size": one.size, "root": base64.b64encode(one.root).decode()}
        for origin, one in sorted(seen.items())
    ]
    text = json.dumps({"schema": SCHEMA, "logs": logs}, indent=2) + "\n"
    replace_file(path, (text.encode(),), MODE)
    # The new name itself: without it, a power cut could bring the older file back, and a fork could be cosigned.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def held_alone(folder: Path) -> Iterator[None]:
    """Hold a folder against a second witness. Raises UsageError where one runs: two could cosign a fork."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(f"another witness uses {shown(folder)}", "end it, or name another --state") from error


def _read(path: Path) -> Iterator[tuple[str, SeenCheckpoint]]:
    try:
        content = read_file(path, limit=LARGEST)
    except LookError as error:
        raise UsageError(
            f"what this witness has cosigned cannot be read: {error.message}",
            "bring the file back, or begin anew with an empty --state: without it, a rewritten log would be cosigned",
        ) from error
    try:
        told: Any = json.loads(content)
        if told["schema"] != SCHEMA:
            raise ValueError("schema")
        found = [_seen(one) for one in told["logs"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{shown(path)} is malformed", "bring it back from a backup that is not older") from error
    yield from found


def _seen(told: Any) -> tuple[str, SeenCheckpoint]:
    origin, size, root = told["origin"], told["size"], base64.b64decode(told["root"], validate=True)
    if not isinstance(origin, str) or not is_name(origin) or len(root) != HASH_SIZE:
        raise ValueError("origin")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 2**63:
        raise ValueError("size")
    return origin, SeenCheckpoint(size=size, root=root)
