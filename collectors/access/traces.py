"""What outlives a password and a key: sessions, cron and at jobs, units that run as someone or linger for them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from agent.core.errors import Unreadable
from agent.core.host import Host
from agent.core.lines import one_line
from agent.core.model import Gap
from agent.core.reason import Reason
from agent.hosts.root_requests import RootRequest, ask

_NUMBER = re.compile(r"[0-9]{1,10}")
ROOT = 0
KINDS = frozenset({"cron", "linger", "unit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One thing that runs, or will, as someone: an account's name, or a number where none was told."""

    kind: str
    owner: str
    place: str = ""


def traces_of(host: Host, timeout: timedelta) -> tuple[tuple[Trace, ...], tuple[Gap, ...]]:
    """Return what runs or will run, and what could not be seen. Raises a LookError."""
    return parse(ask(host, RootRequest.TRACES, timeout).body, host.id)


# cron adupont /var/spool/cron/crontabs/adupont
# owner process 1000
# closed /var/spool/cron/crontabs
def parse(said: bytes, where: str) -> tuple[tuple[Trace, ...], tuple[Gap, ...]]:
    """Return what the script found. Raises Unreadable for what is no answer of it."""
    found: dict[Trace, None] = {}
    gaps: list[Gap] = []
    for line in said.decode("utf-8", "replace").split("\n"):
        kind, _space, rest = line.partition(" ")
        first, _space, second = rest.partition(" ")
        if kind in KINDS and first:
            found[Trace(kind=kind, owner=first, place="" if second == "-" else one_line(second, 120))] = None
        elif kind == "owner" and _NUMBER.fullmatch(second):
            found[Trace(kind="session" if first == "process" else first, owner=second)] = None
        elif kind == "closed":
            detail = f"{one_line(rest)} on {where} may not be read by the account used there"
            gaps.append(Gap(subject=f"{where}/traces", reason=Reason.DENIED, detail=detail))
        elif line:
            raise Unreadable(f"the search for jobs on {where} says {line[:80]!r}")
    return tuple(found), tuple(gaps)


def by_account(traces: tuple[Trace, ...], names: Iterable[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """Yield each owner by name, with what was found; a number that no account has is told as `uid NUMBER`.

    What several accounts of one number own is each one's, but for root's: a second one owns none of its processes.
    """
    of: dict[int, list[str]] = {}
    for number, name in names:
        if number != ROOT or number not in of:
            of.setdefault(number, []).append(name)
    for one in traces:
        numbered = _NUMBER.fullmatch(one.owner) is not None
        for owner in of.get(int(one.owner), [f"uid:{one.owner}"]) if numbered else [one.owner]:
            yield owner, f"{one.kind} {one.place}".strip()
