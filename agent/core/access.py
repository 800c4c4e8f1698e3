"""How a file that may not be read gets readable: for the service by its mode, for a person by sudo or the group."""

import grp
import os
import pwd
import shlex
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from agent.core.files import SERVICE_USER, shown

# A longer command line is not repeated in a hint.
_TYPED_AT_MOST = 200


def typed() -> str:
    """Return the command that was typed, fit to be pasted; without its arguments where these are long or hostile."""
    line = shlex.join(["beffroi", *sys.argv[1:]])
    return line if len(line) <= _TYPED_AT_MOST and line.isprintable() else "beffroi …"


def through_sudo() -> str:
    """Return the typed command as root runs it."""
    return f"sudo {typed()}"


def user_name() -> str:
    """Return the name of the user that this process acts as; the number where it has none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def is_service(state: Path) -> bool:
    """Return whether this process acts as the service does: as the owner of the state directory, or as root."""
    if os.geteuid() == 0 or user_name() == SERVICE_USER:
        return True
    try:
        return os.stat(state).st_uid == os.geteuid()
    except (OSError, ValueError):
        return False


def way_in(path: Path, owner: str = "root") -> str:
    """Return how a person gets to read what only the service and its group may read; how the service itself does."""
    if user_name() == SERVICE_USER:  # a command through sudo would only become this user again
        return _by_mode(path, owner)
    barrier = barred_at(path)
    try:
        status = os.stat(barrier)
        group = grp.getgrgid(status.st_gid).gr_name
    except (OSError, ValueError, KeyError):
        return through_sudo()
    wanted = stat.S_IXGRP if stat.S_ISDIR(status.st_mode) else stat.S_IRGRP
    # No other group is recommended: who knows what else it may read.
    if group == SERVICE_USER and status.st_mode & wanted:
        return f"{through_sudo()}, or as root: adduser {user_name()} {group}"
    return through_sudo()


def mend(path: Path, state: Path) -> str:
    """Return how the service gets to read a file; for another user, who can find out."""
    if not is_service(state):
        return "sudo beffroi config check, which tries it as the service's user"
    return _by_mode(path, "root")


def _by_mode(path: Path, owner: str) -> str:
    barrier = barred_at(path)
    if barrier != path:
        name = user_name()
        return f"put it into a folder that {name} may enter, such as /etc/beffroi; it may not enter {shown(barrier)}"
    return f"chown {owner}:{_group()} {shown(path)} and chmod 0640 {shown(path)}"


def barred_at(path: Path) -> Path:
    """Return the first folder on the way to a file that this process may not enter, else the file itself."""
    return next((folder for folder in _folders(path) if _closed(folder)), path)


def _folders(path: Path) -> Iterator[Path]:
    yield from reversed(path.absolute().parents)


def _closed(folder: Path) -> bool:
    return os.path.isdir(folder) and not os.access(folder, os.X_OK, effective_ids=True)


def _group() -> str:
    try:
        return grp.getgrgid(os.getegid()).gr_name if os.geteuid() != 0 else SERVICE_USER
    except KeyError:
        return str(os.getegid())
