"""A ledger in the middle of a quarter, with as many subjects as make 2,000 series, and the site that shows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.accounting.timeline import Start, Stretch
from agent.config.settings import Configuration, Convention
from agent.core.expected import Expected, expected
from agent.core.inventory import DeclaredHost, Inventory
from agent.core.model import Key, State, Verdict
from agent.core.reason import Reason
from agent.export.health import Health
from agent.ledger.ledger import Judged, Ledger
from agent.site import LiveSite
from tests.export.samples import SCOTA, TARGETS

NOW = datetime(2026, 11, 24, 4, 12, 9, tzinfo=UTC)
QUARTER = date(2026, 10, 1)
HOSTS = 30


class StillClock:
    """Tell always the same time."""

    def now(self) -> datetime:
        """Return the instant."""
        return NOW

    def monotonic(self) -> float:
        """Return no seconds."""
        return 0.0


def day_row(key: Key, day: date, state: State = State.MET) -> DayRow:
    """Return what a day came to."""
    return DayRow(key=key, day=day, state=state, measured=state, reason=Reason.WITHIN_LIMIT, late=False, judged_at=NOW)


@contextmanager
def full_site(folder: Path) -> Iterator[LiveSite]:
    """Fill a ledger and open the site on it."""
    hosts = tuple(DeclaredHost(id=f"srv-{number}", beneficiaries=("scota",)) for number in range(HOSTS))
    inventory = Inventory(beneficiaries=(SCOTA,), hosts=hosts)
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
        ledger.keep_verdicts([_judged(one) for one in wanted])
        days = [QUARTER + timedelta(days=number) for number in range(54)]
        ledger.keep_days([day_row(one.key, day) for one in wanted for day in days])
        yield LiveSite(
            configuration=lambda: configuration,
            ledger=ledger,
            clock=clock,
            health_now=lambda: Health(since_tick=timedelta(seconds=1)),
            heartbeat=lambda: NOW,
            unwatched=lambda: (),
        )


def _judged(one: Expected) -> Judged:
    verdict = Verdict(
        target=one.key.target,
        subject=one.key.subject,
        beneficiary=one.key.beneficiary,
        at=NOW,
        state=State.MET,
        measured=State.MET,
        day_state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        unit="seconds",
        value=3.5,
        limit=10.0,
        observed_at=NOW,
        stands_until=NOW + timedelta(hours=6),
    )
    start = Start(at=NOW, state=State.MET, reason=Reason.WITHIN_LIMIT)
    return Judged(verdict=verdict, stretch=Stretch(covers_from=NOW, starts=(start,), stands_until=verdict.stands_until))
