"""backup-lifecycle: no copy keeps a recovery point beyond the retention fixed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.inventory import Backup, Inventory
from agent.core.judging.sighting import SIGHTED, made_by, sightings
from agent.core.model import Finding, Gap, Observation, State
from agent.core.points import Point
from agent.core.reason import Reason
from checks.backup_lifecycle import CHECK
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, OFFSITE, ONSITE, judged, look, point, question

KEPT = replace(BACKUP, retention=400 * DAY, copies=(OFFSITE, ONSITE))


def found(seen: Observation, backup: Backup = KEPT) -> list[Finding]:
    """Return the findings on one look at a copy's points."""
    return list(judged(CHECK, question(backup, "backup-lifecycle", backup), seen))


def told(seen: Observation) -> list[tuple[State, Reason]]:
    """Return state and reason of each finding."""
    return [(one.state, one.reason) for one in found(seen)]


def test_without_a_retention_nothing_is_in_order_and_nothing_is_looked_at() -> None:
    asked = question(BACKUP, "backup-lifecycle")
    assert CHECK.needs(asked) == ()
    assert [(one.state, one.reason, one.about) for one in CHECK.declared(asked)] == [
        (State.UNPROVEN, Reason.NOT_DECLARED, {"key": "retention"})
    ]


def test_every_copy_is_asked_the_near_one_too() -> None:
    asked = question(KEPT, "backup-lifecycle", KEPT)
    assert [need.subject for need in CHECK.needs(asked)] == ["files/offsite", "files/near"]
    assert not CHECK.best
    assert list(CHECK.declared(asked)) == []


@pytest.mark.parametrize(
    ("oldest", "state", "reason"),
    [
        (400 * DAY, State.MET, Reason.WITHIN_LIMIT),
        (401 * DAY, State.MET, Reason.WITHIN_LIMIT),
        (401 * DAY + timedelta(seconds=1), State.MISSED, Reason.RETENTION_EXCEEDED),
    ],
)
def test_the_oldest_point_is_held_to_the_retention_and_a_day_for_pruning(
    oldest: timedelta, state: State, reason: Reason
) -> None:
    (one,) = found(look(point(HOUR), point(oldest, 1)))
    assert (one.state, one.reason) == (state, reason)
    assert (one.value, one.limit) == (oldest.total_seconds(), (400 * DAY).total_seconds())


def test_a_point_without_files_and_one_that_can_no_longer_be_read_are_kept_too() -> None:
    assert told(look(point(HOUR), point(500 * DAY, 1, files=0))) == [(State.MISSED, Reason.RETENTION_EXCEEDED)]
    unread = [("backup.point.unread", point(500 * DAY, 1), NOW)]
    assert told(look(point(HOUR), more=unread)) == [(State.MISSED, Reason.RETENTION_EXCEEDED)]


def test_what_a_mirror_keeps_and_its_source_deleted_is_data_too() -> None:
    left = [("backup.point.left", point(500 * DAY, 1), NOW)]
    assert told(look(point(HOUR), more=left)) == [(State.MISSED, Reason.RETENTION_EXCEEDED)]
    young = [("backup.point.left", point(DAY, 1), NOW)]
    assert told(look(point(HOUR), more=young)) == [(State.MET, Reason.WITHIN_LIMIT)]


def rewritten(previous: Observation, *points: Point) -> Observation:
    """Return a look at some points that remembers what the look before showed of them."""
    kept = sightings(points, previous, "files/offsite")
    return look(*points, more=[(one.name, one.value, one.as_of) for one in kept])


@pytest.mark.parametrize("unread", [False, True], ids=["listed", "unread"])
def test_expired_data_under_a_new_date_are_as_old_as_they_were(unread: bool) -> None:
    old = point(450 * DAY, 1)
    anew = replace(point(30 * DAY, 2), original=old.id)
    seen = rewritten(look(old), anew)
    if unread:
        kept = [(one.name, one.value, one.as_of) for one in seen.facts if one.name == SIGHTED]
        seen = look(more=[*kept, ("backup.point.unread", anew, NOW)])
    (one,) = found(seen)
    assert (one.state, one.reason) == (State.MISSED, Reason.RETENTION_EXCEEDED)
    assert one.value == (450 * DAY).total_seconds()


