"""The result of trying a network flow: the word for each address, and the facts that carry it to the rule."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from agent.core.model import Fact, Observation
from agent.core.registered import registered


class FlowResult(Enum):
    """What came of one attempt; the words are those of the program that makes it."""

    OPEN = "open"
    REFUSED = "refused"  # someone says no: the machine itself, or a firewall in its name
    FILTERED = "filtered"  # no one says anything
    UNREACHABLE = "unreachable"  # a router or a firewall says that there is no way
    NO_ROUTE = "no-route"  # the machine that tries has no way there at all
    SILENT = "silent"  # a datagram got no answer, which any server may do with one that it does not understand
    ERROR = "error"


@registered("flow.attempt")
@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of one address; `here`: it is one of the machine that tries, so that no network was crossed."""

    answer: FlowResult
    address: str
    here: bool = False

    @property
    def family(self) -> int:
        """Return 4 or 6."""
        return ipaddress.ip_address(self.address.partition("%")[0]).version


TRIAL, CONTROL, WITNESS = "flow.trial", "flow.control", "flow.witness"


def facts_of(name: str, attempts: tuple[Attempt, ...], subject: str, at: datetime) -> Iterator[Fact]:
    """Yield a fact for each address that was tried."""
    for attempt in attempts:
        yield Fact(name=name, subject=subject, value=attempt, as_of=at)


def attempts_in(seen: Observation, name: str) -> tuple[Attempt, ...]:
    """Return the attempts that a look kept under one name."""
    return tuple(fact.value for fact in seen.named(name) if isinstance(fact.value, Attempt))


def understood(answer: str, address: str, place: str) -> Attempt:
    """Return one attempt from its three words; raise ValueError for anything else."""
    ipaddress.ip_address(address.partition("%")[0])
    return Attempt(answer=FlowResult(answer), address=address, here=place == "here")
