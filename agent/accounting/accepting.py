"""Who may accept a risk and what is mutualised, as a load of the configuration said.

An acceptance is judged by the load in force when it was entered: nothing typed into the configuration later makes an
older one valid, and nothing taken out of it puts one out of force (convention, «Declared, and when»).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from agent.accounting.agreements import MUTUALISED, perimeter_of
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import expected
from agent.core.inventory import Inventory
from agent.core.model import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceTerms:
    """The signatories of each declared beneficiary (none: anyone but the author), and the keys that are mutualised."""

    signatories: Mapping[str, tuple[str, ...]]
    mutualised: frozenset[Key] = frozenset()


class LoadedTerms(Protocol):
    """One load of the configuration, as far as acceptances need it; `accepting` None: it was kept without them."""

    @property
    def sequence(self) -> int:
        """Return its first row in the ledger."""
        ...

    @property
    def accepting(self) -> AcceptanceTerms | None:
        """Return what it said."""
        ...


def terms_declared(inventory: Inventory, convention_starts: date | None) -> AcceptanceTerms:
    """Return what a configuration says of acceptances."""
    return AcceptanceTerms(
        signatories={one.id: one.signatories for one in inventory.beneficiaries},
        mutualised=frozenset(
            one.key
            for one in expected(inventory, convention_starts)
            if not isinstance(one.item, RegisterEntry) and perimeter_of(one.item, inventory) == MUTUALISED
        ),
    )


def terms_in_force(sequence: int, loads: Sequence[LoadedTerms], configured: AcceptanceTerms) -> AcceptanceTerms:
    """Return the terms for what was entered at a row; `loads` are in the order of the ledger.

    They are those of the last load before the row: the ledger's order, which no clock moves. Where that one was kept
    without them, or none was, they are those of the next load that has them, else `configured`, today's.
    """
    before = [load for load in loads if load.sequence < sequence]
    if before and before[-1].accepting is not None:
        return before[-1].accepting
    later = (load.accepting for load in loads[len(before) :] if load.accepting is not None)
    return next(later, configured)
