"""Where the programs of a PostgreSQL major version are installed on this machine."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from agent.core.errors import ToolMissing

# Older ones take their recovery from a file of its own, and have not all the settings that hold a foreign cluster.
OLDEST_MAJOR = 13
# Debian's, and the packages of PostgreSQL itself on Red Hat's systems: one folder a major version.
_FOLDERS = ("/usr/lib/postgresql/{major}/bin", "/usr/pgsql-{major}/bin")
_PROGRAMS = ("postgres", "psql", "pg_controldata", "pg_verifybackup")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPrograms:
    """The folder of one version's programs."""

    major: int
    folder: Path

    def path(self, name: str) -> str:
        """Return where one of them lies."""
        return str(self.folder / name)


def programs_of(major: int) -> ServerPrograms:
    """Return the programs of a major version. Raises ToolMissing: no other version can start its clusters."""
    if major < OLDEST_MAJOR:
        raise ToolMissing(
            f"the cluster is of PostgreSQL {major}, and an exercise starts {OLDEST_MAJOR} or newer",
            "restore it by hand, and enter the test: beffroi register add",
        )
    for form in _FOLDERS:
        folder = Path(os.path.realpath(form.format(major=major)))
        if all(os.access(folder / name, os.X_OK) for name in _PROGRAMS):
            return ServerPrograms(major=major, folder=folder)
    raise ToolMissing(
        f"the cluster is of PostgreSQL {major}, whose server is not installed on the agent's machine",
        f"install postgresql-{major} there, and let no cluster of its own start",
    )


def major_in(text: str) -> int | None:
    """Return the major version that a `PG_VERSION` file names; None for anything else."""
    match = re.fullmatch(r"([1-9]\d{0,2})\s*", text)
    return None if match is None else int(match[1])
