"""The convention's table holds together: each line can be judged, and what refers to another line finds it."""

from dataclasses import replace

import pytest

from agent.core.convention import (
    CLAUSES,
    OFF_SITE,
    PATCHING,
    RECOVERY_POINT,
    RECOVERY_TIME,
    REVIEW,
    STORAGE,
    EntryDuty,
    subjects_of,
)
from agent.core.inventory import Backup, Copy, DeclaredHost


def test_a_target_of_hosts_has_a_word_of_collect() -> None:
    with pytest.raises(ValueError, match="patching judges hosts, and no word of collect says which"):
        replace(CLAUSES[PATCHING], collect_word=None)


def test_a_target_has_its_own_duty() -> None:
    other = EntryDuty(target="breach-dpo", register="breach", opened="detected")
    with pytest.raises(ValueError, match="breach-cnil has the duty of breach-dpo"):
        replace(CLAUSES["breach-cnil"], duty=other)


def test_what_is_asked_for_by_name_stands_in_the_table() -> None:
    assert {RECOVERY_POINT, RECOVERY_TIME, OFF_SITE, PATCHING, STORAGE, REVIEW} <= set(CLAUSES)
    assert {one.held_to for one in CLAUSES.values()} - {None} <= set(CLAUSES)


def test_points_and_dated_evidence_are_of_backups_alone() -> None:
    assert {one.subjects for one in CLAUSES.values() if one.of_points} == {(Backup,), (Copy,)}
    assert [one.id for one in CLAUSES.values() if one.dated_evidence] == [RECOVERY_POINT]


def test_a_target_that_is_no_longer_promised_has_subjects_of_no_kind() -> None:
    assert subjects_of(PATCHING) == (DeclaredHost,)
    assert subjects_of("gone-target") == (object,)
