"""How an exercise of a cluster ends, by what the started cluster showed."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.cluster_copy import ClusterCopy, ClusterPoint, ClusterRestore
from agent.core.errors import Unreachable
from agent.core.facts.copy_audit import found_damage
from agent.core.facts.verification import damage_in
from agent.core.reason import Reason
from agent.evaluation.cluster_drill import judged, not_restored, unless_removed
from agent.restores.clusters.findings import ClusterFindings, DatabaseCount, TableRows
from agent.restores.exercise import Drill, ExerciseOutcome, ExerciseRequest, record_of
from agent.wording.record import record
from tests.checks.backups import OFFSITE

BEGUN = datetime(2026, 12, 1, 3, tzinfo=UTC)
SHOP = DatabaseCount(name="shop", tables=1, rows=1200, named=(TableRows(table="public.sales", rows=1200),))
FOUND = ClusterFindings(server="17.2", replayed=0x5000100, wanted=0x5000000, databases=(SHOP,))
DONE = Drill(
    request=ExerciseRequest(copy=OFFSITE, full=True, reason="essai", author="DBA"),
    begun=BEGUN,
    ending=ExerciseOutcome.OK,
    reason=Reason.WITHIN_LIMIT,
    snapshots=("20261130F",),
    recovery_point=BEGUN - timedelta(hours=2),
    cluster=FOUND,
)


def test_what_was_replayed_and_counted_whole_is_a_success() -> None:
    done = judged(DONE, FOUND, BEGUN)
    assert (done.ending, done.recovery_point) == (ExerciseOutcome.OK, BEGUN - timedelta(hours=2))


def test_a_later_transaction_is_the_recovery_point_and_never_one_of_the_future() -> None:
    later = judged(DONE, replace(FOUND, committed=BEGUN - timedelta(hours=1)), BEGUN)
    ahead = judged(DONE, replace(FOUND, committed=BEGUN + timedelta(days=1)), BEGUN + timedelta(hours=1))
    assert (later.recovery_point, ahead.recovery_point) == (BEGUN - timedelta(hours=1), BEGUN)


def test_no_transaction_is_newer_than_the_archive_of_its_segment() -> None:
    """A source whose clock runs ahead dates its last one after that."""
    archived = BEGUN - timedelta(minutes=90)
    done = judged(DONE, replace(FOUND, committed=BEGUN), archived)
    assert (done.ending, done.recovery_point) == (ExerciseOutcome.OK, archived)


def test_a_record_that_leads_beyond_the_archive_from_an_older_segment_is_a_success() -> None:
    """One larger than a segment: what is archived of it is not replayed, and nothing is wrong with it."""
    done = judged(DONE, replace(FOUND, replayed=0x4000100), BEGUN)
    assert done.ending is ExerciseOutcome.OK


@pytest.mark.parametrize(
    ("wal", "damaged", "segments"),
    [
        ("", ("20261130F_20261201I", "20261130F"), ()),
        ("000000010000000000000003", (), ("000000010000000000000003",)),
        ("00000002.history", (), ()),
    ],
    ids=["base backup", "segment", "history"],
)
def test_what_does_not_come_back_is_known_by_what_it_is_of(
    wal: str, damaged: tuple[str, ...], segments: tuple[str, ...]
) -> None:
    """A file of an increment may lie in the backup that it builds on; a segment is of no backup."""
    point = cast(ClusterPoint, SimpleNamespace(id="20261130F_20261201I", needs=("20261130F",)))
    restored = ClusterRestore(took=timedelta(0), damaged=True, wal=wal, said="checksum")
    done = not_restored(DONE, restored, point)
    assert (done.ending, done.reason, done.detail) == (ExerciseOutcome.FAILED, Reason.DAMAGED, "checksum")
    assert (done.damaged, done.damaged_segments) == (damaged, segments)


def test_what_could_not_be_replayed_is_no_recovery_point() -> None:
    committed = BEGUN - timedelta(days=2)
    done = judged(DONE, replace(FOUND, replayed=0x4000100, committed=committed, goes_on=True), BEGUN)
    assert (done.ending, done.recovery_point) == (ExerciseOutcome.FAILED, committed)


@pytest.mark.parametrize(
    ("found", "ending", "reason"),
    [
        (replace(FOUND, replayed=0x5000000, goes_on=True), ExerciseOutcome.FAILED, Reason.DAMAGED),
        (replace(FOUND, replayed=0, goes_on=True), ExerciseOutcome.FAILED, Reason.DAMAGED),
        (replace(FOUND, goes_on=True), ExerciseOutcome.FAILED, Reason.DAMAGED),
        (replace(FOUND, missing="000000010000000000000006"), ExerciseOutcome.FAILED, Reason.WAL_GAP),
        (
            replace(FOUND, databases=(DatabaseCount(name="x", unlogged=3),)),
            ExerciseOutcome.UNPROVEN,
            Reason.EMPTY,
        ),
        (
            replace(FOUND, databases=(SHOP, DatabaseCount(name="x", damaged=("t: invalid page",)))),
            ExerciseOutcome.FAILED,
            Reason.DAMAGED,
        ),
        (replace(FOUND, unread=("x: no locale",)), ExerciseOutcome.UNPROVEN, Reason.UNREADABLE),
        (
            replace(FOUND, databases=(SHOP, DatabaseCount(name="x", uncounted=("t: no vector",)))),
            ExerciseOutcome.UNPROVEN,
            Reason.UNREADABLE,
        ),
        (replace(FOUND, databases=()), ExerciseOutcome.UNPROVEN, Reason.UNREADABLE),
    ],
)
def test_what_is_damaged_fails_it_and_what_is_unknown_proves_nothing(
    found: ClusterFindings, ending: ExerciseOutcome, reason: Reason
) -> None:
    done = judged(DONE, found, BEGUN)
    assert (done.ending, done.reason) == (ending, reason)
    assert done.detail


@dataclass(frozen=True)
class Keeps:
    """A copy of a cluster that says whether it keeps a backup, or why it cannot say."""

    answer: bool | Exception

    def keeps(self, point: ClusterPoint) -> bool:
        """Answer."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "ending", "damaged"),
    [
        (True, ExerciseOutcome.FAILED, ("20261130F",)),
        (False, ExerciseOutcome.UNPROVEN, ()),
        (RepositoryAbsent("no server"), ExerciseOutcome.UNPROVEN, ()),
        (Unreachable("down"), ExerciseOutcome.FAILED, ("20261130F",)),
    ],
)
def test_what_lacks_of_a_backup_that_was_removed_meanwhile_is_no_damage(
    answer: bool | Exception, ending: ExerciseOutcome, damaged: tuple[str, ...]
) -> None:
    bad = replace(DONE, ending=ExerciseOutcome.FAILED, reason=Reason.DAMAGED, damaged=("20261130F",), detail="gone")
    copy, point = cast(ClusterCopy, Keeps(answer)), cast(ClusterPoint, SimpleNamespace(id="20261130F"))
    done = unless_removed(bad, copy, point)
    assert (done.ending, done.damaged) == (ending, damaged)
    assert "gone" in done.detail
    gap = replace(bad, reason=Reason.WAL_GAP)
    assert unless_removed(gap, copy, point) == gap


