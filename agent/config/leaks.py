"""Find a password where it must not stand: in the address of a repository, a relay or a page."""

import re
from collections.abc import Iterator

from agent.config.mistakes import Mistake
from agent.config.positions import Path
from agent.config.tables import TomlTable

_PARAMETER = re.compile(r"(?:pass(?:word|wd|phrase)?|secret[a-z_]*|token|[a-z_]*access_?key[a-z_]*)=.", re.IGNORECASE)
_PORT = re.compile(r"[^:]*:[0-9]{1,5}/")
# What follows the first colon of these is a path, and a path may hold anything.
_OF_PATHS = frozenset({"local", "rclone"})


def leaks(file: TomlTable) -> Iterator[Mistake]:
    """Yield every password that stands in an address of the file."""
    for backup in file.tables("backup"):
        for copy in backup.tables("copy"):
            yield from _leak(
                copy.at("repository"),
                copy.text("repository"),
                "put it in environment_file, as RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD or AWS_SECRET_ACCESS_KEY",
            )
    for web_filter in file.tables("web_filter"):
        for key in ("url", "control_url", "proxy"):
            yield from _leak(web_filter.at(key), web_filter.text(key), "give an address that needs no password")
    evidence = file.table("evidence") or TomlTable(path=(), values={})
    stamp = evidence.table("timestamp")
    if stamp is not None:
        yield from _leak(stamp.at("url"), stamp.text("url"), "give an address that needs no password")
    for witness in evidence.tables("witness"):
        yield from _leak(witness.at("url"), witness.text("url"), "give an address that needs no password")
    fleet = file.table("fleet")
    if fleet is not None:
        yield from _leak(fleet.at("database"), fleet.text("database"), "put it in password_file, and the role in user")
    mail = (file.table("alert") or file).table("mail")
    if mail is not None:
        yield from _leak(
            mail.at("smtp"), mail.text("smtp"), "put it in mail_password_file, and the account in mail.user"
        )


def _leak(path: Path, address: str | None, hint: str) -> Iterator[Mistake]:
    if address is not None and holds_password(address):
        yield Mistake(path=path, what="holds a password", hint=hint)


def holds_password(address: str) -> bool:
    """Return whether an address, or anything that restic accepts as a repository, has a password in it."""
    if _PARAMETER.search(address):
        return True
    _, schemed, rest = address.partition("://")
    if schemed:
        # A password with a slash in it makes an address that nothing accepts, and stands in the file all the same.
        user, at, _ = rest.rpartition("@")
        return bool(at) and ":" in user and _PORT.match(user) is None
    # sftp:user@host:/path has no scheme's slashes; the first colon ends the backend's name.
    backend, _, rest = address.partition(":")
    user, at, _ = rest.split("/", 1)[0].rpartition("@")
    return backend not in _OF_PATHS and backend.isalnum() and bool(at) and ":" in user


def without_password(address: str) -> str | None:
    """Return an address without the user and password in it; None where they cannot be told from the rest.

    A user alone stays, as SSH needs it, but not in an http address, where it is often a token.
    """
    before, schemed, rest = address.partition("://")
    if not holds_password(address) and not (before.endswith(("http", "https")) and "@" in rest.split("/", 1)[0]):
        return address
    if not schemed or _PARAMETER.search(address):
        return None
    cleaned = f"{before}://{rest.rpartition('@')[2]}"
    return None if holds_password(cleaned) else cleaned
