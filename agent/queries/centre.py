"""What the centre of a fleet knows now: asked of the database, its copies brought up to date where that may be."""

import logging
import math
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.accounting.accepting import terms_declared
from agent.accounting.expectation import Days
from agent.config.settings import Configuration, FleetSettings
from agent.core.clock import Clock
from agent.core.errors import UsageError
from agent.evaluation.session import existing_ledger
from agent.export.snapshot import Snapshot
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.fleet.agent_states import NOT_UNDERSTOOD, agent_states
from agent.fleet.database import DatabaseAway, FleetDatabase, connected
from agent.fleet.replicas import Replica, Replicas
from agent.ledger import entry_rows
from agent.ledger.appended_row import AppendedRow
from agent.ledger.ledger import ChainOutcome, ChainVerification, Ledger, Load
from agent.ledger.outgoing import OutgoingRow
from agent.queries.fleet_hosts import keys_of_hosts
from agent.queries.fleet_registers import fleet_subjects
from agent.queries.fleet_state import fleet_snapshot
from agent.register.fleet_subjects import FleetSubjects
from agent.register.readable import hold_to_forms
from agent.wording.own_faults import DATABASE_AWAY

log = logging.getLogger("beffroi.fleet")


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetKnown:
    """How the agents stand and where their copies lie; `away`: why the database could not be asked, or nothing.

    `ahead`: how far the clock of this machine is ahead of the database's.
    """

    agents: tuple[AgentStanding, ...]
    replicas: tuple[Replica, ...]
    away: str = ""
    ahead: timedelta = timedelta(0)


def centre_snapshot(
    configuration: Configuration,
    found: FleetKnown,
    clock: Clock,
    copies: Replicas | None = None,
    own: Ledger | None = None,
) -> Snapshot:
    """Return the state of the fleet. Where the database is away, nothing behind any agent is proven.

    `copies` are those that stay open, with the centre's own ledger; None: they are opened for this once.
    """
    if copies is None:
        state = configuration.agent.state_directory
        with Replicas(state, clock) as opened, existing_ledger(state, clock) as registers:
            return centre_snapshot(configuration, found, clock, opened, registers)
    seen = fleet_snapshot(configuration, found.agents, found.replicas, copies.ledger, clock.now(), own)
    return seen if not found.away else _with_fault(seen, found.away)


def ask_fleet(configuration: Configuration, clock: Clock) -> FleetKnown:
    """Ask the database, and bring the copies up to date where this user may. Raises UsageError."""
    settings, state = settings_of(configuration), configuration.agent.state_directory
    with Replicas(state, clock) as copies:
        try:
            with connected(settings) as database:
                ahead = clock.now() - database.now()
                found = asked(database, settings, copies, writing=os.access(state, os.W_OK))
                return replace(found, ahead=ahead)
        except DatabaseAway as error:
            return without_database(settings, copies, error.message)


def asked(
    database: FleetDatabase,
    settings: FleetSettings,
    copies: Replicas,
    *,
    writing: bool = True,
    seconds: float = math.inf,
) -> FleetKnown:
    """Return what the database says now; `seconds`: what filling the copies may take. Raises DatabaseAway."""
    agents = agent_states(database, settings, counted=False)
    if not writing:
        return FleetKnown(agents=agents, replicas=copies.known())
    ages = {one.id: one.evidence_age for one in settings.agents}
    keys = {one.id: one.fingerprint for one in settings.agents}
    return FleetKnown(agents=agents, replicas=copies.refresh(database, ages, keys, hold_entries, seconds=seconds))


def hold_entries(rows: Iterable[OutgoingRow]) -> None:
    """Raise LedgerDamaged for an entry that cannot be read: all of a fleet are judged and counted together."""
    whole = [AppendedRow(row=one.row, text=one.text) for one in rows if one.text is not None]
    hold_to_forms(entry_rows.entry_of(one) for one in whole if one.row.kind == entry_rows.KIND)


def without_database(settings: FleetSettings, copies: Replicas, why: str) -> FleetKnown:
    """Return what the copies alone hold: every agent is silent, since nothing newer can be known."""
    replicas = copies.known()
    names = sorted({one.agent for one in replicas} | {one.id for one in settings.agents})
    silent = tuple(AgentStanding(agent=name, state=AgentState.SILENT) for name in names)
    return FleetKnown(agents=silent, replicas=replicas, away=why)


def verified_ledgers(configuration: Configuration, clock: Clock) -> Iterator[tuple[str, ChainVerification]]:
    """Yield what a walk over each ledger finds, the agents' by their copies, refreshed; "" is the centre's own.

    Raises DatabaseAway, UsageError.
    """
    state, settings = configuration.agent.state_directory, settings_of(configuration)
    with connected(settings) as database, Replicas(state, clock) as copies:
        replicas = asked(database, settings, copies).replicas
    with existing_ledger(state, clock) as own:
        if own is not None:
            yield "", own.verify()
    for one in replicas:
        if one.broken:
            damage = (one.broken,)
            yield one.agent, ChainVerification(outcome=ChainOutcome.DAMAGED, rows=0, heads=0, damage=damage)
            continue
        with Ledger.open(one.directory, clock=clock, readonly=True) as ledger:
            yield one.agent, ledger.verify()


def registered_subjects(configuration: Configuration, known: FleetKnown, copies: Replicas) -> FleetSubjects:
    """Return what entries of the centre's registers may be about: all that agents declare for its beneficiaries."""
    loads: dict[str, Load] = {}
    for one in known.replicas:
        with suppress(*NOT_UNDERSTOOD):
            is_read = one.is_filled and not one.is_former
            loads.update((one.agent, last) for last in (copies.ledger(one).loads()[-1:] if is_read else ()))
    return fleet_subjects(configuration, loads)


def keep_centre_load(configuration: Configuration, own: Ledger) -> None:
    """Keep a load of the centre's configuration in its own ledger: its hosts, and who may accept a risk.

    Raises LedgerError.
    """
    beneficiaries = tuple(one.id for one in configuration.inventory.beneficiaries)
    keys = keys_of_hosts(settings_of(configuration).agents, beneficiaries)
    accepting = terms_declared(configuration.inventory, configuration.convention.starts)
    own.keep_load(configuration.digest, dict.fromkeys(keys, Days()), configuration.targets, accepting)


def settings_of(configuration: Configuration) -> FleetSettings:
    """Return the `[fleet]` of a centre. Raises UsageError."""
    if configuration.fleet is None or not configuration.fleet.is_centre:
        raise UsageError(f"{configuration.path} is no centre's configuration", 'say role = "centre" in [fleet]')
    return configuration.fleet


def _with_fault(seen: Snapshot, away: str) -> Snapshot:
    return replace(seen, fault=DATABASE_AWAY.en.format(quoted=away))
