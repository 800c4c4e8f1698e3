"""What others attest of the agent's checkpoints: cosignatures of witnesses, and timestamps.

A row has no derived table: there is one a witness and day. It is kept for ever, as the heads are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent.ledger.append import Writer
from agent.ledger.fields import Fields, instant, text, whole
from agent.ledger.rows import of_kind
from agent.proving.attested_days import COSIGNATURE
from agent.proving.signed_note import parse_note

KIND = "attestation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One attestation of a checkpoint of so many leaves.

    `source` is the form, `by` who gave it, as the configuration names it. A COSIGNATURE has the witness's verifier key
    as `key` and the signed note with it as `content`; a TIMESTAMP no `key`, and an authority's answer (RFC 3161) over
    the signed note, in base64. `at` is the instant that it states.
    """

    source: str
    by: str
    key: str
    size: int
    at: datetime
    content: str


def keep(writer: Writer, one: Attestation) -> None:
    """Append an attestation."""
    content = {
        "source": one.source,
        "by": one.by,
        "key": one.key,
        "size": one.size,
        "at": one.at.isoformat(),
        "content": one.content,
    }
    writer.append(KIND, {"attestation": content})


def read(connection: Connection) -> tuple[Attestation, ...]:
    """Return every attestation, in the order in which they were kept. Raises LedgerDamaged."""
    return tuple(row.fields().take("attestation", _attestation) for row in of_kind(connection, KIND, ""))


def cosigned(note: str, kept: Iterable[Attestation]) -> str:
    """Return a signed checkpoint with the cosignatures of its very text that were kept. Raises NotANote."""
    found = parse_note(note.encode())
    own = (one for one in kept if one.source == COSIGNATURE and one.content.startswith(found.text))
    added = (parse_note(one.content.encode()) for one in own)
    return str(found.with_signatures(line for one in added if one.text == found.text for line in one.signatures))


def _attestation(value: object) -> Attestation:
    fields = Fields(value, "attestation")
    found = Attestation(
        source=fields.take("source", text),
        by=fields.take("by", text),
        key=fields.take("key", text),
        size=fields.take("size", whole),
        at=fields.take("at", instant),
        content=fields.take("content", text),
    )
    fields.end()
    return found
