"""What the key shows of a store from here: the repository's own structure, its snapshots, packs streamed back."""

import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import LookError, Unreadable, WrongRepository
from agent.core.facts.verification import Damage
from agent.core.inventory import Copy
from agent.core.reason import Reason
from collectors.restic import caches
from collectors.restic.damage import CheckResult, judge, path_of
from collectors.restic.identity import hold_to_pinned, marks, repository_id
from collectors.restic.program import Restic, prepare
from collectors.restic.reaching import INDEX_LIMIT, data_blobs, packs_in
from collectors.restic.words import spoken

# restic makes packs of 16 MiB, and of 128 MiB at the most (restic's documentation, «Tuning», pack size).
LARGEST_PACK = 160 * 1024 * 1024
STREAMED = 2
ASKED_AT_MOST = 100
NO_MACHINE = "-"
# So many packs, and files of the index, are asked for one by one. Below 0.17 restic asks for a quarter of an hour for
# what is not there; it was tried with 0.18.
FEW, GONE_AT_ONCE_SINCE = 3, (0, 18, 0)
# 0.18, last of all: Open /srv/…/data/32/323f…: file does not exist · <data/323ff005ed> does not exist
_NO_FILE = re.compile(r"(?:no such file or directory|does not exist)\.?\s*\Z")
# some pack files are missing from the repository, getting their blobs from the repository index: [f6e7… 9081…]
_GONE = re.compile(
    r"pack files are missing from the repository, getting their blobs from the repository index: \[([0-9a-f ]*+)\]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What reading the repository's index and trees with the key came to.

    `hindered` is what kept them from being read; `id` is the repository's, `snapshots` the ids of its points.
    """

    checked: CheckResult
    id: str | None = None
    snapshots: tuple[str, ...] | None = None
    hindered: Reason | None = None

    @property
    def sound(self) -> bool:
        """Return whether everything that the points need is named by an index, and there."""
        return self.checked.sound and self.hindered is None


def structure(copy: Copy, look: Look, timeout: timedelta, pinned: str | None) -> Structure:
    """Return what the repository's own index expects against what is there.

    Metadata that was read before comes from the private cache: the files themselves are hashed where they lie. Raises
    RepositoryAbsent, WrongRepository.
    """
    try:
        # Asked first, within what any look may cost: a repository that is mute must not take the night from all others.
        mute = prepare(copy, look, look.timeout)
        id, points = _opened(mute, pinned)
        restic = replace(mute, deadline=Deadline(timeout))
        output = restic.run("check", "--json", "--with-cache")
        if output.status < 0:
            raise restic.error(output)
        checked = judge(output, _packs(restic) if output.status else ())
        if not (checked.sound or checked.damage or checked.hindered):
            raise restic.error(output)
        if not checked.sound:
            return Structure(checked=checked, id=id, hindered=checked.hindered)
        return Structure(checked=checked, id=id, snapshots=snapshots(restic) if points is None else points)
    except WrongRepository:
        raise
    except LookError as error:
        return Structure(checked=CheckResult(sound=False), hindered=error.reason)


def _opened(restic: Restic, pinned: str | None) -> tuple[str | None, tuple[str, ...] | None]:
    """Return the id that answers, and the points that its address lists.

    None where the repository is too damaged to tell: the check says in what.
    """
    before = marks(restic.folder)
    try:
        points = snapshots(restic)
        return hold_to_pinned(restic.copy, repository_id(restic, before), pinned), points
    except Unreadable:
        return None, None


def snapshots(restic: Restic) -> tuple[str, ...]:
    """Return the ids of the points that the repository's own address lists."""
    return tuple(restic.ask("list", "snapshots").stdout.decode(errors="replace").split())


def opens(copy: Copy, look: Look) -> bool | None:
    """Return whether the key opens the repository; None where that cannot be tried, which shows neither."""
    try:
        prepare(copy, look, look.timeout).ask("cat", "config")
    except LookError as error:
        return False if error.reason is Reason.UNREADABLE else None
    except RepositoryAbsent:
        return None
    return True


def named_and_gone(copy: Copy, look: Look, packs: Sequence[str], likely: Sequence[str]) -> bool:
    """Return whether the repository's address lacks some packs, and its index names each of them: no prune leaves that.

    `likely` are the files of the index that may name them, by their ids. Where these do not, `restic find` says so of
    packs that are not there, and then looks for their files in points: in none here, since no machine has this name.
    A whole check takes minutes where this takes a second. Raises a LookError, RepositoryAbsent.
    """
    ids = [name.rpartition("/")[2] for name in packs[:ASKED_AT_MOST]]
    restic = prepare(copy, look, look.timeout)
    # This look seldom runs restic: the list of points keeps what has to be read.
    caches.link(restic.folder, tuple(caches.of_copy(copy, look)), ("index", "snapshots"))
    if restic.version >= GONE_AT_ONCE_SINCE and len(ids) <= FEW:
        try:
            named = _named_by(restic, ids, likely)
        except (LookError, RepositoryAbsent):
            named = None
        if named is not None and all(_is_gone(restic, id) for id in ids):
            caches.packs_of(copy, look).update(named)
            return True
    output = restic.run("find", "--pack", *ids, "--host", NO_MACHINE)
    told = _GONE.search(spoken(output.stderr))
    return output.status == 0 and told is not None and set(told[1].split()) == set(ids)


def _named_by(restic: Restic, packs: Sequence[str], indexes: Sequence[str]) -> Mapping[str, tuple[str, ...]] | None:
    """Return the data blobs of each of some packs, as files of the index that are there name them; None: not all are.

    A prune removes a file of the index before the packs that it alone names, while a cache still has it.
    """
    read, named = set[str](), dict[str, tuple[str, ...]]()
    for index in indexes:
        if named.keys() >= set(packs):
            break
        read.add(index)
        found = packs_in(restic.ask("cat", "index", index, output_limit=INDEX_LIMIT))
        named |= {pack["id"]: data_blobs(pack) for pack in found if pack["id"] in packs}
    if not named.keys() >= set(packs):
        return None
    return named if set(restic.ask("list", "index").stdout.decode(errors="replace").split()) >= read else None


def _is_gone(restic: Restic, pack: str) -> bool:
    """Return whether the repository's address says that it has no such pack; one that is there is not read."""
    output = restic.run("cat", "pack", pack, output_limit=1)
    return output.status != 0 and not output.stdout and _NO_FILE.search(spoken(output.stderr)) is not None


def _packs(restic: Restic) -> Sequence[str]:
    try:
        return tuple(restic.ask("list", "packs").stdout.decode(errors="replace").split())
    except (LookError, RepositoryAbsent):
        return ()


def streamed_back(copy: Copy, look: Look, packs: Sequence[str], timeout: timedelta) -> tuple[int, tuple[Damage, ...]]:
    """Return how many of some packs, chosen at random, were read through the repository's address, and the bad ones.

    Their host has just said that these are sound: a lying host does not know which are asked for. Raises a
    LookError where they cannot be read.
    """
    chosen = random.SystemRandom().sample(sorted(packs), min(STREAMED, len(packs)))
    bad = []
    for name in chosen:
        restic = prepare(copy, look, timeout)
        id = name.rpartition("/")[2]
        output = restic.ask("cat", "pack", id, output_limit=LARGEST_PACK)
        if hashlib.sha256(output.stdout).hexdigest() != id:
            bad.append(Damage(file=path_of("data", id), reason=Reason.DAMAGED.value))
    return len(chosen), tuple(bad)
