"""The lines of states that verdicts draw: where each state of a key begins, and until when its last one stands."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, insert, select

from agent.accounting.timeline import Start, Timeline, TimelineUpdate, after, merged
from agent.core.model import Key, State
from agent.ledger import chained, encode, kept_types
from agent.ledger.fields import instant, optional
from agent.ledger.key_filter import among, bound, by_key, columns_of, key_of, same_key
from agent.ledger.rows import put_all
from agent.ledger.tables import KEY, LINE, START

LimitsOf = Callable[[Connection, Collection[Key] | None, Mapping[Key, datetime] | None], Mapping[Key, chained.Limit]]


def draw(connection: Connection, stretches: Mapping[Key, Sequence[TimelineUpdate]]) -> None:
    """Draw lines on, those of all keys together: one by one each takes six statements."""
    if not stretches:
        return
    earliest = {key: min(stretch.covers_from for stretch in own) for key, own in stretches.items()}
    around = _lines_around(connection, earliest)
    added: list[dict[str, object]] = []
    ends: list[dict[str, object]] = []
    for key, own in stretches.items():
        added_on = [replace(stretch, starts=settled(stretch.starts)) for stretch in own]
        drawn = reduce(after, added_on, around.get(key, Timeline()))
        starts = [
            {"at": encode.instant(start.at), "state": start.state.value, "reason": start.reason.value}
            for start in merged(drawn.starts)
            if start.at >= earliest[key]
        ]
        added += [columns_of(key) | start for start in starts]
        ends.append(columns_of(key) | _end_of(drawn))
    connection.execute(_COVERED, [bound(key) | {"from_at": encode.instant(at)} for key, at in earliest.items()])
    if added:
        connection.execute(insert(START), added)
    put_all(connection, LINE, KEY, ends)


def _end_of(drawn: Timeline) -> dict[str, object]:
    """Return what a line ends with, by column."""
    last = merged(drawn.starts)[-1:]
    return {
        "last_at": encode.instant(last[0].at) if last else None,
        "last_state": last[0].state.value if last else None,
        "last_reason": last[0].reason.value if last else None,
        "stands_until": encode.instant_or_none(drawn.stands_until),
    }


def _lines_around(connection: Connection, covers_from: Mapping[Key, datetime]) -> dict[Key, Timeline]:
    """Return, of the keys that have a line, as much of it as a stretch from an instant on can change."""
    ends = select(*(LINE.c[name] for name in KEY), LINE.c.stands_until).where(among(LINE, covers_from.keys()))
    found = {Key(*own): end for *own, end in connection.execute(ends)}
    kept = {key: found[key] for key in covers_from if key in found}
    starts: dict[Key, list[Start]] = {key: [] for key in kept}
    if kept:
        query = _starts_since(encode.instant(min(covers_from[key] for key in kept)), kept, strictly=True)
        for *own, at, state, reason in connection.execute(query):
            if (key := Key(*own)) in kept:
                starts[key].append(start_of(at, state, reason))
    return {
        key: Timeline(starts=_from_before(starts[key], covers_from[key]), stands_until=optional(instant)(end))
        for key, end in kept.items()
    }


def _from_before(starts: Sequence[Start], at: datetime) -> tuple[Start, ...]:
    """Return the starts from the last one before an instant on."""
    before = sum(start.at < at for start in starts)
    return tuple(starts[max(0, before - 1) :])


def settled(starts: Iterable[Start]) -> tuple[Start, ...]:
    """Return starts of which one is left for each instant, the last."""
    return tuple({start.at: start for start in starts}.values())


def renew_ends(
    connection: Connection, ends: Iterable[tuple[Key, datetime | None]], known: Mapping[Key, str | None]
) -> None:
    """Let lines stand until other instants; `known`: the ends that are kept, and need not be written again."""
    found = [(key, encode.instant_or_none(end)) for key, end in ends]
    moved = [bound(key) | {"new_end": end} for key, end in found if key not in known or known[key] != end]
    if moved:
        connection.execute(_NEW_END, moved)


def line(connection: Connection, key: Key, since: datetime) -> Timeline:
    """Return a key's line from the start that was in force at an instant on."""
    limit = chained.limits(connection, (key,)).get(key, chained.Limit())
    return _held(_line(connection, key, START.c.at <= encode.instant(since), since), limit)


