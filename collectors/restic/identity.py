"""The id of the repository that answered, usually without a process of its own.

restic names the folder of its cache by the full id of the repository that it opened, and touches that folder at each
start (0.14 and 0.18). Below a cache folder that only this collector uses, the one folder that a run touched is the id.
"""

import json
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from agent.core.errors import Unreadable, WrongRepository
from agent.core.inventory import Copy
from collectors.restic.program import Restic

_ID = re.compile(r"[0-9a-f]{64}")

Marks = Mapping[str, int]


def marks(folder: Path) -> Marks:
    """Return when each repository's folder in a cache was last touched, in nanoseconds; nothing for no cache."""
    touched: dict[str, int] = {}
    with suppress(OSError):
        for entry in folder.iterdir():
            if _ID.fullmatch(entry.name):
                with suppress(OSError):
                    touched[entry.name] = entry.stat(follow_symlinks=False).st_mtime_ns
    return touched


def opened(before: Marks, after: Marks) -> str | None:
    """Return the repository that was opened between two looks at the cache, or None where the cache cannot tell."""
    if len(after) != 1:
        return None
    (id, touched), *_ = after.items()
    return id if before.get(id) != touched else None


def repository_id(restic: Restic, before: Marks) -> str:
    """Return the id of the repository that the last run opened; `before` is the cache as it was until then.

    Where the cache cannot tell (it could not be written, another repository's is still there), restic is asked, and
    what the cache holds of others goes away. Raises what Restic.ask raises, and Unreadable.
    """
    id = opened(before, marks(restic.folder))
    if id is not None:
        return id
    id = id_in(restic.ask("cat", "config").stdout)
    for other in marks(restic.folder):
        if other != id:
            shutil.rmtree(restic.folder / other, ignore_errors=True)
    return id


def id_in(stdout: bytes) -> str:
    """Return the id that `restic cat config` shows. Raises Unreadable."""
    # {"version": 2, "id": "762be374…", "chunker_polynomial": "2d6f0da2110c51"}
    try:
        shown: Any = json.loads(stdout)
        id = shown["id"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise Unreadable("restic's configuration of the repository has no id") from error
    if not isinstance(id, str) or _ID.fullmatch(id) is None:
        raise Unreadable("restic's configuration of the repository has no id of 64 digits")
    return id


def hold_to_pinned(copy: Copy, id: str, seen_before: str | None) -> str:
    """Return the id that answered where it is the one that should. Raises WrongRepository.

    The one that should: what the configuration names, else the one of the first look.
    """
    should = copy.repository_id or seen_before
    if should is not None and id != should.lower():
        raise WrongRepository(
            f"{copy.subject}: repository {id} answers in place of {should}",
            f'if that is meant, set repository_id = "{id}"',
        )
    return id
