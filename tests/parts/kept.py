"""Keep one thing in a ledger, where the program keeps several together."""

from collections.abc import Mapping

from agent.core.errors import LedgerError
from agent.core.model import Reading
from agent.ledger.ledger import Ledger


def keep_reading(ledger: Ledger, reading: Reading, *, beneficiary: str = "") -> str:
    """Append one reading and what it changed in its subject's manifest; return the id by which a verdict names it.

    Raises LedgerError where it cannot be kept.
    """
    (kept,) = ledger.keep_readings([reading], beneficiary=beneficiary)
    if isinstance(kept, LedgerError):
        raise kept
    return kept


def append_entry(
    ledger: Ledger, register: str, values: Mapping[str, str], *, beneficiary: str = "", id: str | None = None
) -> str:
    """Append an entry as it is, or a revision of the one named; return its id, such as `incident-3`.

    Raises UsageError for a revision of an entry that there is none of.
    """
    (made,) = ledger.enter(register, lambda before: [(values, beneficiary)], id=id)
    return made
