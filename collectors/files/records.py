"""What the manifest of a folder keeps of each version of a file: its first-seen digest, and when it was last read.

A name in the manifest is `SHA256 WRITTEN SET PATH`: the version that had this digest when it was first read.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from agent.core.manifest import FileRecord, Manifest, StoredFile
from collectors.files.sets import Archive, Version, VersionKey, version_id


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord:
    """One version of a file that was read, as `kept` in the manifest."""

    kept: FileRecord
    digest: str
    set: str
    path: str
    written: int

    @property
    def name(self) -> str:
        """Return its own name in the manifest."""
        return self.kept.name

    @property
    def size(self) -> int:
        """Return its size in bytes."""
        return self.kept.size

    @property
    def first_seen(self) -> datetime:
        """Return when it was first read."""
        return self.kept.first_seen

    @property
    def last_read(self) -> datetime | None:
        """Return when it was last read."""
        return self.kept.last_hashed

    @property
    def gone(self) -> datetime | None:
        """Return since when it is gone; None: it is there."""
        return self.kept.gone

    @property
    def explained(self) -> bool:
        """Return whether something explains that it is gone."""
        return self.kept.explained

    @property
    def id(self) -> str:
        """Return what names this version."""
        return version_id(self.path, self.written)

    @property
    def key(self) -> VersionKey:
        """Return the same as `id`, as values."""
        return self.path, self.written

    @property
    def version(self) -> Version:
        """Return what stays when it is renamed."""
        return self.size, self.written


class VersionRecords:
    """Every version that was ever read of a folder's files, the newest last."""

    def __init__(self, manifest: Manifest | None = None) -> None:
        records = () if manifest is None else (_record(one) for one in manifest.every())
        self.every: tuple[VersionRecord, ...] = tuple(one for one in records if one is not None)

    @cached_property
    def _by_version(self) -> dict[Version, list[VersionRecord]]:
        found: dict[Version, list[VersionRecord]] = {}
        for one in self.every:
            found.setdefault(one.version, []).append(one)
        return found

    @cached_property
    def _by_path(self) -> dict[str, list[VersionRecord]]:
        found: dict[str, list[VersionRecord]] = {}
        for one in self.every:
            found.setdefault(one.path, []).append(one)
        return found

    @property
    def versions(self) -> frozenset[Version]:
        """Return the versions of which the digest is known."""
        return frozenset(self._by_version)

    def of(self, archive: Archive) -> VersionRecord | None:
        """Return what is known of an archive: by its path, else by the one name of that version under another path."""
        known = self._by_version.get(archive.version, [])
        own = self.own(archive)
        if own is not None:
            return own
        # Two of one size and one date may hold different things: which of them was renamed is not known then.
        return known[-1] if len({one.digest for one in known}) == 1 else None

    def own(self, archive: Archive) -> VersionRecord | None:
        """Return what is known of an archive under its own path."""
        known = [one for one in self._by_version.get(archive.version, ()) if one.path == archive.file.shown]
        return known[-1] if known else None

    def under(self, path: str) -> tuple[VersionRecord, ...]:
        """Return the versions that had a path, the newest last."""
        return tuple(self._by_path.get(path, ()))


def stored(archive: Archive, digest: str) -> StoredFile:
    """Return what the manifest keeps of an archive."""
    name = f"{digest} {archive.file.written} {archive.set} {archive.file.shown}"
    return StoredFile(name=name, size=archive.file.size)


def _record(one: FileRecord) -> VersionRecord | None:
    parts = one.name.split(" ", 3)
    if len(parts) != 4 or not parts[1].lstrip("-").isdigit():
        return None
    digest, written, set, path = parts
    return VersionRecord(kept=one, digest=digest, set=set, path=path, written=int(written))
