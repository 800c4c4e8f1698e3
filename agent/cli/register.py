"""`beffroi register`: enter, amend and list what no machine can see: incidents, scans, accepted risks and the rest."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path

if TYPE_CHECKING:
    from agent.config.settings import Configuration
    from agent.ledger.ledger import Ledger
    from agent.register.book import EntryRow

SCHEMA = "beffroi.register/1"

# What a spreadsheet would take for a formula, were it at the beginning of a cell.
FORMULA = ("=", "+", "-", "@")

RegisterArgument = Annotated[str, typer.Argument(metavar="REGISTER", help="incident, scan, acceptance…")]
PairsArgument = Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="The entry's values.")]


def register(app: typer.Typer) -> None:
    """Add `register add`, `register amend` and `register list`."""
    group = typer.Typer(
        no_args_is_help=True, help="Enter, amend and list incidents, scans, accepted risks and the rest."
    )
    app.add_typer(group, name="register")

    @group.command("add")
    def add_entry(name: RegisterArgument, values: PairsArgument = None, config: ConfigOption = None) -> None:
        """Keep a new entry and print its id."""
        from agent.register.kept import add
        from agent.register.reading import with_digests

        words = with_digests(values or ())
        with opened(configuration_path(config)) as (configuration, ledger, now):
            typer.echo(add(ledger, name, words, configuration, now))

    @group.command("amend")
    def amend_entry(
        name: RegisterArgument,
        id: Annotated[str, typer.Argument(metavar="ID", help="The entry's id.")],
        values: PairsArgument = None,
        config: ConfigOption = None,
    ) -> None:
        """Keep a revision of an entry and print its id; `key=` takes an optional value back."""
        from agent.register.kept import amend
        from agent.register.reading import with_digests

        words = with_digests(values or ())
        with opened(configuration_path(config)) as (configuration, ledger, now):
            typer.echo(amend(ledger, name, id, words, configuration, now))

    @group.command("list")
    def list_entries(
        name: RegisterArgument,
        as_json: Annotated[bool, typer.Option("--json", help="Print the entries as JSON.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """Print the last revision of each entry."""
        rows = kept_entries(configuration_path(config), name)
        if as_json:
            typer.echo(document(name, rows))
            return
        for row in rows:
            typer.echo(line(row))


@contextmanager
def opened(path: Path) -> "Iterator[tuple[Configuration, Ledger, datetime]]":
    """Give the configuration, its ledger for writing, and the present instant."""
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.identity import take_identity
    from agent.ledger.ledger import Ledger

    configuration = load(path, strict=False)
    take_identity(configuration.agent.state_directory, writing=True)
    clock = SystemClock()
    with Ledger.open(configuration.agent.state_directory, clock=clock) as ledger:
        yield configuration, ledger, clock.now()


def kept_entries(path: Path, name: str) -> "tuple[EntryRow, ...]":
    """Return the last revision of each entry of a register; none where no ledger was ever made. Creates no file."""
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.core.errors import NotAllowed, UsageError
    from agent.identity import take_identity
    from agent.ledger.ledger import Ledger
    from agent.register.entries import find_register
    from agent.register.kept import listed

    register_name = find_register(name).name
    directory = load(path, strict=False).agent.state_directory
    take_identity(directory, writing=False)
    try:
        ledger = Ledger.open(directory, clock=SystemClock(), readonly=True)
    except NotAllowed:
        raise
    except UsageError:
        return ()
    with ledger:
        return listed(ledger, register_name)


def document(register_name: str, rows: "Sequence[EntryRow]") -> str:
    """Return the contract's JSON: one line, in ASCII, so that nothing in it can steer a terminal."""
    entries = [
        {**row.values, "id": row.id, "received_at": instant(row.received_at), "revision": row.revision} for row in rows
    ]
    ordered = [{key: entry[key] for key in ("id", "received_at", "revision", *entry)} for entry in entries]
    return json.dumps({"schema": SCHEMA, "register": register_name, "entries": ordered})


def line(row: "EntryRow") -> str:
    """Return one entry as cells with tabs between: its id, when it was received, its revision, each key=value."""
    cells = [row.id, instant(row.received_at), f"r{row.revision}"]
    return "\t".join(cell(text) for text in [*cells, *(f"{key}={value}" for key, value in row.values.items())])


def cell(text: str) -> str:
    """Return a cell that neither a terminal nor a spreadsheet acts upon."""
    from agent.wording.inert import inert

    shown = inert(text, longest=5000)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def instant(at: datetime) -> str:
    """Return an aware instant as ISO 8601 in UTC, cut to the second, ending in Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
