"""Days of what is no longer declared, derived again from the looks of a bundle: what no row tells is not held to it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.accounting.expectation import Days
from agent.core.facts.clock_offset import Reckoning, facts_of
from agent.core.inventory import DeclaredHost
from agent.core.model import Key, Observation, State
from agent.evaluation.round import Round
from agent.report.derived import derive
from agent.report.derived_days import UNTOLD, DerivedDays
from agent.report.recount import kept_days
from tests.evaluation.test_round import DAY, HOUR, START, World, world
from tests.parts.kept import append_entry
from tests.report.test_derived import ABOUT, payloads

CLOCK = Key(target="log-collection", subject="srv-2", beneficiary="scota")
MORE = """
[[host]]
id = "srv-2"
transport = "ssh"
address = "127.0.0.1"
site = "arras"
beneficiaries = ["scota"]
collect = ["clock"]
"""
LAST_DAY = date(2026, 11, 5)


def live(held: World, until: datetime, *, looks: bool = True, offset: float = 0.01) -> None:
    """Let time pass with a turn every four hours, each with a look at the clock of the host where `looks`."""
    while held.clock.instant < until:
        held.clock.instant += 4 * HOUR
        now, turn = held.clock.instant, Round(held.session)
        if looks:
            facts = tuple(facts_of(Reckoning(source="chrony", offset=offset, within=0.01), "srv-2", now))
            turn.take(Observation(collector="clock", host="srv-2", subject="srv-2", begun=now, ended=now, facts=facts))
        wanted = [one for one in held.session.wanted if one.key == CLOCK]
        turn.judge(wanted, names=[("clock", "srv-2")] if wanted else [])


def declare(held: World, *hosts: DeclaredHost, keeps: bool = True) -> None:
    """Load a configuration with other hosts; a forger keeps no row of it."""
    configuration = held.session.configuration
    configuration = replace(configuration, inventory=replace(configuration.inventory, hosts=hosts))
    held.session = replace(held.session, configuration=configuration)
    declared = {one.key: Days(starts=one.starts, ends=one.ends) for one in held.session.wanted}
    if keeps:
        held.ledger.keep_load(f"{len(hosts)}" * 64, declared, configuration.targets)


def derived(held: World) -> DerivedDays:
    rows = payloads(held)
    return derive(rows, kept_days(rows, ABOUT))


def kept(held: World, day: date) -> State:
    (row,) = (row for row in held.ledger.day_rows(day, day) if row.key == CLOCK)
    return row.measured


def test_the_last_day_of_what_was_retired_is_told_and_derived(tmp_path: Path) -> None:
    with world(tmp_path, MORE) as held:
        live(held, START + 3 * DAY)
        entry = {"kind": "host", "subject": "srv-2", "on": LAST_DAY.isoformat(), "reason": "remplacé", "author": "RSSI"}
        append_entry(held.ledger, "retirement", {**entry, "mistake": "no"}, beneficiary="scota")
        live(held, datetime(2026, 11, 5, 21, tzinfo=UTC))
        live(held, START + 6 * DAY, looks=False)
        assert kept(held, LAST_DAY) is State.MET
        found = derived(held)
    assert (found.wrong, found.left[CLOCK.target, UNTOLD]) == ([], 0)
    assert found.counted[CLOCK.target] == 4


def test_the_last_day_before_a_silence_over_the_quarter_s_end_is_told_and_derived(tmp_path: Path) -> None:
    """The quarter's first row begins where the row before it ended, however long ago that is."""
    with world(tmp_path, MORE, begins=datetime(2026, 12, 28, 5, tzinfo=UTC)) as held:
        live(held, datetime(2026, 12, 31, 17, tzinfo=UTC))
        held.clock.instant += 3 * DAY
        live(held, datetime(2027, 1, 5, 17, tzinfo=UTC))
        assert kept(held, date(2026, 12, 31)) is State.MET
        found = derived(held)
        # As an earlier release kept it, which told of two days before the row's own, and said so.
        less = [
            replace(row, text=(row.text or b"").replace(b"2026-12-31T00:00", b"2027-01-02T00:00"))
            for row in payloads(held)
        ]
        told_less = derive(less, kept_days(less, ABOUT))
    assert (found.wrong, found.counted[CLOCK.target]) == ([], 4)
    assert (told_less.wrong, told_less.counted[CLOCK.target]) == ([], 3)


