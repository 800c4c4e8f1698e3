"""The command line: every command is a file beside this one, which adds itself."""

from collections.abc import Sequence

import typer

from agent.cli import check, config, demo, explain, init, ledger, register, run, status, verify

app = typer.Typer(
    name="beffroi",
    help="Checks each security target of a convention for real, and says how far it is met.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (init, config, check, status, run, verify, register, ledger, explain, demo):
    command.register(app)

# Options that may stand before or after the command's name.
ANYWHERE = ("--config", "--language")


def normalise(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with `--config FILE` and `--language L` moved from before the command's name to the end."""
    moved: list[str] = []
    rest = list(arguments)
    while rest and rest[0].split("=", 1)[0] in ANYWHERE:
        taken = 1 if "=" in rest[0] else 2
        moved += rest[:taken]
        rest = rest[taken:]
    if "--" in rest:
        at = rest.index("--")
        return rest[:at] + moved + rest[at:]
    return rest + moved
