"""Merge a night's hashing facts with those of earlier nights that still hold.

Everything here is pure; agent.core.facts.verification tells the facts' names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.facts.verification import DAMAGE, Damage, damage_in
from agent.core.inventory import Copy
from agent.core.manifest import Manifest, StoredFile
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.reason import Reason
from collectors.restic.store.answers import StoreListing
from collectors.restic.store.keyed import Structure

RECENT = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreMemory:
    """What earlier looks at the same store kept; `config` is the digest that is held to."""

    id: str | None = None
    config: str | None = None
    damage: tuple[tuple[Damage, datetime], ...] = ()
    sound: Fact | None = None

    def tried(self) -> dict[str, datetime]:
        """Return when each damaged file was last hashed: it must not take every turn."""
        return {damage.file: at for damage, at in self.damage}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRun:
    """What one run showed: `good` are names whose bytes are what they should be."""

    listed: StoreListing
    manifest: Manifest
    structure: Structure
    good: frozenset[str]
    damage: frozenset[Damage]
    unread: tuple[Damage, ...] = ()
    remarks: tuple[str, ...] = ()
    streamed: int | None = None

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """Return the files that are named by their content."""
        return tuple(file for file in self.listed.files if file.name != "config")

    @property
    def depth(self) -> str:
        """Return how deep the run went."""
        if all(file.name in self.good for file in self.files):
            return "hashed"
        return "sampled" if any(name.startswith("data/") for name in self.good) else "listed"


def before_in(previous: Observation | None) -> StoreMemory:
    """Return what the last look that succeeded kept."""
    if previous is None:
        return StoreMemory()
    id, config = previous.one("repository.id"), previous.one("store.config")
    return StoreMemory(
        id=str(id.value) if id is not None else None,
        config=str(config.value) if config is not None else None,
        damage=damage_in(previous),
        sound=previous.one("verify.sound"),
    )


def facts(copy: Copy, shown: StoreRun, before: StoreMemory, now: datetime) -> Iterator[Fact | Gap]:
    """Yield what one run showed, and what still stands of earlier ones."""

    def fact(name: str, value: FactValue, as_of: datetime = now) -> Fact:
        return Fact(name=name, subject=copy.subject, value=value, as_of=as_of)

    yield fact("repository.present", True)
    id = shown.structure.id or before.id
    if id is not None:
        yield fact("repository.id", id)
    damaged = any(damage.file == "config" for damage in shown.damage)
    pinned = before.config if damaged or not shown.structure.sound else shown.listed.config
    if pinned or shown.listed.config:
        yield fact("store.config", pinned or shown.listed.config or "")
    yield fact("verify.depth", shown.depth)
    if shown.structure.sound and not shown.damage and not shown.unread:
        yield fact("verify.sound", shown.depth)
    elif before.sound is not None and not lies_ahead(before.sound.as_of, now):
        yield before.sound
    hashed = last_hashed(shown, now)
    if len(hashed) == len(shown.files) and hashed:
        yield fact("verify.whole", True, min(hashed.values()))
    recent = [file for file in shown.files if file.name in hashed and now - hashed[file.name] <= RECENT]
    sound = [file for file in shown.files if file.name in shown.good]
    bad = {damage.file for damage in shown.damage if damage.reason == Reason.DAMAGED.value}
    read = [file for file in shown.files if file.name in shown.good | bad]
    for word, files in (("verified", recent), ("read", read), ("sound", sound)):
        yield fact(f"verify.files_{word}", len(files))
        yield fact(f"verify.bytes_{word}", sum(file.size for file in files))
    yield fact("verify.bytes_stored", shown.listed.bytes)
    if shown.streamed is not None:
        yield fact("verify.streamed", shown.streamed)
    yield from (fact(DAMAGE, damage) for damage in sorted(shown.damage))
    yield from (fact(DAMAGE, damage, at) for damage, at in before.damage if stands(damage, shown))
    yield from (fact("verify.remark", remark) for remark in shown.remarks)
    yield from (Gap(subject=copy.subject, reason=Reason(unread.reason), detail=unread.file) for unread in shown.unread)


def last_hashed(shown: StoreRun, now: datetime) -> dict[str, datetime]:
    """Return when each file that is there was last found to be what it should be; what is dated ahead never was."""
    found: dict[str, datetime] = {}
    for file in shown.files:
        known = shown.manifest.get(file.name)
        at = now if file.name in shown.good else known.last_hashed if known is not None and known.gone is None else None
        if at is not None and not lies_ahead(at, now):
            found[file.name] = at
    return found


def stands(damage: Damage, shown: StoreRun) -> bool:
    """Return whether damage that an earlier run found still stands, and this one does not tell it itself."""
    if damage in shown.damage:
        return False
    if damage.reason == Reason.ABSENT.value or damage.file in ("index", "config", "data"):
        return shown.structure.hindered is not None  # no one could ask what is expected
    return damage.file not in shown.good and any(file.name == damage.file for file in shown.files)


def kept(copy: Copy, before: StoreMemory) -> Iterator[Fact]:
    """Yield what earlier looks kept, for a look that found no repository to add anything."""
    if before.sound is not None:
        yield before.sound
    for damage, at in before.damage:
        yield Fact(name=DAMAGE, subject=copy.subject, value=damage, as_of=at)
    for name, value in (("repository.id", before.id), ("store.config", before.config)):
        if value is not None and before.sound is not None:
            yield Fact(name=name, subject=copy.subject, value=value, as_of=before.sound.as_of)
