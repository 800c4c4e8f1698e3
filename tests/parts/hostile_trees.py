"""Points in a restic repository that restic would not make, as anyone who has the key may write them.

restic's design document, «Pack Format» and «Trees and Data».
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.parts.cheap_keys import Derived, master_of

DATA, TREE = 0, 1
# Go's os.ModeDir.
FOLDER_MODE = 1 << 31
Entry = dict[str, object]


@dataclass(slots=True)
class HostilePoint:
    """A point that is about to be written: its blobs, of what kind each is."""

    repository: Path
    password: str
    _blobs: list[tuple[int, bytes]] = field(default_factory=list)

    def entry(self, name: str, kind: str, mode: int = 0o666, **more: object) -> Entry:
        """Return an entry of a tree."""
        at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        times = {"mtime": at, "atime": at, "ctime": at}
        return {"name": name, "type": kind, "mode": mode, **times, "uid": os.geteuid(), "gid": os.getegid(), **more}

    def file(self, name: str, content: bytes) -> Entry:
        """Return a file."""
        held = [self._blob(DATA, content)] if content else []
        return self.entry(name, "file", size=len(content), content=held)

    def folder(self, name: str, *entries: Entry) -> Entry:
        """Return a folder of some entries."""
        return self.entry(name, "dir", FOLDER_MODE | 0o777, subtree=self._tree(entries))

    def link(self, name: str, target: Path) -> Entry:
        """Return a link."""
        return self.entry(name, "symlink", linktarget=str(target))

    def write(self, source: Path, *entries: Entry) -> None:
        """Write the point: these entries are what its source holds."""
        whole = self.folder(source.name, *entries)
        for part in reversed(source.parts[1:-1]):
            whole = self.folder(part, whole)
        root = self._tree([whole])
        master = master_of(self.repository, self.password)
        pack = self._pack(master)
        place = self.repository / "data" / pack[0][:2]
        place.mkdir(exist_ok=True)
        (place / pack[0]).write_bytes(pack[1])
        self._sealed(master, "index", {"packs": [{"id": pack[0], "blobs": pack[2]}]})
        point = {"time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "tree": root, "paths": [str(source)]}
        self._sealed(master, "snapshots", {**point, "hostname": "srv-1", "username": "root"})

    def _tree(self, entries: Sequence[Entry]) -> str:
        return self._blob(TREE, json.dumps({"nodes": list(entries)}, separators=(",", ":")).encode() + b"\n")

    def _blob(self, kind: int, content: bytes) -> str:
        self._blobs.append((kind, content))
        return hashlib.sha256(content).hexdigest()

    def _pack(self, master: Derived) -> tuple[str, bytes, list[Entry]]:
        sealed, head, told = b"", b"", list[Entry]()
        for kind, content in self._blobs:
            one, id = master.seal(content), hashlib.sha256(content)
            named = {"id": id.hexdigest(), "type": "tree" if kind == TREE else "data"}
            told.append({**named, "offset": len(sealed), "length": len(one)})
            sealed += one
            head += bytes([kind]) + len(one).to_bytes(4, "little") + id.digest()
        head = master.seal(head)
        whole = sealed + head + len(head).to_bytes(4, "little")
        return hashlib.sha256(whole).hexdigest(), whole, told

    def _sealed(self, master: Derived, folder: str, content: object) -> None:
        sealed = master.seal(json.dumps(content).encode())
        (self.repository / folder / hashlib.sha256(sealed).hexdigest()).write_bytes(sealed)
