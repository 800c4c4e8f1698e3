"""`beffroi fleet`: make the fleet's database, admit agents to it, and show how each stands."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.fleet_extra import set_up
from agent.cli.options import ConfigOption, configuration_path
from agent.cli.summaries import CommandGroup

if TYPE_CHECKING:
    from agent.config.settings import Configuration, FleetSettings
    from agent.fleet.agent_standing import AgentStanding
    from agent.fleet.enrolment import Enrolment

ConnectOption = Annotated[
    str | None,
    typer.Option(
        "--connect",
        metavar="URL",
        help="The database as its administrator reaches it, in libpq's form; left out: this user, on its socket.",
    ),
]
WheelsOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of wheels, for a machine without a package index.")
]


def register(app: typer.Typer) -> None:
    """Add `fleet schema`, `fleet enrol`, `fleet status` and `fleet backfill`."""
    from agent.cli.backfilling import add_backfill

    group = typer.Typer(cls=CommandGroup, no_args_is_help=True, help="Add up many agents in one PostgreSQL database.")
    app.add_typer(group, name="fleet")

    # Without it, typer would take a group of one command for that command.
    @group.callback()
    def fleet_group() -> None:
        """Add up many agents in one PostgreSQL database."""

    @group.command("schema")
    def schema(
        print_: Annotated[bool, typer.Option("--print", help="Write the SQL for an empty database instead.")] = False,
        connect: ConnectOption = None,
        wheels: WheelsOption = None,
        config: ConfigOption = None,
    ) -> None:
        """Make the fleet's tables, roles and row-level security; where they are there, give the rights anew."""
        if print_:
            typer.echo(script(_read(config, connect)), nl=False)
            return
        typer.echo(laid(_read(config, connect), connect, wheels))

    @group.command("enrol")
    def enrol(
        agent: Annotated[str, typer.Argument(help="Its name in the fleet.")],
        fingerprint: Annotated[str, typer.Option(help="Fingerprint of its signing key, SHA256:….")],
        role: Annotated[
            str | None, typer.Option(metavar="NAME", help="Its role; default: beffroi_ and its name, - as _.")
        ] = None,
        password_file: Annotated[
            Path | None, typer.Option(metavar="FILE", help="File of the password that its role is given.")
        ] = None,
        replaces: Annotated[
            bool, typer.Option("--replaces", help="It has a new key; what it sent with the old one stays.")
        ] = False,
        connect: ConnectOption = None,
        wheels: WheelsOption = None,
        config: ConfigOption = None,
    ) -> None:
        """Admit an agent: its row, its role, its rights. Once more: what it was refused is settled."""
        wanted = _wanted(agent, fingerprint, role, password_file, replaces=replaces)
        admitted(wanted, _read(config, connect), connect, wheels)
        typer.echo(f"{agent}: admitted with the key {wanted.fingerprint}, role {wanted.role_name}")

    @group.command("status")
    def status(
        json: Annotated[bool, typer.Option("--json", help="Print the agents as JSON.")] = False,
        wheels: WheelsOption = None,
        config: ConfigOption = None,
    ) -> None:
        """Show each agent: last row, lag, verdicts, key; exit 1 if one is refused, 3 if one is silent or never came."""
        from agent.cli.fleet_lines import as_json, as_lines, exit_code

        found = standings(configuration_path(config), wheels)
        typer.echo(as_json(found) if json else "\n".join(as_lines(found)))
        raise typer.Exit(exit_code(found))

    add_backfill(group)


def script(configuration: "Configuration | None") -> str:
    """Return the SQL that makes an empty database the fleet's."""
    from agent.fleet.schema import as_script, reader_statements, statements

    return as_script((*statements(_centre(configuration)), *reader_statements(_beneficiaries(configuration))))


def laid(configuration: "Configuration | None", connect: str | None, wheels: Path | None) -> str:
    """Make the schema, or its rights anew; return what was done. Raises UsageError, DatabaseAway."""
    from agent.fleet.database import connected_as_administrator, password_in
    from agent.fleet.laying import lay_schema

    set_up(wheels)
    settings = _fleet(configuration)
    is_centre = settings is not None and settings.is_centre
    file = settings.password_file if settings is not None and is_centre else None
    with connected_as_administrator(settings, connect) as database:
        is_new = lay_schema(
            database,
            _beneficiaries(configuration),
            _centre(configuration),
            None if file is None else password_in(file),
        )
    readers = len(_beneficiaries(configuration))
    done = "made" if is_new else "there already, its rights given anew"
    whose = "beneficiary" if readers == 1 else "beneficiaries"
    return f"schema of the fleet: {done}; readers of {readers} {whose}"


def admitted(
    wanted: "Enrolment", configuration: "Configuration | None", connect: str | None, wheels: Path | None
) -> None:
    """Admit an agent. Raises UsageError, DatabaseAway."""
    from agent.fleet.database import connected_as_administrator
    from agent.fleet.enrolment import enrol

    set_up(wheels)
    with connected_as_administrator(_fleet(configuration), connect) as database:
        enrol(database, wanted)


def standings(path: Path, wheels: Path | None) -> "tuple[AgentStanding, ...]":
    """Return how each agent stands. Raises UsageError, DatabaseAway."""
    from agent.config.load import load
    from agent.core.errors import UsageError
    from agent.evaluation.identity import act_as_service
    from agent.fleet.agent_states import agent_states
    from agent.fleet.database import connected

    set_up(wheels)
    configuration = load(path, strict=False)
    if configuration.fleet is None:
        raise UsageError(f"{path} names no fleet", "add [fleet], or name the centre's configuration with --config")
    act_as_service(configuration.agent.state_directory)
    with connected(configuration.fleet) as database:
        return agent_states(database, configuration.fleet)


def _wanted(
    agent: str, fingerprint: str, role: str | None, password_file: Path | None, *, replaces: bool
) -> "Enrolment":
    from agent.cli.evidence import known
    from agent.config.forms import read_id, read_role
    from agent.core.errors import UsageError
    from agent.fleet.database import password_in
    from agent.fleet.enrolment import Enrolment

    for what, text, reader in (("AGENT", agent, read_id), ("--role", role, read_role)):
        try:
            _ = None if text is None else reader(text)
        except ValueError as error:
            raise UsageError(f"{what}: {text!r:.80} {error}", "write it as in [fleet] of its configuration") from error
    return Enrolment(
        agent=agent,
        fingerprint=known(fingerprint) or "",
        role=role,
        password=None if password_file is None else password_in(password_file),
        replaces=replaces,
    )


def _read(config: Path | None, connect: str | None) -> "Configuration | None":
    """Return the configuration; with --connect none is needed, unless one is named."""
    import os

    from agent.config.load import load

    path = configuration_path(config)
    if config is None and connect is not None and not os.access(path, os.R_OK):
        return None
    if config is None and not path.exists():
        return None
    return load(path, strict=False)


def _fleet(configuration: "Configuration | None") -> "FleetSettings | None":
    return None if configuration is None else configuration.fleet


def _centre(configuration: "Configuration | None") -> str:
    from agent.fleet.schema import CENTRE

    settings = _fleet(configuration)
    return settings.user if settings is not None and settings.is_centre else CENTRE


def _beneficiaries(configuration: "Configuration | None") -> tuple[str, ...]:
    settings = _fleet(configuration)
    if configuration is None or settings is None or not settings.is_centre:
        return ()
    return tuple(one.id for one in configuration.inventory.beneficiaries)
