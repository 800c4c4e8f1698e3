"""Completion: a real bash asks the real program for the words that fit."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli.completing import SCRIPTS, script
from tests.parts.checkout import HOME

pytestmark = pytest.mark.programs

# What bash sets before it calls the function, for a line and the word under the cursor.
LINE = """\
source "$1"
read -ra COMP_WORDS <<<"$2"
[[ $2 != *' ' ]] || COMP_WORDS+=("")
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
"$(complete -p beffroi | sed 's/.*-F \\([^ ]*\\).*/\\1/')" beffroi
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(line: str, folder: Path) -> list[str]:
    """Return the words that bash is offered at the end of a line."""
    program = folder / "beffroi"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m agent "$@"\n')
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", "--norc", "-c", LINE, "bash", HOME / "docs/shell/beffroi.bash", line],
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stderr == ""
    return sorted(done.stdout.split())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("beffroi re", ["register", "reload", "report", "retire"]),
        ("beffroi status --mi", ["--missed"]),
        ("beffroi retire b", ["backup"]),
        ("beffroi alert acknowledge backup-r", ["backup-rpo", "backup-rto"]),
        ("beffroi register add accep", ["acceptance"]),
        ("beffroi explain host-key-", ["host-key-changed", "host-key-unknown"]),
    ],
)
def test_bash_completes_commands_options_and_names(line: str, words: list[str], tmp_path: Path) -> None:
    assert completed(line, tmp_path) == words


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_scripts_are_those_of_the_program(shell: str) -> None:
    written = (HOME / "docs/shell" / SCRIPTS[shell]).read_text()
    assert written == script(shell), f"python -m agent.cli.completing {shell} > docs/shell/{SCRIPTS[shell]}"
