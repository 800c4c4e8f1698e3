"""The keys that open each account: type, restrictions and fingerprint. The keys themselves stay on their machine.

Reference: sshd(8) «AUTHORIZED_KEYS FILE FORMAT». A fingerprint is the SHA-256 of the key's bytes, as ssh-keygen has it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.core.access import CERTIFICATE, KEY_FACTOR, VERIFIED_CERTIFICATE, VERIFIED_KEY
from agent.core.errors import ToolMissing, Unreadable
from agent.core.host import Host
from agent.core.lines import one_line
from agent.core.model import Gap
from agent.core.reason import Reason
from agent.core.rooted import Request, ask
from collectors.access.accounts import Account

MOST_KEYS = 5000
DEFAULT_FILES = (".ssh/authorized_keys", ".ssh/authorized_keys2")
_PRINT = re.compile(r"^[0-9]+ (SHA256:[A-Za-z0-9+/]{43}) ([0-9]{1,9}) \(", re.MULTILINE)
OPTIONS = frozenset({"cert-authority", "verify-required", "no-touch-required"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Hold one line of a file that opens an account; `authority`: it signs certificates that do."""

    account: str
    path: str
    kind: str
    fingerprint: str
    options: frozenset[str] = frozenset()
    expires: datetime | None = None

    @property
    def authority(self) -> bool:
        """Tell whether it signs keys rather than being one."""
        return "cert-authority" in self.options

    def factor(self, *, verified: bool, authorities: Iterable[str]) -> str:
        """Return what it proves. `verified`: sshd asks each FIDO key for its PIN; `authorities`: those that ask too."""
        if self.authority:
            return VERIFIED_CERTIFICATE if self.fingerprint in authorities else CERTIFICATE
        asks = verified or "verify-required" in self.options
        return VERIFIED_KEY if self.kind.startswith("sk-") and asks else KEY_FACTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Hold every key that was found, each file that could not be read, and the patterns of files that were looked for.

    A gap's subject ends with `/keys`; `paths` are the files that they are about, in the same order.
    """

    found: tuple[Key, ...] = ()
    gaps: tuple[Gap, ...] = ()
    paths: tuple[str, ...] = ()
    patterns: frozenset[str] = frozenset()

    def within(self, files: Mapping[str, Iterable[str]], where: str, patterns: Iterable[str]) -> "Keys":
        """Return those in the files of each account; a pattern that nobody looked for is a gap of its own."""
        wanted = {(account, path) for account, paths in files.items() for path in paths}
        named = {path for _account, path in wanted}
        gaps = [gap for gap, path in zip(self.gaps, self.paths, strict=True) if path in named]
        for one in sorted(set(patterns) - self.patterns - {"none"}):
            detail = f"keys in {one_line(one)} on {where} were not looked for"
            gaps.append(Gap(subject=f"{where}/keys", reason=Reason.UNREADABLE, detail=detail))
        return Keys(found=tuple(key for key in self.found if (key.account, key.path) in wanted), gaps=tuple(gaps))

    def by_account(self, now: datetime) -> Mapping[str, tuple[Key, ...]]:
        """Return the keys of each account that are in force at an instant."""
        found: dict[str, list[Key]] = {}
        for one in self.found:
            if one.expires is None or one.expires > now:
                found.setdefault(one.account, []).append(one)
        return {account: tuple(each) for account, each in found.items()}


def files_of(account: Account, patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the files that open an account, by sshd's own patterns (sshd_config(5) «TOKENS»)."""
    tokens = {"%h": account.home, "%u": account.name, "%U": str(account.uid), "%%": "%"}
    named = (re.sub(r"%[huU%]", lambda found: tokens[found[0]], pattern) for pattern in patterns if pattern != "none")
    return tuple(path if path.startswith("/") else f"{account.home.rstrip('/')}/{path}" for path in named)


def keys_of(host: Host, timeout: timedelta) -> Keys:
    """Return the keys in every file that opens an account, or that any sshd believes. Raises a LookError."""
    return parse(ask(host, Request.KEYS, timeout).body, host.id)


# files	.ssh/authorized_keys
# authorities	/etc/ssh/ca.pub
# key	1	adupont	/home/adupont/.ssh/authorized_keys	verify-required,	sk-ssh-ed25519@openssh.com
# odd	/root/.ssh/authorized_keys	ls: cannot access '/root/.ssh/authorized_keys': Permission denied
# 256 SHA256:uNiVztksCsDhcc0u9e8BrwILCCQZYZRjWLpO4Bqz1nY 1 (ED25519-SK)
def parse(said: bytes, where: str) -> Keys:
    """Return what the script found; a line that ssh-keygen takes for no key is none. Raises Unreadable, ToolMissing."""
    text = said.decode("utf-8", "replace")
    prints = {found[2]: found[1] for found in _PRINT.finditer(text)}
    found, gaps, paths, patterns = list[Key](), list[Gap](), list[str](), set[str]()
    for line in text.split("\n"):
        kind, *fields = line.split("\t")
        if kind == "key" and len(fields) == 5:
            if fields[0] in prints:
                found.append(_key(prints[fields[0]], *fields[1:]))
        elif kind == "odd" and len(fields) >= 2:
            reason = Reason.DENIED if "ermission denied" in fields[1] else Reason.UNREADABLE
            detail = f"{one_line(fields[0])} on {where} {one_line(fields[1])}"
            gaps.append(Gap(subject=f"{where}/keys", reason=reason, detail=detail))
            paths.append(fields[0])
        elif kind in ("files", "authorities") and len(fields) == 1:
            patterns.add(fields[0])
        elif "ssh-keygen: not found" in line or line.endswith("ssh-keygen: command not found"):
            raise ToolMissing(f"ssh-keygen is not installed on {where}", "install openssh-client there")
        elif "\t" in line:
            raise Unreadable(f"the search for keys on {where} says {line[:80]!r}")
    if len(found) > MOST_KEYS:
        raise Unreadable(f"more than {MOST_KEYS} keys open accounts of {where}")
    return Keys(found=tuple(found), gaps=tuple(gaps), paths=tuple(paths), patterns=frozenset(patterns))


def _key(fingerprint: str, account: str, path: str, options: str, kind: str) -> Key:
    words = [word.strip().lower() for word in options.split(",")]
    expires = next((_instant(word[8:]) for word in words if word.startswith("expires:")), None)
    return Key(
        account=account,
        path=path,
        kind=kind,
        fingerprint=fingerprint,
        options=OPTIONS & frozenset(words),
        expires=expires,
    )


def _instant(text: str) -> datetime | None:
    """Return an expiry time, taken as UTC; None where it is no such time, which sshd refuses as well."""
    digits = text.rstrip("zZ")
    forms = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
    try:
        return datetime.strptime(digits, forms.get(len(digits), "")).replace(tzinfo=UTC)
    except ValueError:
        return None
