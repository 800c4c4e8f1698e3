"""backup-coverage: whatever a host holds is in the paths of a backup that has a recovery point of it (article 5).

A folder above is enough: what a backup leaves out by its own patterns, no list of points tells. A database is held by a
backup whose program is its own, or one that says so in `dumps`: a copy of its files while it runs is no backup of it.
"""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.core.facts.holdings import (
    CONTAINER,
    DATABASES,
    GUESTS,
    MOUNT,
    PATHS,
    POSTGRESQL,
    REMOTE,
    TELLING,
    Holding,
    holdings_in,
    is_named,
    lies_in,
    links_in,
)
from agent.core.inventory import DeclaredHost
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.protected_paths import ProtectedPath, ProtectedPaths, protected_paths_of, socket_named
from agent.core.judging.restore_kit import KitFile, kit_files
from agent.core.measures import ByteCount
from agent.core.model import Detail, DetailValue, Finding, Observation, State
from agent.core.period import day_of
from agent.core.reason import Reason

COLLECTOR = "holdings"
# As many as one verdict names; what is counted is all.
MOST_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingOutcome:
    """The result for one thing that was found, and what its sentence says beside its name."""

    holding: Holding
    state: State
    reason: Reason
    about: Detail


def needs(question: Question) -> tuple[Need, ...]:
    """Return the one look at the machine."""
    return (Need(collector=COLLECTOR, subject=question.item.id),)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what a host holds that no backup has, the largest first; then what could not be told."""
    host: DeclaredHost = question.item
    found = tuple(holdings_in(seen))
    excused = [one for one in found if any(is_named(one, by.what) for by in host.unbacked)]
    wanted = [one for one in found if one not in excused and not _is_repository(one, question)]
    protected = _of_known_clusters(protected_paths_of(host, question, links_in(seen)), found)
    outcomes = [_outcome(one, _for_one(protected, one, found), question) for one in wanted]
    open_ones = sorted((one for one in outcomes if one.state is not State.MET), key=_worst_first)
    held, gaps = len(outcomes) - len(open_ones), _gaps(seen, host)
    about: dict[str, DetailValue] = {"found": len(outcomes), "held": held}
    if excused:
        about["excused"] = len(excused)
    # Of these only a folder above is known to be held: what a program was told to leave out there, no list tells.
    through = sum("above" in one.about for one in outcomes)
    if through:
        about["through"] = through
    value = held / len(outcomes) if outcomes else 1.0 if found else None
    kit = [finding for one in kit_files(host, question, links_in(seen)) if (finding := _of_kit(one)) is not None]
    for one in open_ones[:MOST_NAMED]:
        alike = sum(other.state is one.state for other in open_ones) - 1
        counts = {**about, **({"others": alike} if alike else {})} if one is open_ones[0] else {}
        yield Finding(state=one.state, reason=one.reason, value=value, about={**one.about, **counts})
    yield from kit[:MOST_NAMED]
    yield from gaps
    if not open_ones and not gaps and not kit:
        state, reason = (State.MET, Reason.WITHIN_LIMIT) if found else (State.UNPROVEN, Reason.INCOMPLETE)
        yield Finding(state=state, reason=reason, value=value, about=about)
    yield from _excuses(host, excused)


def _of_kit(one: KitFile) -> Finding | None:
    about: Detail = {"what": one.path, "kit_of": one.backup}
    if one.held is None:
        return Finding(state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE, about=about)
    return None if one.held else Finding(state=State.MISSED, reason=Reason.NOT_COVERED, about=about)


def _excuses(host: DeclaredHost, excused: Sequence[Holding]) -> Iterator[Finding]:
    """Yield each excuse that names something, with its reason, for the report."""
    for one in host.unbacked[:MOST_NAMED]:
        count = sum(is_named(holding, one.what) for holding in excused)
        if count:
            about: Detail = {"excuse": one.what, "because": one.reason, "excused": count}
            yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about=about)


def _worst_first(one: HoldingOutcome) -> tuple[bool, float, str]:
    return one.state is not State.MISSED, -float(one.holding.bytes or 0), one.holding.label


def _gaps(seen: Observation, host: DeclaredHost) -> list[Finding]:
    """Return what could not be seen, but for the folders of data that are excused."""
    prefix = f"{host.id}/"
    said = [(gap.subject.removeprefix(prefix), gap) for gap in seen.gaps]
    unexcused = [
        gap
        for path, gap in said
        if any(lies_in(path, folder) for folder in TELLING)
        or not any(is_named(Holding(kind=MOUNT, name=path, since=seen.ended), by.what) for by in host.unbacked)
    ]
    return [
        Finding(state=State.UNPROVEN, reason=gap.reason, about={"said": gap.detail}) for gap in unexcused[:MOST_NAMED]
    ]


def _is_repository(one: Holding, question: Question) -> bool:
    """Return whether this is where copies are kept, and nothing else: a repository needs no backup of itself."""
    folders = [place for place in _kept_at(question) if place.startswith("/") and posixpath.normpath(place) != "/"]
    if one.kind not in PATHS and one.kind != CONTAINER:
        return False
    if any(lies_in(path, folder) for path in one.paths for folder in folders):
        return True
    if one.kind != MOUNT:
        return False
    inside = {f"{path.rstrip('/')}/{name}" for path in one.paths for name in one.holds if name != "lost+found"}
    return bool(inside) and all(any(lies_in(path, folder) for folder in folders) for path in inside)


def _kept_at(question: Question) -> Iterator[str]:
    """Yield where the repositories are that lie on the machine, as they are declared."""
    for copy in question.inventory.copies:
        if copy.store is not None and copy.store.host == question.item.id:
            yield copy.store.path
        if question.item.transport == "local":
            yield copy.repository


def _outcome(one: Holding, protected: ProtectedPaths, question: Question) -> HoldingOutcome:
    by = _protecting(one, protected)
    best = min(by, key=lambda path: (path.rank, path.real not in one.paths), default=None)
    about: dict[str, DetailValue] = {"what": one.label, "found_since": day_of(one.since)}
    if one.bytes is not None:
        about["size"] = ByteCount(one.bytes)
    if best is not None:
        about["backup"] = best.backup
        if best.seen and best.held:
            if one.kind == MOUNT and best.real not in one.paths:
                about["above"] = best.path
            return HoldingOutcome(holding=one, state=State.MET, reason=Reason.WITHIN_LIMIT, about=about)
        if not best.seen:
            return HoldingOutcome(holding=one, state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE, about=about)
        return HoldingOutcome(
            holding=one, state=State.MISSED, reason=Reason.NOT_COVERED, about={**about, "no_point": 1}
        )
    if one.hindered:
        return HoldingOutcome(holding=one, state=State.UNPROVEN, reason=one.reason, about={**about, "said": one.said})
    if one.kind == REMOTE:
        about["server"] = one.server
        return HoldingOutcome(holding=one, state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about=about)
    about |= _hints(one, protected)
    return HoldingOutcome(holding=one, state=State.MISSED, reason=Reason.NOT_COVERED, about=about)


def _of_known_clusters(protected: ProtectedPaths, found: Sequence[Holding]) -> ProtectedPaths:
    """Return what backups hold; of several clusters on a machine, one of unknown socket is not shown to hold any."""
    if len({place for _, place in _places(found)}) < 2:
        return protected
    databases = tuple(
        one if one.sockets or one.path != POSTGRESQL else replace(one, held=False, seen=False)
        for one in protected.databases
    )
    return replace(protected, databases=databases)


def _for_one(protected: ProtectedPaths, one: Holding, found: Sequence[Holding]) -> ProtectedPaths:
    """Return what backups may hold of one thing: of several servers, one that was not listed may be any cluster's."""
    if one.kind != POSTGRESQL or not one.hindered or len({place for _, place in _places(found)}) < 2:
        return protected
    return replace(protected, databases=tuple(whole for whole in protected.databases if whole.sockets))


