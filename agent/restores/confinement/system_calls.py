"""Hold this process to the few system calls that reading a file takes, by a seccomp filter and no privilege.

What is not named below is refused as unknown (ENOSYS): sockets, new processes and programs, signals to others, changes
of modes and owners. Landlock alone leaves these open on the kernels of today's distributions.

Source: seccomp(2), linux/filter.h, linux/audit.h, and the tables of numbers asm/unistd_64.h and asm-generic/unistd.h.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from agent.restores.confinement.process_control import process_control

_SET_SECCOMP, _FILTER = 22, 2  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
ALLOW, REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
# Where struct seccomp_data holds the number, the architecture and the arguments (64 bits each, the low half first).
_NUMBER, _ARCHITECTURE, ARGUMENTS = 0, 4, 16
LOAD, AND, EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06

_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | (os.O_TMPFILE & ~os.O_DIRECTORY)


class Purpose(Enum):
    """What a process is to do after it gave up every other system call."""

    READ = "read"
    WRITE = "write"
    RUN = "run"
    THREADS = "threads"


@dataclass(frozen=True, slots=True)
class _Call:
    """One system call: its numbers on x86_64 and on the architectures of the generic table, None where it is not.

    Of `argument` (counted from 0), no bit of `without` may be set; `one_of`: it must be one of these.
    """

    x86_64: int | None
    generic: int | None
    argument: int = 0
    without: int = 0
    one_of: tuple[int, ...] = ()


_READ: Mapping[str, _Call] = {
    "read": _Call(0, 63),
    "write": _Call(1, 64),
    "close": _Call(3, 57),
    "stat": _Call(4, None),
    "fstat": _Call(5, 80),
    "lstat": _Call(6, None),
    "lseek": _Call(8, 62),
    "mmap": _Call(9, 222),
    "mprotect": _Call(10, 226),
    "munmap": _Call(11, 215),
    "brk": _Call(12, 214),
    "rt_sigaction": _Call(13, 134),
    "rt_sigprocmask": _Call(14, 135),
    "rt_sigreturn": _Call(15, 139),
    "pread64": _Call(17, 67),
    "readv": _Call(19, 65),
    "writev": _Call(20, 66),
    "access": _Call(21, None),
    "sched_yield": _Call(24, 124),
    "mremap": _Call(25, 216),
    "madvise": _Call(28, 233),
    "nanosleep": _Call(35, 101),
    "alarm": _Call(37, None),
    "setitimer": _Call(38, 103),
    "getpid": _Call(39, 172),
    "exit": _Call(60, 93),
    # Not F_SETOWN, F_SETSIG and F_SETFL: with them the kernel sends signals to others in this process's name.
    "fcntl": _Call(72, 25, argument=1, one_of=(0, 1, 2, 3, 5, 6, 7, 1030)),
    "getcwd": _Call(79, 17),
    "readlink": _Call(89, None),
    "getuid": _Call(102, 174),
    "getgid": _Call(104, 176),
    "geteuid": _Call(107, 175),
    "getegid": _Call(108, 177),
    "sigaltstack": _Call(131, 132),
    "gettid": _Call(186, 178),
    "futex": _Call(202, 98),
    "getdents64": _Call(217, 61),
    "restart_syscall": _Call(219, 128),
    "clock_gettime": _Call(228, 113),
    "clock_nanosleep": _Call(230, 115),
    "exit_group": _Call(231, 94),
    "openat": _Call(257, 56, argument=2, without=_TO_WRITE),
    "newfstatat": _Call(262, 79),
    "readlinkat": _Call(267, 78),
    "faccessat": _Call(269, 48),
    "getrandom": _Call(318, 278),
    "statx": _Call(332, 291),
    "faccessat2": _Call(439, 439),
}
# Never O_TRUNC and truncate: Landlock knows of these from version 3 only, Linux 6.2.
_WRITE: Mapping[str, _Call] = {
    "openat": _Call(257, 56, argument=2, without=os.O_TRUNC),
    "pwrite64": _Call(18, 68),
    "fsync": _Call(74, 82),
    "fdatasync": _Call(75, 83),
    "ftruncate": _Call(77, 46),
    "unlink": _Call(87, None),
    "unlinkat": _Call(263, 35),
}
# What the start of a program takes besides.
_RUN: Mapping[str, _Call] = {
    "dup": _Call(32, 23),
    "dup2": _Call(33, None),
    "execve": _Call(59, 221),
    "uname": _Call(63, 160),
    "chdir": _Call(80, 49),
    "arch_prctl": _Call(158, None),
    "set_tid_address": _Call(218, 96),
    "set_robust_list": _Call(273, 99),
    "dup3": _Call(292, 24),
    "prlimit64": _Call(302, 261, argument=0, one_of=(0,)),
    "rseq": _Call(334, 293),
}
# What a program with threads takes besides: one is made by these very flags (glibc, where clone3 is unknown), and no
# process is. Of prctl, a thread's name alone (PR_SET_NAME).
_THREAD = 0x3D0F00
_THREADS: Mapping[str, _Call] = {
    **_RUN,
    "clone": _Call(56, 220, argument=0, one_of=(_THREAD,)),
    "prctl": _Call(157, 167, argument=0, one_of=(15,)),
    "sched_getaffinity": _Call(204, 123),
    "ppoll": _Call(271, 73),
    "signalfd4": _Call(289, 74),
    "eventfd2": _Call(290, 19),
}
_ADDED: Mapping[Purpose, Mapping[str, _Call]] = {
    Purpose.READ: {},
    Purpose.WRITE: _WRITE,
    Purpose.RUN: _RUN,
    Purpose.THREADS: _THREADS,
}

# AUDIT_ARCH of machines by their name in uname(2), all of them little endian.
X86_64 = 0xC000003E
_MACHINES = {"x86_64": X86_64, "aarch64": 0xC00000B7, "riscv64": 0xC00000F3}


class _Program(ctypes.Structure):
    """Lay out struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def restrict(purpose: Purpose) -> bool:
    """Refuse this process, and what it starts, every system call that the purpose does not take.

    False: the numbers of this machine's architecture are not known here, and nothing is refused. It must have given up
    new privileges before. Raises OSError.
    """
    architecture = machine()
    if architecture is None:
        return False
    install(_instructions(architecture, ({**_READ, **_ADDED[purpose]}).values()))
    return True


