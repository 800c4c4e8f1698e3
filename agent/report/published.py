"""What was published of a quarter, as its newest edition has it: a published quarter is frozen."""

from collections.abc import Mapping
from pathlib import Path

from agent.ledger import editions
from agent.ledger.ledger import Ledger
from agent.report import summary
from agent.report.material import PublishedEdition


def newest_editions(ledger: Ledger, beneficiary: str, directory: Path) -> Mapping[str, PublishedEdition]:
    """Return a beneficiary's newest editions by quarter; `directory` is the state directory.

    Raises LedgerDamaged where a published file is lost or was changed.
    """
    newest = {one.quarter: one for one in ledger.ask(lambda kept: editions.read(kept, beneficiary))}
    return {
        quarter: PublishedEdition(
            edition=one.number,
            counts=summary.read(editions.kept_file(directory, one, summary.SUMMARY).read_text(encoding="utf-8")),
        )
        for quarter, one in newest.items()
    }
