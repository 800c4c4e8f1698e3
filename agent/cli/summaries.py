"""The list of commands in `--help`, each with its whole first sentence."""

from typing import Any

from typer.core import TyperGroup

# More than any summary has: click cuts what is longer than the rest of a line.
WHOLE = 1000


class CommandGroup(TyperGroup):
    """A group whose list of commands cuts no summary; a long one goes on below."""

    # The types are click's, which typer carries inside it under a private name.
    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands."""
        found = [(name, command) for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))]
        rows = [(name, command.get_short_help_str(WHOLE)) for name, command in found if not command.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
