"""Letters to beneficiaries in the ledger: what was mailed, once, and to which addresses.

A row has no derived table: letters are few, and asked for once an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from agent.ledger.append import Writer
from agent.ledger.fields import Fields, refuse, text
from agent.ledger.rows import appended
from agent.ledger.tables import CHAIN, PAYLOAD

KIND = "mailing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to a beneficiary: the name that it has once, its addresses, the SHA-256 of each file in it."""

    name: str
    beneficiary: str
    addresses: tuple[str, ...]
    files: Mapping[str, str]


def keep(writer: Writer, letter: Letter) -> None:
    """Append a letter."""
    content = {"name": letter.name, "addresses": list(letter.addresses), "files": dict(letter.files)}
    writer.append(KIND, {"mailing": content}, letter.beneficiary)


def read(connection: Connection, beneficiary: str) -> tuple[Letter, ...]:
    """Return a beneficiary's letters, in the order in which they were kept."""
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.kind == KIND, CHAIN.c.beneficiary == beneficiary)
        .order_by(CHAIN.c.sequence)
    )
    return tuple(
        appended(row).fields().take("mailing", lambda value: _letter(value, beneficiary))
        for row in connection.execute(query)
    )


def _letter(value: object, beneficiary: str) -> Letter:
    fields = Fields(value, "mailing")
    letter = Letter(
        name=fields.take("name", text),
        beneficiary=beneficiary,
        addresses=fields.take("addresses", _addresses),
        files=fields.take("files", _files),
    )
    fields.end()
    return letter


def _addresses(value: object) -> tuple[str, ...]:
    return tuple(text(one) for one in value) if isinstance(value, list) else refuse("list of addresses", value)


def _files(value: object) -> Mapping[str, str]:
    fields = Fields(value, "letter's files")
    return {name: fields.take(name, text) for name in fields.names()}
