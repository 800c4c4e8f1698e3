"""Render docs/commands.md from the commands' own help."""

import sys
from collections.abc import Iterator
from typing import Any

import typer.main

from agent.cli.app import app

_HEAD = """\
# Commands

What `--help` says, of every command; what each is for is explained in [operating.md](operating.md) and, in French, in
[guide-administrateur.md](guide-administrateur.md). `--config FILE` and `--language` may stand before the command's
name too.

Exit codes of what looks and judges: `0` every verdict met, accepted or not applicable · `1` at least one missed · `2`
usage, configuration or set-up error, nothing was judged · `3` none missed, at least one unproven · `70` the agent
itself failed · `130` interrupted. What makes something: `0` made, `2` refused. What verifies: `0` sound · `1` damage
found · `3` could not tell.

This page is rendered from the program (`python -m agent.cli.reference`) and checked by a test.
"""


def render() -> str:
    """Return the whole document."""
    return _HEAD + "".join(_section(command, f"beffroi {name}") for name, command in commands())


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command, those of a group with the group's name before theirs, in the order of `--help`."""
    top: Any = typer.main.get_command(app)
    for name, command in top.commands.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {one}", within) for one, within in inner.items())


def _section(command: Any, name: str) -> str:
    usage = usage_of(command, name)
    rows = "".join(_row(parameter) for parameter in command.params)
    table = f"\n| argument | meaning |\n| --- | --- |\n{rows}" if rows else ""
    return f"\n## `{name}`\n\n```text\n{usage}\n```\n\n{_text(command.help)}\n{table}"


def usage_of(command: Any, name: str) -> str:
    """Return the line that shows how a command is written."""
    return " ".join([name, *(_usage(parameter) for parameter in command.params)])


def _usage(parameter: Any) -> str:
    word = argument_name(parameter)
    word = word if parameter.required else f"[{word}]"
    return f"{word}…" if getattr(parameter, "multiple", False) or parameter.nargs == -1 else word


def _row(parameter: Any) -> str:
    return f"| `{argument_name(parameter)}` | {_text(parameter.help)} |\n"


def argument_name(parameter: Any) -> str:
    """Return an argument as it is written, or an option with the name of its value."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    option = str(parameter.opts[-1])
    return option if parameter.is_flag else f"{option} {parameter.metavar or parameter.name.upper()}"


def _text(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(render())
