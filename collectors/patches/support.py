"""Until when a release of Debian or Ubuntu gets security updates, from the table that distro-info-data brings."""

import csv
import io
import re
from datetime import UTC, date, datetime, time, timedelta

from agent.core.errors import Unreadable
from agent.core.facts.security_updates import System

_LINE = re.compile(r"([A-Z_]+)=(\"[^\"]*\"|'[^']*'|\S*)\s*", re.ASCII)
TABLES = {"debian": "/usr/share/distro-info/debian.csv", "ubuntu": "/usr/share/distro-info/ubuntu.csv"}
# Whose support counts: the distribution's own and Debian's LTS; what is sold beyond only where it is subscribed to.
REGULAR = {"debian": ("eol", "eol-lts"), "ubuntu": ("eol",)}
SUBSCRIBED = "eol-esm"


# ID=debian
# VERSION_ID="13"
# VERSION_CODENAME=trixie
def system_in(content: bytes, where: str) -> System:
    """Return which system os-release(5) names. Raises Unreadable where it names none."""
    fields = {}
    for line in content.decode(errors="replace").split("\n"):
        found = _LINE.fullmatch(line)
        if found is not None:
            fields[found[1]] = found[2].strip("\"'")
    if not fields.get("ID"):
        raise Unreadable(f"os-release of {where} does not say which system this is")
    return System(
        distribution=fields["ID"][:60],
        codename=fields.get("VERSION_CODENAME", "")[:60],
        version=fields.get("VERSION_ID", "")[:60],
    )


# version,codename,series,created,release,eol,eol-lts,eol-elts
# 13,Trixie,trixie,2023-06-10,2025-08-09,2028-08-09,2030-06-30,2035-06-30
def supported_until(table: bytes, system: System, *, subscribed: bool) -> datetime | None:
    """Return the end of the last supported day, None where the table does not say; `subscribed`: to Ubuntu's ESM."""
    columns = REGULAR.get(system.distribution, ())
    if subscribed:
        columns = (*columns, SUBSCRIBED)
    try:
        for row in csv.DictReader(io.StringIO(table.decode(errors="replace"))):
            if row.get("series") == system.codename and system.codename:
                days = [_day(row.get(column)) for column in columns]
                last = max((one for one in days if one is not None), default=None)
                return None if last is None else _end_of(last)
    except csv.Error:
        return None
    return None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _end_of(day: date) -> datetime:
    try:
        return datetime.combine(day + timedelta(days=1), time(0), UTC)
    except OverflowError:
        return datetime.combine(day, time(0), UTC)
