"""The types of the schema's keys: what TOML may hold there, and what the program makes of it.

A value of the wrong form raises a pydantic error of the type `form`, whose context says `what` is wrong
and never repeats the value.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError, PydanticKnownError

from agent.config.database_address import DatabaseAddress
from agent.config.values import read_day, read_ratio, read_rhythm, read_size
from agent.core.durations import read_duration
from agent.core.facts.holdings import KINDS, is_pattern
from agent.core.fingerprints import is_fingerprint

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class ValueForm:
    """A form in the reference document."""

    words: str


def _wrong(error: ValueError) -> PydanticCustomError:
    return PydanticCustomError("form", "{what}", {"what": str(error)})


def _from_text(reader: Callable[[str], Read]) -> BeforeValidator:
    def validate(value: object) -> Read:
        if not isinstance(value, str):
            raise PydanticKnownError("string_type")
        try:
            return reader(value)
        except ValueError as error:
            raise _wrong(error) from error

    return BeforeValidator(validate)


def _from_any(reader: Callable[[object], Read]) -> BeforeValidator:
    def validate(value: object) -> Read:
        try:
            return reader(value)
        except ValueError as error:
            raise _wrong(error) from error

    return BeforeValidator(validate)


def _held_to(reader: Callable[[str], str]) -> AfterValidator:
    def validate(value: str) -> str:
        try:
            return reader(value)
        except ValueError as error:
            raise _wrong(error) from error

    return AfterValidator(validate)


def _above_zero(text: str) -> timedelta:
    duration = read_duration(text)
    if not duration:
        raise ValueError("is zero")
    return duration


def _size_above_zero(text: str) -> int:
    size = read_size(text)
    if not size:
        raise ValueError("is zero")
    return size


def read_text(text: str) -> str:
    """Return a text that says something on one line."""
    if not text.strip():
        raise ValueError("is empty")
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text):
        raise ValueError("holds a control character")
    if len(text) > 4096:
        raise ValueError("is longer than 4096 characters")
    return text


def read_id(text: str) -> str:
    """Return an id; raise ValueError, in words, for anything else."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text) is None:
        raise ValueError(
            "is not an id: at most 64 letters, digits, dots, dashes and underscores, the first a letter or digit"
        )
    return text


def _read_sender(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_:][A-Za-z0-9._:-]{0,254}", text) is None:
        raise ValueError("is not a sender's name: letters, digits, dots, colons, dashes and underscores")
    return text


def _read_fingerprint(text: str) -> str:
    if not is_fingerprint(text):
        raise ValueError("is no fingerprint: SHA256: and 43 letters and signs, as ssh-keygen -lf writes it")
    return text


def _read_absolute(text: str) -> str:
    if not read_text(text).startswith("/"):
        raise ValueError("is not an absolute path")
    return text


def _read_listen(text: str) -> str:
    if text and socket_path(text) is None:
        listening_on(text)
    return text


def socket_path(listen: str) -> str | None:
    """Return the path of `unix:PATH`, None for what does not begin so; raise ValueError for no path of a socket."""
    if not listen.startswith("unix:"):
        return None
    path = read_text(listen.removeprefix("unix:"))
    # The kernel takes 107 bytes (unix(7)), and the socket is made under another name beside its own.
    if not path.startswith("/") or path.endswith("/") or len(path.encode()) > 96:
        raise ValueError('is not a socket such as "unix:/run/beffroi/http.sock", of at most 96 bytes')
    return path


def listening_on(listen: str) -> tuple[str, int]:
    """Return the host and the port of `address:port`; raise ValueError for anything else. IPv6 stands in brackets."""
    matched = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]*):([0-9]{1,5})", listen)
    if matched is None or int(matched[2]) > 65535:
        raise ValueError('is not an address and a port such as "127.0.0.1:9588", nor a socket such as "unix:/run/…"')
    return matched[1].strip("[]"), int(matched[2])


def is_loopback(host: str) -> bool:
    """Return whether a host's name or address never leaves this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _read_destination(text: str) -> str:
    wanted = 'is not a host and a port such as "192.0.2.9:22"'
    try:
        host, port = listening_on(text)
    except ValueError as error:
        raise ValueError(wanted) from error
    if not host or not port:
        raise ValueError(wanted)
    return text


def _read_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError('is not a time zone such as "Europe/Paris"') from error
    return text


def _read_country(text: str) -> str:
    if re.fullmatch(r"[A-Z]{2}", text) is None:
        raise ValueError('is not a country of two capital letters such as "FR"')
    return text


def _split(text: str) -> SplitResult:
    # What urlsplit and its port say of a bad address repeats it, and it may hold a password.
    try:
        parts = urlsplit(read_text(text))
        _ = parts.port
    except ValueError as error:
        raise ValueError("is not an address") from error
    return parts


def _read_page(text: str) -> str:
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not an http:// or https:// address")
    return text


def _read_own_address(text: str) -> str:
    parts = _split(text)
    sound = parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/")
    if not sound or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError('is not an address such as "https://beffroi.example", without a path')
    return text


def _read_webhook(text: str) -> str:
    parts = _split(text)
    if parts.scheme == "https" and parts.hostname:
        return text
    if parts.scheme == "http" and parts.hostname and is_loopback(parts.hostname):
        return text
    raise ValueError("is not an https:// address (http:// goes to loopback only)")


def _read_origin(text: str) -> str:
    # The name of a key (c2sp.org/signed-note): no space, no plus, nothing unseen.
    if "+" in read_text(text) or any(char.isspace() or not char.isprintable() for char in text) or len(text) > 512:
        raise ValueError("is not the origin of a log, such as example.org/log")
    return text


def _read_relay(text: str) -> str:
    parts = _split(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.port == 0:
        raise ValueError("is not a relay such as smtp://relay.example:25 or smtps://relay.example:465")
    return text


def _read_database(text: str) -> str:
    DatabaseAddress.of(read_text(text))
    return text


def read_role(text: str) -> str:
    """Return the name of a role; raise ValueError, in words, for anything else."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,62}", text) is None:
        raise ValueError("is not a role: at most 63 letters, digits, dots, dashes and underscores")
    return text


