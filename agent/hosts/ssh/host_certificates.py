"""Host certificates: a host's key that a known authority has signed (OpenSSH's PROTOCOL.certkeys, ssh-keygen(1)).

    @cert-authority *.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA…

Stricter than OpenSSH in one thing: a certificate that names no host at all is for none.
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime

from agent.core.lines import one_line
from agent.hosts.ssh.known_hosts import AUTHORITY, REVOKED, KnownKey, names_of
from agent.hosts.ssh.patterns import matches_any

# What a host is asked to show first where an authority is known for it.
KINDS = (
    "ssh-ed25519-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "rsa-sha2-512-cert-v01@openssh.com",
    "rsa-sha2-256-cert-v01@openssh.com",
)


def vouched_for(known: Sequence[KnownKey], host: str, port: int) -> bool:
    """Return whether an authority is known for a host."""
    return any(one.marker == AUTHORITY for one in _of_host(known, host, port))


def wrong_with(known: Sequence[KnownKey], *, host: str, port: int, blob: bytes, now: datetime) -> str | None:
    """Return why a host's certificate (as it was shown) does not count, in words; None: it does."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.hazmat.primitives.serialization import ssh as form

    try:
        shown = form.load_ssh_public_identity(_line(blob))
        if not isinstance(shown, form.SSHCertificate):
            return "its certificate is none"
        if signed_with(blob, "ssh-rsa"):
            return "its certificate is signed with SHA-1"
        shown.verify_cert_signature()
        authority, own = (
            base64.b64decode(key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()[1])
            for key in (shown.signature_key(), shown.public_key())
        )
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        return f"its certificate cannot be verified: {one_line(str(error)) or 'its signature is wrong'}"
    revoked = next(
        (one for one in _of_host(known, host, port) if one.marker == REVOKED and one.key in (authority, own)), None
    )
    if revoked is not None:
        return f"its certificate rests on a key that {revoked.where} revokes"
    if not any(one.marker == AUTHORITY and one.key == authority for one in _of_host(known, host, port)):
        return "its certificate is of an authority that is not known for it"
    return _not_for(shown, host, now)


def signed_with(blob: bytes, kind: str) -> bool:
    """Return True where a certificate's signature, the last thing in it, is of a kind."""
    named = len(kind).to_bytes(4, "big") + kind.encode()
    at = blob.rfind(named)
    while at >= 4:
        if int.from_bytes(blob[at - 4 : at], "big") == len(blob) - at:
            return True
        at = blob.rfind(named, 0, at)
    return False


def _not_for(shown: object, host: str, now: datetime) -> str | None:
    from cryptography.hazmat.primitives.serialization import ssh as form

    assert isinstance(shown, form.SSHCertificate)
    if shown.type is not form.SSHCertificateType.HOST:
        return "its certificate is a user's, not a host's"
    if shown.critical_options:
        return "its certificate has a critical option that is not supported"
    if not shown.valid_after <= now.timestamp() < shown.valid_before:
        return "its certificate is not valid now"
    principals = [one.decode(errors="replace").lower() for one in shown.valid_principals]
    if not any(matches_any([one], host.lower()) for one in principals):
        return f"its certificate is for {one_line(', '.join(principals), 80) or 'no host'}"
    return None


def _of_host(known: Sequence[KnownKey], host: str, port: int) -> Iterator[KnownKey]:
    names = names_of(host, port)
    return (one for one in known if any(one.holds_for(name) for name in names))


def _line(blob: bytes) -> bytes:
    length = int.from_bytes(blob[:4], "big")
    return blob[4 : 4 + min(length, 64)] + b" " + base64.b64encode(blob)
