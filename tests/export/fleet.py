"""A site of any number of hosts, as an agent would show it: every expected thing, in states of every kind."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from agent.core.convention import CLAUSES
from agent.core.duties.expected import expected
from agent.core.duties.host_relations import relations_of
from agent.core.inventory import Backup, Beneficiary, Copy, DeclaredHost, Flow, Inventory, LogSource, Store
from agent.core.model import Key, State, Verdict
from agent.core.reason import Reason
from agent.export.snapshot import Attainment, CollectorRun, CurrentVerdict, Snapshot
from collectors.restic import LOOKS as RESTIC
from tests.export.samples import NOW, OTHER, SCOTA, snapshot, tally, verdict

LACKS = {
    "patching": (State.MISSED, Reason.UPDATES_PENDING),
    "endpoint-protection": (State.MISSED, Reason.NOT_RUNNING),
    "network-segmentation": (State.MISSED, Reason.ABSENT),
    "log-collection": (State.UNPROVEN, Reason.UNREACHABLE),
    "backup-rpo": (State.MISSED, Reason.TOO_OLD),
    "backup-rto": (State.UNPROVEN, Reason.NOT_RUN),
}


def inventory(hosts: int, *whose: Beneficiary) -> Inventory:
    """Return hosts of these beneficiaries, their backups on a vault that is the last one's alone, logs and a flow."""
    everyone = tuple(one.id for one in whose)
    declared = [
        DeclaredHost(id=f"srv-{number}", transport="ssh", site="arras", beneficiaries=everyone)
        for number in range(1, hosts + 1)
    ]
    vault = DeclaredHost(id="vault", transport="ssh", site="lille", beneficiaries=everyone[-1:], collect=())
    return Inventory(
        beneficiaries=whose,
        hosts=(*declared, vault),
        backups=tuple(_backup(host.id, whose[0].id) for host in declared),
        log_sources=tuple(
            LogSource(
                id=host.id, log="central", host="srv-1", kind="tree", path="/var/log/remote", beneficiaries=everyone
            )
            for host in declared
        ),
        flows=(
            Flow(
                id="no-smtp", from_host="srv-1", to="srv-2:25", protocol="tcp", expect="refused", beneficiaries=everyone
            ),
        ),
    )


def _backup(host: str, beneficiary: str) -> Backup:
    copy = Copy(
        id="offsite",
        backup=f"files-{host}",
        program=RESTIC,
        repository=f"/srv/{host}",
        password_file=Path("/etc/beffroi/password"),
        store=Store(host="vault", path=f"/srv/{host}"),
    )
    return Backup(
        id=f"files-{host}",
        beneficiary=beneficiary,
        program=RESTIC,
        host=host,
        paths=("/srv",),
        snapshot_host=host,
        copies=(copy,),
    )


def fleet(hosts: int, *whose: Beneficiary, language: str = "fr") -> Snapshot:
    """Return the snapshot of such a site, for two beneficiaries where none is named; much of it lacks something."""
    beneficiaries = whose or (SCOTA, OTHER)
    known = inventory(hosts, *beneficiaries)
    standings = []
    for number, one in enumerate(expected(known, date(2026, 10, 1))):
        judged = _judged(one.key, number)
        standings.append(
            CurrentVerdict(
                verdict=judged,
                since=NOW - timedelta(hours=number % 50),
                tally=tally(54),
                hosts=relations_of(one.item, known),
            )
        )
    counted = dict.fromkeys((one.key.target, one.key.beneficiary) for one in standings)
    return Snapshot(
        at=NOW,
        version="0.1.0",
        language=language,
        convention=snapshot().convention,
        beneficiaries=beneficiaries,
        targets=snapshot().targets,
        standings=tuple(standings),
        attainments=tuple(
            Attainment(target=target, beneficiary=beneficiary, tally=tally(47, 4, 3)) for target, beneficiary in counted
        ),
        hosts={host.id: host.beneficiaries for host in known.hosts},
        runs=tuple(
            CollectorRun(
                collector=collector,
                host=host.id,
                last_run=NOW,
                last_success=NOW,
                duration=timedelta(seconds=2),
                success=True,
            )
            for host in known.hosts
            for collector in ("clock", "updates")
        ),
        last_append=NOW,
        heartbeat=NOW,
    )


def _judged(key: Key, number: int) -> Verdict:
    state, reason = State.MET, Reason.WITHIN_LIMIT
    if key.target in LACKS and number % 3:
        state, reason = LACKS[key.target]
    unit = CLAUSES[key.target].unit
    value = {"seconds": 3600.0 * (20 + number), "ratio": 0.5, "bytes": 4e11}.get(unit)
    judged = verdict(
        key.target, key.subject, state, reason, value=value, beneficiary=key.beneficiary, seen=timedelta(minutes=9)
    )
    return replace(judged, about={"copy": key.subject} if reason is Reason.UNREACHABLE else {})
