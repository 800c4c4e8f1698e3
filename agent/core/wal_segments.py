"""Names of WAL segments, and how far an archive of them continues a base backup. Pure.

PostgreSQL's manual, «Continuous Archiving»: a base backup needs every segment from its first to its last, and is
replayed as far as the segments after these go on without one missing. A new timeline begins in the segment in which the
old one was left, as its history file says.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

SEGMENT = re.compile(r"[0-9A-F]{24}")
HISTORY = re.compile(r"([0-9A-F]{8})\.history")
_LSN = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})", re.IGNORECASE)
_HISTORY_LINE = re.compile(r"\s*(\d{1,10})\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(?:\s|$)")
_LOG = 1 << 32
# initdb --wal-segsize: a power of two, from 1 MB to 1 GB.
_SIZES = tuple(1 << power for power in range(20, 31))
_USUAL = 1 << 24
# A timeline, and the LSN at which it was left for the next one, or begins.
Switch = tuple[int, int]
# A segment begins with a header of so many bytes (src/include/access/xlog_internal.h, SizeOfXLogLongPHD): a cluster
# that has just ended one stands behind the next one's.
HEADER = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseBackup:
    """One base backup: the names of the first and the last segment that it needs, and the LSN at which it ended.

    `time` is when it ended; `bytes` the size of the cluster then.
    """

    id: str
    time: datetime
    first: str
    last: str
    start_lsn: int
    stop_lsn: int
    bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalArchive:
    """The segments of an archive, by their names, each with when it was archived; and its timelines' histories.

    Segments that cannot be used, such as an empty file, are left out.
    """

    segments: Mapping[str, datetime]
    histories: Mapping[int, tuple[Switch, ...]] = field(default_factory=dict)

    def without(self, names: Collection[str]) -> "WalArchive":
        """Return the archive without some segments."""
        return replace(self, segments={name: at for name, at in self.segments.items() if name not in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class WalReach:
    """How far an archive leads: up to the LSN `end`, in segments of a size, along timelines.

    `left` has each timeline with the LSN at which it is left for the next one (None: it is the last one); empty: they
    are not known. Timeline 0 stands for an unknown one.
    """

    end: int
    size: int
    left: Mapping[int, int | None] = field(default_factory=dict)

    def holds(self, timeline: int, lsn: int) -> bool:
        """Return whether everything that a cluster had written by an LSN of a timeline is in the archive."""
        return lsn <= self.end + HEADER and self.leads_through(timeline, lsn)

    def leads_through(self, timeline: int, lsn: int) -> bool:
        """Return whether an LSN of a timeline lies on these timelines, archived or not.

        One that was set back to an earlier instant writes anew from there: its LSNs are those of other data.
        """
        if not (timeline and self.left):
            return True
        until = self.left.get(timeline, -1)
        return until is None or lsn <= until


@dataclass(frozen=True, slots=True, kw_only=True)
class WalChain:
    """How far an archive continues one base backup.

    `end` is the LSN up to which WAL is there, `newest` the last segment before it, and `missing` the first one that is
    not there. `complete`: the backup's own segments are there, without which it cannot be restored. `timeline` and
    `path` are the backup's timeline, and later ones with the LSN at which each begins.
    """

    backup: BaseBackup
    size: int
    timeline: int
    path: tuple[Switch, ...]
    end: int
    complete: bool
    newest: str | None
    missing: str

    @property
    def reach(self) -> WalReach:
        """Return how far the archive leads from the backup."""
        timelines = (self.timeline, *(timeline for timeline, _ in self.path))
        left = dict(zip(timelines, (*(lsn for _, lsn in self.path), None), strict=True))
        return WalReach(end=self.end, size=self.size, left=left)

    @property
    def leads_to(self) -> int:
        """Return the last timeline that it is followed along."""
        return self.path[-1][0] if self.path else self.timeline

    @property
    def first(self) -> int:
        """Return the number of the first segment."""
        return _number(self.backup.first, self.size)


def lsn_of(text: object) -> int | None:
    """Return an LSN such as `0/2000028` as a number; None for anything else."""
    match = _LSN.fullmatch(text) if isinstance(text, str) else None
    return None if match is None else (int(match[1], 16) << 32) | int(match[2], 16)


def segment_size(named: Iterable[tuple[str, int]]) -> int | None:
    """Return the size of segments of which each holds the LSN beside its name; None where no size fits.

    Of several that fit, as where a name ends in zeros, PostgreSQL's own default stands.
    """
    every = tuple(named)
    fitting = [
        size
        for size in _SIZES
        if all(lsn >= size and _name(int(name[:8], 16), lsn // size, size) == name for name, lsn in every)
    ]
    return _USUAL if _USUAL in fitting else next(iter(fitting), None)


def history_in(content: bytes) -> tuple[Switch, ...] | None:
    """Return the switches that a history file tells, oldest first; None where it holds another line."""
    found: list[Switch] = []
    for line in content.decode(errors="replace").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _HISTORY_LINE.match(line)
        lsn = None if match is None else lsn_of(match[2])
        if match is None or lsn is None:
            return None
        found.append((int(match[1]), lsn))
    return tuple(found)


def chains_of(backups: Sequence[BaseBackup], archive: WalArchive, timeline: int = 0) -> tuple[WalChain, ...]:
    """Return the chain of each backup, those that reach furthest first, of equal ones that of the newest backup.

    `timeline` is the one that the cluster writes now; 0: it is not known, and the newest one that can be reached
    counts, as it does for PostgreSQL (recovery_target_timeline). One that was left may be archived further than that:
    what lies there was given up. Those that cannot be restored come last; a backup whose segments have no known size
    has no chain.
    """
    found: list[WalChain] = []
    known: dict[str, int] = {}
    common = segment_size((one.first, one.start_lsn) for one in backups)
    for one in sorted(backups, key=lambda one: one.start_lsn, reverse=True):
        size = common or segment_size([(one.first, one.start_lsn)])
        if size is not None:
            found.append(_followed(one, archive, size, timeline, known))

    def rank(chain: WalChain) -> tuple[bool, int, int, datetime]:
        return chain.complete, _wanted(chain.leads_to, timeline), chain.end, chain.backup.time

    return tuple(sorted(found, key=rank, reverse=True))


def _wanted(leads_to: int, timeline: int) -> int:
    """Return how much a chain to a timeline is wanted: one to that which is written now, else to the newest one."""
    return int(leads_to == timeline) if timeline else leads_to


def segments_of(chain: WalChain) -> Iterator[str]:
    """Yield the segments that a chain is replayed from, in order."""
    name = _namer(chain.timeline, chain.path, chain.size)
    yield from map(name, range(chain.first, chain.end // chain.size))


def segment_at(chain: WalChain, lsn: int) -> str:
    """Return the name of the segment of a chain that an LSN lies in."""
    return _namer(chain.timeline, chain.path, chain.size)(lsn // chain.size)


def histories_of(chain: WalChain) -> tuple[int, ...]:
    """Return the timelines after the first that a chain follows, each of which has a history file."""
    own = () if chain.timeline == 1 else (chain.timeline,)
    return (*own, *(number for number, _ in chain.path))


def later_than(chain: WalChain, archive: WalArchive) -> tuple[str, ...]:
    """Return the segments that are there beyond the first one that a chain lacks, in order: none can be replayed."""
    name, end = _namer(chain.timeline, chain.path, chain.size), chain.end // chain.size
    numbers = ((_number(one, chain.size), one) for one in archive.segments)
    return tuple(one for number, one in sorted(numbers) if number > end and name(number) == one)


def _followed(backup: BaseBackup, archive: WalArchive, size: int, wanted: int, known: dict[str, int]) -> WalChain:
    timeline = int(backup.first[:8], 16)
    paths: list[tuple[Switch, ...]] = [()]
    for number, switches in sorted(archive.histories.items()):
        own = next((place for place, (one, _) in enumerate(switches) if one == timeline), None)
        if own is not None and switches[own][1] >= backup.stop_lsn:
            timelines = (*(one for one, _ in switches[own + 1 :]), number)
            paths.append(tuple(zip(timelines, (lsn for _, lsn in switches[own:]), strict=True)))
    chains = [_along(backup, archive, size, path, known) for path in paths]
    return max(reversed(chains), key=lambda chain: (_wanted(chain.leads_to, wanted), chain.end))


def _along(
    backup: BaseBackup, archive: WalArchive, size: int, path: tuple[Switch, ...], known: dict[str, int]
) -> WalChain:
    """Return the chain along one path; `known` has the ends of the chains of newer backups that are on no other."""
    name = _namer(timeline := int(backup.first[:8], 16), path, size)
    first, last = _number(backup.first, size), _number(backup.last, size)
    number = first
    while name(number) in archive.segments:
        if not path and name(number) in known:
            number = known[name(number)]
            break
        number += 1
    if not path:
        known[name(first)] = number
    return WalChain(
        backup=backup,
        size=size,
        timeline=timeline,
        path=path,
        end=number * size,
        complete=number > last,
        newest=name(number - 1) if number > first else None,
        missing=name(number),
    )


def _namer(timeline: int, path: tuple[Switch, ...], size: int) -> Callable[[int], str]:
    """Return what names the segment of a number; `path` are the later timelines, each with where it begins."""
    begins = [(lsn // size, number) for number, lsn in reversed(path)]
    return lambda number: _name(next((own for begun, own in begins if begun <= number), timeline), number, size)


def _number(name: str, size: int) -> int:
    return int(name[8:16], 16) * (_LOG // size) + int(name[16:], 16)


def _name(timeline: int, number: int, size: int) -> str:
    log, segment = divmod(number, _LOG // size)
    return f"{timeline:08X}{log:08X}{segment:08X}"
