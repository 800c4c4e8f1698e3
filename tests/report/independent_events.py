"""A second account of what falls due by event, written from the convention alone: it shares no code with ours.

It reads plain records; instants are in UTC, days are those of Paris.
Sources: convention, articles 5, 5.1 and 6, and «Targets by event»; labour code, L. 3133-1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS_BETWEEN = {"vulnerability-scan": 92, "penetration-test": 365}


@dataclass(frozen=True, slots=True)
class Incident:
    """A major incident or none, with the days on which it was detected and reported; None: not reported yet."""

    detected: date
    reported: date | None
    major: bool = True


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach: when it was detected, when the DPO and the CNIL were told; None: not told."""

    detected: datetime
    dpo: datetime | None
    cnil: datetime | None
    owed_to_cnil: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What the registers hold by a quarter's end: `signed` are months without anything, by register."""

    first: date
    last: date
    since: date
    incidents: tuple[Incident, ...]
    breaches: tuple[Breach, ...]
    restores: tuple[date, ...]
    departures: tuple[datetime, ...]
    done: dict[str, tuple[date, ...]]
    signed: dict[str, frozenset[tuple[int, int]]]


def account(told: Told) -> dict[str, list[str]]:
    """Return the state of each thing that fell due in a quarter, by target, in no order."""
    return {
        "incident-report": [*_incidents(told), *_months(told, "incident", {one.detected for one in told.incidents})],
        "breach-dpo": [*_breaches(told, dpo=True), *_breach_months(told)],
        "breach-cnil": [*_breaches(told, dpo=False), *_breach_months(told)],
        "restore-reason": ["met" for one in told.restores if told.first <= one <= told.last],
        "access-revocation": [*_departures(told), *_months(told, "departure", {_day(one) for one in told.departures})],
        **{target: list(_comes_back(told, target)) for target in DAYS_BETWEEN},
    }


def _incidents(told: Told) -> Iterator[str]:
    for one in told.incidents:
        due = _working_days_after(one.detected, 10)
        if one.major and _is_of(told, due, one.reported):
            yield "met" if one.reported is not None and one.reported <= due else "missed"


def _breaches(told: Told, *, dpo: bool) -> Iterator[str]:
    for one in told.breaches:
        done = one.dpo if dpo else one.cnil
        due = one.detected + (24 if dpo else 72) * HOUR
        if (dpo or one.owed_to_cnil) and _is_of(told, _day(due), None if done is None else _day(done)):
            yield "met" if done is not None and done <= due else "missed"


def _departures(told: Told) -> Iterator[str]:
    """No look ever showed that a right was gone."""
    for left in told.departures:
        if _is_of(told, _day(left + 24 * HOUR), None):
            yield "unproven"


def _day(at: datetime) -> date:
    return at.astimezone(PARIS).date()


def _is_of(told: Told, due: date, done: date | None) -> bool:
    """Return whether something counts: its term ends in the quarter, or had passed and was still open when it began."""
    return told.first <= due <= told.last or (due < told.first and (done is None or done >= told.first))


def _breach_months(told: Told) -> Iterator[str]:
    return _months(told, "breach", {_day(one.detected) for one in told.breaches})


def _months(told: Told, register: str, entered: set[date]) -> Iterator[str]:
    shown = {(day.year, day.month) for day in entered} | told.signed[register]
    for number in range(3):
        month = (told.first.year, told.first.month + number)
        if month not in shown:
            yield "unproven"


def _comes_back(told: Told, target: str) -> Iterator[str]:
    """Yield each term that was fulfilled in the quarter, fell due in it, or was open when it began."""
    between, before = DAYS_BETWEEN[target], told.since - DAY
    for done in (*sorted(set(told.done[target])), None):
        due = before + between * DAY
        if done is None:
            if due <= told.last:
                yield "missed"
            return
        if done < told.since:
            before = done
            continue
        in_time = done <= due
        counted = done if in_time else due
        if told.first <= counted <= told.last or (not in_time and due < told.first <= done):
            yield "met" if in_time else "missed"
        before = done


def _working_days_after(day: date, number: int) -> date:
    while number:
        day += DAY
        number -= day.weekday() < 5 and day not in _holidays(day.year)
    return day


def _holidays(year: int) -> set[date]:
    """Return the public holidays of the whole of France; Easter by the rule of Gauss and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, rest = divmod(h + e - 7 * ((a + 11 * h + 22 * e) // 451) + 114, 31)
    easter = date(year, month, rest + 1)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return {date(year, *one) for one in fixed} | {easter + number * DAY for number in (1, 39, 50)}
