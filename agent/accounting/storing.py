"""How long each backup is kept and where its copies lie, as a load of the configuration said."""

from dataclasses import dataclass
from datetime import timedelta

from agent.core.inventory import Copy, Inventory
from agent.core.places import kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTerms:
    """Where a copy lies, how it is reached and what its transfer rests on; empty: not declared."""

    subject: str
    site: str = ""
    country: str = ""
    transfer_basis: str = ""
    reached_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoringTerms:
    """One backup's retention (None: not fixed) and copies."""

    backup: str
    beneficiary: str
    retention: timedelta | None = None
    copies: tuple[CopyTerms, ...] = ()

    def copy(self, subject: str) -> CopyTerms | None:
        """Return what is said of one copy, or None."""
        return next((one for one in self.copies if one.subject == subject), None)


def copy_terms(copy: Copy) -> CopyTerms:
    """Return what a configuration says of one copy."""
    return CopyTerms(
        subject=copy.subject,
        site=copy.site or "",
        country=copy.country or "",
        transfer_basis=copy.transfer_basis or "",
        reached_by=_reached_by(copy),
    )


def _reached_by(copy: Copy) -> str:
    # A cluster's repository is its program's own affair, and a folder of files has a host, and no address.
    if copy.cluster:
        return "program"
    return "store" if copy.program.whole_files else kind_of(copy)


def storing_declared(inventory: Inventory) -> tuple[StoringTerms, ...]:
    """Return what a configuration says of each backup, in the order of their beneficiaries and names."""
    found = [
        StoringTerms(
            backup=one.id,
            beneficiary=one.beneficiary,
            retention=one.retention,
            copies=tuple(copy_terms(copy) for copy in one.copies),
        )
        for one in inventory.backups
    ]
    return tuple(sorted(found, key=lambda one: (one.beneficiary, one.backup)))
