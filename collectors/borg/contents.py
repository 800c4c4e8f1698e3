"""What an archive holds, counted as borg lists it: its top paths, and files and bytes below each path. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from collectors.borg.entries import BorgEntry, told_path

# An archive that has more top paths than that was not made of a few folders; the others are not told.
TOPS_AT_MOST = 1000


@dataclass(slots=True, kw_only=True)
class ArchiveContents:
    """What was heard of an archive so far; `paths` are asked about, and `broken` counts files that were repaired."""

    paths: tuple[str, ...] = ()
    files: int = 0
    size: int = 0
    broken: int = 0
    tops: list[str] = field(default_factory=list)
    below: dict[str, int] = field(default_factory=dict)

    def count(self, entry: BorgEntry) -> None:
        """Count one entry."""
        shown = told_path(entry.path)
        self._top(shown)
        if entry.type != "-":
            return
        self.files += 1
        self.size += entry.size
        self.broken += entry.broken
        for wanted in self.paths:
            if holds(wanted, shown):
                self.below[wanted] = self.below.get(wanted, 0) + 1

    def _top(self, path: str) -> None:
        # Folders come before what they hold, and mostly what is below the newest top.
        if self.tops and holds(self.tops[-1], path):
            return
        if len(self.tops) < TOPS_AT_MOST and not any(holds(top, path) for top in self.tops):
            self.tops.append(path)


def holds(folder: str, path: str) -> bool:
    """Return whether a path is a folder, or lies below it."""
    folder = folder.rstrip("/")
    return path == folder or path.startswith(f"{folder}/")


def named_paths(command: Iterable[str]) -> tuple[str, ...]:
    """Return the absolute paths that a command line of `borg create` names after its archive: a first guess.

    Options and their values may stand among them: what the archive holds is what counts, once it was read.
    """
    words = tuple(command)
    at = next((number for number, word in enumerate(words) if "::" in word), len(words))
    return tuple(dict.fromkeys(word.rstrip("/") or "/" for word in words[at + 1 :] if word.startswith("/")))
