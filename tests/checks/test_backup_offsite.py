"""backup-offsite: a copy is away, in the EEA, recent, complete, and has been read back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.facts.immutability import HIDDEN, HiddenFile, Immutability
from agent.core.facts.restore_samples import Failed, Sampled
from agent.core.facts.verification import Damage
from agent.core.inventory import Backup, Copy, Sample
from agent.core.judging.check import Need
from agent.core.judging.terms import GONE_UNDER, GoneUnderTerms, Owed
from agent.core.model import Fact, Finding, Gap, Observation, State
from agent.core.places import FACT, CopyMachine, MachineEvidence
from agent.core.reason import Reason
from checks.backup_offsite import CHECK
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, OFFSITE, ONSITE, judged, look, point, question


def declared(copy: Copy, backup: Backup = BACKUP) -> list[tuple[State, Reason]]:
    """Return what the configuration alone settles."""
    whole = replace(backup, copies=tuple(copy if one.id == copy.id else one for one in backup.copies))
    return [(one.state, one.reason) for one in CHECK.declared(question(copy, "backup-offsite", whole))]


def found(seen: object, copy: Copy = OFFSITE, backup: Backup = BACKUP, known_for: timedelta = DAY) -> list[Finding]:
    """Return the findings on a look."""
    asked = question(copy, "backup-offsite", backup, known_for=known_for)
    return list(judged(CHECK, asked, seen))  # type: ignore[arg-type]


def reasons(findings: list[Finding]) -> list[Reason]:
    """Return the reasons of what is not met."""
    return [one.reason for one in findings if one.state is not State.MET]


@pytest.mark.parametrize("country", ["FR", "fr", "IS", "LI", "NO", "RO"])
def test_a_copy_in_the_eea_needs_no_guarantee(country: str) -> None:
    assert declared(replace(OFFSITE, country=country)) == []


@pytest.mark.parametrize("country", ["CH", "GB", "US", "xx"])
def test_a_copy_elsewhere_needs_one(country: str) -> None:
    abroad = replace(OFFSITE, country=country)
    assert declared(abroad) == [(State.MISSED, Reason.OUTSIDE_EEA)]
    assert declared(replace(abroad, transfer_basis="décision d'adéquation")) == []


def test_a_copy_without_a_country_is_unproven() -> None:
    assert declared(replace(OFFSITE, country=None)) == [(State.UNPROVEN, Reason.NOT_DECLARED)]


def test_a_near_copy_is_not_applicable_beside_a_far_one_and_missed_alone() -> None:
    assert declared(ONSITE, replace(BACKUP, copies=(OFFSITE, ONSITE))) == [(State.NOT_APPLICABLE, Reason.NOT_EXPECTED)]
    assert declared(ONSITE, replace(BACKUP, copies=(ONSITE,))) == [(State.MISSED, Reason.NOT_OFFSITE)]


def test_the_last_verification_counts_for_seven_days() -> None:
    listing, verification = (need for need in CHECK.needs(question(OFFSITE, "backup-offsite")) if not need.optional)
    assert (listing.collector, listing.by_occasion) == ("restic_snapshots", False)
    assert (verification.collector, verification.by_occasion) == ("restic_check", True)
    assert verification.evidence_age == 7 * DAY


def test_a_recent_point_is_met_with_its_age() -> None:
    (one,) = found(look(point(HOUR)))
    assert (one.state, one.value, one.limit) == (State.MET, 3600, 24 * 3600)
    assert one.stands_until == NOW + 6 * HOUR


def test_a_copy_of_its_own_limit_is_held_to_that() -> None:
    weekly = replace(OFFSITE, limit=7 * DAY)
    backup = replace(BACKUP, copies=(weekly,))
    assert reasons(found(look(point(6 * DAY)), weekly, backup)) == []
    assert reasons(found(look(point(8 * DAY)), weekly, backup)) == [Reason.TOO_OLD]
    assert reasons(found(look(point(6 * DAY)))) == [Reason.TOO_OLD]


def test_what_is_not_there_says_why() -> None:
    assert reasons(found(look(present=False))) == [Reason.ABSENT]
    assert reasons(found(look(point(HOUR, host="x")))) == [Reason.ABSENT]
    assert reasons(found(look(point(HOUR, files=0)))) == [Reason.EMPTY]
    assert reasons(found(look(point(-DAY)))) == [Reason.IN_FUTURE]


def test_files_without_a_byte_are_no_copy_where_nothing_else_is_recent() -> None:
    hollow = replace(point(HOUR), files=1, bytes=0)
    assert reasons(found(look(hollow))) == [Reason.EMPTY]
    assert reasons(found(look(hollow, point(5 * HOUR, 2)))) == []


def test_a_cluster_that_its_program_does_not_know_is_named() -> None:
    gone = look(present=False)
    (named,) = [one for one in found(gone, replace(OFFSITE, cluster="mian")) if one.reason is Reason.ABSENT]
    assert named.about["cluster"] == "mian"


def test_a_damaged_snapshot_is_damage() -> None:
    seen = look(point(HOUR), more=[("repository.damaged_snapshot", "ab" * 32, NOW)])
    assert reasons(found(seen)) == [Reason.DAMAGED]


PAIR = replace(BACKUP, copies=(ONSITE, OFFSITE))
NIGHT = replace(point(8 * HOUR, 1), tree="aa" * 32)
ARRIVED = replace(NIGHT, id="bb" * 32, original=NIGHT.id)


def beside(source: Observation, own: Observation | None) -> list[Finding]:
    """Return what is said of a copy beside the repository that it is copied from."""
    asked = replace(question(OFFSITE, "backup-offsite", PAIR), beside=lambda collector, subject: own)
    source = replace(source, subject=ONSITE.subject)
    return list(CHECK.judge(Need(collector=source.collector, subject=source.subject), source, asked))


def test_the_repository_that_a_copy_is_made_from_is_asked_beside_the_rest() -> None:
    (*_, last) = CHECK.needs(question(OFFSITE, "backup-offsite", PAIR))
    assert (last.subject, last.optional) == ("files/near", True)
    beside_itself = [need for need in CHECK.needs(question(ONSITE, "backup-offsite", PAIR)) if need.optional]
    assert [need.collector for need in beside_itself] == ["append_only"]


def test_how_far_a_copy_is_behind_is_told_and_is_no_miss() -> None:
    later = replace(point(HOUR, 2), tree="cc" * 32)
    (one,) = beside(look(later, NIGHT), look(ARRIVED))
    assert (one.state, one.value) == (State.MET, 7 * 3600)
    assert one.about == {"source_copy": "files/near", "arrived": 1, "waiting": 1, "never_arrived": 0}
    before = replace(point(9 * HOUR, 3), tree="dd" * 32)
    first = replace(point(30 * HOUR, 4), tree="ee" * 32)
    (one,) = beside(look(NIGHT, before, first), look(ARRIVED, replace(first, id="ff" * 32, original=first.id)))
    assert (one.state, one.about["never_arrived"], one.about["point"]) == (State.MET, 1, before.id)


def test_a_copied_point_with_other_content_is_a_miss() -> None:
    found, _ = beside(look(NIGHT), look(replace(ARRIVED, tree="ee" * 32)))
    assert (found.state, found.reason) == (State.MISSED, Reason.CONTENT_CHANGED)


def test_where_nothing_can_be_compared_nothing_is_said() -> None:
    assert beside(look(NIGHT), None) == []
    assert beside(look(NIGHT), look(point(HOUR, 9))) == []
    assert beside(look(present=False), look(ARRIVED)) == []


def protected(*more: tuple[str, object, timedelta]) -> list[Finding]:
    """Return what is said of a copy's protection: facts and how long ago each was so."""
    return found(look(collector="append_only", more=[(name, value, NOW - ago) for name, value, ago in more]))


