"""Follow the links of a tree of logs without leaving it: pure, from what find lists and what each link holds.

A link that leads out of the tree, back into itself or too far is refused by its path. Nothing outside is ever walked,
so that one link in one sender's folder costs that sender alone.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from agent.core.reason import Reason

# Two machines' clocks are apart.
AHEAD = timedelta(minutes=5)
# As the kernel does (path_resolution(7)).
MOST_HOPS = 40
# In bytes, of what a link holds, and of a path that a program may name (limits.h, PATH_MAX).
LONGEST_TARGET = 4096
# Links that lead to links that lead to links.
MOST_NESTED = 8
# What links may show again below one name of the tree's folder, which is one sender's in most trees.
MOST_FOLLOWED = 50_000

OUT = "a link out of the tree: mount its target in its place"
LOOP = "a link to a folder that it lies in"
DEEPER = "a link to a folder that lies deeper than the pattern reaches"
TOO_MANY = f"a link to more than {MOST_FOLLOWED} files"
# What find says of a link that it cannot follow (find(1), «%Y»).
BROKEN = {"L": "too many levels of symbolic links", "?": "a link that cannot be followed"}
NOTHING = "N"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """One thing that lies in a tree; `kind` is find's letter, `node` device and inode."""

    path: str
    kind: str
    node: str
    size: int
    modified: float
    changed: float

    def written(self, now: datetime) -> datetime | None:
        """Return when the file was last written, by its date of change where that of writing cannot be; None: unknown.

        Anyone may set a date of writing into the future; only the kernel's clock dates the change.
        """
        for seconds in (self.modified, self.changed):
            if seconds <= (now + AHEAD).timestamp():
                return min(datetime.fromtimestamp(max(seconds, 0), UTC), now)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindEntry:
    """One line of find's: the thing itself; of a link what it holds, and the kind of what it leads to."""

    file: TreeEntry
    leads: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPath:
    """One path that could not be looked into, and why; `below`: files may lie below it."""

    path: str
    reason: Reason
    said: str
    below: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepLink:
    """A link to a file of the tree that lies deeper than what was listed; `target` is that file."""

    path: str
    target: str


Shown = TreeEntry | RefusedPath | DeepLink
# The folders that a path lies in, as stretches: of each the topmost and the lowest.
Stretches = tuple[tuple[str, str], ...]


@dataclass(kw_only=True)
class FolderLinks:
    """The links of one listed folder.

    `real` is where the folder itself lies, without any link; `depth` is how deep it was listed, None: to its end.
    """

    folder: str
    real: str
    depth: int | None
    entries: Iterable[FindEntry]
    _shown: Counter[str] = field(default_factory=Counter)

    @cached_property
    def root(self) -> str:
        """Return the real folder, empty for `/`."""
        return self.real.rstrip("/")

    @cached_property
    def _known(self) -> Mapping[str, FindEntry]:
        cut = len(self.folder.rstrip("/"))
        return {self.root + entry.file.path[cut:]: entry for entry in self.entries}

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._known)

    def followed(self) -> Iterator[Shown]:
        """Yield what each link shows: files by the path that leads through it, or why it is not followed."""
        for place, entry in self._known.items():
            if entry.file.kind == "l":
                yield from self._follow(place, entry.file.path, ((self.root, _parent(place)),))

    def _follow(self, place: str, path: str, within: Stretches) -> Iterator[Shown]:
        """Yield what one link shows that is reached by a path and lies within some folders."""
        entry = self._known[place]
        if entry.leads == NOTHING:
            yield replace(entry.file, path=path)
            return
        target = None if entry.leads in BROKEN else self._target(place)
        if target is None:
            yield self._refused(path, BROKEN.get(entry.leads, OUT), folder=entry.leads not in "fpscb")
        elif entry.leads != "d":
            yield from self._file(path, target)
        elif any(_inside(lower, target) and _inside(target, upper) for upper, lower in within):
            yield self._refused(path, LOOP, folder=True)
        elif self.depth is not None and self._level(target, self.root) > self._level(path, self.folder.rstrip("/")):
            yield self._refused(path, DEEPER, folder=True)
        else:
            yield from self._folder(path, target, within)

    def _file(self, path: str, target: str) -> Iterator[TreeEntry | DeepLink]:
        known = self._known.get(target)
        if known is not None:
            yield replace(known.file, path=path)
        elif self.depth is not None and self._level(target, self.root) > self.depth:
            yield DeepLink(path=path, target=target)
        # Else rotation took it away while find looked.

    def _folder(self, path: str, target: str, within: Stretches) -> Iterator[Shown]:
        if len(within) > MOST_NESTED:
            yield self._refused(path, BROKEN["L"], folder=True)
            return
        first = path[len(self.folder.rstrip("/")) :].split("/")[1]
        for place in self._below(target):
            seen = path + place[len(target) :]
            if self.depth is not None and self._level(seen, self.folder.rstrip("/")) > self.depth:
                continue
            self._shown[first] += 1
            if self._shown[first] > MOST_FOLLOWED:
                yield self._refused(path, TOO_MANY, folder=True)
                return
            entry = self._known[place]
            if entry.file.kind == "l":
                yield from self._follow(place, seen, (*within, (target, _parent(place))))
            else:
                yield replace(entry.file, path=seen)

    def _below(self, target: str) -> Iterator[str]:
        at = bisect_left(self._sorted, target + "/")
        while at < len(self._sorted) and self._sorted[at].startswith(target + "/"):
            yield self._sorted[at]
            at += 1

    def _target(self, place: str) -> str | None:
        """Return where a link leads, without any link; None: out of the tree.

        On its way it may pass the folders above the tree, which are real ones, and no other outside. A path that no
        program may name leads nowhere.
        """
        at, hops = place, 0
        names: list[str] = []
        while True:
            entry = self._known.get(at)
            if entry is not None and entry.file.kind == "l":
                hops += 1
                if hops > MOST_HOPS:
                    return None
                at = "" if entry.text.startswith("/") else _parent(at)
                names += reversed(entry.text.split("/"))
            if not names:
                return at if _inside(at, self.root) else None
            name = names.pop()
            if name == "..":
                at = _parent(at)
            elif name not in ("", "."):
                at = f"{at}/{name}"
            if len(at) > LONGEST_TARGET or not (_inside(at, self.root) or _inside(self.root, at)):
                return None

    def _refused(self, path: str, said: str, *, folder: bool) -> RefusedPath:
        deep = self.depth is None or self._level(path, self.folder.rstrip("/")) < self.depth
        return RefusedPath(path=path, reason=Reason.UNREADABLE, said=said, below=folder and deep)

    @staticmethod
    def _level(path: str, root: str) -> int:
        return path.count("/", len(root))


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _inside(path: str, folder: str) -> bool:
    """Return True for a folder and for whatever lies below it."""
    return path == folder or path.startswith(folder + "/")
