"""Which part of the new connections from the network a rule matches, as bounds that hold whatever is not understood.

The connections are a space of a few axes: the port that is asked for, the port and the address that ask. A match is
known by two unions of spans of these axes: it holds for no connection outside `most`, and for every one outside
`missing`. What no one here can tell may be anything, so `most` and `missing` are then everything. Each operation only
ever widens both, so that a proof of refusal needs no list of the ways in which a rule can surprise.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import NamedTuple

Span = tuple[int, int]
HALF = Fraction(1, 2)
# Of one axis; the smallest of more count by their size alone.
MOST_SPANS = 256
# Of one set, or of rules in a row; of the smallest of more, nothing is said of what they match for sure.
MOST_ELEMENTS = 256


class Axis(NamedTuple):
    """What is counted of a connection, with the first and the last number there is."""

    name: str
    first: int
    last: int


ANYTHING = Axis("anything", 0, 0)
PORT, SENDER_PORT = Axis("dport", 0, 65535), Axis("sport", 0, 65535)
# Of IPv6, what is given out (RFC 4291, section 2.4: global unicast).
SENDERS = {
    4: Axis("sender4", 0, 2**32 - 1),
    6: Axis("sender6", 0b001 << 125, (0b010 << 125) - 1),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A union of spans of each axis; `loose` is the share of what else is in it, and stands nowhere in particular."""

    spans: Mapping[Axis, tuple[Span, ...]]
    loose: Fraction = Fraction(0)

    def is_all(self) -> bool:
        """Return True where it holds every connection."""
        return any(spans == ((axis.first, axis.last),) for axis, spans in self.spans.items())

    def share(self) -> Fraction:
        """Return how much of all connections it holds at most: axes are added up."""
        return min(Fraction(1), sum((_share(axis, spans) for axis, spans in self.spans.items()), self.loose))


NONE, ALL = Part({}), Part({ANYTHING: ((0, 0),)})


@dataclass(frozen=True, slots=True)
class Match:
    """What a condition holds for.

    `unnamed` is whether it holds for a connection that no rule names: it has none of the ports and addresses that are
    named, all others, and nothing that only some have. None: no one can tell.
    """

    unnamed: bool | None
    most: Part
    missing: Part


EVERYTHING, NOTHING = Match(True, ALL, NONE), Match(False, NONE, ALL)
UNKNOWN = Match(None, ALL, ALL)
# What only some connections have, of whom no one can tell how many: an excess over a rate, one network card.
SOME = Match(False, ALL, ALL)
# What holds for all as long as nothing unseen comes between: no mark, a set that is not full.
USUAL = Match(True, ALL, ALL)


@dataclass(frozen=True, slots=True)
class Probe:
    """New connections from the network: by which interface, of which family and protocol.

    `tracked`: no rule takes connections out of the kernel's tracking, so that each is new at first; `unmarked`: no rule
    marks them, or what brings them. They go to one of the addresses `own`, or in part to `shared` (broadcast); where
    none is known, to any. `translated`: those that are given another destination before they come in (DNAT).
    """

    interface: str
    family: int
    protocol: str
    tracked: bool = True
    unmarked: bool = True
    own: tuple[Span, ...] = ()
    shared: tuple[Span, ...] = ()
    translated: Match = NOTHING


def within(axis: Axis, spans: Iterable[Span], *, inverted: bool = False) -> Match:
    """Return the match of a condition that names spans of an axis, or all but these.

    Spans that hold half of all there is are no exception: whether their opposite is one, no one can tell.
    """
    held = _merged(axis, spans)
    inside, outside = _part(axis, held), _part(axis, _gaps(axis, held))
    if not inverted:
        return Match(inside.is_all(), inside, outside)
    unnamed = False if inside.is_all() else True if _share(axis, held) < HALF else None
    return Match(unnamed, outside, inside)


def both(first: Match, second: Match) -> Match:
    """Return what two conditions hold for together."""
    unnamed = _all(first.unnamed, second.unnamed)
    return Match(unnamed, _meet(first.most, second.most), _join(first.missing, second.missing))


def either(first: Match, second: Match) -> Match:
    """Return what one of two conditions holds for."""
    return opposite(both(opposite(first), opposite(second)))


def opposite(match: Match) -> Match:
    """Return what a condition does not hold for."""
    return Match(None if match.unnamed is None else not match.unnamed, match.missing, match.most)


