"""borg extract --dry-run: whether what a copy's archives hold can still be read, as much as the budget allows.

Reads:  borg list --bypass-lock; every chunk of archives within the budget, those never read before first; of a
        repository on this machine that fits into the budget, all of it by borg check --verify-data on a view of it
Needs:  the repository's password file unless it has no encryption, and read access to the repository
Blind:  a forger who holds the key, and archives whose turn has not come yet
"""

from collections.abc import Iterable, Iterator

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look, copy_collector
from agent.core.errors import Damaged, LookError
from agent.core.facts.archive_parts import ArchivePart
from agent.core.facts.verification import DAMAGE, Damage
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap
from agent.core.reached import KnownDamage, Reach, is_segment, reach_facts
from agent.core.reason import Reason
from collectors.borg import LOOKS, made_with_borg
from collectors.borg.listing import BorgArchive
from collectors.borg.parts import in_turn, next_parts, parts_for, read_before
from collectors.borg.program import Borg, prepare
from collectors.borg.reading import is_sound, sizes_of
from collectors.borg.repository import ArchiveGone, ArchiveUnreadable, RepositoryArchives, hold_to_pinned, listed
from collectors.borg.store_check import checked_where_it_lies
from collectors.borg.verified import MANIFEST, ArchiveRun, facts, kept, of_archive
from collectors.borg.whole import checked, fits

NAME = LOOKS.verification
# So many archives are read to see which of them damage reaches, the newest first.
TRACED_AT_MOST = 8


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield the result of reading a share of a copy's repository, and what earlier looks found that still stands."""
    borg = prepare(copy, look, look.timeout)
    look.progress(0.0)
    previous = look.previous
    pinned = None if previous is None else previous.one("repository.id")
    try:
        # Asked first, within what any look may cost: a store that is mute must not take the night from all others.
        found = listed(borg, {})
        id = hold_to_pinned(copy, found.repository, None if pinned is None else str(pinned.value))
        if pinned is None:
            previous = look.former(id) or previous
        run = ArchiveRun(read=read_before(previous, look.now))
        _verify(run, borg, found, look)
    except RepositoryAbsent:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from kept(previous)
        return
    except Damaged:
        yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
        damage = Damage(file=MANIFEST, reason=Reason.DAMAGED.value)
        yield from (fact for fact in kept(previous) if fact.value != damage)
        yield Fact(name="verify.depth", subject=copy.subject, value="structure", as_of=look.now)
        yield Fact(name=DAMAGE, subject=copy.subject, value=damage, as_of=look.now)
        return
    look.progress(1.0)
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=id, as_of=look.now)
    seen = tuple(facts(copy, run, found, previous, look.now))
    yield from seen
    yield from _traced(borg, found, seen, look)


def _traced(borg: Borg, found: RepositoryArchives, seen: Iterable[Fact | Gap], look: Look) -> Iterator[Fact]:
    """Yield which archives need a damaged segment and which do not, as far as reading them shows that."""
    files = {one.value.file for one in seen if isinstance(one, Fact) and isinstance(one.value, Damage)}
    segments = tuple(sorted(file for file in files if is_segment(file)))
    if not segments:
        return
    reached, spared, left = set[str](), set[str](), look.budget
    newest = sorted(found.archives, key=lambda one: one.time, reverse=True)
    for archive in newest[:TRACED_AT_MOST]:
        try:
            size = sizes_of(borg, archive.name, 1)[0]
            if left is not None and size > left:
                break
            left = None if left is None else left - size
            (spared if is_sound(borg, archive.name, 0, 1, size) else reached).add(archive.id)
        except ArchiveUnreadable:
            reached.add(archive.id)
        except (LookError, RepositoryAbsent):
            break
    reach = Reach(damage=KnownDamage(segments=segments), reached=frozenset(reached), spared=frozenset(spared))
    yield from reach_facts(borg.copy.subject, reach, look.now)


def _verify(run: ArchiveRun, borg: Borg, found: RepositoryArchives, look: Look) -> None:
    """Read what the budget allows. Raises RepositoryAbsent, a LookError."""
    run.damage |= {of_archive(one.id) for one in found.left_out if one.reason is Reason.DAMAGED}
    if borg.copy.store is not None:
        run.segments = checked_where_it_lies(borg.copy, borg.copy.store, look)
        run.damage |= set(run.segments.damage)
    size = None if run.segments is not None else fits(borg, look.budget)
    if size is not None:
        run.whole = checked(borg, size)
        run.damage |= set(run.whole.damage)
        return
    archives = {one.id: one for one in sorted(found.archives, key=lambda one: one.time, reverse=True)}
    left = look.budget
    for number, id in enumerate(in_turn(tuple(archives), run.read)):
        if left is not None and left <= 0:
            break
        look.progress(number / len(archives))
        try:
            left = _read(run, borg, archives[id], left, look)
        except ArchiveUnreadable:
            run.damage.add(of_archive(id))
        except ArchiveGone:
            continue


def _read(run: ArchiveRun, borg: Borg, archive: BorgArchive, left: int | None, look: Look) -> int | None:
    """Read what can be read of one archive; return what is left of the budget then."""
    sizes = sizes_of(borg, archive.name, 1)
    of = parts_for(sizes[0], look.budget)
    if of > 1:
        sizes = sizes_of(borg, archive.name, of)
    for number in next_parts(archive.id, of, run.read):
        # The first part of a night is read whatever its size: a single file may be larger than any budget.
        if left is not None and sizes[number] > left and run.parts_read:
            return 0
        run.parts_read += 1
        run.bytes_read += sizes[number]
        left = None if left is None else left - sizes[number]
        if not is_sound(borg, archive.name, number, of, sizes[number]):
            run.damage.add(of_archive(archive.id))
            return left
        part = ArchivePart(archive=archive.id, number=number, of=of, bytes=sizes[number])
        run.sound.append(part)
        same = [one for one in run.read if (one.archive, one.number, one.of) == (archive.id, number, of)]
        for one in same:
            del run.read[one]
        run.read[part] = look.now
    return left


COLLECTOR = copy_collector(
    name=NAME,
    schedule="verify",
    collect=collect,
    applies=lambda copy: made_with_borg(copy) and copy.store is None,
)