def test_whether_a_copy_could_be_deleted_is_told_with_its_keys_and_is_no_miss() -> None:
    keys = (("repository.key", "aa" * 4, 400 * DAY), ("repository.key", "bb" * 4, 3 * DAY))
    for held, word in ((True, "yes"), (False, "no")):
        (one,) = protected(("repository.append_only", held, HOUR), *keys)
        assert one.state is State.MET
        assert one.about == {
            "append_only": word,
            "tried_at": NOW - HOUR,
            "keys": 2,
            "oldest_key": NOW - 400 * DAY,
            "newest_key": NOW - 3 * DAY,
        }
    (one,) = protected()
    assert (one.state, one.about) == (State.MET, {"append_only": "unknown"})


@pytest.mark.parametrize(("ago", "shown"), [(HOUR, True), (7 * DAY, True), (7 * DAY + HOUR, False)])
def test_a_protection_that_was_lost_is_told_for_a_week(ago: timedelta, shown: bool) -> None:
    lost = ("repository.append_only.lost", NOW - ago - 6 * HOUR, ago)
    findings = protected(("repository.append_only", False, HOUR), lost)
    assert reasons(findings) == ([Reason.PROTECTION_LOST] if shown else [])
    assert all(one.state is not State.MISSED for one in findings)


SAMPLED = replace(OFFSITE, sample=Sample(reason="contrôle", author="RSSI"))


