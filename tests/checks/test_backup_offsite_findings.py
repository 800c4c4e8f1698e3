"""backup-offsite: each finding whole, as the sentences are made of it, and each term to the second."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.facts.copy_audit import COLLECTOR as AUDITS
from agent.core.facts.restore_samples import Failed, Sampled
from agent.core.facts.verification import Damage
from agent.core.inventory import FileSet, Inventory, Sample, Store
from agent.core.judging.check import Need
from agent.core.judging.sighting import WRITTEN
from agent.core.model import Detail, Finding, Observation, State
from agent.core.reason import Reason
from checks.backup_offsite import CHECK
from collectors.files import LOOKS as FILES
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, OFFSITE, ONSITE, SECOND, judged, look, point, question

WEEK = 7 * DAY
MET = Finding(state=State.MET, reason=Reason.WITHIN_LIMIT)
PAIR = replace(BACKUP, copies=(ONSITE, OFFSITE))
LOST = Failed(reason=Reason.INCOMPLETE, point="ab" * 32, token="1").fact("files/offsite", NOW - DAY)
GONE = "backup.point.gone"
SAMPLED = replace(OFFSITE, sample=Sample(reason="contrôle", author="RSSI"))
NIGHT = replace(point(8 * HOUR, 1), tree="aa" * 32)
ARRIVED = replace(NIGHT, id="bb" * 32, original=NIGHT.id)


def seconds(span: timedelta) -> float:
    """Return a span in seconds."""
    return span.total_seconds()


def seen_at(ago: timedelta, finding: Finding, age: timedelta) -> Finding:
    """Return a finding as it rests on what was seen some time ago, which counts for `age`."""
    return replace(finding, observed_at=NOW - ago, stands_until=NOW - ago + age)


def look_of(collector: str, *facts: tuple[str, object, timedelta], ended: timedelta = 0 * DAY) -> Observation:
    """Return a look that kept facts, each with how long ago it was so."""
    more = [(name, value, NOW - ago) for name, value, ago in facts]
    return look(collector=collector, more=more, ended=NOW - ended)


def found(seen: Observation, known_for: timedelta = DAY) -> list[Finding]:
    """Return the findings on a look at the copy."""
    return list(judged(CHECK, question(SAMPLED, "backup-offsite", known_for=known_for), seen))


def beside(source: Observation, own: Observation) -> list[Finding]:
    """Return what is said of a copy beside the repository that it is copied from."""
    asked = replace(question(OFFSITE, "backup-offsite", PAIR), beside=lambda collector, subject: own)
    source = replace(source, subject=ONSITE.subject)
    return list(CHECK.judge(Need(collector=source.collector, subject=source.subject), source, asked))


def test_what_the_configuration_settles_names_the_key_the_country_and_the_copy() -> None:
    def declared(**changed: object) -> list[Finding]:
        copy = replace(OFFSITE, **changed)  # type: ignore[arg-type]
        return list(CHECK.declared(question(copy, "backup-offsite", replace(BACKUP, copies=(copy,)))))

    assert declared(country=None) == [
        Finding(state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about={"key": "country"})
    ]
    assert declared(country="us") == [Finding(state=State.MISSED, reason=Reason.OUTSIDE_EEA, about={"country": "us"})]
    assert declared(offsite=False) == [
        Finding(state=State.MISSED, reason=Reason.NOT_OFFSITE, about={"copy": "files/offsite"})
    ]
    assert list(CHECK.declared(question(ONSITE, "backup-offsite", PAIR))) == [
        Finding(state=State.NOT_APPLICABLE, reason=Reason.NOT_EXPECTED, about={"other": "files/offsite"})
    ]


def test_a_copied_point_with_other_content_is_named_with_its_source() -> None:
    changed, behind = beside(look(NIGHT, ended=NOW - HOUR), look(replace(ARRIVED, tree="ee" * 32), ended=NOW - DAY))
    expected = Finding(
        state=State.MISSED,
        reason=Reason.CONTENT_CHANGED,
        about={"points": 1, "point": "bb" * 32, "source_copy": "files/near"},
    )
    assert changed == seen_at(DAY, expected, 6 * HOUR)
    assert behind.state is State.MET


def test_how_far_a_copy_is_behind_is_seconds_as_of_the_older_look() -> None:
    later = replace(point(HOUR, 2), tree="cc" * 32)
    expected = replace(
        MET,
        value=seconds(7 * HOUR),
        unit="seconds",
        about={"source_copy": "files/near", "arrived": 1, "waiting": 1, "never_arrived": 0},
    )
    for source, own in ((HOUR, 2 * HOUR), (2 * HOUR, HOUR)):
        (one,) = beside(look(later, NIGHT, ended=NOW - source), look(ARRIVED, ended=NOW - own))
        assert one == seen_at(2 * HOUR, expected, 6 * HOUR)


def test_of_the_points_that_never_arrived_one_is_named_with_its_date() -> None:
    before = replace(point(9 * HOUR, 3), tree="dd" * 32)
    first = replace(point(30 * HOUR, 4), tree="ee" * 32)
    (one,) = beside(look(NIGHT, before, first), look(ARRIVED, replace(first, id="ff" * 32, original=first.id)))
    assert one.about == {
        "source_copy": "files/near",
        "arrived": 2,
        "waiting": 0,
        "never_arrived": 1,
        "point": before.id,
        "newest_missing": before.time,
    }


def test_a_lost_protection_says_when_and_how_long_it_would_have_held() -> None:
    lost, told = found(
        look_of(
            "append_only", ("repository.append_only.lost", NOW + DAY, HOUR), ("repository.append_only", False, HOUR)
        )
    )
    about: Detail = {"lost_at": NOW - HOUR, "held_until": (NOW + DAY)}
    expected = Finding(state=State.UNPROVEN, reason=Reason.PROTECTION_LOST, about=about)
    assert lost == seen_at(0 * DAY, expected, 6 * HOUR)
    assert told == seen_at(0 * DAY, replace(MET, about={"append_only": "no", "tried_at": NOW - HOUR}), 6 * HOUR)


def test_a_lost_protection_without_an_end_says_none() -> None:
    lost, _ = found(look_of("append_only", ("repository.append_only.lost", "soon", HOUR)))
    assert lost.about == {"lost_at": NOW - HOUR}


@pytest.mark.parametrize(("ago", "count"), [(WEEK, 2), (WEEK + SECOND, 1)])
def test_a_lost_protection_is_told_for_a_week_to_the_second(ago: timedelta, count: int) -> None:
    assert len(found(look_of("append_only", ("repository.append_only.lost", NOW, ago)))) == count


def test_a_file_that_did_not_come_back_is_named_with_its_point() -> None:
    facts = [
        Failed(reason=reason, point=number * 2, token=number).fact("files/offsite", NOW - ago)
        for reason, number, ago in ((Reason.INCOMPLETE, "a", DAY), (Reason.DAMAGED, "b", HOUR))
    ]
    (one,) = found(look_of("samples", *((fact.name, fact.value, NOW - fact.as_of) for fact in facts)))
    expected = Finding(
        state=State.MISSED,
        reason=Reason.DAMAGED,
        about={"failed_samples": 2, "since": NOW - DAY, "point": "bb"},
    )
    assert one == seen_at(0 * DAY, expected, 365 * DAY)


def sample_of(*results: tuple[str, str]) -> Observation:
    """Return a sample of files: each result, and how it opened."""
    facts = [
        Sampled(point="aa", token=str(number), result=result, size=1, kind="zip", opening=opening).fact("x", NOW)
        for number, (result, opening) in enumerate(results)
    ]
    return look_of("samples", *((fact.name, fact.value, 0 * DAY) for fact in facts))


def test_files_of_a_sample_that_do_not_open_are_counted() -> None:
    (one,) = found(sample_of(("same", "broken"), ("same", "opened"), ("changed-since", "broken")))
    assert one.about == {"samples": 3, "same": 2, "changed_since": 1, "do_not_open": 2}


def test_of_several_reasons_for_unread_files_the_commonest_is_named() -> None:
    (one,) = found(sample_of(("unread:unreadable", ""), ("unread:denied", ""), ("unread:denied", "")))
    assert (one.about["live_unread"], one.about["live_unread_because"]) == (3, "denied")


def test_what_the_store_lost_is_counted_as_the_store_counted_it_or_as_it_is_seen() -> None:
    def gone(*counted: tuple[str, object, timedelta]) -> Finding:
        (one,) = found(look_of("store_listing", ("store.missing", "data/aa", HOUR), *counted))
        return one

    expected = Finding(state=State.MISSED, reason=Reason.VANISHED, about={"gone_files": 1, "file": "data/aa"})
    assert gone() == seen_at(0 * DAY, expected, 6 * HOUR)
    assert gone(("store.missing.count", 7, HOUR)).about == {"gone_files": 7, "file": "data/aa"}
    assert gone(("store.missing.count", "many", HOUR)).about == {"gone_files": 1, "file": "data/aa"}


def test_altered_and_damaged_files_are_counted_and_one_is_named() -> None:
    expected = Finding(state=State.MISSED, reason=Reason.DAMAGED)
    (altered,) = found(look_of("store_listing", ("store.altered", "data/aa", HOUR), ("store.altered", "data/bb", HOUR)))
    assert altered == seen_at(0 * DAY, replace(expected, about={"files": 2, "file": "data/aa"}), 6 * HOUR)
    damaged = look(point(HOUR), more=[("repository.damaged_snapshot", name, NOW) for name in ("aa", "bb")])
    _, one = found(damaged)
    assert one == seen_at(0 * DAY, replace(expected, about={"files": 2, "file": "snapshots/aa"}), 6 * HOUR)
    (hashed,) = found(look_of("restic_check", ("verify.damage", Damage(file="data/aa", reason="damaged"), DAY)))
    assert hashed == seen_at(0 * DAY, replace(expected, about={"files": 1, "file": "data/aa"}), WEEK)


def test_a_repository_that_is_gone_is_absent_and_nothing_more() -> None:
    (one,) = found(look(collector="store_listing", more=[("store.altered", "data/aa", NOW)], present=False))
    assert one == seen_at(0 * DAY, Finding(state=State.MISSED, reason=Reason.ABSENT), 6 * HOUR)
    listed = found(look(more=[("repository.damaged_snapshot", "aa", NOW)], present=False))
    assert [one.reason for one in listed] == [Reason.ABSENT]


def test_points_that_vanished_are_counted_and_the_newest_is_named() -> None:
    older, newer = point(4 * DAY, 8), point(3 * DAY, 9)
    seen = look(point(HOUR), more=[("backup.point.gone", one, NOW - HOUR) for one in (newer, older)])
    _, one = found(seen)
    about: Detail = {"points": 2, "point": newer.id, "newest": newer.time}
    expected = Finding(state=State.MISSED, reason=Reason.VANISHED, about=about)
    assert one == seen_at(0 * DAY, expected, 6 * HOUR)


def test_a_sound_verification_says_how_deep_it_went_and_counts_from_when_it_was_made() -> None:
    (one,) = found(look_of("restic_check", ("verify.sound", "sampled", 6 * DAY), ("verify.whole", True, DAY)))
    expected = replace(MET, value=seconds(6 * DAY), limit=seconds(WEEK), unit="seconds", about={"depth": "sampled"})
    assert one == seen_at(6 * DAY, expected, WEEK)


def test_a_verification_that_never_came_to_a_result_names_its_collector() -> None:
    (one,) = found(look_of("restic_check"))
    expected = Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN, about={"collector": "restic_check"})
    assert one == seen_at(0 * DAY, expected, WEEK)


@pytest.mark.parametrize("age", [WEEK, WEEK + SECOND])
def test_a_verification_counts_for_seven_days_to_the_second(age: timedelta) -> None:
    (one,) = found(look_of("restic_check", ("verify.sound", "sampled", age), ("verify.whole", True, age)))
    about: Detail = {"collector": "restic_check", "verified_age": seconds(age), "verified_limit": seconds(WEEK)}
    stale = Finding(state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE, about=about)
    assert one == seen_at(age, stale, WEEK) if age > WEEK else one.state is State.MET


@pytest.mark.parametrize("age", [90 * DAY, 90 * DAY + SECOND])
def test_everything_was_read_within_90_days_to_the_second(age: timedelta) -> None:
    first, *rest = found(look_of("restic_check", ("verify.sound", "sampled", HOUR), ("verify.whole", True, age)))
    about: Detail = {"collector": "restic_check", "whole_age": seconds(age), "whole_limit": seconds(90 * DAY)}
    stale = Finding(state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE, about=about)
    if age > 90 * DAY:
        assert (first, len(rest)) == (seen_at(age, stale, WEEK), 1)
    else:
        assert (first.state, rest) == (State.MET, [])


@pytest.mark.parametrize("known_for", [90 * DAY, 90 * DAY + SECOND])
def test_what_was_never_read_whole_says_how_much_was_and_is_on_course_for_90_days(known_for: timedelta) -> None:
    amounts = (("verify.bytes_verified", 5, HOUR), ("verify.bytes_stored", 9, HOUR))
    first, sound = found(look_of("restic_check", ("verify.sound", "sampled", HOUR), *amounts), known_for)
    reason = Reason.ON_COURSE if known_for <= 90 * DAY else Reason.STALE_EVIDENCE
    about: Detail = {
        "collector": "restic_check",
        "whole_limit": seconds(90 * DAY),
        "bytes_verified": 5,
        "bytes_stored": 9,
    }
    assert first == seen_at(0 * DAY, Finding(state=State.UNPROVEN, reason=reason, about=about), WEEK)
    assert sound.state is State.MET


def test_an_amount_that_was_not_counted_is_not_said() -> None:
    first, _ = found(look_of("restic_check", ("verify.sound", "sampled", HOUR), ("verify.bytes_stored", "?", HOUR)))
    assert first.about == {"collector": "restic_check", "whole_limit": seconds(90 * DAY)}


def test_nothing_of_nothing_is_no_amount() -> None:
    amounts = (("verify.bytes_verified", 0, HOUR), ("verify.bytes_stored", 0, HOUR))
    first, _ = found(look_of("restic_check", ("verify.sound", "sampled", HOUR), *amounts))
    assert first.about == {"collector": "restic_check", "whole_limit": seconds(90 * DAY)}


@pytest.mark.parametrize(
    ("age", "newest", "vanished"),
    [
        (400 * DAY, HOUR, False),
        (400 * DAY - SECOND, HOUR, False),
        (7 * DAY - 25 * HOUR, HOUR, False),
        (7 * DAY - 25 * HOUR - SECOND, HOUR, True),
        (8 * DAY, 8 * DAY, True),
        (8 * DAY, 8 * DAY - SECOND, False),
        (400 * DAY - 25 * HOUR, 500 * DAY, False),
        (400 * DAY - 25 * HOUR - SECOND, 500 * DAY, True),
    ],
)
def test_a_point_is_let_go_at_the_retention_or_once_thinned_for_a_newer_one(
    age: timedelta, newest: timedelta, vanished: bool
) -> None:
    backup = replace(BACKUP, retention=400 * DAY, thinned_after=WEEK, copies=(SAMPLED,))
    seen = look(point(newest, 1), more=[("backup.point.gone", point(age, 9), NOW)])
    reasons = [one.reason for one in judged(CHECK, question(SAMPLED, "backup-offsite", backup), seen)]
    assert (Reason.VANISHED in reasons) is vanished


def test_what_stands_beside_a_copy_is_its_last_look_that_succeeded() -> None:
    pair = replace(BACKUP, copies=(ONSITE, SAMPLED))
    place, *beside = [need for need in CHECK.needs(question(SAMPLED, "backup-offsite", pair)) if need.optional]
    assert place.collector == "copy_place"
    assert beside == [
        Need(collector="append_only", subject="files/offsite", by_occasion=True, evidence_age=WEEK, optional=True),
        Need(collector="samples", subject="files/offsite", by_occasion=True, evidence_age=365 * DAY, optional=True),
        Need(collector="restic_snapshots", subject="files/near", by_occasion=True, optional=True),
    ]


def test_without_any_objective_only_a_point_of_the_moment_is_recent() -> None:
    asked = question(OFFSITE, "backup-offsite")
    without = replace(asked, target=replace(asked.target, limit=None))
    (found,) = judged(CHECK, without, look(point(SECOND / 2)))
    assert (found.state, found.reason, found.limit) == (State.MISSED, Reason.TOO_OLD, 0.0)


def test_the_run_allowance_widens_the_limit_of_a_copy() -> None:
    late = look(point(25 * HOUR))
    (found,) = judged(CHECK, question(OFFSITE, "backup-offsite", allowance=2 * HOUR), late)
    assert (found.state, found.limit) == (State.MET, seconds(26 * HOUR))


def test_far_fewer_files_than_usual_are_a_matter_of_backup_rpo_alone() -> None:
    points = [point((day * 24 + 1) * HOUR, day, files=1000 if day else 1) for day in range(9)]
    (found,) = judged(CHECK, question(OFFSITE, "backup-offsite"), look(*points))
    assert (found.state, found.reason) == (State.MET, Reason.WITHIN_LIMIT)


def test_another_declared_backups_machine_is_no_renamed_one() -> None:
    other = replace(BACKUP, id="mail", snapshot_host="vm.example.fr", beneficiary="other")
    seen = look(point(30 * HOUR, 1), point(HOUR, 2, host="vm.example.fr"))
    alone = question(OFFSITE, "backup-offsite")
    (found,) = judged(CHECK, alone, seen)
    assert found.about["other_host"] == "vm.example.fr"
    (found,) = judged(CHECK, replace(alone, inventory=Inventory(backups=(BACKUP, other))), seen)
    assert "other_host" not in found.about


def test_a_copy_s_point_is_no_younger_than_its_file_in_the_store() -> None:
    stored = replace(OFFSITE, store=Store(host="vault", path="/srv/restic"))
    backup = replace(BACKUP, copies=(stored,))
    young = point(HOUR, 1)
    files = look_of("store_listing", (WRITTEN, young.id, 30 * HOUR))
    asked = replace(question(stored, "backup-offsite", backup), last_look=lambda collector, subject: files)
    found, *_ = judged(CHECK, asked, look(young))
    assert (found.reason, found.value) == (Reason.TOO_OLD, seconds(30 * HOUR))


@pytest.mark.parametrize(
    ("collector", "name", "value", "reason"),
    [
        ("restic_check", "verify.damage", Damage(file="data/ab", reason="damaged"), Reason.DAMAGED),
        ("store_listing", "store.altered", "data/ab", Reason.DAMAGED),
        (AUDITS, "verify.damage", Damage(file="data/ab", reason="damaged"), Reason.DAMAGED),
        ("samples", LOST.name, LOST.value, Reason.INCOMPLETE),
    ],
)
def test_what_was_wrong_before_a_repository_was_renamed_stays_missed(
    collector: str, name: str, value: object, reason: Reason
) -> None:
    formerly = {collector: look_of(collector, (name, value, DAY), ended=DAY)}
    asked = replace(question(SAMPLED, "backup-offsite"), formerly=lambda collector, subject: formerly.get(collector))
    said = [(one.state, one.reason) for one in judged(CHECK, asked, look(point(HOUR)))]
    assert said == [(State.MET, Reason.WITHIN_LIMIT), (State.MISSED, reason)]


def test_a_point_that_went_a_week_ago_is_still_missed() -> None:
    for ago, count in ((WEEK, 2), (WEEK + SECOND, 1)):
        assert (
            len(found(look_of("restic_snapshots", ("backup.point", point(HOUR), HOUR), (GONE, point(9 * DAY, 9), ago))))
            == count
        )


def test_a_newer_point_that_is_damaged_stands_for_no_point_that_went() -> None:
    backup = replace(BACKUP, retention=400 * DAY, thinned_after=7 * DAY)
    newer = point(HOUR, 1)
    seen = look(newer, more=[(GONE, point(10 * DAY, 9), NOW)])
    asked = question(OFFSITE, "backup-offsite", backup)
    assert Reason.VANISHED not in {one.reason for one in judged(CHECK, asked, seen)}
    damage = look_of("restic_check", ("verify.damage", Damage(file=f"snapshots/{newer.id}", reason="damaged"), HOUR))
    asked = replace(asked, last_look=lambda collector, subject: damage if collector == "restic_check" else None)
    assert Reason.VANISHED in {one.reason for one in judged(CHECK, asked, seen)}


SETS = (FileSet(id="weekly", match="*.full", limit=WEEK), FileSet(id="erp", match="*.vbk"))
FILED = replace(OFFSITE, program=FILES, sets=SETS, store=Store(host="nas", path="/v"))


@pytest.mark.parametrize(
    ("age", "state"), [(WEEK, State.MET), (WEEK + HOUR, State.MET), (WEEK + HOUR + SECOND, State.MISSED)]
)
def test_a_set_has_its_own_limit_and_the_run_allowance(age: timedelta, state: State) -> None:
    backup = replace(BACKUP, program=FILES, copies=(FILED,))
    asked = question(FILED, "backup-offsite", backup, allowance=HOUR)
    seen = look(point(HOUR, 1, path="erp"), point(age, 2, path="weekly"), collector=FILES.listing)
    assert [one.state for one in judged(CHECK, asked, seen)] == [state]


def test_a_copy_is_asked_for_its_own_sets_alone() -> None:
    other = replace(FILED, id="other", sets=(FileSet(id="mail", match="*.mbox"),))
    backup = replace(BACKUP, program=FILES, copies=(FILED, other), retention=400 * DAY, thinned_after=WEEK)
    fresh = (point(HOUR, 1, path="erp"), point(HOUR, 2, path="weekly"))
    thinned = [(GONE, point(10 * DAY, 9, path="erp"), NOW)]
    asked = question(FILED, "backup-offsite", backup)
    assert [one.state for one in judged(CHECK, asked, look(*fresh, more=thinned, collector=FILES.listing))] == [
        State.MET
    ]
    # A point of a set that this copy does not have stands for none that went.
    mail = look(point(HOUR, 1, path="mail"), more=thinned, collector=FILES.listing)
    assert Reason.VANISHED in {one.reason for one in judged(CHECK, asked, mail)}


@pytest.mark.parametrize(("collector", "subject"), [(AUDITS, "files/offsite"), ("restic_check", "files/near")])
def test_damage_that_an_audit_or_a_look_at_a_copy_beside_found_is_named(collector: str, subject: str) -> None:
    copy = replace(OFFSITE, siblings=("files/near",))
    damage = [("verify.damage", Damage(file=file, reason="damaged"), DAY) for file in ("data/aa", "data/bb")]
    seen = look_of(collector, *damage)
    asked = question(copy, "backup-offsite", replace(BACKUP, copies=(copy,)))
    asked = replace(asked, last_look=lambda *named: seen if named == (collector, subject) else None)
    told = [one for one in judged(CHECK, asked, look(point(HOUR))) if one.state is State.MISSED]
    assert [(one.reason, one.about) for one in told] == [(Reason.DAMAGED, {"files": 2, "file": "data/aa"})]
