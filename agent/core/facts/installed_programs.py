"""Programs of ours that administrators install on other machines: which version is current, and how to renew one.

A look through an installed program that is older than this agent's own leaves the fact `program.outdated`: its subject
is the host, its value the program's name. What it answered still counts; the verdicts that rest on it name it.
"""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.core.inventory import DeclaredHost
from agent.core.model import Fact

OUTDATED = "program.outdated"
# What a finding that rests on one says of it, beside `renew_with`.
OUTDATED_PROGRAM, OUTDATED_HOST = "outdated_program", "outdated_host"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledProgram:
    """One installed program; `guide` is the page of `beffroi explain` that prints it, `path` where the page puts it."""

    name: str
    guide: str
    path: str
    version: int


STORE = InstalledProgram(name="beffroi-store", guide="store", path="/usr/local/bin/beffroi-store", version=6)
ROOT = InstalledProgram(name="beffroi-root", guide="ssh", path="/usr/local/sbin/beffroi-root", version=15)
PROGRAMS = {program.name: program for program in (STORE, ROOT)}


def outdated_in(facts: Iterable[Fact]) -> Iterator[tuple[str, InstalledProgram]]:
    """Yield each host with a program on it that is outdated."""
    for fact in facts:
        program = PROGRAMS.get(str(fact.value)) if fact.name == OUTDATED else None
        if program is not None:
            yield fact.subject, program


def renewal(program: InstalledProgram, host: DeclaredHost) -> str:
    """Return the command that installs this agent's own version, for a shell of the agent's machine."""
    if host.transport != "ssh":
        if program is ROOT:
            return "sudo beffroi install"
        return f"beffroi explain {program.guide} | sed -n '/^#!/,$p' | sudo tee {program.path} >/dev/null"
    port = "" if host.port is None else f"-p {host.port} "
    where = shlex.quote(f"root@{host.address or host.id}")
    lay = f"f={program.path}; cat >$f.new && chmod 755 $f.new && mv $f.new $f"
    return f"beffroi explain {program.guide} | sed -n '/^#!/,$p' | ssh {port}{where} '{lay}'"
