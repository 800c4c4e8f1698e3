"""The codec of each type that the ledger keeps. Most follow from the fields; the rest is here."""

import sys
from dataclasses import replace
from typing import Any

from agent.accounting.days import DayRow
from agent.accounting.storing import CopyTerms, StoringTerms
from agent.accounting.timeline import Start, TimelineUpdate
from agent.core.facts import (  # noqa: F401  # rows hold values by their words
    archive_parts,
    holdings,
    immutability,
    late_files,
    wal_archive,
)
from agent.core.model import (
    Detail,
    Evidence,
    Fact,
    Failure,
    Finding,
    Gap,
    Key,
    Observation,
    Reading,
    State,
    Target,
    Verdict,
)
from agent.core.reason import Reason
from agent.ledger.codec import Codec, Record, codec, give
from agent.ledger.fields import Fields, each, refuse, text
from agent.ledger.older_details import typed
from agent.ledger.older_facts import of_today


def _key(value: object) -> Key:
    # Their texts stand in thousands of keys each, of which several are kept of every verdict.
    parts = [sys.intern(part) for part in each(text)(value)]
    return Key(*parts) if len(parts) == len(Key._fields) else refuse("key", value)


STATE: Codec[State] = codec(State)
REASON: Codec[Reason] = codec(Reason)
KEY = give(Key, Codec(list, _key))
START = give(Start, Record(Start).listed())
_FACT = Record(Fact)
FACT = give(Fact, Codec(_FACT.encode, lambda value: of_today(_FACT.decode(value))))
FACTS: Codec[tuple[Fact, ...]] = codec(tuple[Fact, ...])
GAP: Codec[Gap] = codec(Gap)
EVIDENCE: Codec[Evidence] = codec(Evidence)
_DETAIL: Codec[Detail] = codec(Detail)
DETAIL = give(Detail, Codec(_DETAIL.encode, lambda value: typed(_DETAIL.decode(value))))
FINDING: Codec[Finding] = codec(Finding)
STRETCH: Codec[TimelineUpdate] = codec(TimelineUpdate)
DAY_ROW: Codec[DayRow] = codec(DayRow)
TARGET: Codec[Target] = codec(Target)
_COPY_TERMS = Record(CopyTerms, older=True)
COPY_TERMS = give(CopyTerms, Codec(_COPY_TERMS.encode, _COPY_TERMS.decode))
STORING: Codec[StoringTerms] = codec(StoringTerms)

_KEY_FIELDS = ("target", "subject", "beneficiary")
_JUDGED = Record(Verdict, but=_KEY_FIELDS)


def _judged(value: Verdict) -> dict[str, Any]:
    return {"key": KEY.encode(value.key), **_JUDGED.encode(value)}


def _read_verdict(value: object) -> Verdict:
    fields = Fields(value, "verdict")
    key = fields.take("key", KEY.decode)
    taken = _JUDGED.take(fields)
    fields.end()
    return Verdict(target=key.target, subject=key.subject, beneficiary=key.beneficiary, **taken)


VERDICT = give(Verdict, Codec(_judged, _read_verdict))

# What a look changed in a store's manifest has rows of its own, and so have its facts.
_OBSERVED, _FAILED = Record(Observation, but=("facts", "manifest")), Record(Failure)


def _look(value: Reading) -> dict[str, Any]:
    if isinstance(value, Failure):
        return {"outcome": "failure", **_FAILED.encode(value)}
    return {"outcome": "observation", **_OBSERVED.encode(value)}


def _read_look(value: object) -> Reading:
    fields = Fields(value, "reading")
    outcome = fields.take("outcome", text)
    read: Reading
    if outcome == "observation":
        read = Observation(**_OBSERVED.take(fields))
    elif outcome == "failure":
        read = Failure(**_FAILED.take(fields))
    else:
        refuse("reading's outcome", outcome)
    fields.end()
    return read


# A reading without its facts.
LOOK: Codec[Reading] = Codec(_look, _read_look)


def with_facts(look: Reading, facts: tuple[Fact, ...]) -> Reading:
    """Return a look with the facts that it showed; a failure has none."""
    return replace(look, facts=facts) if isinstance(look, Observation) else look
