"""`beffroi status`: print the current state from the ledger; runs nothing and creates no file."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, LanguageOption, configuration_path

if TYPE_CHECKING:
    from agent.accounting.days import DayRow
    from agent.cli.refused_file import OpenedState
    from agent.config.settings import Configuration
    from agent.core.model import Verdict
    from agent.export.snapshot import Snapshot
    from agent.ledger.ledger import Ledger
    from agent.wording.languages import Language


def register(app: typer.Typer) -> None:
    """Add `status`."""

    @app.command()
    def status(
        subject: Annotated[str | None, typer.Argument(help="Only this subject and those below it.")] = None,
        history: Annotated[str | None, typer.Option(help="Show changes and days of this period, such as 14d.")] = None,
        json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON.")] = False,
        html: Annotated[Path | None, typer.Option(help="Write the status page to this file.")] = None,
        beneficiary: Annotated[str | None, typer.Option(help="Only this beneficiary.")] = None,
        host: Annotated[str | None, typer.Option(help="Only what concerns this host.")] = None,
        missed: Annotated[bool, typer.Option("--missed", help="Only what is missed or unproven.")] = False,
        short: Annotated[bool, typer.Option("--short", help="Print one line for each target.")] = False,
        config: ConfigOption = None,
        language: LanguageOption = None,
    ) -> None:
        """Show the current state from the ledger; run nothing."""
        from agent.cli.acknowledging import lines
        from agent.cli.check import exit_code
        from agent.cli.printing import chosen_language, print_targets, print_verdicts
        from agent.cli.refused_file import opened
        from agent.core.errors import UsageError

        one_form(json=json, html=html is not None, history=history is not None, short=short)
        with opened(configuration_path(config)) as state:
            configuration, ledger, now = state.configuration, state.ledger, state.clock.now()
            say_refusal(state)
            say_stopped(configuration)
            chosen = chosen_language(language, configuration)
            known = known_now(state, now)
            if beneficiary is not None:
                known = narrowed(known, beneficiary)
            if host is not None:
                known = of_host(known, host)
            verdicts = selected(known, subject, missed=missed)
            if html is not None:
                write_page(html, replace(known, language=chosen))
            if history is not None and known.agents is not None:
                raise UsageError("--history is an agent's own", "run it on the agent")
            if history is not None:
                sys.stdout.write(told(ledger, verdicts, span_of(history), now, configuration, chosen))
            elif short:
                print_targets(verdicts, language=chosen, stream=sys.stdout)
            elif html is None:
                print_verdicts(
                    verdicts,
                    configuration,
                    json=json,
                    language=chosen,
                    now=now,
                    stream=sys.stdout,
                    agents=known.agent_names,
                )
                for line in lines(known.standings, verdicts, chosen):
                    typer.echo(line, err=json or not sys.stdout.isatty())
            code = exit_code(verdicts)
            # Nothing is known of what the refused file would expect, nor of an agent that is not heard.
            is_partial = state.refused or (known.agents is not None and known.fault is not None)
            raise typer.Exit(3 if code == 0 and is_partial else code)


def known_now(state: "OpenedState", now: datetime) -> "Snapshot":
    """Return what is known, also while the file is refused; say on standard error where the ledger is damaged."""
    from agent.queries.current_state import current_snapshot
    from agent.queries.kept_state import kept_snapshot

    if state.refused is None and state.configuration.fleet is not None and state.configuration.fleet.is_centre:
        return fleet_now(state)
    damage = None if state.ledger is None else _contradiction(state.ledger)
    if damage is not None:
        typer.echo(damage, err=True)
    if state.refused is not None and state.ledger is not None:
        return kept_snapshot(state.configuration, state.ledger, now=now, fault=damage)
    return current_snapshot(state.configuration, state.ledger, now=now, fault=damage)


def fleet_now(state: "OpenedState") -> "Snapshot":
    """Return what the centre knows of every agent; what is wrong with one is said on standard error."""
    from agent.queries.centre import ask_fleet, centre_snapshot

    known = centre_snapshot(state.configuration, ask_fleet(state.configuration, state.clock), state.clock)
    if known.fault is not None:
        typer.echo(known.fault, err=True)
    return known


def _contradiction(ledger: "Ledger") -> str | None:
    from agent.core.errors import LedgerError

    try:
        return ledger.contradiction()
    except LedgerError as error:
        return error.message


def say_refusal(state: "OpenedState") -> None:
    """Say on standard error that a changed configuration is refused, by us or by the daemon."""
    from agent.cli.refused_file import refusal_lines
    from agent.daemon.reload_answer import read_answer
    from agent.ledger.locks import daemon_process
    from agent.wording.inert import inert

    if state.refused is not None:
        for line in refusal_lines(state.refused, state.configuration.digest):
            typer.echo(line, err=True)
        return
    directory = state.configuration.agent.state_directory
    answer = read_answer(directory)
    if answer is not None and answer.refused and daemon_process(directory) is not None:
        typer.echo(f"the daemon refuses the changed configuration: {inert(answer.refused, 400)}", err=True)
        typer.echo(
            f"hint: configuration {answer.digest[:12]} stays in force; mend the file, then beffroi reload", err=True
        )


def say_stopped(configuration: "Configuration") -> None:
    """Say on standard error that the daemon which worked on a state directory no longer does."""
    from agent.ledger.locks import is_daemon_gone

    directory = configuration.agent.state_directory
    if not is_daemon_gone(directory):
        return
    # A centre's verdicts are asked of the database now, whether its daemon works or not.
    is_centre = configuration.fleet is not None and configuration.fleet.is_centre
    kept, unit = ("", "beffroi-centre") if is_centre else (": this is what was kept before", "beffroi")
    typer.echo(f"no beffroi daemon works on {directory}{kept}", err=True)
    typer.echo(f"hint: systemctl start {unit}", err=True)


def narrowed(known: "Snapshot", beneficiary: str) -> "Snapshot":
    """Return what one beneficiary may see. Raises UsageError for an unknown one."""
    from agent.cli.narrowing import unknown

    declared = [one.id for one in known.beneficiaries]
    if beneficiary not in declared:
        raise unknown("beneficiary", beneficiary, declared)
    return known.narrow([beneficiary])


def of_host(known: "Snapshot", host: str) -> "Snapshot":
    """Return what concerns one host. Raises UsageError for an unknown one."""
    from agent.cli.narrowing import unknown
    from agent.export.pages.page_filter import PageFilter

    narrowed_to = PageFilter(host=host).within(known)
    if narrowed_to is None:
        raise unknown("host", host, known.host_names)
    return narrowed_to


def selected(known: "Snapshot", subject: str | None, *, missed: bool) -> "tuple[Verdict, ...]":
    """Return the verdicts on a subject and what stands below it; `missed`: the missed and unproven ones alone."""
    from agent.cli.narrowing import about
    from agent.core.model import State

    verdicts = about(known.verdicts, subject)
    return tuple(one for one in verdicts if one.state in (State.MISSED, State.UNPROVEN)) if missed else verdicts


def one_form(*, json: bool, html: bool, history: bool, short: bool) -> None:
    """Raise UsageError where `--short` stands beside another form of the same."""
    from agent.core.errors import UsageError

    if short and (json or html or history):
        raise UsageError("--short stands beside --json, --html or --history", "choose one of them")


def write_page(path: Path, known: "Snapshot") -> None:
    """Write the status page to a file of its own, whole or not at all. Raises UsageError where that cannot be done."""
    from agent.core.errors import UsageError
    from agent.core.replacing import OF_GROUP, replace_file
    from agent.export.pages.status_page import render

    try:
        replace_file(path, (render(known).encode(),), OF_GROUP)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", "name a file in a folder that you may write"
        ) from error


def span_of(history: str) -> timedelta:
    """Return the span that a text such as `14d` names. Raises UsageError."""
    from agent.core.durations import read_duration
    from agent.core.errors import UsageError

    try:
        return read_duration(history)
    except ValueError as error:
        raise UsageError(f"--history: {history[:60]!r} {error}", "write a duration such as 14d") from error


def told(
    ledger: "Ledger | None",
    verdicts: "Sequence[Verdict]",
    span: timedelta,
    now: datetime,
    configuration: "Configuration",
    language: "Language",
) -> str:
    """Return the history of what some verdicts are about: each change and each day that was kept."""
    from agent.cli.history import render_history
    from agent.cli.printing import width_of_terminal
    from agent.core.period import day_of
    from agent.evaluation.past_days import books_of, derived

    keys = {verdict.key for verdict in verdicts}
    changes = ledger.verdict_changes(now - span) if ledger is not None else ()
    first = day_of(now - span)
    days: tuple[DayRow, ...] = ()
    if ledger is not None:
        open_days = derived(ledger, books_of(configuration, ledger), now)
        days = (*ledger.day_rows(first, day_of(now)), *(row for row in open_days if row.day >= first))
    return render_history(
        [change for change in changes if change.key in keys],
        [row for row in days if row.key in keys],
        language=language,
        terminal=sys.stdout.isatty(),
        width=width_of_terminal(),
    )
