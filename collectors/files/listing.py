"""Files of a copy's folder: which are recovery points, when they were made, and what their sets' history says of them.

Reads:  names, sizes, dates and room of every file below store.path, by the store program (beffroi explain store)
Needs:  store = { host, path }: an account on that host that may list the folder
Blind:  what is in a file (see file_digests); names that begin with a dot or hold a line break; of each set the
        newest hundred points are kept; a host that lies
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.collecting.collector import Look, copy_collector, store_host
from agent.core.errors import ClockDoubtful, Missing
from agent.core.facts.late_files import BEHIND, late_files, longest_late
from agent.core.facts.recovery_points import AHEAD, LEFT, OF_NO_SET, SETTLING, WRITTEN_OVER, points_in
from agent.core.facts.verification import damage_in
from agent.core.inventory import MTIME, Copy
from agent.core.judging.anomaly_record import ANOMALY
from agent.core.judging.carried_over import REPOSITORY
from agent.core.judging.points_gone import GONE_KEPT
from agent.core.judging.sighting import SIGHTED, sightings
from agent.core.judging.terms import under_terms
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.points import Point
from agent.core.reason import Reason
from collectors.files import LOOKS, made_of_files
from collectors.files.answers import FolderListing, hidden_in
from collectors.files.history import KnownVersion, anomalies, gone_facts, known_versions, no_longer_there, written_over
from collectors.files.mirror import compared, left_over, mass_changes, mirrored, on_the_way
from collectors.files.records import VersionRecords
from collectors.files.remote import RemoteFolder
from collectors.files.sets import Arranged, VersionKey, arranged, path_of, set_finder

NAME = LOOKS.listing
# How many points of each set are told: the newest ones, and the oldest one, which shows how long files are kept.
KEPT = 100
GONE_TOLD = 200
GAPS_TOLD = 20
# Facts of the look that reads the files: a point that holds what an older one held, and a set that stands still.
REPEATED, STILL = "files.repeated", "files.still"
# Value: a file of the source that its mirror has not, or not so.
WAITING = "mirror.waiting"


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what a copy's folder holds, and what it held before and does not any more."""
    far, look = RemoteFolder.of(copy, look), with_former(copy, look)
    yield Fact(name=REPOSITORY, subject=copy.subject, value=copy.repository, as_of=look.now)
    try:
        listed = far.tree(look.timeout)
    except Missing:
        yield from _absent(copy, look)
        return
    if copy.mirror:
        yield from _mirror(copy, look, listed)
        return
    hold_to_clock(copy, listed, look.now, far.where)
    records = VersionRecords(look.manifest())
    known = known_versions(look.previous, records, copy.snapshot_host, look.now)
    here = arranged(copy, listed, frozenset(one.version for one in known.values()))
    lost = tuple(no_longer_there(known, here, (file.shown for file in listed.files), hidden_in(listed)))
    points = tuple(_points(copy, here, look.previous))
    gone = tuple(gone_facts(sorted(lost, key=lambda one: one.time)[-GONE_TOLD:], copy.subject, look.now))

    def fact(name: str, value: FactValue, as_of: datetime = look.now) -> Fact:
        return Fact(name=name, subject=copy.subject, value=value, as_of=as_of)

    yield fact("repository.present", True)
    yield from (fact("backup.point", point, point.time) for point in points)
    yield from _dates(points, look, copy.subject)
    yield from gone
    yield from _written_over(here, look, copy.subject)
    yield from under_terms(copy, copy.subject, gone, look.previous, look.now)
    reading = look.last_look(LOOKS.verification, copy.subject)
    changed, still = _changed(copy, here, known, reading), _still(reading)
    for anomaly in anomalies(here, look.previous, changed, still, look.now):
        yield fact(ANOMALY, anomaly, anomaly.at)
    yield from (fact(SETTLING, set) for set in _settling(copy, here, known))
    yield from (fact(name, value) for name, value in _amounts(listed, here).items())
    yield from gaps(copy, listed)


