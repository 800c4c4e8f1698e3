"""What `beffroi run` does with the configuration of a fleet's centre."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from agent.config.settings import Configuration
    from agent.core.clock import Clock
    from agent.ledger.ledger import Ledger
    from agent.queries.fleet_reading import FleetReading
    from agent.register.fleet_subjects import FleetSubjects


def is_centre(path: Path) -> bool:
    """Return whether a configuration is the centre's of a fleet. Raises ConfigurationError."""
    from agent.config.load import load

    fleet = load(path, strict=False).fleet
    return fleet is not None and fleet.is_centre


@contextmanager
def opened_centre(path: Path) -> "Iterator[tuple[Configuration, Ledger, datetime, FleetSubjects]]":
    """Give the centre's configuration, its own ledger for writing, the present instant, and what its agents declare.

    Raises ConfigurationError, NotAllowed, UsageError, LedgerError.
    """
    from agent.fleet.replicas import Replicas
    from agent.queries.centre import ask_fleet, registered_subjects

    with opened_own(path) as (configuration, ledger, clock):
        with Replicas(configuration.agent.state_directory, clock) as copies:
            fleet = registered_subjects(configuration, ask_fleet(configuration, clock), copies)
        yield configuration, ledger, clock.now(), fleet


@contextmanager
def opened_own(path: Path) -> "Iterator[tuple[Configuration, Ledger, Clock]]":
    """Give the centre's configuration, and its own ledger for writing, made where it is missing.

    Raises ConfigurationError, NotAllowed, LedgerError.
    """
    from agent.core.clock import SystemClock
    from agent.evaluation.identity import take_identity
    from agent.evaluation.session import loaded
    from agent.ledger.ledger import Ledger

    configuration, clock = loaded(path), SystemClock()
    directory = configuration.agent.state_directory
    take_identity(directory, writing=True)
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    with Ledger.open(directory, clock=clock) as ledger:
        yield configuration, ledger, clock


@contextmanager
def opened_reading(path: Path) -> "Iterator[tuple[Configuration, Ledger, Clock, FleetReading]]":
    """Give the same, with what reads the material of reports. What is wrong with an agent is said on standard error."""
    from agent.queries.fleet_reading import FleetReading

    with opened_own(path) as (configuration, ledger, clock), FleetReading(configuration, ledger, clock) as reading:
        if reading.known.away:
            typer.echo(f"the fleet's database cannot be asked: {reading.known.away}", err=True)
        yield configuration, ledger, clock, reading


def taken_anew(path: Path, before: "Configuration") -> "Configuration":
    """Return a centre's changed configuration. Raises ConfigurationError, UsageError where it takes a restart."""
    from agent.core.errors import UsageError
    from agent.evaluation.session import loaded
    from agent.queries.centre import settings_of

    changed = loaded(path)
    settings_of(changed)
    kept = (before.agent.state_directory, before.agent.listen)
    if (changed.agent.state_directory, changed.agent.listen) != kept:
        raise UsageError("state_directory or listen changed", "restart the service: a reload keeps both")
    return changed


def serve_centre(path: Path) -> None:
    """Run the centre until SIGTERM or SIGINT. Raises ConfigurationError, NotAllowed, UsageError."""
    from agent.cli.fleet_extra import prepare_fleet
    from agent.cli.logs import log_to_standard_error
    from agent.cli.server_protection import protection
    from agent.core.clock import SystemClock
    from agent.core.ownership import refuse_strangers
    from agent.daemon.centre import CentreDaemon
    from agent.daemon.loop import Signals
    from agent.daemon.malloc import share_pools
    from agent.evaluation.identity import take_identity
    from agent.evaluation.session import loaded
    from agent.export.http.server import HttpServer
    from agent.ledger.ledger import Ledger
    from agent.ledger.locks import daemon_lock
    from agent.queries.fleet_site import FleetSite

    refuse_strangers()
    share_pools()
    log_to_standard_error()
    prepare_fleet(path)
    signals = Signals.caught()
    configuration, clock = loaded(path), SystemClock()
    directory = configuration.agent.state_directory
    take_identity(directory, writing=True)
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(daemon_lock(directory))
        own = stack.enter_context(Ledger.open(directory, clock=clock))
        server: HttpServer | None = None

        def taken(before: "Configuration") -> "Configuration":
            changed = taken_anew(path, before)
            if server is not None:
                server.protect(**protection(changed))
            return changed

        daemon = CentreDaemon(configuration, clock, own, reload=taken)
        stack.callback(daemon.stop)
        if configuration.agent.listen:
            site = FleetSite(
                configuration=daemon.configuration,
                own=daemon.own_state,
                clock=clock,
                snapshot_now=daemon.snapshot,
                known=daemon.known,
                health_now=daemon.health,
                heartbeat=daemon.heartbeat,
            )
            server = HttpServer(configuration.agent.listen, site, **protection(configuration))
            stack.callback(server.stop)
            server.start()
            for place in server.places:
                logging.getLogger("beffroi").info("serving on %s", place)
        daemon.loop(signals)
