"""Values for the tests of the ledger: a clock that is set by hand, readings, verdicts, and any of them at random."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.accounting.timeline import Start, TimelineUpdate
from agent.core.model import Evidence, Fact, Failure, Finding, Gap, Key, Observation, State, Target, Verdict
from agent.core.points import Point
from agent.core.reason import Reason
from agent.ledger.chain import GENESIS, forge, sha256
from agent.ledger.ledger import Ledger, VerdictRecord
from tests.parts.kept import append_entry, keep_reading

MORNING = datetime(2026, 11, 24, 4, 12, 7, tzinfo=UTC)
DAY = timedelta(days=1)
QUARTER_HOUR = timedelta(minutes=15)
KEY = Key(target="backup-rpo", subject="files", beneficiary="scota")


class HandClock:
    """The time that it was set to."""

    def __init__(self, time: datetime = MORNING) -> None:
        self.time = time

    def now(self) -> datetime:
        """Return the time that was set."""
        return self.time

    def monotonic(self) -> float:
        """Return the same in seconds."""
        return self.time.timestamp()


def open_ledger(directory: Path, clock: HandClock | None = None, **further: Any) -> Ledger:
    """Return the ledger of a directory."""
    return Ledger.open(directory, clock=clock or HandClock(), **further)


@contextmanager
def raw(directory: Path) -> Iterator[sqlite3.Connection]:
    """Lend a way into the ledger's file that goes past the program."""
    with closing(sqlite3.connect(directory / "ledger.sqlite")) as connection:
        yield connection


def asked(directory: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what the ledger's file answers."""
    with raw(directory) as connection:
        return connection.execute(query).fetchall()


def tamper(directory: Path, *statements: str) -> None:
    """Change the file as someone would who may write it: the guards taken away, and put back afterwards."""
    with raw(directory) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, guard in guards:
            connection.execute(guard)
        connection.commit()


def link_anew(directory: Path, sequence: int, change: Callable[[str], str]) -> None:
    """Change one payload and make every link after it fit, as someone would who may write all but lacks the key."""
    query = "SELECT instant, kind, beneficiary, text FROM chain JOIN payload USING (sequence) ORDER BY sequence"
    statements, link = [], GENESIS
    for number, (instant, kind, beneficiary, text) in enumerate(asked(directory, query), start=1):
        kept = change(text) if number == sequence else text
        row = forge(
            link, sequence=number, instant=instant, kind=kind, beneficiary=beneficiary, payload_sha256=sha256(kept)
        )
        link = row.link
        statements += [
            f"UPDATE chain SET payload_sha256 = '{row.payload_sha256}', link = '{link}' WHERE sequence = {number}",
            f"UPDATE payload SET text = '{kept.replace(chr(39), chr(39) * 2)}' WHERE sequence = {number}",
        ]
    tamper(directory, *statements, f"UPDATE tip SET link = '{link}'")
    with open_ledger(directory) as ledger:
        ledger.rebuild()


def point_fact(number: int) -> Fact:
    """Return the fact that a recovery point is there."""
    time = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    point = Point(
        id=f"{number:064x}",
        time=time,
        host="srv-1",
        paths=("/srv/scota",),
        tree=f"{number * 7:064x}",
        files=20998,
        bytes=2_350_000_000 + number,
        added_bytes=91_000_000,
        packed_bytes=60_000_000,
        files_new=12,
        files_changed=40,
    )
    return Fact(name="backup.point", subject="files/offsite", value=point, as_of=time)


def observation(ended: datetime, facts: Sequence[Fact] = (), *, subject: str = "files/offsite") -> Observation:
    """Return a look that succeeded."""
    return Observation(
        collector="restic_snapshots",
        host="srv-1",
        subject=subject,
        begun=ended - timedelta(seconds=1),
        ended=ended,
        facts=tuple(facts),
        evidence=(
            Evidence(
                command="restic --json --no-lock snapshots",
                status=0,
                duration=timedelta(milliseconds=612),
                output_sha256="5" * 64,
                tool_version="0.18.0",
            ),
        ),
    )


def failure(ended: datetime, *, subject: str = "files/offsite") -> Failure:
    """Return a look that did not succeed."""
    return Failure(
        collector="restic_snapshots",
        host="srv-1",
        subject=subject,
        begun=ended - timedelta(seconds=60),
        ended=ended,
        reason=Reason.UNREACHABLE,
        detail="vault does not answer",
    )


def verdict(at: datetime, state: State = State.MET, *, key: Key = KEY, **further: Any) -> Verdict:
    """Return a verdict."""
    given: dict[str, Any] = {
        "measured": state,
        "day_state": state,
        "reason": Reason.WITHIN_LIMIT if state is State.MET else Reason.TOO_OLD,
        "unit": "seconds",
        "value": 3600.0,
        "limit": 86400.0,
        "observed_at": at,
        "stands_until": at + timedelta(hours=6),
        **further,
    }
    return Verdict(target=key.target, subject=key.subject, beneficiary=key.beneficiary, at=at, state=state, **given)


def judged(at: datetime, state: State = State.MET, *, key: Key = KEY) -> VerdictRecord:
    """Return a verdict that adds its own moment to its line."""
    given = verdict(at, state, key=key)
    start = Start(at=at, state=state, reason=given.reason)
    return VerdictRecord(
        verdict=given, stretch=TimelineUpdate(covers_from=at, starts=(start,), stands_until=given.stands_until)
    )


def day_row(day: date, state: State = State.MET, *, late: bool = False, key: Key = KEY) -> DayRow:
    """Return the result of a day."""
    return DayRow(
        key=key, day=day, state=state, measured=state, reason=Reason.WITHIN_LIMIT, late=late, judged_at=MORNING
    )


def target(limit: float = 86400.0) -> Target:
    """Return a target in force."""
    return Target(id="backup-rpo", unit="seconds", limit=limit, evidence_age=timedelta(hours=6))


def live(directory: Path, days: int = 3) -> HandClock:
    """Fill a ledger with some days of everything; return its clock."""
    clock = HandClock()
    with open_ledger(directory, clock) as ledger:
        ledger.keep_load("c" * 64, {KEY: Days()}, {"backup-rpo": target()})
        for number in range(days):
            facts = [point_fact(one) for one in range(5 + number)]
            keep_reading(ledger, observation(clock.time, facts), beneficiary="scota")
            ledger.keep_verdicts([judged(clock.time)])
            keep_reading(ledger, failure(clock.time))
            ledger.keep_days([day_row(clock.time.date() - DAY)])
            append_entry(ledger, "incident", {"title": f"number {number}"}, beneficiary="scota")
            ledger.sign_heads(clock.time)
            clock.time += DAY
    return clock


# Anything at all

TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
# Fixed offsets: Python holds an instant in a doubled hour of a zone equal to none in another (PEP 495).
ZONE = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))) | st.just(UTC)
INSTANT = st.datetimes(timezones=ZONE)
DURATION = st.timedeltas()
NUMBER = st.floats(allow_nan=False) | st.integers(-(2**70), 2**70)
STATE, REASON = st.sampled_from(State), st.sampled_from(Reason)
COUNT = st.none() | st.integers(0, 2**70)

