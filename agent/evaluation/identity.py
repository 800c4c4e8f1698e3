"""Choose the rights of this process: those of the state directory's owner, and root's only where needed.

Started as root, a command takes the owner's identity before it reads or writes anything, so that no file of the state
directory comes to belong to root (contract, «The ledger»).
"""

import os
import pwd
import sys
from pathlib import Path

from agent.core.access import through_sudo, way_in
from agent.core.errors import NotAllowed
from agent.core.files import SERVICE_USER
from agent.core.ownership import HOME

_ELSEWHERE = "name a folder in [agent] state_directory that can be made, on a disk that can be written"


def take_identity(directory: Path, *, writing: bool) -> None:
    """Become the owner of a state directory where we are root; else make sure that we may read, or write, there.

    A directory that does not exist yet is left to its maker. Raises NotAllowed, before anything was touched.
    """
    try:
        status = os.stat(directory)
    except (FileNotFoundError, NotADirectoryError):
        _hold_to_parent(directory, writing=writing)
        return
    except PermissionError as error:
        raise NotAllowed(f"this user may not enter {directory}", _hint(directory, writing=writing)) from error
    if os.geteuid() == 0:
        if status.st_uid != 0:
            _become(status.st_uid, status.st_gid)
            _hold_to_readable(directory)
        return
    if status.st_uid == os.geteuid():
        return
    if writing:
        raise NotAllowed(f"{directory} belongs to another user", _hint(directory, writing=writing))
    if not os.access(directory, os.R_OK | os.X_OK):
        raise NotAllowed(f"this user may not read {directory}", _hint(directory, writing=writing))


def _hint(directory: Path, *, writing: bool) -> str:
    # The group may read, not write.
    return through_sudo() if writing else way_in(directory)


def act_as_service(directory: Path) -> None:
    """Become the user that the service runs as where we are root: the state directory's owner, else `beffroi`.

    Nothing changes where there is neither. Raises NotAllowed.
    """
    if os.geteuid() != 0:
        return
    if directory.exists():
        take_identity(directory, writing=False)
        return
    try:
        entry = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return
    _become(entry.pw_uid, entry.pw_gid)
    _hold_to_readable(directory)


def give_up_root(directory: Path) -> None:
    """Become the owner of a state directory where we are root; else do nothing. Raises NotAllowed."""
    if os.geteuid() == 0:
        take_identity(directory, writing=False)


def _hold_to_parent(directory: Path, *, writing: bool) -> None:
    existing = next((parent for parent in directory.parents if parent.exists()), Path("/"))
    if not existing.is_dir():
        raise NotAllowed(f"cannot make {directory}: {existing} is no folder", _ELSEWHERE)
    if writing and not os.access(existing, os.W_OK | os.X_OK):
        # What root may not make lies on a disk that is read-only.
        hint = _ELSEWHERE if os.geteuid() == 0 else through_sudo()
        raise NotAllowed(f"this user may not make {directory}", hint)


def _hold_to_readable(directory: Path) -> None:
    # Much of the program is imported when it is needed: from a checkout below /root, its new identity could not.
    for folder in (HOME, Path(sys.prefix), Path(os.__file__).parent):
        if not os.access(folder, os.R_OK | os.X_OK):
            raise NotAllowed(
                f"the owner of {directory} may not read {folder}, where this program or its Python lies",
                "use the installed beffroi, or a checkout and a Python that every user may read",
            )


def _become(uid: int, gid: int) -> None:
    # Groups first, while we still may; the owner's supplementary groups carry the rights that it was given on purpose.
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        os.setgroups([])
        home = "/"
    else:
        os.initgroups(entry.pw_name, gid)
        home = entry.pw_dir
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    os.environ["HOME"] = home
    os.environ.pop("XDG_CACHE_HOME", None)
