"""The blobs of a restic repository, for an audit: listed from its index files, read back and authenticated one by one.

`restic cat blob` fetches a blob's bytes from its pack over the copy's own way, verifies their Poly1305 code with the
repository's key, decrypts and unpacks them (restic's documentation, «Design»). The SHA-256 of what comes out is taken
here, and is the blob's name.
"""

import hashlib
import json
import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from agent.core.collecting.audited import AuditUnit, UnitOutcome, UnitReading
from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Damaged, LookError, Unreadable
from agent.core.host import LARGE_OUTPUT, Output
from agent.core.inventory import Copy
from agent.core.reason import Reason
from collectors.restic.faults import ACCESS
from collectors.restic.folders import folder_place
from collectors.restic.program import Restic
from collectors.restic.repository import opens
from collectors.restic.restore import tree_is_bad
from collectors.restic.words import spoken

# Index files fetched at once: each run of restic waits for the store most of its second.
READERS = 4
# restic 0.14 tries for 43 s to read a pack that is gone before it says so.
PATIENCE = timedelta(minutes=2)
SLOWEST_BYTES_PER_SECOND = 256 * 1024
# A blob of data has at most 8 MiB; one of a folder with millions of files is larger.
LARGEST_BLOB = 1024**3
# Nonce and code of every stored blob; less than that is none.
OVERHEAD = 32
_ID = re.compile(r"[0-9a-f]{64}")
_TYPES = frozenset({"data", "tree"})
# Whatever one pack's bytes are like, these hinder the next one as well.
_HOPELESS = (ACCESS - {Reason.DENIED}) | {Reason.WRONG_PASSWORD, Reason.ABSENT}
_GONE = re.compile(r"(?:no such file or directory|does not exist)$", re.MULTILINE)
# An index that was read has gone: a prune ran meanwhile.
_UNKNOWN = re.compile(rb"blob not found|id [0-9a-f]+ not found")


@dataclass(slots=True)
class Fetching:
    """How a blob is fetched with the fewest bytes; `packs` are the bytes listed of each, `index_bytes` of all indexes.

    restic's cache takes a whole pack, often 16 MiB, for one blob of a tree; without a cache restic takes the blob's
    range, and every index file again. Ranges are read of a pack until they took as much as the pack would: no pack
    costs more than twice what the better way does.
    """

    packs: dict[str, int] = field(default_factory=dict)
    index_bytes: int = 0
    _spent: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def through_cache(self, unit: AuditUnit) -> bool:
        """Return whether to fetch a blob through the cache; of a blob of data the cache takes its range alone."""
        if not unit.name.startswith("tree "):
            return True
        with self._lock:
            spent = self._spent.get(unit.file, 0) + self.index_bytes + unit.size
            if spent > self.packs.get(unit.file, 0):
                return True
            self._spent[unit.file] = spent
            return False