def _held(line: Timeline, limit: chained.Limit) -> Timeline:
    """Return a line that ends where the chain shows its evidence to end."""
    if not line.starts or line.starts[-1].state is State.UNPROVEN:
        return line
    return replace(line, stands_until=chained.held(line.stands_until, limit.line))


def lines(
    connection: Connection,
    since: datetime,
    keys: Collection[Key] | None = None,
    limits_of: LimitsOf = chained.limits,
) -> Mapping[Key, Timeline]:
    """Return every key's line, or (at least) those of some, each from the start that was in force at an instant on."""
    query = _starts_since(encode.instant(since), keys)
    starts: dict[Key, list[Start]] = {}
    for target, subject, beneficiary, *start in connection.execute(query):
        starts.setdefault(Key(target, subject, beneficiary), []).append(start_of(*start))
    ends = select(*(LINE.c[name] for name in KEY), LINE.c.stands_until).where(among(LINE, keys))
    found = {Key(*own): None if end is None else instant(end) for *own, end in connection.execute(ends)}
    limits = limits_of(connection, keys, {key: chained.NO_END if end is None else end for key, end in found.items()})
    return {
        key: _held(Timeline(starts=tuple(starts.get(key, ())), stands_until=end), limits.get(key, chained.Limit()))
        for key, end in found.items()
    }


def _starts_since(text: str, keys: Collection[Key] | None, *, strictly: bool = False) -> Select[*tuple[Any, ...]]:
    """Return the query for starts from an instant on, and the last before it; `strictly`: not at it."""
    other = START.alias()
    same = (other.c[name] == START.c[name] for name in KEY)
    before = other.c.at < text if strictly else other.c.at <= text
    in_force = select(func.max(other.c.at)).where(*same, before).scalar_subquery()
    columns = (START.c[name] for name in (*KEY, "at", "state", "reason"))
    narrowed = (START.c.at >= func.coalesce(in_force, text), among(START, keys))
    return select(*columns).where(*narrowed).order_by(START.c.at)


def line_around(connection: Connection, key: Key, covers_from: datetime) -> Timeline:
    """Return as much of a key's line as a stretch can change, and the start before that."""
    return _line(connection, key, START.c.at < encode.instant(covers_from), covers_from)


def _line(connection: Connection, key: Key, before: ColumnElement[bool], since: datetime) -> Timeline:
    last_before = select(func.max(START.c.at)).where(*same_key(START, key), before).scalar_subquery()
    query = (
        select(START.c.at, START.c.state, START.c.reason)
        .where(*same_key(START, key), START.c.at >= func.coalesce(last_before, encode.instant(since)))
        .order_by(START.c.at)
    )
    starts = tuple(kept_types.START.decode([row.at, row.state, row.reason]) for row in connection.execute(query))
    stands_until = connection.execute(select(LINE.c.stands_until).where(*same_key(LINE, key))).scalar()
    return Timeline(starts=starts, stands_until=optional(instant)(stands_until))


def last_starts(connection: Connection, keys: Collection[Key] | None = None) -> Mapping[Key, Start]:
    """Return each key's newest start, or (at least) those of some keys."""
    query = select(*(LINE.c[name] for name in KEY), LINE.c.last_at, LINE.c.last_state, LINE.c.last_reason)
    found = connection.execute(query.where(LINE.c.last_at.is_not(None), among(LINE, keys)))
    return {key_of(row): start_of(row.last_at, row.last_state, row.last_reason) for row in found}


@lru_cache(maxsize=4096)  # most are asked for at each judgement
def start_of(at: str, state: str, reason: str) -> Start:
    """Return a start from its columns."""
    return kept_types.START.decode([at, state, reason])


_COVERED = delete(START).where(
    *(START.c[name] == bindparam(f"key_{name}") for name in KEY), START.c.at >= bindparam("from_at")
)
_NEW_END = by_key(LINE).values(stands_until=bindparam("new_end"))
