"""restic check: whether what a copy's repository holds can still be read, as deep as the budget allows.

Reads:  restic stats, list packs, check --read-data-subset --json, all with --no-lock; bytes of packs within the budget
Needs:  the repository's password file, and read access to the repository
Blind:  a forger who holds the key, and packs of slices whose turn has not come yet
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look, copy_collector
from agent.core.deadline import Deadline
from agent.core.errors import LookError, Unreadable
from agent.core.facts.verification import Damage, Slice
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from collectors.restic import LOOKS, made_with_restic
from collectors.restic.damage import CheckResult, judge, path_of
from collectors.restic.faults import ACCESS, ResticFault, error_of
from collectors.restic.identity import hold_to_pinned, id_in
from collectors.restic.program import Restic, prepare
from collectors.restic.reaching import packs_with, trace
from collectors.restic.slices import WHOLE, next_slice
from collectors.restic.verified import CopyMemory, before_in, facts, kept

NAME = LOOKS.verification

# A verification is no mute thing: it may take what it needs, as long as bytes come at the rate of the slowest line on
# which the default budget fits into a night (20 GiB in 85 minutes). restic tries again for 15 minutes where one read
# fails, so that much is never too long. A dead link is noticed by ssh itself; this is for what stalls and stays open.
STEP = timedelta(minutes=30)
SLOWEST_BYTES_PER_SECOND = 4 * 1024 * 1024
LONGEST = timedelta(hours=10)

# Below it, restic tries a missing pack again for 15 minutes before it says so: the listing alone says so at once.
STRUCTURE_APART_BELOW = (0, 17, 0)


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield the result of a copy's repository, and what earlier looks at it found that still stands."""
    before = before_in(look.previous, look.now)
    restic = prepare(copy, look, look.timeout)
    for leftover in restic.folder.glob("restic-check-cache-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    look.progress(0.0)
    try:
        # Asked first, within what any look may cost: a store that is mute must not take the night from all others.
        id = _identity(restic, before.id)
        if before.id is None and id is not None:
            before = before_in(look.former(id) or look.previous, look.now)
        restic = _again(restic)
        stored = _stored(restic)
        packs = _packs(restic)
        share, checked = _check(_again(restic), stored, look.budget, before, packs, look)
    except RepositoryAbsent:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from kept(copy, before)
        return
    look.progress(1.0)
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    if id is not None:
        yield Fact(name="repository.id", subject=copy.subject, value=id, as_of=look.now)
    found = tuple(facts(copy, share, checked, before, packs, stored or before.stored, look.now))
    yield from found
    yield from trace(_again(restic), look, found, NAME, None)


def limit_for(stored: int | None, share: Slice | None) -> timedelta:
    """Return how long reading a share of a repository may take; `share` None: no data is read."""
    if share is None:
        return STEP
    seconds = (stored or 0) / share.of / SLOWEST_BYTES_PER_SECOND
    return min(LONGEST, STEP + timedelta(seconds=seconds))


def _again(restic: Restic, timeout: timedelta = STEP) -> Restic:
    return replace(restic, deadline=Deadline(timeout))


def _stored(restic: Restic) -> int | None:
    """Return how many bytes the repository's packs hold for its snapshots, or None where damage keeps it untold."""
    try:
        return stored_in(restic.ask("stats", "--mode", "raw-data", "--json").stdout)
    except LookError as error:
        if error.reason not in (Reason.EXITED, Reason.UNREADABLE):
            raise
        return None  # whatever it is, the check that follows names it, or does not succeed either


def _packs(restic: Restic) -> tuple[str, ...]:
    """Return the ids of the repository's packs, none where damage keeps them from being listed."""
    try:
        return tuple(restic.ask("list", "packs").stdout.decode(errors="replace").split())
    except LookError as error:
        if error.reason not in (Reason.EXITED, Reason.UNREADABLE):
            raise
        return ()


def stored_in(stdout: bytes) -> int:
    """Return the bytes that `restic stats --mode raw-data --json` tells. Raises Unreadable."""
    # {"total_size":300651,"total_uncompressed_size":301179,…,"total_blob_count":4,"snapshots_count":2}
    try:
        told: Any = json.loads(stdout)
        size = told["total_size"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise Unreadable("restic's statistics hold no size") from error
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 2**63:
        raise Unreadable("restic's statistics hold no size")
    return size


def _identity(restic: Restic, pinned: str | None) -> str | None:
    """Return the id that answers, or None where the repository is too damaged to tell: that is found out next."""
    output = restic.run("cat", "config")
    if output.status == 0:
        return hold_to_pinned(restic.copy, id_in(output.stdout), pinned)
    error = restic.error(output)
    if error.reason is not Reason.UNREADABLE:
        raise error
    return None


def _check(
    restic: Restic, stored: int | None, budget: int | None, before: CopyMemory, packs: Sequence[str], look: Look
) -> tuple[Slice | None, CheckResult]:
    """Return what was read, and the result of that. Raises what kept it from being read."""
    share = next_slice(stored, budget, before.last_read()) if stored is not None or budget is None else None
    if restic.version < STRUCTURE_APART_BELOW or share is None:
        checked = _run(restic, (), packs)
        if share is None or not checked.sound:
            return None, checked
    look.progress(0.1)
    restic = _again(restic, limit_for(stored, share))
    arguments = ("--read-data",) if share == WHOLE else (f"--read-data-subset={share}",)
    return share, _run(restic, arguments, packs)


def _run(restic: Restic, arguments: tuple[str, ...], packs: Sequence[str]) -> CheckResult:
    output = restic.run("check", "--json", *arguments)
    if output.status < 0:
        raise restic.error(output)
    checked = judge(output, packs)
    if checked.sound or checked.damage:
        return _named(restic, checked)
    if checked.hindered is None:
        raise restic.error(output)
    if checked.hindered is Reason.DENIED and checked.unread:
        return checked  # the files that may not be read are named; all others were looked at
    error = restic.error(output)
    if error.reason in ACCESS:
        raise error
    raise error_of(ResticFault(reason=checked.hindered, said=error.message), restic.copy.subject)


def _named(restic: Restic, checked: CheckResult) -> CheckResult:
    """Complete the names of what is damaged, as far as the repository tells them."""
    for complete in (_with_snapshots, _with_packs):
        with suppress(LookError, RepositoryAbsent):  # the damage stands by the name that restic gave it
            checked = complete(_again(restic), checked)
    return checked


def _with_snapshots(restic: Restic, checked: CheckResult) -> CheckResult:
    """Complete the names of damaged snapshots: restic tells their first ten digits."""
    if not any(damage.file.startswith("snapshots/") for damage in checked.damage):
        return checked
    ids = restic.ask("list", "snapshots").stdout.decode(errors="replace").split()
    named = {
        next((path_of("snapshots", id) for id in ids if damage.file == f"snapshots/{id[:10]}"), damage.file): damage
        for damage in checked.damage
    }
    return replace(checked, damage=tuple(Damage(file=file, reason=damage.reason) for file, damage in named.items()))


def _with_packs(restic: Restic, checked: CheckResult) -> CheckResult:
    """Name the packs of bad blobs: restic 0.14 names the blobs alone, of which no point could be said to need them."""
    packs = packs_with(restic, checked.blobs) if checked.blobs else None
    if packs is None:
        return checked
    others = {damage for damage in checked.damage if damage.file != path_of("data", "")}
    found = {Damage(file=path_of("data", pack), reason=Reason.DAMAGED.value) for pack in packs}
    return replace(checked, damage=tuple(sorted(others | found)))


COLLECTOR = copy_collector(
    name=NAME,
    schedule="verify",
    collect=collect,
    applies=lambda copy: made_with_restic(copy) and copy.store is None,
)
