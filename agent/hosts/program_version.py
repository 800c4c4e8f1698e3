"""Which version of a program answers on this machine, asked once for each file that answers."""

import os
import re
import shutil
from collections.abc import Mapping
from datetime import timedelta

from agent.core.errors import Unreadable
from agent.core.host import Host
from agent.core.lines import one_line

ProgramVersion = tuple[int, int, int]

_ANSWERS_WITHIN = timedelta(seconds=20)

# What this process found out, by the file that answered: an upgrade or a removal is another file.
_known: dict[tuple[str, int, int, int], ProgramVersion] = {}


def version_asked(here: Host, program: str, *asking: str, environment: Mapping[str, str]) -> ProgramVersion:
    """Return the version of a program, which names it when run with the words of `asking`.

    Raises ToolMissing where it is not installed, Unreadable, TimedOut.
    """
    name = _file_that_answers(program, environment)
    known = None if name is None else _known.get(name)
    if known is not None:
        return known
    output = here.run(program, *asking, timeout=_ANSWERS_WITHIN, environment=environment)
    version = version_said(program, output.stdout)
    if name is not None:
        _known[name] = version
    return version


def version_said(program: str, stdout: bytes) -> ProgramVersion:
    """Return the version in what a program said, as in `borg 1.4.0`. Raises Unreadable."""
    pattern = rb"^%s (\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?" % re.escape(program).encode()
    found = re.search(pattern, stdout[:65536], re.MULTILINE)
    if found is None:
        raise Unreadable(f"{program} does not say its version: {one_line(stdout) or 'nothing'}")
    major, minor, patch = (int(number or 0) for number in found.groups())
    return major, minor, patch


def dotted(version: ProgramVersion) -> str:
    """Return a version as its program writes it."""
    return ".".join(str(number) for number in version)


def _file_that_answers(program: str, environment: Mapping[str, str]) -> tuple[str, int, int, int] | None:
    found = shutil.which(program, path=environment.get("PATH"))
    if found is None:
        return None
    try:
        status = os.stat(found)
    except OSError:
        return None
    return found, status.st_ino, status.st_size, status.st_mtime_ns
