"""borg as the backup program that the samples, the timed restores and the drill go through."""

import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from agent.core.collecting.backup_program import (
    SLOWEST_BYTES_PER_SECOND,
    BackupProgram,
    Node,
    PointContents,
    RestoreResult,
    UnreadablePoint,
)
from agent.core.collecting.collector import Look
from agent.core.errors import Damaged, LookError, Unreadable
from agent.core.facts.recovery_points import AHEAD, covers, points_in
from agent.core.host import Output
from agent.core.inventory import Copy
from agent.core.lines import last_line
from agent.core.points import Point
from agent.core.reason import Reason
from agent.restores.confinement.changes import changing_only, hold_to_confinable
from agent.restores.through_links import hold_to_folders
from collectors.borg import LOOKS
from collectors.borg.contents import ArchiveContents, holds
from collectors.borg.entries import TOP, BorgEntry, is_top, link_told
from collectors.borg.faults import NOT_THERE, is_bad, messages_in
from collectors.borg.nodes import node_of
from collectors.borg.program import Borg, prepare
from collectors.borg.repository import (
    ArchiveUnreadable,
    RepositoryArchives,
    hold_to_pinned,
    listed,
    point_of,
    read_entries,
)
from collectors.borg.steady import steady

# A list of all that an archive holds fetches what tells of each file: half a gigabyte for a million.
LISTING = timedelta(minutes=15)
CHUNK = 1024 * 1024
# So many archives that no look has read yet are read to find one of each path; a look reads as many each time.
READ_AT_MOST = 16
# The folder that all entries hang in would give its mode to the one that is restored into, which is the agent's alone.
_WITHOUT_TOP = ("--exclude", f"re:^{TOP}\\Z")
_FULL = re.compile(r"no space left on device|disk quota exceeded|file too large|read-only file system", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class BorgRestores:
    """Reach one borg repository; see agent.core.collecting.backup_program.Repository.

    `found` are its archives as they were listed last, `known` the points that the newest look at them read.
    """

    borg: Borg
    id: str
    timeout: timedelta
    found: RepositoryArchives
    known: Mapping[str, Point]
    _just_listed: bool = True
    _unreadable: list[UnreadablePoint] = field(default_factory=list)

    @property
    def version(self) -> str:
        """Return borg's version."""
        return "borg " + ".".join(str(number) for number in self.borg.version)

    def points(self, now: datetime) -> tuple[Point, ...]:
        """Return the points of the copy's machine, newest first; what they hold is read back to one of each path."""
        if not self._just_listed:
            self.found = listed(self.borg.within(self.timeout), self.known)
        self._just_listed = False
        self._unreadable.clear()
        copy = self.borg.copy
        own = [point_of(one, self.known, copy.paths) for one in self.found.archives if one.host == copy.snapshot_host]
        own = sorted((one for one in own if one.time - now <= AHEAD), key=lambda point: point.time, reverse=True)
        lacking, read, left = set(copy.paths), list[Point](), READ_AT_MOST
        for point in own:
            if lacking and point.files is None and left:
                left -= 1
                try:
                    point = self._read(point)
                except ArchiveUnreadable:
                    self._unreadable.append(UnreadablePoint(id=point.id, reason=Reason.DAMAGED))
                    continue
            if point.files and not point.is_empty:
                lacking -= {path for path in lacking if covers(point, path)}
            if not point.is_empty:
                read.append(point)
        return tuple(read)

    def left_out(self) -> tuple[UnreadablePoint, ...]:
        """Return the points that are there and cannot be read, of any machine."""
        return (*self.found.left_out, *self._unreadable)

    def held(self, point: Point) -> PointContents:
        """Return what a point has of the source."""
        paths = self.borg.copy.paths
        beyond = not all(any(holds(path, own) for path in paths) for own in point.paths)
        only = tuple(path for path in paths if covers(point, path)) if beyond else ()
        nodes = self._nodes(point, only)
        return PointContents(point=point, nodes=nodes, only=only)

    def live(self, point: Point) -> Mapping[str, str]:
        """Return where the names at the top of a point lie in the live source: an archive has absolute paths."""
        return {path.split("/")[1]: "" for path in point.paths if path.count("/")}

    def read(self, point: Point, path: str, *, limit: int, unnamed: bool = False) -> bytes | None:
        """Return the bytes of one file of a point."""
        timeout = self.timeout + timedelta(seconds=limit / SLOWEST_BYTES_PER_SECOND)
        found = [node for node in self._nodes(point, (path,), "pf") if node.path == path]
        if not found:
            return None
        if found[0].type != "file" or found[0].size > limit:
            return b""
        patient = self.borg.within(timeout)
        output = steady(lambda: patient.run(
            "extract", "--stdout", "--bypass-lock",
            archive=self._name(point), paths=(_pattern("pf", path),),
            output_limit=2 * limit + 65536, shown=_shown(point, unnamed),
        ), self.borg.copy.subject)  # fmt: skip
        if not gave_whole(output, found[0].size):
            error = self._error(output)
            raise type(error)(f"{error.message} (a file of point {point.id[:8]})", error.hint)
        return output.stdout if len(output.stdout) <= limit else b""

    def restore(
        self, point: Point, folder: Path, *, only: Iterable[str], timeout: timedelta, unnamed: bool = False
    ) -> RestoreResult:
        """Restore a point, or a part of it, and read back every file that came."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        hold_to_confinable("borg")
        only = tuple(only)
        nodes = self._nodes(point, only)
        hold_to_folders(nodes, f"{self.borg.copy.subject}: point {point.id[:8]}")
        before = (*changing_only(folder, self.borg.folder), "env", f"--chdir={folder}")
        patient = replace(self.borg.within(timeout), before=before)
        # What a run before has left is written over.
        output = steady(lambda: patient.run(
            "extract", "--bypass-lock", "--numeric-ids", "--sparse", *_WITHOUT_TOP,
            archive=self._name(point), paths=[_pattern("pp", path) for path in only], shown=_shown(point, unnamed),
        ), self.borg.copy.subject)  # fmt: skip
        ended = outcome(output)
        if ended.damaged or ended.hindered is not None:
            return replace(ended, said="") if unnamed else ended
        # Two names may look alike in the list.
        wanted: dict[str, set[int]] = {}
        for node in nodes:
            if node.type == "file":
                wanted.setdefault(node.path, set()).add(node.size)
        return replace(ended, damaged=not _read_back(folder, wanted))

    def _read(self, point: Point) -> Point:
        heard = ArchiveContents()

        def begun() -> Callable[[BorgEntry], object]:
            nonlocal heard
            heard = ArchiveContents(paths=self.borg.copy.paths)
            return heard.count

        read_entries(self.borg.within(self.timeout + LISTING), self._name(point), begun)
        return replace(point, paths=heard.tops or point.paths, files=heard.files, bytes=heard.size)

    def _nodes(self, point: Point, only: Sequence[str], style: str = "pp") -> tuple[Node, ...]:
        nodes: list[Node] = []
        same: dict[int, bytes] = {}
        odd: dict[int, bytes] = {}

        def take(entry: BorgEntry) -> None:
            if not is_top(entry.path):
                if entry.same_as:
                    same[len(nodes)] = entry.same_as
                node = node_of(entry)
                if "\ufffd" in node.path:
                    odd[len(nodes)] = entry.path
                nodes.append(node)

        def begun() -> Callable[[BorgEntry], object]:
            nodes.clear()
            same.clear()
            odd.clear()
            return take

        try:
            patterns = [_pattern(style, path) for path in only]
            read_entries(self.borg.within(self.timeout + LISTING), self._name(point), begun, patterns)
            sizes = self._sizes(point, frozenset(same.values())) if same else {}
        except ArchiveUnreadable as error:
            raise self._damaged() from error
        for number, path in same.items():
            nodes[number] = replace(nodes[number], size=sizes.get(path, 0))
        return _in_order(nodes, odd) if odd else tuple(nodes)

    def _sizes(self, point: Point, wanted: frozenset[bytes]) -> Mapping[bytes, int]:
        """Return the size of each file that hard links lead to, wherever in the archive it stands.

        Raises Unreadable where two files of different sizes may be meant.
        """
        sizes: dict[bytes, int] = {}
        doubtful = False

        def take(entry: BorgEntry) -> None:
            nonlocal doubtful
            path = link_told(entry.path)
            if path in wanted and entry.type == "-" and not entry.same_as:
                doubtful = sizes.setdefault(path, entry.size) != entry.size or doubtful

        read_entries(self.borg.within(self.timeout + LISTING), self._name(point), lambda: take)
        if doubtful:
            raise Unreadable(f"{self.borg.copy.subject}: two files may be what a hard link of a point is")
        return sizes

    def _name(self, point: Point) -> str:
        name = next((one.name for one in self.found.archives if one.id == point.id), None)
        if name is None:
            raise Unreadable(f"{self.borg.copy.subject}: point {point.id[:8]} is in the repository no longer")
        return name

    def _error(self, output: Output) -> LookError:
        """Return the error of a run about one point. Raises RepositoryAbsent."""
        messages = messages_in(output.stderr)
        if is_bad(messages) and not any(one.name == NOT_THERE for one in messages):
            return self._damaged()
        return self.borg.error(output)

    def _damaged(self) -> Damaged:
        message = f"{self.borg.copy.subject}: what a point holds cannot be read, since it is damaged"
        return Damaged(message, "find the damage: beffroi verify --all")


# borg 1.2.4, Debian 12's, ends so, with status 1, after it has given the one file that a `pf:` pattern names.
_NEVER_MATCHED = re.compile(r"Include pattern '.*' never matched\.", re.DOTALL)


def gave_whole(output: Output, size: int) -> bool:
    """Return whether `borg extract --stdout` gave a file of this many bytes, and complained of nothing else."""
    if output.status != 1 or output.truncated:
        return output.status == 0
    complaints = [one.text for one in messages_in(output.stderr) if not one.name.startswith("BORG_")]
    return len(output.stdout) == size and complaints != [] and all(_NEVER_MATCHED.fullmatch(one) for one in complaints)


def outcome(output: Output) -> RestoreResult:
    """Return how a run of `borg extract` ended, from its messages."""
    messages = messages_in(output.stderr)
    said = last_line(output.stderr)
    # 1: there were warnings, such as an owner that only root may give.
    if output.status in (0, 1) and not output.truncated and not is_bad(messages):
        return RestoreResult(took=output.duration)
    if output.truncated or not 0 <= output.status < 128:
        return RestoreResult(took=output.duration, hindered=Reason.EXITED, cut=True, said=said)
    if any(_FULL.search(one.text) for one in messages if one.name):
        return RestoreResult(took=output.duration, hindered=Reason.NO_ROOM, said=said)
    if is_bad(messages):
        return RestoreResult(took=output.duration, damaged=True, said=said)
    return RestoreResult(took=output.duration, hindered=Reason.EXITED, said=said)


def _in_order(nodes: Sequence[Node], odd: Mapping[int, bytes]) -> tuple[Node, ...]:
    """Return nodes in the order of the bytes of their names, folder by folder, by which those that look alike are told.

    borg keeps them in the order of the disk. `odd` are the paths that are told otherwise: kept once.
    """

    def place(number: int) -> bytes:
        path = odd.get(number) or nodes[number].path.lstrip("/").encode()
        return path.replace(b"/", b"\0")

    last = {path: number for number, path in odd.items()}
    kept = (number for number in range(len(nodes)) if number not in odd or last[odd[number]] == number)
    return tuple(nodes[number] for number in sorted(kept, key=place))


def _read_back(folder: Path, wanted: Mapping[str, Collection[int]]) -> bool:
    """Return whether every regular file that came back can be read to its end, and has one of its sizes."""
    for root, _folders, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            if not stat.S_ISREG(path.lstat().st_mode):
                continue
            shown = "/" + os.fsencode(path.relative_to(folder)).decode(errors="replace")
            with path.open("rb") as opened:
                size = sum(len(chunk) for chunk in iter(lambda: opened.read(CHUNK), b""))
            if size not in wanted.get(shown, (size,)):
                return False
    return True


def _pattern(style: str, path: str) -> str:
    """Return what means this path and no other; an archive has paths without the slash at their beginning."""
    return f"{style}:{path.lstrip('/')}"


def _shown(point: Point, unnamed: bool) -> str | None:
    return f"borg extract ::{point.id} (a part of it)" if unnamed else None


def opens(copy: Copy, look: Look, pinned: str | None) -> BorgRestores:
    """Open a copy's repository; raises RepositoryAbsent and every LookError."""
    borg = prepare(copy, look, look.timeout)
    listing = look.last_look(LOOKS.listing, copy.subject)
    known = {} if listing is None else {point.id: point for point in points_in(listing)}
    found = listed(borg, known)
    id = hold_to_pinned(copy, found.repository, pinned)
    return BorgRestores(borg=borg, id=id, timeout=look.timeout, found=found, known=known)


PROGRAM = BackupProgram(looks=LOOKS, opens=opens)
