"""Open files of a folder on the agent's own machine as what they are, in a process that is confined to the folder."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.facts.verification import Damage
from agent.core.inventory import Copy
from agent.core.reason import Reason
from agent.restores.opening import Opening, open_files
from collectors.files.sets import Archive

TIME = timedelta(hours=2)
# Kinds that are archives, images or dumps; a document among the files of a set is none.
KINDS = frozenset({"gzip", "zstd", "xz", "bzip2", "tar", "zip", "qcow2", "postgresql-dump", "sql-dump", "sqlite"})
# Ends of names that say what a file is.
NAMED = (".gz", ".tgz", ".zst", ".xz", ".txz", ".bz2", ".tar", ".zip", ".qcow2", ".sqlite")
# Formats of Veeam, which nothing here reads.
OPAQUE = (".vbk", ".vib", ".vrb", ".vbm")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRun:
    """The result of opening files.

    `sound` are ids of those that open, `kinds` counts them by what they are, `untold` those of which nothing is known.
    """

    damage: tuple[Damage, ...] = ()
    sound: frozenset[str] = frozenset()
    kinds: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    untold: int = 0


def opened(copy: Copy, look: Look, archives: Iterable[Archive]) -> OpeningRun:
    """Return the result of opening some archives; nothing where they lie on another machine. Raises Stopped."""
    asked = [one for one in archives if not one.empty and not one.file.path.lower().endswith(OPAQUE)]
    if copy.store is None or not copy.store.local or not asked:
        return OpeningRun()
    folder, deadline = Path(copy.store.path), Deadline(TIME)
    paths = [os.fsencode(folder / one.file.path) for one in asked]
    damage: list[Damage] = []
    sound: set[str] = set()
    kinds: Counter[str] = Counter()
    met: set[int] = set()
    untold = 0
    for found in open_files(look.here, folder, paths, TIME, writable=False):
        one = asked[found.number]
        met.add(found.number)
        untold += found.opening is Opening.NOT_TOLD
        if found.kind in KINDS and found.opening is Opening.OPENED:
            sound.add(one.id)
            kinds[found.kind] += 1
        elif found.kind in KINDS and found.opening is Opening.BROKEN:
            damage.append(Damage(file=one.id, reason=(Reason.TRUNCATED if found.cut else Reason.DAMAGED).value))
    if not deadline.passed:
        damage += _not_what_they_are_called(asked, met)
    return OpeningRun(damage=tuple(damage), sound=frozenset(sound), kinds=kinds, untold=untold)


def _not_what_they_are_called(asked: Sequence[Archive], met: set[int]) -> list[Damage]:
    """Return the files whose content is of no known type although their names say one, as after an encryption."""
    unknown = [one for number, one in enumerate(asked) if number not in met]
    return [
        Damage(file=one.id, reason=Reason.DAMAGED.value) for one in unknown if one.file.path.lower().endswith(NAMED)
    ]
