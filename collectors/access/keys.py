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
from collectors.access.accounts import Account

LIMIT = 16 * 1024 * 1024
MOST_KEYS = 5000
DEFAULT_FILES = (".ssh/authorized_keys", ".ssh/authorized_keys2")
# Options that matter; what a quoted value holds (a command, an address) stays there, but for a date.
_PRINT = re.compile(r"^[0-9]+ (SHA256:[A-Za-z0-9+/]{43}) ([0-9]{1,9}) \(", re.MULTILINE)
OPTIONS = frozenset({"cert-authority", "verify-required", "no-touch-required"})

# Lines of `account<tab>path` in; lines as above `parse` out, the last ones ssh-keygen's own: one program for all keys,
# and none of them leaves its pipe. The folder of a file may be closed to this user: `ls` tells that from a file that is
# not there.
SCRIPT = r"""
tab=$(printf '\t')
while IFS="$tab" read -r account path; do
  if [ ! -f "$path" ]; then
    why=$(ls -dL -- "$path" 2>&1 >/dev/null)
    case $why in
      *"No such file"*|*"Not a directory"*) ;;
      "") printf 'odd\t%s\tis no regular file\n' "$path" ;;
      *) printf 'odd\t%s\t%s\n' "$path" "$why" ;;
    esac
    continue
  fi
  printf 'file\t%s\t%s\n' "$account" "$path"
  { head -c 1048577 -- "$path" || printf '\n\001odd\n'; } 2>/dev/null | sed 's/^/line\t/'
  echo
done | awk '
  function told(why) { printf "odd\t%s\t%s\n", path, why; path = "" }
  /^odd\t/ { print; next }
  /^file\t/ { split($0, named, "\t"); account = named[2]; path = named[3]; size = 0; next }
  path == "" || !/^line\t/ { next }
  { line = substr($0, 6); size += length(line) + 1 }
  line == "\001odd" || size > 1048576 { told("cannot be read whole: permission denied or too large"); next }
  line ~ /^[ \t]*(#|$)/ { next }
  {
    gsub(/\t/, " ", line)
    expiry = ""
    if (match(line, /expiry-time="[0-9]+Z?"/)) expiry = ",expires:" substr(line, RSTART + 13, RLENGTH - 14)
    gsub(/\\"/, "", line)
    gsub(/"[^"]*"/, "", line)
    if (!match(line, /(^|[ ])(sk-)?(ssh|ecdsa)-[a-zA-Z0-9.@-]+ +AAAA[A-Za-z0-9+\/]+=*/)) next
    options = substr(line, 1, RSTART - 1) expiry
    gsub(/[ ]/, "", options)
    split(substr(line, RSTART, RLENGTH), parts, " +")
    first = parts[1] == "" ? 2 : 1
    count++
    keys[count] = parts[first] " " parts[first + 1] " " count
    printf "key\t%d\t%s\t%s\t%s\t%s\n", count, account, path, options, parts[first]
  }
  END {
    fflush()
    if (count) {
      reader = "ssh-keygen -l -f - 2>&1"
      for (number = 1; number <= count; number++) print keys[number] | reader
      close(reader)
    }
  }'
exit 0
"""


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
    """Hold every key that was found, and each file that could not be read."""

    found: tuple[Key, ...] = ()
    gaps: tuple[Gap, ...] = ()

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


def keys_of(host: Host, files: Mapping[str, Iterable[str]], timeout: timedelta) -> Keys:
    """Return the keys in the files of each account. Raises a LookError."""
    lines = [f"{account}\t{path}" for account, paths in files.items() for path in dict.fromkeys(paths)]
    stdin = "".join(f"{line}\n" for line in lines if line.count("\t") == 1 and "\n" not in line).encode()
    if not stdin:
        return Keys()
    output = host.run(
        "sh", "-c", SCRIPT, timeout=timeout, stdin=stdin, output_limit=LIMIT, shown="which keys open what"
    )
    return parse(output.stdout, host.id)


# key	1	adupont	/home/adupont/.ssh/authorized_keys	verify-required,	sk-ssh-ed25519@openssh.com
# odd	/root/.ssh/authorized_keys	ls: cannot access '/root/.ssh/authorized_keys': Permission denied
# 256 SHA256:uNiVztksCsDhcc0u9e8BrwILCCQZYZRjWLpO4Bqz1nY 1 (ED25519-SK)
def parse(said: bytes, where: str) -> Keys:
    """Return what the script found; a line that ssh-keygen takes for no key is none. Raises Unreadable, ToolMissing."""
    text = said.decode("utf-8", "replace")
    prints = {found[2]: found[1] for found in _PRINT.finditer(text)}
    found, gaps = list[Key](), list[Gap]()
    for line in text.split("\n"):
        kind, *fields = line.split("\t")
        if kind == "key" and len(fields) == 5:
            if fields[0] in prints:
                found.append(_key(prints[fields[0]], *fields[1:]))
        elif kind == "odd" and len(fields) >= 2:
            reason = Reason.DENIED if "ermission denied" in fields[1] else Reason.UNREADABLE
            detail = f"{one_line(fields[0])} on {where} {one_line(fields[1])}"
            gaps.append(Gap(subject=f"{where}/keys", reason=reason, detail=detail))
        elif "ssh-keygen: not found" in line or line.endswith("ssh-keygen: command not found"):
            raise ToolMissing(f"ssh-keygen is not installed on {where}", "install openssh-client there")
        elif "\t" in line:
            raise Unreadable(f"the search for keys on {where} says {line[:80]!r}")
    if len(found) > MOST_KEYS:
        raise Unreadable(f"more than {MOST_KEYS} keys open accounts of {where}")
    return Keys(found=tuple(found), gaps=tuple(gaps))


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
