"""`beffroi ledger rotate-key`: change the agent's key by a statement that both keys sign."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import ConfigOption, configuration_path
from agent.core.errors import UsageError


def add_rotate_key(group: typer.Typer) -> None:
    """Add the command to those of the ledger."""

    @group.command("rotate-key")
    def rotate_key(
        yes: Annotated[bool, typer.Option("--yes", help="Do it: the key before signs nothing more.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """Change the agent's key: both keys sign a statement, which the ledger and each later bundle hold."""
        path = configuration_path(config)
        if not yes:
            hint = "beffroi ledger rotate-key --yes, as docs/evidence.md says under «Another key»"
            raise UsageError("the key before is gone for ever once it is changed", hint)
        for line in rotated(path):
            typer.echo(line)


def rotated(path: Path) -> Iterator[str]:
    """Change the key of a configuration's agent; yield what its readers and witnesses need.

    Raises UsageError where there is no ledger, or the agent is of a fleet, which knows it by its first key.
    """
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.evaluation.identity import take_identity
    from agent.ledger.keys import verifier
    from agent.ledger.ledger import Ledger

    configuration = load(path, strict=False)
    if configuration.fleet is not None:
        hint = "give it a new state directory, and enrol that one: docs/evidence.md, «Another key»"
        raise UsageError("an agent of a fleet keeps its key: the centre knows its ledger by it", hint)
    directory = configuration.agent.state_directory
    take_identity(directory, writing=True)
    clock = SystemClock()
    with Ledger.open(directory, clock=clock) as ledger:
        change = ledger.rotate_key(clock.now())
    yield from change.statement.splitlines()
    key = verifier(directory).note_key
    yield f"for each witness, beside the key that it has: {key}"
    yield "for each reader: the new fingerprint; until then evidence verify takes the one before"
