"""A fall and an encryption stand until the level is back or someone says that they were wanted, whatever is pruned."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from agent.core.judging.anomaly_record import Anomaly, anomalies_in, remembered, standing
from agent.core.judging.counting import counted_points
from agent.core.judging.wanted_change import DeclaredChange
from agent.core.measures import ByteCount
from agent.core.model import Detail, Fact, Observation
from agent.core.points import Point
from agent.core.reason import Reason
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, look

MB = 1_000_000
USUAL = Point(
    id="00" * 32,
    time=NOW,
    host="srv-1",
    paths=("/srv/scota",),
    files=30,
    bytes=90 * MB,
    added_bytes=3 * MB,
    packed_bytes=MB,
    files_new=1,
    files_changed=2,
)
POOR = replace(USUAL, files=1, bytes=10, added_bytes=500, packed_bytes=400, files_new=0, files_changed=1)
STILL = replace(USUAL, added_bytes=0, packed_bytes=0, files_new=0, files_changed=0)
ENCRYPTED = replace(USUAL, files_changed=30, added_bytes=90 * MB, packed_bytes=90 * MB)


def nights(*kinds: tuple[int, Point]) -> list[Point]:
    """Return a point a night, oldest first, so many of each kind."""
    made = [kind for count, kind in kinds for _ in range(count)]
    return [replace(kind, id=f"{night:064x}", time=NOW + night * DAY - 9 * HOUR) for night, kind in enumerate(made)]


def looks(points: Sequence[Point], keep: int, *, every: int = 1) -> Iterable[Observation]:
    """Yield a look a night at points of which the last ones are kept, as the collector remembers from look to look."""
    previous: Observation | None = None
    for night in range(0, len(points), every):
        seen = look(*points[max(0, night + 1 - keep) : night + 1], ended=NOW + night * DAY)
        kept = list(remembered(BACKUP, seen, previous))
        previous = replace(seen, facts=(*seen.facts, *kept))
        yield previous


def told(seen: Observation, change: DeclaredChange | None = None) -> tuple[Reason | None, Detail]:
    """Return what a look says of the newest point: a reason, and the figures that say so or are told beside."""
    (one,) = counted_points(BACKUP, seen)
    found = standing(one, seen, seen.ended, change)
    return (None, found.beside) if found.suspicion is None else (found.suspicion.reason, found.suspicion.about)


def reasons(points: Sequence[Point], keep: int, *, every: int = 1) -> list[Reason | None]:
    """Return what is said each night."""
    return [told(seen)[0] for seen in looks(points, keep, every=every)]


@pytest.mark.parametrize("every", [1, 3])
def test_a_lost_mount_stays_shrunk_when_the_good_points_are_pruned(every: int) -> None:
    found = reasons(nights((15, USUAL), (30, POOR)), keep=14, every=every)
    fall = 15 if every == 1 else 5
    assert found == [None] * fall + [Reason.SHRUNK] * (len(found) - fall)


def test_a_lost_mount_of_a_young_source_stays_shrunk_until_its_files_are_back() -> None:
    found = reasons(nights((2, USUAL), (9, POOR), (2, USUAL)), keep=3)
    assert found == [None] * 2 + [Reason.SHRUNK] * 9 + [None] * 2


def test_the_level_before_the_fall_is_told_long_after() -> None:
    *_, last = looks(nights((15, USUAL), (30, POOR)), keep=14)
    reason, about = told(last)
    assert reason is Reason.SHRUNK
    assert (about["files"], about["usual_files"], about["since"]) == (1, 30.0, (NOW + 15 * DAY - 9 * HOUR))


def test_a_fall_is_over_when_the_level_is_back() -> None:
    back = nights((15, USUAL), (20, POOR), (3, USUAL))
    assert reasons(back, keep=14)[-4:] == [Reason.SHRUNK, None, None, None]
    partly = nights((15, USUAL), (20, POOR), (3, replace(USUAL, files=20, bytes=60 * MB)))
    assert reasons(partly, keep=14)[-1] is Reason.SHRUNK


def test_a_third_gone_at_once_stands_as_well() -> None:
    assert reasons(nights((15, USUAL), (20, replace(USUAL, files=20, files_new=0))), keep=14)[-1] is Reason.SHRUNK


@pytest.mark.parametrize("path", ["/srv/scota/", "/srv", "/srv/scota/letters"])
def test_a_fall_is_not_forgotten_when_the_path_is_declared_otherwise(path: str) -> None:
    points = [replace(one, paths=(path,)) for one in nights((15, USUAL), (5, POOR))]
    *_, before = looks(nights((15, USUAL), (5, POOR)), keep=14)
    edited = replace(BACKUP, paths=(path,))
    (one,) = counted_points(edited, look(points[-1], ended=before.ended))
    assert standing(one, before, NOW + 19 * DAY, None).suspicion is not None
    after = look(points[-1], ended=before.ended + HOUR)
    (kept,) = remembered(edited, after, before)
    (found,) = anomalies_in(replace(after, facts=(*after.facts, kept)))
    assert (found.path, found.reason) == (path, Reason.SHRUNK)
    assert list(remembered(replace(BACKUP, paths=("/home",)), after, before)) == []


def test_encryption_stands_until_somebody_says_that_it_was_wanted() -> None:
    points = nights((15, USUAL), (1, ENCRYPTED), (20, USUAL))
    *_, last = looks(points, keep=14)
    assert told(last)[0] is Reason.CONTENT_CHANGED
    reason, beside = told(last, DeclaredChange(on=(NOW + 15 * DAY).date(), author="RSSI"))
    assert (reason, beside["change_by"]) == (None, "RSSI")


def cleaned() -> list[Observation]:
    """Return the looks at a source whose files were archived on the tenth day of a hundred, all points kept."""
    return list(looks(nights((60, USUAL), (40, replace(POOR, files=12, bytes=30 * MB))), keep=400))


def test_a_wanted_reduction_is_settled_by_its_entry_at_once() -> None:
    for seen in cleaned()[60:]:
        assert told(seen)[0] is Reason.SHRUNK
        reason, beside = told(seen, DeclaredChange(on=(NOW + 60 * DAY).date(), author="RSSI"))
        assert reason is None
        assert beside == {"change_on": (NOW + 60 * DAY).date(), "change_by": "RSSI"}


def test_an_entry_of_before_the_fall_excuses_nothing() -> None:
    assert told(cleaned()[-1], DeclaredChange(on=(NOW + 50 * DAY).date(), author="RSSI"))[0] is Reason.SHRUNK


@pytest.mark.parametrize("later", [3, 20])
def test_a_second_fall_after_a_wanted_one_is_told(later: int) -> None:
    archived = replace(POOR, files=12, bytes=30 * MB)
    *_, last = looks(nights((20, USUAL), (later, archived), (20, POOR)), keep=14)
    change = DeclaredChange(on=(NOW + 20 * DAY).date(), author="RSSI")
    assert told(last, change)[0] is Reason.SHRUNK


def test_a_standstill_is_told_beside_on_each_of_its_days() -> None:
    seen = list(looks(nights((14, USUAL), (80, STILL), (1, USUAL)), keep=14))
    found = [told(one)[1].get("unchanged_age") for one in seen]
    begins = next(night for night, age in enumerate(found) if age)
    assert begins == 14 + 6
    assert found[begins:-1] == [float((night - 13) * 86400) for night in range(begins, 94)]
    assert found[-1] is None


def test_the_first_look_at_an_old_repository_tells_no_fall_of_long_ago() -> None:
    seen = look(*nights((20, USUAL), (40, POOR)), ended=NOW + 60 * DAY)
    assert list(remembered(BACKUP, seen, None)) == []


def test_a_repository_away_for_a_night_forgets_nothing() -> None:
    *_, last = looks(nights((15, USUAL), (10, POOR)), keep=14)
    empty = look(ended=last.ended + DAY)
    away = replace(empty, facts=(*empty.facts, *remembered(BACKUP, empty, last)))
    assert [one.reason for one in anomalies_in(away)] == [Reason.SHRUNK]


def test_the_word_on_a_change_reaches_the_next_day_and_no_further() -> None:
    change = DeclaredChange(on=date(2026, 11, 24), author="RSSI")
    assert change.covers_until - change.levelled_from == timedelta(days=1)


def test_an_encryption_between_two_looks_is_remembered() -> None:
    """Three points came since the last look, and the newest one looks as usual."""
    found = reasons(nights((16, USUAL), (1, ENCRYPTED), (8, USUAL)), keep=14, every=3)
    assert found == [None] * 6 + [Reason.CONTENT_CHANGED] * 3


def test_the_point_that_began_it_is_named_and_what_is_held_today() -> None:
    *_, before, last = looks(nights((15, USUAL), (1, POOR), (1, replace(POOR, files=2))), keep=14)
    began = f"{15:064x}"
    since = NOW + 15 * DAY - 9 * HOUR
    assert told(before) == (
        Reason.SHRUNK,
        {"files": 1, "usual_files": 30.0, "point": began, "since": since},
    )
    assert told(last) == (Reason.SHRUNK, {"files": 2, "usual_files": 30.0, "point": began, "since": since})


def test_a_fall_of_bytes_alone_says_nothing_of_files() -> None:
    thin = replace(USUAL, bytes=10)
    *_, last = looks(nights((15, USUAL), (2, thin)), keep=14)
    _, about = told(last)
    assert (about["bytes"], about["usual_bytes"], "files" in about) == (10, 90.0 * MB, False)
    *_, last = looks(nights((15, USUAL), (1, thin), (1, replace(thin, bytes=None))), keep=14)
    assert told(last)[1]["bytes"] == 10


def test_a_standstill_is_remembered_once() -> None:
    *_, last = looks(nights((20, USUAL), (20, STILL)), keep=30)
    assert [one.reason for one in anomalies_in(last)] == [Reason.UNCHANGED]


def test_a_fall_is_found_where_only_seven_points_are_kept() -> None:
    points = nights((7, USUAL), (1, POOR))
    listing = look(*points[1:], ended=NOW + 7 * DAY)
    (young,) = anomalies_in(replace(listing, facts=tuple(remembered(BACKUP, listing, None))))
    assert young.about == {"files": 1, "files_before": 30, "point": points[7].id}
    gone = Fact(name="backup.point.gone", subject="files/offsite", value=points[0], as_of=listing.ended)
    (fact,) = remembered(BACKUP, replace(listing, facts=(*listing.facts, gone)), None)
    assert fact == Fact(
        name="backup.anomaly",
        subject="files/offsite",
        value=Anomaly(
            path="/srv/scota",
            at=points[7].time,
            point=points[7].id,
            reason=Reason.SHRUNK,
            about={"files": 1, "point": points[7].id, "usual_files": 30.0},
        ),
        as_of=points[7].time,
    )


def test_an_anomaly_of_a_path_with_accents_names_it_as_it_is() -> None:
    backup = replace(BACKUP, paths=("/srv/é",))
    points = [replace(one, paths=("/srv/é",)) for one in nights((8, USUAL), (1, POOR))]
    (fact,) = remembered(backup, look(*points, ended=NOW + 8 * DAY), None)
    assert isinstance(fact.value, Anomaly)
    assert fact.value.path == "/srv/é"


def test_a_second_fall_is_held_to_the_first_one_alone() -> None:
    less = replace(USUAL, files=14, bytes=40 * MB)
    *_, last = looks(nights((15, USUAL), (1, less), (1, POOR)), keep=14)
    first, second = anomalies_in(last)
    assert (first.about["files"], first.about["usual_files"]) == (1, 14.0)
    assert (second.about["files"], second.about["usual_files"]) == (14, 30.0)


@pytest.mark.parametrize(("files", "over"), [(215, False), (700, False), (701, True)])
@pytest.mark.parametrize("figure", ["files", "bytes"])
def test_a_young_fall_is_not_over_by_what_the_first_trial_held(figure: str, files: int, over: bool) -> None:
    numbers = (300, 1000, 1000, 140, files)
    held = [replace(USUAL, files=one) if figure == "files" else replace(USUAL, bytes=one) for one in numbers]
    *_, fallen, last = looks(nights(*((1, one) for one in held)), keep=14)
    assert told(fallen)[0] is Reason.SHRUNK
    assert (told(last)[0] is None) is over


@pytest.mark.parametrize(("files", "over"), [(21, False), (22, True)])
def test_a_fall_is_over_where_more_than_seven_tenths_are_back(files: int, over: bool) -> None:
    back = replace(USUAL, files=files)
    *_, last = looks(nights((15, USUAL), (1, POOR), (1, back)), keep=14)
    assert (told(last)[0] is None) is over


def remembering(points: Sequence[Point], *anomalies: tuple[Reason, datetime]) -> Observation:
    """Return a list of points that remembers anomalies of some instants."""
    seen = look(*points, ended=points[-1].time + HOUR)
    facts = [
        Fact(
            name="backup.anomaly",
            subject=seen.subject,
            value=Anomaly(path="/srv/scota", at=at, point="ab" * 32, reason=reason, about={"bytes": 1, "files": 1}),
            as_of=at,
        )
        for reason, at in anomalies
    ]
    return replace(seen, facts=(*seen.facts, *facts))


CHANGE = DeclaredChange(on=date(2026, 11, 30), author="RSSI")
SECOND = timedelta(seconds=1)


def test_an_anomaly_is_wanted_up_to_the_end_of_the_day_after_the_change() -> None:
    points = nights((9, USUAL))
    for late, reason in ((timedelta(0), None), (SECOND, Reason.SHRUNK)):
        seen = remembering(points, (Reason.SHRUNK, CHANGE.covers_until + late))
        found, about = told(seen, CHANGE)
        assert (found, about.get("change_by")) == (reason, None if reason else "RSSI")


def test_a_change_that_settles_nothing_is_not_told() -> None:
    assert told(remembering(nights((9, USUAL))), CHANGE) == (None, {})


def test_the_newest_point_is_judged_before_any_look_remembers_it() -> None:
    assert told(remembering(nights((9, USUAL), (1, POOR))))[0] is Reason.SHRUNK


def test_a_standstill_of_before_a_wanted_change_is_not_told() -> None:
    for late, told_of in ((timedelta(0), False), (SECOND, True)):
        seen = remembering(nights((9, USUAL)), (Reason.UNCHANGED, CHANGE.levelled_from + late))
        assert ("unchanged_age" in told(seen, CHANGE)[1]) is told_of


def test_a_standstill_needs_a_lively_source_since_the_wanted_change() -> None:
    seen = remembering(nights((11, USUAL), (9, STILL)))
    assert "unchanged_age" in told(seen)[1]
    assert told(seen, CHANGE) == (None, {})


def test_what_is_held_today_is_told_as_bytes_and_as_a_number_of_files() -> None:
    _, about = told(remembering(nights((9, USUAL)), (Reason.SHRUNK, NOW)))
    assert (about["bytes"], type(about["bytes"])) == (90 * MB, ByteCount)
    assert (about["files"], type(about["files"])) == (30, int)


def test_a_point_is_judged_by_the_look_that_first_saw_it_and_not_anew() -> None:
    *earlier, attacked, last = nights((8, USUAL), (1, ENCRYPTED), (1, USUAL))
    before = look(attacked, ended=NOW + 8 * DAY)
    assert list(remembered(BACKUP, before, None)) == []
    after = look(*earlier, attacked, last, ended=NOW + 9 * DAY)
    assert list(remembered(BACKUP, after, before)) == []
    (kept,) = remembered(BACKUP, after, look(*earlier, ended=NOW + 7 * DAY))
    assert isinstance(kept.value, Anomaly) and kept.value.point == attacked.id
