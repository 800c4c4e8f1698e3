"""Choose the share of a repository to read next, and keep what was read.

restic sorts packs into slices by the first byte of their id: pack `p` is in slice `n/t` where `p[0] mod t` is `n - 1`,
and `t` is 256 at most (restic's cmd_check.go, the same in 0.14 and 0.18). So what was read is kept for 256 first bytes,
whatever number of slices each night had.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from agent.core.facts.verification import Slice

BUCKETS = 256
_NEVER = datetime.min.replace(tzinfo=UTC)


WHOLE = Slice(number=1, of=1)


def buckets_of(share: Slice) -> range:
    """Return the first bytes of the ids of a share's packs."""
    return range(share.number - 1, BUCKETS, share.of)


def bucket_of(pack: str) -> int:
    """Return the bucket of a pack, from its id of 64 hexadecimal digits."""
    return int(pack[:2], 16)


def next_slice(stored: int | None, budget: int | None, last_read: Mapping[int, datetime]) -> Slice:
    """Return the share to read: as many slices as the budget asks for, the one that holds the oldest-read bucket.

    A repository of more than 256 budgets is read by its 256th part, hence beyond the budget: there is no smaller one.
    An unknown size is taken for 256 budgets.
    """
    if budget is None:
        return WHOLE
    of = BUCKETS if stored is None else min(BUCKETS, max(1, -(-stored // max(1, budget))))
    choices = (Slice(number=number, of=of) for number in range(1, of + 1))
    return min(choices, key=lambda one: min(last_read.get(bucket, _NEVER) for bucket in buckets_of(one)))


def covered(slices: Iterable[tuple[Slice, datetime]]) -> dict[int, datetime]:
    """Return when each bucket was last read, from slices and their instants; buckets never read are not in it."""
    read: dict[int, datetime] = {}
    for one, at in slices:
        for bucket in buckets_of(one):
            read[bucket] = max(at, read.get(bucket, at))
    return read


def needed(slices: Iterable[tuple[Slice, datetime]]) -> tuple[tuple[Slice, datetime], ...]:
    """Return the slices that still say something: newest first, those that later ones cover left out."""
    kept: list[tuple[Slice, datetime]] = []
    read: set[int] = set()
    for one, at in sorted(slices, key=lambda pair: pair[1], reverse=True):
        if not read.issuperset(buckets_of(one)):
            kept.append((one, at))
            read.update(buckets_of(one))
    return tuple(kept)
