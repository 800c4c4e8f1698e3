"""What a repository and its archives hold, asked of borg: lists of archives, contents, and which repository answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agent.core.collecting.backup_program import UnreadablePoint
from agent.core.errors import Damaged, Unreadable, WrongRepository
from agent.core.host import Output
from agent.core.inventory import Copy
from agent.core.points import Point
from agent.core.reason import Reason
from collectors.borg.contents import named_paths
from collectors.borg.entries import ENCODING, ESCAPED, LISTING, BorgEntry, EntryReader
from collectors.borg.faults import NO_KEY, NOT_THERE, is_bad, messages_in, refuses_plain
from collectors.borg.listing import ArchiveList, BorgArchive, parse, printable
from collectors.borg.program import Borg, placeholders_escaped
from collectors.borg.steady import steady

# So many archives are asked about one by one where the list of all fails: each start of borg costs a second.
ONE_BY_ONE = 20
# `authenticated`, `authenticated-blake2` (borg init, «Encryption mode TLDR»).
AUTHENTICATED = "authenticated"
# Who made an archive, of which command line; each costs the reading of one small chunk.
_FIGURES = ("list", "--bypass-lock", "--json", "--format", "{hostname}{command_line}")
_GLOB = str.maketrans({one: f"[{one}]" for one in "*?["})


class ArchiveUnreadable(Exception):
    """Raised where an archive is there and what it is made of is not as it was written."""


class ArchiveGone(Unreadable):
    """Raised where an archive is there no longer: pruned while it was waiting for its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryArchives:
    """The archives of a repository of this id, and those that are there and cannot be read."""

    repository: str
    archives: tuple[BorgArchive, ...]
    left_out: tuple[UnreadablePoint, ...] = ()


def listed(borg: Borg, known: Mapping[str, Point]) -> RepositoryArchives:
    """Return a repository's archives; who made those that are `known` by their ids is not asked again.

    Raises RepositoryAbsent, a LookError.
    """
    subject = borg.copy.subject
    found = _twice(borg, ("list", "--bypass-lock", "--json"))
    new = [one for one in found.archives if one.id not in known]
    told: dict[str, tuple[str, tuple[str, ...]]] = {id: (point.host, ()) for id, point in known.items()}
    left_out: list[UnreadablePoint] = []
    if new:
        since = min(one.time for one in new)
        count = sum(one.time >= since for one in found.archives)
        output = steady(lambda: borg.run(*_FIGURES, "--last", str(count)), subject)
        if output.status == 0:
            asked: Iterable[BorgArchive] = parse(output.stdout, subject).archives
        elif is_bad(messages_in(output.stderr)):
            asked = tuple(_one_by_one(borg, new, left_out))
        else:
            raise borg.error(output)
        told |= {one.id: (one.host or "", one.command) for one in asked}
    unread = {one.id for one in left_out}
    return RepositoryArchives(
        repository=found.repository,
        archives=tuple(
            replace(one, host=told[one.id][0], command=told[one.id][1]) for one in found.archives if one.id in told
        ),
        left_out=(
            *left_out,
            # One that was made between the two lists is of the next look.
            *(
                UnreadablePoint(id=one.id, reason=Reason.NOT_RUN)
                for one in new[ONE_BY_ONE:]
                if left_out and one.id not in told and one.id not in unread
            ),
        ),
    )


def _twice(borg: Borg, command: tuple[str, ...]) -> ArchiveList:
    """Return a list; one that shows damage is made again, since a backup or a prune may have written meanwhile."""
    output = steady(lambda: borg.run(*command), borg.copy.subject)
    if output.status != 0 and not borg.keyed and refuses_plain(messages_in(output.stderr)):
        return _signed_alone(borg, command)
    if output.status != 0:
        error = borg.error(output)
        raise (
            Damaged(error.message, "find the damage: beffroi verify --all")
            if is_bad(messages_in(output.stderr))
            else error
        )
    return parse(output.stdout, borg.copy.subject)


