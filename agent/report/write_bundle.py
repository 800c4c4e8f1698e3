"""Write the evidence of a report as one archive that its reader can verify without asking anyone."""

import base64
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from agent.core.period import PARIS
from agent.ledger.excerpt import ExcerptLine
from agent.ledger.heads import Head
from agent.ledger.keys import Signer
from agent.ledger.own_excerpt import Inclusion, OwnDay, OwnExcerpt, OwnRow, ShownCheckpoint
from agent.report.archive import ArchiveWriter
from agent.report.bundle import (
    ABOUT,
    BEFORE,
    CHECKPOINT,
    DAYS,
    DOCUMENT,
    ERASED,
    HEADS,
    KEY,
    KEYS,
    MANIFEST,
    PAYLOADS,
    PROOFS,
    SCHEMA,
    SCRIPT,
    SIGNATURE,
    SIGNED_TEXT,
    TAIL,
    TEXT_SIGNATURE,
    VERIFY,
    key_files,
)
from agent.report.figures import Report
from agent.report.verify_script import verify_script
from agent.report.verify_text import BundleKeys, verify_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a bundle is made of beside the rows: the report's days as CSV, what it is about, the public key.

    `documents`: the SHA-256 of what is handed out beside the bundle, by name.
    """

    csv: bytes
    about: Mapping[str, str]
    public_key: bytes
    documents: Mapping[str, str] = field(default_factory=dict)


def name_of(day: Head | OwnDay) -> str:
    """Return how a signed day is called in a bundle; a clock set back can give one day two of them."""
    return f"{day.number:05d}-{day.day}"


def write(file: BinaryIO, contents: Contents, excerpt: OwnExcerpt, signer: Signer) -> str:
    """Write a bundle; return the SHA-256 of its manifest, which stands for all of it."""
    archive = ArchiveWriter(file)
    earlier = [name_of(head) for head in excerpt.earlier]
    keys = BundleKeys(
        changes=len(signer.changes),
        checkpoint=_key_file(signer, excerpt.checkpoints[-1].size) if excerpt.checkpoints else None,
        heads=[_head_key(signer, head) for head in excerpt.earlier],
    )
    text = verify_text(earlier, contents.about, keys)
    archive.add(VERIFY, [text.encode()])
    archive.add(SCRIPT, [verify_script()])
    archive.add(ABOUT, ["".join(f"{name}: {value}\n" for name, value in contents.about.items()).encode()])
    archive.add(KEY, [contents.public_key])
    for name, content in key_files(signer.changes):
        archive.add(name, [content])
    archive.add(DAYS, [contents.csv])
    for day in excerpt.days:
        archive.add(f"days/{name_of(day)}.txt", map(_row, excerpt.rows(day)))
    archive.add(TAIL, map(_row, excerpt.tail()))
    archive.add(PROOFS, ["".join((*_proofs(excerpt.days), *_continued(excerpt, signer))).encode()])
    for day in excerpt.before:
        archive.add(f"before/{name_of(day)}.txt", map(_digest, excerpt.digests(day)))
    if excerpt.before:
        archive.add(BEFORE, ["".join(_proofs(excerpt.before)).encode()])
    _add_checkpoints(archive, excerpt.checkpoints)
    if excerpt.earlier:
        _add_earlier(archive, excerpt)
    manifest = "".join(f"{DOCUMENT}{digest}  {name}\n" for name, digest in sorted(contents.documents.items()))
    manifest += "".join(f"{digest}  {name}\n" for name, digest in sorted(archive.digests.items()))
    archive.add(MANIFEST, [manifest.encode()])
    archive.add(SIGNATURE, [base64.b64decode(signer.sign(manifest))])
    archive.close()
    return archive.digests[MANIFEST]


def _row(row: OwnRow) -> bytes:
    said = f"{ERASED}:{row.payload_sha256}" if row.text is None else row.text
    return f"{row.number} {row.instant} {row.kind} {said}\n".encode()


def _digest(row: OwnRow) -> bytes:
    return f"{row.number} {row.instant} {row.kind} {row.payload_sha256}\n".encode()


def _proofs(days: Iterable[OwnDay]) -> Iterator[str]:
    for day in days:
        name = name_of(day)
        yield f"own {name} {day.own}\n"
        yield f"day {name}{_place(day.in_day)}\n"
        yield f"leaf {name} {day.leaf}\n"
        yield f"log {name}{_place(day.in_log)}\n"


def _continued(excerpt: OwnExcerpt, signer: Signer) -> Iterator[str]:
    proofs = {one.size: one.consistency for one in excerpt.checkpoints}
    proofs |= {one.size: excerpt.consistency(one.size) for one in signer.changes if one.size <= excerpt.log_size}
    for size, proof in sorted(proofs.items()):
        yield f"checkpoint {size}{''.join(f' {hashed.hex()}' for hashed in proof)}\n"


def _key_file(signer: Signer, size: int) -> str:
    """Return which file has the key that signed the checkpoint of so many leaves."""
    return next((f"{KEYS}{number}.pub.pem" for number, one in enumerate(signer.changes, 1) if size <= one.size), KEY)


def _head_key(signer: Signer, head: Head) -> str:
    """Return which file has the key that signed a head."""
    number = signer.verifier.fingerprints.index(head.fingerprint)
    return KEY if number == len(signer.changes) else f"{KEYS}{number + 1}.pub.pem"


def _place(place: Inclusion) -> str:
    return f" {place.index} {place.size}{''.join(f' {hashed.hex()}' for hashed in place.hashes)}"


def _add_checkpoints(archive: ArchiveWriter, shown: tuple[ShownCheckpoint, ...]) -> None:
    for one in shown:
        if one.cosigned != one.note or one.stamps or one.renamed:
            archive.add(f"checkpoints/{one.size}.txt", [one.cosigned.encode()])
            archive.add(f"checkpoints/{one.size}.note", [one.note.encode()])
        for number, renamed in enumerate(one.renamed, 1):
            archive.add(f"checkpoints/{one.size}-{number}.txt", [renamed.encode()])
        for number, stamp in enumerate(one.stamps, 1):
            archive.add(f"checkpoints/{one.size}-{number}.tsr", [stamp])
    if shown:
        newest = shown[-1]
        signed, _, signature = newest.note.partition("\n\n")
        archive.add(CHECKPOINT, [newest.cosigned.encode()])
        archive.add(SIGNED_TEXT, [f"{signed}\n".encode()])
        # The key's number takes four bytes (c2sp.org/signed-note).
        archive.add(TEXT_SIGNATURE, [base64.b64decode(signature.rsplit(" ", 1)[1])[4:]])


def _add_earlier(archive: ArchiveWriter, excerpt: OwnExcerpt) -> None:
    payloads = Payloads()
    for head in excerpt.earlier:
        lines = payloads.taken(excerpt.whole_day(head))
        archive.add(f"earlier/{name_of(head)}.txt", [f"{head.previous}\n".encode(), *lines])
        archive.add(f"heads/{name_of(head)}.txt", [head.statement.encode()])
        archive.add(f"heads/{name_of(head)}.sig", [base64.b64decode(head.signature)])
    archive.add(PAYLOADS, payloads.pieces())
    listed = "".join(f"{head.head}  earlier/{name_of(head)}.txt\n" for head in excerpt.earlier)
    archive.add(HEADS, [listed.encode()])


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
        "key": report.proof.fingerprint,
        "configuration_sha256": report.proof.configuration,
        "beffroi": report.version,
    }
