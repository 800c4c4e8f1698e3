"""`beffroi config check`: list every mistake of a configuration."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.cli.summaries import CommandGroup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from agent.config.settings import Configuration

FileArgument = Annotated[Path | None, typer.Argument(metavar="FILE", help="The configuration, instead of --config.")]


def register(app: typer.Typer) -> None:
    """Add `config check`."""
    group = typer.Typer(cls=CommandGroup, no_args_is_help=True, help="Look at the configuration itself.")
    app.add_typer(group, name="config")

    # Without it, typer would take a group of one command for that command.
    @group.callback()
    def config_group() -> None:
        """Look at the configuration itself."""

    @group.command("check")
    def check(file: FileArgument = None, config: ConfigOption = None) -> None:
        """List every mistake of a configuration, with its line and a hint."""
        from agent.config.load import load
        from agent.config.mistakes import inert

        path = file or configuration_path(config)
        configuration = load(path, strict=True)
        inventory = configuration.inventory
        counts = (
            _count(len(inventory.hosts), "host"),
            _count(len(inventory.backups), "backup"),
            _count(len(inventory.log_sources), "log source"),
        )
        typer.echo(f"{inert(str(path))}: no mistake ({', '.join(counts)})")
        _remark_on_costs(configuration.agent.web_config)
        for line in remarks(configuration):
            typer.echo(line, err=True)


def remarks(configuration: "Configuration") -> "Iterator[str]":
    """Yield what the ledger says of the configuration: which entries can go. Nothing where it cannot be read."""
    from agent.accounting.retirements import acting
    from agent.cli.retire import said
    from agent.core.clock import SystemClock
    from agent.core.errors import BeffroiError
    from agent.core.period import day_of
    from agent.evaluation.identity import take_identity
    from agent.ledger.ledger import Ledger

    directory = configuration.agent.state_directory
    try:
        take_identity(directory, writing=False)
        with Ledger.open(directory, clock=SystemClock(), readonly=True) as ledger:
            loads = ledger.written_loads()
            found, begun = acting(ledger.retirements(), loads), loads[0].at if loads else None
    except BeffroiError:
        # No ledger yet, or not this user's to read: the file itself holds no mistake.
        found, begun = (), None
    yield from past_starts(configuration, day_of(begun or SystemClock().now()))
    yield from dict.fromkeys(f"remark: {said(one)} ({one.id})" for one in found)


def _remark_on_costs(path: Path | None) -> None:
    from agent.config.web_config import load, unlike_costs

    costs = unlike_costs(load(path)) if path is not None else None
    if costs is not None:
        typer.echo(f"remark: {path}: basic_auth_users: the costs of the hashes differ ({costs})", err=True)
        typer.echo("hint: a wrong password costs as much as the dearest hash; make all with htpasswd -nBC 10", err=True)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def past_starts(configuration: "Configuration", begun: "date") -> "Iterator[str]":
    """Yield what each `starts` before the first load opens: days that nothing watched, their quarters and alerts."""
    from agent.core.period import Quarter

    inventory = configuration.inventory
    named = [("convention", configuration.convention.starts)]
    named += [(f"host {one.id}", one.starts) for one in inventory.hosts]
    named += [(f"backup {one.id}", one.starts) for one in inventory.backups]
    named += [(f"source {one.subject}", one.starts) for one in inventory.log_sources]
    for name, starts in named:
        if starts is None or starts >= begun:
            continue
        first, last = Quarter.of(starts), Quarter.of(begun)
        span = str(first) if first == last else f"{first} to {last}"
        yield (
            f"remark: {name}: starts = {starts} lies before measuring, which begins on {begun}: it opens "
            f"{(begun - starts).days} days in {span} that nothing watched"
        )
        yield "hint: they count as unproven, but for what dated recovery points still show; BeffroiDayUnproven may ring"
