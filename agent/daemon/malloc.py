"""Memory of the daemon: limit the C library's arenas, each of which holds freed memory back, and give it back."""

import ctypes
import gc

# mallopt(3), glibc's malloc.h: how many pools all threads share. Without it there are eight a processor. A second one
# holds back 8 MB at 200 hosts.
_M_ARENA_MAX = -8
POOLS = 1
# What is at least this long, such as the text of a scrape, gets memory of its own, which goes back as soon as it is
# free. glibc raises this by itself, to 32 MB, once such a piece was freed: the next ones then tear holes into the pool.
_M_MMAP_THRESHOLD = -3
OF_ITS_OWN = 128 * 1024


def share_pools() -> None:
    """Let all threads share one pool, but for long pieces; does nothing where the C library has no such setting.

    The daemon's threads wait for other programs nearly all of the time, and hardly ever for each other's memory.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_ARENA_MAX, POOLS)
        set_option(_M_MMAP_THRESHOLD, OF_ITS_OWN)


def keep_for_good() -> None:
    """Leave out all that there is now, modules above all, of later searches for unreachable objects."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Give back to the system what no one uses, as after a judgement of the whole; some milliseconds.

    Connections to hosts leave objects that only each other know. Python searches for them by itself once a quarter of
    all objects are new: of a thousand looks it would hold them back until then.
    malloc_trim(3) of glibc; does nothing where the C library has no such function.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
