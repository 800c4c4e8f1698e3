"""Put a state directory back from an archive of `agent.ledger.backup`, into an empty directory.

Reads:  the archive, which is hostile until it was held to what a backup holds.
Needs:  the directory's owner, and room for the archive's content.
Blind:  what a backup never holds: the configuration, and what it names outside the directory.

Everything belongs to the directory's owner afterwards, with the modes that the archive tells.
"""

import os
import shutil
import tarfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from agent.core.clock import Clock
from agent.core.errors import LedgerError, LedgerFull, UsageError
from agent.ledger.backup import LOCK_NAMES
from agent.ledger.database import FILE_NAME
from agent.ledger.keys import PRIVATE_NAME
from agent.ledger.ledger import ChainVerification, Ledger
from agent.ledger.locks import daemon_lock
from agent.restores.scratch import scratch

# No beginning of a member, extended headers included, takes more; contents are read by less.
_AT_ONCE = 1 << 20
_LONGEST_NAME = 1024
_MEMBERS = 200_000
HINT = "name a file that beffroi ledger backup wrote"


@dataclass(slots=True)
class _Bounded:
    """A file that gives at most so much at once: a header may claim to be as long as the whole archive."""

    file: IO[bytes]

    def read(self, size: int = -1) -> bytes:
        """Read at most `_AT_ONCE` bytes. Raises UsageError where more is asked for."""
        if not 0 <= size <= _AT_ONCE:
            raise UsageError("the archive has a header that is too long", HINT)
        return self.file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go elsewhere in the file."""
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        """Return where in the file the next byte is."""
        return self.file.tell()


def restore(directory: Path, file: IO[bytes], clock: Clock) -> ChainVerification:
    """Put an archive into an empty state directory; return what a walk over the restored ledger found.

    Raises UsageError for a directory that is not empty and for an archive that is no backup, LedgerFull without room:
    the directory is then as it was.
    """
    _require_empty(directory)
    with daemon_lock(directory):
        _require_empty(directory)
        try:
            return _restore(directory, file, clock)
        except (tarfile.TarError, ValueError, OverflowError) as error:
            raise UsageError(f"the archive cannot be read: {error}", HINT) from error
        except OSError as error:
            raise LedgerFull(f"{directory} cannot be filled: {error.strerror}", "make room there") from error


def _require_empty(directory: Path) -> None:
    there = sorted(set(os.listdir(directory)) - LOCK_NAMES - {"lost+found"})
    if there:
        more = f" and {len(there) - 3} more" if len(there) > 3 else ""
        raise UsageError(
            f"{directory} is not empty: {', '.join(there[:3])}{more}",
            f"stop the service that works on it, then move it away: sudo mv {directory} {directory}.lost",
        )


def _restore(directory: Path, file: IO[bytes], clock: Clock) -> ChainVerification:
    _require_room(directory, file)
    with scratch(directory) as made, ExitStack() as stack:
        folder = made / "state"
        folder.mkdir(mode=0o700)
        try:
            # Without compression: a member is never larger than the archive.
            archive = stack.enter_context(tarfile.open(fileobj=cast(IO[bytes], _Bounded(file)), mode="r:"))
        except tarfile.ReadError as error:
            raise UsageError("the archive is no uncompressed tar file", HINT) from error
        folders = _unpack(archive, folder)
        if not (folder / FILE_NAME).is_file():
            raise UsageError(f"the archive holds no {FILE_NAME}", HINT)
        found = _verified(folder, clock)
        for path, mode in reversed(folders):
            path.chmod(mode)
        # The ledger comes last: a restore that was cut off never looks like a whole state.
        for name in sorted(os.listdir(folder), key=lambda name: (name == FILE_NAME, name)):
            _settled(folder / name)
            (folder / name).rename(directory / name)
        _settled(directory)
    return found


def _verified(folder: Path, clock: Clock) -> ChainVerification:
    try:
        with Ledger.open(folder, clock=clock, readonly=True) as ledger:
            return ledger.verify()
    except LedgerError as error:
        raise UsageError(f"the archive's ledger cannot be used: {error.message}", HINT) from error


def _require_room(directory: Path, file: IO[bytes]) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    free = shutil.disk_usage(directory).free
    if size > free:
        raise UsageError(f"{directory} has {free} bytes free, and the archive has {size}", "make room there")


def _unpack(archive: tarfile.TarFile, folder: Path) -> list[tuple[Path, int]]:
    """Write every member below a folder; return the folders with the modes that they get in the end."""
    folders = []
    for count, member in enumerate(archive, start=1):
        if count > _MEMBERS:
            raise UsageError(f"the archive has more than {_MEMBERS} members", HINT)
        path = folder / _safe(member)
        try:
            if member.isdir():
                path.mkdir(mode=0o700)
                folders.append((path, _mode(member) | 0o700))
            else:
                _write(archive, member, path)
        except (FileExistsError, FileNotFoundError, NotADirectoryError) as error:
            raise UsageError(f"the archive's member {member.name!a} has no place in it", HINT) from error
    return folders


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    content = archive.extractfile(member)
    if content is None:
        raise UsageError(f"the archive's member {member.name!a} has no content", HINT)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(content, file, _AT_ONCE)
        os.fchmod(file.fileno(), _mode(member))
        file.flush()
        os.fsync(file.fileno())


def _safe(member: tarfile.TarInfo) -> PurePosixPath:
    """Return a member's place below the folder. Raises UsageError for what a backup never holds."""
    name = PurePosixPath(member.name)
    if member.issparse() or not (member.isreg() or member.isdir()):
        raise UsageError(f"the archive's member {member.name[:100]!a} is neither a plain file nor a folder", HINT)
    outside = name.is_absolute() or ".." in name.parts or not name.parts or "\0" in member.name
    if outside or len(member.name) > _LONGEST_NAME or name.parts[0] in LOCK_NAMES:
        raise UsageError(f"the archive's member {member.name[:100]!a} would not lie in the state directory", HINT)
    return name


def _mode(member: tarfile.TarInfo) -> int:
    """Return the mode of a file: never special bits, nothing for others to write, and a key is its owner's alone.

    An archive of an earlier release has the ledger without its group, which could then read nothing.
    """
    mode = member.mode & 0o775
    if member.name == FILE_NAME:
        return 0o640
    private = member.name == PRIVATE_NAME or (member.name.startswith(".ssh/") and member.uid == 0)
    return mode & 0o700 if private else mode


def _settled(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
