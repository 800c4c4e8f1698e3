"""What apt would do with each package: its candidate, every version that it knows, and what an upgrade would take."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.core.errors import Unreadable
from collectors.patches.targets import UNWRITTEN
from collectors.patches.versions import Version

# Names come on standard input: thousands of them are too long for one argument of the far side's shell.
POLICY = ("sh", "-c", 'exec xargs apt-cache "$@" policy --', "sh", *UNWRITTEN)
UPGRADE = ("apt-get", *UNWRITTEN, "--simulate", "upgrade")

_HEAD = re.compile(r"(\S+):$")
_CANDIDATE = re.compile(r"  Candidate: (\S+)$")
_TABLE = re.compile(r" (?:\*\*\*|   ) (\S+) -?\d+(?: \(phased \d+%\))?$")
_SOURCE = re.compile(r"        -?\d+ (\S+)")
_TAKEN = re.compile(r"Inst (\S+) \[")
STATUS_FILE = "/status"


@dataclass(frozen=True, slots=True, kw_only=True)
class AptPolicy:
    """What apt knows of one package; `offered` leaves out what is only installed; `candidate` None: none."""

    candidate: Version | None
    offered: tuple[Version, ...]


# openssl:
#   Installed: 3.5.7-1~deb13u2
#   Candidate: 3.5.9-1~deb13u1
#   Version table:
#      3.5.9-1~deb13u1 500
#         500 http://… trixie/main amd64 Packages
#  *** 3.5.7-1~deb13u2 100
#         100 /var/lib/dpkg/status
def parse(said: bytes, where: str) -> Mapping[str, AptPolicy]:
    """Return apt's policy for each package, by the name under which it was asked. Raises Unreadable."""
    found: dict[str, AptPolicy] = {}
    name, candidate, versions, version = "", None, list[Version](), None
    text = said.decode(errors="replace")
    for line in (*text.split("\n"), "end:"):
        if head := _HEAD.match(line):
            if name:
                found[name] = AptPolicy(candidate=candidate, offered=tuple(versions))
            name, candidate, versions, version = head[1], None, [], None
        elif chosen := _CANDIDATE.match(line):
            candidate = None if chosen[1] == "(none)" else Version(chosen[1])
        elif row := _TABLE.match(line):
            version = Version(row[1])
        elif (source := _SOURCE.match(line)) and version is not None and not source[1].endswith(STATUS_FILE):
            versions.append(version)
    if text.strip() and not found:
        raise Unreadable(f"apt-cache on {where} says no policy", "see what `apt-cache policy` says there")
    return found


# Inst xxd [2:9.1.1230-2] (2:9.1.1230-2+deb13u2 Debian:13.8/stable, Debian-Security:13/stable-security [amd64])
def taken(said: bytes) -> frozenset[str]:
    """Return the names that an upgrade without new packages and removals would take along."""
    found = (_TAKEN.match(line) for line in said.decode(errors="replace").split("\n"))
    return frozenset(one[1] for one in found if one is not None)


def hindrance(*, held: bool, fix: Version, policy: AptPolicy, security: Version | None, upgraded: bool | None) -> str:
    """Return what keeps an update from coming by itself, or whence it comes instead; empty where nothing does.

    `security` is the newest that a security index offers. `upgraded` None: no one could tell.
    """
    if held:
        return "held"
    if policy.candidate is None or policy.candidate < fix:
        return "pinned"
    if upgraded is False:
        return "kept-back"
    if security is None or security < policy.candidate:
        return "superseded"
    return ""
