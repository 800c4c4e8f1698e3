"""Turns over days: what is judged, what a day comes to, and what a look after a silence shows of the days before it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.accounting.expectation import Days
from agent.config.load import load
from agent.core.model import Fact, Failure, Key, Observation, State, Verdict
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation.registry import find
from agent.evaluation.round import Round
from agent.evaluation.session import Session
from agent.evaluation.tasks import TaskContext
from agent.hosts.local import LocalHost
from agent.ledger.append import RECENT_ROWS
from agent.ledger.ledger import Ledger
from tests.parts.held_clock import HeldClock

RPO = Key(target="backup-rpo", subject="files", beneficiary="scota")
START = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

CONFIGURATION = """
[agent]
state_directory = "{state}"
[[beneficiary]]
id = "scota"
name = "SCOTA"
[[host]]
id = "srv-1"
transport = "local"
site = "arras"
collect = []
[[backup]]
id = "files"
host = "srv-1"
snapshot_host = "srv-1"
paths = ["/srv"]
[[backup.copy]]
id = "offsite"
repository = "/elsewhere"
password_file = "password"
site = "cambrai"
country = "FR"
"""


@dataclass(slots=True)
class World:
    """A configuration, its ledger, and a clock that the test moves."""

    session: Session
    ledger: Ledger
    clock: HeldClock
    points: list[datetime]

    def look(self, *, fails: Reason | None = None, present: bool = True) -> Verdict:
        """Take one look at the copy, as it stands now, and judge."""
        turn = Round(self.session)
        self.take(turn, "offsite", fails=fails, present=present)
        return next(verdict for verdict in turn.judge(self.session.wanted) if verdict.key == RPO)

    def take(self, turn: Round, copy: str, *, fails: Reason | None = None, present: bool = True) -> None:
        """Take one look at a copy, as it stands now."""
        now, subject = self.clock.instant, f"files/{copy}"
        if fails is not None:
            turn.take(
                Failure(
                    collector="restic_snapshots",
                    host="srv-1",
                    subject=subject,
                    begun=now,
                    ended=now,
                    reason=fails,
                    detail="no route",
                )
            )
        else:
            made = [Point(id=f"p{at:%d%H%M}", time=at, host="srv-1", paths=("/srv",), files=3) for at in self.points]
            turn.take(listing(made if present else (), now, subject, present=present))

    def day(self, day: date) -> tuple[State, Reason, bool] | None:
        """Return the result of a day, as it stands now."""
        rows = [row for row in self.ledger.day_rows(day, day) if row.key == RPO]
        return (rows[0].measured, rows[0].reason, rows[0].late) if rows else None


def listing(
    points: Sequence[Point], now: datetime, subject: str = "files/offsite", *, present: bool = True
) -> Observation:
    """Return a look at a copy that lists some points; `present`: whether its repository is there."""
    there = Fact(name="repository.present", subject=subject, value=present, as_of=now)
    listed = [Fact(name="backup.point", subject=subject, value=point, as_of=point.time) for point in points]
    return Observation(
        collector="restic_snapshots", host="srv-1", subject=subject, begun=now, ended=now, facts=(there, *listed)
    )


@contextmanager
def world(folder: Path, more: str = "", of_backup: str = "", *, begins: datetime = START) -> Iterator[World]:
    path = folder / "beffroi.toml"
    (folder / "password").touch(mode=0o600)
    written = CONFIGURATION.replace("[[backup.copy]]", f"{of_backup}\n[[backup.copy]]")
    path.write_text(written.format(state=folder / "state") + more)
    configuration = load(path, strict=False)
    clock = HeldClock(begins)
    here = LocalHost("srv-1")
    with Ledger.open(folder / "state", clock=clock) as ledger:
        context = TaskContext(
            here=here,
            host=lambda id: here,
            clock=clock,
            folder=folder,
            timeout=timedelta(seconds=60),
            previous=lambda collector, subject: None,
        )
        session = Session(
            configuration=configuration,
            registry=find(),
            ledger=ledger,
            not_kept=None,
            context=context,
            rest=lambda: None,
            close=lambda: None,
            clock=clock,
        )
        declared = {one.key: Days(starts=one.starts, ends=one.ends) for one in session.wanted}
        ledger.keep_load(configuration.digest, declared, configuration.targets)
        yield World(session=session, ledger=ledger, clock=clock, points=[begins - HOUR])


@pytest.fixture
def held(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def live(held: World, until: datetime, *, backups: bool = True, step: timedelta = timedelta(hours=3)) -> None:
    """Let time pass with a look every step, and a point each day at 04:00 UTC where backups run."""
    while held.clock.instant < until:
        held.clock.instant += step
        four = held.clock.instant.replace(hour=4, minute=0)
        if backups and four <= held.clock.instant and four > held.points[-1]:
            held.points.append(four)
        held.look()


def test_a_day_of_fresh_points_and_looks_is_met_and_said_once(held: World) -> None:
    held.look()
    live(held, START + 2 * DAY)
    assert held.day(date(2026, 11, 3)) == (State.MET, Reason.WITHIN_LIMIT, False)


def test_a_day_in_which_no_point_came_is_missed_though_every_look_succeeded(held: World) -> None:
    held.look()
    live(held, START + 3 * DAY, backups=False)
    assert held.day(date(2026, 11, 2)) == (State.MET, Reason.WITHIN_LIMIT, False)
    assert held.day(date(2026, 11, 3)) == (State.MISSED, Reason.TOO_OLD, False)


def test_the_run_allowance_spares_the_day_and_not_the_verdict_of_the_moment(held: World) -> None:
    held.look()
    held.clock.instant = START + 24 * HOUR
    verdict = held.look()
    assert (verdict.state, verdict.day_state) == (State.MISSED, State.MET)


def test_the_run_allowance_spares_the_day_of_a_copy_as_well(held: World) -> None:
    """Otherwise every nightly copy is missed each day, from the limit on until the next point is made and listed."""
    copy = Key(target="backup-offsite", subject="files/offsite", beneficiary="scota")
    sound = Observation(
        collector="restic_check", host="srv-1", subject=copy.subject, begun=START, ended=START,
        facts=tuple(
            Fact(name=f"verify.{name}", subject=copy.subject, value="read", as_of=START) for name in ("sound", "whole")
        ),
    )  # fmt: skip
    states = []
    for hours in (23.5, 24.9, 25.1):  # since the look that is an hour younger than the newest point
        held.clock.instant = START + hours * HOUR
        turn = Round(held.session)
        turn.take(sound)
        held.take(turn, "offsite")
        (verdict,) = (one for one in turn.judge(held.session.wanted) if one.key == copy)
        states.append((verdict.state, verdict.day_state))
    assert states == [(State.MISSED, State.MET), (State.MISSED, State.MET), (State.MISSED, State.MISSED)]


def test_days_of_silence_are_unproven_and_late_evidence_settles_them_by_an_added_row(held: World) -> None:
    held.look()
    live(held, START + DAY)
    held.points += [datetime(2026, 11, day, 4, tzinfo=UTC) for day in (4, 5, 6)]
    held.clock.instant = datetime(2026, 11, 6, 6, tzinfo=UTC)
    held.look()
    assert held.day(date(2026, 11, 4)) == (State.MET, Reason.WITHIN_LIMIT, True)
    assert held.day(date(2026, 11, 5)) == (State.MET, Reason.WITHIN_LIMIT, True)


def test_late_evidence_also_shows_that_a_silent_day_was_missed(held: World) -> None:
    held.look()
    live(held, START + DAY)
    held.points.append(datetime(2026, 11, 6, 4, tzinfo=UTC))
    held.clock.instant = datetime(2026, 11, 6, 6, tzinfo=UTC)
    held.look()
    assert held.day(date(2026, 11, 5)) == (State.MISSED, Reason.TOO_OLD, True)


def test_evidence_that_comes_more_than_seven_days_late_changes_nothing(held: World) -> None:
    held.look()
    live(held, START + DAY)
    held.points += [datetime(2026, 11, day, 4, tzinfo=UTC) for day in range(4, 21)]
    held.clock.instant = datetime(2026, 11, 20, 6, tzinfo=UTC)
    held.look()
    assert held.day(date(2026, 11, 19)) == (State.MET, Reason.WITHIN_LIMIT, True)
    before = held.day(date(2026, 11, 8))
    assert before is None or before[0] is State.UNPROVEN


def test_a_look_that_fails_while_the_evidence_is_fresh_costs_the_moment_and_not_the_day(held: World) -> None:
    held.look()
    live(held, datetime(2026, 11, 3, 12, tzinfo=UTC))
    held.clock.instant += timedelta(minutes=15)
    assert held.look(fails=Reason.UNREACHABLE).state is State.UNPROVEN
    live(held, datetime(2026, 11, 4, 6, tzinfo=UTC))
    assert held.day(date(2026, 11, 3)) == (State.MET, Reason.WITHIN_LIMIT, False)


def test_a_host_that_stays_silent_past_the_evidence_s_age_makes_the_day_unproven(held: World) -> None:
    held.look()
    live(held, datetime(2026, 11, 3, 6, tzinfo=UTC))
    while held.clock.instant < datetime(2026, 11, 4, 1, tzinfo=UTC):
        held.clock.instant += HOUR
        held.look(fails=Reason.UNREACHABLE)
    row = held.day(date(2026, 11, 3))
    assert row is not None
    assert row[0] is State.UNPROVEN


@pytest.mark.parametrize(
    ("made", "state", "reason"), [(True, State.MET, Reason.WITHIN_LIMIT), (False, State.MISSED, Reason.TOO_OLD)]
)
def test_points_tell_of_the_days_on_which_every_look_failed(
    held: World, made: bool, state: State, reason: Reason
) -> None:
    held.look()
    live(held, datetime(2026, 11, 3, 6, tzinfo=UTC))
    while held.clock.instant < datetime(2026, 11, 5, 6, tzinfo=UTC):
        held.clock.instant += HOUR
        held.look(fails=Reason.UNREACHABLE)
    unproven = held.day(date(2026, 11, 4))
    assert unproven is not None
    assert unproven[0] is State.UNPROVEN
    held.points += [datetime(2026, 11, day, 4, tzinfo=UTC) for day in ((4, 5) if made else (5,))]
    held.look()
    assert held.day(date(2026, 11, 4)) == (state, reason, True)


def test_a_repository_that_was_gone_for_one_look_makes_the_day_missed_though_the_next_look_finds_it(
    held: World,
) -> None:
    held.look()
    live(held, datetime(2026, 11, 3, 12, tzinfo=UTC))
    held.clock.instant += HOUR
    gone = held.look(present=False)
    assert (gone.state, gone.reason) == (State.MISSED, Reason.ABSENT)
    live(held, datetime(2026, 11, 4, 6, tzinfo=UTC))
    assert held.day(date(2026, 11, 3)) == (State.MISSED, Reason.ABSENT, False)


def test_a_good_day_is_not_closed_before_the_look_that_could_show_it_missed(held: World) -> None:
    held.look()
    held.points.append(datetime(2026, 11, 3, 4, tzinfo=UTC))
    held.clock.instant = datetime(2026, 11, 3, 20, tzinfo=UTC)
    held.look()
    held.clock.instant = datetime(2026, 11, 5, 12, tzinfo=UTC)
    held.look()
    assert held.day(date(2026, 11, 4)) == (State.MISSED, Reason.TOO_OLD, True)


def test_one_verification_ahead_of_now_proves_nothing_once_it_is_forgiven(held: World) -> None:
    key = Key(target="backup-offsite", subject="files/offsite", beneficiary="scota")
    held.clock.instant = ahead = START + 200 * DAY
    verification = Observation(
        collector="restic_check", host="srv-1", subject=key.subject, begun=ahead, ended=ahead,
        facts=tuple(
            Fact(name=f"verify.{name}", subject=key.subject, value="hashed", as_of=ahead) for name in ("sound", "whole")
        ),
    )  # fmt: skip
    held.ledger.keep_readings([verification])
    held.clock.instant = START
    failed = Failure(
        collector="restic_check", host="srv-1", subject=key.subject, begun=START, ended=START,
        reason=Reason.UNREACHABLE, detail="no route",
    )  # fmt: skip
    held.ledger.keep_readings([replace(failed, subject=f"other/{number}") for number in range(RECENT_ROWS)])
    for later in (0, 8, 150, 201):
        held.clock.instant = START + later * DAY
        held.points = [held.clock.instant - HOUR]
        again = replace(failed, begun=held.clock.instant, ended=held.clock.instant)
        for fails in (None, again) if later < 200 else (again,):
            turn = Round(held.session)
            assert turn.clock_doubt is None
            held.take(turn, "offsite")
            turn.take(*(() if fails is None else (fails,)))
            verdict = next(one for one in turn.judge(held.session.wanted) if one.key == key)
            assert (verdict.state, verdict.reason) == (State.UNPROVEN, Reason.CLOCK_DOUBTFUL)


def test_a_clock_that_stands_before_the_newest_row_is_not_believed(held: World) -> None:
    held.look()
    held.clock.instant = START - 10 * HOUR
    held.points = [START - 30 * HOUR]
    verdict = held.look()
    assert (verdict.state, verdict.reason) == (State.UNPROVEN, Reason.CLOCK_DOUBTFUL)
    # The way out stands beside it.
    assert "2026-11-02T05:00:00+00:00" in str(verdict.about["said"])
    assert "set the clock" in str(verdict.about["said"])


def test_every_expected_subject_has_a_row_for_each_day_from_the_first_load_on(held: World) -> None:
    held.look()
    live(held, START + 2 * DAY)
    rows = held.ledger.day_rows(date(2026, 11, 2), date(2026, 11, 3))
    assert {row.key for row in rows} == {one.key for one in held.session.wanted}
    assert len(rows) == 2 * len(held.session.wanted)


def test_a_copy_is_held_to_the_recovery_point_objective_where_that_one_is_stricter(tmp_path: Path) -> None:
    with world(tmp_path, '[targets.backup-rpo]\nlimit = "12h"\n') as held:
        held.clock.instant = START + 13 * HOUR
        held.look()
        verdicts = {verdict.key: verdict for verdict in held.ledger.standing()}
    copy = verdicts[RPO._replace(target="backup-offsite", subject="files/offsite")]
    assert (copy.reason, copy.limit) == (Reason.TOO_OLD, 12 * 3600.0)


def test_a_look_that_was_kept_and_never_judged_hides_no_missed_moment(held: World) -> None:
    held.points = [START - HOUR]
    held.clock.instant = START + 22 * HOUR
    held.look()
    held.points.append(START + 27 * HOUR)
    held.clock.instant = START + 27.5 * HOUR
    held.take(Round(held.session), "offsite")
    held.clock.instant = START + 28 * HOUR
    held.look()
    held.clock.instant = START + DAY + 21 * HOUR
    held.look()
    live(held, START + 2 * DAY)
    assert held.day(date(2026, 11, 3)) == (State.MISSED, Reason.TOO_OLD, False)


def test_a_look_that_was_kept_and_judged_later_tells_of_the_silence_before_it(held: World) -> None:
    live(held, START + HOUR)
    held.clock.instant = START + 3 * DAY
    held.points += [START + day * DAY - HOUR for day in range(1, 4)]
    held.take(Round(held.session), "offsite")
    held.clock.instant += timedelta(seconds=20)
    Round(held.session).judge(held.session.wanted)
    held.clock.instant += HOUR
    held.look()
    assert held.day(date(2026, 11, 3)) == (State.MET, Reason.WITHIN_LIMIT, True)