@pytest.mark.parametrize("date", [450 * DAY, 30 * DAY, 500 * DAY], ids=["kept", "later", "earlier"])
def test_expired_data_under_another_machines_name_stay_the_backups(date: timedelta) -> None:
    old, nightly = point(450 * DAY, 1), point(HOUR, 9)
    moved = replace(point(date, 2, host="old"), original=old.id)
    first = rewritten(look(old, nightly), moved, nightly)
    assert told(first) == [(State.MISSED, Reason.RETENTION_EXCEEDED)]
    tagged = replace(moved, id="03" * 32)
    assert told(rewritten(first, tagged, nightly)) == [(State.MISSED, Reason.RETENTION_EXCEEDED)]


def test_the_very_first_look_knows_whose_a_renamed_point_is() -> None:
    old, nightly = point(450 * DAY, 1), point(HOUR, 9)
    moved = replace(point(450 * DAY, 2, host="old"), original=old.id)
    seen = replace(look(), facts=tuple(sightings((moved, old, nightly), None, "files/offsite")))
    assert made_by(seen) == {moved.id: "srv-1"}


MET, UNOWNED = (State.MET, Reason.WITHIN_LIMIT), (State.UNPROVEN, Reason.NOT_DECLARED)


def test_what_others_keep_is_not_this_backups() -> None:
    seen = look(point(HOUR), point(500 * DAY, 1, host="elsewhere"))
    other = replace(KEPT, id="other", snapshot_host="elsewhere")
    asked = replace(question(KEPT, "backup-lifecycle", KEPT), inventory=Inventory(backups=(KEPT, other)))
    assert [(one.state, one.reason) for one in judged(CHECK, asked, seen)] == [MET]
    # What is another's is passed over, and what comes after it is judged all the same.
    mixed = look(point(HOUR, 1, host="elsewhere"), point(500 * DAY, 2))
    assert [(one.state, one.reason) for one in judged(CHECK, asked, mixed)] == [
        (State.MISSED, Reason.RETENTION_EXCEEDED)
    ]
    # Neither its machine nor its path alone makes a point another's.
    for one in (point(500 * DAY, 1, host="elsewhere"), point(500 * DAY, 1, path="/data")):
        apart = replace(asked, inventory=Inventory(backups=(KEPT, replace(other, paths=("/data",)))))
        assert [(one.state, one.reason) for one in judged(CHECK, apart, look(point(HOUR), one))] == [MET, UNOWNED]
    assert told(look(point(HOUR), point(500 * DAY, 1, host="elsewhere", path="/home"))) == [MET]


def test_expired_points_of_unknown_owner_keep_the_rest_from_being_in_order() -> None:
    renamed = point(500 * DAY, 1, host="former-name")
    assert told(look(point(HOUR), renamed)) == [MET, UNOWNED]
    assert told(look(point(HOUR), point(500 * DAY, 1, host="former-name", path="/srv/scota/mail"))) == [MET, UNOWNED]
    assert told(look(point(HOUR), point(500 * DAY, 1, path="/home"))) == [MET, UNOWNED]
    assert told(look(point(HOUR), point(2 * HOUR, 1, host="former-name"))) == [MET]
    for age, expected in ((401 * DAY, [MET]), (401 * DAY + timedelta(seconds=1), [MET, UNOWNED])):
        assert told(look(point(HOUR), point(age, 1, host="former-name"))) == expected
    _, finding = judged(CHECK, question(KEPT, "backup-lifecycle", KEPT), look(point(HOUR), renamed))
    assert finding.about == {
        "copy": "files/offsite",
        "unowned_points": 1,
        "unowned_host": "former-name",
        "oldest": renamed.time,
    }


def test_an_expired_point_of_a_folder_below_a_path_is_the_backups() -> None:
    below = point(500 * DAY, 1, path="/srv/scota/mail")
    assert told(look(point(HOUR), below)) == [(State.MISSED, Reason.RETENTION_EXCEEDED)]
    mail = replace(KEPT, id="mail", paths=("/srv/scota/mail",))
    asked = replace(question(KEPT, "backup-lifecycle", KEPT), inventory=Inventory(backups=(KEPT, mail)))
    assert [(one.state, one.reason) for one in judged(CHECK, asked, look(point(HOUR), below))] == [MET]


def test_a_copy_in_which_no_point_is_seen_shows_nothing() -> None:
    gap = Gap(subject="files/offsite", reason=Reason.DENIED, detail="snapshot 00")
    assert told(look(present=False)) == [(State.UNPROVEN, Reason.ABSENT)]
    assert told(look()) == [(State.UNPROVEN, Reason.EMPTY)]
    assert told(look(point(HOUR, host="elsewhere"))) == [(State.UNPROVEN, Reason.ABSENT)]
    assert told(look(gaps=(gap,))) == [(State.UNPROVEN, Reason.DENIED)]


