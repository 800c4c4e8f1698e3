"""The interface of a copy whose pieces can be listed and read back one by one, for an audit by random draws."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from agent.core.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditUnit:
    """One piece of a copy that can be read and authenticated alone: its name there, and its stored size in bytes.

    `file`: the repository's file that holds it, by its path within it; empty where it is none of a file.
    """

    name: str
    size: int
    file: str = ""


class UnitOutcome(Enum):
    """The result of reading one piece: authentic, seen to be bad or gone, or not looked at."""

    SOUND = "sound"
    MISSED = "missed"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReading:
    """What reading one piece showed.

    `hopeless`: what hindered it hinders every other piece as well, such as a link that is lost.
    """

    unit: AuditUnit
    outcome: UnitOutcome
    reason: Reason
    detail: str = ""
    hopeless: bool = False


class AuditedCopy(Protocol):
    """Reach one copy's pieces; every call has a deadline."""

    @property
    def version(self) -> str:
        """Return the backup program's version."""
        ...

    @property
    def list_digest(self) -> str:
        """Return the SHA-256 that names the list of pieces, in hexadecimal; it changes when the list does."""
        ...

    def units(self) -> Iterator[AuditUnit]:
        """Yield every piece that the copy lists, some perhaps twice. Raises a LookError where the list is not whole.

        Raises Damaged where the list itself is bad.
        """
        ...

    def read(self, unit: AuditUnit) -> UnitReading:
        """Read one piece from the copy itself, never from a cache, and authenticate it. May run in several threads."""
        ...

    def lists_the_same(self) -> bool:
        """Return whether the copy still holds every list of pieces that `units` read. Raises a LookError."""
        ...
