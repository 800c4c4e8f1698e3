"""What a restored cluster's server says while it starts, as it comes; what it names may be hostile. Pure."""

import re
import threading

from agent.core.lines import one_line

READY = b"LOG:  database system is ready to accept connections"
_LONGEST = 4096
_WORST = re.compile(r"^(?:FATAL|PANIC):\s+(.*)")
# What a server says of data that is not as it was written, or not all there.
_DAMAGE = re.compile(
    r"could not locate (?:a valid|required) checkpoint record|invalid checkpoint|invalid primary checkpoint"
    r"|WAL ends before (?:end of online backup|consistent recovery point)|backup_label|invalid page in block"
    r"|WAL contains references to invalid pages|could not (?:open|read|access|fsync) (?:file|block|status|directory)"
    r"|incorrect (?:checksum|resource manager data checksum)|calculated CRC checksum does not match"
    r"|is not a valid data directory|could not read control file|control file|corrupt|is not a child of this server"
    r"|requested (?:recovery stop point|timeline)|invalid (?:record|magic|resource manager)|missing contrecord"
    r"|archive file .* has wrong size|database subdirectory \S+ is missing",
    re.IGNORECASE,
)
_NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded|File too large", re.IGNORECASE)
_OF_THIS_MACHINE = re.compile(
    r"could not (?:create|map|attach|bind|load|resize|fork|execute|access file)|out of memory|Cannot allocate memory"
    r"|not supported by this build|compiled with|locale|Permission denied|Too many open files|lock file"
    r"|configuration parameter|was initialized with|incompatible with (?:server|operating)",
    re.IGNORECASE,
)


class ServerLog:
    """Gather a server's words as they come; usable from two threads.

    `changed` is set where it is ready; its end is seen by the process that waits for it, which sets it too.
    """

    def __init__(self) -> None:
        self.changed = threading.Event()
        self.ready = False
        self.no_room = False
        self._worst = ""
        # The first word that ended it and tells of bad data.
        self.damage = ""
        self._last = ""
        self._rest = b""

    def hear(self, chunk: bytes) -> None:
        """Take the next piece."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._rest = self._rest[-_LONGEST:]
        for line in lines:
            self._line(line[:_LONGEST])

    def _line(self, line: bytes) -> None:
        if line == READY:
            self.ready = True
            self.changed.set()
        text = line.decode(errors="replace")
        self.no_room = self.no_room or _NO_ROOM.search(text) is not None
        worst = _WORST.match(text)
        if worst is not None and not self._worst:
            self._worst = one_line(worst[1])
        if worst is not None and not self.damage and is_damage(worst[1]):
            self.damage = one_line(worst[1])
        self._last = one_line(text) or self._last

    @property
    def said(self) -> str:
        """Return what ended it, else its last line."""
        return self._worst or self._last


def is_damage(said: str) -> bool:
    """Return whether an error is of the data, and not of the machine on which it is read."""
    return _DAMAGE.search(said) is not None and _OF_THIS_MACHINE.search(said) is None
