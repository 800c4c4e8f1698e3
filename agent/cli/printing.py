"""Print verdicts as a screen, as lines or as JSON."""

import shutil
from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

import typer

from agent.config.settings import Configuration
from agent.core.errors import UsageError
from agent.core.model import Verdict
from agent.export.snapshot import UnwatchedItem
from agent.wording.languages import LANGUAGES, Language

NARROWEST = 40


def print_verdicts(
    verdicts: Sequence[Verdict],
    configuration: Configuration,
    *,
    json: bool,
    language: str | None,
    now: datetime,
    stream: TextIO,
    unwatched: Sequence[str] = (),
) -> None:
    """Print some verdicts; what nothing watches ends a screen, or goes to standard error beside lines and JSON."""
    from agent.cli.scorecard import render, unwatched_line
    from agent.export.verdicts_json import document

    chosen = chosen_language(language, configuration)
    if configuration.agent.demonstration:
        from agent.wording.page import page_words

        typer.echo(page_words(chosen).demonstration, err=not stream.isatty())
    if json:
        stream.write(document(verdicts, now) + "\n")
    else:
        terminal = stream.isatty()
        stream.write(
            render(verdicts, language=chosen, unwatched=unwatched, terminal=terminal, width=width_of_terminal())
        )
        if terminal:
            return
    if unwatched:
        typer.echo(unwatched_line(unwatched, chosen), err=True)


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


def unwatched_here(configuration: Configuration) -> tuple[str, ...]:
    """Return what is watched by nothing: hosts left out of a list, mounts of this machine where it is declared."""
    from agent.cli.unwatched import mounts_here, unwatched_mounts, unwatched_paths

    inventory = configuration.inventory
    named = inventory.left_out + unwatched_paths(inventory)
    if not any(host.transport == "local" for host in inventory.hosts):
        return named
    return named + unwatched_mounts(inventory, mounts_here())


def unwatched_pages(configuration: Configuration) -> tuple[UnwatchedItem, ...]:
    """Return the same for the status page, for readers who see everything."""
    return tuple(UnwatchedItem(sentence=name) for name in unwatched_here(configuration))
