"""The C library's allocator: limit its arenas, each of which holds freed memory back, and have them give it back."""

import ctypes

# mallopt(3), glibc's malloc.h: how many pools all threads share. Without it there are eight a processor. A second one
# holds back 8 MB at 200 hosts.
_M_ARENA_MAX = -8
POOLS = 1


def share_pools() -> None:
    """Let all threads share one pool; does nothing where the C library has no such setting.

    The daemon's threads wait for other programs nearly all of the time, and hardly ever for each other's memory.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_ARENA_MAX, POOLS)


def give_back() -> None:
    """Give freed memory back to the system, as after a judgement of the whole; some milliseconds.

    malloc_trim(3) of glibc; does nothing where the C library has no such function.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
