"""Published editions of quarterly reports in the ledger: which files were published, and from which rows.

A row has no derived table: editions are few, and asked for once in a while.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from agent.core.errors import LedgerDamaged
from agent.ledger.append import Writer
from agent.ledger.fields import Fields, instant, text, truth, whole
from agent.ledger.rows import of_kind

KIND = "edition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One published edition: its number from 1, the SHA-256 of each of its files, the last row that it read.

    `to_mail`: it is to be mailed to its beneficiary; None: an earlier version published it, which did not say.
    `published_at` is the instant of its row; None: it has none yet.
    """

    quarter: str
    beneficiary: str
    number: int
    files: Mapping[str, str]
    through: int
    to_mail: bool | None = False
    published_at: datetime | None = None


def keep(writer: Writer, edition: Edition) -> None:
    """Append an edition."""
    content = {
        "quarter": edition.quarter,
        "number": edition.number,
        "files": dict(edition.files),
        "through": edition.through,
        "to_mail": edition.to_mail,
    }
    writer.append(KIND, {"edition": content}, edition.beneficiary)


def read(connection: Connection, beneficiary: str) -> tuple[Edition, ...]:
    """Return a beneficiary's editions, in the order in which they were published."""
    return tuple(
        replace(
            one.fields().take("edition", lambda value: _edition(value, beneficiary)),
            published_at=instant(one.row.instant),
        )
        for one in of_kind(connection, KIND, beneficiary)
    )


def folder_of(directory: Path, edition: Edition) -> Path:
    """Return where an edition's files are kept, below the state directory."""
    return directory / "reports" / f"{edition.beneficiary}-{edition.quarter}-edition-{edition.number}"


def kept_file(directory: Path, edition: Edition, name: str) -> Path:
    """Return one file of an edition, once it is held to what was published. Raises LedgerDamaged."""
    path = folder_of(directory, edition) / name
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise LedgerDamaged(
            f"a published file cannot be read: {path}: {error.strerror}", "restore it from a backup"
        ) from error
    if found != edition.files[name]:
        raise LedgerDamaged(f"a published file has changed: {path}", "restore it from a backup")
    return path


def _edition(value: object, beneficiary: str) -> Edition:
    fields = Fields(value, "edition")
    edition = Edition(
        quarter=fields.take("quarter", text),
        beneficiary=beneficiary,
        number=fields.take("number", whole),
        files=fields.take("files", _files),
        through=fields.take("through", whole),
        to_mail=fields.take("to_mail", truth) if fields.has("to_mail") else None,
    )
    fields.end()
    return edition


def _files(value: object) -> Mapping[str, str]:
    fields = Fields(value, "edition's files")
    return {name: fields.take(name, text) for name in fields.names()}
