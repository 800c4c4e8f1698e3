"""A machine on which only some programs are installed: a folder of links, and a door that looks nowhere else."""

import shutil
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from pathlib import Path

from agent.core.host import OUTPUT_LIMIT, Host, Output

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


class Through:
    """A host whose programs are found in one folder only."""

    def __init__(self, inner: Host, folder: Path) -> None:
        self.id = inner.id
        self._inner = inner
        self._path = str(folder)

    def run(
        self,
        *argv: str,
        timeout: timedelta,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        accept: Collection[int] | None = (0,),
        output_limit: int = OUTPUT_LIMIT,
        shown: str | None = None,
        hear: Callable[[bytes], None] | None = None,
    ) -> Output:
        """Run a program with a PATH of its own."""
        return self._inner.run(
            *argv,
            timeout=timeout,
            environment={**(environment or {}), "PATH": self._path},
            stdin=stdin,
            accept=accept,
            output_limit=output_limit,
            shown=shown,
            hear=hear,
        )

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file."""
        return self._inner.read(path, limit=limit)