POINT = st.builds(
    Point,
    id=TEXT,
    time=INSTANT,
    host=TEXT,
    paths=st.lists(TEXT, max_size=3).map(tuple),
    tags=st.lists(TEXT, max_size=3).map(tuple),
    tree=st.none() | TEXT,
    original=st.none() | TEXT,
    files=COUNT,
    bytes=COUNT,
    added_bytes=COUNT,
    packed_bytes=COUNT,
    files_new=COUNT,
    files_changed=COUNT,
)
VALUE = st.booleans() | NUMBER | TEXT | INSTANT | DURATION | st.frozensets(TEXT, max_size=4) | POINT
FACT = st.builds(Fact, name=TEXT, subject=TEXT, value=VALUE, as_of=INSTANT)
GAP = st.builds(Gap, subject=TEXT, reason=REASON, detail=TEXT)
EVIDENCE = st.builds(
    Evidence,
    command=TEXT,
    status=st.none() | st.integers(-255, 255),
    duration=DURATION,
    output_sha256=TEXT,
    tool_version=st.none() | TEXT,
)
LOOK: dict[str, Any] = {
    "collector": TEXT,
    "host": TEXT,
    "subject": TEXT,
    "begun": INSTANT,
    "ended": INSTANT,
    "evidence": st.lists(EVIDENCE, max_size=2).map(tuple),
}
OBSERVATION = st.builds(
    Observation, facts=st.lists(FACT, max_size=5).map(tuple), gaps=st.lists(GAP, max_size=2).map(tuple), **LOOK
)
READING = OBSERVATION | st.builds(Failure, reason=REASON, detail=TEXT, **LOOK)
ABOUT = st.dictionaries(TEXT, TEXT | NUMBER, max_size=3)
JUDGEMENT: dict[str, Any] = {
    "state": STATE,
    "reason": REASON,
    "value": st.none() | NUMBER,
    "limit": st.none() | NUMBER,
    "observed_at": st.none() | INSTANT,
    "stands_until": st.none() | INSTANT,
    "about": ABOUT,
    "evidence": st.lists(TEXT, max_size=2).map(tuple),
}
FINDING = st.builds(Finding, unit=st.none() | TEXT, **JUDGEMENT)
VERDICT = st.builds(
    Verdict,
    target=TEXT,
    subject=TEXT,
    beneficiary=TEXT,
    at=INSTANT,
    measured=STATE,
    day_state=STATE,
    unit=TEXT,
    rest=st.lists(FINDING, max_size=2).map(tuple),
    acceptance=st.none() | TEXT,
    **JUDGEMENT,
)
START = st.builds(Start, at=INSTANT, state=STATE, reason=REASON)
STRETCH = st.builds(
    TimelineUpdate, covers_from=INSTANT, starts=st.lists(START, max_size=4).map(tuple), stands_until=st.none() | INSTANT
)
NAMED = st.builds(Key, target=TEXT, subject=TEXT, beneficiary=TEXT)
DAY_ROW = st.builds(
    DayRow, key=NAMED, day=st.dates(), state=STATE, measured=STATE, reason=REASON, late=st.booleans(), judged_at=INSTANT
)
TARGET = st.builds(
    Target,
    id=TEXT,
    unit=TEXT,
    limit=st.none() | NUMBER,
    evidence_age=DURATION,
    attainment=st.fractions(0, 1) | st.just(Fraction(1)),
    severity=st.none() | TEXT,
    alert_after=st.none() | DURATION,
    run_allowance=DURATION,
)


HOURS = st.integers(0, 12)
STARTS = st.lists(
    st.builds(
        lambda hour, state: Start(at=MORNING + timedelta(hours=hour), state=state, reason=Reason.WITHIN_LIMIT),
        HOURS,
        st.sampled_from(State),
    ),
    max_size=4,
    unique_by=lambda start: start.at,
).map(lambda starts: sorted(starts, key=lambda start: start.at))
STRETCH = st.builds(
    lambda starts, until: TimelineUpdate(
        covers_from=starts[0].at if starts else MORNING,
        starts=tuple(starts),
        stands_until=None if until is None else MORNING + timedelta(hours=until),
    ),
    STARTS,
    st.none() | HOURS,
)
