"""Complete words for a shell, and print the scripts by which bash, zsh and fish ask for that.

typer's own protocol: the shell starts the program with `_BEFFROI_COMPLETE` and the words of its line.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Any

VARIABLE = "_BEFFROI_COMPLETE"
# The file of docs/shell that each shell's script lies in.
SCRIPTS = {"bash": "beffroi.bash", "zsh": "_beffroi", "fish": "beffroi.fish"}


def complete(command: Any) -> int:
    """Answer a shell that asks for the words that fit; return the exit code."""
    from typer._completion_classes import completion_init

    completion_init()
    try:
        command.main(args=[], prog_name="beffroi", complete_var=VARIABLE)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def script(shell: str) -> str:
    """Return the script that a shell loads, ended by a newline."""
    from typer._completion_shared import get_completion_script

    return get_completion_script(prog_name="beffroi", complete_var=VARIABLE, shell=shell) + "\n"


def beginning(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """Return what completes an argument from fixed names, which are gathered only when a shell asks."""
    return lambda incomplete: [name for name in names() if name.startswith(incomplete)]


def targets() -> Iterable[str]:
    """Return the ids of the convention's targets."""
    from agent.core.convention import CLAUSES

    return CLAUSES


def registers() -> Iterable[str]:
    """Return the names of the registers that take entries."""
    from agent.register.registers import REGISTERS

    return REGISTERS


def explained() -> Iterable[str]:
    """Return the names that `explain` is asked for most: targets, reason codes, registers and guides."""
    from agent.core.reason import Reason

    return (*targets(), *(reason.value for reason in Reason), *registers(), "ssh", "store", "network")


if __name__ == "__main__":
    sys.stdout.write(script(sys.argv[1]))
