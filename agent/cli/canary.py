"""`beffroi canary`: the date and nonce that are written into a source before each backup."""

from typing import Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.cli.summaries import CommandGroup


def register(app: typer.Typer) -> None:
    """Add `canary plant`."""
    group = typer.Typer(
        cls=CommandGroup, no_args_is_help=True, help="Write the day's canary into a source, before its backup."
    )
    app.add_typer(group, name="canary")

    # With one command alone, typer would take the group's name for it.
    @group.callback()
    def canary() -> None:
        """Write the day's canary into a source, before its backup."""

    @group.command("plant")
    def plant_canary(
        backup: Annotated[str, typer.Argument(metavar="BACKUP", help="The backup whose canary is planted.")],
        config: ConfigOption = None,
    ) -> None:
        """Write date and nonce into a backup's source; run it as the user who runs the backup, just before it."""
        from pathlib import Path

        from agent.cli.narrowing import unknown
        from agent.config.of_agent import load_of_agent
        from agent.core.clock import SystemClock
        from agent.core.errors import UsageError
        from agent.core.files import shown
        from agent.hosts.canary_planting import plant

        backups = {one.id: one for one in load_of_agent(configuration_path(config)).inventory.backups}
        if backup not in backups:
            raise unknown("backup", backup, backups)
        declared = backups[backup]
        if declared.canary is None:
            raise UsageError(f"{backup}: the configuration names no canary", f'add canary = "…" to backup "{backup}"')
        planted = plant(Path(declared.canary), declared.paths, SystemClock().now()).planted
        typer.echo(f"{shown(declared.canary)}: canary of {planted:%Y-%m-%dT%H:%M:%SZ}")
