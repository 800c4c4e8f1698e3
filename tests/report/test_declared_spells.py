"""Days before a declaration changed, derived by what was declared then; those around the change rest on a word."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.model import State
from agent.report.derived import derive
from agent.report.derived_days import (
    DECLARED_OTHERWISE,
    LACKING,
    MOST_EXCUSED,
    STOOD_FOR,
    TOO_MUCH,
    TURNED_BRIEFLY,
    TURNED_UNSHOWN,
    UNREAD,
    DerivedDays,
)
from agent.report.own_rows import BeneficiaryPayload
from agent.report.recount import kept_days
from tests.evaluation.test_round import DAY, HOUR, RPO, START, World, world
from tests.parts.lived_hosts import derived_days, lived_hosts, payloads_of
from tests.report.test_derived import ABOUT, payloads
from tests.report.test_derived import live as backups_live
from tests.report.test_derived import turn as backups_turn
from tests.report.test_derived_undeclared import CLOCK, MORE, declare, live

MISSED_ON = date(2026, 11, 5)
BAD_FROM, BAD_UNTIL = datetime(2026, 11, 5, 9, tzinfo=UTC), datetime(2026, 11, 5, 13, tzinfo=UTC)
BESIDE = "central/fw-2"
SITES = ("lille", "lens", "douai", "amiens")


def move(held: World, site: str) -> None:
    """Declare the host at another site, which changes nothing of its looks."""
    own, other = held.session.configuration.inventory.hosts
    declare(held, own, replace(other, site=site))


def keep_as_met(held: World, *days: date) -> None:
    rows = [row for day in days for row in held.ledger.day_rows(day, day) if row.key == CLOCK]
    held.ledger.keep_days([replace(row, state=State.MET, measured=State.MET) for row in rows])


def derived(held: World) -> DerivedDays:
    rows = payloads(held)
    return derive(rows, kept_days(rows, ABOUT))


def counts(found: DerivedDays) -> Mapping[str, int]:
    """Return how many days of the clock were left, by reason."""
    return {reason: count for (target, reason), count in found.left.items() if target == CLOCK.target and count}


@pytest.mark.parametrize("is_forged", [False, True])
def test_a_day_before_a_change_is_held_to_what_was_declared_then(tmp_path: Path, *, is_forged: bool) -> None:
    with world(tmp_path, MORE) as held:
        live(held, BAD_FROM)
        live(held, BAD_UNTIL, offset=5)
        live(held, START + 5 * DAY)
        move(held, SITES[0])
        live(held, START + 8 * DAY)
        move(held, SITES[1])
        live(held, START + 12 * DAY)
        if is_forged:
            keep_as_met(held, MISSED_ON)
        found = derived(held)
    said = f"{MISSED_ON} {CLOCK.target} {CLOCK.subject} is kept as met, and its looks show unproven"
    assert found.wrong == ([said] if is_forged else [])
    # Those around the changes too, since what is declared before and after them shows the same.
    assert found.counted[CLOCK.target] == 12 - is_forged
    assert DECLARED_OTHERWISE not in counts(found)
    assert list(found.doubts()) == []


def test_many_days_around_changes_are_doubtful(tmp_path: Path) -> None:
    """The holder of the key declares something else each day, and keeps the days as met that looks show otherwise."""
    with world(tmp_path, MORE) as held:
        for number in range(1, 13):
            live(held, START + number * DAY, offset=5)
            move(held, SITES[number % len(SITES)])
        keep_as_met(held, *(START.date() + number * timedelta(days=1) for number in range(12)))
        found = derived(held)
    assert found.wrong == []
    (said,) = found.doubts()
    assert f"{DECLARED_OTHERWISE}: " in said


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> list[BeneficiaryPayload]:
    """Return rows of days that are kept as met, whose looks show otherwise."""
    with world(tmp_path_factory.mktemp("forged"), MORE) as held:
        live(held, START + 12 * DAY, offset=5)
        keep_as_met(held, *(START.date() + number * timedelta(days=1) for number in range(12)))
        return payloads(held)


def rewritten(rows: list[BeneficiaryPayload], before: bytes, after: bytes) -> list[BeneficiaryPayload]:
    """Return rows as the holder of the key writes those of what was seen."""
    texts = [(row.text or b"").replace(before, after) for row in rows]
    return [replace(row, text=text) if row.kind == "seen" else row for row, text in zip(rows, texts, strict=True)]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (b'"collector":"clock"', b'"collector":"clocks"', LACKING),
        (b'"apart":', b'"unshown":1,"apart":', STOOD_FOR),
        (b'"name":"clock.', b'"name":7,"nome":"clock.', UNREAD),
    ],
)
def test_days_kept_as_met_whose_looks_can_not_be_followed_are_doubtful(
    forged: list[BeneficiaryPayload], before: bytes, after: bytes, reason: str
) -> None:
    assert len(derive(forged, kept_days(forged, ABOUT)).wrong) > MOST_EXCUSED
    changed = rewritten(forged, before, after)
    found = derive(changed, kept_days(changed, ABOUT))
    assert found.wrong == []
    assert counts(found)[reason] > MOST_EXCUSED
    (said,) = found.doubts()
    assert f"{reason}: " in said


def test_days_kept_as_met_that_cost_too_much_are_doubtful(
    forged: list[BeneficiaryPayload], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.report.derived.MOST_JUDGED", 1)
    found = derive(forged, kept_days(forged, ABOUT))
    assert counts(found)[TOO_MUCH] > MOST_EXCUSED
    (said,) = found.doubts()
    assert f"{TOO_MUCH}: " in said


def test_a_bundle_without_any_row_of_what_was_seen_is_doubtful(forged: list[BeneficiaryPayload]) -> None:
    rows = [row for row in forged if row.kind != "seen"]
    found = derive(rows, kept_days(rows, ABOUT))
    (said,) = found.doubts()
    assert f"{LACKING}: " in said


@pytest.mark.parametrize("is_forged", [False, True])
def test_a_source_that_sends_once_a_day_beside_a_busy_one_is_no_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_forged: bool
) -> None:
    """Of looks that differ each hour one stands for others: time makes it worse, and the next one is good again."""
    monkeypatch.setattr("agent.report.derived_days.MOST_EXCUSED", 1)
    with lived_hosts(tmp_path, beside=True) as one:
        while one.held.clock.instant < START + 4 * DAY:
            now = one.held.clock.instant
            one.trouble.newest_record = now - timedelta(minutes=7)
            sent = now.replace(hour=3, minute=0)
            one.trouble.newest_beside = sent - (3 if is_forged else 0 if sent <= now else 1) * DAY
            one.turn("logs")
            one.held.clock.instant += HOUR
        if is_forged:
            days = (START.date() + number * timedelta(days=1) for number in range(4))
            rows = [row for day in days for row in one.held.ledger.day_rows(day, day) if row.key.subject == BESIDE]
            one.held.ledger.keep_days([replace(row, state=State.MET, measured=State.MET) for row in rows])
        found = derived_days(payloads_of(one.held))
    assert found.wrong == []
    assert found.left["log-collection", STOOD_FOR if is_forged else TURNED_UNSHOWN] > 1
    assert any(f"log-collection {BESIDE}" in said for said in found.doubts()) == is_forged


def without_copies(row: BeneficiaryPayload) -> BeneficiaryPayload:
    """Return a row that declares no copy of any backup, so that no look of one is asked for."""
    if row.kind != "seen":
        return row
    content = json.loads(row.text or b"")
    for backup in content.get("declared", {}).get("backups", []):
        backup["copies"] = []
    return replace(row, text=json.dumps(content).encode())


def test_days_of_a_backup_whose_copies_no_row_declares_are_doubtful(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its declaration asks for no look, and no honest backup is met by none."""
    monkeypatch.setattr("agent.report.derived_days.MOST_EXCUSED", 1)
    with world(tmp_path) as held:
        backups_live(held, START + 4 * DAY)
        rows = [without_copies(row) for row in payloads(held)]
    kept = kept_days(rows, ABOUT)
    assert sum(day.measured is State.MET for day in kept.days[RPO].values()) > 1
    assert any("days of backup-rpo files are kept as met" in said for said in derive(rows, kept).doubts())


