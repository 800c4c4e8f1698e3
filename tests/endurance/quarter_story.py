"""What happens in a quarter, as plain values: nights, looks, outages, damage, and what people type, when.

Times are those of Paris. 2026-Q4 has the clock change of 25 October.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
BACKUPS = ("files", "mail")


def moment(text: str) -> datetime:
    """Return an instant from a Paris time, such as `2026-10-12 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant to another, the end left out."""

    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        """Return whether an instant is in it."""
        return self.begins <= at < self.ends


def span(begins: str, ends: str) -> Span:
    """Return a span between two Paris times."""
    return Span(moment(begins), moment(ends))


@dataclass(frozen=True, slots=True, kw_only=True)
class PackDamage:
    """A pack that goes bad: one that every point needs (`of_all`), or the newest point's own."""

    backup: str
    at: datetime
    found: datetime
    repaired: datetime
    settled: datetime
    of_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """An entry that someone types; `amends`: the name, in this story, of the entry that it amends."""

    at: datetime
    register: str
    words: Mapping[str, str]
    name: str = ""
    amends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterStory:
    """The whole quarter. A look is taken unless the agent is off, and gets an answer unless the vault is off."""

    nights: Mapping[str, tuple[datetime, ...]]
    looks: tuple[datetime, ...]
    verifications: tuple[datetime, ...]
    damages: tuple[PackDamage, ...]
    typed: tuple[Typed, ...]

    def on(self, at: datetime) -> bool:
        """Return whether the agent runs at an instant."""
        return not any(one.holds(at) for one in AGENT_OFF)

    def answers(self, at: datetime) -> bool:
        """Return whether the machine of the copies answers."""
        return not any(one.holds(at) for one in VAULT_OFF)


# Outages of the agent of 4, 9 and 30 days, and of the backups; the last one of each overlap.
AGENT_OFF = (
    span("2026-10-12 10:00", "2026-10-16 15:00"),
    span("2026-10-27 03:00", "2026-11-05 09:00"),
    span("2026-11-20 18:00", "2026-12-20 11:00"),
)
NO_BACKUP = {
    "files": (span("2026-10-19 00:00", "2026-10-23 00:00"), span("2026-11-08 00:00", "2026-11-17 00:00")),
    "mail": (span("2026-11-06 12:00", "2026-12-06 12:00"),),
}
VAULT_OFF = (span("2026-12-22 17:00", "2026-12-23 20:00"),)
NO_LOOK = (span("2026-10-07 08:00", "2026-10-07 17:30"),)
NO_VERIFICATION = (span("2026-11-09 00:00", "2026-11-19 00:00"),)

USUAL = {"files": time(2), "mail": time(23)}
# On these days the point of the night came at another time: within the allowance of two hours, beyond it, hours later.
LATE = {
    ("files", date(2026, 10, 5)): "2026-10-05 05:10",
    ("files", date(2026, 10, 9)): "2026-10-09 03:40",
    ("files", date(2026, 11, 19)): "2026-11-19 14:00",
    ("files", date(2026, 12, 17)): "2026-12-17 09:30",
    ("mail", date(2026, 10, 10)): "2026-10-11 06:00",
    # Made anew once the damage of the night before was found.
    ("mail", date(2026, 12, 26)): "2026-12-26 22:10",
    ("mail", date(2026, 12, 28)): "2026-12-29 02:30",
}

DAMAGES = (
    PackDamage(
        backup="files",
        at=moment("2026-10-17 12:00"),
        found=moment("2026-10-18 04:15"),
        repaired=moment("2026-10-18 20:00"),
        settled=moment("2026-10-18 20:30"),
        of_all=True,
    ),
    PackDamage(
        backup="mail",
        at=moment("2026-12-26 12:00"),
        found=moment("2026-12-26 16:00"),
        repaired=moment("2026-12-28 10:00"),
        settled=moment("2026-12-28 16:00"),
        of_all=False,
    ),
)

TYPED = (
    Typed(
        at=moment("2026-10-02 09:00"),
        register="incident",
        words={"detected": "2026-10-01T08:00+02:00", "title": "Messagerie indisponible", "major": "yes"},
        name="late-report",
    ),
    Typed(
        at=moment("2026-10-07 10:00"),
        register="awareness",
        words={"performed": "2026-10-06", "by": "DPO"},
    ),
    Typed(  # the tenth working day was 15 October
        at=moment("2026-10-20 10:00"),
        register="incident",
        words={"reported": "2026-10-19T17:00+02:00", "delay_reason": "attente du constructeur"},
        amends="late-report",
    ),
    Typed(at=moment("2026-11-06 10:00"), register="breach", words={"none": "2026-10"}),
    Typed(
        at=moment("2026-11-10 10:00"),
        register="restore",
        words={"performed": "2026-11-03T10:00+01:00", "backup": "files", "reason": "fichier effacé par erreur"},
    ),
    Typed(at=moment("2026-12-22 10:00"), register="breach", words={"none": "2026-11"}),
    Typed(
        at=moment("2026-12-21 15:00"),
        register="recovery-test",
        words={
            "performed": "2026-12-21T10:00+01:00",
            "backup": "files",
            "duration": "3h",
            "result": "ok",
            "recovery_point": "2026-12-21T02:00+01:00",
        },
    ),
    Typed(  # signed on the 21st, entered on the 23rd: the 22nd stays missed
        at=moment("2026-12-23 09:00"),
        register="acceptance",
        words={
            "target": "network-segmentation",
            "subject": "vault",
            "accepted_by": "Présidente du SCOTA",
            "accepted_on": "2026-12-21",
            "until": "2026-12-24",
            "reason": "remplacement du commutateur",
        },
    ),
    Typed(
        at=moment("2026-12-28 09:00"),
        register="adaptation",
        words={
            "target": "backup-rpo",
            "limit": "30h",
            "informed_on": "2026-12-26",
            "effective_on": "2026-12-27",
            "reason": "fenêtre de sauvegarde déplacée",
        },
    ),
    Typed(  # after the quarter
        at=moment("2027-01-04 10:00"),
        register="acceptance",
        words={
            "target": "backup-rpo",
            "subject": "mail",
            "accepted_by": "Présidente du SCOTA",
            "accepted_on": "2026-11-06",
            "until": "2027-01-31",
            "reason": "migration de la messagerie",
        },
    ),
    Typed(
        at=moment("2027-01-05 10:00"),
        register="incident",
        words={"detected": "2026-12-30T09:00+01:00", "title": "Poste égaré", "major": "no"},
        name="minor",
    ),
)
PUBLISHED = moment("2027-01-08 10:00")
# After the first edition.
AMENDED = (
    Typed(
        at=moment("2027-01-12 10:00"),
        register="incident",
        words={"title": "Poste égaré puis retrouvé"},
        amends="minor",
    ),
)
CORRECTED = moment("2027-01-12 11:00")


def quarter_story(chance: random.Random) -> QuarterStory:
    """Return the quarter; chance decides the minutes."""
    return QuarterStory(
        nights={backup: tuple(sorted(_nights(backup, chance))) for backup in BACKUPS},
        looks=tuple(_looks(chance)),
        verifications=tuple(_verifications()),
        damages=DAMAGES,
        typed=TYPED,
    )


def _nights(backup: str, chance: random.Random) -> Iterator[datetime]:
    day = FIRST - 3 * DAY
    while day <= PUBLISHED.date():
        usual = datetime.combine(day, USUAL[backup], tzinfo=PARIS) + timedelta(minutes=chance.randint(0, 50))
        at = moment(LATE[backup, day]) if (backup, day) in LATE else usual.astimezone(UTC)
        if not any(one.holds(at) for one in NO_BACKUP[backup]):
            yield at
        day += DAY


def _looks(chance: random.Random) -> Iterator[datetime]:
    # At most six hours apart, each night's point being seen within the hour.
    day = FIRST - DAY
    while day <= PUBLISHED.date():
        for begun in (time(0), time(3), time(8), time(13), time(18, 30)):
            begins = datetime.combine(day, begun, tzinfo=PARIS).astimezone(UTC)
            at = begins + timedelta(minutes=chance.randint(0, 29))
            if at < PUBLISHED and not any(one.holds(at) for one in (*AGENT_OFF, *NO_LOOK)):
                yield at
        day += DAY
    # The first thing that the agent does when it is back, and what someone does after a repair.
    yield from (one.ends for one in AGENT_OFF)
    yield moment("2026-12-26 23:00")


def _verifications() -> Iterator[datetime]:
    yield moment("2026-09-30 16:00")
    for one in DAMAGES:
        yield from (one.found, one.settled)
    day = FIRST
    while day <= PUBLISHED.date():
        at = datetime.combine(day, time(4, 15), tzinfo=PARIS).astimezone(UTC)
        if not any(one.holds(at) for one in (*AGENT_OFF, *NO_VERIFICATION)):
            yield at
        day += 3 * DAY
