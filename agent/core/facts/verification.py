"""The result of one verification of a copy, as `beffroi verify` says it, read from the facts that its look kept.

Where the copy has a `store`, its host hashes it, else its backup program reads it: one look verifies a copy, and both
tell the same facts.

The facts, subject `backup/copy`, all carried from look to look:
`verify.slice` as of when that share of the packs was last read and sound; `verify.tried` the same for one that
was read and is not sound; `verify.whole` as of the oldest slice, once they cover everything; `verify.sound` (a depth)
as of the last look that found nothing bad in what it read; `verify.bytes_verified` and `verify.files_verified` in the
last 90 days; `verify.bytes_stored`; `verify.damage`, one damaged file, as of when it was last seen; of a mirror
`verify.damaged_path`, a path of which a file is damaged.
Of the newest look alone: `verify.depth`; `verify.bytes_read` and `verify.files_read`, whatever they were found to be;
`verify.bytes_sound` and `verify.files_sound`, which of these are as they should be; `verify.remark`; and a gap for each
file that was there and could not be read.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from agent.core.facts.installed_programs import STORE, outdated_in
from agent.core.inventory import Copy
from agent.core.model import Failure, Observation, Reading
from agent.core.reason import Reason
from agent.core.registered import registered

DAMAGE, SLICE, TRIED = "verify.damage", "verify.slice", "verify.tried"
DAMAGED_PATH = "verify.damaged_path"

# The remark that the program installed on the store's host is older than this agent's own.
STORE_OUTDATED = "store-outdated"


class VerificationOutcome(Enum):
    """The result of a verification."""

    SOUND = "sound"
    DAMAGED = "damaged"
    UNPROVEN = "unproven"


@registered("verify.slice")
@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One share of a repository's packs: the `number`th of `of`."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


@registered("verify.damage")
@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Damage:
    """One file of a repository, by its path within it, that is not as it should be or could not be read."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of one verification of one copy; `depth` None: nothing could be looked at.

    `files_read` and `bytes_read` count what was read, `files_verified` and `bytes_verified` what of it is sound.
    """

    backup: str
    copy: str
    outcome: VerificationOutcome
    reason: Reason
    depth: str | None = None
    detail: str = ""
    files_read: int = 0
    bytes_read: int = 0
    files_verified: int = 0
    bytes_verified: int = 0
    bytes_stored: int | None = None
    seconds: float = 0.0
    damage: tuple[Damage, ...] = ()
    remarks: tuple[str, ...] = ()


def verifier_of(copy: Copy) -> str:
    """Return the collector that verifies a copy."""
    program = copy.program
    return program.verification if copy.store is None else program.store_verification


def damage_in(look: Observation) -> tuple[tuple[Damage, datetime], ...]:
    """Return the damage that a verification knows of, each with when it was last seen."""
    return tuple((fact.value, fact.as_of) for fact in look.named(DAMAGE) if isinstance(fact.value, Damage))


def slices_in(look: Observation, name: str) -> tuple[tuple[Slice, datetime], ...]:
    """Return the shares that a verification names as SLICE or TRIED, each with when it was read."""
    return tuple((fact.value, fact.as_of) for fact in look.named(name) if isinstance(fact.value, Slice))


def verification_of(copy: Copy, reading: Reading) -> Verification:
    """Return what a reading of the copy's verifier says, whether the look succeeded or not.

    Damage that an earlier look found and no later one has read again still stands, hence still counts.
    """
    seconds = (reading.ended - reading.begun).total_seconds()
    if isinstance(reading, Failure):
        return Verification(
            backup=copy.backup,
            copy=copy.id,
            outcome=VerificationOutcome.UNPROVEN,
            reason=reading.reason,
            detail=reading.detail,
            seconds=seconds,
        )
    damage = tuple(one for one, _ in damage_in(reading))
    unread = tuple(Damage(file=gap.detail, reason=gap.reason.value) for gap in reading.gaps)
    outcome, reason = _outcome(reading, damage)
    depth = reading.one("verify.depth")
    return Verification(
        backup=copy.backup,
        copy=copy.id,
        outcome=outcome,
        reason=reason,
        depth=str(depth.value) if depth is not None else None,
        files_read=_number(reading, "verify.files_read") or 0,
        bytes_read=_number(reading, "verify.bytes_read") or 0,
        files_verified=_number(reading, "verify.files_sound") or 0,
        bytes_verified=_number(reading, "verify.bytes_sound") or 0,
        bytes_stored=_number(reading, "verify.bytes_stored"),
        seconds=seconds,
        damage=(*damage, *unread),
        remarks=(*(str(fact.value) for fact in reading.named("verify.remark")), *_outdated(reading)),
    )


def _outcome(reading: Observation, damage: tuple[Damage, ...]) -> tuple[VerificationOutcome, Reason]:
    present = reading.one("repository.present")
    if present is not None and present.value is False:
        return VerificationOutcome.DAMAGED, Reason.ABSENT
    if damage:
        reasons = {one.reason for one in damage}
        told = (reason for reason in (Reason.CONTENT_CHANGED, Reason.TRUNCATED) if reasons == {reason.value})
        return VerificationOutcome.DAMAGED, next(told, Reason.DAMAGED)
    if reading.gaps:
        return VerificationOutcome.UNPROVEN, reading.gaps[0].reason
    if reading.one("verify.depth") is None:
        return VerificationOutcome.UNPROVEN, Reason.NOT_RUN
    if _number(reading, "verify.bytes_stored") == 0 and not _number(reading, "verify.files_read"):
        return VerificationOutcome.UNPROVEN, Reason.EMPTY  # nothing was there to be read, which shows nothing
    return VerificationOutcome.SOUND, Reason.WITHIN_LIMIT


def _outdated(reading: Observation) -> tuple[str, ...]:
    return (STORE_OUTDATED,) if any(program is STORE for _host, program in outdated_in(reading.facts)) else ()


def _number(reading: Observation, name: str) -> int | None:
    fact = reading.one(name)
    return fact.value if fact is not None and isinstance(fact.value, int) else None
