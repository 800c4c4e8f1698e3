"""Store the details of an internal error in a file that only the user can read."""

import os
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from agent.core.ownership import HOME, PACKAGES

FILE = "internal-errors.log"
LIMIT = 1024 * 1024


def keep_details(error: BaseException) -> Path | None:
    """Append the traceback of an error to the first file that takes it; return that file, or None where none does."""
    return keep_text("".join(traceback.format_exception(error)))


def keep_text(text: str) -> Path | None:
    """Append a text to the first file that takes it; return that file, or None where none does."""
    return next((file for file in places() if append(file, text)), None)


def places() -> Iterator[Path]:
    """Yield where details may go, best first: $BEFFROI_DEBUG, the state directory, the user's own state."""
    if named := os.environ.get("BEFFROI_DEBUG"):
        yield Path(named)
    if given := os.environ.get("STATE_DIRECTORY"):
        yield Path(given.partition(":")[0], FILE)
    yield Path("/var/lib/beffroi", FILE)
    if home := os.environ.get("HOME"):
        own = Path(os.environ.get("XDG_STATE_HOME") or Path(home, ".local/state"), "beffroi")
        with suppress(OSError):
            own.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield own / FILE


def append(file: Path, text: str) -> bool:
    """Append a text to a file of at most 1 MiB, made anew beyond that; return whether it could be done.

    Neither a link is followed nor a file written that has another name: the state directory belongs to another user
    than root. What root makes there is that user's.
    """
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        with open(os.open(file, flags, mode=0o600), "a", encoding="utf-8", errors="backslashreplace") as opened:
            made = os.fstat(opened.fileno())
            if made.st_nlink > 1:
                return False
            if os.geteuid() == made.st_uid == 0:
                folder = os.stat(file.parent)
                os.fchown(opened.fileno(), folder.st_uid, folder.st_gid)
            if opened.tell() > LIMIT:
                opened.truncate(0)
            opened.write(text + "\n")
    except OSError:
        return False
    return True


def place_of(error: BaseException) -> str:
    """Return the innermost line of ours that an error passed, as `FILE:LINE`."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if any(Path(frame.filename).is_relative_to(HOME / name) for name in PACKAGES)]
    if not ours:
        return "a place outside this program"
    return f"{Path(ours[-1].filename).relative_to(HOME)}:{ours[-1].lineno}"
