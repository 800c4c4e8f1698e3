"""A program whose clock is wrong: libfaketime stands between it and the system's time. Needs Debian's libfaketime.

The monotonic clocks and the dates of files stay true, as they do when someone sets a clock.
"""

import os
from pathlib import Path


def shifted_clock(by: str) -> dict[str, str]:
    """Return variables that shift a program's wall clock: `-1d`, `+400d`."""
    return {**_preloaded(), "FAKETIME": by}


class SettableClock:
    """Shift the wall clock of a program that runs, by what a file says."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set("+0")

    def set(self, by: str) -> None:
        """Shift it from now on, at once: the file is replaced whole."""
        beside = self._file.with_name(f"{self._file.name}.new")
        beside.write_text(f"{by}\n")
        beside.replace(self._file)

    def environment(self) -> dict[str, str]:
        """Return the variables for the program."""
        return {**_preloaded(), "FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1"}


def _preloaded() -> dict[str, str]:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    assert found, "libfaketime is not installed"
    preload = f"{found[0]} {os.environ.get('LD_PRELOAD', '')}".strip()
    return {"LD_PRELOAD": preload, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
