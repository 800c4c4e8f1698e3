"""Verdicts in the ledger: a row where one says something new or is the day's first, and the newest of each at hand.

What says something new gets a row of its own. What says the same, and gets a row since its day is another one or since
it stands longer, shares one with others of its beneficiary (agent.ledger.verdict_rows).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, select

from agent.accounting.timeline import Start, TimelineUpdate, says_something_new
from agent.core.judging import departures
from agent.core.model import Detail, Key, Verdict
from agent.ledger import chained, encode, kept_types, state_lines
from agent.ledger.append import Writer
from agent.ledger.appended_row import AppendedRow
from agent.ledger.fields import first_field, parse
from agent.ledger.key_filter import among, bound, by_key, columns_of, key_of, same_key
from agent.ledger.rows import appended, put_all
from agent.ledger.state_lines import draw, last_starts, line_around, settled, start_of
from agent.ledger.tables import CHAIN, KEY, LINE, PAYLOAD, STANDING, VERDICT, VERDICT_ROW
from agent.ledger.verdict_rows import KIND, MOST_SHARED, SHARED, VerdictRecord, alone, may_share, records_in, shared


def keep(
    writer: Writer, judged: Sequence[VerdictRecord], limits_of: state_lines.LimitsOf = chained.limits
) -> Mapping[Key, Start]:
    """Append those verdicts that say something new or are the day's first, and take each as the newest.

    One that stands longer than the rows before it show is appended too (agent.ledger.chained). Return the newest start
    of (at least) each line of states whose verdict got a row.
    """
    own = [(one.verdict.key, one) for one in judged]
    keys = [key for key, _ in own]
    known = _kept(writer.connection, keys)
    limits = limits_of(writer.connection, keys, {key: _ends(one) for key, one in own})
    drawn, same = [], []
    is_repeated = len(set(keys)) < len(keys)
    for key, one in own:
        before = known.get(key)
        is_new = before is None or before.words != words(one.verdict)
        fresh = is_new or before is None or before.day != day_of(one.verdict)
        fresh = fresh or limits.get(key, chained.Limit()).is_passed_by(one.verdict, one.stretch)
        if fresh or _proves(writer.connection, one.verdict) or _extends(writer.connection, one, before):
            drawn.append(key)
            if is_new or is_repeated or not may_share(one):
                writer.append(KIND, alone(one), one.verdict.beneficiary)
            else:
                same.append(one)
    for beneficiary, together in _together(same):
        kind, content = (SHARED, shared(together)) if len(together) > 1 else (KIND, alone(together[0]))
        writer.append(kind, content, beneficiary)
    writer.flush()
    _renew(writer.connection, own)
    ends = [(key, one.stretch.stands_until) for key, one in own if one.stretch is not None]
    as_they_were = {key: known[key].ends for key in known.keys() - drawn}
    state_lines.renew_ends(writer.connection, ends, as_they_were)
    return last_starts(writer.connection, drawn) if drawn else {}


def _ends(one: VerdictRecord) -> datetime:
    """Return until when a verdict and its line stand, whichever is longer."""
    drawn = () if one.stretch is None else (one.stretch.stands_until,)
    return max(end or chained.NO_END for end in (one.verdict.stands_until, *drawn))


def _together(records: Iterable[VerdictRecord]) -> Iterator[tuple[str, Sequence[VerdictRecord]]]:
    """Yield, with their beneficiary, the verdicts that share a row: those of one instant, some at a time."""
    alike: dict[tuple[str, datetime], list[VerdictRecord]] = {}
    for one in records:
        alike.setdefault((one.verdict.beneficiary, one.verdict.at), []).append(one)
    for (beneficiary, _), found in alike.items():
        for first in range(0, len(found), MOST_SHARED):
            yield beneficiary, found[first : first + MOST_SHARED]


class _Kept(NamedTuple):
    """What stands of a key before a judgement, and what its line of states ends with; `ends` None: never."""

    day: str
    words: str
    last_at: str | None
    last_state: str | None
    last_reason: str | None
    ends: str | None

    @property
    def last(self) -> Start | None:
        """Return the newest start of the line."""
        if self.last_at is None or self.last_state is None or self.last_reason is None:
            return None
        return start_of(self.last_at, self.last_state, self.last_reason)


_KEPT = select(
    *(STANDING.c[name] for name in (*KEY, "day", "words")),
    *(LINE.c[name] for name in ("last_at", "last_state", "last_reason", "stands_until")),
).outerjoin_from(STANDING, LINE, and_(*(STANDING.c[name] == LINE.c[name] for name in KEY)))


def _kept(connection: Connection, keys: Collection[Key]) -> dict[Key, _Kept]:
    return {
        Key(target, subject, beneficiary): _Kept(*rest)
        for target, subject, beneficiary, *rest in connection.execute(_KEPT.where(among(STANDING, keys)))
    }


def _proves(connection: Connection, verdict: Verdict) -> bool:
    """Return True if a verdict proves something else of a departure than the newest one did: reports rest on it."""
    if verdict.target != departures.TARGET:
        return False
    before = connection.execute(select(STANDING.c.verdict).where(*same_key(STANDING, verdict.key))).scalar()
    return before is not None and departures.proof_in(_about_in(before)) != departures.proof_in(verdict.about)


def _about_in(text: str) -> Detail:
    """Return what the text of a verdict says apart from its rest, which names every host where someone had access."""
    return kept_types.DETAIL.decode(first_field(text, "about"))


def words(verdict: Verdict) -> str:
    """Return what a verdict says, as far as a change of it is kept for good."""
    limit = None if verdict.limit is None else encode.number(verdict.limit)
    states = [state.value for state in (verdict.state, verdict.measured, verdict.day_state)]
    return encode.canonical([*states, verdict.reason.value, limit, verdict.acceptance])


def day_of(verdict: Verdict) -> str:
    """Return the UTC day on which a verdict was given."""
    return encode.instant(verdict.at)[:10]


def _extends(connection: Connection, one: VerdictRecord, before: _Kept | None) -> bool:
    end = None if before is None else before.last
    if one.stretch is None or (end is not None and _goes_on(end, one.stretch)):
        return False
    stretch = replace(one.stretch, starts=settled(one.stretch.starts))
    return says_something_new(line_around(connection, one.verdict.key, stretch.covers_from), stretch)


def _goes_on(end: Start, stretch: TimelineUpdate) -> bool:
    """Return, without asking for the line, whether a stretch says again what the line's newest start says."""
    same = all((start.state, start.reason) == (end.state, end.reason) for start in stretch.starts)
    return same and stretch.covers_from > end.at


