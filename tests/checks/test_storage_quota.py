"""storage-quota: what the newest points read of the sources: at, under and over the volume, in part, or too much."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from agent.core.facts.recovery_points import PATH_FILLED, PointPath
from agent.core.facts.verification import Damage
from agent.core.inventory import Backup, Beneficiary, FileSet, Inventory
from agent.core.judging.check import Question
from agent.core.judging.sighting import WRITTEN
from agent.core.model import Fact, Finding, Observation, State, Target
from agent.core.points import Point
from agent.core.reason import Reason
from checks.storage_quota import CHECK
from collectors.restic import LOOKS as RESTIC
from tests.checks.backups import BACKUP, NOW, OFFSITE, ONSITE, look, point

TERABYTE = 10**12
HOUR = timedelta(hours=1)
MAIL = replace(
    BACKUP, id="mail", paths=("/srv/mail",), copies=(replace(OFFSITE, backup="mail"),)
)  # fmt: skip


def sized(size: int | None, age: timedelta = HOUR, path: str = "/srv/scota", number: int = 1) -> Point:
    return replace(point(age, number, path=path), bytes=size)


def seen(*points: Point) -> Observation:
    facts = tuple(Fact(name="backup.point", subject="x", value=one, as_of=one.time) for one in points)
    return Observation(collector="restic_snapshots", host="x", subject="x", begun=NOW, ended=NOW, facts=facts)


def judged(
    looks: dict[str, Observation],
    *backups: Backup,
    limit: float | None = 1e12,
    last_look: Mapping[str, Observation] = MappingProxyType({}),
) -> Finding:
    """Return what a beneficiary's sources come to; `looks` are those that are fresh, by copy."""
    question = Question(
        item=Beneficiary(id="scota", name="SCOTA"),
        inventory=Inventory(backups=backups),
        target=Target(id="storage-quota", unit="bytes", limit=limit, evidence_age=timedelta(hours=26)),
        now=NOW,
        first_seen=NOW,
        beside=lambda collector, subject: looks.get(subject) if collector == "restic_snapshots" else None,
        last_look=lambda collector, subject: last_look.get(collector),
    )
    needs = {need.subject: need.optional for need in CHECK.needs(question)}
    assert set(needs) == {copy.subject for backup in backups for copy in backup.copies if backup.beneficiary == "scota"}
    assert all(needs.values())
    (finding,) = CHECK.declared(question)
    return finding


def test_a_copy_tells_the_size_of_its_own_sets_alone() -> None:
    files = replace(RESTIC, listing="restic_snapshots")
    copy = replace(OFFSITE, program=files, sets=(FileSet(id="erp", match="*.vbk"),))
    other = replace(copy, id="other", sets=(FileSet(id="mail", match="*.mbox"),))
    backup = replace(BACKUP, program=files, copies=(copy, other))
    own = replace(seen(sized(7, path="erp")), subject=copy.subject)
    found = judged({copy.subject: own}, backup)
    assert (found.state, found.value) == (State.MET, 7.0)


@pytest.mark.parametrize(
    ("size", "state", "reason"),
    [
        (TERABYTE - 1, State.MET, Reason.WITHIN_LIMIT),
        (TERABYTE, State.MET, Reason.WITHIN_LIMIT),
        (TERABYTE + 1, State.MISSED, Reason.OVER_QUOTA),
    ],
)
def test_the_volume_at_under_and_over_its_limit(size: int, state: State, reason: Reason) -> None:
    found = judged({"files/offsite": seen(sized(size))}, BACKUP)
    assert (found.state, found.reason, found.value) == (state, reason, float(size))
    assert (found.observed_at, found.stands_until) == (NOW, NOW + timedelta(hours=26))


