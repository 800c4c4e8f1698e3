"""Merge a verification of a cluster's base backups with earlier ones that still hold. Pure.

agent.core.facts.verification tells the facts' names. `verify.base` is the id of a base backup, as of when it was last
read and found sound.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.core.ahead import lies_ahead
from agent.core.facts.verification import DAMAGE, Damage, damage_in
from agent.core.inventory import Copy
from agent.core.model import Fact, FactValue, Gap, Observation

READ = "verify.base"
_KEPT = ("verify.sound", "verify.whole", READ, DAMAGE, "repository.id")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseReadings:
    """What one look read of the base backups that are there (`ids`), and which of them are `sound`.

    `damage` is what was found damaged; `standing` what earlier looks found so and this one did not read, or could not.
    `depth` tells how deep the look went where something is sound; None: nothing is. `whole`: as of when everything is
    read; None: not by this look. `bytes_stored` is all that is there.
    """

    ids: frozenset[str]
    sound: frozenset[str]
    damage: frozenset[Damage]
    standing: Mapping[Damage, datetime]
    depth: str | None
    whole: datetime | None
    files_read: int
    files_sound: int
    bytes_read: int
    bytes_sound: int
    bytes_stored: int
    unread: tuple[Gap, ...] = ()


def base_facts(copy: Copy, found: BaseReadings, previous: Observation | None, now: datetime) -> Iterator[Fact | Gap]:
    """Yield what one look showed, joined with what still stands of earlier ones."""

    def fact(name: str, value: FactValue, as_of: datetime = now) -> Fact:
        return Fact(name=name, subject=copy.subject, value=value, as_of=as_of)

    yield fact("verify.depth", "hashed" if found.files_read else "listed")
    yield fact("verify.files_read", found.files_read)
    yield fact("verify.bytes_read", found.bytes_read)
    for name in ("sound", "verified"):
        yield fact(f"verify.files_{name}", found.files_sound)
        yield fact(f"verify.bytes_{name}", found.bytes_sound)
    yield fact("verify.bytes_stored", found.bytes_stored)
    damage = {**found.standing, **dict.fromkeys(found.damage, now)}
    yield from (fact(DAMAGE, one, at) for one, at in sorted(damage.items()))
    yield from found.unread
    read = {**read_before(previous, now), **dict.fromkeys(found.sound, now)}
    yield from (fact(READ, id, at) for id, at in sorted(read.items()) if id in found.ids)
    for name, value, as_of in (("verify.sound", found.depth, now), ("verify.whole", True, found.whole)):
        if value is not None and as_of is not None and not damage:
            yield fact(name, value, as_of)
        else:
            yield from _before(name, previous, now)


def read_before(previous: Observation | None, now: datetime) -> dict[str, datetime]:
    """Return when earlier looks last read each base backup and found it sound, by its id."""
    return {str(fact.value): fact.as_of for fact in _before(READ, previous, now)}


def damage_before(previous: Observation | None) -> Mapping[Damage, datetime]:
    """Return what earlier looks found damaged, each with when it was last seen."""
    return {} if previous is None else dict(damage_in(previous))


def kept(previous: Observation | None) -> Iterator[Fact]:
    """Yield what earlier looks kept, for a look to which nothing was there to read."""
    yield from () if previous is None else (fact for name in _KEPT for fact in previous.named(name))


def _before(name: str, previous: Observation | None, now: datetime) -> Iterator[Fact]:
    """Yield the facts of a name that an earlier look kept, but for those dated ahead of the clock."""
    yield from () if previous is None else (one for one in previous.named(name) if not lies_ahead(one.as_of, now))
