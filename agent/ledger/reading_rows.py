"""Append readings: whole now and then, else what changed since the observation before; many of a batch in one row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.core.errors import LedgerError
from agent.core.model import Failure, Reading
from agent.ledger import batch, encode
from agent.ledger.append import Writer
from agent.ledger.batch import BatchedLook, packed
from agent.ledger.batching import Batching
from agent.ledger.compared import Before, Draft
from agent.ledger.kept_types import FACT, LOOK
from agent.ledger.places import LookPlace
from agent.ledger.reading_payload import KIND, Name, digest, encoded

# Fewer looks than this have each a row of their own.
TOGETHER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendedReading:
    """Where a reading is kept, and how much it adds to what is known; 0 for what is kept whole, as the first is."""

    place: LookPlace
    added: int


def keep(writer: Writer, taken: Sequence[Reading], beneficiary: str) -> Iterator[AppendedReading | LedgerError]:
    """Append readings in their order; yield what became of each once it is appended, before the next one is.

    Those that say what an earlier one said, or nearly so, come together in one row before the others. What cannot be
    kept appends nothing, and costs none of the others.
    """
    drafts = [_draft(reading) for reading in taken]
    before = Before(writer)
    for group in _each_name_once(drafts):
        writer.flush()
        own = [one for one in group if isinstance(one, Draft)]
        before.read(own)
        together = _append_batch(writer, own, before, beneficiary)
        for draft in group:
            if isinstance(draft, LedgerError):
                yield draft
            else:
                yield together.get(draft.name) or _append(writer, draft, before, beneficiary)


def _draft(reading: Reading) -> Draft | LedgerError:
    try:
        "".join((reading.collector, reading.subject)).encode()
        look = LOOK.encode(reading)
        encode.canonical(look)
        if isinstance(reading, Failure):
            return Draft(reading=reading, look=look)
        lines = tuple(encode.canonical(FACT.encode(fact)) for fact in reading.facts)
        return Draft(reading=reading, look=look, lines=lines, facts_sha256=digest(lines))
    except UnicodeEncodeError as error:
        return LedgerError(f"a name that is no text cannot be kept: {error.object!a:.80}")
    except LedgerError as error:
        return error


def _each_name_once(drafts: Sequence[Draft | LedgerError]) -> Iterator[Sequence[Draft | LedgerError]]:
    """Yield the drafts in groups of which none has two of one name: the later is kept as what changed since."""
    group: list[Draft | LedgerError] = []
    names: set[Name] = set()
    for draft in drafts:
        if isinstance(draft, Draft) and draft.name in names:
            yield group
            group, names = [], set()
        group.append(draft)
        if isinstance(draft, Draft):
            names.add(draft.name)
    yield group


def _append_batch(
    writer: Writer, drafts: Sequence[Draft], before: Before, beneficiary: str
) -> Mapping[Name, AppendedReading]:
    """Append one row for those of some readings that are told from earlier ones; return what became of these."""
    if len(drafts) < TOGETHER:
        return {}
    batching = Batching(writer, before, [one.name for one in drafts])
    found: dict[Name, BatchedLook] = {one.name: look for one in drafts if (look := batching.look(one)) is not None}
    if len(found) < TOGETHER:
        return {}
    written = writer.written
    sequence = writer.append(batch.KIND, packed(writer.next, list(found.values())), beneficiary)
    # By what each takes of the row: a host that changes much fills its own share of the ledger alone.
    added, whole = writer.written - written, sum(look.extent for look in found.values())
    return {
        name: AppendedReading(place=LookPlace(sequence, position), added=added * look.extent // whole)
        for position, (name, look) in enumerate(found.items(), 1)
    }


def _append(writer: Writer, draft: Draft, before: Before, beneficiary: str) -> AppendedReading | LedgerError:
    is_first = draft.facts_sha256 is not None and before.compared_with(draft.name) is None
    try:
        content = {"look": draft.look, **_facts(draft, before)}
        written = writer.written
        sequence = writer.append(KIND, content, beneficiary)
    except LedgerError as error:
        return error
    return AppendedReading(place=LookPlace(sequence), added=0 if is_first else writer.written - written)


def _facts(draft: Draft, before: Before) -> dict[str, object]:
    if isinstance(draft.reading, Failure):
        return {}
    last, facts = before.compared_with(draft.name), draft.reading.facts
    whole: dict[str, object] = {"facts_sha256": draft.facts_sha256, "whole": [FACT.encode(fact) for fact in facts]}
    if last is None:
        return whole
    since: dict[str, object] = {"facts_sha256": draft.facts_sha256, "since": last.sequence, "base": last.base}
    if last.facts_sha256 == draft.facts_sha256:
        return since
    change = before.change(last, draft)
    if len(change.added) > len(draft.lines) // 2:
        return whole
    return {**since, "difference": encoded(change)}
