"""Refuse a server, and what it starts, the system calls by which it could leave its folder, by a seccomp filter.

A database server takes more calls than can be listed, unlike the reading of a file (system_calls): everything is
allowed but what is named here. Sockets are Unix sockets alone; no namespace, no tracing, no mount, no program that is
in no file, and no second way to make a call (io_uring, the x32 numbers of x86_64). A server is reached, and reaches
nothing: Landlock holds no one off the sockets of other programs, which lie in folders that anyone may enter.
"""

import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from agent.restores.confinement.system_calls import (
    ALLOW,
    AND,
    ARGUMENTS,
    EQUAL,
    LOAD,
    REFUSE,
    RETURN,
    X86_64,
    first_steps,
    install,
    machine,
    step,
)

_AT_LEAST = 0x35
_X32 = 0x40000000
_NEW_USER = 0x10000000  # CLONE_NEWUSER


@dataclass(frozen=True, slots=True)
class _Refused:
    """A call that is refused: its numbers as in system_calls, and as what (glibc takes ENOSYS for an older kernel)."""

    x86_64: int
    generic: int
    error: int = errno.EPERM


_SOCKET = _Refused(41, 198)
_CLONE = _Refused(56, 220)
_SENDTO = _Refused(44, 206)
_REACHING = (
    _Refused(42, 203),  # connect
    _Refused(46, 211),  # sendmsg
    _Refused(307, 269),  # sendmmsg
)
_REFUSED = (
    _Refused(101, 117),  # ptrace
    _Refused(155, 41),  # pivot_root
    _Refused(161, 51),  # chroot
    _Refused(165, 40),  # mount
    _Refused(166, 39),  # umount2
    _Refused(175, 105),  # init_module
    _Refused(246, 104),  # kexec_load
    _Refused(248, 217),  # add_key
    _Refused(249, 218),  # request_key
    _Refused(250, 219),  # keyctl
    _Refused(272, 97),  # unshare
    _Refused(298, 241),  # perf_event_open
    _Refused(304, 265),  # open_by_handle_at
    _Refused(308, 268),  # setns
    _Refused(310, 270),  # process_vm_readv
    _Refused(311, 271),  # process_vm_writev
    _Refused(313, 273),  # finit_module
    _Refused(319, 279, errno.ENOSYS),  # memfd_create
    _Refused(321, 280),  # bpf
    _Refused(322, 281, errno.ENOSYS),  # execveat
    _Refused(323, 282),  # userfaultfd
    _Refused(425, 425, errno.ENOSYS),  # io_uring_setup
    _Refused(428, 428),  # open_tree
    _Refused(429, 429),  # move_mount
    _Refused(430, 430),  # fsopen
    _Refused(435, 435, errno.ENOSYS),  # clone3, whose flags no filter sees
    _Refused(438, 438),  # pidfd_getfd
    _Refused(442, 442),  # mount_setattr
    _Refused(447, 447, errno.ENOSYS),  # memfd_secret
)


def restrict_server(*, reaches: bool) -> bool:
    """Refuse this process, and what it starts, what is named here; False: this architecture is not known here.

    `reaches`: it may connect to a Unix socket, as a client does. It must have given up new privileges before. Raises
    OSError.
    """
    architecture = machine()
    if architecture is None:
        return False
    install(_steps(architecture, reaches=reaches))
    return True


def _steps(architecture: int, *, reaches: bool) -> Iterator[bytes]:
    def number(call: _Refused) -> int:
        return call.x86_64 if architecture == X86_64 else call.generic

    yield from first_steps(architecture)
    yield step(_AT_LEAST, _X32, otherwise=1)
    yield step(RETURN, REFUSE | errno.ENOSYS)
    for call in (*_REFUSED, *(() if reaches else _REACHING)):
        yield step(EQUAL, number(call), otherwise=1)
        yield step(RETURN, REFUSE | call.error)
    if not reaches:
        # send(2) is a sendto(2) without an address, the fifth argument.
        yield step(EQUAL, number(_SENDTO), otherwise=7)
        yield step(LOAD, ARGUMENTS + 8 * 4)
        yield step(EQUAL, 0, over=1)
        yield step(RETURN, REFUSE | errno.EPERM)
        yield step(LOAD, ARGUMENTS + 8 * 4 + 4)
        yield step(EQUAL, 0, otherwise=1)
        yield step(RETURN, ALLOW)
        yield step(RETURN, REFUSE | errno.EPERM)
    yield step(EQUAL, number(_SOCKET), otherwise=4)
    yield step(LOAD, ARGUMENTS)
    yield step(EQUAL, socket.AF_UNIX, otherwise=1)
    yield step(RETURN, ALLOW)
    yield step(RETURN, REFUSE | errno.EAFNOSUPPORT)
    yield step(EQUAL, number(_CLONE), otherwise=4)
    yield step(LOAD, ARGUMENTS)
    yield step(AND, _NEW_USER)
    yield step(EQUAL, _NEW_USER, otherwise=1)
    yield step(RETURN, REFUSE | errno.EPERM)
    yield step(RETURN, ALLOW)
