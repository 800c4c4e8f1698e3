"""Rows of days that no program keeps, in a bundle whose signatures all hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.accounting.days import DayRow
from agent.core.model import Key, State
from agent.core.reason import Reason
from agent.evaluation.round import in_force
from agent.ledger.day_ledger import DayLedger
from agent.ledger.day_rows import DayResult
from agent.report.kept_rows import DayRowRules
from tests.evaluation.test_round import DAY, HOUR, RPO, START, world
from tests.ledger.samples import day_row
from tests.parts.kept import append_entry
from tests.report.published_bundle import check
from tests.report.test_derived import bundle_of, live, turn

ON = date(2026, 11, 4)
CLOCK = Key(target="log-collection", subject="srv-1", beneficiary="scota")
MET, MISSED = (DayResult(state=one, measured=one, reason=Reason.TOO_OLD) for one in (State.MET, State.MISSED))
UNPROVEN = DayResult(state=State.UNPROVEN, measured=State.UNPROVEN, reason=Reason.STALE_EVIDENCE)
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


def wrong(*rows: tuple[datetime, DayResult], key: Key = RPO, accepted: bool = False, named: bool = False) -> list[str]:
    """Return what the rules say of rows of one day, one after another."""
    rules, before = DayRowRules(lambda *_: accepted, lambda *_: named), None
    for at, came in rows:
        rules.take(key, ON.isoformat(), came, before, at)
        before = came
    return rules.wrong


@pytest.mark.parametrize("state", [State.MET, State.NOT_APPLICABLE, State.ACCEPTED])
def test_a_day_that_counts_as_another_state_than_was_measured_is_damage(state: State, tmp_path: Path) -> None:
    """What is counted is the one, and what looks are held to is the other."""
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 2 * DAY, backups=False)
        (row,) = (one for one in held.ledger.day_rows(date(2026, 11, 3), date(2026, 11, 3)) if one.key == RPO)
        assert row.measured is State.MISSED
        held.ledger.keep_days([replace(row, state=state)])
        live(held, START + 3 * DAY, backups=False)
        found = check(bundle_of(held), tmp_path)
    because = "no entry accepts that day" if state is State.ACCEPTED else "was measured as missed"
    assert found.damage == [f"2026-11-03 backup-rpo files is kept as {state.value}, and {because}"]


def test_a_day_that_a_later_row_made_better_is_damage_though_no_look_tells_of_its_target(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 2 * DAY)
        key = Key(target="backup-rto", subject="files", beneficiary="scota")
        row = DayRow(
            key=key,
            day=date(2026, 11, 3),
            state=State.UNPROVEN,
            measured=State.UNPROVEN,
            reason=Reason.NOT_RUN,
            late=False,
            judged_at=held.clock.instant,
        )
        held.ledger.keep_days([row])
        held.ledger.keep_days([replace(row, state=State.MET, measured=State.MET, late=True)])
        found = check(bundle_of(held), tmp_path)
    assert found.damage == ["2026-11-03 backup-rto files is kept as met by a later row, and was measured as unproven"]


def test_an_accepted_day_needs_an_entry_that_accepts_it() -> None:
    accepted = replace(MISSED, state=State.ACCEPTED)
    assert wrong((NOON, accepted), accepted=True) == []
    assert wrong((NOON, accepted)) != []
    assert wrong((NOON, replace(MET, state=State.ACCEPTED)), accepted=True) != []


@pytest.mark.parametrize(
    ("entered", "author"),
    [(datetime(2026, 11, 4, 8, tzinfo=UTC), "RSSI"), (START + HOUR, "Présidente du SCOTA (RSSI)")],
)
def test_a_day_accepted_by_the_rules_of_earlier_programs_is_doubtful(
    entered: datetime, author: str, tmp_path: Path
) -> None:
    """They let an acceptance act from the day that it gives, before that of its entry, and any other name accept."""
    values = {
        "beneficiary": "scota",
        "target": "backup-rpo",
        "subject": "files",
        "accepted_on": "2026-11-03",
        "until": "2026-11-03",
        "accepted_by": "Présidente du SCOTA",
        "author": author,
        "reason": "panne",
    }
    with world(tmp_path) as held:
        turn(held)
        held.clock.instant = entered
        append_entry(held.ledger, "acceptance", values, beneficiary="scota")
        held.clock.instant = datetime(2026, 11, 4, 8, tzinfo=UTC)
        row = day_row(date(2026, 11, 3), State.MISSED, key=RPO)
        held.ledger.keep_days([replace(row, state=State.ACCEPTED, reason=Reason.TOO_OLD)])
        live(held, START + 3 * DAY, backups=False)
        found = check(bundle_of(held), tmp_path)
    assert found.damage == []
    (said,) = (one for one in found.doubts if "2026-11-03 backup-rpo files is kept as accepted by an entry that" in one)
    assert said.endswith("(days kept so: 1): it came in later, or names who may not accept")


def test_a_day_that_was_kept_as_missed_is_accepted_by_no_earlier_program_later() -> None:
    accepted = replace(MISSED, state=State.ACCEPTED)
    assert wrong((NOON, accepted), named=True) == []
    assert wrong((NOON, UNPROVEN), (NOON, accepted), named=True) == []
    assert wrong((NOON, MISSED), (NOON, accepted), named=True) != []


@pytest.mark.parametrize(
    ("after", "is_wrong"), [(timedelta(days=6), False), (timedelta(days=6, hours=12), True), (timedelta(days=90), True)]
)
def test_late_evidence_makes_an_unproven_day_better_for_seven_days(after: timedelta, *, is_wrong: bool) -> None:
    assert bool(wrong((NOON, UNPROVEN), (NOON + after, MET))) is is_wrong


def test_no_missed_day_and_no_day_that_had_to_be_seen_becomes_better_later() -> None:
    later = NOON + timedelta(days=1)
    assert wrong((NOON, MISSED), (later, MET)) != []
    assert wrong((NOON, MISSED), (later, UNPROVEN)) != []
    assert wrong((NOON, UNPROVEN), (later, MET), key=CLOCK) != []
    assert wrong((NOON, MET), (later, MISSED)) == []
    assert wrong((NOON, UNPROVEN), (later, MISSED)) == []


def test_no_day_is_kept_before_it_is_over_in_any_zone() -> None:
    """Earlier releases counted days of another zone."""
    assert wrong((datetime(2026, 11, 4, 9, 59, tzinfo=UTC), MET)) != []
    assert wrong((datetime(2026, 11, 4, 10, tzinfo=UTC), MET)) == []


def test_days_that_an_entry_accepts_which_was_erased_before_its_time_are_doubted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder of the key enters anything, erases it, and calls each missed day accepted."""
    keep = DayLedger.keep_days

    def keep_as_accepted(ledger: DayLedger, rows: Sequence[DayRow]) -> None:
        missed = [one.key == RPO and one.measured is State.MISSED for one in rows]
        keep(
            ledger,
            [
                replace(one, state=State.ACCEPTED) if is_missed else one
                for one, is_missed in zip(rows, missed, strict=True)
            ],
        )

    monkeypatch.setattr(DayLedger, "keep_days", keep_as_accepted)
    with world(tmp_path) as held:
        turn(held)
        values = {"author": "tech", "beneficiary": "scota", "performed": "2026-11-01", "by": "DPO"}
        append_entry(held.ledger, "awareness", values, beneficiary="scota")
        live(held, START + 2 * DAY, backups=False)
        assert held.ledger.erase_expired(held.clock.instant, keep_readings=400 * DAY, keep_personal=HOUR) == 1
        live(held, START + 4 * DAY, backups=False)
        found = check(bundle_of(held), tmp_path)
    assert found.damage == []
    (said,) = found.doubts
    assert said.startswith(
        "2026-11-03 backup-rpo files is kept as accepted, and an entry that may accept it was erased"
    )


