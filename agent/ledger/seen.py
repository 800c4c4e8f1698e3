"""Append and read what was seen of one beneficiary, row after row (agent.ledger.kept_runs)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from agent.core.look_runs import FacedLook, LookFace, LookRun, runs_of
from agent.core.version import VERSION
from agent.ledger import encode
from agent.ledger.append import Writer
from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import sha256
from agent.ledger.difference import compare
from agent.ledger.fields import parse, refuse, whole
from agent.ledger.kept_runs import KIND, SeenBook, row_in
from agent.ledger.reading_payload import Name
from agent.ledger.rows import appended
from agent.ledger.tables import CHAIN, PAYLOAD

# One row takes about so many characters, so that no payload is out of all proportion.
_LARGEST = 256 * 1024
_SECOND, _SECONDS = timedelta(seconds=1), len("2026-11-24T04:12:07")


def keep(
    writer: Writer,
    beneficiary: str,
    book: SeenBook | None,
    declared: object,
    looks: Mapping[Name, Sequence[FacedLook]],
    *,
    since: int,
    through: int,
    begins: str,
) -> None:
    """Append what was seen of a beneficiary between two rows of the chain.

    `book` has read its rows before; None: nothing before is needed to read these.
    """
    is_whole, faces = book is None, {} if book is None else book.faces
    parts = list(_parts([_kept_name(name, looks[name], faces.get(name)) for name in sorted(looks)]))
    outputs = _outputs_of(looks)
    for number, part in enumerate(parts, start=1):
        same = number > 1 or (book is not None and encode.canonical(book.declared) == encode.canonical(declared))
        content = {
            "program": VERSION,
            "since": since,
            "through": through,
            "begins": begins,
            "part": number,
            "parts": len(parts),
            "whole": is_whole,
            "looks": [parse(one) for one in part],
            "outputs": outputs,
            **({} if same else {"declared": declared}),
        }
        writer.append(KIND, content, beneficiary)


def _outputs_of(looks: Mapping[Name, Sequence[FacedLook]]) -> str:
    return sha256("".join(f"{digest}\n" for name in sorted(looks) for one in looks[name] for digest in one.outputs))


def _parts(looks: Iterable[str]) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for one in looks:
        if part and size + len(one) > _LARGEST:
            yield part
            part, size = [], 0
        part.append(one)
        size += len(one)
    yield part


def _kept_name(name: Name, looks: Sequence[FacedLook], before: LookFace | None) -> str:
    kept = []
    for run in runs_of(looks):
        kept.append(_kept_run(run, before))
        before = run.face
    return encode.canonical({"collector": name[0], "subject": name[1], "runs": kept})


def _kept_run(run: LookRun, before: LookFace | None) -> dict[str, object]:
    found: dict[str, object] = {
        "first": _to_the_second(run.first),
        "last": _to_the_second(run.last),
        "looks": run.looks,
        "apart": -(-run.apart // _SECOND),
    }
    if run.unshown:
        found["unshown"] = run.unshown
    if before is None or before.look != run.face.look:
        found["look"] = parse(run.face.look)
    if before is None or before.facts != run.face.facts:
        found |= _kept_facts(run.face.facts, before)
    return found


def _to_the_second(moment: datetime) -> str:
    return f"{encode.instant(moment)[:_SECONDS]}Z"


def _kept_facts(facts: Sequence[str], before: LookFace | None) -> dict[str, object]:
    change = None if before is None else compare(before.facts, facts, moving=False)
    if change is None or len(change.added) + len(change.removed) > len(facts):
        return {"facts": [parse(line) for line in facts]}
    return {"removed": list(change.removed), "added": [[place, parse(line)] for place, line in change.added]}


class NewestSeen(NamedTuple):
    """The instant of the newest row, and up to which row of the chain it tells."""

    instant: str
    through: int


def newest(connection: Connection, beneficiary: str | None = None) -> NewestSeen | None:
    """Return the newest row, of anyone or of one beneficiary; None: there is none."""
    own = [CHAIN.c.kind == KIND, *(() if beneficiary is None else (CHAIN.c.beneficiary == beneficiary,))]
    query = select(CHAIN.c.instant, PAYLOAD.c.text).join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
    found = connection.execute(query.where(*own).order_by(CHAIN.c.sequence.desc()).limit(1)).first()
    if found is None:
        return None
    value = parse(found.text)
    return NewestSeen(found.instant, whole(value["through"])) if isinstance(value, dict) else refuse("payload", value)


def book_of(connection: Connection, beneficiary: str) -> SeenBook:
    """Return a beneficiary's rows, read from the newest one on that needs none before it."""
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.kind == KIND, CHAIN.c.beneficiary == beneficiary)
        .order_by(CHAIN.c.sequence.desc())
    )
    rows: list[AppendedRow] = []
    for found in connection.execute(query):
        rows.append(appended(found))
        value = parse(found.text)
        if isinstance(value, dict) and value.get("whole") is True and value.get("part") == 1:
            break
    book = SeenBook()
    for one in reversed(rows):
        book.take(row_in(one.fields()))
    return book
