"""`beffroi run`: the daemon."""

import logging
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.cli.fleet_extra import prepare_fleet
from agent.cli.options import ConfigOption, configuration_path
from agent.cli.server_protection import protection

if TYPE_CHECKING:
    from agent.config.settings import Configuration
    from agent.evaluation.session import Session
    from agent.export.http.server import HttpServer


def register(app: typer.Typer) -> None:
    """Add `run`."""

    @app.command()
    def run(config: ConfigOption = None) -> None:
        """Run the daemon: schedule, ledger, /metrics, status page, alerts."""
        from agent.cli.centre import is_centre, serve_centre

        path = configuration_path(config)
        (serve_centre if is_centre(path) else serve_until_stopped)(path)


def taken_anew(session: "Session", path: Path, server: "HttpServer | None" = None) -> "Session":
    """Return a changed configuration, opened; its `close` lets go of all of it. The server is protected as it says."""
    from agent.evaluation.session import reopened

    def protect(configuration: "Configuration") -> None:
        if server is not None:
            server.protect(**protection(configuration))

    with ExitStack() as stack:
        opened = stack.enter_context(reopened(session, path, accept=protect))
        return replace(opened, close=stack.pop_all().close)


def serve_until_stopped(path: Path) -> None:
    """Run the daemon on one configuration until SIGTERM or SIGINT."""
    from agent.alert.notifier import Notifier
    from agent.cli.logs import log_to_standard_error
    from agent.cli.printing import unwatched_pages
    from agent.core.errors import LedgerFull
    from agent.core.ownership import refuse_strangers
    from agent.daemon.loop import Daemon, Signals
    from agent.daemon.malloc import keep_for_good, share_pools
    from agent.evaluation.session import open_session
    from agent.export.http.server import HttpServer
    from agent.fleet.pushing import FleetPusher
    from agent.ledger.locks import daemon_lock
    from agent.queries.live_site import LiveSite
    from agent.restores.opening import unconfined

    refuse_strangers()
    share_pools()
    log_to_standard_error()
    prepare_fleet(path)
    signals = Signals.caught()
    with ExitStack() as stack:
        session = stack.enter_context(open_session(path))
        if session.ledger is None:
            raise LedgerFull(
                f"cannot keep anything: {session.not_kept}", "a daemon needs a state directory it can write"
            )
        stack.enter_context(daemon_lock(session.configuration.agent.state_directory))
        ledger = session.ledger
        server: HttpServer | None = None
        notifier = Notifier(
            session.configuration.agent.state_directory, lambda: daemon.configuration, ledger, session.clock
        )
        daemon = Daemon(session, ledger, notifier, reload=lambda: taken_anew(session, path, server))
        stack.callback(daemon.stop)
        stack.callback(notifier.stop)
        notifier.start(lambda: daemon.health().progresses())
        pusher = FleetPusher(ledger, lambda: daemon.configuration)
        stack.callback(pusher.stop)
        pusher.start()
        agent = session.configuration.agent
        if agent.listen:
            site = LiveSite(
                configuration=lambda: daemon.configuration,
                ledger=ledger,
                clock=session.clock,
                health_now=daemon.health,
                heartbeat=lambda: daemon.heartbeat,
                unwatched=lambda: unwatched_pages(daemon.configuration),
                own=daemon.own.state,
            )
            server = HttpServer(agent.listen, site, **protection(session.configuration))
            stack.callback(server.stop)
            server.start()
            for place in server.places:
                logging.getLogger("beffroi").info("serving on %s", place)
        if (left_open := unconfined()) is not None:
            logging.getLogger("beffroi").warning("%s", left_open)
        keep_for_good()
        daemon.loop(signals)
