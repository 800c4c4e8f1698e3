"""The keys that open each account: type, restrictions and fingerprint. The keys themselves stay on their machine.

Reference: sshd(8) «AUTHORIZED_KEYS FILE FORMAT». A fingerprint is the SHA-256 of the key's bytes, as ssh-keygen has it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agent.core.errors import ToolMissing, Unreadable
from agent.core.facts.access import CERTIFICATE, KEY_FACTOR, VERIFIED_CERTIFICATE, VERIFIED_KEY
from agent.core.host import Host
from agent.core.lines import one_line
from agent.core.model import Gap
from agent.core.reason import Reason
from agent.hosts.root_requests import RootRequest, ask
from collectors.access.accounts import Account

MOST_KEYS = 5000
DEFAULT_FILES = (".ssh/authorized_keys", ".ssh/authorized_keys2")
# Root's while the machine starts: who unlocks its disk from afar (dropbear-initramfs).
BOOT_FILES = ("/etc/dropbear/initramfs/authorized_keys", "/etc/dropbear-initramfs/authorized_keys")
# What glob(7) reads in a pattern, as sshd does from 10.0 on: the files that it names are not looked for.
_WILD = re.compile(r"[*?\[\\]")
_PRINT = re.compile(r"[0-9]+ (SHA256:[A-Za-z0-9+/]{43}) ([0-9]{1,9}) \(")
WESTERNMOST = timedelta(hours=12)
OPTIONS = frozenset({"cert-authority", "verify-required", "no-touch-required"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One line of a file that opens an account; `authority`: it signs certificates that do."""

    account: str
    path: str
    kind: str
    fingerprint: str
    options: frozenset[str] = frozenset()
    expires: datetime | None = None

    @property
    def authority(self) -> bool:
        """Return whether it signs keys rather than being one."""
        return "cert-authority" in self.options

    def factor(self, *, verified: bool, authorities: Iterable[str]) -> str:
        """Return what it proves. `verified`: sshd asks each FIDO key for its PIN; `authorities`: those that ask too."""
        if self.authority:
            return VERIFIED_CERTIFICATE if self.fingerprint in authorities else CERTIFICATE
        asks = verified or "verify-required" in self.options
        return VERIFIED_KEY if self.kind.startswith("sk-") and asks else KEY_FACTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Every key that was found, each file that could not be read, and the patterns of files that were looked for.

    A gap's subject ends with `/keys`; `paths` are the files that they are about, in the same order. `cut` are gaps that
    are about no one file: something was not looked for at all.
    """

    found: tuple[KeyLine, ...] = ()
    gaps: tuple[Gap, ...] = ()
    paths: tuple[str, ...] = ()
    patterns: frozenset[str] = frozenset()
    cut: tuple[Gap, ...] = ()

    def within(self, files: Mapping[str, Iterable[str]], where: str, patterns: Iterable[str]) -> "Keys":
        """Return those in the files of each account; a pattern that no one looked for is a gap of its own."""
        wanted = {(account, path) for account, paths in files.items() for path in paths}
        named = {path for _account, path in wanted}
        gaps = [*self.cut, *(gap for gap, path in zip(self.gaps, self.paths, strict=True) if path in named)]
        for one in sorted({one for one in patterns if one not in self.patterns or _WILD.search(one)} - {"none"}):
            detail = f"keys in {one_line(one)} on {where} were not looked for"
            gaps.append(Gap(subject=f"{where}/keys", reason=Reason.UNREADABLE, detail=detail))
        return Keys(found=tuple(key for key in self.found if (key.account, key.path) in wanted), gaps=tuple(gaps))

    def by_account(self, now: datetime) -> Mapping[str, tuple[KeyLine, ...]]:
        """Return the keys of each account that are in force at an instant."""
        found: dict[str, list[KeyLine]] = {}
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
    return parse(ask(host, RootRequest.KEYS, timeout).body, host.id)


# files	.ssh/authorized_keys
# authorities	/etc/ssh/ca.pub
# key	1	adupont	/home/adupont/.ssh/authorized_keys	verify-required,	sk-ssh-ed25519@openssh.com	3
# odd	/root/.ssh/authorized_keys	ls: cannot access '/root/.ssh/authorized_keys': Permission denied
# cut	more than 200 files of keys are named
# 256 SHA256:uNiVztksCsDhcc0u9e8BrwILCCQZYZRjWLpO4Bqz1nY 1 (ED25519-SK)
def parse(said: bytes, where: str) -> Keys:
    """Return what the script found; a line that is no key to ssh-keygen is a gap. Raises Unreadable, ToolMissing."""
    lines = said.decode("utf-8", "replace").split("\n")
    if "no ssh-keygen" in lines:
        raise ToolMissing(f"ssh-keygen is not installed on {where}", "install openssh-client there")
    prints = {found[2]: found[1] for found in map(_PRINT.match, lines) if found is not None}
    answer = _Answer(where=where)
    for line in lines:
        kind, *fields = line.split("\t")
        if not answer.takes(kind, fields, prints) and fields:
            raise Unreadable(f"the search for keys on {where} says {line[:80]!r}")
    return answer.keys()


@dataclass(slots=True)
class _Answer:
    """Gather what the lines of an answer tell."""

    where: str
    found: list[KeyLine] = field(default_factory=list)
    odd: list[tuple[str, Gap]] = field(default_factory=list)
    cut: list[Gap] = field(default_factory=list)
    patterns: set[str] = field(default_factory=set)
    # Whether any reading of a line gave a fingerprint: a line is a key, or options and a key.
    understood: dict[tuple[str, str], bool] = field(default_factory=dict)

    def takes(self, kind: str, fields: Sequence[str], prints: Mapping[str, str]) -> bool:
        """Take one line; tell whether it is one of the answer's."""
        match kind, fields:
            case "key", [number, account, path, options, type, line]:
                print_ = prints.get(number)
                self.understood[path, line] = self.understood.get((path, line), False) or print_ is not None
                if print_ is not None:
                    self.found.append(_key(print_, account, path, options, type))
            case "odd", [path, why, *_]:
                self.odd.append((path, self._gap(f"{one_line(path)} on {self.where} {one_line(why)}")))
            case "cut", [what, *_]:
                self.cut.append(self._gap(f"not all keys on {self.where} were read: {one_line(what)}"))
            case "files" | "authorities", [pattern]:
                self.patterns.add(pattern)
            case _:
                return False
        return True

    def _gap(self, detail: str) -> Gap:
        reason = Reason.DENIED if "ermission denied" in detail else Reason.UNREADABLE
        return Gap(subject=f"{self.where}/keys", reason=reason, detail=detail)

    def keys(self) -> Keys:
        """Return everything that was taken. Raises Unreadable where it is too much."""
        if len(self.found) > MOST_KEYS:
            raise Unreadable(f"more than {MOST_KEYS} keys open accounts of {self.where}")
        strange: dict[str, list[str]] = {}
        for (path, line), understood in self.understood.items():
            if not understood:
                strange.setdefault(path, []).append(line)
        for path, lines in strange.items():
            detail = f"ssh-keygen reads no key in line {lines[0]} of {one_line(path)} on {self.where}"
            more = f" ({len(lines)} such lines)" if len(lines) > 1 else ""
            self.odd.append((path, self._gap(detail + more)))
        return Keys(
            found=tuple(self.found),
            gaps=tuple(gap for _path, gap in self.odd),
            paths=tuple(path for path, _gap in self.odd),
            patterns=frozenset(self.patterns),
            cut=tuple(self.cut),
        )


def _key(fingerprint: str, account: str, path: str, options: str, kind: str) -> KeyLine:
    words = [word.strip().lower() for word in options.split(",")]
    expires = next((_instant(word[8:]) for word in words if word.startswith("expires:")), None)
    return KeyLine(
        account=account,
        path=path,
        kind=kind,
        fingerprint=fingerprint,
        options=OPTIONS & frozenset(words),
        expires=expires,
    )


def _instant(text: str) -> datetime | None:
    """Return an expiry time; None where it is no such time, which sshd refuses as well.

    Without a `Z` it is in the machine's own zone, which is not known here: the latest that it can be.
    """
    digits = text.rstrip("zZ")
    forms = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
    try:
        read = datetime.strptime(digits, forms.get(len(digits), "")).replace(tzinfo=UTC)
        return read if digits != text else read + WESTERNMOST
    except (ValueError, OverflowError):
        return None
