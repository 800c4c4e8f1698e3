"""How old the newest point might be at each moment: one limit for each change, none backwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Adaptation, Agreements
from agent.accounting.limits import ages_since, limits_since
from agent.accounting.recovery import AgeFrom, LimitFrom
from agent.core.model import Key, Target
from agent.core.period import PARIS, day_start

KEY = Key(target="backup-rpo", subject="files", beneficiary="scota")
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
NONE = Agreements()


def target(hours: float | None, allowance: timedelta = timedelta(0)) -> Target:
    """Return the target as a load of the configuration set it."""
    limit = None if hours is None else hours * 3600
    return Target(id="backup-rpo", unit="seconds", limit=limit, evidence_age=6 * HOUR, run_allowance=allowance)


def adapted(day: date, hours: float) -> Agreements:
    """Return an adaptation that is in force from a day on."""
    one = Adaptation(
        id="d-1",
        target="backup-rpo",
        beneficiary="scota",
        subject=None,
        limit=hours * 3600,
        attainment=None,
        effective_on=day,
        informed_on=day,
        entered_on=day,
        reason="lien lent",
        author="RSSI",
    )
    return Agreements(adaptations=(one,))


def test_a_limit_that_never_changes_is_one_with_its_allowance() -> None:
    settings = [(NOON - 99 * HOUR, target(24, HOUR))]
    assert limits_since(KEY, settings, NONE, NOON, NOON + 72 * HOUR) == (LimitFrom(at=NOON, limit=25 * HOUR),)


def test_a_target_without_a_limit_allows_no_age() -> None:
    assert limits_since(KEY, [(NOON, target(None))], NONE, NOON, NOON) == (LimitFrom(at=NOON, limit=timedelta(0)),)


def test_before_the_first_load_the_first_one_is_in_force() -> None:
    settings = [(NOON + HOUR, target(24)), (NOON + 2 * HOUR, target(30))]
    assert limits_since(KEY, settings, NONE, NOON, NOON + 3 * HOUR) == (
        LimitFrom(at=NOON, limit=24 * HOUR),
        LimitFrom(at=NOON + 2 * HOUR, limit=30 * HOUR),
    )


def test_of_the_loads_the_newest_up_to_the_moment_counts() -> None:
    settings = [(NOON - 2 * HOUR, target(24)), (NOON - HOUR, target(26)), (NOON, target(28))]
    assert limits_since(KEY, settings, NONE, NOON, NOON) == (LimitFrom(at=NOON, limit=28 * HOUR),)
    assert limits_since(KEY, settings, NONE, NOON - SECOND, NOON - SECOND) == (
        LimitFrom(at=NOON - SECOND, limit=26 * HOUR),
    )


def test_a_load_of_this_very_moment_counts_and_one_after_it_does_not() -> None:
    now = NOON + HOUR
    for loaded, counts in ((now, True), (now + SECOND, False)):
        found = limits_since(KEY, [(NOON, target(24)), (loaded, target(30))], NONE, NOON, now)
        assert (LimitFrom(at=loaded, limit=30 * HOUR) in found) is counts


def test_an_adaptation_begins_with_its_day_in_its_place() -> None:
    day = date(2026, 11, 12)
    settings = [(NOON - HOUR, target(24))]
    for zone in (PARIS, ZoneInfo("America/Cayenne")):
        found = limits_since(KEY, settings, adapted(day, 48), NOON, NOON + 72 * HOUR, zone)
        assert found == (
            LimitFrom(at=NOON, limit=24 * HOUR),
            LimitFrom(at=day_start(day, zone), limit=48 * HOUR),
        )


def test_an_adaptation_of_a_day_that_is_not_reached_changes_nothing() -> None:
    now = day_start(date(2026, 11, 12))
    settings = [(NOON - HOUR, target(24))]
    for until, changes in ((now - SECOND, 1), (now, 2)):
        assert len(limits_since(KEY, settings, adapted(date(2026, 11, 12), 48), NOON, until)) == changes


def test_a_load_that_sets_the_same_limit_is_no_change() -> None:
    settings = [(NOON - HOUR, target(24, HOUR)), (NOON + HOUR, target(25))]
    assert len(limits_since(KEY, settings, NONE, NOON, NOON + 2 * HOUR)) == 1


def test_an_adaptation_begins_with_its_day_though_not_yet_in_paris() -> None:
    day, noumea = date(2026, 11, 12), ZoneInfo("Pacific/Noumea")
    begun = day_start(day, noumea)
    assert begun < day_start(day)
    found = limits_since(KEY, [(NOON, target(24))], adapted(day, 48), NOON, begun, noumea)
    assert [one.at for one in found] == [NOON, begun]


def test_the_age_of_evidence_is_told_once_for_each_load_that_changes_it() -> None:
    ages = [(NOON, 6), (NOON + HOUR, 6), (NOON + 2 * HOUR, 8), (NOON + 3 * HOUR, 6)]
    settings = [(at, replace(target(24), evidence_age=hours * HOUR)) for at, hours in ages]
    assert ages_since(settings) == (
        AgeFrom(at=NOON, age=6 * HOUR),
        AgeFrom(at=NOON + 2 * HOUR, age=8 * HOUR),
        AgeFrom(at=NOON + 3 * HOUR, age=6 * HOUR),
    )
