"""The result of one audit of a copy by draws, as `beffroi audit` prints and keeps it.

What it found damaged is kept as the damage that a verification finds is, as facts `verify.damage`, subject
`backup/copy`: it stands until a verification has read the whole copy and found it sound; a segment of WAL at which a
recovery ended, until another file lies in its place or a recovery goes through it.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from agent.core.collecting.audited import UnitOutcome, UnitReading
from agent.core.facts.verification import DAMAGE, Damage, damage_in
from agent.core.inventory import Copy
from agent.core.model import Fact, Observation
from agent.core.reason import Reason

SCHEMA = "beffroi.audit/1"
COLLECTOR = "audit_draws"
# Of the list of pieces itself, where that is damaged: which points need it cannot be said.
LIST = "index"
# Damaged files that are kept; where there are more, these say enough.
MOST_FILES = 1000


class AuditOutcome(Enum):
    """The result of an audit."""

    SOUND = "sound"
    DAMAGED = "damaged"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """What is asked: a copy, the seed as hexadecimal digits, how many draws, and who has them made."""

    copy: Copy
    seed: str
    draws: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What draws would have seen: a loss of the share `lost` of all bytes, with the probability `confidence`.

    `confidence` is 0 where not every draw was read: nothing is shown then.
    """

    lost: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAudit:
    """One audit. `drawn` are the names of the pieces in the order of the draws, one perhaps several times.

    `listed` pieces of `bytes_listed` bytes were drawn from, those of the list that `list_digest` names. `readings` has
    each piece that was drawn once; `bytes_read` are the stored bytes of those that were read. `entry` is the id of the
    audit's entry in its register.
    """

    request: AuditRequest
    begun: datetime
    ended: datetime
    outcome: AuditOutcome
    reason: Reason
    bound: Bound
    detail: str = ""
    drawn: tuple[str, ...] = ()
    listed: int = 0
    bytes_listed: int = 0
    list_digest: str = ""
    readings: tuple[UnitReading, ...] = ()
    version: str = ""
    entry: str = ""

    @property
    def missed(self) -> Sequence[UnitReading]:
        """Return the pieces that are damaged or gone."""
        return self._of(UnitOutcome.MISSED)

    @property
    def unread(self) -> Sequence[UnitReading]:
        """Return the pieces that could not be looked at."""
        return self._of(UnitOutcome.UNREAD)

    @property
    def bytes_read(self) -> int:
        """Return how many stored bytes were read and are authentic."""
        return sum(one.unit.size for one in self._of(UnitOutcome.SOUND))

    def _of(self, outcome: UnitOutcome) -> tuple[UnitReading, ...]:
        return tuple(one for one in self.readings if one.outcome is outcome)


def damage_look(done: CopyAudit, before: Observation | None) -> Observation | None:
    """Return the look that keeps the damage an audit found, beside what `before` keeps; None where it found none.

    A repository that is not there is no damage of a file: the list of its points says so.
    """
    found = {one.unit.file or one.unit.name: one.reason for one in done.missed}
    if done.outcome is AuditOutcome.DAMAGED and not found and done.reason is not Reason.ABSENT:
        found = {LIST: done.reason}
    return found_damage(done.request.copy, found, done.begun, done.ended, before)


def found_damage(
    copy: Copy,
    found: Mapping[str, Reason],
    begun: datetime,
    at: datetime,
    before: Observation | None,
    sound: Collection[str] = (),
) -> Observation | None:
    """Return the look that keeps files that were found damaged, beside what `before` keeps; None where nothing changes.

    An exercise keeps the point that it could not restore, `snapshots/ID`, and the segment at which its recovery ended,
    `wal/NAME`. `sound` are files that are seen not to be damaged, or not any more.
    """
    every = () if before is None else damage_in(before)
    earlier = tuple(one for one in every if one[0].file not in sound)
    if not found and earlier == every:
        return None
    kept = [(Damage(file=file, reason=reason.value), at) for file, reason in sorted(found.items())]
    kept += [(damage, seen) for damage, seen in earlier if damage.file not in found]
    facts = (Fact(name=DAMAGE, subject=copy.subject, value=value, as_of=seen) for value, seen in kept[:MOST_FILES])
    return Observation(
        collector=COLLECTOR, host=copy.host, subject=copy.subject, begun=begun, ended=at, facts=tuple(facts)
    )


def audit_values(done: CopyAudit) -> dict[str, object]:
    """Return what the JSON of an audit holds."""
    return {
        "schema": SCHEMA,
        "backup": done.request.copy.backup,
        "copy": done.request.copy.id,
        "seed": done.request.seed,
        "draws": done.request.draws,
        "bytes_read": done.bytes_read,
        "outcome": done.outcome.value,
        "reason": done.reason.value,
        "detail": done.detail,
        "missed": [_told(one) for one in done.missed],
        "unread": [_told(one) for one in done.unread],
        "bound": {"lost": done.bound.lost, "confidence": done.bound.confidence},
        "by": done.request.by,
        "begun": done.begun.astimezone(UTC).isoformat(timespec="seconds"),
        "seconds": round((done.ended - done.begun).total_seconds(), 3),
        "listed": done.listed,
        "bytes_listed": done.bytes_listed,
        "list_digest": done.list_digest,
        "program": done.version,
        "drawn": list(done.drawn),
        "entry": done.entry,
    }


def audit_document(done: CopyAudit) -> str:
    """Return that JSON on one line, in ASCII."""
    return json.dumps(audit_values(done)) + "\n"


def _told(one: UnitReading) -> dict[str, str]:
    return {"draw": one.unit.name, "reason": one.reason.value}