def _read_address(text: str) -> str:
    if re.fullmatch(r"[^\s@<>,;\"()]{1,64}@[^\s@<>,;\"()]{1,253}", read_text(text)) is None:
        raise ValueError("is not a mail address")
    return text


def _read_refusal(text: str) -> str:
    if re.fullmatch(r"status [1-5][0-9][0-9]|text \S.*|reset", read_text(text)) is None:
        raise ValueError('is none of "status 403", "text …" and "reset"')
    return text


def _read_match(text: str) -> str:
    parts = read_text(text).split("/")
    if "" in parts or ".." in parts or parts[-1] == "**":
        raise ValueError('is not a path below the folder such as "erp/*.vbk"')
    if any(part.startswith(".") for part in parts):
        raise ValueError("holds a name that begins with a dot, and such files are not judged")
    return text


def _read_limit(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError('is neither text such as "24h" nor a whole number')
    return value


def _read_held(text: str) -> str:
    if not is_pattern(read_text(text)):
        kinds = ", ".join(f"`{kind}:NAME`" for kind in KINDS)
        raise ValueError(f"is neither an absolute path nor one of {kinds}")
    return text


def _read_dump(text: str) -> str:
    if text.startswith("/"):
        raise ValueError("is a path, which belongs to `paths`")
    return _read_held(text)


Duration = Annotated[timedelta, _from_text(_above_zero), ValueForm("duration")]
Grace = Annotated[timedelta, _from_text(read_duration), ValueForm("duration")]
Size = Annotated[int, _from_text(_size_above_zero), ValueForm("size")]
Ratio = Annotated[Fraction, _from_text(read_ratio), ValueForm("ratio")]
Rhythm = Annotated[timedelta | str, _from_text(read_rhythm), ValueForm("duration or time of day")]
Day = Annotated[date, _from_any(read_day), ValueForm("day")]
Limit = Annotated[
    str | int, _from_any(_read_limit), ValueForm("duration, size, ratio or number, as the target's unit asks")
]
Text = Annotated[str, _held_to(read_text), ValueForm("text")]
Id = Annotated[str, _held_to(read_id), ValueForm("id")]
Sender = Annotated[str, _held_to(_read_sender), ValueForm("name")]
Absolute = Annotated[str, _held_to(_read_absolute), ValueForm("absolute path")]
Fingerprint = Annotated[str, _held_to(_read_fingerprint), ValueForm("fingerprint of a key")]
PublicFile = Annotated[str, _held_to(read_text), ValueForm("path of a file")]
Origin = Annotated[str, _held_to(_read_origin), ValueForm("origin of a log")]
SecretFile = Annotated[str, _held_to(read_text), ValueForm("path of a secret's file")]
Listen = Annotated[str, _held_to(_read_listen), ValueForm("address and port, or `unix:` and a path")]
Destination = Annotated[str, _held_to(_read_destination), ValueForm("host and port")]
Zone = Annotated[str, _held_to(_read_zone), ValueForm("time zone")]
Country = Annotated[str, _held_to(_read_country), ValueForm("country (ISO 3166, two letters)")]
Page = Annotated[str, _held_to(_read_page), ValueForm("http or https address")]
OwnAddress = Annotated[str, _held_to(_read_own_address), ValueForm("http or https address")]
Webhook = Annotated[str, _held_to(_read_webhook), ValueForm("https address")]
Relay = Annotated[str, _held_to(_read_relay), ValueForm("smtp or smtps address")]
Database = Annotated[str, _held_to(_read_database), ValueForm("PostgreSQL address")]
RoleName = Annotated[str, _held_to(read_role), ValueForm("name of a role")]
Address = Annotated[str, _held_to(_read_address), ValueForm("mail address")]
Match = Annotated[str, _held_to(_read_match), ValueForm("pattern of paths")]
Held = Annotated[str, _held_to(_read_held), ValueForm("pattern of paths, or `kind:NAME`")]
Dump = Annotated[str, _held_to(_read_dump), ValueForm("`kind:NAME`")]
Refusal = Annotated[str, _held_to(_read_refusal), ValueForm("`status NNN`, `text …` or `reset`")]
