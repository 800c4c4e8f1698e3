"""A site to serve, certificates to serve it under, and a client that says exactly what it is told."""

import datetime
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import bcrypt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.core.model import Key, Verdict
from agent.export.http.health import Health
from agent.export.http.readers import Readers
from agent.export.http.server import HttpServer
from agent.export.pages.verdict_details import Calendar, VerdictDetails
from agent.export.snapshot import Snapshot
from tests.export.details import calendar, details
from tests.export.samples import snapshot

PASSWORD = "correct horse battery staple"
SALT = b"$2b$04$kdD6YPxB0m3ImhTG/tm9xe"  # fixed: test names that change with each process cannot be shared out
HASH = bcrypt.hashpw(PASSWORD.encode(), SALT).decode()


@dataclass
class StillSite:
    """Show always the same."""

    shown: Snapshot = field(default_factory=snapshot)
    well: Health = field(default_factory=lambda: Health(since_tick=datetime.timedelta(seconds=1)))
    limited: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unlimited: frozenset[str] = frozenset()

    def snapshot(self) -> Snapshot:
        """Return the snapshot."""
        return self.shown

    def details(self, verdicts: Sequence[Verdict], at: datetime.datetime) -> VerdictDetails:
        """Return the same days and evidence for every key."""
        return details(verdicts, at)

    def target_calendar(self, target: str, beneficiary: str, at: datetime.datetime) -> Calendar:
        """Return the same days for every target."""
        return calendar(Key(target=target, subject="", beneficiary=beneficiary), at)

    def health(self) -> Health:
        """Return how the agent is."""
        return self.well

    def language(self) -> str:
        """Return the snapshot's language."""
        return self.shown.language

    def readers(self) -> Readers:
        """Return who sees what."""
        return Readers(limited=self.limited, unlimited=self.unlimited)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def port_of(server: HttpServer) -> int:
    """Return the port of a server's first address."""
    return server.addresses[0][1]


def connect(port: int, context: ssl.SSLContext | None = None, timeout: float = 10) -> socket.socket:
    """Return a connection to the loopback, under TLS where a context is given."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    return plain if context is None else context.wrap_socket(plain, server_hostname="localhost")


def received(connection: socket.socket) -> bytes:
    """Return everything that the other side says until it closes."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def said(port: int, text: bytes, context: ssl.SSLContext | None = None, timeout: float = 10) -> Answer:
    """Say some bytes and return the answer; a server that takes longer is an error."""
    with connect(port, context, timeout) as connection:
        connection.sendall(text)
        return understood(received(connection))


def understood(raw: bytes) -> Answer:
    """Return an answer read strictly: one status line, header fields, a body of the length that it tells."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    assert gap, raw[:200]
    first, _, fields = head.partition(b"\r\n")
    version, status, _ = first.split(b" ", 2)
    assert version == b"HTTP/1.1"
    pairs = [line.decode("latin-1").split(": ", 1) for line in fields.split(b"\r\n")]
    headers = {pair[0]: pair[1] for pair in pairs}
    assert len(headers) == len(pairs)
    return Answer(status=int(status), headers=headers, body=body)


def get(
    port: int,
    target: str,
    *fields: str,
    method: str = "GET",
    context: ssl.SSLContext | None = None,
    host: str = "localhost",
) -> Answer:
    """Ask for a target."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *fields, "", ""]
    return said(port, "\r\n".join(lines).encode(), context)


@dataclass(frozen=True, kw_only=True)
class Certified:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


def certify(folder: Path, name: str, issuer: Certified | None = None, *, days: int = 30) -> Certified:
    """Make a key and a certificate for it, signed by an issuer, or by itself as an authority; it ends in some days."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    signer = key
    issued_by = subject
    if issuer is not None:
        issued_by = x509.load_pem_x509_certificate(issuer.certificate.read_bytes()).subject
        loaded = serialization.load_pem_private_key(issuer.key.read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        signer = loaded
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issued_by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=issuer is None,
                crl_sign=issuer is None,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    made = Certified(certificate=folder / f"{name}.crt", key=folder / f"{name}.key")
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    descriptor = os.open(made.key, os.O_WRONLY | os.O_CREAT, 0o600)
    with open(descriptor, "wb") as file:
        file.write(pem)
    return made
