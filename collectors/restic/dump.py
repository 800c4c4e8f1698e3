"""One small file of a point, read without a folder to restore it into."""

import re
from functools import partial
from pathlib import PurePosixPath

from agent.core.points import Point
from collectors.restic.program import Restic
from collectors.restic.trees import top_of
from collectors.restic.words import spoken

# Fatal: cannot dump file: path "/srv/.canary" not found in snapshot
# Fatal: cannot dump file: "/srv/.canary" should be a file, but is a "symlink"
_NOT_THERE = re.compile(r'(?:Fatal: )?cannot dump file: (?:path )?"(?:[^"\\]|\\.)*":? not found in snapshot')
_NO_FILE = re.compile(r'(?:Fatal: )?cannot dump file: (?:path )?"(?:[^"\\]|\\.)*":? should be a (dir|file), but is a')


def dump(restic: Restic, point: Point, path: str, *, limit: int, shown: str | None = None) -> bytes | None:
    """Return the bytes of one file of a point, none of one that is larger, or None where the point does not hold it.

    `shown` is the command as evidence may show it, where that is not the one that is run.
    """
    read = partial(_dump_of, restic, point, limit=limit, shown=shown)
    found = read(path)
    if found is not None:
        return found
    # A backup made with a relative path holds /scota/… where its point tells /srv/scota.
    top = top_of(restic, point)
    parts = PurePosixPath(path).parts[1:]
    if parts[0] in top:
        return None
    for begins in range(1, len(parts)):
        if parts[begins] in top:
            found = read("/" + "/".join(parts[begins:]))
            if found is not None:
                return found
    return None


def _dump_of(restic: Restic, point: Point, path: str, *, limit: int, shown: str | None) -> bytes | None:
    output = restic.run("dump", point.id, path, output_limit=limit, shown=shown)
    if output.truncated:
        return b""  # far more than is asked for, or a whole folder
    if output.status == 0:
        return output.stdout
    words = spoken(output.stderr)
    if any(_NO_FILE.match(line) for line in words.splitlines()):
        return b""
    if any(_NOT_THERE.match(line) for line in words.splitlines()):
        return None
    error = restic.error(output)
    raise type(error)(f"{error.message} (a file of point {point.id[:8]})", error.hint)