def _signed_alone(borg: Borg, command: tuple[str, ...]) -> ArchiveList:
    """Return the list of a repository whose archives are signed with a key and not encrypted.

    Raises WrongRepository for one that has no key at all: anyone may have made it.
    """
    borg.keyed.append(True)
    found = _twice(borg, command)
    if not found.mode.startswith(AUTHENTICATED):
        borg.keyed.clear()
        raise WrongRepository(
            f"{borg.copy.subject}: a repository without encryption answers, and the copy has a password_file", NO_KEY
        )
    return found


def _one_by_one(borg: Borg, archives: Iterable[BorgArchive], left_out: list[UnreadablePoint]) -> Iterator[BorgArchive]:
    """Yield those of some archives that can be read, newest first; the others are added to `left_out`."""
    newest = sorted(archives, key=lambda one: one.time, reverse=True)[:ONE_BY_ONE]
    for archive in newest:
        output = steady(partial(_named_alone, borg, archive), borg.copy.subject)
        if output.status == 0:
            yield from (one for one in parse(output.stdout, borg.copy.subject).archives if one.id == archive.id)
        elif is_bad(messages_in(output.stderr)):
            left_out.append(UnreadablePoint(id=archive.id, reason=Reason.DAMAGED))
        else:
            raise borg.error(output)


def _named_alone(borg: Borg, archive: BorgArchive) -> Output:
    return borg.run(*_FIGURES, "--glob-archives", placeholders_escaped(archive.name.translate(_GLOB)))


def hold_to_pinned(copy: Copy, id: str, seen_before: str | None) -> str:
    """Return the id that answered where it is the one that should: the configuration's, else that of the first look.

    Raises WrongRepository.
    """
    should = copy.repository_id or seen_before
    if should is not None and id != should.lower():
        raise WrongRepository(
            f"{copy.subject}: repository {id} answers in place of {should}",
            f'if that is meant, set repository_id = "{id}"',
        )
    return id


def with_origins(archives: Iterable[BorgArchive], known: Mapping[str, Point]) -> Iterator[BorgArchive]:
    """Yield archives, each new one with the id of the lost one that it was made from. Pure.

    `borg rename` and `borg recreate` give an archive another id, and keep its machine and its moment, to the
    microsecond.
    """
    archives = tuple(archives)
    there = {one.id for one in archives}
    lost = {(point.host, point.time): id for id, point in known.items() if id not in there}
    for one in archives:
        origin = known[one.id].original if one.id in known else lost.pop((one.host or "", one.time), None)
        yield replace(one, original=origin)


def point_of(archive: BorgArchive, known: Mapping[str, Point], paths: Iterable[str]) -> Point:
    """Return an archive as a recovery point; what an earlier look read of it stands, since an archive never changes.

    `paths` are those that its copy's backup declares.
    """
    name, before = printable(archive.name), known.get(archive.id)
    if before is not None:
        return replace(before, time=archive.time, tags=(name,), original=archive.original)
    return Point(
        id=archive.id,
        time=archive.time,
        host=archive.host or "",
        paths=named_paths(archive.command, paths),
        tags=(name,),
        original=archive.original,
    )


def read_entries(
    borg: Borg, name: str, begun: Callable[[], Callable[[BorgEntry], object]], paths: Sequence[str] = ()
) -> None:
    """Read what an archive holds, or some paths of it; `begun` returns what is given each entry, from the first one on.

    Raises ArchiveUnreadable, ArchiveGone, RepositoryAbsent, a LookError.
    """
    told = replace(borg, environment={**borg.environment, **ESCAPED})
    reader = EntryReader(lambda entry: None)

    def read() -> Output:
        nonlocal reader
        reader = EntryReader(begun())
        output = told.run(*LISTING, archive=name, paths=paths, hear=reader.take, shown="borg list (an archive)")
        return replace(output, stderr=output.stderr.decode(ENCODING, errors="replace").encode(errors="replace"))

    output = steady(read, borg.copy.subject)
    messages = messages_in(output.stderr)
    if any(one.name == NOT_THERE for one in messages):
        raise ArchiveGone(f"{borg.copy.subject}: an archive is in the repository no longer")
    if output.status != 0 and is_bad(messages):
        raise ArchiveUnreadable
    if output.status != 0 and not output.truncated:
        raise borg.error(output)
    if output.truncated or not reader.end():
        raise Unreadable(f"{borg.copy.subject}: borg's list of files is cut short or malformed")
