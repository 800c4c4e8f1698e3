"""zip: its directory is read, and each of its files unpacked and held to its checksum."""

import errno
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from agent.restores.openers.opener import BrokenFile, Budget, CutFile, Inconclusive, Opener, chunks

# A directory of more than this is not read: it is held in memory.
FILES_AT_MOST = 200_000
_ENCRYPTED = 0x1
# What zipfile says of a file without the directory at its end.
_CUT = "File is not a zip file"


@contextmanager
def archive(path: bytes) -> Iterator[zipfile.ZipFile]:
    """Open an archive. Raises BrokenFile, also for what is found to be bad later on, and Inconclusive."""
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file) as opened:
            if len(opened.filelist) > FILES_AT_MOST:
                raise Inconclusive("it holds more files than are read")
            yield opened
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, UnicodeDecodeError) as error:
        kind = CutFile if isinstance(error, EOFError) or str(error) == _CUT else BrokenFile
        raise kind("it is no whole archive") from error
    except OSError as error:
        # A directory that names places before the file's beginning; bz2 tells damage so, without a number.
        if error.errno not in (errno.EINVAL, None):
            raise
        raise BrokenFile("it is no whole archive") from error
    except NotImplementedError as error:
        raise Inconclusive("it is packed in a way that is not known") from error


def read_through(opened: zipfile.ZipFile, budget: Budget) -> None:
    """Unpack every file of an archive. Raises what `archive` raises, and Inconclusive for an encrypted one."""
    for one in opened.infolist():
        if one.flag_bits & _ENCRYPTED:
            raise Inconclusive("it is encrypted")
        with opened.open(one) as stream:
            for _ in chunks(stream, budget):
                pass


def _opens(path: bytes, budget: Budget) -> None:
    with archive(path) as opened:
        read_through(opened, budget)


OPENER = Opener(kind="zip", knows=lambda head, suffix: head.startswith((b"PK\x03\x04", b"PK\x05\x06")), opens=_opens)
