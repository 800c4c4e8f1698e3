"""A register kept in memory, and the small world that its entries are checked against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from agent.accounting.accepting import AcceptanceTerms, terms_declared
from agent.config.settings import Configuration, Convention
from agent.core.inventory import Backup, Beneficiary, Copy, DeclaredHost, Inventory, Perimeter
from agent.register.book import Making
from collectors.restic import LOOKS as RESTIC

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One revision, as the ledger gives it."""

    id: str
    register: str
    revision: int
    received_at: datetime
    values: Mapping[str, str]
    not_before: datetime | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRow:
    """One load of the configuration, as the ledger gives it."""

    sequence: int
    accepting: AcceptanceTerms | None


@dataclass(slots=True)
class MemoryBook:
    """Keep entries in memory, with the ledger's own numbering."""

    rows: list[Row] = field(default_factory=list)
    loads: list[LoadRow] = field(default_factory=list)

    def enter(self, register: str, make: Making, *, id: str | None = None) -> tuple[str, ...]:
        """Append entries, or a revision."""
        ids = []
        for values, _beneficiary in make(tuple(self.rows)):
            own = [row for row in self.rows if row.register == register]
            name = id or f"{register}-{len({row.id for row in own}) + 1}"
            revision = 1 + sum(row.id == name for row in own)
            row = Row(
                id=name,
                register=register,
                revision=revision,
                received_at=NOW,
                values=dict(values),
                sequence=self._next(),
            )
            self.rows.append(row)
            ids.append(name)
        return tuple(ids)

    def entries(self, register: str | None) -> tuple[Row, ...]:
        """Return the revisions of one register, or of all."""
        return tuple(row for row in self.rows if register in (None, row.register))

    def load(self, inventory: Inventory) -> None:
        """Keep a load of a configuration with an inventory."""
        terms = terms_declared(inventory, date(2026, 1, 1))
        self.loads.append(LoadRow(sequence=self._next(), accepting=terms))

    def load_of_an_older_version(self) -> None:
        """Keep a load without who may accept a risk."""
        self.loads.append(LoadRow(sequence=self._next(), accepting=None))

    def written_loads(self) -> tuple[LoadRow, ...]:
        """Return every load, in order."""
        return tuple(self.loads)

    def _next(self) -> int:
        return len(self.rows) + len(self.loads) + 1


def backup(id: str, host: str, beneficiary: str = "scota") -> Backup:
    """Return a backup with one off-site copy."""
    copy = Copy(
        program=RESTIC, id="offsite", backup=id, repository="/srv/restic", password_file=Path("/p"), offsite=True
    )
    return Backup(
        program=RESTIC, id=id, beneficiary=beneficiary, host=host, paths=("/srv",), snapshot_host=host, copies=(copy,)
    )


SCOTA = Beneficiary(id="scota", name="SCOTA", signatories=("Présidente du SCOTA",))
OTHER = Beneficiary(id="other", name="Autre")
HOSTS = (
    DeclaredHost(id="srv-1", beneficiaries=("scota",), perimeter="own"),
    DeclaredHost(id="srv-2", beneficiaries=("scota",), perimeter="mutualised"),
)
ALONE = Inventory(
    beneficiaries=(SCOTA,),
    hosts=HOSTS,
    backups=(backup("files", "srv-1"), backup("mail", "srv-2")),
    perimeters=(Perimeter(id="internet", exposed=True, beneficiary="scota"),),
)
SHARED = Inventory(
    beneficiaries=(SCOTA, OTHER),
    hosts=(DeclaredHost(id="srv-1", beneficiaries=("scota", "other")),),
    backups=(backup("files", "srv-1", "other"),),
)


def configuration(inventory: Inventory = ALONE) -> Configuration:
    """Return a configuration with an inventory."""
    return Configuration(
        path=Path("beffroi.toml"),
        digest="0" * 64,
        convention=Convention(starts=date(2026, 1, 1)),
        inventory=inventory,
    )
