"""The upkeep and the proof of a ledger: what was published, signed heads, erasure, and verification."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from agent.core.errors import LedgerDamaged
from agent.ledger import (
    anchor,
    attestations,
    closing,
    derive,
    editions,
    erasures,
    mailed,
    outside_heads,
    rotation,
    signed_log,
)
from agent.ledger.anchor import Anchor
from agent.ledger.append import Writer
from agent.ledger.attestations import Attestation
from agent.ledger.editions import Edition
from agent.ledger.heads import Head
from agent.ledger.keys import read_changes, signer
from agent.ledger.mailed import Letter
from agent.ledger.opened import OpenedLedger
from agent.ledger.signed_log import StoredCheckpoint
from agent.ledger.store import LedgerStore
from agent.ledger.verify import ChainOutcome, ChainVerification, OutsideHeads, walk
from agent.proving.key_change import KeyChange
from agent.proving.signed_note import SignedNote


class ProofLedger(OpenedLedger):
    """Keep what leaves the agent, sign and verify the chain, and erase what has expired."""

    def __init__(self, store: LedgerStore, directory: Path) -> None:
        super().__init__(store, directory)
        # The last UTC day on which what was seen is known to be kept; empty: that is not known.
        self.seen_on = ""

    def keep_edition(self, edition: Edition) -> None:
        """Append that an edition of a report was published."""
        self._store.write(lambda writer: editions.keep(writer, edition))

    def keep_letter(self, letter: Letter) -> None:
        """Append that a letter to a beneficiary was put into the outbox."""
        self._store.write(lambda writer: mailed.keep(writer, letter))

    def keep_attestation(self, one: Attestation) -> None:
        """Keep what someone else attests of the agent's checkpoints."""
        self._store.write(lambda writer: attestations.keep(writer, one))

    def keep_seen(self, day: str, keep: Callable[[Writer], None]) -> None:
        """Let `keep` append what was seen of each beneficiary up to the UTC day `day`."""
        self._store.write(keep)
        self.seen_on = day

    def sign_heads(self, now: datetime) -> tuple[Head, ...]:
        """Close each UTC day that is over at `now` with a signed head, keep the newest beside; return the new ones.

        Raises LedgerDamaged where the ledger was rolled back or rewritten: that is not signed.
        """
        beside = anchor.read(self._directory)
        kept = (*outside_heads.read(self._directory), *(() if beside is None else (beside,)))
        self._store.read(lambda connection: anchor.hold(connection, kept))
        made: tuple[Head, ...] = ()
        if self._store.read(lambda connection: closing.is_due(connection, now)):
            made = self._store.write(
                lambda writer: closing.close_days(writer, lambda: signer(self._directory), now, kept)
            )
        self._keep_anchor(beside)
        return made

    def _keep_anchor(self, kept: Anchor | None) -> None:
        newest = self._store.read(closing.newest)
        if newest is not None and (kept is None or kept.number < newest.number):
            self._store.beside(lambda: anchor.write(self._directory, anchor.anchor_of(newest), signer(self._directory)))

    def rotate_key(self, now: datetime) -> KeyChange:
        """Change to a new key, once each day that is over is signed with the one before; return the statement.

        Raises LedgerDamaged where the ledger was rolled back or rewritten, UsageError before the first signed day.
        """
        if self._store.read(rotation.changes) == read_changes(self._directory):
            self.sign_heads(now)
        change = self._store.write(lambda writer: rotation.rotate(writer, self._directory, now))
        # Signed anew, so that root's file takes the new key over from the one before at once.
        newest = self._store.read(closing.newest)
        if newest is not None:
            self._store.beside(lambda: anchor.write(self._directory, anchor.anchor_of(newest), signer(self._directory)))
        return change

    def contradiction(self) -> str | None:
        """Return how the ledger contradicts the signed heads that stand outside it; None: it continues each.

        Raises LedgerError where they cannot be read.
        """
        try:
            beside = anchor.read(self._directory)
            kept = (*outside_heads.read(self._directory), *(() if beside is None else (beside,)))
        except LedgerDamaged as error:
            return error.message
        return self._store.read(lambda connection: anchor.contradiction(connection, kept))

    def heads(self) -> tuple[Head, ...]:
        """Return every head, in the order in which they were signed."""
        return self._store.read(closing.read)

    def erase_expired(
        self, now: datetime, *, keep_readings: timedelta, keep_personal: timedelta, needed: Collection[str] = ()
    ) -> int:
        """Erase the payloads that have expired, some thousands at most; return how many. `needed`: entries to spare."""
        erased = self._store.write(
            lambda writer: erasures.erase(writer, now, keep_readings, keep_personal, frozenset(needed))
        )
        if erased:
            self._forget_payloads()
            self.checkpoint()
        return erased

    def rebuild(self) -> None:
        """Make everything derived anew from the chain, as far as the payloads exist."""
        self._store.write(lambda writer: derive.rebuild(writer.connection))
        self._forget_known()

    def newest_checkpoint(self) -> StoredCheckpoint | None:
        """Return the newest signed checkpoint of the agent's log."""
        return self._by_rows("checkpoint", signed_log.newest_checkpoint)

    def verify(self, received: Sequence[str] = (), checkpoints: Sequence[SignedNote] = ()) -> ChainVerification:
        """Walk the whole ledger; damage is in the answer, never raised.

        `received` and `checkpoints`: heads and checkpoints that left this machine earlier.
        """
        try:
            # Read first: a head that is signed during the walk is then only newer than the anchor.
            beside = OutsideHeads.read(self._directory, received, checkpoints)
            return self._store.read(lambda connection: walk(connection, self._directory, beside))
        except LedgerDamaged as error:
            return ChainVerification(outcome=ChainOutcome.DAMAGED, rows=0, heads=0, damage=(error.message,))
