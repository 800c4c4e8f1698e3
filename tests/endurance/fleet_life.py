"""One life of an agent of the endurance run of a quarter: `python -m tests.endurance.fleet_life FOLDER SEED [STEP]`.

Without a step it is the account in full: never killed, everything judged at each step.
The history of 500 hosts over a quarter, whose steps and looks chance decides from a seed alone, so that any process
makes the same of it: hosts that answer, fail, fall silent for weeks, and whose signatures and updates age.
"""

import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.facts.protection import Protection
from agent.core.facts.protection import facts_of as protection_facts
from agent.core.facts.security_updates import PENDING, PackageVersion
from agent.core.model import Fact, Failure, Observation, Reading
from agent.core.reason import Reason
from agent.evaluation.evaluation_rounds import Evaluation
from agent.evaluation.round import Round
from agent.evaluation.session import Session, open_session
from tests.parts.held_clock import HeldClock

HOSTS = int(os.environ.get("BEFFROI_ENDURANCE_HOSTS", "500"))
BEGIN = datetime(2026, 10, 1, 0, 20, tzinfo=UTC)
DAYS = 92
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Late evidence is taken for some days: a quarter's rows are what they are once those are over.
SETTLED = DAYS + 9
COLLECTORS = ("antivirus", "patches")


@dataclass(frozen=True, slots=True)
class History:
    """When the agent is there and what it sees, by a seed."""

    seed: int
    steps: tuple[datetime, ...] = field(init=False)

    def __post_init__(self) -> None:
        chance, found, at = random.Random(self.seed), [], BEGIN
        while at < BEGIN + SETTLED * DAY:
            found.append(at)
            # Beside its rhythm the agent is away for a while, or for days: what is not looked at ages meanwhile.
            away = chance.choices([16 * HOUR, 30 * HOUR, 60 * HOUR], [30, 2, 1])[0]
            at += away + timedelta(minutes=chance.randint(0, 90))
        object.__setattr__(self, "steps", tuple(found))

    def looks(self, number: int) -> list[Reading]:
        """Return what comes back at a step."""
        at = self.steps[number]
        return [self._look(collector, host, at) for host in range(HOSTS) for collector in COLLECTORS]

    def _look(self, collector: str, host: int, at: datetime) -> Reading:
        name, week = f"h{host}", (at - BEGIN).days // 7
        often = random.Random(f"{self.seed}/{host}/{week}/{collector}").choices(["sound", "odd", "dead"], [90, 8, 2])[0]
        chance = random.Random(f"{self.seed}/{host}/{at.isoformat()}/{collector}")
        if often == "dead" or chance.random() < (0.3 if often == "odd" else 0.01):
            reason = Reason.UNREACHABLE if often == "dead" else Reason.TIMED_OUT
            return Failure(
                collector=collector, host=name, subject=name, begun=at, ended=at, reason=reason, detail="no answer"
            )
        age = chance.choice([1, 30, 90, 200, 900]) * HOUR if often == "odd" else HOUR
        facts = _protection(name, at, age) if collector == "antivirus" else _updates(name, at, age, odd=often == "odd")
        return Observation(collector=collector, host=name, subject=name, begun=at, ended=at, facts=facts)


def _protection(host: str, at: datetime, age: timedelta) -> tuple[Fact, ...]:
    seen = Protection(product="clamav", running=True, loaded=at - age, proven=True, tried_at=at - HOUR)
    return tuple(protection_facts(seen, host, at))


def _updates(host: str, at: datetime, age: timedelta, *, odd: bool) -> tuple[Fact, ...]:
    facts = [
        Fact(name="patch.security_source", subject=host, value=True, as_of=at),
        Fact(name="patch.metadata", subject=host, value=at + 5 * DAY, as_of=at),
    ]
    if odd:
        package = PackageVersion(package="openssl", version="3.5.7")
        facts.append(Fact(name=PENDING, subject=host, value=package, as_of=at - age))
    return tuple(facts)


def configured(folder: Path) -> Path:
    """Write the configuration of the hosts into a folder; return its path."""
    hosts = "".join(
        f'[[host]]\nid = "h{number}"\ntransport = "ssh"\naddress = "h{number}.invalid"\n'
        'collect = ["antivirus", "patches"]\n'
        for number in range(HOSTS)
    )
    file = folder / "beffroi.toml"
    head = f'[agent]\nstate_directory = "{folder}/state"\n[convention]\nsigned = 2026-07-01\n'
    ages = "".join(f'[targets.{id}]\nevidence_age = "26h"\n' for id in ("endpoint-protection", "patching"))
    file.write_text(f'{head}{ages}[[beneficiary]]\nid = "scota"\n{hosts}')
    return file


def not_kept(session: Session, looks: Sequence[Reading]) -> list[Reading]:
    """Return those looks of a step that an agent killed in it had not kept."""
    assert session.ledger is not None
    held = session.ledger.newest_looks([(one.collector, one.subject) for one in looks])
    return [
        one
        for one in looks
        if (found := held.get((one.collector, one.subject))) is None or found.reading.ended < one.ended
    ]


def live(folder: Path, history: History, begin: int) -> None:
    """Be the agent from a step on, as its daemon is, and print each step that is done."""
    clock = HeldClock(history.steps[begin])
    with open_session(configured(folder), clock=clock) as session:
        evaluation = Evaluation(session)
        for number in range(begin, len(history.steps)):
            # One that was killed starts again a little later: rows of one instant are a clock that stands still.
            late = timedelta(seconds=1) if number == begin > 0 else timedelta(0)
            clock.instant = history.steps[number] + late
            looks = history.looks(number)
            evaluation.take_turn(not_kept(session, looks) if number == begin else looks)
            while evaluation.is_busy:
                evaluation.take_turn(())
            print(number, flush=True)
        assert evaluation.take_turn(()).differences == 0


def in_full(folder: Path, history: History) -> None:
    """Account for the same history in a ledger of its own, never killed, judging everything at each step."""
    clock = HeldClock(history.steps[0])
    with open_session(configured(folder), clock=clock) as session:
        for number, at in enumerate(history.steps):
            clock.instant = at
            turn = Round(session)
            turn.take(*history.looks(number))
            turn.judge(session.wanted)
            print(number, flush=True)


if __name__ == "__main__":
    place, lived_through = Path(sys.argv[1]), History(int(sys.argv[2]))
    if len(sys.argv) > 3:
        live(place, lived_through, int(sys.argv[3]))
    else:
        in_full(place, lived_through)
