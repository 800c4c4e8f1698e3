"""The filter of system calls, carried out as the kernel does: what it answers for each architecture."""

import errno
import os
import struct

import pytest

from agent.restores.confinement import system_calls
from agent.restores.confinement.system_calls import Purpose

X86_64, ARM64, I386 = 0xC000003E, 0xC00000B7, 0x40000003
ALLOWED, KILLED = 0x7FFF0000, 0x80000000
UNKNOWN, DENIED = 0x00050000 | errno.ENOSYS, 0x00050000 | errno.EACCES


def answer(purpose: Purpose, number: int, *arguments: int, built_for: int = X86_64, machine: int | None = None) -> int:
    """Return what the filter answers for one call."""
    calls = ({**system_calls._READ, **system_calls._ADDED[purpose]}).values()
    program = b"".join(system_calls._instructions(built_for, calls))
    data = struct.pack("=iIQ6Q", number, machine or built_for, 0, *(*arguments, *[0] * 6)[:6])
    accumulator = at = 0
    while True:
        code, over, otherwise, value = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        if code == system_calls.LOAD:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif code == system_calls.AND:
            accumulator &= value
        elif code == system_calls.EQUAL:
            at += over if accumulator == value else otherwise
        else:
            assert code == system_calls.RETURN
            return int(value)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize(
    ("name", "x86_64", "arm64"),
    [("socket", 41, 198), ("connect", 42, 203), ("clone", 56, 220), ("clone3", 435, 435), ("kill", 62, 129),
     ("ptrace", 101, 117), ("io_uring_setup", 425, 425), ("openat2", 437, 437), ("chmod", 90, 53), ("bpf", 321, 280)],
)  # fmt: skip
def test_no_purpose_takes_what_reaches_others(purpose: Purpose, name: str, x86_64: int, arm64: int) -> None:
    refused = DENIED if (purpose, name) == (Purpose.THREADS, "clone") else UNKNOWN
    assert {answer(purpose, x86_64), answer(purpose, arm64, built_for=ARM64)} == {refused}, name


@pytest.mark.parametrize(("built_for", "clone"), [(X86_64, 56), (ARM64, 220)])
def test_a_thread_is_no_process(built_for: int, clone: int) -> None:
    thread, process = 0x3D0F00, 17  # as glibc's pthread_create asks, and SIGCHLD alone, as fork does
    assert answer(Purpose.THREADS, clone, thread, built_for=built_for) == ALLOWED
    for flags in (process, thread | process, thread & ~0x10000, thread | 0x10000000):
        assert answer(Purpose.THREADS, clone, flags, built_for=built_for) == DENIED
    assert answer(Purpose.RUN, clone, thread, built_for=built_for) == UNKNOWN


@pytest.mark.parametrize(("built_for", "openat"), [(X86_64, 257), (ARM64, 56)])
def test_opening_to_write_takes_the_purpose_of_it(built_for: int, openat: int) -> None:
    for flags, reading, writing in (
        (os.O_RDONLY | os.O_CLOEXEC, ALLOWED, ALLOWED),
        (os.O_RDWR | os.O_CREAT, DENIED, ALLOWED),
        (os.O_RDONLY | os.O_TRUNC, DENIED, DENIED),
    ):
        assert answer(Purpose.READ, openat, 0, 0, flags, built_for=built_for) == reading
        assert answer(Purpose.RUN, openat, 0, 0, flags, built_for=built_for) == reading
        assert answer(Purpose.WRITE, openat, 0, 0, flags, built_for=built_for) == writing


def test_a_call_of_another_architecture_ends_the_process() -> None:
    assert answer(Purpose.READ, 3, machine=I386) == KILLED
    assert answer(Purpose.READ, 0x40000000) == UNKNOWN  # read, by the numbers of x32


def test_the_owner_of_a_signal_cannot_be_set() -> None:
    assert answer(Purpose.READ, 72, 0, 8) == DENIED
    assert answer(Purpose.READ, 72, 0, 6) == ALLOWED
    assert answer(Purpose.RUN, 302, 1) == DENIED
    assert answer(Purpose.RUN, 302, 0) == ALLOWED


def test_a_machine_whose_numbers_are_not_known_is_not_filtered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "s390x")
    assert not system_calls.restrict(Purpose.READ)
