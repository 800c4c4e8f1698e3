"""What was seen on a day: no edit of the configuration, agreement, removal or clock takes it away."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.accounting.expectation import Days
from agent.config.load import load
from agent.config.settings import Configuration
from agent.core.facts.recovery_points import ON_THE_WAY
from agent.core.model import Fact, Observation, State
from agent.core.period import PARIS, Quarter, day_of
from agent.core.points import MIRRORED, Point
from agent.core.reason import Reason
from agent.evaluation.round import Round
from agent.export.quarter_so_far import quarter_days
from agent.queries.current_state import current_snapshot
from tests.evaluation.test_round import CONFIGURATION, DAY, HOUR, RPO, START, World, listing, world
from tests.parts.kept import append_entry

OTHER = """[[host]]
id = "srv-2"
transport = "local"
site = "arras"
collect = ["patches"]
"""
TODAY = START.astimezone(PARIS).date()


@pytest.fixture
def held(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, OTHER) as made:
        yield made


def written(folder: Path, text: str) -> Configuration:
    """Return a configuration that was written over the one before."""
    path = folder / "beffroi.toml"
    path.write_text(text.format(state=folder / "state"))
    return load(path, strict=False)


def edit(held: World, configuration: Configuration) -> None:
    """Load a changed configuration, as a reload does."""
    held.session = replace(held.session, configuration=configuration)
    declared = {one.key: Days(starts=one.starts, ends=one.ends) for one in held.session.wanted}
    held.ledger.keep_load(configuration.digest, declared, configuration.targets)


def judge(held: World) -> None:
    """Judge what is declared, without a new look."""
    Round(held.session).judge(held.session.wanted)


def so_far(held: World, day: date) -> tuple[State, Reason]:
    """Return what the live views count of a day."""
    rows = quarter_days(held.ledger, held.clock.instant, PARIS)[RPO]
    return next((row.measured, row.reason) for row in rows if row.day == day)


def without_backup(text: str) -> str:
    """Return a configuration without its backup."""
    return text[: text.index("[[backup]]")] + OTHER


def renamed(text: str) -> str:
    """Return a configuration in which the backup has another id."""
    return text.replace('id = "files"', 'id = "documents"') + OTHER


def ended_yesterday(text: str) -> str:
    """Return a configuration in which the backup ended on the day before."""
    return text.replace("[[backup.copy]]", "ends = 2026-11-01\n[[backup.copy]]") + OTHER


def started_later(text: str) -> str:
    """Return a configuration in which the backup starts in a month."""
    return text.replace("[[backup.copy]]", "starts = 2026-12-01\n[[backup.copy]]") + OTHER


EDITS = pytest.mark.parametrize("edited", [without_backup, renamed, ended_yesterday, started_later])


@EDITS
@pytest.mark.parametrize("after", [2 * HOUR, 2 * DAY])
def test_a_day_seen_missed_stays_so_when_the_configuration_changes(
    held: World, tmp_path: Path, edited: object, after: timedelta
) -> None:
    assert callable(edited)
    held.points = [START - 9 * DAY]
    assert held.look().state is State.MISSED
    held.clock.instant += after
    edit(held, written(tmp_path, edited(CONFIGURATION)))
    judge(held)
    held.clock.instant = START + 3 * DAY
    judge(held)
    assert held.day(TODAY) == (State.MISSED, Reason.TOO_OLD, False)
    assert so_far(held, TODAY) == (State.MISSED, Reason.TOO_OLD)


def test_the_day_of_a_removal_is_unproven_where_nothing_was_missed(held: World, tmp_path: Path) -> None:
    held.look()
    held.clock.instant += HOUR
    edit(held, written(tmp_path, without_backup(CONFIGURATION)))
    judge(held)
    held.clock.instant = START + DAY
    judge(held)
    assert held.day(TODAY) == (State.UNPROVEN, Reason.NO_LONGER_DECLARED, False)
    assert so_far(held, TODAY) == (State.UNPROVEN, Reason.NO_LONGER_DECLARED)


def test_days_after_a_removal_have_no_row_of_their_own(held: World, tmp_path: Path) -> None:
    held.points = [START - 9 * DAY]
    held.look()
    edit(held, written(tmp_path, without_backup(CONFIGURATION)))
    held.clock.instant = START + 3 * DAY
    judge(held)
    assert held.day(TODAY + DAY) is None
    assert so_far(held, TODAY + DAY) == (State.UNPROVEN, Reason.NO_LONGER_DECLARED)


def test_a_removed_subject_is_named_at_once(held: World, tmp_path: Path) -> None:
    held.look()
    held.clock.instant += HOUR
    configuration = written(tmp_path, without_backup(CONFIGURATION))
    edit(held, configuration)
    standings = current_snapshot(configuration, held.ledger, now=held.clock.instant).standings
    assert [one.verdict.reason for one in standings if one.verdict.key == RPO] == [Reason.NO_LONGER_DECLARED]


def test_days_are_civil_days_of_paris_whatever_the_agent_s_zone(held: World, tmp_path: Path) -> None:
    edit(
        held,
        written(
            tmp_path, CONFIGURATION.replace("[[beneficiary]]", 'timezone = "Pacific/Kiritimati"\n[[beneficiary]]', 1)
        ),
    )
    held.look()
    held.clock.instant = datetime(2026, 11, 2, 22, tzinfo=PARIS)  # the third of November at Kiritimati
    held.look()
    assert held.day(TODAY) is None
    held.clock.instant = datetime(2026, 11, 3, 0, 1, tzinfo=PARIS)
    held.points.append(held.clock.instant - HOUR)
    held.look()
    assert held.day(TODAY) == (State.MET, Reason.WITHIN_LIMIT, False)


def adapted(held: World, limit: str, on: date) -> None:
    """Enter an adaptation of `backup-rpo` that is in force from a day on."""
    values = {"target": "backup-rpo", "informed_on": str(on), "effective_on": str(on), "limit": limit}
    more = {"reason": "lien lent", "author": "RSSI", "beneficiary": "scota"}
    append_entry(held.ledger, "adaptation", values | more, beneficiary="scota")


def test_an_adaptation_leaves_the_days_before_its_entry_as_they_were(held: World) -> None:
    held.points = [START - 9 * DAY]
    held.look()
    held.clock.instant = START + 3 * DAY
    adapted(held, "30d", TODAY)  # back-dated: it acts from its entry
    assert held.look().state is State.MET
    assert [held.day(TODAY + number * DAY) for number in range(3)] == [
        (State.MISSED, Reason.TOO_OLD, False),
        (State.MISSED, Reason.TOO_OLD, True),
        (State.MISSED, Reason.TOO_OLD, True),
    ]
    held.clock.instant += DAY
    held.look()
    assert held.day(TODAY + 3 * DAY) == (State.MET, Reason.WITHIN_LIMIT, True)


def test_a_stricter_adaptation_does_not_act_backwards_either(held: World) -> None:
    held.points = [START + number * DAY - HOUR for number in range(4)]
    held.look()
    held.clock.instant = START + 3 * DAY
    adapted(held, "12h", TODAY + 3 * DAY)
    held.look()
    assert held.day(TODAY + DAY) == (State.MET, Reason.WITHIN_LIMIT, True)


def test_a_run_allowance_acts_from_its_load(held: World, tmp_path: Path) -> None:
    held.points = [START - 19 * HOUR]
    held.look()
    held.clock.instant = START + 11 * HOUR
    more = '[targets.backup-rpo]\nrun_allowance = "6h"\n'
    edit(held, written(tmp_path, CONFIGURATION + OTHER + more))
    held.look()
    held.points.append(held.clock.instant)
    held.clock.instant = START + DAY
    held.look()
    assert held.day(TODAY) == (State.MISSED, Reason.TOO_OLD, False)


def test_what_stood_before_a_long_silence_does_not_go_on_through_it(held: World) -> None:
    held.look()
    held.clock.instant = START + 20 * DAY
    held.points.append(held.clock.instant - HOUR)
    held.look()
    line = held.ledger.timeline(RPO, START)
    silence = next(start for start in line.starts if start.at > START)
    assert (silence.state, silence.reason) == (State.UNPROVEN, Reason.STALE_EVIDENCE)
    assert silence.at == START + 6 * HOUR


def accept(held: World) -> None:
    """Enter a risk acceptance that is dated back."""
    values = {"target": "backup-rpo", "subject": "files", "accepted_by": "Présidente", "accepted_on": "2026-11-01"}
    more = {"until": "2026-12-31", "reason": "migration", "author": "RSSI", "beneficiary": "scota"}
    append_entry(held.ledger, "acceptance", values | more, beneficiary="scota")


def test_a_back_dated_acceptance_accepts_no_day_before_its_entry(held: World) -> None:
    held.points = [START - 9 * DAY]
    held.look()
    held.clock.instant = START + DAY
    accept(held)
    held.look()
    (row,) = (row for row in held.ledger.day_rows(TODAY, TODAY) if row.key == RPO)
    assert (row.state, row.measured) == (State.MISSED, State.MISSED)
    held.clock.instant = START + 2 * DAY
    held.look()
    (row,) = (row for row in held.ledger.day_rows(TODAY + DAY, TODAY + DAY) if row.key == RPO)
    assert (row.state, row.measured) == (State.ACCEPTED, State.MISSED)


def test_a_missed_day_stays_missed_after_weeks_without_the_agent(held: World) -> None:
    held.points = [START - 9 * DAY]
    held.look()
    held.clock.instant = START + 20 * DAY
    held.points = [held.clock.instant - HOUR]
    held.look()
    assert held.day(TODAY) == (State.MISSED, Reason.TOO_OLD, False)
    assert held.day(TODAY + 5 * DAY) == (State.UNPROVEN, Reason.STALE_EVIDENCE, False)


SECOND = """[[backup.copy]]
id = "second"
repository = "/elsewhere-too"
password_file = "password"
site = "lille"
country = "FR"
"""


def look_at_both(held: World, *, present: bool = True, fails: Reason | None = None) -> State:
    """Take a look at both copies, the first of which may fail, and judge."""
    turn = Round(held.session)
    held.take(turn, "offsite", fails=fails, present=present)
    held.take(turn, "second", present=present)
    return next(one.day_state for one in turn.judge(held.session.wanted) if one.key == RPO)


def test_copies_seen_gone_stay_missed_after_a_look_that_failed(tmp_path: Path) -> None:
    with world(tmp_path, SECOND + OTHER) as held:
        assert look_at_both(held) is State.MET
        held.clock.instant += HOUR
        assert look_at_both(held, present=False) is State.MISSED
        held.clock.instant += HOUR
        assert look_at_both(held, fails=Reason.UNREACHABLE) is State.MET
        held.clock.instant += HOUR
        assert look_at_both(held) is State.MET
        held.points.append(held.clock.instant)
        held.clock.instant = START + DAY
        look_at_both(held)
        assert held.day(TODAY) == (State.MISSED, Reason.ABSENT, False)


def other_copy(held: World, folder: Path) -> None:
    """Declare the copy by another id, look at it, and put the first id back."""
    first = CONFIGURATION + OTHER
    edit(held, written(folder, first.replace('id = "offsite"', 'id = "second"')))
    turn = Round(held.session)
    held.take(turn, "second")
    turn.judge(held.session.wanted)
    held.clock.instant += HOUR
    edit(held, written(folder, first))


def test_a_copy_seen_gone_stays_missed_when_its_id_changes_and_returns(held: World, tmp_path: Path) -> None:
    held.look()
    held.clock.instant += HOUR
    assert held.look(present=False).state is State.MISSED
    held.clock.instant += HOUR
    other_copy(held, tmp_path)
    held.look()
    held.points.append(held.clock.instant)
    held.clock.instant = START + DAY
    held.look()
    assert held.day(TODAY) == (State.MISSED, Reason.ABSENT, False)


def test_points_of_a_new_copy_take_no_missed_moment_away(held: World, tmp_path: Path) -> None:
    held.points = [START - 9 * DAY]
    held.clock.instant += timedelta(minutes=1)  # a look ends after the load that asked for it
    assert held.look().state is State.MISSED
    held.clock.instant += HOUR
    held.points.append(START - 2 * HOUR)
    other_copy(held, tmp_path)
    held.look()
    held.points.append(held.clock.instant)
    held.clock.instant = START + DAY
    held.look()
    assert held.day(TODAY) == (State.MISSED, Reason.TOO_OLD, False)


def met_for_days(held: World, days: int) -> None:
    """Take a look each four hours at a copy that has a point of each night."""
    end = held.clock.instant + days * DAY
    while held.clock.instant < end:
        if held.clock.instant.hour in range(4):
            held.points.append(held.clock.instant)
        assert held.look().state is State.MET
        held.clock.instant += 4 * HOUR


def states(held: World, first: date, count: int) -> list[State | None]:
    """Return the states of some days."""
    return [None if row is None else row[0] for row in (held.day(first + day * DAY) for day in range(count))]


def judged(held: World, *copies: str) -> State:
    """Take a look at some copies, and judge."""
    turn = Round(held.session)
    for copy in copies:
        held.take(turn, copy)
    return next(one.day_state for one in turn.judge(held.session.wanted) if one.key == RPO)


@pytest.mark.parametrize(("size", "state"), [(0, State.MISSED), (9, State.MET)])
def test_points_without_a_byte_do_not_fill_a_silence(held: World, size: int, state: State) -> None:
    """A dump that failed each night while no one looked, and is mended as looks come back."""
    for hours, sizes in ((1, [9]), (97, [9, size, size, size, 9])):
        held.clock.instant = now = START + hours * HOUR
        made = [START + number * DAY for number in range(len(sizes))]
        points = [
            Point(id=f"p{at:%d}", time=at, host="srv-1", paths=("/srv",), files=3, bytes=size)
            for at, size in zip(made, sizes, strict=True)
        ]
        turn = Round(held.session)
        turn.take(listing(points, now))
        assert next(one.day_state for one in turn.judge(held.session.wanted) if one.key == RPO) is State.MET
    assert states(held, TODAY + 2 * DAY, 1) == [state]


def test_a_copy_that_takes_the_place_of_another_costs_no_day_seen_met(held: World, tmp_path: Path) -> None:
    met_for_days(held, 5)
    edit(held, written(tmp_path, CONFIGURATION.replace('id = "offsite"', 'id = "moved"') + OTHER))
    held.points = [held.clock.instant - 5 * HOUR]
    assert judged(held, "moved") is State.MET
    held.clock.instant += DAY
    held.points.append(held.clock.instant - HOUR)
    judged(held, "moved")
    assert states(held, TODAY + DAY, 4) == [State.MET] * 4


def test_a_new_copy_leaves_the_others_the_moments_since_their_own_last_look(held: World, tmp_path: Path) -> None:
    """A copy whose points are thinned out is not judged anew for days that were seen; what it missed since is."""
    met_for_days(held, 5)
    edit(held, written(tmp_path, CONFIGURATION + SECOND + OTHER))
    late, held.clock.instant = held.clock.instant, held.clock.instant + DAY
    held.points = [held.clock.instant - HOUR]
    assert judged(held, "offsite", "second") is State.MET
    held.clock.instant = late + 2 * DAY
    judged(held, "offsite", "second")
    assert states(held, TODAY + DAY, 6) == [State.MET] * 4 + [State.MISSED] * 2


def test_what_no_one_looked_at_before_a_copy_was_replaced_is_not_missed(held: World, tmp_path: Path) -> None:
    met_for_days(held, 2)
    edit(held, written(tmp_path, CONFIGURATION.replace('id = "offsite"', 'id = "moved"') + OTHER))
    held.points = [held.clock.instant - HOUR]
    assert judged(held, "moved") is State.MET
    held.clock.instant += 4 * HOUR
    judged(held, "moved")
    held.clock.instant += DAY
    held.points.append(held.clock.instant - HOUR)
    judged(held, "moved")
    assert states(held, TODAY + DAY, 2) == [State.MET, State.UNPROVEN]


def test_days_without_a_look_are_not_missed_by_a_copy_that_is_new_since(held: World, tmp_path: Path) -> None:
    met_for_days(held, 2)
    edit(held, written(tmp_path, CONFIGURATION.replace('id = "offsite"', 'id = "moved"') + OTHER))
    held.clock.instant += 3 * DAY
    held.points = [held.clock.instant - HOUR]
    assert judged(held, "moved") is State.MET
    held.clock.instant += DAY
    judged(held, "moved")
    assert states(held, TODAY + DAY, 4) == [State.MET, *[State.UNPROVEN] * 3]


def planted(held: World, dates: Sequence[datetime]) -> Observation:
    """Return a look at the canaries of the newest points, planted when these were made."""
    now, subject, ids = held.clock.instant, "files/offsite", [f"p{at:%d%H%M}" for at in dates]
    newest = Fact(name="canary.newest", subject=subject, value=ids[-1], as_of=dates[-1])
    read = [Fact(name="canary.planted", subject=subject, value=id, as_of=at) for id, at in zip(ids, dates, strict=True)]
    return Observation(collector="canary", host="srv-1", subject=subject, begun=now, ended=now, facts=(newest, *read))


def test_a_canary_that_is_newly_planted_costs_no_day_seen_met(held: World, tmp_path: Path) -> None:
    met_for_days(held, 5)
    backup = 'canary = "/srv/.canary"\n[[backup.copy]]'
    edit(held, written(tmp_path, CONFIGURATION.replace("[[backup.copy]]", backup) + OTHER))
    dates: list[datetime] = []
    for _ in range(3):
        dates.append(held.clock.instant - HOUR)
        held.points.append(dates[-1])
        turn = Round(held.session)
        held.take(turn, "offsite")
        turn.take(planted(held, dates))
        assert next(one.day_state for one in turn.judge(held.session.wanted) if one.key == RPO) is State.MET
        held.clock.instant += 20 * HOUR
    assert states(held, TODAY + DAY, 5) == [State.MET] * 5


def mirrored(held: World, copy: str, *instants: datetime) -> Observation:
    """Return a look at a mirror: as of which instant it holds its source, those of looks before it first."""
    now, subject = held.clock.instant, f"files/{copy}"
    points = [Point(id=f"p{at:%d%H%M}{MIRRORED}", time=at, host="srv-1", paths=("/srv",), files=3) for at in instants]
    names = [*[ON_THE_WAY] * (len(points) - 1), "backup.point"]
    facts = (
        Fact(name=name, subject=subject, value=one, as_of=one.time) for name, one in zip(names, points, strict=True)
    )
    return Observation(
        collector="restic_snapshots", host="srv-1", subject=subject, begun=now, ended=now, facts=tuple(facts)
    )


@pytest.mark.parametrize("away", [range(30, 31), range(30, 45)])
def test_a_mirror_that_is_behind_and_back_costs_no_moment_that_another_one_held(away: range, tmp_path: Path) -> None:
    with world(tmp_path, SECOND + OTHER) as held:
        held.clock.instant += timedelta(minutes=1)
        for hour in range(60):
            turn = Round(held.session)
            turn.take(mirrored(held, "offsite", held.clock.instant - HOUR, held.clock.instant))
            if hour in away:
                held.take(turn, "second", fails=Reason.UNREACHABLE)
            else:
                turn.take(mirrored(held, "second", START - 3 * DAY))
            assert next(one.day_state for one in turn.judge(held.session.wanted) if one.key == RPO) is State.MET
            held.clock.instant += HOUR
        assert states(held, TODAY + DAY, 1) == [State.MET]


def test_a_third_copy_that_was_looked_at_since_hides_nothing_that_a_mirror_held(tmp_path: Path) -> None:
    third = SECOND.replace('"second"', '"third"').replace("elsewhere-too", "elsewhere-again")
    with world(tmp_path, SECOND + third + OTHER) as held:
        held.points = [START - 3 * DAY]
        held.clock.instant += timedelta(minutes=1)
        for hour in range(20, 46, 2):
            held.clock.instant = START + hour * HOUR
            turn, now = Round(held.session), held.clock.instant
            turn.take(mirrored(held, "offsite", now - 2 * HOUR, now))
            held.take(turn, "second", fails=Reason.UNREACHABLE if hour in (30, 32) else None)
            turn.judge(held.session.wanted)
            held.clock.instant += HOUR
            assert judged(held, "third") is State.MET
        assert states(held, TODAY + DAY, 1) == [State.MET]


@pytest.mark.parametrize(("follows", "state"), [(True, State.MET), (False, State.MISSED)])
def test_a_mirror_that_never_followed_takes_no_miss_of_another_copy_away(
    follows: bool, state: State, tmp_path: Path
) -> None:
    """The other copy's point became too old while nothing reached it, and what stood met by it is missed by its dates.

    Where the mirror followed, it held those moments.
    """
    with world(tmp_path, SECOND + OTHER) as held:
        held.points = [START - HOUR]
        held.clock.instant += timedelta(minutes=1)
        for hour in range(45):
            turn, now = Round(held.session), held.clock.instant
            turn.take(mirrored(held, "offsite", *((now - HOUR, now) if follows else (START - 3 * DAY,))))
            held.points = [START - HOUR, START + 27 * HOUR] if hour > 27 else held.points
            held.take(turn, "second", fails=Reason.UNREACHABLE if hour in range(24, 29) else None)
            turn.judge(held.session.wanted)
            held.clock.instant += HOUR
        assert states(held, TODAY + DAY, 1) == [state]


def test_a_copy_that_is_away_for_long_is_not_looked_at_for_the_first_time(tmp_path: Path) -> None:
    """Of a silence, neither its old list nor a mirror that holds one instant shows anything."""
    with world(tmp_path, SECOND + OTHER) as held:
        held.clock.instant += timedelta(minutes=1)
        held.points = [START - 3 * DAY]
        before = held.clock.instant
        for hour in [*range(0, 30, 5), *range(78, 122, 5)]:
            held.clock.instant = START + hour * HOUR + timedelta(minutes=1)
            turn = Round(held.session)
            turn.take(mirrored(held, "offsite", before, held.clock.instant))
            held.take(turn, "second", fails=Reason.UNREACHABLE if hour > 80 else None)
            turn.judge(held.session.wanted)
            before = held.clock.instant
        assert states(held, TODAY + DAY, 3) == [State.MET, State.UNPROVEN, State.UNPROVEN]


@pytest.mark.parametrize("turns", [("offsite", "second"), ("second", "offsite"), ("both",)])
def test_a_silence_is_the_same_whichever_copy_is_looked_at_first_after_it(turns: Sequence[str], tmp_path: Path) -> None:
    """A mirror that has followed meanwhile shows nothing of it, in the turn of another copy as in its own."""
    with world(tmp_path, SECOND + OTHER) as held:
        held.points = [START - 3 * DAY]
        before = START
        for hour in [*range(0, 30, 5), *range(78, 122, 5)]:
            held.clock.instant = START + hour * HOUR
            for copy in turns:
                held.clock.instant += timedelta(minutes=1)
                turn = Round(held.session)
                if copy != "second":
                    turn.take(mirrored(held, "offsite", before, held.clock.instant))
                    before = held.clock.instant
                if copy != "offsite":
                    held.take(turn, "second")
                turn.judge(held.session.wanted)
        found = states(held, TODAY, 5)
    assert found == [State.MET, State.MET, State.UNPROVEN, State.UNPROVEN, State.MET]


@pytest.mark.parametrize("turns", [("offsite", "second"), ("second", "offsite"), ("both",)])
def test_a_late_point_is_missed_beside_a_mirror_that_stands_still(turns: Sequence[str], tmp_path: Path) -> None:
    """The look at the mirror was accounted by then, or is in its turn; it holds nothing young either."""
    with world(tmp_path, SECOND + OTHER) as held:
        for hour in range(0, 55, 5):
            held.clock.instant = START + hour * HOUR
            held.points = [START, START + 29 * HOUR][: 2 if hour > 29 else 1]
            for copy in turns:
                held.clock.instant += timedelta(minutes=1)
                turn = Round(held.session)
                if copy != "second":
                    turn.take(mirrored(held, "offsite", START - 3 * HOUR))
                if copy != "offsite":
                    held.take(turn, "second")
                turn.judge(held.session.wanted)
        found = states(held, TODAY, 2)
    assert found == [State.MET, State.MISSED]


@pytest.mark.parametrize("turns", [("offsite", "second"), ("second", "offsite"), ("both",)])
@pytest.mark.parametrize(("follows", "state"), [(True, State.UNPROVEN), (False, State.MISSED)])
def test_what_no_point_shows_until_a_mirror_follows_is_not_met(
    turns: Sequence[str], follows: bool, state: State, tmp_path: Path
) -> None:
    """The list's point gets too old between its looks; what it looked like at the last one tells nothing of then."""
    with world(tmp_path, SECOND + OTHER) as held:
        known = START - 3 * HOUR
        for hour in range(0, 60, 5):
            held.clock.instant = START + hour * HOUR
            held.points = [START, START + 44 * HOUR][: 2 if hour > 44 else 1]
            holds = START + (29 + (hour - 30) // 12 * 12) * HOUR if follows and hour >= 30 else known
            for copy in turns:
                held.clock.instant += timedelta(minutes=1)
                turn = Round(held.session)
                if copy != "second":
                    turn.take(mirrored(held, "offsite", *((known, holds) if holds != known else (holds,))))
                    known = holds
                if copy != "offsite":
                    held.take(turn, "second")
                turn.judge(held.session.wanted)
        found = [held.day(TODAY + number * DAY) for number in range(2)]
    reason = Reason.NOT_RUN if follows else Reason.TOO_OLD
    assert found == [(State.MET, Reason.WITHIN_LIMIT, False), (state, reason, False)]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["look", "good", "gone", "other", "fail", "remove", "restore", "adapt", "accept", "wait", "judge"]
        ),
        st.sampled_from([HOUR, 5 * HOUR, DAY, 9 * DAY]),
    ),
    min_size=2,
    max_size=7,
)


