"""The ledger of one state directory: the interface that the rest of the program reads and writes.

Every call is one transaction; one that appends takes the write lock at once. Usable from several threads, beside other
processes. Any call may raise LedgerDamaged, LedgerError, and one that appends LedgerFull: nothing can be kept at the
moment, and the same object works again once there is room.
"""

from agent.ledger.day_ledger import DayLedger
from agent.ledger.editions import Edition
from agent.ledger.entry_rows import EntryRow
from agent.ledger.heads import Head
from agent.ledger.load_rows import Load
from agent.ledger.look_ledger import LookLedger
from agent.ledger.proof_ledger import ProofLedger
from agent.ledger.readings import LastRun, StoredReading
from agent.ledger.signed_log import StoredCheckpoint
from agent.ledger.verdict_ledger import VerdictLedger
from agent.ledger.verdict_rows import VerdictRecord
from agent.ledger.verify import ChainOutcome, ChainVerification

__all__ = [
    "ChainOutcome",
    "ChainVerification",
    "Edition",
    "EntryRow",
    "Head",
    "LastRun",
    "Ledger",
    "Load",
    "StoredCheckpoint",
    "StoredReading",
    "VerdictRecord",
]


class Ledger(LookLedger, VerdictLedger, DayLedger, ProofLedger):
    """Append to one ledger and read from it; open it with `Ledger.open`."""
