"""Find the points that need the damaged packs of a repository, by asking restic.

`restic find --pack` names the points whose files have data in a pack, and says of which point it could not load a tree
(0.18). It does not name those that only need a tree of the pack, hence its cache holds none of these packs at first: a
tree that was cached while it was sound would hide that. A pack whose own header is bad cannot be asked for: the index
then tells its blobs. A point of which this shows nothing stays untraced, and does not count.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import LookError, Unreadable
from agent.core.facts.recovery_points import covers, matches
from agent.core.host import Output
from agent.core.inventory import Copy
from agent.core.looks import LastLook
from agent.core.model import Fact, Observation
from agent.core.points import Point
from agent.core.reached import Reach, known_damage, reach_facts, reach_of
from collectors.restic import LOOKS, caches
from collectors.restic.faults import ACCESS, reason_in
from collectors.restic.listing import parse
from collectors.restic.program import Restic, prepare
from collectors.restic.words import spoken

# What tracing may take beside the look that it is a part of: the index and the trees are fetched anew.
TRACING = timedelta(minutes=15)
# The points of the days that late evidence can still change, so many of them a look.
RECENT = timedelta(days=8)
AT_MOST = 16
# Of more damage a look may keep a part alone (`TOLD` of the list of a store): a cached tree could hide the rest.
WHOLE_BELOW = 50
LISTED_WITHIN = timedelta(hours=1)
# What fits on a command line.
PACKS_AT_MOST, BLOBS_AT_MOST = 200, 20_000
INDEX_LIMIT = 64 * 1024 * 1024
# Measured: below it, whether one run tells each of several points was not tried.
SEVERAL_SINCE = (0, 18, 0)
# No blob has this digest: find then walks every tree all the same.
_NO_BLOB = "0" * 64
_FOLDER = "damage-"

_ID = re.compile(r"[0-9a-f]{64}")
_SNAPSHOT = re.compile(rb'"snapshot":"([0-9a-f]{64})"')
_NOT_LOADED = re.compile(rb"^ \.\.\. which belongs to snapshot ([0-9a-f]{64})", re.MULTILINE)
# What it says of the damage itself.
_OF_DAMAGE = re.compile(
    r"some pack files are missing from the repository|Load\(<data/[0-9a-f]+>|.*returned error, retrying after"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedPoints:
    """Ids of points that damage reaches, and of those that it spares; any other is not known."""

    reached: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()


def trace(
    restic: Restic, look: Look, new: Iterable[object], collector: str, points: Sequence[Point] | None
) -> Iterator[Fact]:
    """Yield which points the copy's known damage reaches: those that were traced before, and those traced now.

    `new` is what the look of this collector is about to keep; `points` those that it listed, None: they are
    listed here. Costs nothing where no damage is known or every recent point was traced. Raises Stopped.
    """
    copy = restic.copy
    last_look = _with(look, collector, tuple(new), copy)
    damage = known_damage(copy.subject, copy.program, last_look, copy.siblings)
    if not damage.packs:
        _forget(restic, "")
        return
    known = reach_of(copy.subject, copy.program, last_look, siblings=copy.siblings)
    if not damage.others and len(damage.packs) <= PACKS_AT_MOST:
        try:
            listed = _listed(restic) if points is None else points
            known = _kept(known, listed)
            known = _more(restic, look, known, _untraced(copy, listed, known, look))
        except (LookError, RepositoryAbsent):
            pass  # what is not traced does not count
    yield from reach_facts(copy.subject, known, look.now)


def trace_apart(copy: Copy, look: Look, new: Iterable[object], collector: str) -> Iterator[Fact]:
    """Yield what `trace` yields, for a look that needs no restic by itself; nothing where there is none."""
    facts = tuple(new)
    if not known_damage(copy.subject, copy.program, _with(look, collector, facts, copy), copy.siblings).packs:
        return
    try:
        restic = prepare(copy, look, look.timeout)
    except LookError:
        return
    yield from trace(restic, look, facts, collector, _listed_before(copy, look))


def _with(look: Look, collector: str, new: Iterable[object], copy: Copy) -> LastLook:
    """Return the last looks, with this one in the place of its own collector's."""
    own = look.so_far(collector, copy, new)

    def last_look(name: str, subject: str) -> Observation | None:
        before = look.last_look(name, subject)
        if name != collector or subject != copy.subject:
            return before
        traced = () if before is None else tuple(fact for fact in before.facts if fact.name.startswith("damage."))
        return replace(own, facts=(*own.facts, *traced))

    return last_look


def _listed(restic: Restic) -> tuple[Point, ...]:
    output = restic.ask("snapshots", "--json")
    return parse(output.stdout, output.stderr, restic.copy.subject).points


def _listed_before(copy: Copy, look: Look) -> tuple[Point, ...] | None:
    """Return the points that were listed within the hour; None: they are to be listed. One that went spares none."""
    listing = look.last_look(LOOKS.listing, copy.subject)
    if listing is None or look.now - listing.ended > LISTED_WITHIN:
        return None
    return tuple(fact.value for fact in listing.named("backup.point") if isinstance(fact.value, Point))


def _kept(known: Reach, points: Iterable[Point]) -> Reach:
    """Return what is known of the points that are still there."""
    ids = {point.id for point in points}
    return replace(known, reached=known.reached & ids, spared=known.spared & ids)


