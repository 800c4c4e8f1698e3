"""The evidence of a report as one archive that its reader can verify without asking anyone.

| file | what it is |
| --- | --- |
| `VERIFY.txt` | how to verify it with sha256sum and openssl alone |
| `about.txt` | what it is about, a key and a value a line |
| `signing-key.pub.pem` | the agent's public key |
| `days.csv` | the days of the report |
| `days/N-DAY.txt` | a signed day: the head before, then each row of the ledger as its line; the head is its SHA-256 |
| `heads/N-DAY.txt`, `.sig` | the line that the agent signed at the end of that day, and the signature |
| `tail.txt` | the rows after the last signed day: the link before them, then their lines |
| `payloads.txt` | the payload of each of the beneficiary's rows: its sequence, a space, its text (or `erased`) |
| `HEADS` | each head and its day's file, as `sha256sum --check` reads them |
| `MANIFEST`, `MANIFEST.sig` | the SHA-256 of every other file, signed with the agent's key; of each document, too |

A document (page, PDF, table) is handed out beside the bundle. Its line in MANIFEST begins with `# `, so that
`sha256sum --check` passes over it: `sed -n 's/^# //p' MANIFEST | sha256sum --check` holds the documents.
"""

import base64
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from agent.core.period import PARIS
from agent.ledger.excerpt import Excerpt, ExcerptLine
from agent.ledger.heads import Head
from agent.ledger.keys import Signer
from agent.report.archive import ArchiveWriter
from agent.report.figures import Report
from agent.report.verify_text import verify_text

SCHEMA = "beffroi.evidence/1"
ERASED = "erased"
# Begins the line of a document in the manifest.
DOCUMENT = "# "
MANIFEST, SIGNATURE, KEY, ABOUT, HEADS = "MANIFEST", "MANIFEST.sig", "signing-key.pub.pem", "about.txt", "HEADS"
DAYS, TAIL, PAYLOADS, VERIFY = "days.csv", "tail.txt", "payloads.txt", "VERIFY.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a bundle is made of beside the rows: the report's days as CSV, what it is about, the public key.

    `documents`: the SHA-256 of what is handed out beside the bundle, by name.
    """

    csv: bytes
    about: Mapping[str, str]
    public_key: bytes
    documents: Mapping[str, str] = field(default_factory=dict)


def name_of(head: Head) -> str:
    """Return how a signed day is called in a bundle; a clock set back can give one day two of them."""
    return f"{head.number:05d}-{head.day}"


def write(file: BinaryIO, contents: Contents, excerpt: Excerpt, signer: Signer) -> str:
    """Write a bundle; return the SHA-256 of its manifest, which stands for all of it."""
    archive, payloads = ArchiveWriter(file), Payloads()
    archive.add(VERIFY, [verify_text([name_of(head) for head in excerpt.heads], contents.about).encode()])
    archive.add(ABOUT, ["".join(f"{name}: {value}\n" for name, value in contents.about.items()).encode()])
    archive.add(KEY, [contents.public_key])
    archive.add(DAYS, [contents.csv])
    for head in excerpt.heads:
        lines = payloads.taken(excerpt.lines(head.first, head.last))
        archive.add(f"days/{name_of(head)}.txt", [f"{head.previous}\n".encode(), *lines])
        archive.add(f"heads/{name_of(head)}.txt", [head.statement.encode()])
        archive.add(f"heads/{name_of(head)}.sig", [base64.b64decode(head.signature)])
    archive.add(TAIL, _tail(excerpt, payloads))
    archive.add(PAYLOADS, payloads.pieces())
    listed = "".join(f"{head.head}  days/{name_of(head)}.txt\n" for head in excerpt.heads)
    archive.add(HEADS, [listed.encode()])
    manifest = "".join(f"{DOCUMENT}{digest}  {name}\n" for name, digest in sorted(contents.documents.items()))
    manifest += "".join(f"{digest}  {name}\n" for name, digest in sorted(archive.digests.items()))
    archive.add(MANIFEST, [manifest.encode()])
    archive.add(SIGNATURE, [base64.b64decode(signer.sign(manifest))])
    archive.close()
    return archive.digests[MANIFEST]


class Payloads:
    """Gather the beneficiary's payloads while the rows go by."""

    def __init__(self) -> None:
        self._gathered = io.BytesIO()

    def taken(self, lines: Iterator[ExcerptLine]) -> Iterator[bytes]:
        """Yield each line, and keep its payload where it is the beneficiary's."""
        for line in lines:
            if line.own:
                text = ERASED if line.payload is None else line.payload
                self._gathered.write(f"{line.sequence} {text}\n".encode())
            yield line.text.encode()

    def pieces(self) -> Iterator[bytes]:
        """Yield what was gathered."""
        self._gathered.seek(0)
        while piece := self._gathered.read(1 << 20):
            yield piece


def _tail(excerpt: Excerpt, payloads: Payloads) -> Iterator[bytes]:
    begun = False
    for line in payloads.taken(excerpt.lines(excerpt.tail_from, excerpt.through)):
        if not begun:
            # A line begins with the link of the row before it.
            yield line.partition(b" ")[0] + b"\n"
            begun = True
        yield line


def about(report: Report) -> Mapping[str, str]:
    """Return what a bundle is about, in the order in which it is written."""
    return {
        "schema": SCHEMA,
        "beneficiary": report.beneficiary,
        "quarter": str(report.quarter),
        "edition": "provisional" if report.edition is None else str(report.edition),
        "first_day": report.span.first.isoformat(),
        "last_day": report.span.last.isoformat(),
        "timezone": PARIS.key,
        "rows": str(report.proof.rows),
        "last_link": report.proof.link,
        "key": report.proof.fingerprint,
        "configuration_sha256": report.proof.configuration,
        "beffroi": report.version,
    }
