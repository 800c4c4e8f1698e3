"""TLS, client certificates and basic authentication, in the form of exporter-toolkit's web configuration.

Source: exporter-toolkit, docs/web-configuration.md. What it knows and this server cannot do is an error here, never
ignored: a protection that is written down and not in force is worse than none.
"""

import ssl
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from agent.config.mistakes import inert_quoted
from agent.config.yaml_table import SIZE_LIMIT, Mistakes, Table, Value, only, read
from agent.core.errors import ConfigurationError, UsageError
from agent.core.files import other_writers

Choice = TypeVar("Choice")

TLS_KEYS = ("cert_file", "key_file", "client_auth_type", "client_ca_file", "min_version", "max_version")
VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
CLIENT_AUTHENTICATION = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
HEADERS = ("Strict-Transport-Security", "X-Frame-Options", "X-Content-Type-Options", "X-XSS-Protection")
HTTP_KEYS = ("http2", "headers")

# Two to the 15th rounds take two seconds and more; a slip of the pen must not stop every scrape.
DEAREST, CHEAPEST = 14, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """Hold how the server is protected; no `users`: no password is asked for; no `tls`: plain HTTP."""

    users: Mapping[str, bytes] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    headers: tuple[tuple[str, str], ...] = ()
    files: tuple[Path, ...] = ()


def load(path: Path) -> WebConfig:
    """Return what a web configuration file says. Raises ConfigurationError with all its mistakes."""
    mistakes = Mistakes(path=path)
    top = read(_text(path), mistakes)
    if (writers := other_writers(path)) is not None:
        mistakes.add(1, "the file", f"it may be written by {writers}, who could add a name", f"chmod go-w {path}")
    only(top, ("tls_server_config", "basic_auth_users", "http_server_config"), "", mistakes)
    users = _users(top, mistakes)
    headers = _headers(top, mistakes)
    tls, files = _tls(top, path, mistakes)
    if mistakes.found:
        raise ConfigurationError(mistakes.found)
    return WebConfig(users=users, tls=tls, headers=headers, files=(path, *files))


def unlike_costs(config: WebConfig) -> str | None:
    """Return how the costs of the hashes differ, or None: each wrong password costs as much as the dearest."""
    names: dict[int, list[str]] = {}
    for name, known in sorted(config.users.items()):
        names.setdefault(int(known[4:6]), []).append(inert_quoted(name))
    if len(names) < 2:
        return None
    return "; ".join(f"{cost} of {', '.join(found)}" for cost, found in sorted(names.items()))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
        if len(data) > SIZE_LIMIT:
            raise UsageError(f"{path} is larger than {SIZE_LIMIT} bytes", "a web configuration is a few lines of YAML")
        return data.decode()
    except OSError as error:
        hint = "name a readable file in [agent] web_config, or leave it out"
        raise UsageError(f"cannot read {path}: {(error.strerror or 'unreadable').lower()}", hint) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8", "write it as UTF-8 text") from error


def _subtable(top: Table, key: str, mistakes: Mistakes) -> Table | None:
    entry = top.entries.get(key)
    if isinstance(entry, Value):
        mistakes.add(entry.line, key, "a table is expected here", f"write its keys indented below `{key}:`")
        return None
    return entry


def _users(top: Table, mistakes: Mistakes) -> dict[str, bytes]:
    table = _subtable(top, "basic_auth_users", mistakes)
    users: dict[str, bytes] = {}
    if table is None:
        return users
    if not table.entries:
        mistakes.add(table.line, "basic_auth_users", "it names nobody", "add `name: hash`, or remove the key")
    for name, entry in table.entries.items():
        if isinstance(entry, Value) and (wrong := _wrong_hash(entry.text)) is None and ":" not in name:
            users[name] = entry.text.encode()
        else:
            wrong = (
                "a name has no colon" if ":" in name else wrong if isinstance(entry, Value) else "a hash is expected"
            )
            hint = "make one with `htpasswd -nBC 10 NAME` and keep what follows the colon"
            mistakes.add(entry.line, "basic_auth_users", wrong or "a hash is expected", hint)
    return users


