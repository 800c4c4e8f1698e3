"""What a reading's payload holds. Pure.

A failure's payload is `look`. An observation's is `look`, `facts_sha256` (of its facts, one canonical JSON a line) and
either `whole`, the facts, or `since`, the reading before it, `base`, the last one kept whole, and `difference` (left
out where nothing changed): `redated`, `removed`, `added` as in agent.ledger.difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.errors import LedgerDamaged
from agent.ledger import encode
from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import sha256
from agent.ledger.difference import Difference, apply
from agent.ledger.fields import Fields, each, optional, parse, refuse, text, whole

KIND = "reading"
# A collector and a subject: whose looks they are.
Name = tuple[str, str]
_NOTHING_CHANGED = Difference()


def digest(lines: Sequence[str]) -> str:
    """Return the SHA-256 of facts, one a line."""
    return sha256("".join(f"{line}\n" for line in lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPayload:
    """A reading's payload, taken apart; `facts_sha256` None: a failure. `whole` None: a difference."""

    look: object
    facts_sha256: str | None = None
    whole: tuple[str, ...] | None = None
    base: int | None = None
    since: int | None = None
    difference: Difference = _NOTHING_CHANGED


def payload_of(one: AppendedRow) -> ReadingPayload:
    """Return a reading's payload. Raises LedgerDamaged."""
    fields = one.fields()
    look = fields.take("look", lambda value: value)
    if not isinstance(look, dict) or look.get("outcome") != "observation":
        result = ReadingPayload(look=look)
    elif fields.has("whole"):
        digested = fields.take("facts_sha256", text)
        result = ReadingPayload(look=look, facts_sha256=digested, whole=fields.take("whole", each(encode.canonical)))
    else:
        result = ReadingPayload(
            look=look,
            facts_sha256=fields.take("facts_sha256", text),
            base=fields.take("base", whole),
            since=fields.take("since", whole),
            difference=fields.take("difference", difference_of) if fields.has("difference") else _NOTHING_CHANGED,
        )
    fields.end()
    return result


def encoded(change: Difference) -> dict[str, object]:
    """Return a difference as a payload holds it."""
    return {
        "redated": change.redated,
        "removed": change.removed,
        "added": [[place, parse(line)] for place, line in change.added],
    }


def difference_of(value: object) -> Difference:
    """Return a difference from what a payload holds. Raises LedgerDamaged."""
    fields = Fields(value, "difference")
    dates = fields.take("redated", optional(each(text)))
    result = Difference(
        redated=None if dates is None else (dates[0], dates[1]) if len(dates) == 2 else refuse("pair", dates),
        removed=fields.take("removed", each(whole)),
        added=fields.take("added", each(added_fact)),
    )
    fields.end()
    return result


def added_fact(value: object) -> tuple[int, str]:
    """Return a fact that came, and its place, as a difference holds them."""
    if not isinstance(value, list) or len(value) != 2:
        refuse("added fact", value)
    return whole(value[0]), encode.canonical(value[1])


def stepped(lines: Sequence[str], change: Difference) -> list[str]:
    """Return the lines after a change. Raises LedgerDamaged for a change of other lines."""
    try:
        return apply(lines, change)
    except IndexError as error:
        raise LedgerDamaged("a stored difference does not fit its base") from error
