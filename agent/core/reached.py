"""Decide which recovery points known damage reaches; those do not count. Pure.

Damage is known from the copy's verifiers, from audits, from the list of its store's files and from its samples, and
stands until a later look settles it. What looks at another copy in the same repository found counts as well. Which
points need a damaged pack is traced by looks that hold the key. They keep it as facts, subject `backup/copy`:
`damage.reaches` a point that needs a damaged pack, `damage.spares` one that needs none. Its key is a digest of the
packs that were traced: other damage is traced anew.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.core.facts.copy_audit import COLLECTOR as AUDITS
from agent.core.facts.restore_samples import COLLECTOR as SAMPLES
from agent.core.facts.restore_samples import failed_in
from agent.core.facts.verification import DAMAGED_PATH, damage_in
from agent.core.inventory import ProgramLooks
from agent.core.looks import LastLook
from agent.core.model import Fact, Observation
from agent.core.points import Point, is_of_point
from agent.core.reason import Reason
from agent.core.registered import registered

# A segment of WAL as a damaged file, by its name.
WAL = "wal/"
REACHES, SPARES = "damage.reaches", "damage.spares"
_PACK = re.compile(r"data/[0-9a-f]{2}/([0-9a-f]{64})")
# A segment of borg: data/0/17.
_SEGMENT = re.compile(r"data/[0-9]{1,18}/[0-9]{1,18}")
_KEY_DIGITS = 16


def is_segment(file: str) -> bool:
    """Return whether a damaged file is a segment of borg, of which archives can be read to see who needs it."""
    return _SEGMENT.fullmatch(file) is not None


@registered("damage.traced")
@dataclass(frozen=True, slots=True, kw_only=True)
class TracedPoint:
    """A point that was traced; `key` is the digest of the packs for which it was."""

    key: str
    point: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDamage:
    """Damaged or missing files of a copy's repository that no later look has settled.

    `packs` are their ids, `segments` files of borg by their paths, `others` files of which no one can say which points
    need them, such as an index. `snapshots`
    are ids of points whose own file is damaged, or the beginnings of them; `sampled` of those of which a sample showed
    it. `points` are ids of points that are damaged files themselves, `paths` those of a mirror with a damaged file: its
    one point is all of them.
    """

    packs: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    snapshots: tuple[str, ...] = ()
    sampled: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    paths: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Return the name under which points are traced for these files."""
        return hashlib.sha256("\n".join((*self.packs, *self.segments)).encode()).hexdigest()[:_KEY_DIGITS]

    @property
    def file(self) -> str:
        """Return one of the files, to name it; empty where there is none."""
        packs = (f"data/{pack[:2]}/{pack}" for pack in self.packs)
        return next(
            iter((*self.others, *packs, *self.segments, *(f"snapshots/{id}" for id in self.snapshots), *self.points)),
            "",
        )


_NO_DAMAGE = KnownDamage()


def known_damage(
    subject: str, program: ProgramLooks, last_look: LastLook, siblings: tuple[str, ...] = ()
) -> KnownDamage:
    """Return the damage of a copy that the newest looks at it know of, and those at its siblings' same repository."""
    # A key that is damaged keeps no point from being restored by the key that lists them.
    found = {*_verified(subject, program, last_look), *_stored(subject, program, last_look)}
    found.update(sibling_damage(subject, program, last_look, siblings))
    # What a damaged segment of WAL still leads to is told by the list of points itself.
    files = {one for one in found if not one.startswith(("keys/", WAL))}
    if program.whole_files:
        return KnownDamage(points=tuple(sorted(found)), paths=_damaged_paths(subject, program, last_look))
    packs = {file for file in files if _PACK.fullmatch(file)}
    segments = {file for file in files if is_segment(file)}
    snapshots = {file for file in files if file.startswith("snapshots/")}
    samples = last_look(SAMPLES, subject)
    failed = () if samples is None else failed_in(samples)
    return KnownDamage(
        packs=tuple(sorted(pack.rpartition("/")[2] for pack in packs)),
        segments=tuple(sorted(segments)),
        others=tuple(sorted(files - packs - segments - snapshots)),
        snapshots=tuple(sorted(one.removeprefix("snapshots/") for one in snapshots)),
        sampled=tuple(sorted({one.point for one, _ in failed if one.reason is Reason.DAMAGED})),
    )


