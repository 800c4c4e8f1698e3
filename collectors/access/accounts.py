"""Accounts and groups as the machine's name service tells them, and what its shadow file says, without any hash."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from agent.core.errors import Denied, Missing, Unreadable
from agent.core.host import Host
from agent.hosts.root_requests import RootRequest, ask

# Who is in one of these can become root, or reads everything (sudo and adm of Debian, docker and lxd by design).
ADMINISTRATIVE = ("root", "sudo", "wheel", "admin", "adm", "docker", "lxd", "incus-admin", "libvirt", "disk", "shadow")
# nsswitch.conf's sources whose accounts are all in local files; any other is a directory.
LOCAL_SOURCES = frozenset({"files", "compat", "db", "systemd", "altfiles", "extrausers"})
# Beside a directory, that of an account of which the shadow file says nothing: what the directory holds is not seen.
ELSEWHERE = "elsewhere"
LIMIT = 8 * 1024 * 1024
SMALL = 64 * 1024
_NAME = re.compile(r"[^\s:/]{1,64}")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account; `expires` is its first dead day.

    `password` is `set`, `empty`, `locked`, ELSEWHERE or None: not told.
    """

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    password: str | None = None
    expires: date | None = None

    def expired(self, now: datetime) -> bool:
        """Return whether it has expired; a day of shadow(5) begins at midnight UTC."""
        return self.expires is not None and now.astimezone(UTC).date() >= self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class UnixGroup:
    """One group, its members as the group names them."""

    name: str
    gid: int
    members: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everyone of a machine; `odd` are names that no fact can hold."""

    accounts: Mapping[str, Account]
    groups: Mapping[str, UnixGroup]
    odd: tuple[str, ...] = ()

    def in_group(self, name: str) -> frozenset[str]:
        """Return the accounts of a group, whose own group it is included."""
        group = self.groups.get(name)
        if group is None:
            return frozenset()
        primary = (account.name for account in self.accounts.values() if account.gid == group.gid)
        return frozenset((*group.members, *primary))

    def groups_of(self, account: str) -> frozenset[str]:
        """Return the names of an account's groups."""
        one = self.accounts.get(account)
        own = None if one is None else one.gid
        return frozenset(group.name for group in self.groups.values() if account in group.members or group.gid == own)


def people_of(host: Host, timeout: timedelta) -> People:
    """Return everyone of a machine, without what its shadow file says. Raises a LookError."""
    passwd = host.run("getent", "passwd", timeout=timeout, output_limit=LIMIT).stdout
    group = host.run("getent", "group", timeout=timeout, output_limit=LIMIT).stdout
    return parse(passwd, group)


# adupont:x:1000:1000:Anne Dupont,,,:/home/adupont:/bin/bash
# sudo:x:27:adupont,bmartin
def parse(passwd: bytes, group: bytes) -> People:
    """Return everyone that passwd and group lines tell of. Raises Unreadable for what is no such line."""
    accounts, odd = dict[str, Account](), list[str]()
    for fields in _lines(passwd, 7):
        if not _NAME.fullmatch(fields[0]):
            odd.append(fields[0])
            continue
        name, own, uid, gid, _comment, home, shell = fields
        accounts.setdefault(
            name,
            Account(
                name=name,
                uid=_number(uid),
                gid=_number(gid),
                home=home or "/",
                shell=shell or "/bin/sh",
                password=_own_password(own),
            ),
        )
    if not accounts:
        raise Unreadable("getent passwd names no account")
    groups: dict[str, UnixGroup] = {}
    for name, _hash, gid, members in _lines(group, 4):
        groups.setdefault(
            name, UnixGroup(name=name, gid=_number(gid), members=frozenset(one for one in members.split(",") if one))
        )
    return People(accounts=accounts, groups=groups, odd=tuple(odd))


def _lines(said: bytes, width: int) -> Iterable[list[str]]:
    for line in said.decode("utf-8", "replace").split("\n"):
        fields = line.split(":")
        if not line or line.startswith(("#", "+", "-")):
            continue
        if len(fields) != width:
            raise Unreadable(f"getent says {line[:80]!r}")
        yield fields


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise Unreadable(f"getent gives the number {text[:20]!r}")
    return int(text)


def _own_password(field: str) -> str | None:
    """Return what the account file itself says of a password; None where it leaves that to the shadow file.

    pam_unix asks the shadow file for `x` and `##…` alone: any other hash opens the account, whatever is locked there.
    """
    if not field:
        return "empty"
    return None if field == "x" or field.startswith(("##", "!", "*")) else "set"


def with_shadow(account: Account, told: tuple[str, date | None] | None, *, directory: bool = False) -> Account:
    """Return an account with what the shadow file tells of it; `directory`: one serves accounts, too.

    Where the account file says that it has no password, one that the shadow file has may still count: not told.
    """
    if told is None and directory and account.password is None:
        return replace(account, password=ELSEWHERE)
    shadow, expires = (None, account.expires) if told is None else told
    password = account.password or shadow
    if account.password == "empty" and shadow not in ("empty", "locked"):
        password = None
    return replace(account, password=password, expires=expires)


def shadow_of(host: Host, timeout: timedelta) -> Mapping[str, tuple[str, date | None]]:
    """Return of each account whether it has a password, and when it expires. Raises a LookError."""
    told = ask(host, RootRequest.ACCOUNTS, timeout)
    if told.body.endswith(b"denied\n"):
        raise Denied(
            told.denial(f"/etc/shadow on {host.id} may not be read: only root sees which accounts have expired"),
            "sudo getent shadow | cut -d: -f1,8 shows it",
        )
    return parse_shadow(told.body)


# No hash leaves the machine: only whether there is one, and the day on which the account expires.
#
# root:locked:
# adupont:set:20000
def parse_shadow(said: bytes) -> Mapping[str, tuple[str, date | None]]:
    """Return what the reduced shadow lines say. Raises Unreadable."""
    found: dict[str, tuple[str, date | None]] = {}
    text = said.decode("utf-8", "replace")
    for line in text.split("\n") if text.strip() != "absent" else ():
        name, _colon, rest = line.partition(":")
        kind, _colon, day = rest.partition(":")
        if not line:
            continue
        if kind not in ("set", "empty", "locked"):
            raise Unreadable(f"/etc/shadow holds {line[:40]!r}")
        expires = _EPOCH + timedelta(days=int(day)) if day.isascii() and day.isdigit() and len(day) < 7 else None
        found.setdefault(name, (kind, expires))
    return found


def directory_of(host: Host) -> str | None:
    """Return the directory that serves accounts beside the local files (sss, ldap, winbind…); None: none does."""
    try:
        text = host.read("/etc/nsswitch.conf", limit=SMALL).decode("utf-8", "replace")
    except Missing:
        return None
    for line in text.split("\n"):
        database, _colon, sources = line.partition("#")[0].partition(":")
        # What `compat` takes in at a line with `+` has a line of its own.
        if database.strip().removesuffix("_compat") in ("passwd", "group", "initgroups", "sudoers"):
            words = re.sub(r"\[[^][]*\]", " ", sources).split()
            other = next((word for word in words if word not in LOCAL_SOURCES), None)
            if other is not None:
                return f"{database.strip()}: {other}"
    return None
