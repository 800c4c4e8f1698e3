"""The row that tells a beneficiary which of its own payloads were erased by which rule. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from agent.ledger import entry_rows, kept_runs
from agent.ledger.fields import Fields, duration, each, text

# Tells a beneficiary which of its own payloads went: an erasure names rows of everyone, and is no one's.
NOTICE = "erased"
READINGS_RULE = "keep_readings"
ENTRIES_RULE = "keep_personal"
# The kinds of rows of a beneficiary's own that a rule erases; of no other does a verifier take a payload to be erased.
OWN_RULES: Mapping[str, str] = MappingProxyType({kept_runs.KIND: READINGS_RULE, entry_rows.KIND: ENTRIES_RULE})


def payloads_in(fields: Fields) -> tuple[str, ...]:
    """Return the digests of the payloads that a notice says were erased. Raises LedgerDamaged."""
    fields.take("rule", text)
    fields.take("keep", duration)
    found = fields.take("payloads", each(text))
    fields.end()
    return found
