"""The result of one verification of a copy, as `beffroi verify` says it, read from the facts that its look kept.

Where the copy has a `store`, its host hashes it, else its backup program reads it: one look verifies a copy, and both
tell the same facts.

The facts, subject `backup/copy`, all carried from look to look:
`verify.slice` ("3/10") as of when that share of the packs was last read and sound; `verify.tried` the same for one that
was read and is not sound; `verify.whole` as of the oldest slice, once they cover everything; `verify.sound` (a depth)
as of the last look that found nothing bad in what it read; `verify.bytes_verified` and `verify.files_verified` in the
last 90 days; `verify.bytes_stored`; `verify.damage` as of when it was last seen.
Of the newest look alone: `verify.depth`; `verify.bytes_read` and `verify.files_read`, whatever they were found to be;
`verify.bytes_sound` and `verify.files_sound`, which of these are as they should be; `verify.remark`; and a gap for each
file that was there and could not be read.
"""

from dataclasses import dataclass
from enum import Enum

from agent.core.facts.installed_programs import STORE, outdated_in
from agent.core.inventory import Copy
from agent.core.model import Fact, Failure, Observation, Reading
from agent.core.reason import Reason

# The remark that the program installed on the store's host is older than this agent's own.
STORE_OUTDATED = "store-outdated"


class VerificationOutcome(Enum):
    """The result of a verification."""

    SOUND = "sound"
    DAMAGED = "damaged"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Damage:
    """One file of a repository, by its path within it, that is not as it should be or could not be read."""

    file: str
    reason: str

    def value(self) -> str:
        """Return it as the value of a fact."""
        return f"{self.reason} {self.file}"


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


def damage_in(fact: Fact) -> Damage:
    """Return the damage that a fact named `verify.damage` holds."""
    reason, _, file = str(fact.value).partition(" ")
    return Damage(file=file, reason=reason)


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
    damage = tuple(damage_in(fact) for fact in reading.named("verify.damage"))
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
        return VerificationOutcome.DAMAGED, Reason.DAMAGED
    if reading.gaps:
        return VerificationOutcome.UNPROVEN, reading.gaps[0].reason
    if reading.one("verify.depth") is None:
        return VerificationOutcome.UNPROVEN, Reason.NOT_RUN
    return VerificationOutcome.SOUND, Reason.WITHIN_LIMIT


def _outdated(reading: Observation) -> tuple[str, ...]:
    return (STORE_OUTDATED,) if any(program is STORE for _host, program in outdated_in(reading.facts)) else ()


def _number(reading: Observation, name: str) -> int | None:
    fact = reading.one(name)
    return fact.value if fact is not None and isinstance(fact.value, int) else None
