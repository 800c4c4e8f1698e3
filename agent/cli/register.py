"""`beffroi register`: enter, amend and list declared facts: incidents, scans, accepted risks and others."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.completing import beginning, registers
from agent.cli.options import ConfigOption, configuration_path
from agent.cli.summaries import CommandGroup

if TYPE_CHECKING:
    from agent.config.settings import Configuration
    from agent.ledger.ledger import Ledger
    from agent.register.book import BookEntry
    from agent.register.fleet_subjects import FleetSubjects

RegisterArgument = Annotated[
    str,
    typer.Argument(metavar="REGISTER", help="incident, scan, acceptance…", autocompletion=beginning(registers)),
]
PairsArgument = Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="The entry's values.")]


def register(app: typer.Typer) -> None:
    """Add `register add`, `amend`, `list`, `import` and `export`."""
    group = typer.Typer(
        cls=CommandGroup, no_args_is_help=True, help="Enter and list incidents, scans, accepted risks and the rest."
    )
    app.add_typer(group, name="register")

    @group.command("add")
    def add_entry(name: RegisterArgument, values: PairsArgument = None, config: ConfigOption = None) -> None:
        """Add an entry and print its id; without values, on a terminal, ask for them."""
        from agent.register.kept import add
        from agent.register.reading import with_digests

        if not values and sys.stdin.isatty():
            values = ask(configuration_path(config), name)
        words = with_digests(values or ())
        with opened_book(configuration_path(config)) as (configuration, ledger, now, fleet):
            typer.echo(add(ledger, name, words, configuration, now, fleet))

    @group.command("amend")
    def amend_entry(
        name: RegisterArgument,
        id: Annotated[str, typer.Argument(metavar="ID", help="The entry's id.")],
        values: PairsArgument = None,
        config: ConfigOption = None,
    ) -> None:
        """Add a revision of an entry and print its id; `key=` removes an optional value."""
        from agent.register.kept import amend
        from agent.register.papers import fallen
        from agent.register.reading import with_digests

        words = with_digests(values or ())
        with opened_book(configuration_path(config)) as (configuration, ledger, now, fleet):
            typer.echo(amend(ledger, name, id, words, configuration, now, fleet))
            fell = fallen(name, [row.values for row in ledger.entries(name) if row.id == id])
        if gone := [key for key in fell if f"{key}=" not in words]:
            typer.echo(f"{id}: {', '.join(gone)}: given for what the entry said before, and no longer kept", err=True)
            typer.echo("hint: amend it again with what was given for the new terms", err=True)

    @group.command("list")
    def list_entries(
        name: RegisterArgument,
        as_json: Annotated[bool, typer.Option("--json", help="Print the entries as JSON.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """Print the last revision of each entry."""
        rows = kept_entries(configuration_path(config), name)
        if as_json:
            from agent.register.exporting import as_json as document

            typer.echo(document(name, rows))
            return
        print_entries(name, rows)

    @group.command("import")
    def import_file(
        name: RegisterArgument,
        file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Its first row names the register's keys.")],
        config: ConfigOption = None,
    ) -> None:
        """Import all rows of a CSV file as entries, or none; print their ids."""
        for id in imported(configuration_path(config), name, file):
            typer.echo(id)

    @group.command("export")
    def export_entries(
        name: RegisterArgument,
        form: Annotated[ExportFormat, typer.Option("--format", help="csv or json.")] = ExportFormat.CSV,
        history: Annotated[bool, typer.Option("--history", help="Every revision, not only the last ones.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """Print a register's entries as a table or as JSON."""
        from agent.register.entries import find_register
        from agent.register.exporting import as_csv, as_json

        rows = kept_entries(configuration_path(config), name, history=history)
        if form is ExportFormat.JSON:
            typer.echo(as_json(name, rows))
        else:
            typer.echo(as_csv(find_register(name), rows), nl=False)


def ask(path: Path, name: str) -> list[str]:
    """Return the words that a person at the terminal gives for an entry."""
    from agent.cli.asking import asked
    from agent.cli.centre import is_centre
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.register.entries import open_register
    from agent.register.fleet_subjects import refuse_of_agents

    register = open_register(name)
    if is_centre(path):
        refuse_of_agents(name)
    return asked(register, load(path, strict=False), SystemClock().now())


class ExportFormat(Enum):
    """What an export is written as."""

    CSV = "csv"
    JSON = "json"


def imported(path: Path, name: str, file: Path) -> tuple[str, ...]:
    """Keep every row of a file, or none; return the new ids. Raises UsageError, EntryRefused naming each bad row."""
    from agent.register.csv_file import read_content
    from agent.register.importing import import_rows, prepare

    # Read before any right is given up: who imports a file may read it, and what it names as evidence.
    register, prepared = prepare(name, read_content(file), str(file))
    with opened_book(path) as (configuration, ledger, now, fleet):
        return import_rows(ledger, register, prepared, str(file), configuration, now, fleet)


@contextmanager
def opened_book(path: Path) -> "Iterator[tuple[Configuration, Ledger, datetime, FleetSubjects | None]]":
    """Give the configuration, its ledger for writing, the present instant, and at a centre what agents declare."""
    from agent.cli.centre import is_centre, opened_centre

    if is_centre(path):
        with opened_centre(path) as found:
            yield found
        return
    with opened(path) as (configuration, ledger, now):
        yield configuration, ledger, now, None


@contextmanager
def opened(path: Path) -> "Iterator[tuple[Configuration, Ledger, datetime]]":
    """Give the configuration, its ledger for writing, and the present instant."""
    from agent.config.of_agent import load_of_agent
    from agent.core.clock import SystemClock
    from agent.evaluation.identity import take_identity
    from agent.ledger.ledger import Ledger

    configuration = load_of_agent(path)
    take_identity(configuration.agent.state_directory, writing=True)
    clock = SystemClock()
    with Ledger.open(configuration.agent.state_directory, clock=clock) as ledger:
        yield configuration, ledger, clock.now()


def kept_entries(path: Path, name: str, *, history: bool = False) -> "tuple[BookEntry, ...]":
    """Return the last revision of each entry of a register, or with `history` all of them. Creates no file.

    None where no ledger was ever made.
    """
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.core.errors import NotAllowed, UsageError
    from agent.evaluation.identity import take_identity
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
        return ledger.entries(register_name) if history else listed(ledger, register_name)


def print_entries(name: str, rows: Sequence["BookEntry"]) -> None:
    """Print one line for each entry; say on standard error that there is none."""
    for row in rows:
        typer.echo(line(row))
    if not rows:
        typer.echo(f"no entry in the register {name}", err=True)


def line(row: "BookEntry") -> str:
    """Return one entry as cells with tabs between: its id, when it was received, its revision, each key=value."""
    from agent.register.exporting import instant

    cells = [row.id, instant(row.received_at), f"r{row.revision}"]
    return "\t".join(cell(text) for text in [*cells, *(f"{key}={value}" for key, value in row.values.items())])


def cell(text: str) -> str:
    """Return a cell that neither a terminal nor a spreadsheet acts upon."""
    from agent.register.csv_file import inert_cell
    from agent.wording.inert import inert

    return inert_cell(inert(text, longest=5000))
