"""Who may use sudo, as sudo's own reader understands its rules; and whether another tool of the kind is there."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agent.core.errors import Denied, ToolMissing, Unreadable
from agent.core.host import Host
from agent.core.lines import last_line
from collectors.access.accounts import People

FILE = "/etc/sudoers"
LIMIT = 16 * 1024 * 1024
EVERYBODY = "ALL"

# Without rules there is nothing to read; rules without sudo's reader are another matter.
SCRIPT = (
    'for f in /etc/doas.conf /etc/sudoers-rs; do [ -e "$f" ] && echo "other $f" >&2; done; '
    'if [ ! -e "$1" ]; then echo "{}"; exit 0; fi; '
    'command -v cvtsudoers >/dev/null 2>&1 || exit 9; exec cvtsudoers -e -f json "$1"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Hold whom rules name: accounts, groups, user numbers; `others` is what cannot be told here (netgroups)."""

    accounts: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    others: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()

    def named(self, people: People) -> frozenset[str]:
        """Return the accounts that a rule names by themselves, gone ones included."""
        by_number = (one.name for one in people.accounts.values() if one.uid in self.numbers)
        return (self.accounts - {EVERYBODY}) | frozenset(by_number)

    def by_group(self, people: People) -> frozenset[str]:
        """Return the accounts that have a rule by one of their groups, or because everybody has."""
        members = frozenset(member for group in self.groups for member in people.in_group(group))
        return members | (frozenset(people.accounts) if EVERYBODY in self.accounts else frozenset())


def rules_of(host: Host, timeout: timedelta) -> Rules:
    """Return whom the rules of sudo name. Raises a LookError."""
    output = host.run("sh", "-c", SCRIPT, "sh", FILE, timeout=timeout, accept=None, output_limit=LIMIT)
    if output.status == 9:
        raise ToolMissing(f"cvtsudoers is not installed on {host.id}, and {FILE} is there", "install sudo there")
    if b"ermission denied" in output.stderr:
        raise Denied(
            f"{FILE} on {host.id} may not be read by the account used there",
            "sudo cvtsudoers -f json /etc/sudoers shows who may use sudo",
        )
    if output.status != 0 or output.truncated:
        raise Unreadable(f"sudo's rules on {host.id} cannot be read: {last_line(output.stderr)}")
    lines = output.stderr.decode("utf-8", "replace").split("\n")
    other = tuple(line.removeprefix("other ") for line in lines if line.startswith("other "))
    return parse(output.stdout, other)


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
