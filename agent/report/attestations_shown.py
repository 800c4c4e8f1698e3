"""Hold a bundle's days to the witnesses and to the time-stamp authority that its reader names.

Blind:  to a witness or an authority that colludes, or whose key was stolen: what it signed holds.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from agent.core.errors import LookError
from agent.ledger.keys import Verifier
from agent.proving.attested_days import attested_days
from agent.proving.checkpoint import Checkpoint, parse_checkpoint
from agent.proving.cosignature import cosigned_at
from agent.proving.signed_note import NotANote, NoteKey, SignedNote, parse_note
from agent.report.bundle_files import BundleFiles
from agent.report.proofs_shown import agents_checkpoint

_COSIGNED = re.compile(r"checkpoints/([1-9][0-9]{0,17})(?:-[1-9][0-9]{0,5})?\.txt", re.ASCII)
_STAMP = re.compile(r"checkpoints/([1-9][0-9]{0,17})-[1-9][0-9]{0,5}\.tsr", re.ASCII)
# Two clocks agree that far.
_APART = timedelta(minutes=10)
MOST_DAYS = 10


class NotAttested(Exception):
    """Raised where a token does not hold for its note: another digest, another authority, or no token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedAttesters:
    """Whom the reader of a bundle knows: the verifier keys of witnesses, and what holds a token to an authority.

    `stamped` takes the stamped note and the token, and returns the time that it states. It raises NotAttested, and a
    LookError where the token cannot be verified here. None: no authority is named.
    """

    witnesses: tuple[NoteKey, ...] = ()
    stamped: Callable[[str, bytes], datetime] | None = None


NO_ONE = NamedAttesters()


@dataclass(slots=True)
class HeldAttestations:
    """The result: a line for each that was named, what is wrong, and what could not be told."""

    lines: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def hold_attestations(
    read: BundleFiles, key: Verifier, days: Sequence[tuple[date, int]], named: NamedAttesters
) -> HeldAttestations:
    """Return how the signed days of a quarter are attested; each with the index of its leaf in the log."""
    found = HeldAttestations()
    cosigned = list(_cosigned(read, key, found))
    for witness in named.witnesses:
        _take(f"witness {witness.name}", days, list(_times(cosigned, witness, found)), "cosigned", found)
    if named.stamped is not None:
        _take("timestamps", days, list(_stamps(read, key, named.stamped, found)), "stamped", found)
    return found


def _cosigned(read: BundleFiles, key: Verifier, found: HeldAttestations) -> Iterator[tuple[str, int, SignedNote]]:
    """Yield each cosigned checkpoint by the name of its file, with its size, held to the agent's key."""
    for name in sorted(read.names):
        if matched := _COSIGNED.fullmatch(name):
            try:
                checkpoint, note = checkpoint_of(read.whole(name), key)
                root = checkpoint_of(read.whole(f"checkpoints/{matched[1]}.txt"), key)[0].root
            except NotANote as error:
                found.damage.append(f"{name} does not hold: {error.message}")
                continue
            if checkpoint.size != int(matched[1]) or checkpoint.root != root:
                found.damage.append(f"{name} is not of the log's checkpoint of {matched[1]} leaves")
                continue
            yield name, checkpoint.size, note


def checkpoint_of(content: bytes, key: Verifier) -> tuple[Checkpoint, SignedNote]:
    """Return the checkpoint that some bytes are, signed with a key of the agent's under any origin. Raises NotANote.

    A witness may know the log by another origin than its own, and be asked again once the key was changed.
    """
    note = parse_note(content)
    origin, publics = note.text.partition("\n")[0], (*(one.old for one in key.changes), key.note_key.public)
    keys = [NoteKey(name=origin, public=public) for public in publics]
    return parse_checkpoint(content, next((one for one in keys if note.signatures_of(one)), keys[-1]))


def _times(
    cosigned: Sequence[tuple[str, int, SignedNote]], witness: NoteKey, found: HeldAttestations
) -> Iterator[tuple[int, datetime]]:
    """Yield the size of each checkpoint that a witness cosigned, and when."""
    for name, size, note in cosigned:
        if note.signatures_of(witness):
            try:
                yield size, datetime.fromtimestamp(cosigned_at(note, witness), UTC)
            except (NotANote, OverflowError, ValueError, OSError) as error:
                said = error.message if isinstance(error, NotANote) else "its time is none"
                found.damage.append(f"{name}: {said}")


def _stamps(
    read: BundleFiles, key: Verifier, stamped: Callable[[str, bytes], datetime], found: HeldAttestations
) -> Iterator[tuple[int, datetime]]:
    """Yield the size of each checkpoint that the named authority stamped, and when."""
    for name in sorted(read.names):
        if matched := _STAMP.fullmatch(name):
            try:
                note = read.whole(f"checkpoints/{matched[1]}.note")
                checkpoint, _ = agents_checkpoint(note, key)
                at = stamped(note.decode(), read.whole(name))
            except NotANote as error:
                found.damage.append(f"checkpoints/{matched[1]}.note does not hold: {error.message}")
            except NotAttested as error:
                found.damage.append(f"{name}: {error}")
            except LookError as error:
                found.doubts.append(f"{name} cannot be verified here: {error.message}")
            else:
                if checkpoint.size != int(matched[1]):
                    found.damage.append(f"checkpoints/{matched[1]}.note is a checkpoint of {checkpoint.size} leaves")
                else:
                    yield checkpoint.size, at


def _take(
    who: str,
    days: Sequence[tuple[date, int]],
    attested: Collection[tuple[int, datetime]],
    done: str,
    found: HeldAttestations,
) -> None:
    came = attested_days(days, attested)
    found.lines.append(f"{who}: {len(came.in_time)} of {came.count} signed days {done} in time")
    if came.late:
        found.doubts.append(f"{who}: {done} later than the day after: {_listed(came.late)}")
    if came.missing:
        found.doubts.append(f"{who}: not {done}: {_listed(came.missing)}")
    early = [day for day, index in days if any(size > index and at < _end(day) - _APART for size, at in attested)]
    if early:
        found.doubts.append(f"{who}: {done} before the day was over, so that a clock was wrong: {_listed(early)}")


def _end(day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def _listed(days: Sequence[date]) -> str:
    more = f" and {len(days) - MOST_DAYS} more" if len(days) > MOST_DAYS else ""
    return ", ".join(day.isoformat() for day in days[:MOST_DAYS]) + more
