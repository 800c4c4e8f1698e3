"""A machine on which only some programs are installed: a folder of links, and a door that looks nowhere else."""

import shutil
from dataclasses import replace
from pathlib import Path

from agent.core.host import Command, Host, Output

# What a shell needs to be of use.
OTHERS = ("sh", "env", "grep", "head", "tr", "cat")


def programs(folder: Path, *tools: str) -> Path:
    """Return a folder that holds these programs and what a shell needs, and nothing else."""
    folder.mkdir()
    for name in (*OTHERS, *tools):
        found = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
        assert found, f"{name} is not installed"
        (folder / name).symlink_to(found)
    return folder


class Through(Host):
    """A host whose programs are found in one folder only."""

    def __init__(self, inner: Host, folder: Path) -> None:
        self.id = inner.id
        self._inner = inner
        self._path = str(folder)

    def execute(self, command: Command) -> Output:
        """Run a program with a PATH of its own."""
        return self._inner.execute(replace(command, environment={**command.environment, "PATH": self._path}))

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file."""
        return self._inner.read(path, limit=limit)
