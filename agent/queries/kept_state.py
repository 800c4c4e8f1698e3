"""The verdicts that the ledger keeps, for a configuration file that is refused: what the daemon goes on judging."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from agent.accounting.expectation import Expectation, expectation, keys_of
from agent.config.settings import Agent, Configuration
from agent.core.duties.host_relations import relation_of_former
from agent.core.inventory import Beneficiary, Inventory
from agent.core.model import Key, State
from agent.core.period import day_of
from agent.core.reason import Reason
from agent.core.version import VERSION
from agent.evaluation.session import entered
from agent.export.quarter_so_far import QuarterDayCounts
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.ledger.ledger import Ledger
from agent.ledger.load_rows import Load
from agent.queries.current_state import current_rules, standing_verdict, vanished
from agent.queries.without_evidence import without_evidence
from agent.register.book import last_revisions


def kept_configuration(path: Path, agent: Agent, load: Load) -> Configuration:
    """Return what the ledger knows of the configuration in force: its digest, beneficiaries and targets."""
    named = sorted({key.beneficiary for key in load.declared})
    inventory = Inventory(beneficiaries=tuple(Beneficiary(id=id, name=id) for id in named))
    return Configuration(path=path, digest=load.digest, agent=agent, inventory=inventory, targets=load.targets)


def kept_snapshot(configuration: Configuration, ledger: Ledger, *, now: datetime, fault: str | None) -> Snapshot:
    """Return the verdicts of the ledger as they stand at an instant; `configuration` is of `kept_configuration`.

    A verdict whose evidence has aged out is unproven, as it is while the file can be read. An acceptance counts while
    its entry is in force.
    """
    loads, kept = ledger.loads(), {one.key: one for one in ledger.standing()}
    wanted = entered(ledger, configuration, now)
    declared = [
        key
        for key in keys_of(loads)
        if key in loads[-1].declared and expectation(key, day_of(now), loads) is not Expectation.NOT_EXPECTED
    ]
    rules, accepted = current_rules(configuration, ledger, now), _acceptances(ledger, now)

    def standing(key: Key) -> CurrentVerdict:
        target = configuration.targets[key.target]
        before = kept.get(key) or without_evidence(key, Reason.NOT_RUN, now, unit=target.unit, limit=target.limit)
        stands = standing_verdict(before, rules)
        if before.acceptance in accepted and stands.measured in (State.MISSED, State.UNPROVEN):
            stands = replace(stands, state=State.ACCEPTED, acceptance=before.acceptance)
        return CurrentVerdict(verdict=stands, hosts=relation_of_former(key))

    keys = [*declared, *(one.key for one in wanted if one.key not in declared)]
    return Snapshot(
        at=now,
        version=VERSION,
        language=configuration.agent.language,
        beneficiaries=configuration.inventory.beneficiaries,
        targets=configuration.targets,
        standings=(
            *(standing(key) for key in keys if key.target in configuration.targets),
            *vanished(wanted, ledger, kept, QuarterDayCounts(), now),
        ),
        last_append=ledger.last_append(),
        fault=fault,
    )


def _acceptances(ledger: Ledger, now: datetime) -> frozenset[str]:
    today = day_of(now).isoformat()
    return frozenset(one.id for one in last_revisions(ledger.entries("acceptance")) if one.values["until"] >= today)
