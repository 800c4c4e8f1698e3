"""Verdicts in the ledger: a row where one says something new or is the day's first, and the newest of each at hand."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Update, bindparam, delete, func, insert, select, update
from sqlalchemy import Row as SqlRow

from agent.accounting.timeline import Start, Timeline, TimelineUpdate, after, merged, says_something_new
from agent.core.judging import departures
from agent.core.model import Key, State, Verdict
from agent.ledger import chained, encode, kept_types
from agent.ledger.append import Writer
from agent.ledger.fields import instant, optional, parse
from agent.ledger.key_filter import among
from agent.ledger.rows import AppendedRow, appended, put, put_all
from agent.ledger.tables import CHAIN, KEY, LINE, PAYLOAD, STANDING, START, VERDICT

KIND = "verdict"

LimitsOf = Callable[[Connection, Collection[Key] | None], Mapping[Key, chained.Limit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    """A verdict and what it adds to its key's line of states."""

    verdict: Verdict
    stretch: TimelineUpdate | None


def keep(writer: Writer, judged: Sequence[VerdictRecord], limits_of: LimitsOf = chained.limits) -> Mapping[Key, Start]:
    """Append the verdicts that say something new or are the day's first, and take each as the newest.

    One that stands longer than the rows before it show is appended too (agent.ledger.chained). Return the newest start
    of (at least) each line of states whose verdict got a row.
    """
    keys = [one.verdict.key for one in judged]
    noted = select(*(STANDING.c[name] for name in KEY), STANDING.c.day, STANDING.c.words, STANDING.c.verdict)
    known = {key_of(row): row for row in writer.connection.execute(noted.where(among(STANDING, keys)))}
    ends = last_starts(writer.connection, keys)
    limits = limits_of(writer.connection, keys)
    drawn = []
    for one in judged:
        before = known.get(one.verdict.key)
        fresh = before is None or (before.day, before.words) != (day_of(one.verdict), words(one.verdict))
        fresh = fresh or limits.get(one.verdict.key, chained.Limit()).is_passed_by(one.verdict, one.stretch)
        if fresh or _proves(before, one.verdict) or _extends(writer.connection, one, ends.get(one.verdict.key)):
            stretch = None if one.stretch is None else kept_types.STRETCH.encode(one.stretch)
            content = {"verdict": kept_types.VERDICT.encode(one.verdict), "stretch": stretch}
            writer.append(KIND, content, one.verdict.beneficiary)
            drawn.append(one.verdict.key)
    writer.flush()
    _renew(writer.connection, judged)
    return last_starts(writer.connection, drawn) if drawn else {}


def _proves(before: SqlRow[*tuple[Any, ...]] | None, verdict: Verdict) -> bool:
    """Return True if a verdict proves something else of a departure than the newest one did: reports rest on it."""
    if before is None or verdict.target != departures.TARGET:
        return False
    return departures.proof_in(decoded(before.verdict)) != departures.proof_in(verdict)


def words(verdict: Verdict) -> str:
    """Return what a verdict says, as far as a change of it is kept for good."""
    limit = None if verdict.limit is None else encode.number(verdict.limit)
    states = [state.value for state in (verdict.state, verdict.measured, verdict.day_state)]
    return encode.canonical([*states, verdict.reason.value, limit, verdict.acceptance])


def day_of(verdict: Verdict) -> str:
    """Return the UTC day on which a verdict was given."""
    return encode.instant(verdict.at)[:10]


def _extends(connection: Connection, one: VerdictRecord, end: Start | None) -> bool:
    if one.stretch is None or (end is not None and _goes_on(end, one.stretch)):
        return False
    stretch = replace(one.stretch, starts=_settled(one.stretch.starts))
    return says_something_new(_line_around(connection, one.verdict.key, stretch.covers_from), stretch)


def _goes_on(end: Start, stretch: TimelineUpdate) -> bool:
    """Return, without asking for the line, whether a stretch says again what the line's newest start says."""
    same = all((start.state, start.reason) == (end.state, end.reason) for start in stretch.starts)
    return same and stretch.covers_from > end.at


def _settled(starts: Iterable[Start]) -> tuple[Start, ...]:
    """Return starts of which one is left for each instant, the last."""
    return tuple({start.at: start for start in starts}.values())


