"""TLS, client certificates and basic authentication, in the form of exporter-toolkit's web configuration.

Source: exporter-toolkit, docs/web-configuration.md. What it knows and this server cannot do is an error here, never
ignored: a protection that is written down and not in force is worse than none.
"""

import os
import ssl
import stat
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from agent.config.mistakes import inert_quoted
from agent.config.validity import hold_to_validity
from agent.config.yaml_table import SIZE_LIMIT, Value, YamlMistakes, YamlTable, only, read
from agent.core.errors import ConfigurationError, Denied, LookError, UsageError
from agent.core.files import open_regular, other_writers, read_file

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

# Debian's whole bundle of authorities has 220 KiB.
PEM_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """How the server is protected; no `users`: no password is asked for; no `tls`: plain HTTP."""

    users: Mapping[str, bytes] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    headers: tuple[tuple[str, str], ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def certificate(self) -> Path | None:
        """Return the file of the server's certificate; None without TLS."""
        return self.files[1] if self.tls is not None else None


def load(path: Path, *, at: datetime | None = None, mend: Callable[[Path], str] | None = None) -> WebConfig:
    """Return what a web configuration file says. Raises ConfigurationError with all its mistakes.

    `at`: a certificate that is not valid at that instant is a mistake too, as for `config check`; a server goes on with
    it. `mend` says how a file that may not be read gets readable.
    """
    mistakes = YamlMistakes(path=path)
    writers = other_writers(path)
    top = read(_text(path, held=writers is None), mistakes)
    if not top.entries and not mistakes.found:
        # A file is empty for a moment while an editor saves it, and stays so on a full disk.
        mistakes.add(1, "the file", "it is empty and protects nothing", "leave web_config out where that is meant")
    if writers is not None:
        mistakes.add(1, "the file", f"it may be written by {writers}, who could add a name", f"chmod go-w {path}")
    only(top, ("tls_server_config", "basic_auth_users", "http_server_config"), "", mistakes)
    users = _users(top, mistakes)
    headers = _headers(top, mistakes)
    tls, files = _tls(top, _Folder(path.parent, mend), mistakes)
    if at is not None and files:
        hold_to_validity(files[0], at, _subtable(top, "tls_server_config", mistakes), mistakes)
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


def _text(path: Path, *, held: bool) -> str:
    try:
        return read_file(path, limit=SIZE_LIMIT, held=held).decode()
    except LookError as error:
        hint = error.hint or "name a readable file of a few lines in [agent] web_config, or leave it out"
        raise UsageError(error.message, hint) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8", "write it as UTF-8 text") from error


def _subtable(top: YamlTable, key: str, mistakes: YamlMistakes) -> YamlTable | None:
    entry = top.entries.get(key)
    if isinstance(entry, Value):
        mistakes.add(entry.line, key, "a table is expected here", f"write its keys indented below `{key}:`")
        return None
    return entry


def _users(top: YamlTable, mistakes: YamlMistakes) -> dict[str, bytes]:
    table = _subtable(top, "basic_auth_users", mistakes)
    users: dict[str, bytes] = {}
    if table is None:
        return users
    if not table.entries:
        mistakes.add(table.line, "basic_auth_users", "it names no user", "add `name: hash`, or remove the key")
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


def _headers(top: YamlTable, mistakes: YamlMistakes) -> tuple[tuple[str, str], ...]:
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


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file of the TLS configuration that was opened and found fit; OpenSSL gets this one, whatever its name."""

    path: Path
    descriptor: int

    @property
    def same(self) -> str:
        """Return a path of the open file itself: a pipe that took its name meanwhile would never be read to an end."""
        return f"/proc/self/fd/{self.descriptor}"


@dataclass(frozen=True, slots=True)
class _Folder:
    """Where the files of the TLS configuration lie, and how one that may not be read gets readable."""

    path: Path
    mend: Callable[[Path], str] | None


def _tls(top: YamlTable, folder: _Folder, mistakes: YamlMistakes) -> tuple[ssl.SSLContext | None, tuple[Path, ...]]:
    table = _subtable(top, "tls_server_config", mistakes)
    if table is None:
        return None, ()
    before = len(mistakes.found)
    only(table, TLS_KEYS, "tls_server_config.", mistakes)
    with ExitStack() as open_files:
        certificate = _file(table, "cert_file", folder, mistakes, open_files, needed=True)
        key = _file(table, "key_file", folder, mistakes, open_files, needed=True)
        authority = _file(table, "client_ca_file", folder, mistakes, open_files, needed=False)
        client = _chosen(table, "client_auth_type", CLIENT_AUTHENTICATION, ssl.CERT_NONE, mistakes)
        least = _chosen(table, "min_version", VERSIONS, ssl.TLSVersion.TLSv1_2, mistakes)
        most = _chosen(table, "max_version", VERSIONS, ssl.TLSVersion.MAXIMUM_SUPPORTED, mistakes)
        if (authority is None) is not (client is ssl.CERT_NONE) and len(mistakes.found) == before:
            wrong = "client_ca_file and a client_auth_type that verifies need each other"
            hint = "set client_auth_type: RequireAndVerifyClientCert and client_ca_file"
            mistakes.add(table.line, "tls_server_config", wrong, hint)
        if key is not None and os.fstat(key.descriptor).st_mode & stat.S_IROTH:
            wrong, hint = f"{key.path} can be read by all", f"chmod o= {key.path}"
            mistakes.add(table.line, "tls_server_config.key_file", wrong, hint)
        if certificate is None or key is None or len(mistakes.found) > before:
            return None, ()
        context = _context(table, certificate, key, authority, mistakes)
    context.minimum_version, context.maximum_version, context.verify_mode = least, most, client
    return context, tuple(file.path for file in (certificate, key, authority) if file is not None)


def _context(
    table: YamlTable, certificate: _Opened, key: _Opened, authority: _Opened | None, mistakes: YamlMistakes
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # An encrypted key would make OpenSSL ask on the terminal.
        context.load_cert_chain(certificate.same, key.same, password="")
    except (ssl.SSLError, OSError, ValueError) as error:
        wrong = f"{certificate.path} and {key.path} do not fit together"
        mistakes.add(table.line, "tls_server_config", wrong, _reason(error))
    if authority is None:
        return context
    try:
        context.load_verify_locations(authority.same)
    except (ssl.SSLError, OSError, ValueError) as error:
        wrong = f"{authority.path} holds no certificate"
        mistakes.add(table.line, "tls_server_config.client_ca_file", wrong, _reason(error))
    return context


def _reason(error: Exception) -> str:
    said = getattr(error, "reason", None)
    return (
        f"openssl says: {said.lower().replace('_', ' ')}"
        if isinstance(said, str)
        else "PEM is expected, with no passphrase"
    )


def _file(
    table: YamlTable, key: str, folder: _Folder, mistakes: YamlMistakes, open_files: ExitStack, *, needed: bool
) -> _Opened | None:
    entry = table.entries.get(key)
    name = f"tls_server_config.{key}"
    if entry is None or isinstance(entry, YamlTable) or not entry.text:
        if needed or entry is not None:
            mistakes.add(table.line, name, "it is missing", f"write `{key}: FILE`, relative to {folder.path}")
        return None
    file = folder.path / entry.text
    try:
        # Who may write the authority admits clients; who may write a certificate stops the page.
        descriptor = open_regular(file, limit=PEM_LIMIT, held=True)
    except Denied as error:
        mistakes.add(entry.line, name, error.message, folder.mend(file) if folder.mend else error.hint)
        return None
    except LookError as error:
        hint = error.hint or "name a file that the user who runs the agent may read"
        mistakes.add(entry.line, name, error.message, hint)
        return None
    open_files.callback(os.close, descriptor)
    return _Opened(file, descriptor)


def _chosen(table: YamlTable, key: str, known: Mapping[str, Choice], default: Choice, mistakes: YamlMistakes) -> Choice:
    entry = table.entries.get(key)
    if entry is None:
        return default
    if isinstance(entry, Value) and entry.text in known:
        return known[entry.text]
    said = inert_quoted(entry.text) if isinstance(entry, Value) else "a table"
    mistakes.add(entry.line, f"tls_server_config.{key}", f"{said} is not supported", f"one of {', '.join(known)}")
    return default
