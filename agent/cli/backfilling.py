"""`beffroi fleet backfill`: give a VictoriaMetrics what a line that was cut had hidden from it."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path

if TYPE_CHECKING:
    from agent.queries.backfill import BackfillTally

# Where VictoriaMetrics listens by itself.
HERE = "http://localhost:8428"
_LONGEST = 300


def add_backfill(group: typer.Typer) -> None:
    """Add `fleet backfill`."""

    @group.command("backfill")
    def backfill(
        since: Annotated[str, typer.Option(metavar="DATE", help="First day to give, YYYY-MM-DD.")],
        to: Annotated[str, typer.Option(metavar="URL", help="Address of the VictoriaMetrics.")] = HERE,
        credentials: Annotated[
            Path | None, typer.Option(metavar="FILE", help="File with user:password for it.")
        ] = None,
        config: ConfigOption = None,
    ) -> None:
        """Give VictoriaMetrics how each verdict stood, and the days as they count; what it has, it is not given twice.

        Exit 1 if it has some otherwise, 3 if it cannot be reached or something of the fleet could not be given.
        """
        from agent.wording.inert import inert

        found = given(_first_day(since), to, credentials, configuration_path(config))
        typer.echo(f"{found.given} samples given, {found.there} were there")
        for one in found.troubles:
            typer.echo(f"not given: {inert(one, _LONGEST)}", err=True)
        if found.otherwise:
            typer.echo(
                f"{found.otherwise} samples stand there otherwise, since late evidence came in between", err=True
            )
            typer.echo('hint: delete its series {origin="backfill"} (delete_series), and run this again', err=True)
        raise typer.Exit(1 if found.otherwise else 3 if found.troubles else 0)


def given(since: date, to: str, credentials: Path | None, path: Path) -> "BackfillTally":
    """Give all that is known since a day. Raises UsageError, MetricsAway, LedgerError."""
    from agent.cli.centre import is_centre, opened_reading
    from agent.cli.fleet_extra import prepare_fleet
    from agent.core.errors import UsageError
    from agent.core.period import day_of
    from agent.report.prometheus import source

    server = source(to, credentials, "--to", "--credentials")
    if not is_centre(path):
        raise UsageError(f"{path} is no centre's configuration", "name the centre's with --config")
    prepare_fleet(path)
    with opened_reading(path) as (configuration, _, clock, reading):
        from agent.queries.backfill import Backfill
        from agent.queries.victoria_metrics import VictoriaMetrics

        today = day_of(clock.now())
        if since > today:
            raise UsageError(f"--since {since} is in the future", f"today is {today}")
        return Backfill(reading, configuration, clock, VictoriaMetrics(server=server)).run(since)


def _first_day(text: str) -> date:
    from agent.core.errors import UsageError

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--since {text!r:.40} is no day", "write it as 2026-10-01") from error
