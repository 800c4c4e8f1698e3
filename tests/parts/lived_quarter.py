"""Many hosts that live a whole quarter by the real evaluation, each looked at, with a backup and a log source.

What every look shows moves as it does on real machines: clocks each time, records of logs each hour, a trial of
protection each eight hours, signatures and lists of packages once a day, a point a day; now and then something is bad.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from agent.core.duties.expected import Expected, expected
from agent.core.facts import clock_offset, logs, protection
from agent.core.facts.clock_offset import Reckoning
from agent.core.facts.logs import RetainedRecords
from agent.core.facts.protection import Protection
from agent.core.facts.security_updates import PackageVersion, System
from agent.core.model import Evidence, Fact, FactValue, Observation
from agent.core.period import day_start
from agent.core.points import Point
from agent.evaluation.round import Round
from agent.evaluation.tasks import tasks_of
from agent.ledger.reading_payload import Name
from tests.evaluation.test_round import DAY, HOUR, World, world

TARGETS = frozenset(
    {"backup-rpo", "backup-offsite", "endpoint-protection", "patching", "log-retention", "log-collection"}
)
# A day has sixteen looks of each kind, so that those which differ each time are shown by slots; and four judgements.
EVERY, JUDGED_EACH = timedelta(minutes=90), 4
MORE = """
[[host]]
id = "srv-{0}"
transport = "local"
site = "arras"
collect = ["antivirus", "patches", "clock"]
[[log]]
id = "logs-{0}"
host = "srv-{0}"
kind = "files"
path = "/var/log/{0}/{{source}}/**"
sources = ["fw-{0}"]
[[backup]]
id = "files-{0}"
host = "srv-{0}"
snapshot_host = "srv-{0}"
paths = ["/srv"]
[[backup.copy]]
id = "offsite"
repository = "/elsewhere-{0}"
password_file = "password"
site = "cambrai"
country = "FR"
"""
KEPT_POINTS = 14
# The number in the name of the first host.
FIRST = 100


@dataclass(slots=True)
class LivedQuarter:
    """A world of so many hosts, and what is judged there."""

    held: World
    numbers: Sequence[int]
    own: Sequence[Expected]
    names: Sequence[Name]

    def live(self, until: datetime) -> None:
        """Let time pass: all is looked at each hour and a half, and judged each six."""
        turn = 0
        while self.held.clock.instant < until:
            made = Round(self.held.session)
            now = self.held.clock.instant
            made.take(*(look for number in self.numbers for look in self._looks(number, now)))
            if turn % JUDGED_EACH == 0:
                made.judge(self.own, names=self.names)
            self.held.clock.instant += EVERY
            turn += 1

    def _looks(self, number: int, now: datetime) -> Iterator[Observation]:
        at = now + timedelta(seconds=number % 40)
        for collector, subject, facts in (
            ("antivirus", f"srv-{number}", _protected(number, at)),
            ("patches", f"srv-{number}", _patched(number, at)),
            ("clock", f"srv-{number}", _clock(number, at)),
            ("logs", f"logs-{number}", _records(number, at)),
            ("restic_snapshots", f"files-{number}/offsite", _points(number, at)),
            ("restic_check", f"files-{number}/offsite", _verified(number, at)),
        ):
            told = Evidence(
                command=f"ssh srv-{number} beffroi-{collector}",
                status=0,
                duration=timedelta(milliseconds=433),
                output_sha256=f"{hash((collector, number, at)) & (2**64 - 1):016x}" * 4,
            )
            yield Observation(
                collector=collector,
                host=f"srv-{number}",
                subject=subject,
                begun=at - timedelta(seconds=1),
                ended=at,
                facts=tuple(facts),
                evidence=(told,),
            )


def _of_day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _is_bad(number: int, at: datetime, of: int) -> bool:
    """Return whether something of a host is bad on a day: one of a hundred days."""
    return (number * 7 + at.toordinal() + of) % 97 == 0


def _protected(number: int, at: datetime) -> Iterator[Fact]:
    built = _of_day(at) - timedelta(hours=14, minutes=number % 7)
    one = Protection(
        product="clamav",
        running=not _is_bad(number, at, 1),
        loaded=built,
        loaded_version=f"{built:%j}",
        on_disk=built,
        on_disk_version=f"{built:%j}",
        proven=True,
        tried_at=at.replace(hour=at.hour // 8 * 8, minute=0, second=0),
    )
    yield from protection.facts_of(one, f"srv-{number}", at)


def _patched(number: int, at: datetime) -> Iterator[Fact]:
    day, subject = _of_day(at), f"srv-{number}"
    told: list[tuple[str, FactValue, datetime]] = [
        ("patch.security_source", True, at),
        ("patch.metadata", day + 5 * DAY, day),
        ("system.supported_until", _of_day(at).replace(year=2029, month=1, day=1), at),
        ("system.release", System(distribution="debian", version="13", codename="trixie"), at),
        ("patch.campaign", True, day - timedelta(days=at.toordinal() % 20)),
    ]
    for package in range(at.toordinal() % 5):
        since = day - timedelta(days=package + (40 if _is_bad(number, at, 2) else 1))
        fix = PackageVersion(package=f"lib{package}:amd64", version="3.5.7-1~deb13u3")
        told += [("patch.pending", fix, since), ("patch.pending.after", fix, since - HOUR)]
    yield from (Fact(name=name, subject=subject, value=value, as_of=as_of) for name, value, as_of in told)


def _clock(number: int, at: datetime) -> Iterator[Fact]:
    offset = 5.0 if _is_bad(number, at, 3) else (at.minute + at.hour * 60 + number) % 1000 / 1e5
    yield from clock_offset.facts_of(Reckoning(source="chrony", offset=offset, within=0.01), f"srv-{number}", at)


def _records(number: int, at: datetime) -> Iterator[Fact]:
    newest = _of_day(at) - 30 * HOUR if _is_bad(number, at, 4) else at.replace(minute=0, second=0)
    kept = RetainedRecords(oldest=_of_day(at) - 370 * DAY, newest=newest, files=370)
    yield from logs.facts_of(kept, f"logs-{number}/fw-{number}", at)


def _points(number: int, at: datetime) -> Iterator[Fact]:
    subject = f"files-{number}/offsite"
    yield Fact(name="repository.present", subject=subject, value=True, as_of=at)
    yield Fact(name="repository.id", subject=subject, value=f"{number:064x}", as_of=at)
    newest = at.replace(hour=4, minute=number % 60, second=0)
    newest = newest if newest <= at else newest - DAY
    for back in reversed(range(KEPT_POINTS)):
        made = newest - back * DAY
        if not _is_bad(number, made, 5):
            yield Fact(
                name="backup.point",
                subject=subject,
                value=Point(
                    id=f"{made.toordinal():08x}",
                    time=made,
                    host=f"srv-{number}",
                    paths=("/srv",),
                    files=1000 + made.toordinal() % 90,
                ),
                as_of=made,
            )


def _verified(number: int, at: datetime) -> Iterator[Fact]:
    subject, day = f"files-{number}/offsite", _of_day(at) + 2 * HOUR
    yield Fact(name="repository.id", subject=subject, value=f"{number:064x}", as_of=at)
    for name in ("sound", "whole"):
        yield Fact(name=f"verify.{name}", subject=subject, value="read", as_of=min(day, at))


@contextmanager
def lived_quarter(folder: Path, hosts: int, first: date) -> Iterator[LivedQuarter]:
    """Yield a world of so many hosts, at the beginning of a day."""
    numbers = range(FIRST, FIRST + hosts)
    with world(folder, "".join(MORE.format(number) for number in numbers), begins=day_start(first)) as held:
        wanted = expected(held.session.configuration.inventory, None)
        own = [one for one in wanted if one.key.target in TARGETS and one.key.subject.endswith(_ends(numbers))]
        names = [task.name for task in tasks_of(held.session.registry, held.session.configuration.inventory)]
        yield LivedQuarter(held=held, numbers=numbers, own=own, names=names)


def _ends(numbers: Sequence[int]) -> tuple[str, ...]:
    return tuple(end for number in numbers for end in (f"-{number}", f"-{number}/offsite"))
