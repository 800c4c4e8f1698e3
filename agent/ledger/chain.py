"""The chain: one fixed line of text for each row, and the digest that links it to the row before. Pure.

A row's line is six fields, one space between them, ended by one line feed, in ASCII:

    PREVIOUS SEQUENCE INSTANT KIND BENEFICIARY PAYLOAD

* PREVIOUS     the link of the row before: 64 lower-case hexadecimal digits; 64 zeros for the first row
* SEQUENCE     decimal, from 1, without holes
* INSTANT      when the row was appended, by the agent's clock: `2026-11-24T04:12:07.000000Z`
* KIND         what the payload is: reading, verdict, day, load, entry, head, erasure, migration…
* BENEFICIARY  whose it is; `-` where it is no one's in particular
* PAYLOAD      the SHA-256 of the payload's text, in hexadecimal

KIND and BENEFICIARY are percent-encoded (RFC 3986: letters, digits, `_`, `.`, `-` and `~` stand for themselves), so
that no value can hold a space or end the line; a value that is itself `-` is written `%2D`.

The row's link is the SHA-256 of its line, line feed included. With the line in a file, `sha256sum` gives the link.
"""

import base64
import hashlib
from dataclasses import dataclass
from urllib.parse import quote

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRow:
    """One row of the chain as it is stored; `instant` is the very text that was digested."""

    sequence: int
    instant: str
    kind: str
    beneficiary: str
    payload_sha256: str
    link: str


def line_of(previous: str, row: ChainRow) -> str:
    """Return the line that a row's link is the digest of; `previous` is the link of the row before."""
    return (
        f"{previous} {row.sequence} {quote(row.instant, safe=':')} {_field(row.kind)} {_field(row.beneficiary)}"
        f" {quote(row.payload_sha256, safe='')}\n"
    )


def link_of(previous: str, row: ChainRow) -> str:
    """Return the link that a row must have, whatever it has."""
    return sha256(line_of(previous, row))


def forge(previous: str, *, sequence: int, instant: str, kind: str, beneficiary: str, payload_sha256: str) -> ChainRow:
    """Return a row with its link, to stand after the row whose link is `previous`."""
    unlinked = ChainRow(
        sequence=sequence,
        instant=instant,
        kind=kind,
        beneficiary=beneficiary,
        payload_sha256=payload_sha256,
        link="",
    )
    return ChainRow(
        sequence=sequence,
        instant=instant,
        kind=kind,
        beneficiary=beneficiary,
        payload_sha256=payload_sha256,
        link=link_of(previous, unlinked),
    )


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _field(value: str) -> str:
    return "%2D" if value == "-" else quote(value, safe="") or "-"


def sha256_base64(content: bytes) -> str:
    """Return the SHA-256 of some bytes in base64 without padding, as fingerprints of keys are written."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