def sampled(*facts: Fact, ended: timedelta = HOUR) -> list[Finding]:
    """Return what is said of a sample."""
    more = [(fact.name, fact.value, fact.as_of) for fact in facts]
    return found(look(collector="samples", more=more, ended=NOW - ended), SAMPLED)


def test_a_sample_is_asked_for_where_there_is_a_reason_for_it_and_nothing_lacks_without_one() -> None:
    def asked(copy: Copy) -> list[bool]:
        return [need.optional for need in CHECK.needs(question(copy, "backup-offsite")) if need.collector == "samples"]

    assert (asked(OFFSITE), asked(SAMPLED)) == ([], [True])


def test_what_a_sample_came_to_is_told_beside_the_rest() -> None:
    files = [
        Sampled(point="aa", token=str(number), result=result, size=1).fact("files/offsite", NOW)
        for number, result in enumerate(("same", "same", "changed-since", "not-compared"))
    ]
    (one,) = sampled(*files)
    assert (one.state, one.about) == (State.MET, {"samples": 4, "same": 2, "changed_since": 1, "do_not_open": 0})


def test_live_files_that_could_not_be_read_are_counted_with_the_reason_that_most_have() -> None:
    files = [
        Sampled(point="aa", token=str(number), result=result, size=1).fact("files/offsite", NOW)
        for number, result in enumerate(("same", "unread:denied", "unread:denied", "unread:unreadable"))
    ]
    (one,) = sampled(*files)
    assert (one.state, one.about["live_unread"], one.about["live_unread_because"]) == (State.MET, 3, "denied")


def test_a_file_that_did_not_come_back_is_a_miss_for_as_long_as_it_does_not() -> None:
    def failed(reason: Reason, ago: timedelta) -> Fact:
        return Failed(reason=reason, point="aa", token=reason.value).fact("files/offsite", NOW - ago)

    (one,) = sampled(failed(Reason.INCOMPLETE, HOUR), failed(Reason.DAMAGED, DAY), failed(Reason.CONTENT_CHANGED, HOUR))
    assert (one.state, one.reason, one.about["failed_samples"]) == (State.MISSED, Reason.DAMAGED, 3)
    assert one.about["since"] == NOW - DAY
    (late,) = sampled(failed(Reason.INCOMPLETE, 300 * DAY), ended=200 * DAY)
    assert (late.reason, late.stands_until) == (Reason.INCOMPLETE, NOW + 165 * DAY)


