"""The keys that open each account: type, restrictions and fingerprint. The keys themselves stay on their machine.

Reference: sshd(8) «AUTHORIZED_KEYS FILE FORMAT». A fingerprint is the SHA-256 of the key's bytes, as ssh-keygen has it.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.core.access import CERTIFICATE, KEY_FACTOR, VERIFIED_CERTIFICATE, VERIFIED_KEY
from agent.core.errors import Unreadable
from agent.core.host import Host
from agent.core.lines import one_line
from agent.core.model import Gap
from agent.core.reason import Reason
from collectors.access.accounts import Account

LIMIT = 16 * 1024 * 1024
MOST_KEYS = 5000
DEFAULT_FILES = (".ssh/authorized_keys", ".ssh/authorized_keys2")
# Options that matter; what a quoted value holds (a command, an address) stays there, but for a date.
OPTIONS = frozenset({"cert-authority", "verify-required", "no-touch-required"})

# Lines of `account<tab>path` in; `key<tab>account<tab>path<tab>options<tab>type<tab>digest` and `odd<tab>path<tab>why`
# out. The folder of a file may be closed to this user: `ls` tells that from a file that is not there.
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
  { head -c 1048577 -- "$path" || printf '\n\001odd\n'; } 2>/dev/null | account=$account path=$path awk '
    BEGIN { account = ENVIRON["account"]; path = ENVIRON["path"] }
    { size += length($0) + 1 }
    $0 == "\001odd" || size > 1048576 {
      printf "odd\t%s\tcannot be read whole: permission denied or too large\n", path
      exit
    }
    /^[ \t]*(#|$)/ { next }
    {
      line = $0
      gsub(/\t/, " ", line)
      expiry = ""
      if (match(line, /expiry-time="[0-9]+Z?"/)) expiry = substr(line, RSTART + 13, RLENGTH - 14)
      gsub(/\\"/, "", line)
      gsub(/"[^"]*"/, "", line)
      if (!match(line, /(^|[ ])(sk-)?(ssh|ecdsa)-[a-zA-Z0-9.@-]+ +AAAA[A-Za-z0-9+\/]+=*/)) next
      options = substr(line, 1, RSTART - 1)
      split(substr(line, RSTART, RLENGTH), parts, " +")
      kind = parts[1] == "" ? parts[2] : parts[1]
      blob = parts[1] == "" ? parts[3] : parts[2]
      command = "printf %s " blob " | base64 -d 2>/dev/null | sha256sum"
      command | getline digest
      close(command)
      printf "key\t%s\t%s\t%s%s\t%s\t%s\n", account, path, options, (expiry == "" ? "" : ",expires:" expiry), kind, \
        substr(digest, 1, 64)
    }'
done
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

    def of(self, account: str, files: Iterable[str], now: datetime) -> tuple[Key, ...]:
        """Return the keys that open an account at an instant, from some files."""
        wanted = frozenset(files)
        return tuple(
            one
            for one in self.found
            if one.account == account and one.path in wanted and (one.expires is None or one.expires > now)
        )


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


# key	adupont	/home/adupont/.ssh/authorized_keys	verify-required	sk-ssh-ed25519@openssh.com	9f86d0…
# odd	/root/.ssh/authorized_keys	ls: cannot access '/root/.ssh/authorized_keys': Permission denied
def parse(said: bytes, where: str) -> Keys:
    """Return what the script found. Raises Unreadable for what is no answer of it."""
    found, gaps = list[Key](), list[Gap]()
    for line in said.decode("utf-8", "replace").split("\n"):
        kind, *fields = line.split("\t")
        if kind == "key" and len(fields) == 5:
            found.append(_key(*fields))
        elif kind == "odd" and len(fields) >= 2:
            reason = Reason.DENIED if "ermission denied" in fields[1] else Reason.UNREADABLE
            detail = f"{one_line(fields[0])} on {where} {one_line(fields[1])}"
            gaps.append(Gap(subject=f"{where}/keys", reason=reason, detail=detail))
        elif line:
            raise Unreadable(f"the search for keys on {where} says {line[:80]!r}")
    if len(found) > MOST_KEYS:
        raise Unreadable(f"more than {MOST_KEYS} keys open accounts of {where}")
    return Keys(found=tuple(found), gaps=tuple(gaps))


def _key(account: str, path: str, options: str, kind: str, digest: str) -> Key:
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise Unreadable(f"the search for keys gives the digest {digest[:70]!r}")
    words = [word.strip().lower() for word in options.split(",")]
    fingerprint = "SHA256:" + base64.b64encode(bytes.fromhex(digest)).decode().rstrip("=")
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
