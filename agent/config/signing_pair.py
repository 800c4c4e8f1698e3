"""Whether the certificate and the key that sign reports can be read, fit together and are valid at an instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent.config.mistakes import Mistake, shown
from agent.config.secrets import find_secret
from agent.config.tables import TomlTable
from agent.core.errors import LookError
from agent.core.files import read_file

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

CERTIFICATE, KEY = "certificate_file", "key_file"
_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFlaw:
    """What is wrong with one of both files: the key of the configuration that names it, the fault, and its mend."""

    key: str
    what: str
    hint: str


def flaw(certificate: Path, key: Path, at: datetime) -> PairFlaw | None:
    """Return what keeps a certificate and a key from signing at an instant; None: nothing does."""
    # Only who checks a configuration or signs a report waits for it.
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        content = read_file(certificate, limit=_LARGEST)
        first = x509.load_pem_x509_certificates(content)[0]
    except (LookError, ValueError):
        return PairFlaw(key=CERTIFICATE, what=f"{shown(str(certificate))} holds no certificate", hint=_PEM)
    try:
        private = serialization.load_pem_private_key(read_file(key, limit=_LARGEST), None)
    except TypeError:
        what = f"{shown(str(key))} asks for a passphrase"
        return PairFlaw(key=KEY, what=what, hint=f"openssl pkey -in {key} -out a file without one, mode 0640")
    except (LookError, ValueError):
        return PairFlaw(key=KEY, what=f"{shown(str(key))} holds no private key", hint=_PEM)
    if private.public_key() != first.public_key():
        what = f"{shown(str(key))} is not the key of {shown(str(certificate))}"
        return PairFlaw(key=KEY, what=what, hint="name the key that the certificate was made for")
    return _of_validity(certificate, first, at)


_PEM = "name a PEM file: the signer's certificate first, those of its authorities after it; or its private key"


def _of_validity(path: Path, certificate: "Certificate", at: datetime) -> PairFlaw | None:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at > last:
        return PairFlaw(
            key=CERTIFICATE, what=f"{shown(str(path))} expired on {last:%Y-%m-%d}", hint="renew the certificate"
        )
    if at < first:
        what = f"{shown(str(path))} is valid from {first:%Y-%m-%d} only"
        return PairFlaw(key=CERTIFICATE, what=what, hint="look at this machine's clock, or wait")
    return None


def signing_mistakes(file: TomlTable, beside: Path, at: datetime) -> Iterator[Mistake]:
    """Yield what is wrong with the pair that `[report]` names; `beside` is the configuration file.

    What hinders reading them is told by the checks of every named file.
    """
    report = file.table("report")
    if report is None:
        return
    named = report.text(CERTIFICATE), report.text(KEY)
    if not named[0] or not named[1]:
        return
    certificate, private = find_secret(named[0], beside), find_secret(named[1], beside)
    try:
        if not all(path.is_file() and path.stat().st_size for path in (certificate, private)):
            return
    except (OSError, ValueError):
        return
    found = flaw(certificate, private, at)
    if found is not None:
        yield Mistake(path=report.at(found.key), what=found.what, hint=found.hint)
