"""`beffroi check`: collect, evaluate, store and print."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.fleet_extra import prepare_fleet
from agent.cli.options import ConfigOption, LanguageOption, configuration_path
from agent.core.files import other_writers
from agent.core.inventory import Inventory
from agent.core.model import Observation, State, Verdict

if TYPE_CHECKING:
    from agent.cli.unwatched import Unwatched
    from agent.evaluation.evaluate import NewestLooks
    from agent.evaluation.session import Session


def register(app: typer.Typer) -> None:
    """Add `check`."""

    @app.command()
    def check(
        target: Annotated[list[str] | None, typer.Option(help="Only this target; repeatable.")] = None,
        host: Annotated[list[str] | None, typer.Option(help="Only this host; repeatable.")] = None,
        backup: Annotated[list[str] | None, typer.Option(help="Only this backup; repeatable.")] = None,
        json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON.")] = False,
        no_store: Annotated[bool, typer.Option("--no-store", help="Store nothing in the ledger.")] = False,
        config: ConfigOption = None,
        language: LanguageOption = None,
    ) -> None:
        """Collect now, evaluate, store and print."""
        verdicts, kept = check_and_print(
            configuration_path(config),
            targets=target or (),
            hosts=host or (),
            backups=backup or (),
            json=json,
            keep=not no_store,
            language=language,
        )
        raise typer.Exit(exit_code(verdicts, kept=kept))


def check_and_print(
    path: Path,
    *,
    targets: Sequence[str] = (),
    hosts: Sequence[str] = (),
    backups: Sequence[str] = (),
    json: bool = False,
    keep: bool = True,
    language: str | None = None,
) -> tuple[tuple[Verdict, ...], bool]:
    """Collect, judge, keep and print; return the verdicts and whether all was kept that should be."""
    from agent.cli.interrupt import end_programs_when_interrupted
    from agent.cli.narrowing import narrow
    from agent.cli.printing import chosen_language, print_verdicts, unwatched_here
    from agent.cli.progress import progress
    from agent.evaluation.round import Round, needed, resting_on
    from agent.evaluation.session import open_session
    from agent.evaluation.tasks import run_tasks

    end_programs_when_interrupted()
    prepare_fleet(path)
    if (writers := other_writers(path)) is not None:
        typer.echo(f"{path} may be written by {writers}; beffroi config check says how to mend it", err=True)
    with open_session(path, keep=keep) as session:
        chosen_language(language, session.configuration)
        wanted = narrow(session.wanted, session.configuration.inventory, targets=targets, hosts=hosts, backups=backups)
        turn = Round(session)
        todo = needed(wanted, session)
        with progress() as begin:
            tell = begin("check")
            for number, reading in enumerate(run_tasks(todo, session.context), 1):
                turn.take(reading)
                tell(number / len(todo))
        asked = {one.key for one in wanted}
        beside = [one for one in resting_on(todo, session) if one.key not in asked]
        verdicts = tuple(one for one in turn.judge([*wanted, *beside]) if one.key in asked)
        problem = turn.not_kept if keep else None
        if problem is not None:
            typer.echo(f"not kept: {problem}", err=True)
        if keep:
            push_to_fleet(session)
        print_verdicts(
            verdicts,
            session.configuration,
            json=json,
            language=language,
            now=turn.now,
            stream=sys.stdout,
            unwatched=unwatched_here(session.configuration) + _senders(turn.seen, session.configuration.inventory),
        )
    return verdicts, problem is None


def push_to_fleet(session: "Session") -> None:
    """Send what was kept to the fleet, for ten seconds at the most; what still waits is said."""
    settings = session.configuration.fleet
    if settings is None or settings.is_centre or session.ledger is None:
        return
    from agent.fleet.pushing import push_now

    waits = push_now(session.ledger, settings, session.configuration.agent.state_directory)
    if waits is not None:
        typer.echo(f"not all sent to the fleet: {waits}; the daemon, or the next check, goes on", err=True)


def _senders(newest: "Callable[[str, str], NewestLooks | None]", inventory: Inventory) -> "tuple[Unwatched, ...]":
    from agent.cli.unwatched import Unwatched, UnwatchedKind, unwatched_senders

    def seen(place: str) -> Observation | None:
        found = newest("logs", place)
        return None if found is None else found.observation

    return tuple(Unwatched(kind=UnwatchedKind.SENDER, name=name) for name in unwatched_senders(inventory, seen))


def exit_code(verdicts: Sequence[Verdict], *, kept: bool = True) -> int:
    """Return the contract's exit code for some verdicts; what was not kept is never an unqualified success."""
    states = {verdict.state for verdict in verdicts}
    if State.MISSED in states:
        return 1 if kept else 3
    return 3 if State.UNPROVEN in states or not verdicts or not kept else 0