GONE = "backup.point.gone"


@pytest.mark.parametrize(
    ("age_when_gone", "gone_for", "backup", "vanished"),
    [
        (3 * DAY, HOUR, BACKUP, True),
        (3 * DAY, 8 * DAY, BACKUP, False),
        (500 * DAY, HOUR, BACKUP, True),
        (500 * DAY, HOUR, replace(BACKUP, retention=400 * DAY), False),
        (398 * DAY, HOUR, replace(BACKUP, retention=400 * DAY), True),
        (10 * DAY, HOUR, replace(BACKUP, retention=400 * DAY, thinned_after=7 * DAY), False),
        (5 * DAY, HOUR, replace(BACKUP, retention=400 * DAY, thinned_after=7 * DAY), True),
        (6 * DAY + 12 * HOUR, HOUR, replace(BACKUP, retention=400 * DAY, thinned_after=7 * DAY), False),
        (7 * DAY - 26 * HOUR, HOUR, replace(BACKUP, retention=400 * DAY, thinned_after=7 * DAY), True),
        (30 * DAY - HOUR, HOUR, replace(BACKUP, retention=30 * DAY), False),
        (4 * HOUR, HOUR, replace(BACKUP, retention=6 * HOUR), True),
    ],
)
def test_a_point_that_went_away_has_vanished_unless_its_age_explains_it(
    age_when_gone: timedelta, gone_for: timedelta, backup: Backup, vanished: bool
) -> None:
    lost = point(age_when_gone + gone_for, 9)
    seen = look(point(HOUR), more=[(GONE, lost, NOW - gone_for)])
    assert reasons(found(seen, backup=backup)) == ([Reason.VANISHED] if vanished else [])


@pytest.mark.parametrize(
    ("owed", "newest", "vanished"),
    [
        ("kept", HOUR, True),
        ("thinned", HOUR, False),
        ("thinned", 10 * DAY, True),
        ("expired", 10 * DAY, False),
        ("foreign", HOUR, False),
    ],
)
@pytest.mark.parametrize("typed", [BACKUP, replace(BACKUP, retention=DAY, thinned_after=DAY)], ids=["before", "after"])
def test_the_terms_under_which_a_point_went_are_those_that_it_is_judged_by(
    owed: str, newest: timedelta, vanished: bool, typed: Backup
) -> None:
    lost = point(10 * DAY, 9)
    under = (GONE_UNDER, GoneUnderTerms(point=lost.id, owed=Owed(owed)), NOW)
    seen = look(point(newest), more=[(GONE, lost, NOW), under])
    assert (Reason.VANISHED in reasons(found(seen, backup=typed))) is vanished


def test_thinning_explains_nothing_where_no_newer_point_stands_for_the_one_that_went() -> None:
    backup = replace(BACKUP, retention=400 * DAY, thinned_after=7 * DAY)
    seen = look(point(20 * DAY), more=[(GONE, point(10 * DAY, 9), NOW)])
    assert Reason.VANISHED in reasons(found(seen, backup=backup))


def test_what_others_lose_is_not_this_backups_loss() -> None:
    seen = look(point(HOUR), more=[(GONE, point(3 * DAY, 9, host="elsewhere"), NOW)])
    assert reasons(found(seen)) == []


def verified(*more: tuple[str, object, timedelta], gaps: tuple[Gap, ...] = ()) -> object:
    """Return what a verification keeps: facts and how long ago each was so."""
    facts = [(name, value, NOW - ago) for name, value, ago in more]
    return look(collector="restic_check", more=facts, gaps=gaps)


def test_a_sound_verification_is_met_until_a_week_after_it() -> None:
    (one,) = found(verified(("verify.sound", "sampled", 6 * DAY), ("verify.whole", True, 30 * DAY)))
    assert (one.state, one.value) == (State.MET, 6 * DAY / timedelta(seconds=1))
    assert one.stands_until == NOW + DAY