@settings(
    max_examples=settings().max_examples // 4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_no_history_turns_a_day_seen_missed_into_another_word(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, timedelta]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    with world(folder, OTHER) as held:
        held.points = [START - 9 * DAY]
        held.clock.instant += timedelta(minutes=1)  # a look ends after the load that asked for it
        seen_missed: set[date] = set()
        there = True
        for what, wait in steps:
            there = act(held, folder, what, there=there)
            looks = there and what in ("look", "good", "gone")
            if looks and held.look(present=what != "gone").day_state is State.MISSED:
                seen_missed.add(day_of(held.clock.instant))
            held.clock.instant += wait
        held.clock.instant += 2 * DAY
        judge(held)
        for day in seen_missed:
            row = next(one for one in held.ledger.day_rows(day, day) if one.key == RPO)
            assert row.measured is State.MISSED
            if day_of(held.clock.instant) in Quarter.of(day):
                assert so_far(held, day)[0] is State.MISSED


def act(held: World, folder: Path, what: str, *, there: bool) -> bool:
    """Do one thing that people or machines do; return whether the backup is declared afterwards."""
    today = day_of(held.clock.instant)
    match what:
        case "good":
            # Made after a look of an hour ago, which did not list it: at that look it was missed by its own date.
            made = held.clock.instant - HOUR + timedelta(minutes=1)
            held.points = [*held.points, held.clock.instant - 2 * DAY, made]
        case "other":
            other_copy(held, folder)
            return True
        case "fail" if there:
            held.look(fails=Reason.UNREACHABLE)
        case "remove" | "restore":
            text = without_backup(CONFIGURATION) if what == "remove" else CONFIGURATION + OTHER
            edit(held, written(folder, text))
            return what == "restore"
        case "adapt":
            adapted(held, "90d", today - 3 * DAY)
        case "accept":
            accept(held)
        case "judge":
            judge(held)
    return there
