"""Print verdicts as a screen, as lines or as JSON."""

import shutil
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

import typer

from agent.config.settings import Configuration
from agent.core.errors import UsageError
from agent.core.model import Verdict
from agent.export.snapshot import UnwatchedItem
from agent.wording.languages import LANGUAGES, Language

if TYPE_CHECKING:
    from agent.cli.unwatched import Unwatched

NARROWEST = 40


def print_verdicts(
    verdicts: Sequence[Verdict],
    configuration: Configuration,
    *,
    json: bool,
    language: str | None,
    now: datetime,
    stream: TextIO,
    unwatched: "Sequence[Unwatched]" = (),
    agents: Collection[str] | None = None,
) -> None:
    """Print some verdicts; what nothing watches ends a screen, or goes to standard error beside lines and JSON."""
    from agent.cli.scorecard import render
    from agent.cli.unwatched import unwatched_lines
    from agent.export.verdicts_json import document

    chosen = chosen_language(language, configuration)
    if configuration.agent.demonstration:
        from agent.wording.page import page_words

        typer.echo(page_words(chosen).demonstration, err=not stream.isatty())
    if json:
        stream.write(document(verdicts, now, agents) + "\n")
    else:
        terminal = stream.isatty()
        stream.write(
            render(verdicts, language=chosen, unwatched=unwatched, terminal=terminal, width=width_of_terminal())
        )
        if terminal:
            return
    for line in unwatched_lines(unwatched, chosen):
        typer.echo(line, err=True)


def print_targets(verdicts: Sequence[Verdict], *, language: Language, stream: TextIO) -> None:
    """Print one line for each target: its worst state, and how many of its verdicts are in each.

    Not on a terminal the names of the fields go to standard error: standard output has a line a target, and no other.
    """
    from agent.cli.scorecard import render_targets, target_fields

    if not stream.isatty():
        typer.echo(target_fields(), err=True)
    stream.write(render_targets(verdicts, language=language, terminal=stream.isatty(), width=width_of_terminal()))


def width_of_terminal() -> int:
    """Return how many columns there are to write in."""
    return max(NARROWEST, shutil.get_terminal_size().columns)


def chosen_language(asked: str | None, configuration: Configuration) -> Language:
    """Return the language asked for, else the configured one. Raises UsageError for one that no one speaks here."""
    chosen = asked or configuration.agent.language
    for language in LANGUAGES:
        if chosen == language:
            return language
    raise UsageError(f"unknown language {chosen!r}", f"one of: {', '.join(LANGUAGES)}")


def unwatched_here(configuration: Configuration) -> "tuple[Unwatched, ...]":
    """Return what is watched by nothing: hosts left out of a list, mounts of this machine where it is declared."""
    from agent.cli.unwatched import Unwatched, UnwatchedKind, mounts_here, unwatched_mounts, unwatched_paths

    inventory = configuration.inventory
    here = any(host.transport == "local" for host in inventory.hosts)
    found = (
        (UnwatchedKind.HOST, inventory.left_out),
        (UnwatchedKind.WAY_IN, unwatched_paths(inventory)),
        (UnwatchedKind.MOUNT, unwatched_mounts(inventory, mounts_here()) if here else ()),
    )
    return tuple(Unwatched(kind=kind, name=name) for kind, names in found for name in names)


def unwatched_pages(configuration: Configuration) -> tuple[UnwatchedItem, ...]:
    """Return the same for the status page, for readers who see everything."""
    return tuple(UnwatchedItem(sentence=one.name) for one in unwatched_here(configuration))
