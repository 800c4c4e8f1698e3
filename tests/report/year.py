"""A synthetic year, 2026, with every kind of day in it, kept in a real ledger by its own calls."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from pathlib import Path

from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.accounting.storing import storing_declared
from agent.config.load import load
from agent.config.settings import Configuration, ReportSettings
from agent.core.convention import CLAUSES, CountingRule
from agent.core.duties.expected import expected
from agent.core.model import Fact, Key, Observation, State
from agent.core.period import each_day
from agent.core.points import Point
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger
from agent.publishing.pdf_pages import MakePdf
from tests.ledger.samples import HandClock
from tests.parts.kept import append_entry, keep_reading

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
SCOTA = "scota"

CONFIGURATION = """
[agent]
state_directory = "{state}"

[convention]
reference = "Délibération n° 588 du 24 septembre 2025"
provider = "Communauté Urbaine d'Arras, DIITUN"
signed = 2025-12-15
starts = 2026-01-01

[[beneficiary]]
id = "scota"
name = "Syndicat Mixte du SCOT de l'Arrageois"
signatories = ["Présidente du SCOTA"]

[[beneficiary]]
id = "eaux"
name = "Syndicat des eaux"

[[host]]
id = "srv-1"
transport = "local"
site = "arras"
beneficiaries = ["scota", "eaux"]
collect = ["patches", "antivirus", "clock", "access", "network"]
starts = 2026-01-01

[[host]]
id = "srv-2"
transport = "ssh"
address = "srv-2.example"
site = "arras"
perimeter = "own"
beneficiaries = ["scota"]
collect = ["patches", "antivirus", "clock"]
starts = 2026-01-01

[[backup]]
id = "files"
beneficiary = "scota"
host = "srv-1"
paths = ["/srv/scota"]
snapshot_host = "srv-1"
retention = "400d"

[[backup.copy]]
id = "offsite"
repository = "sftp:vault:/srv/files"
password_file = "/nowhere/files.password"
site = "cambrai"
country = "FR"

[[backup]]
id = "mail"
beneficiary = "scota"
host = "srv-2"
paths = ["/var/mail"]
snapshot_host = "srv-2"
retention = "400d"

[[backup.copy]]
id = "offsite"
repository = "sftp:vault:/srv/mail"
password_file = "/nowhere/files.password"
site = "cambrai"
country = "FR"

[[log]]
id = "central"
host = "srv-1"
kind = "files"
path = "/var/log/central/{{source}}/**"
sources = ["srv-1", {{ id = "fw-1", starts = 2026-11-10 }}]

[[perimeter]]
id = "internet"
exposed = true
beneficiary = "scota"

[[flow]]
id = "guests-to-admin"
from = "srv-1"
to = "192.0.2.9:22"
protocol = "tcp"
expect = "blocked"

[[web_filter]]
id = "malware"
from = "srv-1"
url = "http://blocked.example/"
control_url = "http://allowed.example/"
refused_as = ["status 403"]
"""

# The day on which it comes, its register, and what it says.
Entry = tuple[date, str, dict[str, str]]

RPO = Key(target="backup-rpo", subject="files", beneficiary=SCOTA)
MET = (State.MET, State.MET, Reason.WITHIN_LIMIT)
MISSED = State.MISSED, State.MISSED
UNPROVEN = State.UNPROVEN, State.UNPROVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A configuration, the ledger that it filled, what is still to be entered, and the clock.

    The clock stands on 8 January 2027 when all is kept.
    """

    configuration: Configuration
    ledger: Ledger
    clock: HandClock
    path: Path
    coming: list[Entry] = field(default_factory=list)


def no_pdfs(settings: ReportSettings, now: datetime) -> MakePdf:
    """Return what makes no PDF: setting pages has tests of its own, and takes seconds."""
    return lambda page, attached, last: None


