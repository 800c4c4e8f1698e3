"""Turn a file that holds no mistake into the values that the program uses: defaults filled in, references settled."""

import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from agent.config import inventory_schema as declared
from agent.config import schema, settings
from agent.config.carried import made
from agent.config.fleet_schema import FleetAgentTable, FleetTable
from agent.config.programs import programs
from agent.config.promises import PROMISED_RATE
from agent.config.schedule_keys import schedule_keys
from agent.config.secrets import find_secret
from agent.config.siblings import with_siblings
from agent.config.values import read_limit
from agent.core.convention import CLAUSES, OF_POINTS, RECOVERY_POINT, Clause
from agent.core.inventory import (
    MTIME,
    SETTLE,
    Antivirus,
    Backup,
    Beneficiary,
    Columns,
    Copy,
    DeclaredHost,
    Door,
    Export,
    FileSet,
    Flow,
    FlowRoute,
    Holder,
    Inventory,
    LogSource,
    Marker,
    Perimeter,
    Sample,
    Store,
    Unbacked,
    Updates,
    WebFilter,
)
from agent.core.model import Target

_JOURNAL = "/var/log/journal"


def build(
    file: schema.ConfigurationFile, path: Path, digest: str, left_out: tuple[str, ...] = ()
) -> settings.Configuration:
    """Return what a sound file means; `left_out` are the hosts of an inventory that are not watched."""
    return settings.Configuration(
        path=path,
        digest=digest,
        agent=_agent(file.agent),
        schedule=settings.Schedule(
            rhythms={key: getattr(file.schedule, key) for key in schedule_keys()},
            verify_budget=file.schedule.verify_budget,
        ),
        convention=made(settings.Convention, file.convention),
        inventory=_inventory(file, path, left_out),
        alert=_alert(file.alert, path),
        report=made(
            settings.ReportSettings,
            file.report,
            certificate_file=None if file.report.certificate_file is None else Path(file.report.certificate_file),
            key_file=_secret(file.report.key_file, path),
        ),
        evidence=_evidence(file.evidence, path),
        fleet=_fleet(file.fleet, path),
        targets=MappingProxyType({id: _target(clause, file.targets) for id, clause in CLAUSES.items()}),
    )


def _agent(table: schema.AgentTable) -> settings.Agent:
    return made(
        settings.Agent,
        table,
        state_directory=Path(table.state_directory),
        web_config=None if table.web_config is None else Path(table.web_config),
        readers=tuple(dict.fromkeys(table.readers)),
    )


def _alert(table: schema.AlertTable, path: Path) -> settings.AlertSettings:
    return made(
        settings.AlertSettings,
        table,
        mail=None if table.mail is None else made(settings.Mail, table.mail),
        mail_password_file=_secret(table.mail_password_file, path),
        webhook_file=_secret(table.webhook_file, path),
        heartbeat_file=_secret(table.heartbeat_file, path),
    )


def _evidence(table: schema.EvidenceTable, path: Path) -> settings.EvidenceSettings:
    witnesses = (made(settings.WitnessSettings, one, key_file=find_secret(one.key_file, path)) for one in table.witness)
    stamp = table.timestamp
    return settings.EvidenceSettings(
        timestamp=None
        if stamp is None
        else made(settings.TimestampSettings, stamp, ca_file=find_secret(stamp.ca_file, path)),
        witnesses=tuple(witnesses),
    )


def _fleet(table: FleetTable, path: Path) -> settings.FleetSettings | None:
    if table.database is None:
        return None
    return made(
        settings.FleetSettings,
        table,
        agent="" if table.role == "centre" else table.agent[0].id,
        agents=tuple(_fleet_agent(one) for one in table.agent) if table.role == "centre" else (),
        password_file=_secret(table.password_file, path),
        certificate_file=None if table.certificate_file is None else Path(table.certificate_file),
        key_file=_secret(table.key_file, path),
        root_certificate=None if table.root_certificate is None else Path(table.root_certificate),
    )


def _fleet_agent(table: FleetAgentTable) -> settings.FleetAgent:
    return made(settings.FleetAgent, table, evidence_age=_or(table.evidence_age, settings.AGENT_SILENCE))


