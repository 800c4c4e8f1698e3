"""What an archive holds, counted as borg lists it: its top paths, and files and bytes below each path. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from collectors.borg.entries import BorgEntry, told_path

# An archive that has more top paths than that was not made of a few folders; the others are not told.
TOPS_AT_MOST = 1000


@dataclass(slots=True, kw_only=True)
class ArchiveContents:
    """What was heard of an archive so far; `paths` are asked about, and `broken` counts files that were repaired.

    `below` counts what is below each of `paths` and holds a byte: a dump that failed leaves its name behind.
    """

    paths: tuple[str, ...] = ()
    files: int = 0
    size: int = 0
    broken: int = 0
    below: dict[str, int] = field(default_factory=dict)
    # Of each top path whether a file was heard at it or below it.
    _tops: dict[str, bool] = field(default_factory=dict)
    _newest: str = ""

    def count(self, entry: BorgEntry) -> None:
        """Count one entry."""
        shown = told_path(entry.path)
        if shown == "/.":
            shown = "/"  # an archive of the whole machine begins so
        top = self._top(shown)
        if entry.type != "-":
            return
        self.files += 1
        self.size += entry.size
        self.broken += entry.broken
        if top is not None:
            self._tops[top] = True
        for wanted in self.paths if entry.size or entry.same_as else ():
            if holds(wanted, shown):
                self.below[wanted] = self.below.get(wanted, 0) + 1

    @property
    def tops(self) -> tuple[str, ...]:
        """Return the top paths that hold a file, and the empty ones that are asked about.

        Of a mount that was left out, or of a folder whose content was, an archive holds the empty folder alone.
        """
        return tuple(top for top, filled in self._tops.items() if filled or asked_about(top, self.paths))

    def _top(self, path: str) -> str | None:
        """Return the top path of an entry; None beyond those that are told."""
        # Folders come before what they hold, and mostly what is below the newest top.
        if self._newest and holds(self._newest, path):
            return self._newest
        above = next((folder for folder in _folders_of(path) if folder in self._tops), None)
        if above is None and len(self._tops) < TOPS_AT_MOST:
            above = path
            self._tops[path] = False
        self._newest = above or self._newest
        return above


def holds(folder: str, path: str) -> bool:
    """Return whether a path is a folder, or lies below it."""
    folder = folder.rstrip("/")
    return path == folder or path.startswith(f"{folder}/")


def asked_about(top: str, paths: Iterable[str]) -> bool:
    """Return whether a path holds one of some paths, or lies in one."""
    return any(holds(top, path) or holds(path, top) for path in paths)


def _folders_of(path: str) -> Iterator[str]:
    """Yield a path and each folder above it, the root first."""
    yield "/"
    at = path.find("/", 1)
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)
    yield path


def named_paths(command: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """Return which of a command line of `borg create` name what is asked about, after its archive: a first guess.

    Options and their values stand among them: what is named otherwise may as well be left out, and is in no guess. What
    the archive holds is what counts, once it was read.
    """
    words = tuple(command)
    paths = tuple(paths)
    at = next((number for number, word in enumerate(words) if "::" in word), len(words))
    named = dict.fromkeys(word.rstrip("/") or "/" for word in words[at + 1 :] if word.startswith("/"))
    return tuple(word for word in named if asked_about(word, paths))
