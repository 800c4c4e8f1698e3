"""What was seen of a repository under a name that the configuration no longer has: it stands under the new one. Pure.

A copy is known by its repository's own id. What was wrong with it, and what looks remember of its points, is carried
over to the name that it has now; what was good is to be shown anew, since a repository that was copied byte by byte to
another place has the same id.
"""

from collections.abc import Iterable
from dataclasses import replace

from agent.core.facts.late_files import BEHIND
from agent.core.facts.recovery_points import LEFT, PATH_EMPTY, PATH_FILLED
from agent.core.facts.verification import DAMAGED_PATH
from agent.core.judging.anomaly_record import ANOMALY
from agent.core.judging.sighting import MADE_BY, SIGHTED
from agent.core.judging.terms import GONE_UNDER, TERMS
from agent.core.manifest import ManifestChange
from agent.core.model import Observation
from agent.core.places import FACT as PLACE
from agent.core.reached import REACHES, SPARES

REPOSITORY = "repository.id"
CARRIED = frozenset(
    {
        REPOSITORY,
        "repository.append_only",
        "repository.append_only.lost",
        "backup.point",
        "backup.point.gone",
        "backup.point.unread",
        "backup.point.holds_files",
        PATH_FILLED,
        PATH_EMPTY,
        ANOMALY,
        GONE_UNDER,
        MADE_BY,
        PLACE,
        SIGHTED,
        TERMS,
        REACHES,
        SPARES,
        "sample.failed",
        BEHIND,
        LEFT,
        DAMAGED_PATH,
        "store.altered",
        "store.config",
        "store.missing",
        "verify.damage",
        "verify.tried",
    }
)


def repository_in(look: Observation | None) -> str | None:
    """Return the id of the repository that a look saw; None where it names none."""
    fact = None if look is None else look.one(REPOSITORY)
    return None if fact is None else str(fact.value).lower()


def carried_over(own: Observation | None, former: Iterable[Observation], subject: str) -> Observation | None:
    """Return the newest look at a repository under its former names, as one at `subject`; None where `own` is newer.

    What `own`, an older look under the present name, kept besides stays in it.
    """
    newest = max(former, key=lambda look: look.ended, default=None)
    if newest is None or (own is not None and own.ended >= newest.ended):
        return None
    carried = tuple(
        replace(fact, subject=subject if fact.subject == newest.subject else fact.subject)
        for fact in newest.facts
        if fact.name in CARRIED
    )
    kept = () if own is None else tuple(fact for fact in own.facts if fact.name not in CARRIED)
    return replace(newest, subject=subject, facts=(*kept, *carried), gaps=(), evidence=(), manifest=ManifestChange())