def machine() -> int | None:
    """Return AUDIT_ARCH of this machine; None where the numbers of its system calls are not known here."""
    return _MACHINES.get(platform.machine()) if ctypes.sizeof(ctypes.c_void_p) == 8 else None  # 64-bit addresses


def install(steps: Iterable[bytes]) -> None:
    """Put a filter before every system call of this process and of what it starts. Raises OSError."""
    instructions = b"".join(steps)
    program = _Program(len(instructions) // 8, instructions)
    process_control(_SET_SECCOMP, _FILTER, ctypes.byref(program))


def first_steps(architecture: int) -> Iterator[bytes]:
    """Yield what ends a process that calls as another architecture does, and takes up the number of the call."""
    yield step(LOAD, _ARCHITECTURE)
    yield step(EQUAL, architecture, over=1)
    yield step(RETURN, _KILL)
    yield step(LOAD, _NUMBER)


def _instructions(architecture: int, calls: Iterable[_Call]) -> Iterator[bytes]:
    yield from first_steps(architecture)
    for call in calls:
        number = call.x86_64 if architecture == X86_64 else call.generic
        if number is not None:
            inner = tuple(_verdict(call))
            yield step(EQUAL, number, otherwise=len(inner))
            yield from inner
    yield step(RETURN, REFUSE | errno.ENOSYS)


def _verdict(call: _Call) -> Iterator[bytes]:
    """Yield what decides about one call; it always ends in an answer."""
    if call.without:
        yield step(LOAD, ARGUMENTS + 8 * call.argument)
        yield step(AND, call.without)
        yield step(EQUAL, 0, otherwise=1)
        yield step(RETURN, ALLOW)
        yield step(RETURN, REFUSE | errno.EACCES)
        return
    if call.one_of:
        yield step(LOAD, ARGUMENTS + 8 * call.argument)
        for value in call.one_of:
            yield step(EQUAL, value, otherwise=1)
            yield step(RETURN, ALLOW)
        yield step(RETURN, REFUSE | errno.EACCES)
        return
    yield step(RETURN, ALLOW)


def step(code: int, value: int, *, over: int = 0, otherwise: int = 0) -> bytes:
    """Return one instruction: `over` and `otherwise` are how many to pass over where it holds and where not."""
    return struct.pack("=HBBI", code, over, otherwise, value)
