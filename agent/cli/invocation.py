"""Run the command line once, and turn typer's errors into ours and the result into an exit code."""

import os
from collections.abc import Sequence

import typer
import typer.main

from agent.cli.app import app, normalise
from agent.cli.completing import VARIABLE, complete
from agent.cli.logs import log_to_details
from agent.core.errors import UsageError


def invoke(arguments: Sequence[str]) -> int:
    """Carry out one command; return its exit code.

    Typer's own runner is passed by: it ends a broken pipe with 1, which here means that a target is missed.
    """
    log_to_details()
    command = typer.main.get_command(app)
    if VARIABLE in os.environ:
        return complete(command)
    try:
        with command.make_context("beffroi", normalise(arguments)) as context:
            outcome = command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.Abort as aborted:
        raise KeyboardInterrupt from aborted
    except typer.TyperException as error:
        return refuse(error)
    return outcome if isinstance(outcome, int) else 0


def refuse(error: typer.TyperException) -> int:
    """Raise what typer refused as a usage error of ours; print the help where no argument was given at all."""
    context: typer.Context | None = getattr(error, "ctx", None)
    message = error.format_message()
    if context is not None and message == context.get_help():
        typer.echo(message, err=True)
        return UsageError.exit_code
    path = context.command_path if context is not None else "beffroi"
    wrong, nearest = in_our_manner(message)
    raise UsageError(wrong, f"{nearest} {path} --help".lstrip()) from error


def in_our_manner(message: str) -> tuple[str, str]:
    """Return a message without its capital and its full stop, and what it proposes instead, as `did you mean …?`."""
    # The library under typer says so of a choice (pydantic); no one else needs to know.
    wrong, mark, nearest = message.replace("Value error, ", "").partition("Did you mean")
    return wrong[:1].lower() + wrong[1:].rstrip(". "), f"did you mean{nearest}" if mark else ""
