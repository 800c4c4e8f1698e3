"""Real journal files with entries of the past: systemd-journal-remote makes them out of the export format."""

import os
import subprocess
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

REMOTE = "/usr/lib/systemd/systemd-journal-remote"
BOOT = "0123456789abcdef0123456789abcdef"


def exported(at: datetime, host: str, message: str) -> str:
    """Return one entry in the export format (systemd.io/JOURNAL_EXPORT_FORMATS)."""
    return (
        f"__REALTIME_TIMESTAMP={int(at.timestamp()) * 1_000_000}\n__MONOTONIC_TIMESTAMP=1\n_BOOT_ID={BOOT}\n"
        f"_HOSTNAME={host}\nMESSAGE={message}\n\n"
    )


def make(path: Path, entries: Iterable[tuple[datetime, str]], written: datetime, *, message: str | None = None) -> Path:
    """Write a journal file of entries, each (when, host), or append to it; it was last written at that time.

    `message`: what each of them says.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(exported(at, host, message or f"message of {at:%H:%M}") for at, host in sorted(entries))
    subprocess.run([REMOTE, "-o", str(path), "-"], input=text.encode(), check=True, capture_output=True)
    os.utime(path, (written.timestamp(), written.timestamp()))
    return path
