"""The classes of addresses that a policy of sshd tells apart: one address for each, taken from its Match lines.

Reference: sshd_config(5) «Match» and ssh_config(5) «PATTERNS»: lists of patterns, of addresses with a mask length,
each possibly denied by `!`. Two addresses that are inside and outside the same patterns are one class.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.hosts.ssh import patterns as written
from collectors.access import addresses
from collectors.access.addresses import example, is_in

MOST = 64
CRITERIA = ("user", "group", "host", "localaddress", "localport", "address")
FLAGS = ("all", "final", "canonical", "invalid-user")
_PORT = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One class: an address of it, and what else of a connection the policy asks about. `words` name it."""

    address: str
    words: str
    name: str = ""
    local_address: str = ""
    local_port: int = 0

    def is_in(self, listed: str) -> bool:
        """Return whether a list of addresses and names holds it, as sshd reads `user@list` (match_host_and_ip)."""
        by_address, by_name = is_in(self.address, listed), _named(self.name or self.address, listed)
        return False not in (by_address, by_name) and (by_address or by_name) is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The patterns of each criterion that Match lines name, `!` taken off; `strange`: criteria not known here."""

    patterns: dict[str, tuple[str, ...]]
    strange: tuple[str, ...] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """Return what of the conditions no one here understands."""
        named = {criterion: self.patterns.get(criterion, ()) for criterion in ("address", "localaddress", "host")}
        unknown = (f"{criterion} {one}" for criterion, each in named.items() for one in addresses.unknown(each))
        ports = (f"localport {one}" for one in self.patterns.get("localport", ()) if not _PORT.fullmatch(one))
        return (*self.strange, *unknown, *ports)

    def kind_of(self, account: str, groups: Iterable[str]) -> tuple[bool, ...]:
        """Return which patterns name an account, by itself or by a group: two of one kind get the same policy."""
        named = [written.matches(pattern, account) for pattern in self.patterns.get("user", ())]
        return (
            *named,
            *(any(written.matches(pattern, group) for group in groups) for pattern in self.patterns.get("group", ())),
        )


# Address 10.0.0.0/8,!10.9.0.0/16 User bob
# group=admins
def conditions_in(lines: Iterable[Sequence[str]]) -> Conditions:
    """Return what Match lines ask about, each given in its words."""
    found: dict[str, dict[str, None]] = {}
    strange: dict[str, None] = {}
    for line in lines:
        words = iter(line)
        for word in words:
            criterion, equals, value = word.partition("=")
            criterion = criterion.lower()
            if criterion in FLAGS and not equals:
                continue
            if not value:
                value = next(words, "")
            if criterion in CRITERIA and value and not value.startswith("="):
                found.setdefault(criterion, {}).update(dict.fromkeys(patterns_in(value)))
            else:
                strange[criterion] = None
    return Conditions(patterns={name: tuple(each) for name, each in found.items()}, strange=tuple(strange))


def patterns_in(listed: str) -> tuple[str, ...]:
    """Return the patterns of a list, `!` taken off."""
    return tuple(dict.fromkeys(bare for one in listed.split(",") if (bare := one.removeprefix("!"))))


def _named(name: str, listed: str) -> bool | None:
    """Return whether a list of names holds one; None: it says nothing of it (match_pattern_list)."""
    named = listed.lower().split(",")
    hits = [one.startswith("!") for one in named if written.matches(one.removeprefix("!"), name.lower())]
    return None if not hits else True not in hits


def origins_of(conditions: Conditions, *, resolves: bool) -> tuple[Origin, ...]:
    """Return one origin for each class, MOST + 1 at most; `resolves`: sshd looks names up (`UseDNS yes`)."""
    named = _patterns(conditions, "address")
    hosts = _patterns(conditions, "host")
    # Without UseDNS the name of a client is its address.
    inward = tuple(addresses.classes([*named, *(() if resolves else hosts)]))
    # AllowUsers may hold names among its addresses.
    listed = (*hosts, *(one for one in named if addresses.is_name(one)))
    names = ("", *(example(one) for one in listed)) if resolves else ("",)
    here_named = _patterns(conditions, "localaddress")
    local = tuple(addresses.classes(here_named)) if here_named else ()
    ports = tuple(int(one) for one in _patterns(conditions, "localport") if _PORT.fullmatch(one))
    every = itertools.product(
        inward,
        dict.fromkeys(names),
        [address for address, _words in local] or [""],
        (*ports, 22 if 22 not in ports else 65000) if ports else (0,),
    )
    return tuple(
        Origin(
            address=address,
            words="".join((words, f"({name})" if name else "", f">{here}" if here else "", f":{port}" if port else "")),
            name=name,
            local_address=here,
            local_port=port,
        )
        for (address, words), name, here, port in itertools.islice(every, MOST + 1)
    )


def _patterns(conditions: Conditions, criterion: str) -> tuple[str, ...]:
    return conditions.patterns.get(criterion, ())