def test_a_segment_that_ended_a_recovery_is_kept_until_another_one_goes_through_it() -> None:
    ended, later = BEGUN + timedelta(hours=1), BEGUN + timedelta(hours=2)
    bad, other = {"wal/000000010000000000000004": Reason.DAMAGED}, {"wal/000000010000000000000003"}
    first = found_damage(OFFSITE, bad, BEGUN, ended, None)
    assert first is not None and [one.file for one, _ in damage_in(first)] == list(bad)
    assert found_damage(OFFSITE, {}, ended, later, first, other) is None
    through = found_damage(OFFSITE, {}, ended, later, first, {*other, *bad})
    assert through is not None and damage_in(through) == ()


def test_the_record_never_says_that_the_end_was_reached_where_it_was_not() -> None:
    reached = "fin de l'archive atteinte"
    assert reached in record(DONE)
    for found in (replace(FOUND, goes_on=True), replace(FOUND, missing="000000010000000000000006")):
        assert reached not in record(replace(DONE, cluster=found))


def test_the_record_says_what_was_counted_and_what_was_not_seen() -> None:
    said = record(replace(DONE, cluster=replace(FOUND, unread=("old\x1b[2J: no locale",))))
    for words in (
        "PostgreSQL 17.2, sur une socket privée",
        "0/5000100 : fin de l'archive atteinte",
        "shop (tables : 1 ; lignes : 1",
        "Non comptées : 1",
        "un octet changé dans une page ne se voit pas",
        "comptées, non comparées",
    ):
        assert words in said
    assert "\x1b" not in said
    assert b'"public.sales"' in record_of(DONE)