def test_a_source_that_sends_once_a_day_is_no_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is too old for half an hour each day, until the next look, and no look shows it so."""
    monkeypatch.setattr("agent.report.derived_days.MOST_EXCUSED", 1)
    with lived_hosts(tmp_path) as one:
        one.held.clock.instant += HOUR / 2
        while one.held.clock.instant < START + 4 * DAY:
            now = one.held.clock.instant
            sent = now.replace(hour=3, minute=0)
            one.trouble.newest_record = sent if sent <= now else sent - DAY
            one.turn("logs")
            one.held.clock.instant += HOUR
        found = derived_days(payloads_of(one.held))
    assert found.wrong == []
    assert found.left["log-collection", TURNED_BRIEFLY] > 1
    assert not any("central/fw-1" in said for said in found.doubts())


def test_looks_a_day_apart_that_are_said_to_stand_for_others_excuse_few_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a backup each other day, a look a day shows each point while it is new enough, and none when it is not."""
    monkeypatch.setattr("agent.report.derived_days.MOST_EXCUSED", 1)
    with world(tmp_path) as held:
        for number in range(8):
            if number % 2 == 0:
                held.points.append(held.clock.instant - HOUR)
            backups_turn(held)
            held.clock.instant += DAY
        days = (START.date() + number * timedelta(days=1) for number in range(7))
        own = [row for day in days for row in held.ledger.day_rows(day, day) if row.key == RPO]
        held.ledger.keep_days([replace(row, state=State.MET, measured=State.MET) for row in own])
        rows = rewritten(payloads(held), b'"apart":', b'"unshown":1,"apart":')
    found = derive(rows, kept_days(rows, ABOUT))
    assert found.left[RPO.target, STOOD_FOR] > 1
    assert any("days of backup-rpo files are kept as met" in said for said in found.doubts())
