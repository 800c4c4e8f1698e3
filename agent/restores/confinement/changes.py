"""Start a backup program so that all it writes ends up in one folder, whatever an archive's names and links say.

A backup is hostile: anyone who may write it chooses its names. borg 1.4 and restic 0.18 restore through a link of the
same point, and pgBackRest 2.55 to wherever its list of files says (`pg_data/../../x`). borg writes an index where it is
only asked to read, into files that a repository on this machine may have as links.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.core.errors import ToolMissing
from agent.hosts.parent_death import dying_with_us
from agent.restores.confinement import landlock

_HOME = Path(__file__).resolve().parents[3]
_CODE = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from agent.restores.confinement.changes import main; main(sys.argv[2:])"
)
_NOWHERE = ("/dev/null", "/dev/tty")
_END = "--"
# As env(1) and setpriv(1) have it.
_NOT_STARTED = 127


def changing_only(*places: Path) -> tuple[str, ...]:
    """Return the words to put before a program's own: it changes nothing outside these folders, and ends with us.

    Where this kernel cannot hold it to that, it is not held; see `hold_to_confinable`.
    """
    return (*dying_with_us(), *held_to(*places))


def held_to(*places: Path) -> tuple[str, ...]:
    """Return the same words for a program that may outlive us."""
    code = (sys.executable, "-I", "-c", _CODE, str(_HOME))
    return (*code, *(str(place.absolute()) for place in places), _END)


def hold_to_confinable(program: str) -> None:
    """Raise ToolMissing where a program that restores to anywhere cannot be held to one folder."""
    if landlock.version() < landlock.MOVE_SINCE:
        raise ToolMissing(
            f"nothing here can hold {program} to the folder that it restores into",
            "its archives may name any other: restore on a kernel that has Landlock (Debian 12's and newer)",
        )


def main(arguments: Sequence[str]) -> None:
    """Become a program: the folders, `--`, the program and its arguments."""
    end = arguments.index(_END)
    program = list(arguments[end + 1 :])
    landlock.forgo_privileges()
    landlock.restrict_changes((*arguments[:end], *_NOWHERE))
    try:
        os.execvp(program[0], program)
    except OSError as error:
        sys.stderr.write(f"{program[0]}: {os.strerror(error.errno or 0).lower()}\n")
        sys.exit(_NOT_STARTED)