def _untraced(copy: Copy, points: Iterable[Point], known: Reach, look: Look) -> list[Point]:
    """Return the points to trace, newest first: each path's newest, and what is recent."""
    own = [point for point in points if matches(point, copy.snapshot_host, copy.paths)]
    own.sort(key=lambda point: point.time, reverse=True)
    newest = [next((point for point in own if covers(point, path)), None) for path in copy.paths]
    ids = {point.id for point in newest if point is not None}
    ids |= {point.id for point in own if look.now - point.time <= RECENT}
    return [point for point in own if point.id in ids - known.reached - known.spared][:AT_MOST]


def _more(restic: Restic, look: Look, known: Reach, points: Sequence[Point]) -> Reach:
    if not points:
        return known
    _forget(restic, known.damage.key)
    own = replace(restic, folder=restic.folder.with_name(_FOLDER + known.damage.key), deadline=Deadline(TRACING))
    own.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if len(known.damage.packs) < WHOLE_BELOW:
        caches.link(own.folder, tuple(caches.of_copy(restic.copy, look)), ("index", "data"), known.damage.packs)
    ids = [point.id for point in points]
    groups = [ids] if restic.version >= SEVERAL_SINCE else [[id] for id in ids]
    for group in groups:
        found = _found(own, known.damage.packs, group, caches.packs_of(restic.copy, look))
        known = replace(known, reached=known.reached | found.reached, spared=known.spared | found.spared)
    return known


def _forget(restic: Restic, key: str) -> None:
    """Remove what was fetched for damage that is no longer known."""
    for folder in restic.folder.parent.glob(f"{_FOLDER}*"):
        if folder.name != _FOLDER + key:
            shutil.rmtree(folder, ignore_errors=True)


def _found(
    restic: Restic, packs: Sequence[str], ids: Sequence[str], known: Mapping[str, Sequence[str]]
) -> ReachedPoints:
    """Return which of some points need some packs; `known` are the blobs of packs as an index was read to name them."""
    among = [word for id in ids for word in ("--snapshot", id)]
    # Asked for a pack that is gone, restic lists all that are there: 256 folders.
    blobs = tuple(blob for pack in packs for blob in known[pack]) if known.keys() >= set(packs) else None
    if blobs is None or len(blobs) > BLOBS_AT_MOST:
        output = restic.run("find", "--json", "--pack", *packs, *among)
        if output.status == 0:
            return judge(output, ids)
        blobs = _blobs_of(restic, packs)
    return judge(restic.run("find", "--json", "--blob", *(blobs or (_NO_BLOB,)), *among), ids)


def judge(output: Output, ids: Iterable[str]) -> ReachedPoints:
    """Return what a run of `restic find --json` shows of some points. Pure.

    A run that did not end well, or says something of which it is not known what it means, spares none.
    """
    lines = [line for line in spoken(output.stderr).splitlines() if not _OF_DAMAGE.match(line)]
    hindered = any(reason_in(line) in ACCESS for line in spoken(output.stderr).splitlines())
    reached = {found.decode() for found in _SNAPSHOT.findall(output.stdout)}
    if not hindered:
        reached |= {found.decode() for found in _NOT_LOADED.findall(output.stdout)}
    reached &= set(ids)
    whole = output.status == 0 and not output.truncated and output.stdout.rstrip().endswith(b"]")
    spared = set(ids) - reached if whole and not lines and not hindered else set()
    return ReachedPoints(reached=frozenset(reached), spared=frozenset(spared))


def _blobs_of(restic: Restic, packs: Iterable[str]) -> tuple[str, ...]:
    """Return the data blobs of some packs, as the index has them. Raises Unreadable where it does not have them all."""
    wanted, blobs = set(packs), set[str]()
    for id in restic.ask("list", "index").stdout.decode(errors="replace").split():
        for pack in packs_in(restic.ask("cat", "index", id, output_limit=INDEX_LIMIT)):
            if pack["id"] in wanted:
                wanted.discard(pack["id"])
                blobs |= set(data_blobs(pack))
        if not wanted:
            break
    if wanted or len(blobs) > BLOBS_AT_MOST:
        raise Unreadable(f"{restic.copy.subject}: the points that need the damaged packs are unknown")
    return tuple(sorted(blobs))


def data_blobs(pack: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the data blobs of a pack that `packs_in` gave."""
    return tuple(blob["id"] for blob in pack["blobs"] if blob["type"] == "data")


def packs_with(restic: Restic, blobs: Iterable[str]) -> frozenset[str] | None:
    """Return the packs in which the index has some blobs; None where it has not got each of them.

    Raises what Restic.ask raises, and Unreadable.
    """
    wanted, found, packs = set(blobs), set[str](), set[str]()
    for id in restic.ask("list", "index").stdout.decode(errors="replace").split():
        for pack in packs_in(restic.ask("cat", "index", id, output_limit=INDEX_LIMIT)):
            held = wanted & {blob["id"] for blob in pack["blobs"]}
            if held:
                packs.add(pack["id"])
                found |= held
    return frozenset(packs) if found == wanted else None


# {"packs":[{"id":"bcef…","blobs":[{"id":"98ea…","type":"data","offset":0,"length":38}, …]}, …]}
def packs_in(output: Output) -> list[dict[str, Any]]:
    """Return the packs that `restic cat index` names. Raises Unreadable for anything else."""
    try:
        packs: Any = json.loads(output.stdout)["packs"]
        for pack in packs:
            names = (pack["id"], *(blob["id"] for blob in pack["blobs"]))
            if not all(_ID.fullmatch(name) for name in names) or not all(blob["type"] for blob in pack["blobs"]):
                raise ValueError("a name")
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable("an index of the repository cannot be understood") from error
    return list(packs)
