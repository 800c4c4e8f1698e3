"""backup-offsite where the copy has a store: what its files show by their names and sizes alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.core.inventory import Store
from agent.core.model import Finding, Observation, State
from agent.core.reason import Reason
from checks.backup_offsite import CHECK
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, OFFSITE, judged, look, question

STORED = replace(OFFSITE, store=Store(host="vault", path="/srv/restic"))
PACK = "data/ab/" + "ab" * 32


def asked() -> object:
    return question(STORED, "backup-offsite", replace(BACKUP, copies=(STORED,)))


def seen(*facts: tuple[str, object, datetime], present: bool = True) -> Observation:
    return look(collector="store_listing", more=facts, present=present)


def found(observation: Observation) -> tuple[Finding, ...]:
    return judged(CHECK, asked(), observation)  # type: ignore[arg-type]  # a question


def test_it_rests_on_the_points_the_files_and_what_the_store_hashed() -> None:
    needs = [need for need in CHECK.needs(asked()) if not need.optional]  # type: ignore[arg-type]  # a question
    assert [need.collector for need in needs] == ["restic_snapshots", "store_listing", "store_hash"]
    assert [need.by_occasion for need in needs] == [False, False, True]


def test_a_list_as_it_should_be_says_nothing_by_itself() -> None:
    assert found(seen(("store.files", 3, NOW), ("store.missing.count", 0, NOW))) == ()


@pytest.mark.parametrize(("gone_for", "told"), [(timedelta(0), True), (7 * DAY, True), (7 * DAY + HOUR, False)])
def test_a_file_that_is_gone_is_told_for_seven_days(gone_for: timedelta, told: bool) -> None:
    facts = (("store.missing.count", 3, NOW), ("store.missing", PACK, NOW - gone_for))
    findings = found(seen(*facts))
    assert [(one.state, one.reason) for one in findings] == ([(State.MISSED, Reason.VANISHED)] if told else [])
    if told:
        assert findings[0].about == {"gone_files": 3, "file": PACK}
        assert findings[0].stands_until == NOW + 6 * HOUR


def test_another_size_than_the_one_hashed_is_damage() -> None:
    (one,) = found(seen(("store.altered", PACK, NOW)))
    assert (one.state, one.reason, one.about) == (State.MISSED, Reason.DAMAGED, {"files": 1, "file": PACK})


def test_a_store_without_its_repository_is_missed() -> None:
    (one,) = found(seen(present=False))
    assert (one.state, one.reason) == (State.MISSED, Reason.ABSENT)


WHOLE = ("verify.whole", True, NOW - DAY)


def test_what_was_hashed_there_is_judged_as_any_verification() -> None:
    (one,) = found(look(collector="store_hash", more=[("verify.sound", "hashed", NOW - HOUR), WHOLE]))
    assert (one.state, one.about) == (State.MET, {"depth": "hashed"})
    (stale,) = found(look(collector="store_hash", more=[("verify.sound", "hashed", NOW - 8 * DAY)]))
    assert (stale.reason, stale.about["collector"]) == (Reason.STALE_EVIDENCE, "store_hash")
