"""borg check --verify-data of a whole repository on this machine, made on a view of it: once through every segment."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from agent.core.facts.verification import Damage
from agent.core.host import Output
from agent.core.reason import Reason
from collectors.borg.faults import BorgMessage, is_bad, messages_in
from collectors.borg.program import Borg
from collectors.borg.reading import limit_for
from collectors.borg.steady import steady
from collectors.borg.view import stored_bytes

# Data integrity error: Segment entry checksum mismatch [segment 2, offset 95]
_SEGMENT = re.compile(r"\[segment ([0-9]{1,18}), offset [0-9]{1,18}\]")
# ID: 12d3… rebuilt index: <not found>      committed index: (2, 300264)
_NOT_FOUND = re.compile(
    r"^ID: [0-9a-f]{64} rebuilt index: <not found> +committed index: \(([0-9]{1,18}), [0-9]{1,18}\)"
)
_FOUND_BAD = re.compile(
    r"errors found|problems found|Index object count mismatch|no apparent data at all|integrity error|Segment entry"
)
# What is bad in no segment that is named.
DATA = "data"
# So many segments lie in one folder, unless a repository says otherwise.
SEGMENTS_PER_FOLDER = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeCheck:
    """What a check of every segment found: the damaged ones, and how many bytes and segments there are."""

    damage: tuple[Damage, ...]
    bytes: int
    segments: int


def fits(borg: Borg, budget: int | None) -> int | None:
    """Return how many bytes a repository on this machine holds; None for one elsewhere, or that is over the budget.

    Raises RepositoryAbsent, a LookError.
    """
    if borg.address.far is not None:
        return None
    borg.opened()
    size = stored_bytes(borg.folder / "view")
    return size if budget is None or size <= budget else None


def checked(borg: Borg, size: int) -> WholeCheck:
    """Return what a check of everything finds. Raises RepositoryAbsent, a LookError.

    What seems bad is looked at again, since a backup or a prune may have written meanwhile.
    """
    view = borg.folder / "view"
    output = steady(lambda: borg.within(limit_for(size)).run("check", "--verify-data"), borg.copy.subject, shows_damage)
    return WholeCheck(damage=_found(borg, output), bytes=stored_bytes(view), segments=len(_segments(view)))


def shows_damage(messages: Iterable[BorgMessage]) -> bool:
    """Return whether a check that failed found damage, or met with it."""
    messages = tuple(messages)
    return is_bad(messages) or finds_damage(messages)


def _found(borg: Borg, output: Output) -> tuple[Damage, ...]:
    if output.status == 0:
        return ()
    messages = messages_in(output.stderr)
    if output.status < 0 or not shows_damage(messages):
        raise borg.error(output)
    return damage_in(messages, _segments(borg.folder / "view"))


def finds_damage(messages: Iterable[BorgMessage]) -> bool:
    """Return whether a check that failed says that it found damage."""
    return any(_FOUND_BAD.search(one.text) for one in messages)


def damage_in(messages: Iterable[BorgMessage], segments: dict[str, str]) -> tuple[Damage, ...]:
    """Return the damaged files that a check names; `segments` are the paths of those that are there. Pure."""
    found: set[Damage] = set()
    for one in messages:
        for number in (*_SEGMENT.findall(one.text), *_NOT_FOUND.findall(one.text)):
            reason = Reason.DAMAGED if number in segments else Reason.ABSENT
            absent = f"data/{int(number) // SEGMENTS_PER_FOLDER}/{number}"
            found.add(Damage(file=segments.get(number, absent), reason=reason.value))
    return tuple(sorted(found)) or (Damage(file=DATA, reason=Reason.DAMAGED.value),)


def _segments(view: Path) -> dict[str, str]:
    """Return the path of each segment below a view, by its number."""
    return {file.name: f"data/{file.parent.name}/{file.name}" for file in view.glob("data/*/*") if file.exists()}