def _renew(connection: Connection, judged: Iterable[tuple[Key, VerdictRecord]]) -> None:
    """Take each verdict as the newest, whether it got a row or not."""
    newest = [
        bound(key) | {"new_at": encode.instant(one.verdict.at), "new_verdict": _text_of(one.verdict)}
        for key, one in judged
    ]
    if newest:
        connection.execute(_NEW_STANDING, newest)


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Note each verdict under its key, take it as the newest, and draw its line on."""
    rows_noted: list[dict[str, object]] = []
    noted: list[dict[str, object]] = []
    newest: dict[Key, dict[str, object]] = {}
    stretches: dict[Key, list[TimelineUpdate]] = {}
    for one in rows:
        records = records_in(one)
        where = {"sequence": one.row.sequence, "at": encode.instant(records[0].verdict.at)}
        rows_noted.append(where)
        for record in records:
            verdict, key = record.verdict, record.verdict.key
            noted.append({**columns_of(key), **where})
            newest[key] = {
                **noted[-1],
                "day": day_of(verdict),
                "words": words(verdict),
                "verdict": _text_of(verdict),
            }
            if record.stretch is not None:
                stretches.setdefault(key, []).append(record.stretch)
    connection.execute(insert(VERDICT_ROW), rows_noted)
    connection.execute(insert(VERDICT), noted)
    put_all(connection, STANDING, KEY, list(newest.values()))
    draw(connection, stretches)


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
    table, own = (VERDICT_ROW, ()) if key is None else (VERDICT, same_key(VERDICT, key))
    found = _verdicts(connection, select(table.c.sequence).where(table.c.at >= encode.instant(since), *own))
    return tuple(one for _, one in found if key is None or one.key == key)


def last_before(connection: Connection, until: datetime, target: str, beneficiary: str) -> tuple[Verdict, ...]:
    """Return the last verdict before an instant that each subject of a target got a row of."""
    own = (VERDICT.c.target == target, VERDICT.c.beneficiary == beneficiary, VERDICT.c.at < encode.instant(until))
    last = select(func.max(VERDICT.c.sequence).label("sequence"), VERDICT.c.subject).where(*own)
    newest = last.group_by(VERDICT.c.subject)
    wanted = {(row.sequence, Key(target, row.subject, beneficiary)) for row in connection.execute(newest)}
    found = _verdicts(connection, select(newest.subquery().c.sequence))
    return tuple(one for sequence, one in found if (sequence, one.key) in wanted)


def _verdicts(connection: Connection, which: Select[tuple[int]]) -> Iterator[tuple[int, Verdict]]:
    """Yield the verdicts of some rows in their order, each with its row's sequence."""
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.sequence.in_(which))
        .order_by(CHAIN.c.sequence)
    )
    for row in connection.execute(query):
        for record in records_in(appended(row)):
            yield row.sequence, record.verdict


def _text_of(verdict: Verdict) -> str:
    return encode.canonical(kept_types.VERDICT.encode(verdict))


def decoded(text: str) -> Verdict:
    """Return a verdict from its text."""
    return kept_types.VERDICT.decode(parse(text))


_NEW_STANDING = by_key(STANDING).values(at=bindparam("new_at"), verdict=bindparam("new_verdict"))
