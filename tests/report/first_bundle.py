"""Bundles of the first form, as they were written until the second: verified for ever."""

import base64
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from agent.ledger import closing
from agent.ledger.excerpt import excerpt
from agent.ledger.heads import Head
from agent.ledger.keys import Signer
from agent.ledger.ledger import Ledger
from agent.report import bundle, write_bundle
from agent.report.archive import ArchiveWriter


def first_bundle(ledger: Ledger, signer: Signer, since: str, files: Mapping[str, bytes]) -> bytes:
    """Return a bundle of the first form of what a ledger holds; `files` are those of one of the second form."""
    about = files[bundle.ABOUT].decode()
    beneficiary = next(line for line in about.splitlines() if line.startswith("beneficiary: "))[13:]
    made = dict(ledger.ask(lambda kept: list(_rows(kept, beneficiary, since))))
    written = {
        bundle.VERIFY: b"as it was written then\n",
        bundle.ABOUT: about.replace(bundle.SCHEMA, bundle.FIRST_SCHEMA).encode(),
        bundle.KEY: files[bundle.KEY],
        bundle.DAYS: files[bundle.DAYS],
        **made,
    }
    manifest = "".join(f"{hashlib.sha256(written[name]).hexdigest()}  {name}\n" for name in sorted(written)).encode()
    written |= {bundle.MANIFEST: manifest, bundle.SIGNATURE: base64.b64decode(signer.sign(manifest.decode()))}
    packed = io.BytesIO()
    archive = ArchiveWriter(packed)
    for name, content in written.items():
        archive.add(name, [content])
    archive.close()
    return packed.getvalue()


def _rows(kept: Connection, beneficiary: str, since: str) -> Iterator[tuple[str, bytes]]:
    payloads, heads = io.BytesIO(), _heads(kept, since)
    for head in heads:
        name = write_bundle.name_of(head)
        lines = _lines(kept, beneficiary, head.first, head.last, payloads)
        yield f"days/{name}.txt", f"{head.previous}\n".encode() + b"".join(lines)
        yield f"heads/{name}.txt", head.statement.encode()
        yield f"heads/{name}.sig", base64.b64decode(head.signature)
    tail = _lines(kept, beneficiary, heads[-1].last + 1, 2**62, payloads)
    yield bundle.TAIL, b"".join((tail[0].partition(b" ")[0] + b"\n", *tail)) if tail else b""
    yield bundle.PAYLOADS, payloads.getvalue()
    yield bundle.HEADS, "".join(f"{one.head}  days/{write_bundle.name_of(one)}.txt\n" for one in heads).encode()


def _heads(kept: Connection, since: str) -> Sequence[Head]:
    """Return the heads of the quarter, and the first, which has the load that all rests on."""
    heads = closing.read(kept)
    return [head for head in heads if head.number == 1 or head.day >= since]


def _lines(kept: Connection, beneficiary: str, first: int, last: int, payloads: io.BytesIO) -> list[bytes]:
    found = []
    for line in excerpt(kept, beneficiary, first, last):
        if line.own:
            payloads.write(f"{line.sequence} {line.payload or bundle.ERASED}\n".encode())
        found.append(line.text.encode())
    return found
