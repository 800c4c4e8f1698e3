"""Copy the ledger before an upgrade, so that the upgrade can be undone.

An older program refuses a newer ledger, so that going back takes that copy. All of it is done with the rights of the
state directory's owner: root follows no link there that someone else could have laid.
"""

import re
from pathlib import Path

from agent.core.errors import UsageError
from agent.installation.places import Places
from agent.installation.programs import carried_out
from agent.installation.release import Say
from agent.ledger.database import FILE_NAME
from agent.ledger.earlier import COPIES

LEFT = f"{FILE_NAME}.not-taken"
_NAME = re.compile(rf"{re.escape(FILE_NAME)}\.version-[0-9]{{1,4}}")


def copies(places: Places) -> frozenset[str]:
    """Return the names of the copies that lie in the state directory."""
    found = places.state.glob(COPIES) if places.state.is_dir() else ()
    # The folder is the service's: only a name that an upgrade gives, as others may hold what steers a terminal.
    return frozenset(path.name for path in found if _NAME.fullmatch(path.name))


def put_back(places: Places, say: Say) -> None:
    """Put the ledger back as it was, where it was led on meanwhile; what was appended since stays aside, as a file."""
    made = sorted(copies(places))
    if not made:
        return
    for ending in ("", "-wal", "-shm"):
        if (places.state / f"{FILE_NAME}{ending}").exists():
            _as_owner(places.state, "mv", "--force", "--no-target-directory", f"{FILE_NAME}{ending}", f"{LEFT}{ending}")
    _as_owner(places.state, "mv", "--no-target-directory", made[0], FILE_NAME)
    say(f"ledger: as it was before, from {made[0]}; what was appended since lies in {places.state / LEFT}")


def forget(places: Places, say: Say) -> None:
    """Remove the copies, since no one goes back any more, and what they hold is to be erased in its time."""
    names = sorted(copies(places))
    if names:
        _as_owner(places.state, "rm", "--force", *names)
        say(f"ledger: the copy from before it was led on, {', '.join(names)} is of no more use and was removed")


def _as_owner(directory: Path, program: str, *arguments: str) -> None:
    status = directory.stat()
    options = (f"--reuid={status.st_uid}", f"--regid={status.st_gid}", "--clear-groups")
    paths = (argument if argument.startswith("--") else str(directory / argument) for argument in arguments)
    try:
        carried_out("setpriv", *options, program, *paths)
    except UsageError as error:
        raise UsageError(
            f"the ledger could not be put back: {error.message}", "docs/operating.md, «A way back»"
        ) from error
