"""Merge a verification's facts with those of earlier ones that still hold.

Everything here is pure; agent.core.facts.verification tells the facts' names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.facts.verification import DAMAGE, SLICE, TRIED, Damage, Slice, damage_in, slices_in
from agent.core.inventory import Copy
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.reason import Reason
from collectors.restic.damage import CheckResult, path_of
from collectors.restic.slices import BUCKETS, WHOLE, bucket_of, buckets_of, covered, needed

RECENT = timedelta(days=90)
_BEFORE_PACKS = ("index/", "config")


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMemory:
    """What earlier looks at the same copy kept."""

    id: str | None
    stored: int | None
    slices: tuple[tuple[Slice, datetime], ...]
    tried: tuple[tuple[Slice, datetime], ...]
    damage: tuple[tuple[Damage, datetime], ...]
    sound: Fact | None

    def last_read(self) -> dict[int, datetime]:
        """Return when each bucket was last read, sound or not: a damaged share must not take every turn."""
        return covered((*self.slices, *self.tried))


def before_in(previous: Observation | None, now: datetime) -> CopyMemory:
    """Return what the last look that succeeded kept; a share that was read ahead of now counts as never read."""
    if previous is None:
        return CopyMemory(id=None, stored=None, slices=(), tried=(), damage=(), sound=None)
    id, stored = previous.one("repository.id"), previous.one("verify.bytes_stored")
    return CopyMemory(
        id=str(id.value) if id is not None else None,
        stored=stored.value if stored is not None and isinstance(stored.value, int) else None,
        slices=_dated(slices_in(previous, SLICE), now),
        tried=_dated(slices_in(previous, TRIED), now),
        damage=damage_in(previous),
        sound=previous.one("verify.sound"),
    )


def _dated(slices: tuple[tuple[Slice, datetime], ...], now: datetime) -> tuple[tuple[Slice, datetime], ...]:
    return tuple((one, at) for one, at in slices if not lies_ahead(at, now))


def facts(
    copy: Copy,
    share: Slice | None,
    checked: CheckResult,
    before: CopyMemory,
    packs: Sequence[str],
    stored: int | None,
    now: datetime,
) -> Iterator[Fact | Gap]:
    """Yield what one run showed, joined with what still stands of earlier ones. Pure.

    `share` is what was read, None where the structure alone was. Damage stands until a sound run has read the same
    share again, or until its pack is gone and nothing asks for it any more.
    """

    def fact(name: str, value: FactValue, as_of: datetime = now) -> Fact:
        return Fact(name=name, subject=copy.subject, value=value, as_of=as_of)

    depth = "structure" if share is None else "hashed" if share == WHOLE else "sampled"
    slices = needed((*before.slices, (share, now)) if checked.sound and share is not None else before.slices)
    buckets = covered(slices)
    yield fact("verify.depth", depth)
    if checked.sound:
        yield fact("verify.sound", depth)
    elif before.sound is not None and not lies_ahead(before.sound.as_of, now):
        yield before.sound
    yield from (fact(SLICE, one, at) for one, at in slices)
    tried = before.tried if checked.sound or share is None else (*before.tried, (share, now))
    yield from (fact(TRIED, one, at) for one, at in needed((*slices, *tried)) if (one, at) in tried)
    if len(buckets) == BUCKETS:
        yield fact("verify.whole", True, min(buckets.values()))
    recent = {bucket for bucket, at in buckets.items() if now - at <= RECENT}
    yield from _amounts(fact("verify.files_verified", 0), packs, recent, stored, "verified")
    read, sound = _read_and_sound(share, checked, packs)
    yield from _sizes(fact("verify.files_read", 0), packs, read, stored, "read")
    yield from _sizes(fact("verify.files_sound", 0), packs, sound, stored, "sound")
    if stored is not None:
        yield fact("verify.bytes_stored", stored)
    for damage in checked.damage:
        yield fact(DAMAGE, damage)
    for damage, at in before.damage:
        if damage not in checked.damage and not _settled(damage, share, checked, packs):
            yield fact(DAMAGE, damage, at)
    yield from (fact("verify.remark", remark) for remark in checked.remarks)
    yield from (
        Gap(subject=copy.subject, reason=Reason(unread.reason), detail=unread.file) for unread in checked.unread
    )


def _amounts(like: Fact, packs: Sequence[str], buckets: set[int], stored: int | None, word: str) -> Iterator[Fact]:
    """Yield how many packs and bytes some buckets come to; bytes by the packs' share, since restic tells no sizes."""
    files = sum(1 for pack in packs if bucket_of(pack) in buckets)
    yield from _sizes(like, packs, files, stored, word)


def _sizes(like: Fact, packs: Sequence[str], files: int, stored: int | None, word: str) -> Iterator[Fact]:
    yield replace(like, name=f"verify.files_{word}", value=files)
    if stored is not None:
        size = stored if packs and files == len(packs) else stored * files // max(1, len(packs))
        yield replace(like, name=f"verify.bytes_{word}", value=size)


def _read_and_sound(share: Slice | None, checked: CheckResult, packs: Sequence[str]) -> tuple[int, int]:
    """Return how many packs this run read, and how many of them it found sound.

    restic ends before the first pack where it cannot load an index or the configuration (0.18).
    """
    if share is None or any(damage.file.startswith(_BEFORE_PACKS) for damage in checked.damage):
        return 0, 0
    named = {one.file: one.reason for one in (*checked.unread, *checked.damage)}
    bad = {file for file, reason in named.items() if reason == Reason.DAMAGED.value}
    ids = [path_of("data", pack) for pack in packs if bucket_of(pack) in buckets_of(share)]
    read = [id for id in ids if id not in named or id in bad]
    if checked.sound:
        return len(read), len(read)
    # Bad data of which restic does not say the pack may be in any of them.
    return len(read), 0 if "data" in bad else sum(id not in bad for id in read)


def _settled(damage: Damage, share: Slice | None, checked: CheckResult, packs: Sequence[str]) -> bool:
    if not checked.sound:
        return False
    bucket = _bucket(damage)
    if bucket is None or damage.reason == Reason.ABSENT.value:
        return True  # the structure is whole, which is all that a missing pack or a bad index broke
    gone = bool(packs) and damage.file not in {path_of("data", pack) for pack in packs}
    return gone or (share is not None and bucket in buckets_of(share))


def _bucket(damage: Damage) -> int | None:
    folder, _, pack = damage.file.partition("/")
    return bucket_of(pack) if folder == "data" and pack else None


def kept(copy: Copy, before: CopyMemory) -> Iterator[Fact]:
    """Yield what earlier looks kept, for a look that found no repository to add anything."""
    if before.sound is not None:
        yield before.sound
    facts: list[tuple[str, FactValue, datetime]] = [(SLICE, one, at) for one, at in before.slices]
    facts += [(TRIED, one, at) for one, at in before.tried]
    facts += [(DAMAGE, damage, at) for damage, at in before.damage]
    for name, value, at in facts:
        yield Fact(name=name, subject=copy.subject, value=value, as_of=at)
    if before.id is not None and before.sound is not None:
        yield Fact(name="repository.id", subject=copy.subject, value=before.id, as_of=before.sound.as_of)