def test_the_sources_of_the_beneficiary_are_added_up_and_nobody_else_s() -> None:
    other = replace(MAIL, beneficiary="cua")
    looks = {"files/offsite": seen(sized(600 * 10**9)), "mail/offsite": seen(sized(600 * 10**9, path="/srv/mail"))}
    assert judged(looks, BACKUP, other).value == 6e11
    assert judged(looks, BACKUP, MAIL).reason is Reason.OVER_QUOTA


def test_the_newest_point_of_any_copy_tells_once() -> None:
    backup = replace(BACKUP, copies=(OFFSITE, ONSITE))
    looks = {
        "files/offsite": seen(sized(5, age=9 * HOUR)),
        "files/near": seen(sized(7, age=HOUR), sized(9, age=3 * HOUR, number=2)),
    }
    found = judged(looks, backup)
    assert (found.value, found.about["measured"]) == (7.0, NOW - HOUR)


@pytest.mark.parametrize("looks", [{}, {"files/offsite": seen()}, {"files/offsite": seen(sized(None))}])
def test_a_source_of_which_nothing_tells_leaves_it_unproven(looks: dict[str, Observation]) -> None:
    found = judged(looks, BACKUP)
    assert (found.state, found.reason, found.value) == (State.UNPROVEN, Reason.INCOMPLETE, None)


def test_too_much_in_what_is_known_is_missed_whatever_the_rest_holds() -> None:
    found = judged({"files/offsite": seen(sized(TERABYTE + 1))}, BACKUP, MAIL)
    assert (found.state, found.about["sized"], found.about["sources"]) == (State.MISSED, 1, 2)


def test_a_point_of_a_folder_above_the_source_is_only_an_upper_bound() -> None:
    wide = replace(BACKUP, paths=("/srv/scota",))
    holds = Fact(name=PATH_FILLED, subject="x", value=PointPath(point="01" * 32, path="/srv/scota"), as_of=NOW)

    def of_all(size: int) -> dict[str, Observation]:
        look = seen(sized(size, path="/srv"))
        return {"files/offsite": replace(look, facts=(*look.facts, holds))}

    assert judged(of_all(TERABYTE), wide).state is State.MET
    found = judged(of_all(TERABYTE + 1), wide)
    assert (found.state, found.reason, found.about["upper_bytes"]) == (
        State.UNPROVEN,
        Reason.INCOMPLETE,
        TERABYTE + 1,
    )


def test_a_beneficiary_without_a_backup_is_not_measured() -> None:
    found = judged({})
    assert (found.state, found.reason, found.about) == (State.UNPROVEN, Reason.NOT_DECLARED, {"key": "backup"})


def test_without_any_objective_one_byte_is_too_much() -> None:
    looks = {"files/offsite": seen(sized(1))}
    assert judged(looks, BACKUP, limit=None).reason is Reason.OVER_QUOTA
    assert judged({"files/offsite": seen(sized(0))}, BACKUP, limit=None).value == 0.0


def test_what_is_known_of_some_sources_is_told_and_is_no_bound() -> None:
    looks = {"files/offsite": seen(sized(5))}
    known = {"sized": 1, "known_bytes": 5, "measured": NOW - HOUR}
    assert judged(looks, BACKUP, MAIL).about == {"sources": 2, **known}


def test_a_point_of_a_damaged_copy_still_says_how_much_there_was() -> None:
    damage = ("verify.damage", Damage(file="index", reason="damaged"), NOW)
    verified = look(collector="restic_check", more=[damage])
    found = judged({"files/offsite": seen(sized(5))}, BACKUP, last_look={"restic_check": verified})
    assert (found.state, found.value) == (State.MET, 5.0)


def test_a_point_is_no_younger_than_its_file_in_the_store() -> None:
    store = look(collector="store_listing", more=[(WRITTEN, "01" * 32, NOW - 9 * HOUR)])
    found = judged({"files/offsite": seen(sized(5))}, BACKUP, last_look={"store_listing": store})
    assert found.about["measured"] == NOW - 9 * HOUR
