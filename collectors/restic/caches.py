"""Hand on what restic has cached of a repository from one look at a copy to another: each look has a cache of its own.

A file of a repository bears the digest of its content as its name, so that one which was read before is the same
wherever it is wanted again. Linked files take no room, and restic writes none that is there. Of a copy whose digests
are looked after where they lie, the index is 2 MB and eight days' trees are 13 MB, which a look would fetch anew.
"""

import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.inventory import Copy

_REPOSITORY = re.compile(r"[0-9a-f]{64}")


def of_copy(copy: Copy, look: Look) -> dict[Path, None]:
    """Return the cache folders that looks at a copy have used in this session, in the order in which they did."""
    return look.handover.place(("restic.caches", copy.subject, copy.repository), dict[Path, None])


def packs_of(copy: Copy, look: Look) -> dict[str, tuple[str, ...]]:
    """Return the data blobs of packs that an index was read to name in this session, by the packs' ids."""
    return look.handover.place(("restic.packs", copy.subject, copy.repository), dict[str, tuple[str, ...]])


def link(folder: Path, others: Collection[Path], kinds: Collection[str], without: Collection[str] = ()) -> None:
    """Link into a cache what others hold of some kinds (`index`, `snapshots`, `data`), but for some files.

    What cannot be linked is fetched by restic as it always was.
    """
    for file, name in [pair for other in others if other != folder for pair in _held(other, kinds)]:
        if file.name not in without:
            target = folder / name
            with suppress(OSError):
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.link(file, target)


def _held(cache: Path, kinds: Collection[str]) -> Iterator[tuple[Path, Path]]:
    """Yield the files that a cache holds of some kinds, each with its name below that cache."""
    with suppress(OSError):
        for repository in [one for one in cache.iterdir() if _REPOSITORY.fullmatch(one.name)]:
            for kind in kinds:
                for file in (repository / kind).glob("??/*"):
                    if _REPOSITORY.fullmatch(file.name):
                        yield file, file.relative_to(cache)
