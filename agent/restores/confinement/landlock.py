"""Landlock: hold this process to the files that it is granted, by three system calls and no privilege.

Source: landlock(7) and linux/landlock.h. Linux 5.13 and later, where the kernel was built and started with it.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable, Mapping, Sequence

from agent.restores.confinement.process_control import process_control

# The same numbers on every architecture that a distribution is built for.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION = 1
_BELOW_PATH = 1
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS

EXECUTE, WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FOLDER, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_FOLDER, MAKE_FILE, MAKE_SOCKET, MAKE_LINK = 1 << 7, 1 << 8, 1 << 9, 1 << 12
MAKE_DEVICE, MAKE_PIPE, MAKE_BLOCK_DEVICE = 1 << 6, 1 << 10, 1 << 11
MOVE, TRUNCATE = 1 << 13, 1 << 14
# What can be granted on a file; the other rights are a folder's.
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE

READ = READ_FILE | READ_FOLDER
RUN = READ | EXECUTE
# To change files, to make and remove regular ones: no folder, link, device, pipe or socket.
WRITE = READ | WRITE_FILE | REMOVE_FILE | MAKE_FILE | TRUNCATE
# A folder of one's own, where anything but devices and pipes is made, moved and removed; nothing in it is run.
OWN = WRITE | REMOVE_FOLDER | MAKE_FOLDER | MAKE_SOCKET | MAKE_LINK | MOVE

# All that changes what lies in a folder, but for sockets, which a program makes to talk to another of its own.
CHANGE = (
    WRITE_FILE | TRUNCATE | REMOVE_FOLDER | REMOVE_FILE
    | MAKE_FOLDER | MAKE_FILE | MAKE_LINK | MAKE_PIPE | MAKE_DEVICE | MAKE_BLOCK_DEVICE | MOVE
)  # fmt: skip
# Before version 2 nothing is moved or linked from folder to folder, not even within one that is granted.
MOVE_SINCE = 2

# Rights over files that a version knows: 13 at first; then moving between folders, truncating, ioctl of devices.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS_SINCE_5 = 16
_TCP_SINCE, SCOPES_SINCE = 4, 6
_TCP = 0b11  # bind and connect
_SCOPES = 0b11  # abstract sockets and signals to processes outside


def version() -> int:
    """Return the version of Landlock that this kernel offers; 0 without it."""
    answer = int(_library().syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION)))
    return max(0, answer)


def restrict(granted: Mapping[str, int]) -> int:
    """Refuse this process, and what it starts, every access to a file that is not granted; return the version used.

    `granted`: rights by path; a path that does not exist is passed over. From version 4 TCP is refused too, from 6
    abstract sockets and signals to others. 0: this kernel has no Landlock, and nothing is refused. Call
    `forgo_privileges` first. Raises OSError.
    """
    known = version()
    if known == 0:
        return 0
    handled = _rights_known_to(known)
    words: Sequence[int] = (handled,)
    if known >= _TCP_SINCE:
        words = (handled, _TCP)
    if known >= SCOPES_SINCE:
        words = (handled, _TCP, _SCOPES)
    _enforce(words, {path: rights & handled for path, rights in granted.items()})
    return known


def restrict_changes(places: Iterable[str]) -> bool:
    """Refuse this process, and what it starts, every change of a file that lies in none of these places.

    Nothing else is refused: not reading, no connection, and not the change of a mode or a date. False: this kernel
    cannot, and nothing is refused. Call `forgo_privileges` first. Raises OSError.
    """
    known = version()
    if known < MOVE_SINCE:
        return False
    handled = CHANGE & _rights_known_to(known)
    _enforce((handled,), dict.fromkeys(places, handled))
    return True


def _rights_known_to(known: int) -> int:
    return (1 << _FILE_RIGHTS.get(known, _FILE_RIGHTS_SINCE_5)) - 1


def _enforce(handled: Sequence[int], granted: Mapping[str, int]) -> None:
    """Refuse what is handled (files, TCP, scopes) wherever it is not granted."""
    ruleset = _ruleset(handled)
    try:
        for path, rights in granted.items():
            _grant(ruleset, path, rights)
        _checked(_library().syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)))
    finally:
        os.close(ruleset)


def forgo_privileges() -> None:
    """Keep this process, and what it starts, from gaining rights by set-user-ID or capabilities of a file."""
    process_control(_NO_NEW_PRIVILEGES, 1)


def _ruleset(words: Sequence[int]) -> int:
    attributes = struct.pack(f"={len(words)}Q", *words)
    return _checked(_library().syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)))


def _grant(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, place)
        added = _library().syscall(_ADD, ctypes.c_int(ruleset), ctypes.c_int(_BELOW_PATH), rule, ctypes.c_uint32(0))
        _checked(added)
    finally:
        os.close(place)


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
