"""What was declared of one beneficiary, beside what was seen: without how machines are reached, and without persons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agent.core.inventory import (
    Antivirus,
    Backup,
    Beneficiary,
    Columns,
    Copy,
    DeclaredHost,
    Door,
    Export,
    FileSet,
    Inventory,
    LogSource,
    Marker,
    ProgramLooks,
    Sample,
    Store,
    Updates,
)
from agent.core.judging.looked_at import LookTarget
from agent.core.places import about, kind_of
from agent.ledger.codec import Codec, Record, codec, give
from agent.ledger.reading_payload import Name

give(Path, Codec(str, lambda value: Path(str(value))))


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTarget:
    """What the looks of a name are taken at (agent.core.judging.looked_at)."""

    collector: str
    subject: str
    digest: str
    repository: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenItems:
    """What is declared of a beneficiary; `places` are what names the place of each copy, which has no address here."""

    beneficiaries: tuple[Beneficiary, ...] = ()
    hosts: tuple[DeclaredHost, ...] = ()
    backups: tuple[Backup, ...] = ()
    log_sources: tuple[LogSource, ...] = ()
    targets: tuple[ItemTarget, ...] = ()
    places: tuple[tuple[str, str], ...] = ()

    @property
    def inventory(self) -> Inventory:
        """Return it as rules ask for it, without backups whose host an earlier release left out."""
        told = {one.id for one in self.hosts}
        return Inventory(
            beneficiaries=self.beneficiaries,
            hosts=self.hosts,
            backups=tuple(one for one in self.backups if one.host in told),
            log_sources=self.log_sources,
        )


def _given(kinds: Iterable[type]) -> None:
    """Let what an earlier release kept lack the fields that came since."""
    for kind in kinds:
        record: Record[Any] = Record(kind, older=True)
        give(kind, Codec(record.encode, record.decode))


# Those that hold others come after them.
_given((Columns, Export, Updates, Antivirus, Door, DeclaredHost, Store, FileSet, Sample, ProgramLooks, Copy, Backup))
_given((Marker, LogSource, Beneficiary, ItemTarget, SeenItems))
SEEN_ITEMS: Codec[SeenItems] = codec(SeenItems)


def items_of(inventory: Inventory, targets: Mapping[Name, LookTarget | None], beneficiary: str) -> SeenItems:
    """Return what an inventory declares of a beneficiary, as its bundle shows it.

    A host of others on which one of its backups lies only answers for that.
    """
    backups = tuple(one for one in inventory.backups if one.beneficiary == beneficiary)
    sources = tuple(one for one in inventory.log_sources if beneficiary in one.beneficiaries)
    hosts = tuple(one for one in inventory.hosts if beneficiary in one.beneficiaries)
    needed = {one.host for one in backups}
    others = tuple(one for one in inventory.hosts if one.id in needed and one not in hosts)
    subjects = {
        *(copy.subject for one in backups for copy in one.copies),
        *(one.log for one in sources),
        *(one.id for one in hosts),
    }
    return SeenItems(
        beneficiaries=tuple(
            Beneficiary(id=one.id, name=one.name) for one in inventory.beneficiaries if one.id == beneficiary
        ),
        hosts=(*(_host(one, beneficiary) for one in hosts), *map(_place, others)),
        backups=tuple(_backup(one) for one in backups),
        log_sources=tuple(replace(one, path="", beneficiaries=(beneficiary,)) for one in sources),
        targets=tuple(
            ItemTarget(collector=name[0], subject=name[1], digest=one.digest, repository=one.repository)
            for name, one in sorted(targets.items())
            if one is not None and name[1] in subjects
        ),
        places=tuple((copy.subject, about(copy)) for one in backups for copy in one.copies),
    )


def _place(one: DeclaredHost) -> DeclaredHost:
    """Return where a host stands: nothing of it is the beneficiary's, and nothing of it is looked at."""
    return DeclaredHost(
        id=one.id,
        transport=one.transport,
        site=one.site,
        provider=one.provider,
        collect=(),
        starts=one.starts,
        ends=one.ends,
    )


def _host(one: DeclaredHost, beneficiary: str) -> DeclaredHost:
    return DeclaredHost(
        id=one.id,
        transport=one.transport,
        site=one.site,
        provider=one.provider,
        beneficiaries=(beneficiary,),
        perimeter=one.perimeter,
        collect=one.collect,
        antivirus=replace(one.antivirus, socket=None, database=None, export=_export(one.antivirus.export)),
        updates=replace(one.updates, export=_export(one.updates.export)),
        starts=one.starts,
        ends=one.ends,
    )


def _export(one: Export | None) -> Export | None:
    return None if one is None else replace(one, path="")


def _backup(one: Backup) -> Backup:
    return replace(one, sample=None, dumps=(), kit=(), tries=(), copies=tuple(map(_copy, one.copies)))


def _copy(one: Copy) -> Copy:
    own = (f"{one.backup}/",)
    return replace(
        one,
        repository="" if kind_of(one) == "local" else f"{kind_of(one)}:",
        password_file=None,
        environment_file=None,
        repository_id=None,
        store=None if one.store is None else replace(one.store, path=""),
        sample=None,
        siblings=tuple(sibling for sibling in one.siblings if sibling.startswith(own)),
    )