def _places(found: Sequence[Holding]) -> Iterator[tuple[Holding, str]]:
    """Yield where each PostgreSQL server was found: its socket or its data folder, else by what it is called."""
    for one in found:
        if one.kind == POSTGRESQL:
            yield from ((one, socket_named(path)) for path in one.paths or (one.name,))


def _is_of(database: Holding, whole: ProtectedPath) -> bool:
    """Return whether a database is of a cluster that a backup holds: a machine may run several, each on its socket."""
    return not whole.sockets or bool(whole.sockets & {socket_named(path) for path in database.paths})


def _protecting(one: Holding, protected: ProtectedPaths) -> Sequence[ProtectedPath]:
    """Return what backs up one thing, by what each backup says of itself or its recovery points show."""
    named = [whole for whole in protected.dumps if is_named(one, whole.path)]
    if one.kind in DATABASES:
        return [*named, *(whole for whole in protected.databases if whole.path == one.kind and _is_of(one, whole))]
    if one.kind in GUESTS:
        disks = [
            [path for path in protected.paths if _is_file(disk) and lies_in(disk, path.real)] for disk in one.paths
        ]
        # Each disk has to lie in a backup's paths; the one that is held least speaks for the guest.
        whole = [min(each, key=_rank) for each in disks if each] if disks and all(disks) else []
        return [*named, *([max(whole, key=_rank)] if whole else [])]
    if one.kind == REMOTE:
        # Most backups of a folder above stay on its own disks.
        return [*named, *(path for path in protected.paths if path.real == one.name)]
    places = (*one.paths, *one.shown)
    return [*named, *(path for path in protected.paths if any(lies_in(place, path.real) for place in places))]


def _is_file(disk: str) -> bool:
    """Return whether a disk is a file: of a device a backup of files holds the name alone, and a volume has no path."""
    return disk.startswith("/") and not lies_in(disk, "/dev")


def _rank(path: ProtectedPath) -> int:
    return path.rank


def _hints(one: Holding, protected: ProtectedPaths) -> Iterator[tuple[str, DetailValue]]:
    """Yield what comes near to being a backup of it, and is none."""
    below = [path.path for path in protected.paths for place in one.paths if lies_in(path.real, place)]
    above = [path for path in protected.paths if any(lies_in(place, path.real) for place in one.paths)]
    if one.kind in DATABASES and above:
        yield "only_files", above[0].backup
    elif below and one.kind not in DATABASES | GUESTS:
        yield "in_part", sorted(below)[0]


CHECK = Check(target="backup-coverage", needs=needs, judge=judge)
