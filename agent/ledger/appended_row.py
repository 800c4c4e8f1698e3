"""A row with its payload, as every row kind's module receives it."""

from dataclasses import dataclass

from agent.ledger.chain import ChainRow
from agent.ledger.fields import Fields, parse, text


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendedRow:
    """One row of the chain and its payload's text."""

    row: ChainRow
    text: str

    def fields(self) -> Fields:
        """Return the payload, its salt taken out. Raises LedgerDamaged where it is none."""
        fields = Fields(parse(self.text), f"{self.row.kind} payload")
        fields.take("salt", text)
        return fields