@pytest.mark.parametrize(
    ("facts", "state", "reason"),
    [
        ([("verify.sound", "hashed", 8 * DAY)], State.UNPROVEN, Reason.STALE_EVIDENCE),
        ([], State.UNPROVEN, Reason.NOT_RUN),
        ([("verify.damage", Damage(file="data/ab/abcd", reason="damaged"), DAY)], State.MISSED, Reason.DAMAGED),
        (
            [
                ("verify.damage", Damage(file="data/ab/abcd", reason="absent"), 30 * DAY),
                ("verify.sound", "sampled", HOUR),
            ],
            State.MISSED,
            Reason.DAMAGED,
        ),
    ],
)
def test_a_verification_is_judged_by_what_it_found_and_when(
    facts: list[tuple[str, object, timedelta]], state: State, reason: Reason
) -> None:
    (one,) = found(verified(*facts))
    assert (one.state, one.reason) == (state, reason)


def test_damage_names_a_file() -> None:
    (one,) = found(verified(("verify.damage", Damage(file="data/ab/abcd", reason="damaged"), DAY)))
    assert one.about == {"files": 1, "file": "data/ab/abcd"}


def test_what_could_not_be_read_is_no_damage() -> None:
    gap = Gap(subject="files/offsite", reason=Reason.DENIED, detail="data/ab/abcd")
    (one,) = found(verified(gaps=(gap,)))
    assert (one.state, one.reason) == (State.UNPROVEN, Reason.DENIED)


@pytest.mark.parametrize(
    ("whole", "known_for", "expected"),
    [
        (None, 89 * DAY, [Reason.ON_COURSE]),
        (None, 91 * DAY, [Reason.STALE_EVIDENCE]),
        (91 * DAY, 200 * DAY, [Reason.STALE_EVIDENCE]),
        (89 * DAY, 200 * DAY, []),
        (DAY, 2 * DAY, []),
    ],
)
def test_a_share_that_is_sound_proves_nothing_of_the_whole_and_is_on_course_while_there_is_time(
    whole: timedelta | None, known_for: timedelta, expected: list[Reason]
) -> None:
    facts: list[tuple[str, object, timedelta]] = [("verify.sound", "sampled", HOUR)]
    if whole is not None:
        facts.append(("verify.whole", True, whole))
    assert reasons(found(verified(*facts), known_for=known_for)) == expected


def test_damage_stays_missed_once_its_verification_is_too_old() -> None:
    damage = (("verify.damage", Damage(file="data/ab/abcd", reason="damaged"), NOW - 9 * DAY),)
    old = look(collector="restic_check", more=damage, ended=NOW - 8 * DAY)
    asked = replace(
        question(OFFSITE, "backup-offsite"), last_look=lambda collector, subject: {"restic_check": old}.get(collector)
    )
    listing = look(point(HOUR))
    findings = list(CHECK.judge(Need(collector=listing.collector, subject=listing.subject), listing, asked))
    assert [(one.state, one.reason) for one in findings] == [
        (State.MET, Reason.WITHIN_LIMIT),
        (State.MISSED, Reason.DAMAGED),
    ]


@pytest.mark.parametrize(
    ("machine", "state", "reason"),
    [
        (CopyMachine.SAME, State.MISSED, Reason.NOT_OFFSITE),
        (CopyMachine.OTHER, State.MET, Reason.WITHIN_LIMIT),
        (CopyMachine.UNKNOWN, State.MET, Reason.WITHIN_LIMIT),
    ],
)
def test_a_copy_on_its_sources_machine_is_not_off_site(machine: CopyMachine, state: State, reason: Reason) -> None:
    value = MachineEvidence(machine=machine, how="boot-id").value(OFFSITE)
    (one,) = found(look(collector=OFFSITE.program.place, more=((FACT, value, NOW),)))
    assert (one.state, one.reason) == (state, reason)


