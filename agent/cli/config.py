"""`beffroi config`: list every mistake of a configuration, print what is in force, describe it to editors."""

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.cli.summaries import CommandGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from agent.config.settings import Configuration

FileArgument = Annotated[
    Path | None, typer.Argument(metavar="FILE", readable=False, help="The configuration, instead of --config.")
]


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
        """List every mistake of a configuration, with its line and a hint; as root, tried as the service's user."""
        from agent.config.load import content_of, state_directory_of, understand
        from agent.config.mistakes import inert
        from agent.evaluation.identity import act_as_service

        path = file or configuration_path(config)
        content = content_of(path)
        directory = state_directory_of(content)
        act_as_service(directory)
        configuration = _tried(
            path, configuration_path(config), directory, lambda: understand(content, path, strict=True)
        )
        inventory = configuration.inventory
        counts = (
            _count(len(inventory.hosts), "host"),
            _count(len(inventory.backups), "backup"),
            _count(len(inventory.log_sources), "log source"),
        )
        typer.echo(f"{inert(str(path))}: no mistake ({', '.join(counts)})")
        for line in remarks_on_web(configuration.agent.web_config):
            typer.echo(line, err=True)
        for line in remarks(configuration):
            typer.echo(line, err=True)

    _add_show(group)
    _add_schema(group)


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


def _add_show(group: typer.Typer) -> None:
    @group.command("show")
    def show(file: FileArgument = None, config: ConfigOption = None) -> None:
        """Print the configuration in force as TOML, each default marked `# default`; no secret is read or printed."""
        from agent.config.in_force import in_force
        from agent.config.load import content_of, understand
        from agent.config.mistakes import inert

        path = file or configuration_path(config)
        content = content_of(path)
        configuration = understand(content, path, strict=False)
        inventory = tomllib.loads(content.decode()).get("inventory", {}).get("ansible")
        typer.echo(f"# {inert(str(path))}, digest {configuration.digest[:12]}; what is not marked stands in this file")
        if inventory:
            typer.echo(f"# {len(configuration.inventory.hosts)} hosts, those that {inert(inventory)} lists included")
        typer.echo(in_force(content), nl=False)


def _add_schema(group: typer.Typer) -> None:
    @group.command("schema")
    def schema() -> None:
        """Print the JSON Schema (draft 2020-12) of the configuration file, for editors."""
        import json

        from agent.config.json_schema import json_schema

        typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _tried(path: Path, in_force: Path, state: Path, understood: "Callable[[], Configuration]") -> "Configuration":
    """Return the configuration; that the file in force may not be read by the service is the first of its mistakes."""
    from agent.config.mistakes import inert
    from agent.core.access import mend, user_name
    from agent.core.errors import ConfigurationError

    closed: tuple[tuple[str, str], ...] = ()
    # A draft that lies elsewhere is read by root alone, until it is put in its place.
    if path.absolute() == in_force.absolute() and not os.access(path, os.R_OK, effective_ids=True):
        what = f"{inert(str(path))}:1: file: this file may not be read by this user ({user_name()})"
        closed = ((what, inert(mend(path, state))),)
    try:
        configuration = understood()
    except ConfigurationError as error:
        raise ConfigurationError((*closed, *error.mistakes)) from error
    if closed:
        raise ConfigurationError(closed)
    return configuration


def remarks_on_web(path: Path | None) -> "Iterator[str]":
    """Yield what a sound web configuration would do better, each with a hint: unlike hashes, a certificate's end."""
    from agent.config.validity import soon_expired
    from agent.config.web_config import load, unlike_costs
    from agent.core.clock import SystemClock

    if path is None:
        return
    web = load(path)
    costs = unlike_costs(web)
    if costs is not None:
        yield f"remark: {path}: basic_auth_users: the costs of the hashes differ ({costs})"
        yield "hint: a wrong password costs as much as the dearest hash; make all with htpasswd -nBC 10"
    end = soon_expired(web.certificate, SystemClock().now()) if web.certificate is not None else None
    if end is not None:
        yield f"remark: {path}: tls_server_config.cert_file: {web.certificate} expires on {end:%Y-%m-%d}"
        yield "hint: renew it; a renewed certificate is taken without a reload"


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
        yield (
            "hint: they count as unproven, but for what dated recovery points still show; only the quarter's own alerts"
            " may ring"
        )
