"""What judging takes by how much exists: one reading that came back, an idle minute, a judgement of the whole."""

import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.facts.clock_offset import Reckoning
from agent.core.facts.clock_offset import facts_of as clock_facts
from agent.core.facts.protection import Protection
from agent.core.facts.protection import facts_of as protection_facts
from agent.core.model import Fact, Observation
from agent.evaluation.evaluation_rounds import Evaluation
from agent.evaluation.session import Session, open_session
from agent.register.kept import add
from tests.parts.held_clock import HeldClock

NUMBERS = (50, 200, 800, 2000)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# Asked, in seconds of the processor at 800 hosts.
ONE_READING, WHOLE, IDLE_MORE = 0.02, 0.6, 0.5
COLLECTORS = ("antivirus", "patches", "clock", "access")


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Processor seconds of each kind of round, the median of some, and how many verdicts there are.

    `accounts`: after a look at who has access, which one verdict asks for at every host. `departed`: the same while a
    departure is followed, which two more verdicts read the looks of days at every host for.
    """

    verdicts: int
    first: float
    whole: float
    reading: float
    accounts: float
    departed: float
    idle: float


def ready(collector: str, host: str, at: datetime) -> Observation:
    """Return a look at a host that is made beforehand."""
    facts: tuple[Fact, ...] = ()
    if collector == "antivirus":
        seen = Protection(product="clamav", running=True, loaded=at, proven=True, tried_at=at)
        facts = tuple(protection_facts(seen, host, at))
    elif collector == "clock":
        reckoned = Reckoning(source="chrony", offset=0.001, within=0.01)
        facts = tuple(clock_facts(reckoned, host, at))
    elif collector == "patches":
        names: dict[str, bool | datetime] = {"patch.security_source": True, "patch.metadata": at + timedelta(days=5)}
        facts = tuple(Fact(name=name, subject=host, value=value, as_of=at) for name, value in names.items())
    return Observation(collector=collector, host=host, subject=host, begun=at, ended=at, facts=facts)


@contextmanager
def fleet(folder: Path, number: int) -> Iterator[tuple[Session, HeldClock]]:
    """Yield a session of so many hosts, each with its looks."""
    hosts = "".join(
        f'[[host]]\nid = "h{one}"\ntransport = "ssh"\naddress = "h{one}.invalid"\ncollect = {[*COLLECTORS]}\n'.replace(
            "'", '"'
        )
        for one in range(number)
    )
    file = folder / "beffroi.toml"
    file.write_text(f'[agent]\nstate_directory = "{folder}/state"\n[[beneficiary]]\nid = "scota"\n{hosts}')
    clock = HeldClock(NOW)
    with open_session(file, clock=clock) as session:
        assert session.ledger is not None
        looks = [ready(name, f"h{one}", NOW - MINUTE) for one in range(number) for name in COLLECTORS]
        for begin in range(0, len(looks), 500):
            session.ledger.keep_readings(looks[begin : begin + 500])
        yield session, clock


def whole(evaluation: Evaluation) -> float:
    """Return what a judgement of everything costs, all its rounds together."""
    seconds = evaluation.take_turn(()).seconds
    while evaluation.is_busy:
        seconds += evaluation.take_turn(()).seconds
    return seconds


def looked(evaluation: Evaluation, clock: HeldClock, collector: str) -> float:
    """Return what judging costs after one look came back: the median of some."""
    seconds = []
    for number in range(9):
        clock.instant += timedelta(seconds=1)
        seconds.append(evaluation.take_turn((ready(collector, f"h{number}", clock.instant),)).seconds)
    return statistics.median(seconds)


def costs(session: Session, clock: HeldClock) -> Costs:
    """Return what rounds cost at one size."""
    evaluation = Evaluation(session)
    wholes = [whole(evaluation)]
    for _reload in range(2):
        clock.instant += MINUTE
        evaluation = Evaluation(session, evaluation)
        wholes.append(whole(evaluation))
    idle = []
    for _minute in range(6):
        clock.instant += MINUTE
        idle.append(evaluation.take_turn(()).seconds)
    reading, accounts = (looked(evaluation, clock, collector) for collector in ("antivirus", "access"))
    assert session.ledger is not None
    given = [f"left={(clock.instant - HOUR).isoformat()}", "person=A", "accounts=a", "author=RH", "beneficiary=scota"]
    add(session.ledger, "departure", given, session.configuration, clock.instant)
    for _new in ("the entry", "what its first verdict proves"):
        whole(evaluation)
    return Costs(
        verdicts=len(evaluation.wanted),
        first=wholes[0],
        whole=wholes[-1],
        reading=reading,
        accounts=accounts,
        departed=looked(evaluation, clock, "access"),
        idle=statistics.median(idle),
    )


def table(found: Mapping[int, Costs], made: Mapping[int, float]) -> str:
    """Return the costs as a table, in milliseconds; its last line says what a host more costs, by least squares."""
    names = ("reading", "accounts", "departed", "idle", "whole", "first")
    lines = ["", f"{'hosts':>8}{'verdicts':>10}" + "".join(f"{name + ' ms':>12}" for name in names) + f"{'wall s':>9}"]
    for number, one in found.items():
        figures = "".join(f"{getattr(one, name) * 1000:>12.1f}" for name in names)
        lines.append(f"{number:>8}{one.verdicts:>10}{figures}{made[number]:>9.0f}")
    slopes = (
        statistics.linear_regression(list(found), [getattr(one, name) * 1000 for one in found.values()]).slope
        for name in names
    )
    lines.append(f"{'a host more':>18}" + "".join(f"{slope:>12.4f}" for slope in slopes))
    return "\n".join(lines)


@pytest.mark.timeout(1200)
def test_a_round_costs_what_changed_and_not_what_exists(tmp_path: Path) -> None:
    found: dict[int, Costs] = {}
    made: dict[int, float] = {}
    for number in NUMBERS:
        folder = tmp_path / str(number)
        folder.mkdir()
        begun = time.monotonic()
        with fleet(folder, number) as (session, clock):
            found[number] = costs(session, clock)
        made[number] = time.monotonic() - begun
    print(table(found, made))
    assert found[800].reading <= ONE_READING
    assert found[800].accounts <= ONE_READING
    assert found[2000].reading <= 2 * found[50].reading
    assert found[800].whole <= WHOLE
    assert found[800].idle <= found[50].idle + IDLE_MORE
