"""The host keys that are known, and whether the one that a host shows is among them (sshd(8), SSH_KNOWN_HOSTS).

    [vault.example]:2222,[192.0.2.7]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA…
    |1|/sAsqyd8iGOlvDNpoDJ2nSlMTEQ=|DywxE7mOC5UzYhIuFOnAh1OLUyA= ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA…
    @revoked * ssh-rsa AAAAB3NzaC1yc2EAAAA…

Nothing is ever learnt at first use. A host that an authority vouches for shows a certificate: see host_certificates.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.core.errors import HostKeyChanged, HostKeyUnknown, Unreadable
from agent.core.lines import one_line
from agent.hosts.ssh.patterns import matches_any

DEFAULT_PORT = 22
REVOKED = "@revoked"
AUTHORITY = "@cert-authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """One line of a known_hosts file; `where` is `file:line`, `hosts` its first field, `marker` empty or `@…`."""

    where: str
    marker: str
    hosts: str
    kind: str
    key: bytes

    def holds_for(self, name: str) -> bool:
        """Return whether the line speaks of a host's name (`host`, or `[host]:port`)."""
        if self.hosts.startswith("|1|"):
            return _hashed_as(self.hosts, name)
        return matches_any(self.hosts.lower().split(","), name)


def parse(content: bytes, file: str) -> tuple[KnownKey, ...]:
    """Return the keys of a known_hosts file; a line that is none is skipped, as OpenSSH does.

    Raises Unreadable for a line with a marker that cannot be read: to skip a revocation would be to trust.
    """
    keys = []
    for number, line in enumerate(content.decode(errors="surrogateescape").split("\n"), start=1):
        fields = line.split()
        marker = fields.pop(0) if fields and fields[0].startswith("@") else ""
        key = _key_of(fields)
        if key is None or marker not in ("", REVOKED, AUTHORITY):
            if marker:
                raise Unreadable(f"{file}:{number}: cannot be read", "a line with a marker must be whole, or go")
            continue
        keys.append(KnownKey(where=f"{file}:{number}", marker=marker, hosts=fields[0], kind=fields[1], key=key))
    return tuple(keys)


def _key_of(fields: Sequence[str]) -> bytes | None:
    if len(fields) < 3 or fields[0].startswith("#"):
        return None
    try:
        return base64.b64decode(fields[2], validate=True)
    except (binascii.Error, ValueError):
        return None


def _hashed_as(field: str, name: str) -> bool:
    parts = field.split("|")
    if len(parts) != 4:
        return False
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in parts[2:])
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(hmac.digest(salt, name.encode(errors="replace"), "sha1"), digest)


def names_of(host: str, port: int) -> tuple[str, ...]:
    """Return the names under which OpenSSH looks for a host, in order; beyond port 22 the bare name comes second."""
    name = host.lower()
    return (name,) if port == DEFAULT_PORT else (f"[{name}]:{port}", name)


def kinds_known(known: Iterable[KnownKey], host: str, port: int) -> tuple[str, ...]:
    """Return the kinds of key under which a host is known, so that it is asked for one of these first."""
    names = names_of(host, port)
    kinds = (one.kind for one in known if not one.marker and any(one.holds_for(name) for name in names))
    return tuple(dict.fromkeys(kinds))


def hold_to_known(known: Sequence[KnownKey], *, host: str, port: int, kind: str, key: bytes) -> None:
    """Raise unless the key that a host shows is known for it and not revoked.

    HostKeyUnknown: none is known for it; HostKeyChanged: another key or an authority is, or this one is revoked.

    `kind` is the key's type, `key` its public part as it stands in known_hosts, decoded.
    """
    names = names_of(host, port)
    mine = [one for one in known if any(one.holds_for(name) for name in names)]
    shown = f"{one_line(names[0])} shows the {one_line(kind)} key {fingerprint(key)}"
    revoked = next((one for one in mine if one.marker == REVOKED and one.key == key), None)
    if revoked is not None:
        raise HostKeyChanged(f"{shown}, which {revoked.where} revokes", "ask the host's administrator; do not connect")
    if any(one.key == key for one in mine if not one.marker):
        return
    # Of another name than the first one only a matching key counts: as OpenSSH, "checking without port identifier".
    other = next((one for one in mine if not one.marker and one.holds_for(names[0])), None)
    if other is not None:
        raise HostKeyChanged(
            f"{shown}, not the {one_line(other.kind)} key {fingerprint(other.key)} of {other.where}",
            f"ask the administrator; if renewed: ssh-keygen -R '{one_line(names[0])}', then {_learn(host, port)}",
        )
    if any(one.marker == AUTHORITY for one in mine):
        raise HostKeyChanged(
            f"{shown} and no certificate, and is known by a certificate authority alone",
            f"see HostCertificate in its sshd_config, or add the host's own key: {_learn(host, port)}",
        )
    raise HostKeyUnknown(f"{shown} and is in no known_hosts file", f"make it known: {_learn(host, port)}")


def _learn(host: str, port: int) -> str:
    return (
        f"ssh-keyscan -p {port} {one_line(host)} >> known_hosts, once its fingerprint was compared on the host itself"
    )


def fingerprint(key: bytes) -> str:
    """Return a public key's fingerprint as OpenSSH shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
