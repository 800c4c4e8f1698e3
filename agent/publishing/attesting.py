"""Have the newest checkpoint cosigned by each declared witness and stamped, and keep what they give.

Asking takes seconds and may take longer, so it has a thread of its own and the loop never waits.
"""

import base64
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from agent.config.settings import Configuration, WitnessSettings
from agent.core.clock import Clock
from agent.core.errors import BeffroiError, LookError
from agent.core.files import read_file
from agent.export.snapshot import WitnessStanding
from agent.hosts.local import LocalHost
from agent.ledger import attestations, signed_log
from agent.ledger.attestations import Attestation
from agent.ledger.keys import Signer, signer
from agent.ledger.ledger import Ledger
from agent.proving.attested_days import COSIGNATURE, TIMESTAMP
from agent.proving.cosignature import parse_witness_key
from agent.proving.day_log import log_tree
from agent.proving.merkle import MerkleTree
from agent.proving.signed_note import NotANote, NoteKey
from agent.publishing.posting import Post, post_bytes
from agent.publishing.timestamps import Authority, NotStamped, stamp
from agent.publishing.witnesses import AskedWitness, WitnessAway, WitnessRefusal, cosigned_note

log = logging.getLogger("beffroi.witness")

LARGEST_KEY = 4096
NEVER = datetime.fromtimestamp(0, UTC)


class Attestor:
    """Ask every witness that has not cosigned the newest checkpoint; `look` returns at once."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        tell: Callable[[tuple[WitnessStanding, ...], datetime | None], None],
        post: Post = post_bytes,
    ) -> None:
        """Prepare; `tell` is given how each witness stands and when the log was stamped, whenever all were asked."""
        self._ledger = ledger
        self._clock = clock
        self._tell = tell
        self._post = post
        self._here = LocalHost("agent")
        self._thread: threading.Thread | None = None

    def look(self, configuration: Configuration) -> None:
        """Begin to ask, unless the last time still goes on."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._thread = threading.Thread(target=self._look, args=(configuration,), name="witnesses", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for what was begun, so long at the most."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _look(self, configuration: Configuration) -> None:
        try:
            self._tell(tuple(self._standings(configuration)), self._stamped(configuration))
        except BeffroiError as error:
            log.error("witnesses cannot be asked: %s", error.message)
        except Exception:
            # Whatever it is, it costs this turn; the loop looks again in an hour.
            log.exception("asking witnesses failed; next attempt in one hour")

    def _standings(self, configuration: Configuration) -> Iterator[WitnessStanding]:
        witnesses = configuration.evidence.witnesses
        if not witnesses:
            return
        kept = self._ledger.ask(attestations.read)
        tree = log_tree(self._ledger.ask(signed_log.leaves))
        for witness in witnesses:
            yield self._asked(witness, tree, kept, configuration.agent.state_directory)

    def _asked(
        self, witness: WitnessSettings, tree: MerkleTree, kept: Sequence[Attestation], directory: Path
    ) -> WitnessStanding:
        key = _key_of(witness)
        own = [one for one in kept if (one.source, one.by, one.key) == (COSIGNATURE, witness.id, str(key))]
        newest = max(own, key=lambda one: one.size, default=None)
        standing = WitnessStanding(id=witness.id, cosigned_at=None if newest is None else newest.at)
        if key is None:
            return replace(standing, answered=False)
        if not tree.size or (newest is not None and newest.size == tree.size):
            return standing
        try:
            found = self._cosigned(witness, key, tree, signer(directory), 0 if newest is None else newest.size)
        except WitnessRefusal as error:
            log.error("witness %s refuses this agent's log: %s", witness.id, error)
            return WitnessStanding(id=witness.id, cosigned_at=standing.cosigned_at, refused=str(error))
        except WitnessAway as error:
            log.warning("witness %s has not cosigned: %s; next attempt in one hour", witness.id, error)
            return replace(standing, answered=False)
        self._ledger.keep_attestation(found)
        log.info("witness %s has cosigned %d leaves", witness.id, found.size)
        return WitnessStanding(id=witness.id, cosigned_at=found.at)

    def _stamped(self, configuration: Configuration) -> datetime | None:
        """Return when the log was stamped last; have its newest checkpoint stamped where it was not."""
        declared, newest = configuration.evidence.timestamp, self._ledger.newest_checkpoint()
        if declared is None:
            return None
        kept = [one for one in self._ledger.ask(attestations.read) if one.source == TIMESTAMP]
        last = max((one.at for one in kept), default=NEVER)
        if newest is None or any((one.by, one.size) == (declared.url, newest.size) for one in kept):
            return last
        folder, authority = configuration.agent.state_directory, Authority(url=declared.url, ca_file=declared.ca_file)
        try:
            answer, at = stamp(self._here, folder, authority, newest.note, self._clock.now(), self._post)
        except NotStamped as error:
            log.warning("the checkpoint was not stamped: %s; next attempt in one hour", error)
            return last
        content = base64.b64encode(answer).decode()
        one = Attestation(source=TIMESTAMP, by=declared.url, key="", size=newest.size, at=at, content=content)
        self._ledger.keep_attestation(one)
        log.info("a checkpoint of %d leaves was stamped", newest.size)
        return at

    def _cosigned(
        self, witness: WitnessSettings, key: NoteKey, tree: MerkleTree, own: Signer, known: int
    ) -> Attestation:
        asked = AskedWitness(url=witness.url, key=key, origin=witness.origin)
        note, at = cosigned_note(asked, tree, own, known, self._clock.now(), self._post)
        return Attestation(source=COSIGNATURE, by=witness.id, key=str(key), size=tree.size, at=at, content=str(note))


def _key_of(witness: WitnessSettings) -> NoteKey | None:
    """Return a witness's verifier key; None where its file holds none, which is logged."""
    try:
        return parse_witness_key(read_file(witness.key_file, limit=LARGEST_KEY).decode())
    except (LookError, NotANote, UnicodeDecodeError) as error:
        said = error.message if isinstance(error, BeffroiError) else "not a text"
        log.error("witness %s: %s: %s", witness.id, witness.key_file, said)
        return None
