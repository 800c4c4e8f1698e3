"""The known files of a store: first seen, last hashed, gone since.

Kept in the ledger beside the facts of a look, since a repository of a terabyte has a hundred thousand files, of which a
night changes a few: only what changed is written (agent.ledger.manifests).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class StoredFile:
    """One file of a store: its path within it, and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """What is known of one file of a store.

    `last_hashed` None: never yet. `gone` None: it was there at the last look; `explained` then says nothing, else
    whether something that was seen, such as a prune, explains that it went.
    """

    name: str
    size: int
    first_seen: datetime
    last_hashed: datetime | None = None
    gone: datetime | None = None
    explained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestChange:
    """What one look adds to a manifest.

    `explained` and `missing` are names that are gone, with and without something that explains it; a name that was
    missing may be explained later. `hashed` are names whose bytes were read and are what they should be.
    """

    added: tuple[StoredFile, ...] = ()
    explained: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.explained or self.missing or self.hashed)


class Manifest:
    """The newest of each name that a store was ever seen to hold."""

    def __init__(self, known: Iterable[FileRecord] = ()) -> None:
        self._known: Mapping[str, FileRecord] = {one.name: one for one in known}

    def get(self, name: str) -> FileRecord | None:
        """Return what is known of a name; None where it was never seen."""
        return self._known.get(name)

    @property
    def began(self) -> datetime | None:
        """Return when the first look saw what was there; None where there was none yet."""
        return min((one.first_seen for one in self._known.values()), default=None)

    def every(self) -> Iterator[FileRecord]:
        """Yield what is known of each name, whether it is there or not, in the order in which they came."""
        return iter(self._known.values())

    def present(self) -> Iterator[FileRecord]:
        """Yield the files that were there at the last look."""
        return (one for one in self._known.values() if one.gone is None)

    def missing(self) -> Iterator[FileRecord]:
        """Yield the files that are gone, and that nothing explains."""
        return (one for one in self._known.values() if one.gone is not None and not one.explained)

    def __len__(self) -> int:
        return len(self._known)


def joined(changes: Iterable[ManifestChange]) -> ManifestChange:
    """Return several changes as one."""
    every = tuple(changes)
    return ManifestChange(
        added=tuple(file for one in every for file in one.added),
        explained=tuple(name for one in every for name in one.explained),
        missing=tuple(name for one in every for name in one.missing),
        hashed=tuple(name for one in every for name in one.hashed),
    )
