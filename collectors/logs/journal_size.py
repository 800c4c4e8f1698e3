"""What journald lets its journal use (journald.conf(5)): a size, and an age beyond which entries go."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from agent.core.errors import LookError
from agent.core.host import Host
from collectors.logs.free_space import FileSystemSpace

OWN = "/var/log/journal"
ANSWER = 1024 * 1024
GIBIBYTE = 1024**3

_SET = re.compile(r"(SystemMaxUse|SystemKeepFree|MaxRetentionSec)\s*=\s*(\S.*)?")
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([KMGTPE]?)", re.ASCII)
_SPAN = re.compile(r"(\d{1,9})\s*([a-zA-Z]*)", re.ASCII)
_SECONDS = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
    **dict.fromkeys(("w", "week", "weeks"), 604800),
    **dict.fromkeys(("M", "month", "months"), 2629800),
    **dict.fromkeys(("y", "year", "years"), 31557600),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """How many more bytes the journal may take, and how old an entry may become (None: no limit)."""

    free: int
    age: timedelta | None = None


def allowed(host: Host, folder: str, disk: FileSystemSpace, used: int, timeout: timedelta) -> Allowed:
    """Return what a journal may still take; of another than journald's own, what the disk has."""
    if not folder.startswith(OWN):
        return Allowed(free=disk.free)
    try:
        output = host.run(
            "systemd-analyze", "cat-config", "systemd/journald.conf", timeout=timeout, accept=None, output_limit=ANSWER
        )
        settings = dict(parse(output.stdout))
    except LookError:
        settings = {}
    # Left out, the two are a tenth and fifteen hundredths of the disk, 4 GiB at most.
    most = _size(settings.get("SystemMaxUse"), min(disk.size // 10, 4 * GIBIBYTE))
    spared = _size(settings.get("SystemKeepFree"), min(disk.size * 15 // 100, 4 * GIBIBYTE))
    return Allowed(free=max(0, min(most - used, disk.free - spared)), age=_span(settings.get("MaxRetentionSec")))


# SystemMaxUse=2G
def parse(said: bytes) -> Iterator[tuple[str, str]]:
    """Yield each setting as it is written; where one is written twice, the last one holds."""
    for line in said.decode(errors="replace").splitlines():
        found = _SET.fullmatch(line.strip())
        if found is not None:
            yield found[1], (found[2] or "").strip()


def _size(text: str | None, otherwise: int) -> int:
    found = _SIZE.fullmatch(text or "")
    return otherwise if found is None else int(float(found[1]) * 1024 ** " KMGTPE".index(found[2] or " "))


def _span(text: str | None) -> timedelta | None:
    parts = _SPAN.findall(text or "")
    if not parts or any(unit not in _SECONDS for _, unit in parts):
        return None
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts)
    return timedelta(seconds=min(seconds, 10**10)) if seconds else None
