"""OpenSSH's client configuration for one host, as `ssh -G` prints it (ssh(1), ssh_config(5)).

ssh reads its own files, as the account that runs this program. What changes neither the route nor the trust is passed
over; every other value that is in force for the host is an error: to pass over a detour would be to look at another
machine. A `Match exec` is an error too, and is never run.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from agent.core.errors import Denied, ToolMissing, Unreadable
from agent.core.host import Command
from agent.core.lines import one_line
from agent.hosts.run import run_program
from agent.hosts.ssh.directives import ALGORITHMS, HARMLESS, HONOURED, REFUSED

LIMIT = 1024 * 1024
PATIENCE = timedelta(seconds=10)
# ssh starts the program of a `Match exec` with this as its shell, fails, and names file and line.
NO_SHELL = {"SHELL": "/"}
NO_FILE = Path("none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value in force: which host's it is, its name in lower case, and what is said, in one piece."""

    where: str
    keyword: str
    value: str

    def mistake(self, what: str) -> Unreadable:
        """Return the error that says what is wrong with this value."""
        return Unreadable(f"{self.where}: {one_line(self.keyword)} {what}", f"see ssh_config(5), and: {self.where}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is in force for one host, by names in lower case; `configured` leaves out ssh's own defaults."""

    host_name: Line
    port: Line
    user: Line
    identity_files: tuple[Line, ...]
    configured: Mapping[str, Line]


def read_settings(
    host: str, *, port: int | None, user: str | None, file: Path | None, timeout: timedelta = PATIENCE
) -> Settings:
    """Return what is in force for a host, as it was named, with the port and user that were declared.

    `file` stands in for the account's and the system's file. Raises Unreadable, Denied, ToolMissing, TimedOut.
    """
    if not host or "@" in host or "/" in host:  # a user or an address to ssh, and no name
        raise Unreadable(f"{one_line(host)} is no name of a host", "give address and user apart")
    declared = (*(("-p", str(port)) if port else ()), *(("-l", user) if user else ()))
    found = _dump(host, declared, file, timeout)
    defaults = _defaults(_installed())
    where = f"ssh -G {one_line(host)}"
    configured = {
        name: Line(where=where, keyword=name, value=values[0])
        for name, values in found.items()
        if name != "host" and values != defaults.get(name)
    }
    for name, line in configured.items():
        if name in REFUSED and line.value.lower() not in REFUSED[name]:
            raise line.mistake(f"is not honoured here, and would change how {one_line(host)} is reached")
        if name not in HARMLESS | HONOURED | ALGORITHMS | REFUSED.keys():
            raise line.mistake("is not known here")
    single = {name: Line(where=where, keyword=name, value=found[name][0]) for name in ("hostname", "port", "user")}
    keys = found["identityfile"] if "identityfile" in configured else ()
    return Settings(
        host_name=single["hostname"],
        port=single["port"],
        user=single["user"],
        identity_files=tuple(Line(where=where, keyword="identityfile", value=one) for one in keys),
        configured=configured,
    )


def _installed() -> tuple[int, int] | None:
    """Return what changes where another ssh is installed: a newer one has other defaults."""
    program = shutil.which("ssh")
    try:
        status = None if program is None else os.stat(program)
    except OSError:  # just being replaced
        status = None
    return None if status is None else (status.st_ino, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _defaults(_installed: tuple[int, int] | None) -> Mapping[str, tuple[str, ...]]:
    """Return what is in force where no file says anything."""
    return _dump("localhost", (), NO_FILE, PATIENCE)


def _dump(host: str, declared: tuple[str, ...], file: Path | None, timeout: timedelta) -> Mapping[str, tuple[str, ...]]:
    """Return every value by its name in lower case, in ssh's order."""
    files = () if file is None else ("-F", str(file))
    argv = ("ssh", "-G", "-T", *files, *declared, "--", host)
    try:
        output = run_program(Command(argv=argv, timeout=timeout, environment=NO_SHELL, output_limit=LIMIT))
    except ToolMissing as missing:
        raise ToolMissing(missing.message, "apt-get install openssh-client") from missing
    if output.status != 0 or output.truncated:
        raise refusal(host, output.stderr)
    values: dict[str, tuple[str, ...]] = {}
    for line in output.stdout.decode(errors="surrogateescape").split("\n"):
        name, _, value = line.partition(" ")
        values[name.lower()] = (*values.get(name.lower(), ()), value)
    if not {"hostname", "port", "user"} <= values.keys():
        raise Unreadable(f"ssh -G {one_line(host)} does not say where the host is", "run it by hand")
    return values


def refusal(host: str, said: bytes) -> Denied | Unreadable:
    """Return why ssh refuses its configuration: the first of its lines that names a line of a file, else its first."""
    lines = [one_line(line) for line in said.decode(errors="replace").splitlines() if line.strip()]
    why = next((line for line in lines if " line " in line), lines[0] if lines else "it said nothing")
    if "Bad owner or permissions" in why:
        return Denied(f"ssh refuses its configuration: {why}", "chmod go-w, and let its user own it")
    return Unreadable(f"ssh refuses its configuration for {one_line(host)}: {why}", "see ssh_config(5)")