@pytest.mark.parametrize(("after", "is_spared"), [(90 * DAY, True), (200 * DAY, False)])
def test_an_acceptance_that_ended_is_not_erased_before_its_last_quarter_is_reported(
    tmp_path: Path, after: timedelta, *, is_spared: bool
) -> None:
    span = {"accepted_on": f"{START:%F}", "until": f"{START + 2 * DAY:%F}"}
    values = {"author": "tech", "beneficiary": "scota", "target": "backup-rpo", "subject": "files", "reason": "travaux"}
    with world(tmp_path) as held:
        turn(held)
        append_entry(held.ledger, "acceptance", {**values, **span, "accepted_by": "Mme X"}, beneficiary="scota")
        live(held, START + 4 * DAY, backups=False)
        assert State.ACCEPTED in {one.state for one in held.ledger.day_rows(START.date(), held.clock.instant.date())}
        needed = in_force(held.session, held.clock.instant + after)
        erased = held.ledger.erase_expired(
            held.clock.instant, keep_readings=400 * DAY, keep_personal=DAY, needed=needed
        )
        found = check(bundle_of(held), tmp_path)
    assert (erased, found.damage, found.doubts == []) == (0 if is_spared else 1, [], is_spared)


def test_an_exclusion_that_ended_is_spared_as_long(tmp_path: Path) -> None:
    values = {"author": "tech", "beneficiary": "scota", "target": "backup-rpo", "subject": "files", "reason": "travaux"}
    span = {"from": f"{START:%F}", "to": f"{START + DAY:%F}"}
    with world(tmp_path) as held:
        made = append_entry(held.ledger, "exclusion", {**values, **span}, beneficiary="scota")
        assert made in in_force(held.session, START + 90 * DAY)
        assert made not in in_force(held.session, START + 200 * DAY)


@pytest.mark.parametrize("backup", ["files", "other"])
def test_what_was_meant_to_shrink_is_not_missed_once_its_entry_is_old(tmp_path: Path, backup: str) -> None:
    """Its history remembers the fall for ever."""
    values = {"author": "tech", "beneficiary": "scota", "backup": backup, "reason": "archivage"}
    with world(tmp_path) as held:
        made = append_entry(held.ledger, "change", values, beneficiary="scota")
        assert (made in in_force(held.session, START + 2000 * DAY)) is (backup == "files")
        older = append_entry(held.ledger, "change", {**values, "on": f"{START - DAY:%F}"}, beneficiary="scota")
        assert older not in in_force(held.session, START)


def test_an_entry_that_is_open_is_not_settled_by_its_age(tmp_path: Path) -> None:
    """Its rights may still be held, and a scorecard without it would say that nothing is."""
    values = {"author": "tech", "beneficiary": "scota", "person": "Mme X", "accounts": "mx"}
    about = {
        "author": "tech",
        "beneficiary": "scota",
        "title": "courriel",
        "detected": f"{START:%FT%T}Z",
        "major": "yes",
    }
    with world(tmp_path) as held:
        left = append_entry(held.ledger, "departure", {**values, "left": f"{START:%FT%T}Z"}, beneficiary="scota")
        still = append_entry(held.ledger, "incident", about, beneficiary="scota")
        ended = append_entry(held.ledger, "incident", {**about, "reported": f"{START:%FT%T}Z"}, beneficiary="scota")
        needed = in_force(held.session, START + 2000 * DAY)
    assert (left in needed, still in needed, ended in needed) == (True, True, False)
