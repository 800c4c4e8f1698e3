"""A ledger in the middle of a quarter, with as many subjects as make 2,000 series, and the site that shows it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.accounting.timeline import Start, TimelineUpdate
from agent.config.settings import Configuration, Convention
from agent.core.duties.expected import Expected, expected
from agent.core.inventory import DeclaredHost, Inventory
from agent.core.model import Key, State, Verdict
from agent.core.period import each_day
from agent.core.reason import Reason
from agent.export.http.health import Health
from agent.ledger.ledger import Ledger, VerdictRecord
from agent.queries.live_site import LiveSite
from tests.export.samples import SCOTA, TARGETS

NOW = datetime(2026, 11, 24, 4, 12, 9, tzinfo=UTC)
QUARTER = date(2026, 10, 1)
HOSTS = 30


REASONS = {
    State.MET: Reason.WITHIN_LIMIT,
    State.MISSED: Reason.TOO_OLD,
    State.UNPROVEN: Reason.UNREACHABLE,
}


class StillClock:
    """Always the same time."""

    def now(self) -> datetime:
        """Return the instant."""
        return NOW

    def monotonic(self) -> float:
        """Return no seconds."""
        return 0.0


def day_row(key: Key, day: date, state: State = State.MET) -> DayRow:
    """Return the result of a day."""
    return DayRow(key=key, day=day, state=state, measured=state, reason=Reason.WITHIN_LIMIT, late=False, judged_at=NOW)


@contextmanager
def full_site(
    folder: Path, hosts: int = HOSTS, first: date = QUARTER, states: Sequence[State] = (State.MET,)
) -> Iterator[LiveSite]:
    """Fill a ledger and open the site on it; the verdicts take their states in turn."""
    declared = tuple(DeclaredHost(id=f"srv-{number}", beneficiaries=("scota",)) for number in range(hosts))
    # Without readers, since nothing asks for a name here.
    inventory = Inventory(beneficiaries=(replace(SCOTA, readers=()),), hosts=declared)
    configuration = Configuration(
        path=folder / "beffroi.toml",
        digest="d",
        convention=Convention(starts=date(2026, 1, 1)),
        inventory=inventory,
        targets=TARGETS,
    )
    wanted = expected(inventory, configuration.convention.starts)
    clock = StillClock()
    with Ledger.open(folder, clock=clock) as ledger:
        ledger.keep_load("d", {one.key: Days(starts=date(2026, 1, 1)) for one in wanted}, TARGETS)
        ledger.keep_verdicts([_judged(one, number, states) for number, one in enumerate(wanted)])
        for day in each_day(first, NOW.date() - timedelta(days=1)):
            ledger.keep_days([day_row(one.key, day) for one in wanted])
        yield LiveSite(
            configuration=lambda: configuration,
            ledger=ledger,
            clock=clock,
            health_now=lambda: Health(since_tick=timedelta(seconds=1)),
            heartbeat=lambda: NOW,
            unwatched=lambda: (),
        )


def _judged(one: Expected, number: int, states: Sequence[State]) -> VerdictRecord:
    state = states[number % len(states)]
    seen = NOW - timedelta(seconds=number)
    verdict = Verdict(
        target=one.key.target,
        subject=one.key.subject,
        beneficiary=one.key.beneficiary,
        at=NOW,
        state=state,
        measured=state,
        day_state=state,
        reason=REASONS[state],
        unit="seconds",
        value=3.5 + number,
        limit=10.0,
        observed_at=seen,
        stands_until=NOW + timedelta(hours=6),
    )
    start = Start(at=seen, state=state, reason=REASONS[state])
    return VerdictRecord(
        verdict=verdict, stretch=TimelineUpdate(covers_from=seen, starts=(start,), stands_until=verdict.stands_until)
    )
