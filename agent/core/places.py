"""Decide whether a copy lies on its source's own machine, which is never off site. Pure.

The look `place` of a copy's program keeps one fact, subject `backup/copy`: `copy.machine`.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from agent.core.inventory import Copy
from agent.core.judging.check import Need
from agent.core.looks import LastLook
from agent.core.model import Detail, Finding, Observation, State
from agent.core.reason import Reason
from agent.core.registered import registered

FACT = "copy.machine"
# What ssh's configuration makes of the repository's address cannot be read, and the account shows no machine: the copy
# may lie beside its source.
HIDDEN = "ssh-route"
# Where a copy was seen to lie stands until a look shows another place.
STANDS = timedelta(days=365)


class CopyMachine(Enum):
    """What machine a copy lies on, seen from its source."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineEvidence:
    """The machine that a copy lies on, and what shows that, such as `local-path`; empty: nothing was looked at."""

    machine: CopyMachine = CopyMachine.UNKNOWN
    how: str = ""

    def value(self, copy: Copy) -> "SeenPlace":
        """Return it as the value of the fact."""
        return SeenPlace(about=about(copy), machine=self.machine, how=self.how)


@registered("copy.place")
@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPlace:
    """What a look showed. `about` names the repository and the source: once changed, they are looked at anew."""

    about: str
    machine: CopyMachine
    how: str


def about(copy: Copy) -> str:
    """Return what names the repository and the source of a copy; the address itself may hold a password."""
    return hashlib.sha256(f"{copy.repository}\0{copy.host}\0{copy.local}".encode()).hexdigest()[:16]


def place_in(seen: Observation | None, copy: Copy) -> MachineEvidence:
    """Return what a look showed of a copy's machine; unknown where it looked at another repository or source."""
    fact = None if seen is None else seen.one(FACT)
    found = None if fact is None else fact.value
    if not isinstance(found, SeenPlace) or found.about != about(copy):
        return MachineEvidence()
    return MachineEvidence(machine=found.machine, how=found.how)


def seen_machine(seen: Observation) -> CopyMachine:
    """Return what a look showed of the machine of a copy that the configuration has no longer."""
    fact = seen.one(FACT)
    return fact.value.machine if fact is not None and isinstance(fact.value, SeenPlace) else CopyMachine.UNKNOWN


# Kinds of repositories, by the beginning of their address; any other is a path (restic's manual, «Preparing», and
# borg's, «Repository URLs»).
KINDS = frozenset({"sftp", "ssh", "rest", "s3", "b2", "azure", "gs", "swift", "rclone"})
# user@host:path, as borg knows it too.
_BRIEF_SSH = re.compile(r"[^@:/]+@[^@:/]+:")


def kind_of(copy: Copy) -> str:
    """Return how a copy is reached: one of KINDS, or `local` for a path."""
    kind = copy.repository.partition(":")[0]
    if kind in KINDS:
        return kind
    return "ssh" if _BRIEF_SSH.match(copy.repository) else "local"


def elsewhere(copies: Iterable[Copy], last_look: LastLook) -> tuple[Copy, ...]:
    """Return the copies that are not known to lie on their source's own machine."""
    return tuple(
        copy
        for copy in copies
        if copy.believed or place_in(last_look(copy.program.place, copy.subject), copy).machine is not CopyMachine.SAME
    )


def place_needs(copy: Copy) -> tuple[Need, ...]:
    """Return the look that shows on which machine a copy lies; nothing for one whose place is believed, or on site."""
    place = copy.program.place
    if copy.believed or not copy.offsite or not place:
        return ()
    return (Need(collector=place, subject=copy.subject, by_occasion=True, evidence_age=STANDS, optional=True),)


def on_site(seen: Observation, copy: Copy) -> Iterator[Finding]:
    """Yield that a copy lies on its source's own machine, if a look showed that, or that its way there is hidden.

    Either stands until another look.
    """
    place = place_in(seen, copy)
    if place.machine is CopyMachine.UNKNOWN and place.how == HIDDEN:
        yield Finding(
            state=State.UNPROVEN,
            reason=Reason.UNREADABLE,
            observed_at=seen.ended,
            stands_until=seen.ended + STANDS,
            about={"copy": copy.subject, "hidden_route": "ssh"},
        )
    if place.machine is CopyMachine.SAME:
        yield Finding(
            state=State.MISSED,
            reason=Reason.NOT_OFFSITE,
            observed_at=seen.ended,
            stands_until=seen.ended + STANDS,
            about={"copy": copy.subject, "same_machine": place.how},
        )


def placed(seen: Observation, copy: Copy) -> Iterator[Finding]:
    """Yield what `on_site` yields, else what shows that it lies on another machine, if anything does."""
    found = tuple(on_site(seen, copy))
    yield from found
    if not found:
        place = place_in(seen, copy)
        about: Detail = {"machine": place.machine.value, "machine_told_by": place.how or "nothing"}
        if place.machine is CopyMachine.UNKNOWN:
            about = {**about, "declared_site": copy.site or "-"}
        yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about=about)
