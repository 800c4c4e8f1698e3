"""Bytes of a copy's repository, hashed by the host that holds them and held to the names that restic gave.

Reads:  every file of the store within the budget, oldest-verified first; restic check --with-cache, list snapshots
Needs:  store = { host, path }: an account on that host that may read the files; the password here, for the index
Blind:  a forger who holds the key; a host that lies, but for the packs streamed back at random in a night's run
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.core.collecting import Collector, Look
from agent.core.errors import LookError, WrongRepository
from agent.core.inventory import Copy
from agent.core.manifest import Manifest, ManifestChange, StoredFile
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from agent.core.verification import Damage
from collectors.restic.faults import RepositoryAbsent
from collectors.restic.store.absence import Absence, absence, added
from collectors.restic.store.answers import Listing
from collectors.restic.store.far import Far
from collectors.restic.store.keyed import Structure, streamed_back, structure
from collectors.restic.store.listing import MISSING_TOLD, holds_repository, past_in
from collectors.restic.store.shown import Before, Shown, before_in, facts, kept

# One question: a link that is lost costs what was asked last, and no more.
AT_ONCE_BYTES = 4 * 1024**3
STEP = timedelta(minutes=30)
SLOWEST_BYTES_PER_SECOND = 4 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Run:
    """Gather what hashing came to; `hindered` is what ended it before its end."""

    good: list[StoredFile] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    unread: list[tuple[str, Reason]] = field(default_factory=list)
    hindered: Reason | None = None

    @property
    def damage(self) -> tuple[Damage, ...]:
        """Return the bad files."""
        return tuple(Damage(file=name, reason=Reason.DAMAGED.value) for name in self.bad)


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap | ManifestChange]:
    """Yield what hashing came to, and what earlier looks found that still stands."""
    far, manifest, before = Far(copy, look), look.manifest(), before_in(look.previous)
    look.progress(0.0)
    listed = far.list(look.timeout)
    try:
        if not holds_repository(listed, manifest, far.where):
            raise RepositoryAbsent(far.where)
        run = hash_all(far, chosen(listed, manifest, before, look.budget), look)
        listed = confirm(far, listed, run, look)
        known = structure(copy, look, STEP, before.id)
        listed = hold_to_same_repository(copy, far, listed, known, look)
    except RepositoryAbsent:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from kept(copy, before)
        return
    gone = absence(listed, manifest, past_in(look.previous), look.now)
    streamed, lies, remarks = stream_back(copy, look, run) if look.scheduled else (None, (), ())
    look.progress(1.0)
    lost = names_lost(gone, manifest, known, look.now) - {file.name for file in listed.files}
    yield added(listed, manifest)
    yield ManifestChange(
        explained=(*gone.explained, *(_settled(gone, manifest, lost) if known.sound else ())),
        missing=tuple(name for name in gone.missing if name in lost),
        hashed=tuple(file.name for file in run.good),
    )
    shown = Shown(
        listed=listed,
        manifest=manifest,
        structure=known,
        good=frozenset(file.name for file in run.good) - {damage.file for damage in lies},
        damage=frozenset(
            (
                *run.damage,
                *lies,
                *(Damage(file=name, reason=Reason.ABSENT.value) for name in lost),
                *known.checked.damage,
                *config_damage(listed, before, known),
            )
        ),
        unread=tuple(_unread(run, known)),
        remarks=(*known.checked.remarks, *remarks, *_remarks(listed, before, known)),
        streamed=streamed,
    )
    yield from facts(copy, shown, before, look.now)


def chosen(listed: Listing, manifest: Manifest, before: Before, budget: int | None) -> tuple[StoredFile, ...]:
    """Return what to hash: whatever is small and tells the rest, then packs, the longest unverified first.

    At least one pack, whatever the budget (bytes; None: everything).
    """
    tried = before.tried()

    def last(file: StoredFile) -> tuple[bool, datetime | None, str]:
        known = manifest.get(file.name)
        ats = [at for at in (known.last_hashed if known else None, tried.get(file.name)) if at is not None]
        return (bool(ats), max(ats, default=None), file.name)

    files = [file for file in listed.files if file.name != "config"]
    first = [file for file in files if not file.name.startswith("data/")]
    packs = [file for file in files if file.name.startswith("data/")]
    never = [file for file in packs if not last(file)[0]]
    again = sorted((file for file in packs if last(file)[0]), key=last)
    left = None if budget is None else budget - sum(file.size for file in first)
    for number, file in enumerate([*never, *again]):
        if left is not None and left < file.size and number:
            break
        left = None if left is None else left - file.size
        first.append(file)
    return tuple(first)


def steps(files: Sequence[StoredFile]) -> Iterator[tuple[StoredFile, ...]]:
    """Yield files in groups of what one question asks about; in each the largest first, so that two share it evenly."""
    group: list[StoredFile] = []
    size = 0
    for file in files:
        if group and size + file.size > AT_ONCE_BYTES:
            yield tuple(sorted(group, key=lambda one: one.size, reverse=True))
            group, size = [], 0
        group.append(file)
        size += file.size
    if group:
        yield tuple(sorted(group, key=lambda one: one.size, reverse=True))


def hash_all(far: Far, files: Sequence[StoredFile], look: Look) -> Run:
    """Return what hashing came to. Raises a LookError where not even the first question was answered."""
    run = Run()
    whole = sum(file.size for file in files) or 1
    for group in steps(files):
        try:
            _hash(far, group, run)
        except LookError as error:
            if not run.good:
                raise
            run.hindered = error.reason
            break
        look.progress(0.9 * sum(file.size for file in run.good) / whole)
    return run


def _hash(far: Far, group: Sequence[StoredFile], run: Run) -> None:
    size = sum(file.size for file in group)
    answer = far.hash([file.name for file in group], STEP + timedelta(seconds=size / SLOWEST_BYTES_PER_SECOND))
    told = {*answer.bad, *(name for name, _ in answer.unread)}
    run.good += [file for file in group if file.name not in told]
    run.bad += answer.bad
    run.unread += answer.unread


def confirm(far: Far, listed: Listing, run: Run, look: Look) -> Listing:
    """Look again at whatever is bad, and drop what a run beside ours has removed or is still writing.

    Returns the list as it is then. Raises a LookError where it cannot be looked at again: nothing is told unconfirmed.
    """
    if not run.bad and not run.unread:
        return listed
    after = far.list(look.timeout)
    stamps = [
        dict(zip((file.name for file in one.files), zip(one.files, one.changed, strict=True), strict=True))
        for one in (listed, after)
    ]
    still = [name for name in run.bad if stamps[0].get(name) == stamps[1].get(name)]
    run.bad = list(far.hash(still, STEP).bad) if still else []
    run.unread = [(name, reason) for name, reason in run.unread if name in stamps[1]]
    return after


def hold_to_same_repository(copy: Copy, far: Far, listed: Listing, known: Structure, look: Look) -> Listing:
    """Return the newest list, once it holds every point that the repository's own address lists.

    Raises WrongRepository where it does not: it is another repository, or a mirror that stands still.
    """
    if not known.snapshots:
        return listed
    for found in (listed, far.list(look.timeout)):
        lacking = set(known.snapshots) - {file.name.removeprefix("snapshots/") for file in found.files}
        if not lacking:
            return found
    raise WrongRepository(
        f"{copy.subject}: {far.where} lacks {len(lacking)} of {len(known.snapshots)} points that `repository` lists",
        "see that store.path is the folder of that very repository, and no mirror of it",
    )


def stream_back(copy: Copy, look: Look, run: Run) -> tuple[int | None, tuple[Damage, ...], tuple[str, ...]]:
    """Return how many packs were read from here, the bad ones among them, and remarks."""
    packs = [file.name for file in run.good if file.name.startswith("data/")]
    try:
        count, bad = streamed_back(copy, look, packs, STEP)
    except (LookError, RepositoryAbsent):
        return None, (), ("no pack could be streamed back",)
    return count, bad, tuple(f"said to be sound by its host: {damage.file}" for damage in bad)


def names_lost(gone: Absence, manifest: Manifest, known: Structure, now: datetime) -> frozenset[str]:
    """Return the names that are gone and should not be.

    A pack that no index names may go; without the key nobody here can tell, and the listing alone speaks.
    """
    names = {one.name for one in manifest.missing() if one.gone is not None and now - one.gone <= MISSING_TOLD}
    names |= set(gone.missing)
    others = {name for name in names if not name.startswith("data/")}
    return frozenset(others if known.sound or known.hindered is not None else names)


def config_damage(listed: Listing, before: Before, known: Structure) -> tuple[Damage, ...]:
    """Return that `config` is not the one that was seen before, unless the key still opens it."""
    changed = before.config is not None and listed.config != before.config
    if not changed or known.sound or known.hindered is not None:
        return ()
    return (Damage(file="config", reason=Reason.DAMAGED.value),)


def _settled(gone: Absence, manifest: Manifest, lost: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({*gone.missing, *(one.name for one in manifest.missing())} - lost))


def _unread(run: Run, known: Structure) -> Iterator[Damage]:
    yield from (Damage(file=name, reason=reason.value) for name, reason in run.unread)
    if run.hindered is not None:
        yield Damage(file="data", reason=run.hindered.value)
    if known.hindered is not None:
        yield Damage(file="index", reason=known.hindered.value)


def _remarks(listed: Listing, before: Before, known: Structure) -> Iterator[str]:
    if known.sound and before.config is not None and listed.config != before.config:
        yield "config was written anew, and the key opens it"
    if listed.foreign:
        yield f"{listed.foreign} files that restic did not name"


COLLECTOR = Collector(
    name="store_hash",
    schedule="verify",
    looks_at=Copy,
    collect=collect,
    subject_of=lambda copy: copy.subject,
    host_of=lambda copy: copy.store.host,
    applies=lambda copy: copy.store is not None,
    lock_of=lambda copy: copy.repository,
)
