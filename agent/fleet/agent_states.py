"""How each agent of a fleet stands: current, silent, refused or never heard of, and its verdicts by state.

Reads:  the newest row of each ledger, its verdicts of a day and a bit, its last load of the configuration.
Needs:  the centre's role; an agent's sees itself.
Blind:  to rows that the agent has and has not sent.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from agent.config.settings import AGENT_SILENCE, FleetSettings
from agent.core.duties.host_relations import relation_of_former
from agent.core.errors import LedgerError
from agent.core.lines import one_line
from agent.core.model import Key, State
from agent.core.period import day_of
from agent.fleet.admitted import FORK
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.fleet.database import FleetDatabase, require_version
from agent.fleet.tables import ADMISSION, PAYLOAD_SENT, REFUSED_ROW, ROW
from agent.ledger import encode, load_rows, verdict_rows
from agent.ledger.appended_row import AppendedRow
from agent.ledger.fields import instant
from agent.ledger.outgoing import OutgoingRow
from agent.ledger.rows import row_of
from agent.ledger.trail import ERASABLE

# Each verdict has a row a day at least.
VERDICTS_SINCE = timedelta(hours=26)
# What is taken of one ledger at once, in bytes of its payloads: far below what a transaction may answer.
MOST_BYTES = 64 * 1024 * 1024
# Of any other kind a payload is never erased: what it said might be that something is bad.
_MAY_BE_BARE = frozenset(kind for kinds in ERASABLE.values() for kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expected:
    """An agent as the configuration expects it; `fingerprint` None: whatever key was admitted."""

    id: str
    fingerprint: str | None = None
    evidence_age: timedelta = AGENT_SILENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Admission:
    """Which ledger an agent writes, and when it was admitted last."""

    ledger: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Newest:
    """A ledger's newest row; `now` is the database's own time."""

    sequence: int
    instant: datetime
    received_at: datetime
    ahead: int
    now: datetime

    def is_older_than(self, age: timedelta) -> bool:
        """Return whether it is too old: since it arrived, or by its own instant, since rows may be sent late."""
        return self.now - min(self.received_at, self.instant) > age


class NotAsWritten(ValueError):
    """Raised for a row in the database whose link or payload is not what its digests say."""


# Of rows that an agent's role has written, whatever they hold; a time at the end of the calendar overflows.
NOT_UNDERSTOOD = (LedgerError, ValueError, OverflowError, RecursionError)


def agent_states(
    database: FleetDatabase, settings: FleetSettings, *, counted: bool = True
) -> tuple[AgentStanding, ...]:
    """Return each agent that is declared or admitted, by name; `counted`: with its hosts and verdicts.

    Each is asked about in a transaction of its own: what one has written costs no other its standing. Raises
    DatabaseAway, ForeignDatabase.
    """
    with database.transaction() as connection:
        require_version(connection, database.name)
        admitted = {
            row.agent: _Admission(ledger=row.ledger, at=row.admitted_at)
            for row in connection.execute(select(ADMISSION))
        }
        expected = {one.id: one for one in (*(_Expected(id=name) for name in admitted), *_declared_agents(settings))}
    return tuple(
        _standing_in(database, expected[name], admitted.get(name), counted=counted) for name in sorted(expected)
    )


def _standing_in(
    database: FleetDatabase, expected: _Expected, admission: _Admission | None, *, counted: bool
) -> AgentStanding:
    """Return how an agent stands; one whose rows cannot be understood is refused."""
    try:
        with database.transaction() as connection:
            return _standing(connection, expected, admission, counted=counted)
    except NOT_UNDERSTOOD as error:
        return AgentStanding(
            agent=expected.id,
            state=AgentState.REFUSED,
            key="" if admission is None else admission.ledger,
            why=one_line(f"payload: {error}", 300),
            evidence_age=expected.evidence_age,
        )


def _declared_agents(settings: FleetSettings) -> Iterator[_Expected]:
    if settings.agent:
        yield _Expected(id=settings.agent)
    for one in settings.agents:
        yield _Expected(id=one.id, fingerprint=one.fingerprint, evidence_age=one.evidence_age)


def _standing(
    connection: Connection, expected: _Expected, admission: _Admission | None, *, counted: bool
) -> AgentStanding:
    if admission is None:
        return AgentStanding(agent=expected.id, state=AgentState.NEVER, evidence_age=expected.evidence_age)
    ledger = admission.ledger
    refused = _refusal(connection, expected, admission)
    newest = _newest(connection, ledger)
    if newest is None:
        state = AgentState.REFUSED if refused else AgentState.NEVER
        return AgentStanding(
            agent=expected.id, state=state, key=ledger, why=refused, evidence_age=expected.evidence_age
        )
    is_silent = newest.is_older_than(expected.evidence_age)
    is_foreign = expected.fingerprint not in (None, ledger)
    try:
        known = _verdicts(connection, ledger, newest) if counted else {}
    except NotAsWritten as error:
        known, refused = {}, refused or str(error)
    state = AgentState.REFUSED if refused else AgentState.SILENT if is_silent else AgentState.CURRENT
    # Of two machines with one key no one knows whose rows these are.
    is_unproven = is_silent or refused.startswith(f"{FORK}:")
    by_state = Counter(State.UNPROVEN if is_unproven else one for one in known.values())
    return AgentStanding(
        agent=expected.id,
        state=state,
        key=ledger,
        why=refused,
        last_row=newest.sequence,
        received_at=newest.received_at,
        lag_rows=None if is_silent else newest.ahead,
        is_heard=not is_silent and not is_foreign,
        is_foreign=is_foreign,
        evidence_age=expected.evidence_age,
        hosts=len({one.host for key in known for one in relation_of_former(key)}),
        summary={one: by_state[one] for one in State},
    )


def _refusal(connection: Connection, expected: _Expected, admission: _Admission) -> str:
    """Return why an agent is refused since it was admitted last, or nothing."""
    if expected.fingerprint is not None and expected.fingerprint != admission.ledger:
        return f"key: admitted is {admission.ledger}, declared {expected.fingerprint}"
    query = select(REFUSED_ROW.c.reason, REFUSED_ROW.c.detail).where(
        REFUSED_ROW.c.agent == expected.id,
        REFUSED_ROW.c.admitted_at == admission.at,
    )
    found = connection.execute(query.order_by(REFUSED_ROW.c.at.desc()).limit(1)).first()
    return "" if found is None else f"{found.reason}: {found.detail}"


def _newest(connection: Connection, ledger: str) -> _Newest | None:
    columns = (ROW.c.sequence, ROW.c.instant, ROW.c.received_at, ROW.c.ahead, func.now().label("now"))
    query = select(*columns).where(ROW.c.ledger == ledger).order_by(ROW.c.sequence.desc()).limit(1)
    found = connection.execute(query).first()
    if found is None:
        return None
    return _Newest(
        sequence=found.sequence,
        instant=instant(found.instant),
        received_at=found.received_at,
        ahead=found.ahead,
        now=found.now,
    )


def _verdicts(connection: Connection, ledger: str, newest: _Newest) -> dict[Key, State]:
    """Return the newest state of each key that is declared or was judged within a day; not yet judged: unproven."""
    since = encode.instant(newest.instant - VERDICTS_SINCE)
    found = dict.fromkeys(_declared(connection, ledger, newest), State.UNPROVEN)
    left = MOST_BYTES
    for one in rows_of(connection, ledger, ROW.c.kind.in_(sorted(verdict_rows.KINDS)), ROW.c.instant >= since):
        if one.text is not None:
            row = AppendedRow(row=one.row, text=one.text)
            left -= verdict_rows.extent(row)
            if left < 0:
                raise NotAsWritten(f"more than {MOST_BYTES} letters of verdicts that share rows")
            found |= {record.verdict.key: record.verdict.state for record in verdict_rows.records_in(row)}
    return found


def _declared(connection: Connection, ledger: str, newest: _Newest) -> Iterator[Key]:
    """Yield what the last load declares for the day of the newest row; a load is one row a beneficiary."""
    is_load = (ROW.c.ledger == ledger, ROW.c.kind == load_rows.KIND)
    last = connection.execute(select(ROW.c.instant).where(*is_load).order_by(ROW.c.sequence.desc()).limit(1)).scalar()
    day = day_of(newest.instant)
    # All rows of a load are of one transaction, which gives them one instant.
    for one in rows_of(connection, ledger, ROW.c.kind == load_rows.KIND, ROW.c.instant == last):
        if one.text is not None:
            for key, days in load_rows.declared_in(AppendedRow(row=one.row, text=one.text)).items():
                if (days.starts is None or days.starts <= day) and (days.ends is None or day <= days.ends):
                    yield key


def rows_of(connection: Connection, ledger: str, *where: ColumnElement[bool]) -> Iterator[OutgoingRow]:
    """Yield rows of a ledger in its order, each held to its digests. Raises NotAsWritten."""
    query = (
        select(ROW, PAYLOAD_SENT.c.text)
        .outerjoin(PAYLOAD_SENT, (PAYLOAD_SENT.c.ledger == ROW.c.ledger) & (PAYLOAD_SENT.c.sequence == ROW.c.sequence))
        .where(ROW.c.ledger == ledger, *where)
        .order_by(ROW.c.sequence)
    )
    rows = query.subquery()
    size = connection.execute(select(func.sum(func.octet_length(rows.c.text)))).scalar() or 0
    if size > MOST_BYTES:
        raise NotAsWritten(f"{size} bytes of payloads at once, more than {MOST_BYTES}")
    for found in connection.execute(query):
        one = OutgoingRow(row=row_of(found), previous=found.previous, text=found.text)
        if not one.is_linked() or not one.is_whole():
            what = "payload: not the one that was digested" if one.is_linked() else "link: does not follow"
            raise NotAsWritten(f"{what}, row {one.row.sequence}")
        if one.text is None and one.row.kind not in _MAY_BE_BARE:
            raise NotAsWritten(f"payload: lacks, and no rule erases a {one.row.kind}, row {one.row.sequence}")
        yield one
