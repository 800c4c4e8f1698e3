"""How fast a copy comes back: some whole folders and some big files of its newest point, restored and timed.

Reads:  restic cat config, snapshots, ls, and three timed restores, of at most 256 MiB together; three draws at first
Needs:  `sample` in `[[backup]]`, the password file, a ledger for the register's entry, room in the state directory
Blind:  tells the time of the restore alone, from here and on this line: no new machine, no set-up, no other restore
"""

import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from agent.core.collecting import Collector, Look
from agent.core.errors import LookError, Missing, NoRoom, Unreadable
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.core.pace import COLLECTOR as NAME
from agent.core.pace import DRAWS_STAND, LEAST_DRAWS, MOST_DRAWS, SMALL, Draw, Totals, draws_in, totals_in
from agent.core.points import Point
from agent.core.portions import BIG_BYTES, FOLDERS_BYTES, Portion, big_files, files_in, folders
from agent.core.restored import Node
from agent.core.scratch import remove
from collectors.restic.faults import Fault, RepositoryAbsent, error_of
from collectors.restic.program import Restic
from collectors.restic.restore import limit_for, newest_points, opened, own_points, restore, source_nodes

# How much the source was at each look is kept for as long as an exercise may tell of the time it took then.
TOTALS_AT_MOST = 60
# A restore is never taken to cost less than this share of its time beside its start: what is timed once trembles.
LEAST_SHARE = 0.1
UNSAID = "a part of the newest point could not be restored"

Source = tuple[Point, Sequence[Node]]


def collect(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield how much the source is, and what each draw measured, those of the last weeks included."""
    pinned = look.previous.one("repository.id") if look.previous is not None else None
    try:
        restic, id = opened(copy, look, None if pinned is None else str(pinned.value))
        points = newest_points(own_points(restic, look.now), copy.paths)
        if not points:
            raise Missing(f"{copy.subject}: no point of every path of the source is there")
        sources = [(point, source_nodes(restic, point)[0]) for point in points]
    except RepositoryAbsent as error:
        raise Missing(f"{copy.subject}: the repository is not there") from error
    before = () if look.previous is None else draws_in(look.previous)
    kept = [draw for draw in before if look.now - draw.at <= DRAWS_STAND]
    new = _draws(restic, sources, look, max(1, LEAST_DRAWS - len(kept)))
    yield Fact(name="repository.id", subject=copy.subject, value=id, as_of=look.now)
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
    )


def _draws(restic: Restic, sources: Sequence[Source], look: Look, number: int) -> list[Draw]:
    # A source in which nothing can be asked for by its name shows no pace.
    usable = [(point, nodes) for point, nodes in sources if files_in(nodes)]
    if not usable:
        raise Unreadable(f"{restic.copy.subject}: no file of the source is where the point should hold it")
    with look.restoring() as folder:
        need, room = FOLDERS_BYTES + BIG_BYTES, shutil.disk_usage(folder).free
        if need > room:
            raise NoRoom(f"{restic.copy.subject}: {need} bytes are needed in {folder.parent}, {room} are free")
        return [_draw(restic, *usable[turn % len(usable)], folder, (look.now, turn)) for turn in range(number)]


def _draw(restic: Restic, point: Point, nodes: Sequence[Node], folder: Path, when: tuple[datetime, int]) -> Draw:
    at, turn = when
    key = f"{point.id} {at.isoformat()} {turn}"
    least = min(files_in(nodes), key=lambda node: node.size)
    small, big = folders(nodes, key), big_files(nodes, key)
    if not big.paths and any(node.size > SMALL for node in files_in(nodes)):
        raise Unreadable(f"{restic.copy.subject}: every big file of the source is larger than a draw may restore")
    start = _seconds(restic, point, Portion(paths=(least.path,), bytes=least.size), folder)
    a_byte = a_file = 0.0
    if big.big_bytes:
        took = _seconds(restic, point, big, folder)
        a_byte = max(took - start, took * LEAST_SHARE) / big.big_bytes
    if small.small_files:
        took = _seconds(restic, point, small, folder)
        a_file = max(took - start - small.big_bytes * a_byte, took * LEAST_SHARE) / small.small_files
    return Draw(at=at, start=start, a_file=a_file, a_byte=a_byte)


def _seconds(restic: Restic, point: Point, portion: Portion, folder: Path) -> float:
    """Restore a part of a point, remove it, and return how long restic took, its reading back included."""
    place = folder / "part"
    shown = f"restic restore {point.id} (a part of it, timed)"
    try:
        ended = restore(restic, point, place, only=portion.paths, timeout=limit_for(portion.bytes), shown=shown)
    except LookError as error:
        raise type(error)(f"{restic.copy.subject}: {UNSAID}", error.hint) from error
    finally:
        remove(place)
    if ended.damaged:
        raise Unreadable(f"{restic.copy.subject}: {UNSAID}: its data is damaged")
    if ended.hindered is not None:
        raise error_of(Fault(reason=ended.hindered, said=UNSAID), restic.copy.subject)
    return ended.took.total_seconds()


COLLECTOR = Collector(
    name=NAME,
    schedule="samples",
    looks_at=Copy,
    collect=collect,
    subject_of=lambda copy: copy.subject,
    host_of=lambda copy: copy.host,
    applies=lambda copy: copy.sample is not None and copy.offsite,
    lock_of=lambda copy: copy.repository,
)
