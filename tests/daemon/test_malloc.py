"""How many pools of memory the C library keeps, and that it gives back what is free."""

import subprocess
import sys
import weakref

import pytest

from agent.daemon.malloc import POOLS, give_back
from tests.parts.checkout import HOME

# malloc_info(3) tells of each pool; every thread takes a large buffer, which comes from the pool that it was given.
COUNT = """
import ctypes, sys, threading
from agent.daemon.malloc import share_pools
if sys.argv[1:] == ["shared"]:
    share_pools()
together = threading.Barrier(9)
def take():
    kept = [bytearray(2000) for _ in range(100)]
    together.wait()
    together.wait()
    return kept
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
together.wait()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
stream = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, stream)
libc.fflush(stream)
together.wait()
"""


def pools(*arguments: str) -> int:
    command = [sys.executable, "-c", COUNT, *arguments]
    said = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True, timeout=60).stdout
    return said.count("<heap nr=")


@pytest.mark.programs
def test_threads_share_one_pool_of_memory_instead_of_one_each() -> None:
    assert pools() > POOLS
    assert pools("shared") == POOLS


FREED = """
import sys
from agent.daemon.malloc import give_back
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
# Too small for a piece of memory of their own; the last one keeps the heap from shrinking by itself.
kept = [bytearray(20_000) for _ in range(2_000)]
del kept[:-1]
before = resident()
give_back()
print(before - resident() > 20_000_000)
"""


@pytest.mark.programs
def test_freed_memory_goes_back_to_the_system_when_it_is_asked_for() -> None:
    said = subprocess.run(
        [sys.executable, "-c", FREED], cwd=HOME, capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout == "True\n"


class Host:
    """One of two that know each other, as a connection and its thread do."""

    def __init__(self) -> None:
        self.other: Host | None = None


def test_what_only_each_other_know_goes_when_memory_is_given_back() -> None:
    one, other = Host(), Host()
    one.other, other.other = other, one
    left = weakref.ref(one)
    del one, other
    assert left() is not None
    give_back()
    assert left() is None


@pytest.mark.programs
def test_what_there_is_at_the_start_is_not_searched_again() -> None:
    source = "import gc; from agent.daemon.malloc import keep_for_good; keep_for_good(); print(len(gc.get_objects()))"
    said = subprocess.run(
        [sys.executable, "-c", source], cwd=HOME, capture_output=True, text=True, check=True, timeout=60
    )
    assert int(said.stdout) < 100


LONG = """
import sys
from agent.daemon.malloc import share_pools
if sys.argv[1:] == ["shared"]:
    share_pools()
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
before = resident()
text = bytearray(3_000_000)
del text
# Each long piece is followed by a short one that stays.
pieces = [bytearray(size) for _ in range(20) for size in (1_000_000, 600)]
del pieces[::2]
print(resident() - before)
"""


@pytest.mark.programs
def test_a_long_piece_of_memory_goes_back_as_soon_as_it_is_free() -> None:
    def held(*arguments: str) -> int:
        command = [sys.executable, "-c", LONG, *arguments]
        said = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True, timeout=60).stdout
        return int(said)

    assert held() > 10_000_000
    assert held("shared") < 5_000_000