def _renew(connection: Connection, judged: Iterable[VerdictRecord]) -> None:
    """Take each verdict as the newest, whether it got a row or not."""
    newest = [
        _bound(one.verdict.key)
        | {
            "new_at": encode.instant(one.verdict.at),
            "new_verdict": encode.canonical(kept_types.VERDICT.encode(one.verdict)),
        }
        for one in judged
    ]
    ends = [
        _bound(one.verdict.key) | {"new_end": encode.instant_or_none(one.stretch.stands_until)}
        for one in judged
        if one.stretch is not None
    ]
    if newest:
        connection.execute(_NEW_STANDING, newest)
    if ends:
        connection.execute(_NEW_END, ends)


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Note each verdict under its key, take it as the newest, and draw its line on."""
    noted: list[dict[str, object]] = []
    newest: dict[Key, dict[str, object]] = {}
    stretches: dict[Key, list[TimelineUpdate]] = {}
    for one in rows:
        fields = one.fields()
        verdict = fields.take("verdict", kept_types.VERDICT.decode)
        stretch = fields.take("stretch", optional(kept_types.STRETCH.decode))
        fields.end()
        key, at = verdict.key, encode.instant(verdict.at)
        noted.append({"sequence": one.row.sequence, **_columns(key), "at": at})
        newest[key] = {
            **_columns(key),
            "sequence": one.row.sequence,
            "day": day_of(verdict),
            "words": words(verdict),
            "at": at,
            "verdict": _text_of(verdict),
        }
        if stretch is not None:
            stretches.setdefault(key, []).append(stretch)
    connection.execute(insert(VERDICT), noted)
    put_all(connection, STANDING, KEY, list(newest.values()))
    for key, drawn in stretches.items():
        _draw(connection, key, drawn)


def _draw(connection: Connection, key: Key, stretches: Sequence[TimelineUpdate]) -> None:
    earliest = min(stretch.covers_from for stretch in stretches)
    settled = [replace(stretch, starts=_settled(stretch.starts)) for stretch in stretches]
    drawn = reduce(after, settled, _line_around(connection, key, earliest))
    connection.execute(delete(START).where(*_same(START, key), START.c.at >= encode.instant(earliest)))
    added = [
        _columns(key) | {"at": encode.instant(start.at), "state": start.state.value, "reason": start.reason.value}
        for start in merged(drawn.starts)
        if start.at >= earliest
    ]
    if added:
        connection.execute(insert(START), added)
    last = merged(drawn.starts)[-1:]
    values: dict[str, object] = {
        "last_at": encode.instant(last[0].at) if last else None,
        "last_state": last[0].state.value if last else None,
        "last_reason": last[0].reason.value if last else None,
        "stands_until": encode.instant_or_none(drawn.stands_until),
    }
    put(connection, LINE, _columns(key), values)


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
    text = encode.instant(since)
    other = START.alias()
    same = (other.c[name] == START.c[name] for name in KEY)
    in_force = select(func.max(other.c.at)).where(*same, other.c.at <= text).scalar_subquery()
    query = select(START).where(START.c.at >= func.coalesce(in_force, text), among(START, keys)).order_by(START.c.at)
    starts: dict[Key, list[Start]] = {}
    for row in connection.execute(query):
        starts.setdefault(key_of(row), []).append(_start(row.at, row.state, row.reason))
    limits = limits_of(connection, keys)
    ends = select(*(LINE.c[name] for name in KEY), LINE.c.stands_until).where(among(LINE, keys))
    return {
        key_of(row): _held(
            Timeline(starts=tuple(starts.get(key_of(row), ())), stands_until=optional(instant)(row.stands_until)),
            limits.get(key_of(row), chained.Limit()),
        )
        for row in connection.execute(ends)
    }


def _line_around(connection: Connection, key: Key, covers_from: datetime) -> Timeline:
    """Return as much of a key's line as a stretch can change, and the start before that."""
    return _line(connection, key, START.c.at < encode.instant(covers_from), covers_from)