def all_of(matches: Iterable[Match]) -> Match:
    """Return what all conditions hold for; everything where there is none."""
    return reduce(both, matches, EVERYTHING)


def any_of(matches: Iterable[Match]) -> Match:
    """Return what any of several conditions holds for; nothing where there is none."""
    found = [match for match in matches if match != NOTHING]
    if EVERYTHING in found:
        return EVERYTHING
    if len(found) > MOST_ELEMENTS:
        found.sort(key=lambda match: match.most.share(), reverse=True)
    counted, rest = found[:MOST_ELEMENTS], found[MOST_ELEMENTS:]
    told = {match.unnamed for match in rest}
    unnamed = True if True in told else None if None in told else False
    return reduce(either, counted, Match(unnamed, _join(*(match.most for match in rest)), ALL))


def network_span(address: str, length: int) -> Span:
    """Return the first and the last number of a network. Raises ValueError."""
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    return int(network.network_address), int(network.broadcast_address)


def address_span(first: str, last: str) -> Span:
    """Return the numbers of two addresses. Raises ValueError."""
    return int(ipaddress.ip_address(first)), int(ipaddress.ip_address(last))


def _all(first: bool | None, second: bool | None) -> bool | None:
    return False if False in (first, second) else None if None in (first, second) else True


def _share(axis: Axis, spans: Iterable[Span]) -> Fraction:
    return Fraction(sum(last - first + 1 for first, last in spans), axis.last - axis.first + 1)


def _merged(axis: Axis, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, joined where they touch, without what lies outside the axis."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        first, last = max(first, axis.first), min(last, axis.last)
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        elif first <= last:
            merged.append((first, last))
    return tuple(merged)


def _gaps(axis: Axis, merged: Iterable[Span]) -> tuple[Span, ...]:
    gaps, reached = [], axis.first
    for first, last in merged:
        if first > reached:
            gaps.append((reached, first - 1))
        reached = last + 1
    return (*gaps, (reached, axis.last)) if reached <= axis.last else tuple(gaps)


def _part(axis: Axis, merged: tuple[Span, ...], loose: Fraction = Fraction(0)) -> Part:
    if len(merged) > MOST_SPANS:
        by_size = sorted(merged, key=lambda span: span[0] - span[1])
        merged, rest = tuple(sorted(by_size[:MOST_SPANS])), by_size[MOST_SPANS:]
        loose += _share(axis, rest)
    return Part({axis: merged} if merged else {}, loose)


def _join(*parts: Part) -> Part:
    """Return what is in any of several parts."""
    parts = tuple(part for part in parts if part is not NONE)
    if len(parts) < 2 or any(part.is_all() for part in parts):
        return ALL if any(part.is_all() for part in parts) else (*parts, NONE)[0]
    found: dict[Axis, list[Span]] = {}
    for part in parts:
        for axis, spans in part.spans.items():
            found.setdefault(axis, []).extend(spans)
    joined = [_part(axis, _merged(axis, spans)) for axis, spans in found.items()]
    loose = sum((part.loose for part in (*parts, *joined)), Fraction(0))
    whole = Part({axis: spans for part in joined for axis, spans in part.spans.items()}, loose)
    return ALL if whole.is_all() else whole


def _meet(one: Part, other: Part) -> Part:
    """Return no less than what is in both of two parts; of two spans of different axes, the smaller one."""
    if one.is_all() or other.is_all():
        return other if one.is_all() else one
    pieces = [Part({}, min(one.loose, other.share()) + min(other.loose, one.share()))]
    for (axis, spans), (other_axis, others) in product(one.spans.items(), other.spans.items()):
        if axis == other_axis:
            pieces.append(_part(axis, _common(spans, others)))
        else:
            smaller = min(((axis, spans), (other_axis, others)), key=lambda held: _share(*held))
            pieces.append(Part(dict([smaller])))
    return _join(*pieces)


def _common(spans: tuple[Span, ...], others: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return what two lists of merged spans have in common."""
    found, i, j = [], 0, 0
    while i < len(spans) and j < len(others):
        first, last = max(spans[i][0], others[j][0]), min(spans[i][1], others[j][1])
        if first <= last:
            found.append((first, last))
        if spans[i][1] < others[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)