def noon(day: date) -> datetime:
    """Return a day's noon in UTC."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def came(key: Key, day: date) -> tuple[State, State, Reason] | None:
    """Return the result of a day; None: no one wrote a row, as when the agent was off."""
    spoilt = {
        ("backup-rpo", "files", date(2026, 10, 14)): (*MISSED, Reason.TOO_OLD),
        ("backup-rpo", "files", date(2026, 10, 15)): (*MISSED, Reason.TOO_OLD),
        ("backup-rpo", "mail", date(2026, 11, 3)): (*UNPROVEN, Reason.STALE_EVIDENCE),
        ("backup-rpo", "mail", date(2026, 5, 3)): (*MISSED, Reason.EMPTY),
        ("backup-offsite", "mail/offsite", date(2026, 12, 24)): (*UNPROVEN, Reason.UNREACHABLE),
        ("network-segmentation", "guests-to-admin", date(2026, 12, 2)): (*MISSED, Reason.FLOW_OPEN),
    }
    if (key.target, key.subject, day) in spoilt:
        return spoilt[key.target, key.subject, day]
    if key.target == "patching" and key.subject == "srv-2" and date(2026, 10, 20) <= day <= date(2026, 11, 19):
        return State.ACCEPTED, State.MISSED, Reason.UPDATES_PENDING
    if key.target == "endpoint-protection" and date(2026, 12, 5) <= day <= date(2026, 12, 7):
        return None
    if key.subject == key.beneficiary and CLAUSES[key.target].counted is CountingRule.BY_EVENT:
        return State.NOT_APPLICABLE, State.NOT_APPLICABLE, Reason.NOT_EXPECTED
    if key.target == "web-filtering":
        return (*UNPROVEN, Reason.NOT_RUN)
    if key.target == "log-collection" and key.subject == "central/srv-1" and day < date(2026, 4, 1):
        return State.NOT_APPLICABLE, State.NOT_APPLICABLE, Reason.NOT_EXPECTED
    return MET


def fill_days(year: Year, first: date, last: date, *, daily: bool = False) -> None:
    """Keep a row for each expected day of each subject at noon of the day after, and the entries of until then.

    `daily`: each day's rows are signed on the day after, as the daemon does; else all at the end.
    """
    wanted = expected(year.configuration.inventory, year.configuration.convention.starts)
    for day in each_day(first, last):
        enter(year, until=day)
        year.clock.time = noon(day + timedelta(days=1))
        if daily:
            year.ledger.sign_heads(year.clock.time)
        rows = []
        for one in wanted:
            begins = one.starts or FIRST
            words = came(one.key, day)
            if words is not None and begins <= day:
                rows.append(row(one.key, day, words, year.clock.time))
        year.ledger.keep_days(rows)
    year.ledger.sign_heads(year.clock.time)


def row(key: Key, day: date, words: tuple[State, State, Reason], now: datetime, *, late: bool = False) -> DayRow:
    """Return a day's row."""
    state, measured, reason = words
    return DayRow(key=key, day=day, state=state, measured=measured, reason=reason, late=late, judged_at=now)


ENTRIES: tuple[Entry, ...] = (
    (date(2026, 2, 3), "scan", {"performed": "2026-02-02", "perimeter": "internet", "by": "prestataire"}),
    (date(2026, 4, 29), "scan", {"performed": "2026-04-28", "perimeter": "internet", "by": "prestataire"}),
    (date(2026, 7, 25), "scan", {"performed": "2026-07-24", "perimeter": "internet", "by": "prestataire"}),
    (date(2026, 11, 6), "scan", {"performed": "2026-11-05", "perimeter": "internet", "by": "prestataire"}),
    (date(2026, 3, 10), "pentest", {"performed": "2026-03-09", "perimeter": "internet", "by": "auditeur"}),
    (
        date(2026, 10, 12),
        "recovery-test",
        {"performed": "2026-10-12T10:00:00+02:00", "backup": "files", "duration": "3h", "result": "ok",
         "recovery_point": "2026-10-12T02:00:00+02:00"},
    ),
    (date(2026, 10, 12), "restore", {"performed": "2026-10-12", "backup": "files", "reason": "exercice annuel"}),
    (
        date(2026, 11, 12),
        "incident",
        {"detected": "2026-11-10T09:00:00+01:00", "title": "Panne de la baie", "major": "yes",
         "declared": "2026-11-10T10:00:00+01:00", "reported": "2026-11-20", "personal_data": "no"},
    ),
    (
        date(2026, 10, 6),
        "incident",
        {"detected": "2026-10-05T08:00:00+02:00", "title": "Messagerie indisponible", "major": "yes",
         "reported": "2026-10-28", "delay_reason": "attente du constructeur"},
    ),
    (date(2026, 11, 2), "breach", {"none": "2026-10"}),
    (date(2026, 12, 1), "breach", {"none": "2026-11"}),
    (date(2026, 12, 3), "incident", {"detected": "2026-12-02", "title": "Poste égaré", "major": "no"}),
    (
        date(2026, 10, 19),
        "acceptance",
        {"target": "patching", "subject": "srv-2", "accepted_by": "Présidente du SCOTA", "accepted_on": "2026-10-19",
         "until": "2026-11-19", "reason": "logiciel métier incompatible"},
    ),
    (
        date(2026, 9, 28),
        "adaptation",
        {"target": "log-retention", "informed_on": "2026-09-28", "effective_on": "2026-10-01", "attainment": "98 %",
         "reason": "migration du collecteur"},
    ),
    (
        date(2026, 11, 30),
        "exclusion",
        {"target": "network-segmentation", "subject": "guests-to-admin", "from": "2026-12-02", "to": "2026-12-02",
         "reason": "remplacement du pare-feu"},
    ),
    (
        date(2026, 10, 16),
        "plan",
        {"target": "backup-rpo", "subject": "files", "action": "alerter dès 20 h", "owner": "DIITUN",
         "due": "2026-12-31"},
    ),
    (
        date(2026, 11, 16),
        "departure",
        {"left": "2026-11-13T18:00:00+01:00", "person": "A. Dupont", "accounts": "adupont"},
    ),
    (date(2026, 9, 15), "awareness", {"performed": "2026-09-15", "by": "DPO"}),
)  # fmt: skip