def _mirror(copy: Copy, look: Look, listed: FolderListing) -> Iterator[Fact | Gap]:
    """Yield as of when a mirror holds its source, and whether much of it changed at once."""
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    found = () if listed.complaints else tuple(compared(copy, look, listed))
    behind = [pair for one in found for pair in one.behind] if found else list(late_files(look.previous))
    for one in found:
        point = one.point(copy.snapshot_host)
        if point is not None:
            yield Fact(name="backup.point", subject=copy.subject, value=point, as_of=point.time)
            yield from on_the_way(copy, point, look.previous)
        yield from (Gap(subject=copy.subject, reason=_reason(said), detail=said) for said in one.unseen)
    waiting = [path for one in found for path in one.waiting]
    yield Fact(name="files.waiting", subject=copy.subject, value=len(waiting), as_of=look.now)
    yield from (Fact(name=WAITING, subject=copy.subject, value=path, as_of=look.now) for path in waiting[:GAPS_TOLD])
    yield from (
        Fact(name=BEHIND, subject=copy.subject, value=one, as_of=at) for one, at in longest_late(behind, look.now)
    )
    for point in left_over(found, copy.snapshot_host, look):
        yield Fact(name=LEFT, subject=copy.subject, value=point, as_of=point.time)
    if not listed.complaints:
        for anomaly in mass_changes(copy, look, listed, look.previous):
            yield Fact(name=ANOMALY, subject=copy.subject, value=anomaly, as_of=anomaly.at)
    else:
        yield from () if look.previous is None else look.previous.named(ANOMALY)
    for name, value in _amounts(listed, mirrored(copy, listed)).items():
        yield Fact(name=name, subject=copy.subject, value=value, as_of=look.now)
    yield from gaps(copy, listed)


def with_former(copy: Copy, look: Look) -> Look:
    """Return a look that knows what was seen of the folder under a name that is no longer declared.

    A folder has no id of its own: it is known by its host and its path.
    """
    return replace(look, previous=look.former(copy.repository.lower()) or look.previous)


def hold_to_clock(copy: Copy, listed: FolderListing, now: datetime, where: str) -> None:
    """Raise ClockDoubtful where dates of files say nothing, since the clock of their host is wrong."""
    apart = listed.clock - now.timestamp()
    if copy.dated_by == MTIME and abs(apart) > AHEAD.total_seconds():
        side = "ahead of" if apart > 0 else "behind"
        hint = "set that machine's clock (NTP); a date in the names does not need it (dated_by)"
        raise ClockDoubtful(f"the clock of {where} is {timedelta(seconds=abs(round(apart)))} {side} this one", hint)


def gaps(copy: Copy, listed: FolderListing) -> Iterator[Gap]:
    """Yield what of the folder could not be listed."""
    for line in listed.wrong[:GAPS_TOLD]:
        yield Gap(subject=copy.subject, reason=_reason(line), detail=line)
    if listed.complaints and not listed.wrong:
        yield Gap(subject=copy.subject, reason=Reason.UNREADABLE, detail="a part of the folder could not be listed")


def _reason(said: str) -> Reason:
    return Reason.DENIED if "ermission denied" in said else Reason.UNREADABLE


def _points(copy: Copy, here: Arranged, previous: Observation | None) -> Iterator[Point]:
    """Yield the points that are told: of each set the newest ones, the oldest, and what is being written over."""
    unsettled = frozenset(here.unsettled)
    for archives in here.sets.values():
        told = archives if len(archives) <= KEPT else [*archives[: KEPT - 1], archives[-1]]
        yield from (one.point(copy.snapshot_host) for one in told)
    # The new version is not there yet, and the old one stands for it: at the end, one of them is judged.
    for point in () if previous is None or not unsettled else points_in(previous):
        if path_of(point.id) in unsettled:
            yield point


