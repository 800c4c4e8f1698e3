"""What damage is known of a copy, and which of its points count in spite of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.core.collecting.backup_program import UnreadablePoint, may_be_newest
from agent.core.facts.restore_samples import Failed
from agent.core.facts.verification import Damage
from agent.core.judging.counting import Series, counted_points, newest_that_counts
from agent.core.judging.recency import recency
from agent.core.looks import LastLook
from agent.core.model import Observation, State
from agent.core.reached import REACHES, SPARES, TracedPoint, known_damage, reach_facts, reach_of
from agent.core.reason import Reason
from tests.checks.backups import BACKUP, DAY, HOUR, LIMIT, NOW, OFFSITE, look, point

SUBJECT = "files/offsite"
PACK, OTHER = "aa" * 32, "bb" * 32
FILE, OTHER_FILE = f"data/aa/{PACK}", f"data/bb/{OTHER}"
NEWEST, BEFORE, OLD = point(HOUR, 1), point(3 * HOUR, 2), point(30 * HOUR, 3)
Facts = tuple[tuple[str, object, datetime], ...]


def looks(**facts: Facts) -> LastLook:
    """Return the last looks of some collectors."""
    kept = {name: look(collector=name, more=more) for name, more in facts.items()}
    return lambda collector, subject: kept.get(collector) if subject == SUBJECT else None


def damaged(*files: str, at: datetime = NOW) -> Facts:
    """Return what a verifier keeps of some damaged files."""
    return tuple(("verify.damage", Damage(file=f"{file}", reason="damaged"), at) for file in files)


def traced(last_look: LastLook, words: Mapping[str, str]) -> Facts:
    """Return what is kept of points that were traced for the damage that is known."""
    key = known_damage(SUBJECT, BACKUP.program, last_look).key
    return tuple((name, TracedPoint(key=key, point=id), NOW) for id, name in words.items())


def counted(last_look: LastLook, *more: tuple[str, object, datetime]) -> Series:
    """Return the points that count of three."""
    (found,) = counted_points(BACKUP, look(NEWEST, BEFORE, OLD, more=more), last_look)
    return found


def test_without_known_damage_every_point_counts() -> None:
    assert counted(looks()).counted == (NEWEST, BEFORE, OLD)


def test_a_point_that_the_damage_reaches_does_not_count() -> None:
    known = looks(restic_check=damaged(FILE))
    more = traced(known, {NEWEST.id: REACHES, BEFORE.id: SPARES, OLD.id: SPARES})
    found = counted(known, *more)
    assert (found.counted, found.damaged, found.doubtful) == ((BEFORE, OLD), (NEWEST,), ())
    assert newest_that_counts(BACKUP, look(NEWEST, BEFORE, more=more), known) == BEFORE.time


def test_a_point_that_was_not_traced_does_not_count() -> None:
    found = counted(looks(restic_check=damaged(FILE)))
    assert (found.counted, found.doubtful) == ((), (NEWEST, BEFORE, OLD))


def test_what_was_traced_for_other_damage_tells_nothing() -> None:
    more = traced(looks(restic_check=damaged(FILE)), {NEWEST.id: SPARES})
    found = counted(looks(restic_check=damaged(FILE, OTHER_FILE)), *more)
    assert NEWEST in found.doubtful


@pytest.mark.parametrize("file", ["index/" + "cc" * 32, "index", "data", "config"])
def test_damage_that_cannot_be_traced_leaves_every_point_in_doubt(file: str) -> None:
    assert counted(looks(restic_check=damaged(file))).counted == ()


def test_a_damaged_key_keeps_no_point_from_coming_back() -> None:
    assert counted(looks(store_hash=damaged("keys/" + "cc" * 32))).counted == (NEWEST, BEFORE, OLD)


def test_a_snapshot_file_that_is_damaged_is_its_own_point_alone() -> None:
    found = counted(looks(restic_check=damaged(f"snapshots/{NEWEST.id}")))
    assert (found.counted, found.damaged) == ((BEFORE, OLD), (NEWEST,))


def test_a_sample_that_came_back_damaged_is_known_damage_of_its_point() -> None:
    found = counted(
        looks(samples=(("sample.failed", Failed(reason=Reason.DAMAGED, point=NEWEST.id, token="token"), NOW),))
    )
    assert (found.counted, found.damaged) == ((BEFORE, OLD), (NEWEST,))


@pytest.mark.parametrize("name", ["store.altered", "store.missing"])
def test_what_the_store_lists_as_altered_or_gone_is_known_damage(name: str) -> None:
    assert known_damage(SUBJECT, BACKUP.program, looks(store_listing=((name, FILE, NOW),))).packs == (PACK,)


def test_what_was_gone_before_the_last_verification_is_judged_by_it() -> None:
    known = looks(store_listing=(("store.missing", FILE, NOW - HOUR),), store_hash=())
    assert known_damage(SUBJECT, BACKUP.program, known).packs == ()


def test_another_verifier_settles_damage_once_it_has_read_everything() -> None:
    whole = (("verify.whole", True, NOW - 2 * DAY),)
    assert known_damage(SUBJECT, BACKUP.program, looks(restic_check=damaged(FILE), store_hash=whole)).packs == (PACK,)
    whole = (("verify.whole", True, NOW + DAY),)
    assert known_damage(SUBJECT, BACKUP.program, looks(restic_check=damaged(FILE), store_hash=whole)).packs == ()


def test_what_an_audit_found_is_known_damage_until_the_whole_copy_was_read() -> None:
    audited = damaged(FILE, at=NOW - HOUR)
    before, after = ((("verify.whole", True, NOW - far),) for far in (2 * HOUR, timedelta(0)))
    for whole, packs in ((before, (PACK,)), (after, ())):
        assert known_damage(SUBJECT, BACKUP.program, looks(audit_draws=audited, restic_check=whole)).packs == packs


def test_what_a_look_at_a_sibling_found_is_known_until_it_is_settled() -> None:
    def last_look(whole: timedelta) -> LastLook:
        own = look(collector="restic_check", more=(("verify.whole", True, NOW - whole),))
        found = look(collector="restic_check", more=damaged(FILE, at=NOW - HOUR))
        kept = {("restic_check", SUBJECT): own, ("restic_check", "mails/offsite"): found}
        return lambda *name: kept.get(name)

    def packs(whole: timedelta, *siblings: str) -> tuple[str, ...]:
        return known_damage(SUBJECT, BACKUP.program, last_look(whole), siblings).packs

    assert packs(2 * HOUR) == ()
    assert packs(2 * HOUR, "mails/offsite") == (PACK,)
    assert packs(0 * HOUR, "mails/offsite") == ()


def test_what_was_traced_is_kept_and_read_back() -> None:
    known = looks(restic_check=damaged(FILE))
    more = traced(known, {NEWEST.id: REACHES, BEFORE.id: SPARES})
    reach = reach_of(SUBJECT, BACKUP.program, known, look(more=more))
    kept = tuple((fact.name, fact.value, fact.as_of) for fact in reach_facts(SUBJECT, reach, NOW))
    assert reach_of(SUBJECT, BACKUP.program, known, look(more=kept)) == reach


def said(listing: Observation, last_look: LastLook, limit: timedelta = LIMIT) -> tuple[State, Reason]:
    """Return what a list of points comes to beside known damage."""
    series = counted_points(BACKUP, listing, last_look)
    found = recency(listing, series, now=NOW, limit=limit, judge_history=True)
    return found.state, found.reason


def test_an_older_sound_point_within_the_limit_is_enough() -> None:
    known = looks(restic_check=damaged(FILE))
    listing = look(NEWEST, BEFORE, more=traced(known, {NEWEST.id: REACHES, BEFORE.id: SPARES}))
    assert said(listing, known) == (State.MET, Reason.WITHIN_LIMIT)


def test_recent_points_that_are_all_reached_are_missed() -> None:
    known = looks(restic_check=damaged(FILE))
    listing = look(NEWEST, OLD, more=traced(known, {NEWEST.id: REACHES, OLD.id: SPARES}))
    assert said(listing, known) == (State.MISSED, Reason.DAMAGED)


def test_recent_points_in_doubt_are_unproven_and_never_met() -> None:
    assert said(look(NEWEST, OLD), looks(restic_check=damaged(FILE))) == (State.UNPROVEN, Reason.DAMAGED)


def test_points_in_doubt_that_are_too_old_are_missed_all_the_same() -> None:
    assert said(look(OLD), looks(restic_check=damaged(FILE))) == (State.MISSED, Reason.TOO_OLD)
    limit = timedelta(hours=31)
    assert said(look(OLD), looks(restic_check=damaged(FILE)), limit) == (State.UNPROVEN, Reason.DAMAGED)


def test_an_unread_point_that_may_be_newer_is_not_passed_over() -> None:
    copy = replace(OFFSITE, snapshot_host="srv-1", paths=("/srv/scota",))
    before = look(NEWEST, OLD, replace(BEFORE, host="elsewhere"))
    left = [UnreadablePoint(id=one.id[:10], reason=Reason.DAMAGED) for one in (NEWEST, BEFORE, OLD)]
    left.append(UnreadablePoint(id="ff" * 5, reason=Reason.DENIED))
    found = may_be_newest(left, (BEFORE,), before, copy)
    assert [one.id for one in found] == [NEWEST.id[:10], "ff" * 5]
    assert may_be_newest(left[3:], (BEFORE,), None, copy) == tuple(left[3:])


def test_a_damaged_full_backup_leaves_those_that_build_on_it_and_are_sound() -> None:
    full, increment = (replace(NEWEST, id=id) for id in ("20261201-020000F", "20261201-020000F_20261202-020000I"))
    known = reach_of(SUBJECT, BACKUP.program, looks(restic_check=damaged(f"snapshots/{full.id}")))
    assert [known.reaches(one) for one in (full, increment)] == [True, False]
    assert known.reaches(replace(full, id=f"{full.id}+wal"))


def test_a_point_is_named_by_the_beginning_of_its_digits() -> None:
    known = reach_of(SUBJECT, BACKUP.program, looks(restic_check=damaged("snapshots/abc123")))
    assert [known.reaches(replace(NEWEST, id=id)) for id in ("abc123" + "0" * 58, "abc124" + "0" * 58)] == [True, False]
