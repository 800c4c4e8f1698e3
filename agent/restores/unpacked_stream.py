"""Unpack a tar archive as it comes from another machine: regular files and folders, each where its receiver says.

The archive is hostile: no link is made or followed, nothing is overwritten, no device, owner or mode is taken over.
"""

import errno
import os
import tarfile
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO

from agent.core.deadline import begin
from agent.core.errors import Denied, LookError, NoRoom, Unreadable
from agent.core.files import shown

CHUNK = 1024 * 1024
_ENDING_SECONDS = 120.0
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class UnpackedStream:
    """Take an archive piece by piece; `place` says where a name of it goes (None: nowhere).

    What is neither file nor folder is left out.
    """

    def __init__(self, place: Callable[[PurePosixPath], Path | None]) -> None:
        self._place = place
        reading, self._writing = os.pipe2(os.O_CLOEXEC)
        self._unpacked = begin(lambda: self._unpack(reading))

    def take(self, piece: bytes) -> None:
        """Take the next piece. What the other side cannot use any more is passed over: `end` says why."""
        view = memoryview(piece)
        with suppress(BrokenPipeError):
            while view:
                view = view[os.write(self._writing, view) :]

    def close(self) -> None:
        """Take no more, and let what came be as it is."""
        os.close(self._writing)
        wait([self._unpacked], _ENDING_SECONDS)

    def end(self) -> None:
        """Wait until everything that came is unpacked. Raises NoRoom, Denied, Unreadable."""
        self.close()
        if not self._unpacked.done():
            raise Unreadable("unpacking what came does not end")
        error = self._unpacked.result()
        if error is not None:
            raise error

    def _unpack(self, reading: int) -> LookError | None:
        try:
            with os.fdopen(reading, "rb") as stream, tarfile.open(fileobj=stream, mode="r|", errorlevel=2) as archive:
                for member in archive:
                    self._one(archive, member)
                while stream.read(CHUNK):  # what follows the end of the archive
                    pass
        except OSError as error:
            why = f"what came cannot be laid down: {os.strerror(error.errno or 0).lower()}"
            return (NoRoom if error.errno in _FULL else Denied)(why)
        except (tarfile.TarError, EOFError, ValueError, RecursionError, MemoryError) as error:
            return Unreadable(f"what came is no archive: {type(error).__name__}")
        except LookError as error:
            return error
        return None

    def _one(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        name = PurePosixPath(member.name)
        if name.is_absolute() or ".." in name.parts:
            raise Unreadable(f"what came names a place outside: {shown(member.name)}")
        target = self._place(name)
        if target is None:
            return
        if member.isdir():
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif member.isreg():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            content = archive.extractfile(member)
            if content is None:
                raise Unreadable(f"what came holds no content of {shown(member.name)}")
            _write(content, target)


def _write(content: IO[bytes], target: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(target, flags, 0o600), "wb") as file:
        while chunk := content.read(CHUNK):
            file.write(chunk)