def _secret(name: str | None, beside: Path) -> Path | None:
    return None if name is None else find_secret(name, beside)


def _target(clause: Clause, tables: Mapping[str, schema.TargetTable]) -> Target:
    given = tables.get(clause.id) or schema.TargetTable()
    return Target(
        id=clause.id,
        unit=clause.unit,
        limit=clause.limit if given.limit is None else read_limit(given.limit, clause.unit),
        evidence_age=_or(given.evidence_age, clause.evidence_age),
        attainment=PROMISED_RATE if given.attainment is None else given.attainment,
        severity=given.severity,
        alert_after=given.alert_after,
        run_allowance=_run_allowance(clause, tables),
    )


def _run_allowance(clause: Clause, tables: Mapping[str, schema.TargetTable]) -> timedelta:
    """Return the time in which the next recovery point is made, that of `backup-rpo` for every target of points."""
    if clause.id not in OF_POINTS:
        return clause.run_allowance
    given = tables.get(RECOVERY_POINT)
    return _or(None if given is None else given.run_allowance, CLAUSES[RECOVERY_POINT].run_allowance)


def _or(given: timedelta | None, default: timedelta) -> timedelta:
    return default if given is None else given


def _inventory(file: schema.ConfigurationFile, path: Path, left_out: tuple[str, ...]) -> Inventory:
    everyone = tuple(beneficiary.id for beneficiary in file.beneficiary)
    exports = {table.id: _export(table, file.agent.timezone) for table in file.export}
    hosts = {
        table.id: replace(
            _host(table, everyone, exports),
            doors=tuple(_doors(file.door, table.id, exports)),
            sources=tuple(dict.fromkeys(path for one in file.backup if one.host == table.id for path in one.paths)),
        )
        for table in file.host
    }
    return Inventory(
        beneficiaries=tuple(made(Beneficiary, table, name=table.name or table.id) for table in file.beneficiary),
        hosts=tuple(hosts.values()),
        backups=with_siblings(_backup(table, hosts, everyone, path, file.agent) for table in file.backup),
        log_sources=tuple(source for table in file.log for source in _sources(table, hosts, file.agent.timezone)),
        perimeters=tuple(
            made(Perimeter, table, beneficiary=table.beneficiary or everyone[0]) for table in file.perimeter
        ),
        flows=tuple(_flow(table, hosts, file.flow) for table in file.flow),
        web_filters=tuple(_web_filter(table, hosts) for table in file.web_filter),
        holders=tuple(made(Holder, table) for table in file.holder),
        left_out=left_out,
    )


def _export(table: declared.ExportTable, timezone: str) -> Export:
    return made(
        Export,
        table,
        host=table.host or "",
        date=table.date or "",
        timezone=timezone,
        columns=made(Columns, table, oldest=table.oldest or ""),
    )


def _doors(tables: Iterable[declared.DoorTable], host: str, exports: Mapping[str, Export]) -> Iterator[Door]:
    for table in tables:
        if host in table.hosts:
            export = None if table.export is None else exports[table.export]
            yield made(Door, table, accounts=tuple(dict.fromkeys(table.accounts)), export=export)


def _host(table: declared.HostTable, everyone: tuple[str, ...], exports: Mapping[str, Export]) -> DeclaredHost:
    antivirus = table.antivirus or declared.AntivirusTable()
    return made(
        DeclaredHost,
        table,
        beneficiaries=everyone if table.beneficiaries is None else tuple(dict.fromkeys(table.beneficiaries)),
        collect=None if table.collect is None else tuple(dict.fromkeys(table.collect)),
        unbacked=tuple(made(Unbacked, one) for one in table.unbacked),
        antivirus=made(Antivirus, antivirus, export=None if antivirus.export is None else exports[antivirus.export]),
        updates=Updates()
        if table.updates is None
        else made(Updates, table.updates, export=exports[table.updates.export]),
    )


