"""Hold this process to something from now on, by prctl(2)."""

import ctypes
import os


def process_control(option: int, value: int, more: object = 0) -> None:
    """Set one option; `more` is a number, or what the option points to. Raises OSError."""
    zero = ctypes.c_ulong(0)
    third = ctypes.c_ulong(more) if isinstance(more, int) else more
    if ctypes.CDLL(None, use_errno=True).prctl(option, ctypes.c_ulong(value), third, zero, zero) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
