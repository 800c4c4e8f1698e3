"""How fast a copy comes back: some whole folders and some big files of its newest point, restored and timed.

Reads:  the points, what the newest holds, and three timed restores, of at most 256 MiB together; three draws at first
Needs:  `sample` in `[[backup]]`, the password file, a ledger for the register's entry, room in the state directory
Blind:  tells the time of the restore alone, from here and on this line: no new machine, no set-up, no other restore
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from agent.core.collecting.backup_program import Node, Repository, RepositoryAbsent, limit_for, newest_points
from agent.core.collecting.collector import Look, copy_collector
from agent.core.errors import LookError, Missing, NoRoom, Unreadable, look_error
from agent.core.facts.restore_pace import COLLECTOR as NAME
from agent.core.facts.restore_pace import DRAWS_STAND, LEAST_DRAWS, MOST_DRAWS, SMALL, Draw, Totals, draws_in, totals_in
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.core.points import Point
from agent.restores.deep_folders import remove
from agent.restores.portions import BIG_BYTES, FOLDERS_BYTES, Portion, big_files, files_in, folders
from collectors.restored.turn import in_turn

# How much the source was at each look is kept for as long as an exercise may tell of the time it took then.
TOTALS_AT_MOST = 60
# A restore is never taken to cost less than this share of its time beside its start: what is timed once trembles.
LEAST_SHARE = 0.1
# Fewer bytes than this tell nothing of the line.
LINE_BYTES = 1024 * 1024
# Where every big file is larger than a draw may restore: so much of one is read instead.
READ_BYTES = 32 * 1024 * 1024
UNSAID = "a part of the newest point could not be restored"

Source = tuple[Point, Sequence[Node]]


def collect(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield how much the source is, and what each draw measured, those of the last weeks included."""
    pinned = look.previous.one("repository.id") if look.previous is not None else None
    try:
        repository = look.program(copy).opens(copy, look, None if pinned is None else str(pinned.value))
        points = newest_points(repository.points(look.now), copy.paths)
        if not points:
            raise Missing(f"{copy.subject}: no point of every path of the source is there")
        sources = [(point, repository.held(point).nodes) for point in points]
    except RepositoryAbsent as error:
        raise Missing(f"{copy.subject}: the repository is not there") from error
    before = () if look.previous is None else draws_in(look.previous)
    kept = [draw for draw in before if look.now - draw.at <= DRAWS_STAND]
    new = _draws(repository, sources, look, max(1, LEAST_DRAWS - len(kept)))
    yield Fact(name="repository.id", subject=copy.subject, value=repository.id, as_of=look.now)
    for draw in [*new, *kept][:MOST_DRAWS]:
        yield draw.fact(copy.subject)
    earlier = () if look.previous is None else totals_in(look.previous)
    for totals in [_totals(sources), *earlier][:TOTALS_AT_MOST]:
        yield totals.fact(copy.subject)


def _totals(sources: Sequence[Source]) -> Totals:
    files = [node for _, nodes in sources for node in nodes if node.type == "file"]
    return Totals(
        at=min(point.time for point, _ in sources),
        points=len(sources),
        small_files=sum(node.size <= SMALL for node in files),
        big_bytes=sum(node.size for node in files if node.size > SMALL),
        small_bytes=sum(node.size for node in files if node.size <= SMALL),
    )


def _draws(repository: Repository, sources: Sequence[Source], look: Look, number: int) -> list[Draw]:
    # A source in which nothing can be asked for by its name shows no pace.
    usable = [(point, nodes) for point, nodes in sources if files_in(nodes)]
    if not usable:
        raise Unreadable("no file of the source is where the point should hold it")
    with look.restoring() as folder:
        need, room = FOLDERS_BYTES + BIG_BYTES, shutil.disk_usage(folder).free
        if need > room:
            raise NoRoom(f"{need} bytes are needed in {folder.parent}, {room} are free")
        found = []
        for turn in range(number):
            point, nodes = usable[turn % len(usable)]
            timed = _Timed(repository=repository, point=point, folder=folder)
            found.append(_draw(timed, nodes, look.now, f"{point.id} {look.now.isoformat()} {turn}"))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timed:
    """Time restores of parts of one point."""

    repository: Repository
    point: Point
    folder: Path

    def seconds(self, part: Portion) -> float:
        """Restore a part, remove it, and return how long that took, its reading back included."""
        place, limit = self.folder / "part", limit_for(part.bytes)
        try:
            ended = self.repository.restore(self.point, place, only=part.paths, timeout=limit, unnamed=True)
        except LookError as error:
            raise type(error)(UNSAID, error.hint) from error
        finally:
            remove(place)
        if ended.damaged:
            raise Unreadable(f"{UNSAID}: its data is damaged")
        if ended.hindered is not None:
            raise look_error(ended.hindered, UNSAID)
        return ended.took.total_seconds()

    def reading(self, node: Node) -> float:
        """Read the beginning of a file that is too large to be restored, and return how long that took.

        It is slower than a restore, which fetches several parts at once: the bound stays one.
        """
        began = time.monotonic()
        try:
            found = self.repository.read(self.point, node.path, limit=READ_BYTES, unnamed=True)
        except LookError as error:
            raise type(error)(UNSAID, error.hint) from error
        if found is None:
            raise Unreadable(f"{UNSAID}: it is not there")
        return time.monotonic() - began


def _draw(timed: _Timed, nodes: Sequence[Node], at: datetime, key: str) -> Draw:
    least = min(files_in(nodes), key=lambda node: node.size)
    small, big = folders(nodes, key), big_files(nodes, key)
    start = timed.seconds(Portion(paths=(least.path,), bytes=least.size))
    a_byte = a_file = 0.0
    rates = []
    if big.big_bytes:
        took = timed.seconds(big)
        a_byte = max(took - start, took * LEAST_SHARE) / big.big_bytes
        rates.append((took - start, big.bytes))
    elif huge := [node for node in files_in(nodes) if node.size > SMALL]:
        took = timed.reading(max(huge, key=lambda node: node.size))
        a_byte = max(took - start, took * LEAST_SHARE) / READ_BYTES
        rates.append((took - start, READ_BYTES))
    if small.small_files:
        took = timed.seconds(small)
        a_file = max(took - start - small.big_bytes * a_byte, took * LEAST_SHARE) / small.small_files
        rates.append((took - start, small.bytes))
    return Draw(at=at, start=start, a_file=a_file, a_byte=a_byte, line=_line(rates, start))


def _line(rates: Sequence[tuple[float, int]], start: float) -> float:
    """Return the seconds a byte of the fastest restore that tells any: of some bytes, in some time beside its start."""
    told = [seconds / size for seconds, size in rates if size >= LINE_BYTES and seconds > start * LEAST_SHARE]
    return min(told, default=0.0)


COLLECTOR = copy_collector(
    name=NAME,
    schedule="samples",
    collect=partial(in_turn, collect),
    applies=lambda copy: copy.sample is not None and copy.offsite,
)