def test_a_point_of_unknown_age_keeps_the_rest_from_being_in_order() -> None:
    gap = Gap(subject="files/offsite", reason=Reason.DENIED, detail="snapshot 00")
    assert (State.UNPROVEN, Reason.DENIED) in told(look(point(HOUR), gaps=(gap,)))
    damaged = [("repository.damaged_snapshot", "ab" * 6, NOW)]
    assert (State.UNPROVEN, Reason.UNREADABLE) in told(look(point(HOUR), more=damaged))
    seen_before = [*damaged, ("backup.point.unread", point(3 * DAY, 0xAB), NOW)]
    assert told(look(point(HOUR), more=seen_before)) == [(State.MET, Reason.WITHIN_LIMIT)]


def test_the_rotation_of_the_oldest_points_is_told() -> None:
    gone = [
        ("backup.point.gone", point(402 * DAY, 2), NOW - DAY),
        ("backup.point.gone", point(3 * DAY, 3), NOW - DAY),
        ("backup.point.gone", point(500 * DAY, 4, host="elsewhere"), NOW - DAY),
    ]
    (one,) = found(look(point(HOUR), point(399 * DAY, 1), more=gone))
    assert one.about == {
        "copy": "files/offsite",
        "points": 2,
        "oldest": NOW - 399 * DAY,
        "rotated": 1,
        "rotated_at": NOW - DAY,
    }


@given(ages=st.lists(st.integers(0, 1000), min_size=1, max_size=20), retention=st.integers(1, 800))
def test_it_is_missed_exactly_where_a_point_is_too_old(ages: list[int], retention: int) -> None:
    backup = replace(KEPT, retention=retention * DAY)
    seen = look(*(point(age * DAY, number) for number, age in enumerate(ages)))
    missed = any(one.state is State.MISSED for one in found(seen, backup))
    assert missed == (max(ages) > retention + 1)


# Each finding whole, as the sentences are made of it.


def unproven(reason: Reason, **about: str | float) -> Finding:
    """Return the finding of what could not be told."""
    return Finding(state=State.UNPROVEN, reason=reason, about={"copy": "files/offsite", **about})


def test_a_copy_in_order_says_how_old_its_oldest_point_is() -> None:
    (one,) = found(look(point(300 * DAY, 1), point(HOUR, 2)))
    assert one == Finding(
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        value=(300 * DAY).total_seconds(),
        limit=(400 * DAY).total_seconds(),
        unit="seconds",
        about={
            "copy": "files/offsite", "points": 2, "oldest": NOW - 300 * DAY, "rotated": 0
        },
    )  # fmt: skip
    (late,) = found(look(point(402 * DAY, 1)))
    assert (late.state, late.reason, late.value) == (
        State.MISSED,
        Reason.RETENTION_EXCEEDED,
        (402 * DAY).total_seconds(),
    )


def test_a_point_of_the_future_has_no_age() -> None:
    (one,) = found(look(point(-HOUR)))
    assert one.value == 0.0


def test_a_point_is_rotated_from_the_retention_on() -> None:
    def rotated(age: timedelta) -> object:
        gone = ("backup.point.gone", point(age + HOUR, 9), NOW - HOUR)
        return found(look(point(DAY), more=[gone]))[0].about["rotated"]

    assert (rotated(400 * DAY - timedelta(seconds=1)), rotated(400 * DAY)) == (0, 1)


def test_a_copy_that_shows_nothing_says_why_and_which_one_it_is() -> None:
    denied = Gap(subject="files/offsite", reason=Reason.DENIED, detail="refused")
    assert found(look(gaps=(denied,))) == [unproven(Reason.DENIED)]
    assert found(look(more=[("repository.damaged_snapshot", "ab", NOW)])) == [unproven(Reason.UNREADABLE)]
    assert found(look(present=False)) == [unproven(Reason.ABSENT)]
    assert found(look(point(HOUR, host="elsewhere"))) == [unproven(Reason.ABSENT)]
    assert found(look()) == [unproven(Reason.EMPTY)]


def test_a_point_that_was_not_shown_is_named_beside_the_rest() -> None:
    denied = Gap(subject="files/offsite", reason=Reason.DENIED, detail="refused")
    assert found(look(point(HOUR), gaps=(denied,)))[1:] == [unproven(Reason.DENIED, said="refused")]
    damaged = look(point(HOUR), more=[("repository.damaged_snapshot", "ab", NOW)])
    assert found(damaged)[1:] == [unproven(Reason.UNREADABLE, file="snapshots/ab")]
