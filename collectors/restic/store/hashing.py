"""Bytes of a copy's repository, hashed by the host that holds them and held to the names that restic gave.

Reads:  every file of the store within the budget, oldest-verified first; restic check --with-cache, list snapshots
Needs:  store = { host, path }: an account on that host that may read the files; the password here, for the index
Blind:  a forger who holds the key; a host that lies, but for the packs streamed back at random in a night's run
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look, copy_collector, store_host
from agent.core.errors import LookError, Missing, WrongRepository
from agent.core.facts.verification import Damage
from agent.core.inventory import Copy
from agent.core.manifest import Manifest, ManifestChange
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from collectors.restic import LOOKS, made_with_restic
from collectors.restic.reaching import trace_apart
from collectors.restic.store.absence import Absence, absence, added
from collectors.restic.store.answers import StoreListing
from collectors.restic.store.digests import STEP, HashRun, chosen, confirm, hash_all
from collectors.restic.store.keyed import Structure, streamed_back, structure
from collectors.restic.store.listing import MISSING_TOLD, holds_repository, past_in
from collectors.restic.store.remote import RemoteStore
from collectors.restic.store.shown import StoreMemory, StoreRun, before_in, facts, kept

NAME = LOOKS.store_verification


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap | ManifestChange]:
    """Yield the result of hashing, and what earlier looks found that still stands."""
    far, manifest, before = RemoteStore(copy, look), look.manifest(), before_in(look.previous)
    look.progress(0.0)
    try:
        listed = _listed(copy, look, far, before)
        if not holds_repository(listed, manifest, far.where):
            raise RepositoryAbsent(far.where)
        run = hash_all(far, chosen(listed, manifest, before, look.budget, look.now), look)
        listed = confirm(far, listed, run, look)
        known = structure(copy, look, STEP, before.id)
    except RepositoryAbsent:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from kept(copy, before)
        return
    listed = hold_to_same_repository(copy, far, listed, known, look)
    gone = absence(listed, manifest, past_in(look.previous), look.now)
    lost = names_lost(gone, manifest, known, look.now) - {file.name for file in listed.files}
    shown = _shown(listed, manifest, run, known, before, lost)
    if look.scheduled:
        shown = stream_back(copy, look, run, shown)
    look.progress(1.0)
    yield added(listed, manifest)
    yield ManifestChange(
        explained=(*gone.explained, *(_settled(gone, manifest, lost) if known.sound else ())),
        missing=tuple(name for name in gone.missing if name in lost),
        hashed=tuple(sorted(shown.good)),
    )
    found = tuple(facts(copy, shown, before, look.now))
    yield from found
    yield from trace_apart(copy, look, found, NAME)


def _listed(copy: Copy, look: Look, far: RemoteStore, before: StoreMemory) -> StoreListing:
    """Return the list of the store.

    Where its host says that the folder is not there, the repository's own address is asked as well: it may only be a
    folder above that lets no one in. Raises RepositoryAbsent where both agree, a LookError.
    """
    try:
        return far.list(look.timeout)
    except Missing:
        structure(copy, look, look.timeout, before.id)
        raise


def _shown(
    listed: StoreListing, manifest: Manifest, run: HashRun, known: Structure, before: StoreMemory, lost: frozenset[str]
) -> StoreRun:
    absent = (Damage(file=name, reason=Reason.ABSENT.value) for name in lost)
    config = config_damage(listed, before, known)
    return StoreRun(
        listed=listed,
        manifest=manifest,
        structure=known,
        good=frozenset(file.name for file in run.good),
        damage=frozenset((*run.damage, *absent, *_told_by_restic(known, run, listed), *config)),
        unread=tuple(_unread(run, known)),
        remarks=(*known.checked.remarks, *_remarks(listed, before, known)),
    )


def _told_by_restic(known: Structure, run: HashRun, listed: StoreListing) -> Iterator[Damage]:
    # Below 0.17 restic does not say in which pack a tree is bad; its digest has told that.
    named = any(name.startswith("data/") for name in run.bad)
    for damage in known.checked.damage:
        if not (named and damage.file == "data"):
            # Of a damaged snapshot restic tells the first ten digits.
            whole = [file.name for file in listed.files if file.name.startswith(damage.file)]
            yield replace(damage, file=whole[0]) if len(whole) == 1 and "/" in damage.file else damage


def hold_to_same_repository(
    copy: Copy, far: RemoteStore, listed: StoreListing, known: Structure, look: Look
) -> StoreListing:
    """Return the newest list, once it holds every point that the repository's own address lists.

    Raises WrongRepository where it does not: it is another repository, or a mirror that stands still.
    """
    if not known.snapshots:
        return listed
    lacking = set(known.snapshots) - _points(listed)
    if lacking:
        # One that was made meanwhile is in the second list, one that was forgotten meanwhile in the first.
        listed = far.list(look.timeout)
        lacking -= _points(listed)
    if not lacking:
        return listed
    raise WrongRepository(
        f"{copy.subject}: {far.where} lacks {len(lacking)} of {len(known.snapshots)} points that `repository` lists",
        "see that store.path is the folder of that very repository, and no mirror of it",
    )


def _points(listed: StoreListing) -> set[str]:
    return {file.name.removeprefix("snapshots/") for file in listed.files}


def stream_back(copy: Copy, look: Look, run: HashRun, shown: StoreRun) -> StoreRun:
    """Return what was shown, and the result of a few packs that were read from here though their host said sound."""
    packs = [file.name for file in run.good if file.name.startswith("data/")]
    try:
        count, bad = streamed_back(copy, look, packs, STEP)
    except (LookError, RepositoryAbsent):
        return replace(shown, remarks=(*shown.remarks, "no pack could be streamed back"))
    return replace(
        shown,
        streamed=count,
        good=shown.good - {damage.file for damage in bad},
        damage=shown.damage | set(bad),
        remarks=(*shown.remarks, *(f"said to be sound by its host: {damage.file}" for damage in bad)),
    )


def names_lost(gone: Absence, manifest: Manifest, known: Structure, now: datetime) -> frozenset[str]:
    """Return the names that are gone and should not be.

    A pack that no index names may go; without the key no one here can tell, and the listing alone speaks.
    """
    names = {one.name for one in manifest.missing() if one.gone is not None and now - one.gone <= MISSING_TOLD}
    names |= set(gone.missing)
    others = {name for name in names if not name.startswith("data/")}
    return frozenset(others if known.sound or known.hindered is not None else names)


def config_damage(listed: StoreListing, before: StoreMemory, known: Structure) -> tuple[Damage, ...]:
    """Return that `config` is not the one that was seen before, unless the key still opens it."""
    changed = before.config is not None and listed.config != before.config
    # Whatever restic makes of a file that it could read and not understand, it is not the one that was there.
    tried = known.hindered in (None, Reason.UNREADABLE)
    if not changed or known.sound or not tried:
        return ()
    return (Damage(file="config", reason=Reason.DAMAGED.value),)


def _settled(gone: Absence, manifest: Manifest, lost: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({*gone.missing, *(one.name for one in manifest.missing())} - lost))


def _unread(run: HashRun, known: Structure) -> Iterator[Damage]:
    yield from (Damage(file=name, reason=reason.value) for name, reason in run.unread)
    if run.hindered is not None:
        yield Damage(file="data", reason=run.hindered.value)
    if known.hindered is not None:
        yield Damage(file="index", reason=known.hindered.value)


def _remarks(listed: StoreListing, before: StoreMemory, known: Structure) -> Iterator[str]:
    if known.sound and before.config is not None and listed.config != before.config:
        yield "config was written anew, and the key opens it"
    if listed.foreign:
        yield f"{listed.foreign} files that restic did not name"


COLLECTOR = copy_collector(
    name=NAME,
    schedule="verify",
    collect=collect,
    host_of=store_host,
    applies=lambda copy: made_with_restic(copy) and copy.store is not None,
)
