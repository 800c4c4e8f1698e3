"""Whether the certificate of the page is valid at an instant, or soon will not be."""

from datetime import datetime, timedelta
from pathlib import Path

from agent.config.yaml_table import YamlMistakes, YamlTable
from agent.core.errors import LookError
from agent.core.files import read_file

_LARGEST = 4 * 1024 * 1024
SOON = timedelta(days=14)


def validity(path: Path) -> tuple[datetime, datetime] | None:
    """Return the first and last instant of the first certificate of a PEM file; None where none can be read."""
    # Only who checks a configuration waits for it.
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(read_file(path, limit=_LARGEST))
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (LookError, ValueError):
        return None


def hold_to_validity(path: Path, at: datetime, table: YamlTable | None, mistakes: YamlMistakes) -> None:
    """Note a server's certificate that is not valid yet, or no longer."""
    span = validity(path)
    entry = table.entries.get("cert_file") if table is not None else None
    if span is None or entry is None:
        return
    name = "tls_server_config.cert_file"
    if at > span[1]:
        mistakes.add(entry.line, name, f"{path} expired on {span[1]:%Y-%m-%d}", "renew the certificate")
    elif at < span[0]:
        wrong = f"{path} is valid from {span[0]:%Y-%m-%d} only"
        mistakes.add(entry.line, name, wrong, "look at this machine's clock, or wait")


def soon_expired(path: Path, at: datetime) -> datetime | None:
    """Return when a valid certificate expires, if that is within two weeks."""
    span = validity(path)
    return span[1] if span is not None and at <= span[1] < at + SOON else None