def _wrong_hash(text: str) -> str | None:
    alphabet = set("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    version, cost, rest = text[:4], text[4:6], text[7:]
    if version not in ("$2a$", "$2b$", "$2y$") or text[6:7] != "$" or len(rest) != 53 or not set(rest) <= alphabet:
        return "this is no bcrypt hash"
    if not (cost.isascii() and cost.isdigit() and CHEAPEST <= int(cost) <= DEAREST):
        return f"the cost of a bcrypt hash must lie between {CHEAPEST} and {DEAREST}, not {inert_quoted(cost)}"
    return None


def _headers(top: Table, mistakes: Mistakes) -> tuple[tuple[str, str], ...]:
    table = _subtable(top, "http_server_config", mistakes)
    if table is None:
        return ()
    only(table, HTTP_KEYS, "http_server_config.", mistakes)
    http2 = table.entries.get("http2")
    if http2 is not None and not (isinstance(http2, Value) and http2.text in ("true", "false")):
        said = inert_quoted(http2.text) if isinstance(http2, Value) else "a table"
        mistakes.add(http2.line, "http_server_config.http2", f"true or false is expected, not {said}")
    headers = _subtable(table, "headers", mistakes)
    if headers is None:
        return ()
    only(headers, HEADERS, "http_server_config.headers.", mistakes)
    found = [(name, entry) for name, entry in headers.entries.items() if name in HEADERS]
    for name, entry in found:
        if not isinstance(entry, Value) or not (entry.text.isascii() and entry.text.isprintable()):
            mistakes.add(entry.line, f"http_server_config.headers.{name}", "one line of plain text is expected")
    return tuple((name, entry.text) for name, entry in found if isinstance(entry, Value))


def _tls(top: Table, path: Path, mistakes: Mistakes) -> tuple[ssl.SSLContext | None, tuple[Path, ...]]:
    table = _subtable(top, "tls_server_config", mistakes)
    if table is None:
        return None, ()
    before = len(mistakes.found)
    only(table, TLS_KEYS, "tls_server_config.", mistakes)
    certificate = _file(table, "cert_file", path, mistakes, needed=True)
    key = _file(table, "key_file", path, mistakes, needed=True)
    authority = _file(table, "client_ca_file", path, mistakes, needed=False)
    client = _chosen(table, "client_auth_type", CLIENT_AUTHENTICATION, ssl.CERT_NONE, mistakes)
    least = _chosen(table, "min_version", VERSIONS, ssl.TLSVersion.TLSv1_2, mistakes)
    most = _chosen(table, "max_version", VERSIONS, ssl.TLSVersion.MAXIMUM_SUPPORTED, mistakes)
    if (authority is None) is not (client is ssl.CERT_NONE) and len(mistakes.found) == before:
        wrong = "client_ca_file and a client_auth_type that verifies need each other"
        mistakes.add(
            table.line,
            "tls_server_config",
            wrong,
            "set client_auth_type: RequireAndVerifyClientCert and client_ca_file",
        )
    if key is not None and key.stat().st_mode & stat.S_IROTH:
        mistakes.add(table.line, "tls_server_config.key_file", f"{key} can be read by all", f"chmod o= {key}")
    if key is not None and (writers := other_writers(key)) is not None:
        mistakes.add(
            table.line, "tls_server_config.key_file", f"{key} may be written by {writers}", f"chmod go-w {key}"
        )
    if certificate is None or key is None or len(mistakes.found) > before:
        return None, ()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = least, most
    try:
        # An encrypted key would make OpenSSL ask on the terminal.
        context.load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, OSError, ValueError) as error:
        mistakes.add(table.line, "tls_server_config", f"{certificate} and {key} do not fit together", _reason(error))
    try:
        if authority is not None:
            context.load_verify_locations(authority)
    except (ssl.SSLError, OSError, ValueError) as error:
        mistakes.add(
            table.line, "tls_server_config.client_ca_file", f"{authority} holds no certificate", _reason(error)
        )
    context.verify_mode = client
    return context, tuple(file for file in (certificate, key, authority) if file is not None)


def _reason(error: Exception) -> str:
    said = getattr(error, "reason", None)
    return (
        f"openssl says: {said.lower().replace('_', ' ')}"
        if isinstance(said, str)
        else "PEM is expected, with no passphrase"
    )


def _file(table: Table, key: str, path: Path, mistakes: Mistakes, *, needed: bool) -> Path | None:
    entry = table.entries.get(key)
    name = f"tls_server_config.{key}"
    if entry is None or isinstance(entry, Table) or not entry.text:
        if needed or entry is not None:
            mistakes.add(table.line, name, "it is missing", f"write `{key}: FILE`, relative to {path.parent}")
        return None
    file = path.parent / entry.text
    try:
        with file.open("rb"):
            return file
    except (OSError, ValueError) as error:
        said = (getattr(error, "strerror", None) or "unreadable").lower()
        mistakes.add(
            entry.line, name, f"cannot read {file}: {said}", "it must be readable by the user that runs the agent"
        )
        return None


def _chosen(table: Table, key: str, known: Mapping[str, Choice], default: Choice, mistakes: Mistakes) -> Choice:
    entry = table.entries.get(key)
    if entry is None:
        return default
    if isinstance(entry, Value) and entry.text in known:
        return known[entry.text]
    said = inert_quoted(entry.text) if isinstance(entry, Value) else "a table"
    mistakes.add(entry.line, f"tls_server_config.{key}", f"{said} is not supported", f"one of {', '.join(known)}")
    return default
