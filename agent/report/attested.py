"""Who else attests the agent's log, and how many signed days of a quarter each: witnesses, and an authority's stamps.

Reads:  the attestations that were kept, each held to its key or certificate when it was.
Blind:  to what a witness saw elsewhere: only its own record shows that.
"""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from agent.config.settings import EvidenceSettings
from agent.ledger import attestations, signed_log
from agent.ledger.attestations import Attestation
from agent.ledger.ledger import Ledger
from agent.proving.attested_days import COSIGNATURE, TIMESTAMP, AttestedBy, attested_days
from agent.proving.day_log import day_leaf_in


def attested_by(ledger: Ledger, settings: EvidenceSettings, first: date, last: date) -> tuple[AttestedBy, ...]:
    """Return who attests the signed days (UTC) from the first to the last; who is declared and never did, too."""
    positions = ledger.ask(signed_log.positions)
    days = [
        (day, positions[head.number])
        for head in ledger.heads()
        if head.number in positions and first <= (day := date.fromisoformat(head.day)) <= last
    ]
    kept = sorted(ledger.ask(attestations.read), key=_who)
    found = [
        AttestedBy(source=source, by=by, key=key, days=attested_days(days, [(one.size, one.at) for one in group]))
        for (source, by, key), group in groupby(kept, key=_who)
    ]
    known = {(one.source, one.by) for one in found}
    silent = [
        AttestedBy(source=source, by=by, key="", days=attested_days(days, ()))
        for source, by in _declared(settings)
        if (source, by) not in known
    ]
    # Who attested other quarters alone, and is declared no more, has nothing to do with this one.
    declared = set(_declared(settings))
    own = [one for one in found if one.days.in_time or one.days.late or (one.source, one.by) in declared]
    return tuple(sorted([*own, *silent], key=lambda one: (one.source, one.by, one.key)))


def signed_days(ledger: Ledger, first: date, last: date) -> int:
    """Return how many days (UTC) from the first to the last are signed."""
    return len({head.day for head in ledger.heads() if first.isoformat() <= head.day <= last.isoformat()})


def days_without_places(ledger: Ledger, first: date, last: date) -> int:
    """Return of how many of these days a holder of the key could have signed two versions."""
    positions, leaves = ledger.ask(signed_log.positions), ledger.ask(signed_log.leaves)
    return len(
        {
            head.day
            for head in ledger.heads()
            if first.isoformat() <= head.day <= last.isoformat()
            and (head.number not in positions or day_leaf_in(leaves[positions[head.number]]).bits is None)
        }
    )


def _who(one: Attestation) -> tuple[str, str, str]:
    return one.source, one.by, one.key


def _declared(settings: EvidenceSettings) -> Iterator[tuple[str, str]]:
    for witness in settings.witnesses:
        yield COSIGNATURE, witness.id
    if settings.timestamp is not None:
        yield TIMESTAMP, settings.timestamp.url