def _backup(
    table: declared.BackupTable,
    hosts: Mapping[str, DeclaredHost],
    everyone: tuple[str, ...],
    path: Path,
    agent: schema.AgentTable,
) -> Backup:
    host = hosts[table.host]
    own_name = socket.gethostname() if host.transport == "local" else host.id
    snapshot_host = table.snapshot_host or own_name
    return made(
        Backup,
        table,
        beneficiary=table.beneficiary or everyone[0],
        program=programs()[table.program],
        snapshot_host=snapshot_host,
        copies=tuple(
            replace(
                _copy(copy, table, hosts, snapshot_host, path), believed=agent.demonstration, timezone=agent.timezone
            )
            for copy in table.copies
        ),
        sample=_sample(table),
    )


def _copy(
    table: declared.CopyTable,
    backup: declared.BackupTable,
    hosts: Mapping[str, DeclaredHost],
    snapshot_host: str,
    path: Path,
) -> Copy:
    host = hosts[backup.host]
    return made(
        Copy,
        table,
        backup=backup.id,
        program=programs()[backup.program],
        repository=_address(table, backup),
        cluster=table.stanza or table.server or "",
        asked_at=table.host or backup.host,
        password_file=_secret(table.password_file, path),
        environment_file=_secret(table.environment_file, path),
        offsite=_elsewhere(table, host) if table.offsite is None else table.offsite,
        store=None
        if table.store is None
        else made(Store, table.store, local=hosts[table.store.host].transport == "local"),
        sets=tuple(made(FileSet, one) for one in table.sets),
        dated_by=table.dated_by or MTIME,
        settle=SETTLE if table.settle is None else table.settle,
        host=backup.host,
        snapshot_host=snapshot_host,
        paths=tuple(backup.paths),
        retention=backup.retention,
        thinned_after=backup.thinned_after,
        canary=backup.canary,
        sample=_sample(backup),
        local=host.transport == "local",
    )


def _address(table: declared.CopyTable, backup: declared.BackupTable) -> str:
    """Return where a copy lies: its repository's address, or a name for a folder or for a cluster at its program."""
    if cluster := table.stanza or table.server:
        # Another environment may name another configuration of its program, hence another repository.
        further = (table.repository or "", table.environment_file or "")
        return ":".join((backup.program, table.host or backup.host, cluster, *further)).rstrip(":")
    if table.repository is not None or table.store is None:
        return table.repository or ""
    return f"store:{table.store.host}:{table.store.path}"


def _sample(backup: declared.BackupTable) -> Sample | None:
    return None if backup.sample is None else made(Sample, backup.sample)


def _elsewhere(table: declared.CopyTable, host: DeclaredHost) -> bool:
    # One provider is one contract, one account and one fire: another of its sites is no other place.
    same_provider = table.provider is not None and table.provider == host.provider
    return table.site != host.site and not same_provider


def _sources(table: declared.LogTable, hosts: Mapping[str, DeclaredHost], timezone: str) -> tuple[LogSource, ...]:
    return tuple(
        made(
            LogSource,
            source,
            log=table.id,
            host=table.host,
            kind=table.kind,
            path=table.path or _JOURNAL,
            timezone=timezone,
            marker=_marker_of(table.marker, source.id),
            beneficiaries=hosts[table.host].beneficiaries,
        )
        for source in table.sources
    )


def _marker_of(table: declared.MarkerTable | None, source: str) -> Marker | None:
    if table is None or source != (table.source or table.host):
        return None
    return made(Marker, table)


def _flow(table: declared.FlowTable, hosts: Mapping[str, DeclaredHost], flows: Sequence[declared.FlowTable]) -> Flow:
    required = [other for other in flows if other.expect == "open" and other is not table]
    # One of the same protocol says more; the sort keeps the order of the file otherwise.
    required.sort(key=lambda other: other.protocol != table.protocol)
    return made(
        Flow,
        table,
        from_host=table.source,
        beneficiaries=hosts[table.source].beneficiaries,
        controls=tuple(_way(other) for other in required if other.source == table.source),
        witnesses=tuple(
            _way(other)
            for other in required
            if other.source != table.source and (other.to, other.protocol) == (table.to, table.protocol)
        ),
    )


def _way(table: declared.FlowTable) -> FlowRoute:
    return made(FlowRoute, table, host=table.source)


def _web_filter(table: declared.WebFilterTable, hosts: Mapping[str, DeclaredHost]) -> WebFilter:
    return made(WebFilter, table, from_host=table.source, beneficiaries=hosts[table.source].beneficiaries)
