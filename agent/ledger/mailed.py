"""Letters to beneficiaries in the ledger: what was mailed, once, and to which addresses.

A row has no derived table: letters are few, and asked for once an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from agent.core.period import Month
from agent.ledger.append import Writer
from agent.ledger.fields import Fields, refuse, text
from agent.ledger.rows import of_kind

KIND = "mailing"
# What a letter's name begins with; its beneficiary follows, then what the letter is about.
REPORTS, HEADS = "report", "heads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to a beneficiary: the name that it has once, its addresses, the SHA-256 of each file in it.

    `kept_at` is when its row was appended, just after it was sent; None of a letter that is not kept yet.
    """

    name: str
    beneficiary: str
    addresses: tuple[str, ...]
    files: Mapping[str, str]
    kept_at: datetime | None = field(default=None, compare=False)

    @property
    def heads_of(self) -> Month | None:
        """Return the month whose signed heads are in it; None: it holds a report."""
        what, _, about = self.name.partition(f" {self.beneficiary} ")
        return Month.parse(about) if what == HEADS else None


def keep(writer: Writer, letter: Letter) -> None:
    """Append a letter."""
    content = {"name": letter.name, "addresses": list(letter.addresses), "files": dict(letter.files)}
    writer.append(KIND, {"mailing": content}, letter.beneficiary)


def read(connection: Connection, beneficiary: str) -> tuple[Letter, ...]:
    """Return a beneficiary's letters, in the order in which they were kept."""
    return tuple(
        replace(
            row.fields().take("mailing", lambda value: _letter(value, beneficiary)),
            kept_at=datetime.fromisoformat(row.row.instant),
        )
        for row in of_kind(connection, KIND, beneficiary)
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
