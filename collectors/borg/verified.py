"""Merge a verification's facts with those of earlier ones that still hold. Pure.

agent.core.facts.verification tells the facts' names; `verify.archive_part` is one share of an archive, as of when it
was last read and sound.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.facts.archive_parts import PART, ArchivePart
from agent.core.facts.verification import DAMAGE, Damage, damage_in
from agent.core.inventory import Copy
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.reason import Reason
from collectors.borg.parts import complete_since, still_needed
from collectors.borg.repository import RepositoryArchives
from collectors.borg.whole import WholeCheck

RECENT = timedelta(days=90)
# An archive that was made since may wait for its turn: what was read before it is whole all the same.
NEW = timedelta(days=7)
# Of a repository that lists nothing, since its own list of archives is bad.
MANIFEST = "manifest"
LISTED = "listed"
_KEPT = (PART, DAMAGE, "verify.sound", "verify.whole", "repository.id")


@dataclass(slots=True, kw_only=True)
class ArchiveRun:
    """What one look read: parts that are sound, archives that are not, and how many bytes that was.

    `whole` is a check of everything with the key, `segments` one of the checksums of every segment without it.
    """

    read: dict[ArchivePart, datetime]
    sound: list[ArchivePart] = field(default_factory=list)
    damage: set[Damage] = field(default_factory=set)
    bytes_read: int = 0
    parts_read: int = 0
    whole: WholeCheck | None = None
    segments: WholeCheck | None = None


def kept(previous: Observation | None) -> Iterator[Fact]:
    """Yield what earlier looks kept, for a look that could add nothing."""
    if previous is not None:
        yield from (fact for name in _KEPT for fact in previous.named(name))


def of_archive(id: str) -> Damage:
    """Return an archive as what is damaged: the other ones can be restored."""
    return Damage(file=f"snapshots/{id}", reason=Reason.DAMAGED.value)


def facts(
    copy: Copy, run: ArchiveRun, found: RepositoryArchives, previous: Observation | None, now: datetime
) -> Iterator[Fact | Gap]:
    """Yield what one run showed, joined with what still stands of earlier ones."""

    def fact(name: str, value: FactValue, as_of: datetime = now) -> Fact:
        return Fact(name=name, subject=copy.subject, value=value, as_of=as_of)

    ids = [*(one.id for one in found.archives), *(one.id for one in found.left_out)]
    since = {id: complete_since(id, run.read) for id in ids}
    depth = _depth(run, since, now)
    yield fact("verify.depth", depth)
    sound = None if previous is None else previous.one("verify.sound")
    if depth != LISTED and not run.damage:
        yield fact("verify.sound", depth)
    elif sound is not None and not lies_ahead(sound.as_of, now):
        yield sound
    parts = still_needed(run.read, ids)
    yield from (fact(PART, part, at) for part, at in parts.items())
    whole = _whole_as_of(run, found, since, previous, now)
    if whole is not None:
        yield fact("verify.whole", True, whole)
    for name, value in _amounts(run, parts, now).items():
        yield fact(name, value)
    damage = dict.fromkeys(run.damage, now)
    if run.whole is None:
        damage = {**_standing(previous, since, run), **damage}
    yield from (fact(DAMAGE, one, at) for one, at in sorted(damage.items()))
    for one in found.left_out:
        if one.reason is not Reason.DAMAGED:
            yield Gap(subject=copy.subject, reason=one.reason, detail=f"archive {one.id}")


def _depth(run: ArchiveRun, since: Mapping[str, datetime | None], now: datetime) -> str:
    """Return how deep this look went; LISTED: it read nothing, which shows nothing."""
    if run.whole is not None or (since and set(since.values()) == {now}):
        return "hashed"
    return "sampled" if run.parts_read or run.segments is not None else LISTED


def _whole_as_of(
    run: ArchiveRun,
    found: RepositoryArchives,
    since: Mapping[str, datetime | None],
    previous: Observation | None,
    now: datetime,
) -> datetime | None:
    """Return since when everything has been read: by one check of all, or archive by archive."""
    if (run.whole is not None or run.segments is not None) and not run.damage:
        return now
    before = None if previous is None else previous.one("verify.whole")
    found_before = [] if before is None or lies_ahead(before.as_of, now) else [before.as_of]
    read = [at for at in since.values() if at is not None]
    waiting = [one for one in found.archives if since[one.id] is None and now - one.time > NEW]
    complete = [min(read)] if read and not waiting and not found.left_out else []
    return max((*found_before, *complete), default=None)


def _standing(
    previous: Observation | None, since: Mapping[str, datetime | None], run: ArchiveRun
) -> dict[Damage, datetime]:
    """Return damage of earlier looks that nothing settled: its archive is there, and was not read sound since."""
    found: dict[Damage, datetime] = {}
    for damage, at in () if previous is None else damage_in(previous):
        id = damage.file.removeprefix("snapshots/")
        read = since.get(id)
        segment = id == damage.file and damage.file != MANIFEST and run.segments is None
        if segment or (id in since and (read is None or read <= at)):
            found[damage] = at
    return found


def _amounts(run: ArchiveRun, parts: Mapping[ArchivePart, datetime], now: datetime) -> dict[str, int]:
    every = run.whole or run.segments
    if every is not None:
        bad = len(run.damage)
        files, sound = max(0, every.segments - bad), 0 if bad else every.bytes
        return {
            "verify.files_read": every.segments,
            "verify.bytes_read": every.bytes,
            "verify.files_sound": files,
            "verify.bytes_sound": sound,
            "verify.files_verified": files,
            "verify.bytes_verified": sound,
            "verify.bytes_stored": every.bytes,
        }
    nothing = {} if run.parts_read or parts else {"verify.bytes_stored": 0}
    recent: Sequence[ArchivePart] = [part for part, at in parts.items() if now - at <= RECENT]
    return {
        "verify.files_read": run.parts_read,
        "verify.bytes_read": run.bytes_read,
        "verify.files_sound": len(run.sound),
        "verify.bytes_sound": sum(part.bytes for part in run.sound),
        "verify.files_verified": len(recent),
        "verify.bytes_verified": sum(part.bytes for part in recent),
        **nothing,
    }
