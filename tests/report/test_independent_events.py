"""What falls due in 200 generated quarters, held to a second account that was written from the convention alone."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest

from agent.accounting.agreements import Agreements
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.model import Key, Target
from agent.core.period import PARIS, Quarter, day_end, day_start
from agent.report.event_books import OccurrenceInputs, OwedSince
from agent.report.occurrences import count_events
from tests.report.independent_events import DAYS_BETWEEN, Breach, Incident, Told, account

QUARTERS, PARTS = 200, 10
SINCE = date(2026, 1, 1)
REGISTERS = {"vulnerability-scan": "scan", "penetration-test": "pentest"}


def told(chance: random.Random, quarter: Quarter) -> Told:
    """Return what registers hold: some of it in time, some late or never, some months signed."""
    first = quarter.first.toordinal()
    days = [date.fromordinal(number) for number in range(first - 40, quarter.last.toordinal() + 1)]
    months = [(quarter.first.year, quarter.first.month + number) for number in range(3)]
    return Told(
        first=quarter.first,
        last=quarter.last,
        since=SINCE,
        incidents=tuple(_incident(chance, chance.choice(days), quarter) for _ in range(chance.randint(0, 3))),
        breaches=tuple(_breach(chance, chance.choice(days), quarter) for _ in range(chance.randint(0, 3))),
        restores=tuple(chance.choice(days) for _ in range(chance.randint(0, 3))),
        departures=tuple(_moment(chance, chance.choice(days)) for _ in range(chance.randint(0, 2))),
        done={target: tuple(_times(chance, quarter, between)) for target, between in DAYS_BETWEEN.items()},
        signed={
            name: frozenset(month for month in months if chance.random() < 0.6)
            for name in ("incident", "breach", "departure")
        },
    )


def _by_the_end(when: date, quarter: Quarter) -> bool:
    return when <= quarter.last


def _incident(chance: random.Random, detected: date, quarter: Quarter) -> Incident:
    reported = detected + timedelta(days=chance.randint(0, 25))
    known = chance.random() < 0.8 and _by_the_end(reported, quarter)
    return Incident(detected, reported if known else None, major=chance.random() < 0.8)


def _breach(chance: random.Random, day: date, quarter: Quarter) -> Breach:
    detected = _moment(chance, day)
    dpo, cnil = (
        after if chance.random() < 0.8 and _by_the_end(after.astimezone(PARIS).date(), quarter) else None
        for after in (detected + _delay(chance, hours) for hours in (24, 72))
    )
    return Breach(detected, dpo, cnil, chance.random() < 0.6)


def _delay(chance: random.Random, hours: int) -> timedelta:
    """Return how long something took: often about as long as it may."""
    return timedelta(minutes=chance.choice([chance.randint(1, hours * 90), *(hours * 60 + by for by in (-1, 0, 1))]))


def _moment(chance: random.Random, day: date) -> datetime:
    """Return an instant of a day, in UTC."""
    return datetime.combine(day, time(chance.randint(0, 23), chance.randint(1, 59)), PARIS).astimezone(UTC)


def _times(chance: random.Random, quarter: Quarter, between: int) -> Iterator[date]:
    day = SINCE - timedelta(days=chance.randint(-60, 60))
    while day <= quarter.last:
        if chance.random() < 0.9:
            yield day
        day += timedelta(days=chance.randint(between - 30, between + 20))


def _rows(told: Told) -> Iterator[tuple[str, Mapping[str, date | str | None]]]:
    for one in told.incidents:
        major = "yes" if one.major else "no"
        yield "incident", {"detected": one.detected, "reported": one.reported, "major": major}
    for breach in told.breaches:
        owed = "yes" if breach.owed_to_cnil else "no"
        times = {"detected": breach.detected, "dpo_informed": breach.dpo, "cnil_notified": breach.cnil}
        yield "breach", {**times, "cnil_due": owed}
    for day in told.restores:
        yield "restore", {"performed": day, "reason": "x"}
    for left in told.departures:
        yield "departure", {"left": left, "person": "x", "accounts": "x"}
    for target, days in told.done.items():
        for day in days:
            yield REGISTERS[target], {"performed": day, "perimeter": "internet", "by": "x"}
    for register, months in told.signed.items():
        for year, month in sorted(months):
            yield register, {"none": f"{year}-{month:02d}"}


def entries(told: Told) -> Iterator[RegisterEntry]:
    """Yield the same records as the ledger has them, each entered on its own day."""
    for number, (register, values) in enumerate(_rows(told)):
        texts = {key: value if isinstance(value, str) else value.isoformat() for key, value in values.items() if value}
        yield RegisterEntry(
            id=f"{register}-{number}",
            register=register,
            beneficiary="scota",
            values={"author": "RSSI", **texts},
            received_at=datetime(2026, 1, 1, tzinfo=UTC),
        )


def states(target: str, quarter: Quarter, known: tuple[RegisterEntry, ...]) -> Counter[str]:
    """Return how many occurrences of a target the report counts, by state."""
    clause = CLAUSES[target]
    subject = "internet" if target in DAYS_BETWEEN else "scota"
    key = Key(target=target, subject=subject, beneficiary="scota")
    found = count_events(
        Target(id=target, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age),
        (OwedSince(key=key, starts=day_start(SINCE)),),
        OccurrenceInputs(quarter=quarter, as_of=day_end(quarter.last), entries=known, agreements=Agreements()),
    )
    return Counter(one.state.value for one in found.occurrences)


@pytest.mark.parametrize("part", range(PARTS))
def test_what_falls_due_is_counted_as_a_second_account_does(part: int) -> None:
    chance, seen = random.Random(f"events {part}"), Counter[str]()
    for _ in range(QUARTERS // PARTS):
        quarter = Quarter(chance.randint(2026, 2029), chance.randint(1, 4))
        story = told(chance, quarter)
        known = tuple(entries(story))
        for target, theirs in account(story).items():
            assert states(target, quarter, known) == Counter(theirs), (quarter, target, story)
            seen.update(theirs)
    assert min(seen[state] for state in ("met", "missed", "unproven")) > 10


def test_the_second_account_would_see_a_late_report() -> None:
    quarter = Quarter(2026, 4)
    story = told(random.Random("one"), quarter)
    late = Told(
        **{name: getattr(story, name) for name in Told.__dataclass_fields__}
        | {"incidents": (Incident(date(2026, 11, 2), date(2026, 11, 30)),)}
    )
    assert account(late)["incident-report"].count("missed") == 1
    assert states("incident-report", quarter, tuple(entries(late)))["missed"] == 1
