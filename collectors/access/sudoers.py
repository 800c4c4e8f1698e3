"""Who may use sudo, as sudo's own reader understands its rules; and whether another tool of the kind is there."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agent.core.errors import Denied, ToolMissing, Unreadable
from agent.core.host import Host
from agent.core.lines import one_line
from agent.hosts.root_requests import RootRequest, ask
from collectors.access.accounts import People

FILE = "/etc/sudoers"
EVERYBODY = "ALL"
TOLD, FAILED = "== cvtsudoers\n", "\n== failed "


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Whom rules name: accounts, groups, user numbers; `others` is what cannot be determined here (netgroups)."""

    accounts: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    others: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()

    def named(self, people: People) -> frozenset[str]:
        """Return the accounts that a rule names by themselves, gone ones included."""
        by_number = (one.name for one in people.accounts.values() if one.uid in self.numbers)
        rules = self.accounts - {EVERYBODY}
        return _meant(rules, people.accounts) | frozenset(by_number)

    def by_group(self, people: People) -> frozenset[str]:
        """Return the accounts that have a rule by one of their groups, or because everyone has."""
        members = frozenset(member for group in _meant(self.groups, people.groups) for member in people.in_group(group))
        return members | (frozenset(people.accounts) if EVERYBODY in self.accounts else frozenset())


def _meant(rules: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """Return the names that rules mean, and what they say where no name is like it.

    sudo passes over capitals, unless `Defaults` of sudoers say otherwise.
    """
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(name.casefold(), []).append(name)
    return frozenset(name for rule in rules for name in alike.get(rule.casefold(), [rule]))


def rules_of(host: Host, timeout: timedelta) -> Rules:
    """Return whom the rules of sudo name. Raises a LookError."""
    told = ask(host, RootRequest.SUDO, timeout)
    head, _head, said = told.text.partition(TOLD)
    lines = head.split("\n")
    other = tuple(line.removeprefix("other ") for line in lines if line.startswith("other "))
    if "missing" in lines:
        raise ToolMissing(f"cvtsudoers is not installed on {host.id}, and {FILE} is there", "install sudo there")
    if "none" in lines:  # without rules there is nothing to read; rules without sudo's reader are another matter
        return Rules(unread=other)
    _rules, failed, why = said.rpartition(FAILED)
    if failed and "ermission denied" in why:
        raise Denied(
            told.denial(f"{FILE} on {host.id} may not be read by the account used there"),
            "sudo cvtsudoers -f json /etc/sudoers shows who may use sudo",
        )
    if failed or not said:
        raise Unreadable(f"sudo's rules on {host.id} cannot be read: {one_line(why)}")
    return parse(said.encode(), other)


# {"User_Specs": [{"User_List": [{"username": "adupont"}, {"usergroup": "sudo", "negated": true}], …}]}
def parse(said: bytes, unread: tuple[str, ...] = ()) -> Rules:
    """Return whom cvtsudoers' JSON names; who is left out again (`!eve`) still counts. Raises Unreadable."""
    try:
        told: Any = json.loads(said.decode("utf-8", "replace") or "{}")
    except (ValueError, RecursionError) as error:
        raise Unreadable("cvtsudoers gives no JSON", "see what `cvtsudoers -f json` says there") from error
    found: dict[str, set[str]] = {"username": set(), "usergroup": set()}
    numbers, others = set[int](), set[str]()
    for spec in _list(told, "User_Specs"):
        for who in _list(spec, "User_List"):
            if not isinstance(who, dict) or who.get("negated") is True:
                continue
            for kind, name in who.items():
                if kind in found and isinstance(name, str):
                    found[kind].add(name)
                elif kind == "userid" and isinstance(name, int):
                    numbers.add(name)
                elif kind != "negated":
                    others.add(f"{kind} {name}")
    return Rules(
        accounts=frozenset(found["username"]),
        groups=frozenset(found["usergroup"]),
        numbers=frozenset(numbers),
        others=frozenset(others),
        unread=unread,
    )


def _list(told: object, key: str) -> list[object]:
    """Return a list of an object's, empty where it has none. Raises Unreadable for anything else."""
    if not isinstance(told, dict):
        raise Unreadable("cvtsudoers gives no object")
    value = told.get(key, [])
    if not isinstance(value, list):
        raise Unreadable(f"cvtsudoers gives no list of {key}")
    return value
