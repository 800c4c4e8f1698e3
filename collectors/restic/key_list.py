"""restic key list: which passwords open a repository, by the beginning of their ids, and since when."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from agent.core.errors import Unreadable
from agent.hosts.program_version import ProgramVersion
from collectors.restic.program import Restic

# Older ones make a lock for it, even when told not to: nothing is written where we only look.
SINCE: ProgramVersion = (0, 17, 0)
SHOWN = 8
_ID = re.compile(r"[0-9a-f]{8,64}")
# It tells local time without its zone.
_FORM = "%Y-%m-%d %H:%M:%S"
_ZONE = {"TZ": "UTC"}


def keys_of(restic: Restic) -> tuple[tuple[str, datetime], ...]:
    """Return the keys of a repository, each by the beginning of its id and when it was made; none for an old restic.

    Who made it on which machine is left out: it names people, and the id is enough to find it. Raises what Restic.ask
    raises, and Unreadable.
    """
    if restic.version < SINCE:
        return ()
    asked = replace(restic, environment={**restic.environment, **_ZONE})
    return tuple(parse(asked.ask("key", "list", "--json").stdout, restic.copy.subject))


# [{"current":true,"id":"a75c84fd…","userName":"root","hostName":"srv-1","created":"2026-11-24 19:06:37"}]
def parse(stdout: bytes, subject: str) -> Iterator[tuple[str, datetime]]:
    """Yield the keys of a list, each by the beginning of its id and when it was made. Raises Unreadable."""
    try:
        listed: Any = json.loads(stdout)
        found = [(entry["id"], datetime.strptime(entry["created"], _FORM).replace(tzinfo=UTC)) for entry in listed]
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise Unreadable(f"{subject}: restic's list of keys is malformed") from error
    for id, created in found:
        if not isinstance(id, str) or _ID.fullmatch(id) is None:
            raise Unreadable(f"{subject}: a key of restic's list has no id")
        yield id[:SHOWN], created