def _written_over(here: Arranged, look: Look, subject: str) -> Iterator[Fact]:
    """Yield what looks before saw under the name of a newer file: it was there until that one was made."""
    previous = look.previous
    if previous is None:
        return
    made = {one.file.shown: one.time for one in here.every() if one.time > previous.ended}
    over = [
        Fact(name=WRITTEN_OVER, subject=subject, value=point, as_of=made[path])
        for point in points_in(previous)
        if (path := path_of(point.id)) in made and point.time < made[path]
    ]
    known = [fact for fact in previous.named(WRITTEN_OVER) if look.now - fact.as_of <= GONE_KEPT]
    yield from sorted((*known, *over), key=lambda fact: fact.as_of)[-GONE_TOLD:]


def _settling(copy: Copy, here: Arranged, known: Mapping[VersionKey, KnownVersion]) -> list[str]:
    """Return the sets of which no file was ever judged, and some are there that have to settle first."""
    find = set_finder(copy)
    waiting = {find(path) for path in here.unsettled}
    judged = {one.set for one in known.values()}
    return [set for set, archives in here.sets.items() if set in waiting and not archives and set not in judged]


def _dates(points: Sequence[Point], look: Look, subject: str) -> Iterator[Fact]:
    """Yield the latest dates that points may claim: what was ahead of a clock, and what only came back."""
    reading = look.last_look(LOOKS.verification, subject)
    repeated = {} if reading is None else {str(fact.value): fact for fact in reading.named(REPEATED)}
    ids = {point.id for point in points}
    for fact in sightings(points, look.previous, subject):
        if str(fact.value) not in repeated:
            yield fact
    for id, fact in repeated.items():
        if id in ids:
            yield Fact(name=SIGHTED, subject=subject, value=id, as_of=fact.as_of)


def _changed(
    copy: Copy, here: Arranged, known: Mapping[VersionKey, KnownVersion], reading: Observation | None
) -> dict[str, tuple[str, ...]]:
    """Return by set the paths of past files that hold something else than they did."""
    found = {set: [one.file.shown for one in written_over(known, archives)] for set, archives in here.sets.items()}
    damage = () if reading is None else damage_in(reading)
    past = {one.file for one, _ in damage if one.reason == Reason.CONTENT_CHANGED.value}
    for one in here.every() if past else ():
        if one.id in past:
            found[one.set].append(one.file.shown)
    return {set: tuple(dict.fromkeys(paths)) for set, paths in found.items() if paths}


def _still(reading: Observation | None) -> dict[str, datetime]:
    return {} if reading is None else {str(fact.value): fact.as_of for fact in reading.named(STILL)}


def _amounts(listed: FolderListing, here: Arranged) -> dict[str, FactValue]:
    """Return how much is there, and what of it is not judged."""
    told: dict[str, FactValue] = {
        "store.files": len(listed.files),
        "store.bytes": sum(file.size for file in listed.files),
        "files.unsettled": len(here.unsettled),
        "files.undated": len(here.undated),
        OF_NO_SET: here.others,
        "files.odd_names": listed.odd,
    }
    for name, value in (("store.free_bytes", listed.free_bytes), ("store.free_inodes", listed.free_inodes)):
        if value is not None:
            told[name] = value
    return told


def _absent(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield that the folder is not there, and what earlier looks saw in it."""
    yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
    before = () if look.previous is None else points_in(look.previous)
    lost = [Fact(name="backup.point.gone", subject=copy.subject, value=point, as_of=look.now) for point in before]
    lost += () if look.previous is None else look.previous.named("backup.point.gone")
    yield from lost
    yield from under_terms(copy, copy.subject, lost, look.previous, look.now)
    for name in (ANOMALY, BEHIND, LEFT):
        yield from () if look.previous is None else look.previous.named(name)


COLLECTOR = copy_collector(
    name=NAME,
    schedule="backups",
    collect=collect,
    host_of=store_host,
    applies=made_of_files,
)