@dataclass(slots=True, kw_only=True)
class ResticBlobs:
    """Reach the blobs of one repository; see agent.core.collecting.audited.AuditedCopy.

    `look_timeout` is what one mute thing may cost.
    """

    restic: Restic
    version: str
    look_timeout: timedelta
    indexes: tuple[str, ...] = field(default=(), init=False)
    fetching: Fetching = field(default_factory=Fetching, init=False)

    @property
    def list_digest(self) -> str:
        """Return the SHA-256 of the index files' names, sorted, a line each: each name is its file's own digest."""
        return hashlib.sha256("".join(f"{one}\n" for one in self.indexes).encode()).hexdigest()

    def units(self) -> Iterator[AuditUnit]:
        """Yield the blobs that the index files name, in the order of those files' names."""
        self.indexes = self._listed()
        with ThreadPoolExecutor(READERS, thread_name_prefix="index") as pool:
            for at in range(0, len(self.indexes), READERS):
                for content in pool.map(self._index, self.indexes[at : at + READERS]):
                    self.fetching.index_bytes += len(content)
                    for unit in blobs_in(content, self.restic.copy.subject):
                        self.fetching.packs[unit.file] = self.fetching.packs.get(unit.file, 0) + unit.size
                        yield unit

    def read(self, unit: AuditUnit) -> UnitReading:
        """Read a blob from its pack, and compare the SHA-256 of what it holds with its name."""
        content = _BlobContent()
        id = unit.name.partition(" ")[2]
        timeout = PATIENCE + self.look_timeout + timedelta(seconds=unit.size / SLOWEST_BYTES_PER_SECOND)
        try:
            how = () if self.fetching.through_cache(unit) else ("--no-cache",)
            output = self._within(timeout).run("cat", "blob", id, *how, output_limit=LARGEST_BLOB, hear=content.take)
            found = self._judged(unit, output, content.digest.hexdigest() == id)
        except LookError as error:
            return _unread(unit, error.reason, error.message)
        except RepositoryAbsent as error:
            return _unread(unit, Reason.ABSENT, str(error))
        if found.outcome is UnitOutcome.SOUND and unit.size > content.largest_stored:
            # It would draw what other blobs should: such an entry is not restic's own.
            return _unread(unit, Reason.UNREADABLE, "the index names more bytes of it than it can take")
        return found

    def lists_the_same(self) -> bool:
        """Return whether every index file that was read is still there."""
        return set(self.indexes) <= set(self._listed())

    def _judged(self, unit: AuditUnit, output: Output, authentic: bool) -> UnitReading:
        place = folder_place(self.restic.copy.repository)
        on_disk = place is not None and place.far is None
        if output.status == 0 and not output.truncated:
            outcome = UnitOutcome.SOUND if authentic else UnitOutcome.MISSED
            return UnitReading(unit=unit, outcome=outcome, reason=Reason.WITHIN_LIMIT if authentic else Reason.DAMAGED)
        if output.truncated:
            return _unread(unit, Reason.UNREADABLE, f"it is larger than {LARGEST_BLOB} bytes")
        if _UNKNOWN.search(output.stderr):
            return _unread(unit, Reason.UNREADABLE, "the index no longer names it")
        if tree_is_bad(output, on_disk=on_disk):
            reason = Reason.ABSENT if _GONE.search(spoken(output.stderr)) else Reason.DAMAGED
            return UnitReading(unit=unit, outcome=UnitOutcome.MISSED, reason=reason)
        error = self.restic.error(output)
        return _unread(unit, error.reason, error.message)

    def _listed(self) -> tuple[str, ...]:
        words = self._within(self.look_timeout).ask("list", "index").stdout.decode(errors="replace").split()
        wrong = next((word for word in words if _ID.fullmatch(word) is None), None)
        if wrong is not None:
            raise Unreadable(f"{self.restic.copy.subject}: restic's list of index files holds {wrong[:20]!r}")
        return tuple(sorted(set(words)))

    def _index(self, id: str) -> bytes:
        output = self._within(PATIENCE + self.look_timeout).run("cat", "index", id, output_limit=LARGE_OUTPUT)
        subject = self.restic.copy.subject
        if output.truncated:
            raise Unreadable(f"{subject}: index file {id[:8]} is larger than {LARGE_OUTPUT} bytes")
        if output.status == 0:
            return output.stdout
        error = self.restic.error(output)
        if error.reason is Reason.UNREADABLE or tree_is_bad(output, on_disk=False):
            message = f"{subject}: index file {id[:8]} is damaged: what the copy holds cannot be listed"
            raise Damaged(message, "find the damage: beffroi verify --all")
        raise error

    def _within(self, timeout: timedelta) -> Restic:
        return replace(self.restic, deadline=Deadline(timeout))


def audits(copy: Copy, look: Look, pinned: str | None) -> ResticBlobs:
    """Open a copy for an audit; raises RepositoryAbsent and every LookError.

    What an earlier audit left in the cache is removed: a pack of trees that lies there would hide that it is gone.
    """
    shutil.rmtree(look.folder / "restic", ignore_errors=True)
    repository = opens(copy, look, pinned)
    return ResticBlobs(restic=repository.restic, version=repository.version, look_timeout=look.timeout)


@dataclass(slots=True)
class _BlobContent:
    """The digest of what came out of a blob, and its size."""

    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    size: int = 0

    def take(self, piece: bytes) -> None:
        """Take some more bytes of it."""
        self.digest.update(piece)
        self.size += len(piece)

    @property
    def largest_stored(self) -> int:
        """Return how many bytes it takes at most: what does not compress grows by some bytes in 128 KiB (RFC 8878)."""
        return OVERHEAD + self.size + self.size // 1024 + 1024


# {"packs":[{"id":"20e7794a…","blobs":[{"id":"1e3a0e92…","type":"data","offset":0,"length":28263,
#  "uncompressed_length":28221}]}]}
def blobs_in(content: bytes, subject: str) -> Iterator[AuditUnit]:
    """Yield the blobs that an index file names, by type and id, with their stored size. Raises Unreadable."""
    try:
        told: Any = json.loads(content)
        found = [_unit(blob, pack["id"]) for pack in told["packs"] for blob in pack["blobs"]]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise Unreadable(f"{subject}: an index file of the repository is malformed") from error
    yield from found


def _unit(blob: Any, pack: Any) -> AuditUnit:
    kind, id, size = blob["type"], blob["id"], blob["length"]
    if not all(isinstance(one, str) and _ID.fullmatch(one) for one in (id, pack)) or kind not in _TYPES:
        raise ValueError("id")
    if not isinstance(size, int) or isinstance(size, bool) or not OVERHEAD <= size <= LARGEST_BLOB:
        raise ValueError("length")
    return AuditUnit(name=f"{kind} {id}", size=size, file=f"data/{pack[:2]}/{pack}")


def _unread(unit: AuditUnit, reason: Reason, detail: str) -> UnitReading:
    hopeless = reason in _HOPELESS
    return UnitReading(unit=unit, outcome=UnitOutcome.UNREAD, reason=reason, detail=detail, hopeless=hopeless)
