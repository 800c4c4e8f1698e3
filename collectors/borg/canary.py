"""The canary in a copy's newest archive: restored from there, so that its own date counts, and not the archive's alone.

Reads:  borg list --json; once for each new archive its canary, a file of a hundred bytes, by borg extract --stdout
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
from collectors.borg import LOOKS, made_with_borg
from collectors.borg.restores import opens


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what the canary of a copy's newest archive holds, and those of earlier ones read before."""
    pinned = look.previous.one("repository.id") if look.previous is not None else None
    try:
        repository = opens(copy, look, None if pinned is None else str(pinned.value))
        points = repository.points(look.now)
        canaries = tuple(
            canary_facts(
                copy,
                may_hold_canary(copy, points, look.now),
                look.previous,
                look.now,
                read=lambda point: repository.read(point, str(copy.canary), limit=4 * LIMIT),
                is_there=lambda point: True,
            )
        )
    except RepositoryAbsent:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from () if pinned is None else (pinned,)
        return
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=repository.id, as_of=look.now)
    yield from canaries


COLLECTOR = copy_collector(
    name=LOOKS.canary,
    schedule="backups",
    collect=collect,
    applies=lambda copy: made_with_borg(copy) and copy.canary is not None and copy.offsite and copy.limit is None,
)