def _line(connection: Connection, key: Key, before: ColumnElement[bool], since: datetime) -> Timeline:
    last_before = select(func.max(START.c.at)).where(*_same(START, key), before).scalar_subquery()
    query = (
        select(START.c.at, START.c.state, START.c.reason)
        .where(*_same(START, key), START.c.at >= func.coalesce(last_before, encode.instant(since)))
        .order_by(START.c.at)
    )
    starts = tuple(kept_types.START.decode([row.at, row.state, row.reason]) for row in connection.execute(query))
    stands_until = connection.execute(select(LINE.c.stands_until).where(*_same(LINE, key))).scalar()
    return Timeline(starts=starts, stands_until=optional(instant)(stands_until))


def last_starts(connection: Connection, keys: Collection[Key] | None = None) -> Mapping[Key, Start]:
    """Return each key's newest start, or (at least) those of some keys."""
    query = select(*(LINE.c[name] for name in KEY), LINE.c.last_at, LINE.c.last_state, LINE.c.last_reason)
    found = connection.execute(query.where(LINE.c.last_at.is_not(None), among(LINE, keys)))
    return {key_of(row): _start(row.last_at, row.last_state, row.last_reason) for row in found}


@lru_cache(maxsize=4096)  # most are asked for at each judgement
def _start(at: str, state: str, reason: str) -> Start:
    return kept_types.START.decode([at, state, reason])


def standing(connection: Connection, keys: Collection[Key] | None = None) -> Mapping[Key, Verdict]:
    """Return the newest verdict of each key, or of (at least) some keys; none stands longer than the chain shows."""
    limits = chained.limits(connection, keys)
    columns = [STANDING.c[name] for name in KEY]
    found = connection.execute(select(*columns, STANDING.c.verdict).where(among(STANDING, keys)).order_by(*columns))
    texts = {key_of(row): row.verdict for row in found}
    return {
        key: chained.held_verdict(decoded(text), limits.get(key, chained.Limit()).verdict)
        for key, text in texts.items()
    }


def changes(connection: Connection, since: datetime, key: Key | None) -> tuple[Verdict, ...]:
    """Return the verdicts that got a row since an instant, in the order of the ledger."""
    return _rows(connection, VERDICT.c.at >= encode.instant(since), *(() if key is None else _same(VERDICT, key)))


def last_before(connection: Connection, until: datetime, target: str, beneficiary: str) -> tuple[Verdict, ...]:
    """Return the last verdict before an instant that each subject of a target got a row of."""
    own = (VERDICT.c.target == target, VERDICT.c.beneficiary == beneficiary, VERDICT.c.at < encode.instant(until))
    last = select(func.max(VERDICT.c.sequence)).where(*own).group_by(VERDICT.c.subject)
    return _rows(connection, VERDICT.c.sequence.in_(last))


def _rows(connection: Connection, *which: ColumnElement[bool]) -> tuple[Verdict, ...]:
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(VERDICT, VERDICT.c.sequence == CHAIN.c.sequence)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(*which)
        .order_by(CHAIN.c.sequence)
    )
    return tuple(appended(row).fields().take("verdict", kept_types.VERDICT.decode) for row in connection.execute(query))


def _text_of(verdict: Verdict) -> str:
    return encode.canonical(kept_types.VERDICT.encode(verdict))


def decoded(text: str) -> Verdict:
    """Return a verdict from its text."""
    return kept_types.VERDICT.decode(parse(text))


def _columns(key: Key) -> dict[str, object]:
    return {"target": key.target, "subject": key.subject, "beneficiary": key.beneficiary}


def _same(table: Table, key: Key) -> tuple[ColumnElement[bool], ...]:
    return tuple(table.c[name] == value for name, value in _columns(key).items())


def _bound(key: Key) -> dict[str, object]:
    return {f"key_{name}": value for name, value in _columns(key).items()}


def key_of(row: SqlRow[*tuple[Any, ...]]) -> Key:
    """Return the key that a row of a table bears."""
    return Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary)


def _by_key(table: Table) -> Update:
    return update(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in KEY))


_NEW_STANDING = _by_key(STANDING).values(at=bindparam("new_at"), verdict=bindparam("new_verdict"))
_NEW_END = _by_key(LINE).values(stands_until=bindparam("new_end"))