def enter(year: Year, until: date = date.max) -> None:
    """Keep the entries that come until a day, that one included."""
    while year.coming and year.coming[0][0] <= until:
        day, register, values = year.coming.pop(0)
        year.clock.time = max(year.clock.time, noon(day))
        own = {"author": "RSSI", "beneficiary": SCOTA, **values}
        append_entry(year.ledger, register, own, beneficiary=SCOTA)


def look(year: Year, at: datetime) -> None:
    """Keep a look at each off-site copy that shows a point each night but two."""
    for backup, host in (("files", "srv-1"), ("mail", "srv-2")):
        nights = [
            day for day in each_day(date(2026, 9, 1), at.date()) if day not in (date(2026, 10, 14), date(2026, 12, 9))
        ]
        made = [datetime.combine(day, time(1), tzinfo=UTC) for day in nights]
        path = "/srv/scota" if backup == "files" else "/var/mail"
        points = [Point(id=f"{one:%m%d}", time=one, host=host, paths=(path,), files=9) for one in made]
        facts = [Fact(name="backup.point", subject=f"{backup}/offsite", value=one, as_of=one.time) for one in points]
        keep_reading(
            year.ledger,
            Observation(
                collector="restic_snapshots",
                host=host,
                subject=f"{backup}/offsite",
                begun=at,
                ended=at,
                facts=tuple(facts),
            ),
        )


@contextmanager
def year(
    folder: Path, first: date = FIRST, last: date = LAST, *, loaded: date = FIRST, more: str = "", daily: bool = False
) -> Iterator[Year]:
    """Fill a ledger with some days of the year; the clock then stands on the eighth day after the last one.

    `loaded` is the day of the first load: what is expected from then on and has no row is a silent day. `more` is added
    to the configuration.
    """
    path = folder / "beffroi.toml"
    path.write_text(CONFIGURATION.format(state=folder / "state") + more, encoding="utf-8")
    configuration = load(path, strict=False)
    clock = HandClock(noon(loaded))
    with Ledger.open(folder / "state", clock=clock) as ledger:
        coming = sorted(((max(day, first), register, values) for day, register, values in ENTRIES), key=itemgetter(0))
        made = Year(configuration=configuration, ledger=ledger, clock=clock, path=path, coming=coming)
        wanted = expected(configuration.inventory, configuration.convention.starts)
        declared = {one.key: Days(starts=one.starts, ends=one.ends) for one in wanted}
        storing = storing_declared(configuration.inventory)
        ledger.keep_load(configuration.digest, declared, configuration.targets, storing=storing)
        fill_days(made, first, last, daily=daily)
        enter(made)
        clock.time = noon(last + timedelta(days=7))
        look(made, noon(last + timedelta(days=7)))
        clock.time = noon(last + timedelta(days=8))
        ledger.sign_heads(clock.time)
        yield made


@contextmanager
def copied(filled: Path, folder: Path) -> Iterator[Year]:
    """Open a copy of a folder that was filled before; making a ledger anew for each test would take seconds."""
    shutil.copytree(filled, folder, dirs_exist_ok=True)
    path = folder / "beffroi.toml"
    path.write_text(CONFIGURATION.format(state=folder / "state"), encoding="utf-8")
    clock = HandClock(noon(LAST + timedelta(days=8)))
    with Ledger.open(folder / "state", clock=clock) as ledger:
        yield Year(configuration=load(path, strict=False), ledger=ledger, clock=clock, path=path)
