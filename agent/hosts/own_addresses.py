"""Decide whether a name or address is this machine: loopback, or one of its own addresses."""

import ipaddress
import re
from datetime import timedelta

from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.host import Host

LIMIT = 4 * 1024 * 1024
#   |-- 192.0.2.7
#      /32 host LOCAL
_LOCAL = re.compile(r"\|-- ([0-9.]+)\n\s*/32 host LOCAL")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class LocalMachine:
    """The agent's own machine by its addresses, within a deadline."""

    def __init__(self, here: Host, deadline: Deadline) -> None:
        self._here = here
        self._deadline = deadline

    def is_mine(self, host: str) -> bool:
        """Return True where a name leads to this machine, by any of its addresses."""
        found = self._resolved(host)
        return any(one.is_loopback or one.is_unspecified for one in found) or bool(found & self._own())

    def _resolved(self, host: str) -> set[Address]:
        read = _address(host)
        if read is not None:
            return {read}
        timeout = timedelta(seconds=self._deadline.remaining())
        try:
            # A name that begins with a dash would be an option.
            said = self._here.run("getent", "ahosts", "--", host, timeout=timeout, accept=None).stdout
        except LookError:
            return set()
        first = (line.split() for line in said.decode(errors="replace").splitlines())
        return {address for words in first if words and (address := _address(words[0])) is not None}

    def _own(self) -> set[Address]:
        return own_addresses(self._text("/proc/net/fib_trie"), self._text("/proc/net/if_inet6"))

    def _text(self, path: str) -> str:
        try:
            return self._here.read(path, limit=LIMIT).decode(errors="replace")
        except LookError:
            return ""


def own_addresses(fib_trie: str, if_inet6: str) -> set[Address]:
    """Return the addresses of this machine, from /proc/net/fib_trie and /proc/net/if_inet6 (proc(5)). Pure."""
    four = (_address(text) for text in _LOCAL.findall(fib_trie))
    six = (_of_digits(line.split(" ")[0]) for line in if_inet6.splitlines() if line)
    return {address for address in (*four, *six) if address is not None}


def _of_digits(digits: str) -> Address | None:
    return ipaddress.IPv6Address(int(digits, 16)) if re.fullmatch("[0-9a-f]{32}", digits) else None


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
