"""A machine and a log source that live for some days, with trouble of every kind, and what is derived of them after."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select

from agent.core.duties.expected import expected
from agent.core.facts import clock_offset, logs, protection
from agent.core.facts.clock_offset import Reckoning
from agent.core.facts.logs import RetainedRecords
from agent.core.facts.protection import Protection
from agent.core.facts.security_updates import PackageVersion, System
from agent.core.model import Fact, FactValue, Failure, Observation
from agent.core.reason import Reason
from agent.evaluation.round import Round
from agent.ledger.tables import CHAIN, PAYLOAD
from agent.report.derived import derive
from agent.report.derived_days import DerivedDays
from agent.report.own_rows import BeneficiaryPayload
from agent.report.recount import kept_days
from tests.evaluation.test_round import DAY, HOUR, START, World, world

ABOUT = {"beneficiary": "scota", "first_day": "2026-10-01", "last_day": "2026-12-31", "timezone": "Europe/Paris"}
MORE = """
[[host]]
id = "srv-2"
transport = "local"
site = "arras"
collect = ["antivirus", "patches", "clock"]
[[log]]
id = "central"
host = "srv-1"
kind = "files"
path = "/var/log/central/{source}/**"
sources = ["fw-1"]
"""
TARGETS = ("endpoint-protection", "patching", "log-retention", "log-collection")
LOOKED_AT = {"antivirus": "srv-2", "patches": "srv-2", "clock": "srv-2", "logs": "central"}
FIX = PackageVersion(package="openssl:amd64", version="3.5.7-1~deb13u3")


@dataclass(slots=True)
class Trouble:
    """What is wrong at the moment: with looks, by collector, and with what they see.

    `newest_beside` is the newest record of another source of the same place; None: there is none.
    """

    of_looks: dict[str, str] = field(default_factory=dict)
    stopped: bool = False
    signatures: datetime = START
    fix_since: datetime | None = None
    offset: float = 0.01
    newest_record: datetime = START
    newest_beside: datetime | None = None


@dataclass(slots=True)
class LivedHosts:
    """A world, with what is wrong in it."""

    held: World
    trouble: Trouble = field(default_factory=Trouble)

    def turn(self, *collectors: str) -> None:
        """Let some collectors look, and judge everything of the four targets."""
        turn = Round(self.held.session)
        for name in collectors:
            self._look(turn, name)
        wanted = expected(self.held.session.configuration.inventory, None)
        own = [one for one in wanted if one.key.target in TARGETS and one.key.subject != "alert-path"]
        turn.judge(own, names=list(LOOKED_AT.items()))

    def _look(self, turn: Round, collector: str) -> None:
        now, subject = self.held.clock.instant, LOOKED_AT[collector]
        mode = self.trouble.of_looks.get(collector, "sound")
        if mode == "silent":
            return
        about = {"collector": collector, "host": "srv-2", "subject": subject, "begun": now, "ended": now}
        if mode == "fails":
            turn.take(Failure(**about, reason=Reason.UNREACHABLE, detail="no route"))  # type: ignore[arg-type]  # one mapping for both kinds
        else:
            turn.take(Observation(**about, facts=tuple(self._facts(collector, now))))  # type: ignore[arg-type]  # as above

    def _facts(self, collector: str, now: datetime) -> Iterator[Fact]:
        trouble = self.trouble
        if collector == "antivirus":
            loaded = trouble.signatures
            one = Protection(
                product="clamav",
                running=not trouble.stopped,
                loaded=loaded,
                loaded_version=f"{loaded:%j}",
                proven=True,
                tried_at=now.replace(hour=now.hour // 8 * 8, minute=0),
            )
            yield from protection.facts_of(one, "srv-2", now)
        elif collector == "patches":
            told: dict[str, tuple[FactValue, datetime]] = {
                "patch.security_source": (True, now),
                "patch.metadata": (now.replace(hour=0, minute=0) + 5 * DAY, now.replace(hour=0, minute=0)),
                "system.supported_until": (START + 900 * DAY, now),
                "system.release": (System(distribution="debian", version="13", codename="trixie"), now),
                "patch.campaign": (True, START - 10 * DAY),
            }
            if trouble.fix_since is not None:
                told |= {
                    "patch.pending": (FIX, trouble.fix_since),
                    "patch.pending.after": (FIX, trouble.fix_since - HOUR),
                }
            yield from (Fact(name=name, subject="srv-2", value=value, as_of=at) for name, (value, at) in told.items())
        elif collector == "clock":
            yield from clock_offset.facts_of(
                Reckoning(source="chrony", offset=trouble.offset, within=0.1), "srv-2", now
            )
        else:
            kept = RetainedRecords(oldest=START - 370 * DAY, newest=trouble.newest_record, files=3)
            yield from logs.facts_of(kept, "central/fw-1", now)
            if trouble.newest_beside is not None:
                yield from logs.facts_of(replace(kept, newest=trouble.newest_beside), "central/fw-2", now)

    def live(
        self, until: datetime, chance: Random, *, step: Sequence[int] = (15, 30, 60), troubled: float = 0.06
    ) -> None:
        """Let time pass, with trouble at random."""
        trouble = self.trouble
        while self.held.clock.instant < until:
            self.held.clock.instant += timedelta(minutes=chance.choice(step))
            now = self.held.clock.instant
            if chance.random() < 0.06:
                self._change(chance, now)
            if not trouble.of_looks.get("records"):
                trouble.newest_record = now.replace(minute=0)
            self.turn(*(name for name in LOOKED_AT if chance.random() < 0.7))

    def _change(self, chance: Random, now: datetime) -> None:
        trouble = self.trouble
        match chance.randrange(9):
            case 0 | 1:
                trouble.of_looks[chance.choice([*LOOKED_AT])] = chance.choice(["fails", "silent"])
            case 2:
                trouble.of_looks.clear()
            case 3:
                trouble.stopped = not trouble.stopped
            case 4:
                trouble.signatures = now - chance.choice([1, 95, 97]) * HOUR
            case 5:
                trouble.fix_since = chance.choice([None, now - 30.9 * DAY, now - 2 * DAY])
            case 6:
                trouble.offset = chance.choice([0.01, 5.0])
            case 7:
                trouble.of_looks["records"] = "silent"
            case _:
                self.held.clock.instant += chance.choice([2, 9, 30]) * HOUR


@contextmanager
def lived_hosts(folder: Path, *, beside: bool = False) -> Iterator[LivedHosts]:
    """Yield a machine and a log source at the beginning of their life; `beside`: a second source is declared."""
    more = MORE.replace('sources = ["fw-1"]', 'sources = ["fw-1", "fw-2"]') if beside else MORE
    with world(folder, more) as held:
        yield LivedHosts(held)


def payloads_of(held: World) -> list[BeneficiaryPayload]:
    """Return the rows of the beneficiary, as its bundle has them."""
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.beneficiary == "scota")
        .order_by(CHAIN.c.sequence)
    )
    return [
        BeneficiaryPayload(sequence=row.sequence, instant=row.instant, kind=row.kind, text=row.text.encode())
        for row in held.ledger.ask(lambda connection: connection.execute(query).all())
    ]


def derived_days(rows: Sequence[BeneficiaryPayload]) -> DerivedDays:
    """Return what the looks that rows show make of the days that they keep."""
    return derive(rows, kept_days(rows, ABOUT))
