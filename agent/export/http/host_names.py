"""Hold a request's Host to the names under which the agent is served.

Without it, a page elsewhere reads the agent through an administrator's browser, by DNS rebinding: its own name then
leads to the loopback. Source: RFC 9110, sections 7.2 and 15.5.20 (421).
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from agent.config.forms import is_loopback

_FIELD = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """The names and addresses, in their one written form, that a Host field may give; the loopback's always may."""

    names: frozenset[str]

    @classmethod
    def served(cls, listened: Iterable[str], address: str | None) -> "Hosts":
        """Return the names that are listened on and that of `[agent] address`."""
        named = urlsplit(address).hostname if address is not None else None
        return cls(names=frozenset(_written(name) for name in (*listened, *((named,) if named else ()))))

    def knows(self, host: str, local: str | None) -> bool:
        """Return True where a Host field names this server; `local` is the address that the client has reached."""
        matched = _FIELD.fullmatch(host)
        if matched is None:
            return False
        name = _written(matched[1])
        return name in self.names or is_loopback(name) or (local is not None and name == _written(local))


def _written(host: str) -> str:
    bare = host.strip("[]").partition("%")[0].rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare
