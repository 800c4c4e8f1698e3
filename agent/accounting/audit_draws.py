"""Draw pieces of a copy from a seed alone, in proportion to their size, so that anyone can draw them again. Pure.

Every piece has arrivals, as a radioactive body does, at a rate of its size; the earliest arrivals of all pieces are the
draws. A superposition of Poisson processes is one: each draw is independent of the others and falls on a piece with
the probability of its share of all bytes (Kingman, «Poisson Processes», 1993, superposition and marking theorems).
So `n` draws all miss pieces that hold the share `p` of all bytes with the probability (1 - p)^n.

The arrivals of a piece depend on the seed, its name and its size, on no other piece. Adding data to a copy so that a
known seed falls elsewhere does not work: a piece that was drawn stays drawn until earlier arrivals crowd it out.
"""

import hashlib
import heapq
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from agent.core.collecting.audited import AuditUnit

LABEL = "beffroi-audit/1"
# So many draws see a loss of one byte in a hundred with 99 %: 0.99^460 = 0.0098.
DRAWS = 460
LOST = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditDraws:
    """What a seed draws: the pieces in the order of the draws, one perhaps several times; and what was drawn from.

    `listed` and `bytes_listed` count the pieces as they were listed, one that is listed twice twice.
    """

    units: tuple[AuditUnit, ...]
    listed: int
    bytes_listed: int

    @property
    def distinct(self) -> tuple[AuditUnit, ...]:
        """Return the pieces to read, each once, in the order of their first draw."""
        return tuple({unit.name: unit for unit in self.units}.values())


def confidence(draws: int, lost: float = LOST) -> float:
    """Return the probability that draws see a loss of this share of all bytes, cut to two decimals."""
    return math.floor((1 - (1 - lost) ** draws) * 100) / 100


def draw(seed: bytes, draws: int, units: Iterable[AuditUnit]) -> AuditDraws:
    """Return the earliest arrivals of all pieces. Of a piece that is listed twice, the larger size counts."""
    earliest = _Earliest(room=draws)
    listed = size = 0
    for unit in units:
        listed, size = listed + 1, size + unit.size
        earliest.take(seed, unit)
    return AuditDraws(units=earliest.in_order(), listed=listed, bytes_listed=size)


def arrivals(seed: bytes, unit: AuditUnit) -> Iterator[float]:
    """Yield the instants at which a piece is drawn, each after the one before: sums of exponential times.

    `-ln(u) / size`, where `u` is the first 52 bits of SHA-256("beffroi-audit/1 SEED NAME NUMBER"), and a half, over
    2^52: never 0 or 1, and exact in a double.
    """
    at, number = 0.0, 0
    while True:
        text = f"{LABEL} {seed.hex()} {unit.name} {number}"
        digits = int(hashlib.sha256(text.encode()).hexdigest()[:13], 16)
        at += -math.log((digits + 0.5) / 2**52) / unit.size
        yield at
        number += 1


@dataclass(slots=True, kw_only=True)
class _Earliest:
    """The earliest arrivals so far, no more than there is room for, so that a list of millions fits in memory."""

    room: int
    heap: list[tuple[float, str]] = field(default_factory=list)
    held: dict[str, tuple[AuditUnit, int]] = field(default_factory=dict)

    def take(self, seed: bytes, unit: AuditUnit) -> None:
        """Let a piece arrive."""
        known = self.held.get(unit.name)
        if known is not None:
            if known[0].size >= unit.size:
                return
            self.heap = [one for one in self.heap if one[1] != unit.name]
            heapq.heapify(self.heap)
            del self.held[unit.name]
        for at in arrivals(seed, unit):
            if not self._push(at, unit):
                break

    def in_order(self) -> tuple[AuditUnit, ...]:
        """Return the pieces in the order of their arrivals."""
        return tuple(self.held[name][0] for _, name in sorted((-at, name) for at, name in self.heap))

    def _push(self, at: float, unit: AuditUnit) -> bool:
        # The heap has the latest arrival on top: instants are negated.
        if len(self.heap) < self.room:
            heapq.heappush(self.heap, (-at, unit.name))
        elif -at <= self.heap[0][0]:
            return False
        else:
            _, name = heapq.heapreplace(self.heap, (-at, unit.name))
            self._forget(name)
        count = self.held[unit.name][1] if unit.name in self.held else 0
        self.held[unit.name] = (unit, count + 1)
        return True

    def _forget(self, name: str) -> None:
        unit, count = self.held[name]
        if count == 1:
            del self.held[name]
        else:
            self.held[name] = (unit, count - 1)
