"""How old the newest point of a source is: each finding whole, and each reason why there is none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.facts.immutability import HIDDEN, HiddenFile
from agent.core.facts.recovery_points import OF_NO_SET, SETTLING
from agent.core.facts.wal_archive import GAP, WalGap
from agent.core.judging.counting import Series
from agent.core.judging.recency import recency
from agent.core.judging.wanted_change import DeclaredChange
from agent.core.model import DetailValue, Finding, Gap, Observation, State
from agent.core.period import day_of
from agent.core.points import Point
from agent.core.reason import Reason
from tests.checks.backups import DAY, HOUR, LIMIT, NOW, SECOND, look, point

PATH = "/srv/scota"
FRESH, OLD = point(HOUR, 1), point(30 * HOUR, 2)
DENIED = Gap(subject="files/offsite", reason=Reason.DENIED, detail="refused")


def found(
    *series: Series, seen: Observation | None = None, hosts: frozenset[str] = frozenset(), limit: timedelta = LIMIT
) -> Finding:
    """Return the finding on some series of one look."""
    return recency(
        look() if seen is None else seen, series, now=NOW, limit=limit, judge_history=True, declared_hosts=hosts
    )


def series(*counted: Point, path: str = PATH, **sets: Sequence[Point] | str) -> Series:
    """Return the points of a path."""
    return Series(path=path, counted=counted, **sets)  # type: ignore[arg-type]


def of(state: State, reason: Reason, age: timedelta | None, **about: DetailValue) -> Finding:
    """Return a finding with an age."""
    value = None if age is None else age.total_seconds()
    return Finding(
        state=state,
        reason=reason,
        value=value,
        limit=LIMIT.total_seconds(),
        unit="seconds",
        about={"copy": "files/offsite", "path": PATH, **about},
    )


def missed(reason: Reason, age: timedelta | None, **about: DetailValue) -> Finding:
    """Return the finding of what was seen and bad."""
    return of(State.MISSED, reason, age, **about)


def untold(reason: Reason, **about: DetailValue) -> Finding:
    """Return the finding that a newer point may be there."""
    return Finding(state=State.UNPROVEN, reason=reason, about={"copy": "files/offsite", "path": PATH, **about})


def test_a_recent_point_is_met_with_its_date() -> None:
    assert found(series(FRESH, OLD)) == of(State.MET, Reason.WITHIN_LIMIT, HOUR, newest=FRESH.time)
    at = point(LIMIT)
    assert found(series(at)) == of(State.MET, Reason.WITHIN_LIMIT, LIMIT, newest=at.time)
    ahead = point(-SECOND)
    assert found(series(ahead)).value == 0.0


def test_a_repository_that_is_gone_says_so_and_has_no_age() -> None:
    assert found(series(FRESH), seen=look(present=False)) == Finding(
        state=State.MISSED,
        reason=Reason.ABSENT,
        limit=LIMIT.total_seconds(),
        unit="seconds",
        about={"copy": "files/offsite", "repository": "absent"},
    )


def test_a_repository_whose_points_are_hidden_is_not_gone() -> None:
    hidden = HiddenFile(file="snapshots/aa", written=NOW - DAY)
    about: dict[str, DetailValue] = {"hidden_files": 1, "file": "snapshots/aa", "written": NOW - DAY}
    assert found(series(FRESH), seen=look(present=False, more=[(HIDDEN, hidden, NOW)])) == Finding(
        state=State.MISSED,
        reason=Reason.HIDDEN,
        limit=LIMIT.total_seconds(),
        unit="seconds",
        about={"copy": "files/offsite", **about},
    )
    assert found(series(), seen=look(more=[(HIDDEN, hidden, NOW)])) == missed(Reason.HIDDEN, None, **about)


def test_what_lies_beyond_a_segment_that_lacks_is_missed_whatever_its_age() -> None:
    gap = WalGap(missing="0000000100000000000000AB", later=3, until=NOW - HOUR)
    assert found(series(FRESH), seen=look(more=[(GAP, gap, NOW)])) == missed(
        Reason.WAL_GAP, HOUR, newest=FRESH.time, segment=gap.missing, later_segments=3
    )


def test_the_worst_path_counts_and_of_two_alike_the_older() -> None:
    late = series(OLD, path="/etc")
    assert found(series(FRESH), late).about["path"] == "/etc"
    older = series(point(40 * HOUR, 3), path="/var")
    assert found(late, older).about["path"] == "/var"
    assert found(series(FRESH), series(point(2 * HOUR, 3), path="/var")).about["path"] == "/var"
    ahead, now = series(point(-SECOND, 3)), series(point(SECOND / 2, 4), path="/var")
    assert found(ahead, now).about["path"] == "/var"
    unknown = series(path="/opt", unknown=(FRESH,))
    assert found(unknown, late).about["path"] == "/etc"
    assert found(unknown, series(FRESH)).about["path"] == "/opt"


def test_an_old_point_is_too_old_by_its_age() -> None:
    assert found(series(OLD)) == missed(Reason.TOO_OLD, 30 * HOUR, newest=OLD.time)


def test_what_would_be_recent_and_is_not_the_source_s_is_said_beside() -> None:
    at, over = point(LIMIT, 5), point(LIMIT + SECOND, 6)
    one = series(OLD, narrower=(FRESH, at, over), elsewhere=(replace(at, host="renamed"), over))
    assert found(one) == missed(Reason.TOO_OLD, 30 * HOUR, newest=OLD.time, narrower_points=2, other_host="renamed")
    assert "other_host" not in found(one, hosts=frozenset({"renamed"})).about
    assert found(series(OLD, narrower=(over,), elsewhere=(over,))).about.keys() == {"copy", "path", "newest"}


def test_no_point_at_all_is_absent_or_empty() -> None:
    assert found(series()) == missed(Reason.EMPTY, None, foreign_points=0)
    assert found(series(), seen=look(point(HOUR, host="x"), point(HOUR, 3, host="x"))) == missed(
        Reason.ABSENT, None, foreign_points=2
    )
    assert found(series(elsewhere=(replace(FRESH, host="renamed"),))) == missed(
        Reason.EMPTY, None, foreign_points=0, other_host="renamed"
    )


def test_of_a_folder_of_files_what_settles_and_what_is_of_no_set_is_said() -> None:
    assert found(series(), seen=look(more=[(SETTLING, PATH, NOW)])) == untold(Reason.ON_COURSE, settling=1)
    for value, told in ((3, 3), ("garbled", 0)):
        seen = look(more=[(OF_NO_SET, value, NOW)])
        assert found(series(), seen=seen) == missed(Reason.EMPTY, None, foreign_points=0, of_no_set=told)


def test_an_empty_point_counts_where_it_is_newer() -> None:
    assert found(series(empty=(FRESH,))) == missed(Reason.EMPTY, None, point=FRESH.id)
    assert found(series(OLD, empty=(FRESH,))) == missed(Reason.EMPTY, 30 * HOUR, newest=OLD.time, point=FRESH.id)
    for not_newer in (replace(FRESH, time=OLD.time), replace(FRESH, time=OLD.time - HOUR)):
        assert found(series(OLD, empty=(not_newer,))).reason is Reason.TOO_OLD


def test_a_point_of_the_future_says_how_far_ahead_it_is_of_the_look() -> None:
    ahead = point(-DAY, 4)
    assert found(series(ahead=(ahead,)), seen=look(ended=NOW - HOUR)) == missed(
        Reason.IN_FUTURE, None, point=ahead.id, ahead=25 * 3600.0
    )
    assert found(series(OLD, ahead=(ahead,))) == missed(
        Reason.IN_FUTURE, 30 * HOUR, newest=OLD.time, point=ahead.id, ahead=24 * 3600.0
    )


def test_a_point_that_may_be_empty_proves_nothing_where_it_is_newer() -> None:
    assert found(series(unknown=(FRESH,))) == untold(Reason.UNREADABLE, point=FRESH.id)
    assert found(series(OLD, unknown=(FRESH,)), seen=look(gaps=(DENIED,))) == untold(
        Reason.DENIED, point=FRESH.id, said="refused"
    )
    for not_newer in (replace(FRESH, time=OLD.time), replace(FRESH, time=OLD.time - HOUR)):
        assert found(series(OLD, unknown=(not_newer,))).reason is Reason.TOO_OLD


def test_a_look_that_could_not_read_all_shows_no_miss() -> None:
    assert found(series(OLD), seen=look(gaps=(DENIED,))) == untold(Reason.DENIED, said="refused")
    assert found(series(FRESH), seen=look(gaps=(DENIED,))).state is State.MET


@pytest.mark.parametrize(
    ("name", "slot", "state"),
    [("doubtful", "doubtful_points", State.UNPROVEN), ("damaged", "damaged_points", State.MISSED)],
)
def test_recent_points_that_are_damaged_or_may_be_are_counted_and_named(name: str, slot: str, state: State) -> None:
    at, over = point(LIMIT, 5), point(LIMIT + SECOND, 6)

    def hit(damage: str, *points: Point) -> Finding:
        hurt = series(OLD, damage=damage)
        return found(replace(hurt, doubtful=points) if name == "doubtful" else replace(hurt, damaged=points))

    about: dict[str, DetailValue] = {"copy": "files/offsite", "path": PATH, "point": FRESH.id, slot: 2}
    assert hit("data/aa", FRESH, at, over) == Finding(
        state=state, reason=Reason.DAMAGED, about={**about, "file": "data/aa"}
    )
    assert hit("", FRESH, at) == Finding(state=state, reason=Reason.DAMAGED, about=about)
    assert hit("data/aa", over).reason is Reason.TOO_OLD


def test_old_points_that_are_damaged_are_too_old_all_the_same() -> None:
    first, second = point(40 * HOUR, 5), point(50 * HOUR, 6)
    one = series(damaged=(second,), doubtful=(first,))
    assert found(one) == missed(Reason.TOO_OLD, 40 * HOUR, newest=first.time)


def test_snapshots_that_are_damaged_are_counted_where_there_is_no_point() -> None:
    seen = look(more=[("repository.damaged_snapshot", name, NOW) for name in ("aa", "bb")])
    assert found(series(), seen=seen) == missed(Reason.DAMAGED, None, snapshots=2)


def test_a_fall_in_the_source_s_history_is_said_beside_the_age() -> None:
    usual = [point(HOUR + day * DAY, day) for day in range(1, 8)]
    fallen = replace(FRESH, id="ee" * 32, files=10)
    assert found(series(fallen, *usual)) == missed(
        Reason.SHRUNK,
        HOUR,
        newest=fallen.time,
        point=fallen.id,
        files=10,
        usual_files=100.0,
    )
    paths = (PATH, "/etc")
    whole = [replace(one, paths=paths) for one in (fallen, *usual)]
    told = found(series(*whole), series(*whole, path="/etc"), series(FRESH, path="/opt"))
    assert (told.reason, told.about["path"]) == (Reason.SHRUNK, "/srv/scota, /etc")
    last = replace(whole[1], id="dd" * 32, time=NOW - 2 * HOUR)
    empty = series(last, *whole[1:], empty=(replace(whole[0], files=0),))
    emptied = found(empty, replace(empty, path="/etc"))
    assert (emptied.reason, emptied.about["path"]) == (Reason.EMPTY, PATH)
    meant = DeclaredChange(on=day_of(fallen.time), author="RSSI")
    wanted = recency(look(), [series(fallen, *usual)], now=NOW, limit=LIMIT, judge_history=True, change=meant)
    assert wanted.state is State.MET
    plain = recency(look(), [series(fallen, *usual)], now=NOW, limit=LIMIT, judge_history=False)
    assert plain.state is State.MET