def _verified(subject: str, program: ProgramLooks, last_look: LastLook) -> Iterator[str]:
    for name in (*program.verifiers, AUDITS):
        yield from _found_by(name, subject, program, last_look)


def _damaged_paths(subject: str, program: ProgramLooks, last_look: LastLook) -> frozenset[str]:
    looks = (last_look(name, subject) for name in program.verifiers)
    return frozenset(str(fact.value) for look in looks if look is not None for fact in look.named(DAMAGED_PATH))


def sibling_damage(
    subject: str, program: ProgramLooks, last_look: LastLook, siblings: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the damaged files that looks at other copies in a copy's repository know of.

    What the copy's own verification has read since, and found sound, is settled.
    """
    found = {
        file
        for one in siblings
        for name in (*program.verifiers, AUDITS)
        for file in _found_by(name, one, program, last_look, (subject,))
    }
    found.update(file for one in siblings for file in _stored(one, program, last_look))
    return tuple(sorted(found))


def audited_damage(subject: str, program: ProgramLooks, last_look: LastLook) -> tuple[str, ...]:
    """Return the damaged files of a copy that audits found and no verification of the whole copy has settled."""
    return tuple(_found_by(AUDITS, subject, program, last_look))


def _found_by(
    name: str, subject: str, program: ProgramLooks, last_look: LastLook, beside: tuple[str, ...] = ()
) -> Iterator[str]:
    look = last_look(name, subject)
    if look is None:
        return
    names = [(other, one) for one in (subject, *beside) for other in program.verifiers]
    others = (last_look(*other) for other in names if other != (name, subject))
    wholes = [whole.as_of for other in others if other is not None for whole in other.named("verify.whole")]
    for damage, at in damage_in(look):
        # What another verifier looks after is settled by its own reading of everything.
        if all(whole <= at for whole in wholes):
            yield damage.file


def _stored(subject: str, program: ProgramLooks, last_look: LastLook) -> Iterator[str]:
    look = last_look(program.store_listing, subject)
    if look is None:
        return
    yield from (str(fact.value) for fact in look.named("store.altered"))
    verified = last_look(program.store_verification, subject)
    since = None if verified is None else verified.ended
    for fact in look.named("store.missing"):
        # What was gone when the copy was verified is damage that the verification tells of, or nothing needs it.
        if since is None or fact.as_of > since:
            yield str(fact.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which points the known damage of a copy reaches, as far as that was traced."""

    damage: KnownDamage
    reached: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()

    @property
    def is_of_nothing(self) -> bool:
        """Return whether no damage is known and none was traced, so that no point is reached."""
        return not self.reached and self.damage == _NO_DAMAGE

    def reaches(self, point: Point) -> bool | None:
        """Return whether the damage reaches a point; None where that is not known."""
        if point.id in self.reached or point.id in self.damage.sampled or point.id in self.damage.points:
            return True
        if self.damage.paths.intersection(point.paths):
            return True
        if any(is_of_point(name, point.id) for name in self.damage.snapshots):
            return True
        if self.damage.others:
            return None
        traced = bool(self.damage.packs or self.damage.segments)
        return False if not traced or point.id in self.spared else None


def reach_of(
    subject: str,
    program: ProgramLooks,
    last_look: LastLook,
    listing: Observation | None = None,
    siblings: tuple[str, ...] = (),
) -> Reach:
    """Return which points of a copy its known damage reaches; `listing` is a look of the list of points to read too."""
    damage = known_damage(subject, program, last_look, siblings)
    if not (damage.packs or damage.segments):
        return Reach(damage=damage)
    tracers = (*program.verifiers, program.store_listing, program.listing)
    looks = [look for name in tracers if (look := last_look(name, subject)) is not None]
    looks += [] if listing is None else [listing]
    return Reach(damage=damage, reached=_traced(looks, REACHES, damage.key), spared=_traced(looks, SPARES, damage.key))


def _traced(looks: list[Observation], name: str, key: str) -> frozenset[str]:
    values = (fact.value for look in looks for fact in look.named(name))
    return frozenset(one.point for one in values if isinstance(one, TracedPoint) and one.key == key)


def reach_facts(subject: str, reach: Reach, now: datetime) -> Iterator[Fact]:
    """Yield the facts that keep what was traced."""
    for name, ids in ((REACHES, reach.reached), (SPARES, reach.spared)):
        for id in sorted(ids):
            yield Fact(name=name, subject=subject, value=TracedPoint(key=reach.damage.key, point=id), as_of=now)