def hidden(id: str, folder: str = "snapshots") -> Fact:
    """Return that a delete marker hides a file of the repository."""
    value = HiddenFile(file=f"{folder}/{id}", written=NOW - DAY)
    return Fact(name=HIDDEN, subject=OFFSITE.subject, value=value, as_of=NOW - HOUR)


def test_a_point_that_went_away_under_a_delete_marker_is_hidden_and_another_one_vanished() -> None:
    lost = [point(3 * DAY, number) for number in (8, 9)]
    seen = look(point(HOUR), more=[(GONE, one, NOW - HOUR) for one in lost])
    marked = replace(seen, facts=(*seen.facts, hidden(lost[0].id)))
    assert reasons(found(marked)) == [Reason.HIDDEN, Reason.VANISHED]
    nested = replace(seen, facts=(*seen.facts, hidden(lost[0].id, "site/snapshots")))
    assert reasons(found(nested)) == [Reason.HIDDEN, Reason.VANISHED]
    assert reasons(found(seen)) == [Reason.VANISHED]


def test_a_point_that_was_forgotten_in_its_time_is_hidden_by_no_one() -> None:
    lost = point(500 * DAY, 9)
    seen = look(point(HOUR), more=[(GONE, lost, NOW - HOUR)])
    assert reasons(found(replace(seen, facts=(*seen.facts, hidden(lost.id))), replace(OFFSITE))) != []
    kept = replace(BACKUP, retention=400 * DAY)
    assert reasons(found(replace(seen, facts=(*seen.facts, hidden(lost.id))), backup=kept)) == []


@pytest.mark.parametrize("present", [True, False])
def test_a_repository_whose_points_are_hidden_is_never_empty_nor_absent(present: bool) -> None:
    seen = look(more=[("repository.present", present, NOW)])
    seen = replace(seen, facts=(*(one for one in seen.facts if one.value != (not present)), hidden("a" * 64)))
    (first, *_) = reasons(found(seen))
    assert first is Reason.HIDDEN
    assert reasons(found(replace(seen, facts=seen.facts[:-1])))[0] in (Reason.EMPTY, Reason.ABSENT)


def test_points_of_another_source_that_are_hidden_are_no_sign_of_this_one_s() -> None:
    seen = look(replace(point(HOUR), host="other"))
    assert reasons(found(replace(seen, facts=(*seen.facts, hidden("a" * 64)))))[0] is not Reason.HIDDEN


def test_a_promised_lock_is_a_need_of_its_own() -> None:
    promised = replace(OFFSITE, immutable=30 * DAY)
    needs = {need.collector: need for need in CHECK.needs(question(promised, "backup-offsite"))}
    assert not needs["immutability"].optional
    assert "immutability" not in {need.collector for need in CHECK.needs(question(OFFSITE, "backup-offsite"))}
    rest = replace(promised, repository="rest:https://vault/")
    needs = {need.collector: need for need in CHECK.needs(question(rest, "backup-offsite"))}
    assert "immutability" not in needs
    assert not needs["append_only"].optional


@pytest.mark.parametrize(("value", "reason"), [(True, None), (False, Reason.NOT_IMMUTABLE)])
def test_a_rest_server_that_deletes_breaks_the_promise(value: bool, reason: Reason | None) -> None:
    rest = replace(OFFSITE, repository="rest:https://vault/", immutable=30 * DAY)
    seen = look(collector="append_only", more=[("repository.append_only", value, NOW - HOUR)])
    assert reasons(found(seen, rest)) == ([] if reason is None else [reason])


def test_a_look_at_locks_is_judged_for_the_copy_s_promise() -> None:
    promised = replace(OFFSITE, immutable=30 * DAY)
    proof = Immutability(promised=30 * DAY, how="object-lock", files=2, held=1, unlocked=1, file="data/aa")
    seen = look(collector="immutability", more=[("copy.immutable", proof, NOW)])
    assert reasons(found(seen, promised)) == [Reason.NOT_IMMUTABLE]
