"""The canary in a copy's newest point: restored from there, so that its own date counts, and not the point's alone.

Reads:  restic snapshots --json; once for each new point restic dump of the canary, a file of a hundred bytes
Needs:  the repository's password file, read access to the repository, and `canary plant` before each backup
Blind:  shows that this one file came along, unchanged since its date; says nothing of the files beside it
"""

from collections.abc import Iterator

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look, copy_collector
from agent.core.facts.canaries import canary_facts, may_hold_canary
from agent.core.facts.canary import LIMIT
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap
from collectors.restic import LOOKS, made_with_restic
from collectors.restic.dump import dump
from collectors.restic.identity import hold_to_pinned
from collectors.restic.listing import parse as parse_list
from collectors.restic.program import prepare
from collectors.restic.rooted import tree_is_there
from collectors.restic.shared import list_points

NAME = LOOKS.canary


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what the canary of a copy's newest point holds, and those of earlier points read before.

    `canary.newest` names that point; of each point read there is one of `canary.planted` (as of the date inside),
    `canary.missing` and `canary.garbled`, whose value is the point's id.
    """
    restic = prepare(copy, look, look.timeout)
    pinned = look.previous.one("repository.id") if look.previous is not None else None
    try:
        listed = list_points(restic, look, NAME)
        id = hold_to_pinned(copy, listed.id, str(pinned.value) if pinned is not None else None)
        points = parse_list(listed.output.stdout, listed.output.stderr, copy.subject).points
        canaries = tuple(
            canary_facts(
                copy,
                may_hold_canary(copy, points, look.now),
                look.previous,
                look.now,
                read=lambda point: dump(restic, point, str(copy.canary), limit=4 * LIMIT),
                is_there=lambda point: tree_is_there(restic, point),
            )
        )
    except RepositoryAbsent:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        if pinned is not None:
            yield pinned
        return
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=id, as_of=look.now)
    yield from canaries


COLLECTOR = copy_collector(
    name=NAME,
    schedule="backups",
    collect=collect,
    applies=lambda copy: made_with_restic(copy) and copy.canary is not None and copy.offsite and copy.limit is None,
)
