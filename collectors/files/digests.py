"""Bytes of a copy's files, hashed by the host that holds them and held to the digest that each had when first read.

Reads:  every file of the copy's sets within the budget, those never read first, then the longest unread
Needs:  store = { host, path }: an account on that host that may read the files (beffroi explain store)
Blind:  what was already in a file when it was first read; a host that lies
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime

from agent.core.collecting.collector import Look, copy_collector, store_host
from agent.core.errors import Missing
from agent.core.facts.verification import DAMAGE, damage_in
from agent.core.inventory import Copy
from agent.core.judging.carried_over import REPOSITORY
from agent.core.manifest import ManifestChange
from agent.core.model import Fact, Gap, Observation
from collectors.files import LOOKS, made_of_files
from collectors.files.answers import FolderListing, hidden_in
from collectors.files.drawn import DrawnFiles, drawn_beside
from collectors.files.hashing import DigestRun, chosen, confirm, hash_all
from collectors.files.listing import gaps, hold_to_clock, with_former
from collectors.files.mirror import mirrored
from collectors.files.opening import OpeningRun, opened
from collectors.files.records import VersionRecord, VersionRecords, stored
from collectors.files.remote import RemoteFolder
from collectors.files.sets import Archive, Arranged, arranged
from collectors.files.shown import VerifiedFolder, facts, repeated, still

NAME = LOOKS.verification


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap | ManifestChange]:
    """Yield the result of hashing, and what earlier looks found that still stands."""
    far, records, look = RemoteFolder.of(copy, look), VersionRecords(look.manifest()), with_former(copy, look)
    yield Fact(name=REPOSITORY, subject=copy.subject, value=copy.repository, as_of=look.now)
    look.progress(0.0)
    try:
        listed = far.tree(look.timeout)
    except Missing:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from _carried(look.previous)
        return
    here = _arranged(copy, listed, records, look, far.where)
    run = hash_all(far, chosen(here, records, _tried(look.previous), look.budget, look.now), look)
    run = confirm(far, run, here, records, copy, look)
    bad = _tried(look.previous)
    # What a mirror holds is as its source has it, and people's files may be broken there: none of it is opened.
    tools = OpeningRun() if copy.mirror else opened(copy, look, _to_open(run, records, bad))
    look.progress(1.0)
    drawn = drawn_beside(copy, look, run, bad) if copy.mirror else DrawnFiles()
    run = replace(run, changed=run.changed - drawn.same | drawn.differing)
    shown = VerifiedFolder(copy=copy, here=here, records=records, run=run, opened=tools, drawn=drawn.same, now=look.now)
    # What is bad, and was never read under this name, must not become what it is held to.
    unheld = {id for id in bad if id in run.read and records.own(run.read[id]) is None} - drawn.same
    yield _change(here, records, replace(run, changed=run.changed | unheld), drawn.same, hidden_in(listed))
    yield from facts(shown, look.previous)
    if not copy.mirror:
        yield from repeated(shown)
        yield from still(shown)
    yield from gaps(copy, listed)


def _arranged(copy: Copy, listed: FolderListing, records: VersionRecords, look: Look, where: str) -> Arranged:
    if copy.mirror:
        return mirrored(copy, listed)
    hold_to_clock(copy, listed, look.now, where)
    return arranged(copy, listed, records.versions)


def _to_open(run: DigestRun, records: VersionRecords, bad: Collection[str]) -> list[Archive]:
    """Return what is to be opened: what was read for the first time, and what is known to be bad, renamed or not."""
    broken = {one.version for one in records.every if one.id in bad}
    return [one for one in run.read.values() if records.of(one) is None or one.id in bad or one.version in broken]


def _change(
    here: Arranged,
    records: VersionRecords,
    run: DigestRun,
    drawn: Collection[str],
    hidden: Callable[[str], bool],
) -> ManifestChange:
    """Return what the manifest learns: new versions, those that were read, and those that are not there any more.

    `drawn` hold what their source holds, whatever was first seen: they are held to that from now on. A version that was
    renamed, or that another one took the place of, is explained by that.
    """
    sound = {id: one for id, one in run.read.items() if id not in run.changed}
    fresh = {id for id, one in sound.items() if (own := records.own(one)) is None or _is_mended(own, id, run, drawn)}
    added = {id: stored(sound[id], run.digests[id]) for id in fresh}
    read = [added[id].name if id in added else _name(one, records) for id, one in sound.items()]
    versions, paths = {one.version for one in here.every()}, {one.file.shown for one in here.every()}
    present = {_name(one, records) for one in here.every()}
    gone = [one for one in records.every if one.gone is None and one.name not in present]
    gone = [one for one in gone if one.path not in here.unsettled and not hidden(one.path)]
    explained = {one.name for one in gone if one.version in versions or one.path in paths}
    return ManifestChange(
        added=tuple(added.values()),
        explained=tuple(sorted(explained)),
        missing=tuple(one.name for one in gone if one.name not in explained),
        hashed=tuple(read),
    )


def _is_mended(own: VersionRecord, id: str, run: DigestRun, drawn: Collection[str]) -> bool:
    return id in drawn and own.digest != run.digests[id]


def _name(one: Archive, records: VersionRecords) -> str:
    own = records.own(one)
    return "" if own is None else own.name


def _tried(previous: Observation | None) -> dict[str, datetime]:
    """Return when each file that is known to be bad was last read: it must not take every turn."""
    return {} if previous is None else {damage.file: at for damage, at in damage_in(previous)}


def _carried(previous: Observation | None) -> Iterator[Fact]:
    for name in ("verify.sound", DAMAGE):
        yield from () if previous is None else previous.named(name)


COLLECTOR = copy_collector(
    name=NAME,
    schedule="verify",
    collect=collect,
    host_of=store_host,
    applies=made_of_files,
)
