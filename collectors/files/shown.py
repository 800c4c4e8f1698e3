"""Merge what one run of hashing showed with what earlier ones found and still holds. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from agent.core.ahead import lies_ahead
from agent.core.facts.verification import DAMAGE, DAMAGED_PATH, Damage, damage_in
from agent.core.inventory import Copy
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.reason import Reason
from collectors.files.drawn import LARGEST
from collectors.files.hashing import DigestRun
from collectors.files.listing import KEPT, REPEATED, STILL
from collectors.files.mirror import set_of
from collectors.files.opening import OpeningRun
from collectors.files.records import VersionRecords
from collectors.files.sets import Archive, Arranged, instant

RECENT = timedelta(days=90)
# A set that stands still: so many files with one content over so long, where it used to change.
STILL_FILES, STILL_FOR, LIVELY = 7, timedelta(days=7), 7
_DAY = "%Y-%m-%d"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedFolder:
    """What one run showed, and what is known of the files beside it.

    `drawn` are ids of those that hold what their source holds.
    """

    copy: Copy
    here: Arranged
    records: VersionRecords
    run: DigestRun
    opened: OpeningRun
    drawn: frozenset[str] = frozenset()
    now: datetime

    @property
    def changed_as(self) -> str:
        """Return what a file is that no longer holds what it held: a past backup has changed, a mirror is damaged."""
        reason = Reason.DAMAGED if self.copy.mirror else Reason.CONTENT_CHANGED
        return str(reason.value)

    def last_read(self, one: Archive) -> datetime | None:
        """Return when an archive was last read; what is dated ahead never was."""
        if one.id in self.run.digests:
            return self.now
        record = self.records.own(one)
        at = None if record is None else record.last_read
        return None if at is None or lies_ahead(at, self.now) else at

    def digest(self, one: Archive) -> str | None:
        """Return the digest of an archive; None where it was never read."""
        record = self.records.of(one)
        return self.run.digests.get(one.id) or (None if record is None else record.digest)


def facts(shown: VerifiedFolder, previous: Observation | None) -> Iterator[Fact | Gap]:
    """Yield what one run showed, and what still stands of earlier ones."""

    def fact(name: str, value: FactValue, as_of: datetime = shown.now) -> Fact:
        return Fact(name=name, subject=shown.copy.subject, value=value, as_of=as_of)

    every, run = tuple(shown.here.every()), shown.run
    read = [(one, at) for one in every if (at := shown.last_read(one)) is not None]
    damage = tuple(_damage(shown, previous))
    yield fact("repository.present", True)
    yield fact("verify.depth", _depth(every, run))
    sound = not run.unread and run.hindered is None and bool(run.digests)
    if sound and all(one.reason == Reason.CONTENT_CHANGED.value for one, _ in damage):
        yield fact("verify.sound", _depth(every, run))
    elif previous is not None and (before := previous.one("verify.sound")) is not None:
        yield before
    if len(read) == len(every) and read:
        yield fact("verify.whole", True, min(at for _, at in read))
    bad = {one.file for one, _ in damage}
    now = list(run.read.values())
    sound_now = [one for one in now if one.id not in bad]
    recent = [one for one, at in read if shown.now - at <= RECENT]
    for word, archives in (("verified", recent), ("read", now), ("sound", sound_now)):
        yield fact(f"verify.files_{word}", len(archives))
        yield fact(f"verify.bytes_{word}", sum(one.file.size for one in archives))
    yield fact("verify.bytes_stored", sum(one.file.size for one in every))
    yield from (fact(DAMAGE, one, at) for one, at in damage)
    if shown.copy.mirror:
        hit = {one.set for one in every if one.id in bad}
        yield from (fact(DAMAGED_PATH, path) for path in shown.copy.paths if set_of(shown.copy, path) in hit)
    yield from (fact("verify.remark", remark) for remark in _remarks(shown))
    for one, reason in run.unread.values():
        yield Gap(subject=shown.copy.subject, reason=reason, detail=one.id)
    if run.hindered is not None:
        yield Gap(subject=shown.copy.subject, reason=run.hindered, detail="the other files")


def _damage(shown: VerifiedFolder, previous: Observation | None) -> Iterator[tuple[Damage, datetime]]:
    """Yield the files that are not what they were, each as of when that was seen last."""
    present = {one.id for one in shown.here.every()}
    found = [Damage(file=id, reason=shown.changed_as) for id in sorted(shown.run.changed)]
    found += shown.opened.damage
    yield from ((one, shown.now) for one in found)
    names = _new_names(shown, present)
    for damage, at in () if previous is None else damage_in(previous):
        damage = replace(damage, file=names.get(damage.file, damage.file))
        if damage.file in present and damage not in found and not _is_mended(shown, damage):
            yield damage, at


def _new_names(shown: VerifiedFolder, present: Collection[str]) -> Mapping[str, str]:
    """Return by its former id that of each file which was only renamed: what is known of it stands."""
    renamed = {one.version: one.id for one in shown.here.every() if shown.records.own(one) is None}
    return {
        record.id: renamed[record.version]
        for record in shown.records.every
        if record.id not in present and record.version in renamed
    }


def _is_mended(shown: VerifiedFolder, damage: Damage) -> bool:
    """Return whether what was read or opened now shows that a file is as it should be."""
    id = damage.file
    if damage.reason != shown.changed_as:
        return shown.copy.mirror or id in shown.opened.sound
    if id in shown.drawn:
        return True
    # The digest that was seen first says nothing where the source holds something else: the source is to be asked.
    if id not in shown.run.digests or (shown.copy.mirror and shown.run.read[id].file.size <= LARGEST):
        return False
    # One that was written over has no digest of its own to go back to.
    record = shown.records.of(shown.run.read[id])
    return record is not None and record.digest == shown.run.digests[id]


def _depth(every: tuple[Archive, ...], run: DigestRun) -> str:
    if not run.digests:
        return "listed"
    return "hashed" if all(one.id in run.digests for one in every) else "sampled"


def _remarks(shown: VerifiedFolder) -> Iterator[str]:
    """Yield what is known of the files that were read, and no more than that."""
    records = [record for one in shown.run.read.values() if (record := shown.records.of(one)) is not None]
    same = [record for record in records if record.id not in shown.run.changed]
    if same:
        since = min(record.first_seen for record in same)
        yield f"{len(same)} files are as they were first seen, unchanged since {since:{_DAY}} or later"
    if fresh := len(shown.run.read) - len(records):
        yield f"{fresh} files were read for the first time: nothing shows what they held before"
    if shown.drawn:
        yield f"{len(shown.drawn)} files that were drawn hold what the source holds"
    for kind, count in sorted(shown.opened.kinds.items()):
        yield f"{count} files were opened as {kind}"
    if shown.opened.untold:
        yield f"{shown.opened.untold} files could not be opened here: too large, encrypted, or a tool is missing"
    if shown.here.undated:
        yield f"{len(shown.here.undated)} files show no date in their names"


def repeated(shown: VerifiedFolder) -> Iterator[Fact]:
    """Yield the points that only hold again what an older one held, each as of when that was seen first.

    The next file with the same content is no such point: a source that did not change gives that as well.
    """
    seen: dict[tuple[str, str], list[tuple[str, datetime]]] = {}
    for record in shown.records.every:
        at = min(record.first_seen, instant(record.written))
        seen.setdefault((record.set, record.digest), []).append((record.id, at))
    for set, archives in shown.here.sets.items():
        for one, before in pairwise(archives[: KEPT + 1]):
            digest, older = shown.digest(one), shown.digest(before)
            if one.empty or digest is None or older in (None, digest):
                continue
            first = min((at for id, at in seen.get((set, digest), ()) if id != one.id), default=one.time)
            if first < one.time:
                yield Fact(name=REPEATED, subject=shown.copy.subject, value=one.id, as_of=first)


def still(shown: VerifiedFolder) -> Iterator[Fact]:
    """Yield the sets in which nothing changes any more, each as of the first file with that content."""
    for set, archives in shown.here.sets.items():
        digests = [shown.digest(one) for one in archives]
        if not digests or digests[0] is None:
            continue
        length = next((at for at, digest in enumerate(digests) if digest != digests[0]), len(digests))
        since = archives[length - 1].time
        lively = len({record.digest for record in shown.records.every if record.set == set})
        if length >= STILL_FILES and archives[0].time - since >= STILL_FOR and lively >= LIVELY:
            yield Fact(name=STILL, subject=shown.copy.subject, value=set, as_of=since)