@pytest.mark.parametrize("is_back", [False, True])
def test_a_day_before_what_was_dropped_at_night_is_not_held_to_looks_that_no_row_tells(
    tmp_path: Path, *, is_back: bool
) -> None:
    """The row of the night tells of what is declared then: not of the host, whose day before was good."""
    with world(tmp_path, MORE) as held:
        live(held, datetime(2026, 11, 5, 21, tzinfo=UTC))
        own, other = held.session.configuration.inventory.hosts
        held.clock.instant = datetime(2026, 11, 6, 0, 30, tzinfo=UTC)
        declare(held, own)
        live(held, START + 6 * DAY, looks=False)
        if is_back:
            declare(held, own, other)
        live(held, START + 9 * DAY, looks=is_back)
        assert kept(held, LAST_DAY) is State.MET
        found = derived(held)
    assert found.wrong == []
    assert found.left[CLOCK.target, UNTOLD] > 0
    assert found.counted[CLOCK.target] == (5 if is_back else 3)


def test_a_row_that_leaves_out_what_is_declared_all_along_excuses_no_day(tmp_path: Path) -> None:
    """The holder of the key drops the host from one row, with the looks that showed its clock wrong."""
    with world(tmp_path, MORE) as held:
        live(held, datetime(2026, 11, 5, 9, tzinfo=UTC))
        live(held, datetime(2026, 11, 5, 13, tzinfo=UTC), offset=5)
        live(held, datetime(2026, 11, 5, 21, tzinfo=UTC))
        own, other = held.session.configuration.inventory.hosts
        held.clock.instant = datetime(2026, 11, 6, 0, 30, tzinfo=UTC)
        declare(held, own, keeps=False)
        live(held, START + 4 * DAY, looks=False)
        declare(held, own, other, keeps=False)
        live(held, START + 7 * DAY)
        (row,) = (row for row in held.ledger.day_rows(LAST_DAY, LAST_DAY) if row.key == CLOCK)
        assert row.measured is not State.MET
        held.ledger.keep_days([replace(row, state=State.MET, measured=State.MET)])
        found = derived(held)
    assert [one for one in found.wrong if one.startswith(f"{LAST_DAY} {CLOCK.target} {CLOCK.subject}")]


def test_a_row_that_leaves_out_what_was_soon_declared_again_excuses_no_later_day(tmp_path: Path) -> None:
    """The holder of the key lets a load drop the host for a minute, and tells no look of it from then on."""
    later = date(2026, 11, 9)
    with world(tmp_path, MORE) as held:
        live(held, datetime(2026, 11, 5, 21, tzinfo=UTC))
        own, other = held.session.configuration.inventory.hosts
        held.clock.instant = datetime(2026, 11, 6, 0, 30, tzinfo=UTC)
        declare(held, own)
        held.clock.instant += HOUR / 60
        declare(held, own, other)
        declare(held, own, keeps=False)
        live(held, START + 9 * DAY, looks=False)
        (row,) = (row for row in held.ledger.day_rows(LAST_DAY, LAST_DAY) if row.key == CLOCK)
        held.ledger.keep_days([replace(row, day=later)])
        found = derived(held)
    assert found.wrong == [f"{later} {CLOCK.target} {CLOCK.subject} is kept as met, and its looks show unproven"]


def test_what_no_row_ever_tells_of_though_it_is_declared_is_doubted(tmp_path: Path) -> None:
    """The holder of the key leaves the host out of every row, and keeps its days as met."""
    with world(tmp_path, MORE) as held:
        own, other = held.session.configuration.inventory.hosts
        declare(held, own, keeps=False)
        live(held, START + 4 * DAY, looks=False)
        rows = [row for row in held.ledger.day_rows(date(2026, 11, 3), LAST_DAY) if row.key == CLOCK]
        assert rows
        assert derived(held).told == []
        held.ledger.keep_days([replace(row, state=State.MET, measured=State.MET) for row in rows])
        found = derived(held)
        assert found.told == [
            f"no row of what was seen tells of {CLOCK.target} {CLOCK.subject}, which was declared, and {len(rows)} days"
            " of it are kept as met"
        ]
        declare(held, own, other)
        live(held, START + 6 * DAY)
        assert derived(held).told == []
