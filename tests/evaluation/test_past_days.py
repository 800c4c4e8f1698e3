"""Days that are over: closed by the first command that may write, derived by those that only read."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.model import Key, State
from agent.core.period import Quarter
from agent.core.reason import Reason
from agent.evaluation.past_days import books_of, close_past_days, derived, settle
from agent.evaluation.round import Round
from agent.publishing.edition_files import DAYS, EVIDENCE, PAGE
from agent.publishing.reports import ReportFiles, ReportRequest, published
from agent.queries.current_state import current_snapshot
from agent.report.verifying import verify
from tests.evaluation.test_round import DAY, HOUR, RPO, START, World, live, world

LIFECYCLE = Key(target="backup-lifecycle", subject="files", beneficiary="scota")
RETENTION = 'retention = "400d"'
Q4 = Quarter.parse("2026-Q4")
LAST_LOOK = datetime(2026, 11, 3, 20, tzinfo=UTC)


def came(held: World, key: Key, day: date) -> tuple[State, Reason] | None:
    rows = [row for row in held.ledger.day_rows(day, day) if row.key == key]
    return (rows[0].measured, rows[0].reason) if rows else None


def settled(held: World, now: datetime) -> None:
    held.clock.instant = now
    settle(held.ledger, books_of(held.session.configuration, held.ledger), now, final=True)


@pytest.mark.slow
@pytest.mark.parametrize("silence", [timedelta(hours=14), 5 * DAY, 9 * DAY, 40 * DAY])
def test_the_last_day_looked_at_is_closed_however_late(tmp_path: Path, silence: timedelta) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        held.look()
        live(held, LAST_LOOK)
        settled(held, LAST_LOOK + silence)
        standing = {verdict.key: verdict.measured for verdict in held.ledger.standing()}
        for key in (LIFECYCLE, RPO):
            row = came(held, key, date(2026, 11, 3))
            assert row is not None
            assert row[0] is standing[key]
            assert row[1] not in (Reason.NOT_RUN, Reason.STALE_EVIDENCE)


@pytest.mark.parametrize("silence", [2 * DAY, 9 * DAY, 40 * DAY])
def test_a_missed_day_stays_missed_however_long_nothing_runs(tmp_path: Path, silence: timedelta) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        held.look()
        live(held, LAST_LOOK)
        held.look(present=False)
        held.clock.instant += silence
        held.look()
        assert came(held, RPO, date(2026, 11, 3)) == (State.MISSED, Reason.ABSENT)


def test_silent_days_after_looks_say_that_their_evidence_aged_out(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        held.look()
        live(held, LAST_LOOK)
        settled(held, LAST_LOOK + 20 * DAY)
        silent = {came(held, key, date(2026, 11, day)) for key in (RPO, LIFECYCLE) for day in range(5, 23)}
    assert silent == {(State.UNPROVEN, Reason.STALE_EVIDENCE)}


def test_a_subject_that_was_never_looked_at_was_not_run(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        settled(held, START + 20 * DAY)
        assert came(held, RPO, date(2026, 11, 3)) == (State.UNPROVEN, Reason.NOT_RUN)


def test_what_only_reads_derives_the_rows_that_a_writer_keeps(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        held.look()
        live(held, LAST_LOOK)
        held.clock.instant = now = LAST_LOOK + 12 * DAY
        before = derived(held.ledger, books_of(held.session.configuration, held.ledger), now)
        shown = current_snapshot(held.session.configuration, held.ledger, now=now)
        settled(held, now)
        kept = held.ledger.day_rows(before[0].day, before[-1].day)
        assert set(before) <= set(kept)
        assert derived(held.ledger, books_of(held.session.configuration, held.ledger), now) == ()
        after = current_snapshot(held.session.configuration, held.ledger, now=now)
    assert [one.tally for one in shown.standings] == [one.tally for one in after.standings]


def test_a_good_day_is_left_to_the_look_after_a_silence(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        held.look()
        live(held, datetime(2026, 11, 3, 20, tzinfo=UTC))
        books = books_of(held.session.configuration, held.ledger)
        held.clock.instant = datetime(2026, 11, 5, 6, tzinfo=UTC)
        close_past_days(held.ledger, books, held.clock.instant)
        assert came(held, RPO, date(2026, 11, 3)) is None
        held.look()
        assert came(held, RPO, date(2026, 11, 3)) == (State.MET, Reason.WITHIN_LIMIT)
        assert came(held, RPO, date(2026, 11, 4)) == (State.MISSED, Reason.TOO_OLD)


def provisional_before_a_look(held: World) -> datetime:
    """Let a good day pass and wait for its look; return half past midnight."""
    held.points = [START - 8.5 * HOUR]
    held.look()
    live(held, START + 15 * HOUR, backups=False)
    held.clock.instant = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    return held.clock.instant


def test_a_provisional_report_counts_a_waiting_day_as_it_stands(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        now = provisional_before_a_look(held)
        with published(held.session.configuration, held.ledger, ReportRequest(quarter=Q4), now) as made:
            assert "2026-11-02,backup-rpo,files,scota,met,within-limit" in made.content(DAYS).decode()
            found = verify(made.folder / EVIDENCE)
        assert held.day(date(2026, 11, 2)) is None
        held.clock.instant = START + 30 * HOUR
        held.look()
        assert held.day(date(2026, 11, 2)) == (State.MISSED, Reason.TOO_OLD, False)
    assert found.damage == []


def published_at_midnight(held: World) -> ReportFiles:
    """Publish an edition half an hour after its quarter, which ends with a point that grew too old at 22:30 UTC."""
    held.clock.instant = datetime(2026, 12, 31, 5, tzinfo=UTC)
    held.points = [datetime(2026, 12, 30, 20, 30, tzinfo=UTC)]
    held.look()
    live(held, datetime(2026, 12, 31, 20, tzinfo=UTC), backups=False)
    held.clock.instant = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    with published(held.session.configuration, held.ledger, ReportRequest(quarter=Q4), held.clock.instant) as made:
        return made


def test_a_day_counted_before_its_look_becomes_missed_by_it(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        published_at_midnight(held)
        assert held.day(date(2026, 12, 31)) == (State.MET, Reason.WITHIN_LIMIT, False)
        held.clock.instant = datetime(2027, 1, 1, 11, tzinfo=UTC)
        held.look()
        assert held.day(date(2026, 12, 31)) == (State.MISSED, Reason.TOO_OLD, True)


def test_the_next_edition_lists_a_day_that_its_look_showed_missed(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        first = published_at_midnight(held)
        held.clock.instant = datetime(2027, 1, 1, 11, tzinfo=UTC)
        held.look()
        wish = ReportRequest(quarter=Q4, edition=2)
        with published(held.session.configuration, held.ledger, wish, held.clock.instant) as made:
            page = made.content(PAGE).decode()
            sound = [verify(edition.folder / EVIDENCE) for edition in (first, made)]
    assert "files, le 31 décembre 2026 : atteint devient non atteint" in " ".join(page.split()).replace("\u00a0", " ")
    assert [one.damage for one in sound] == [[], []]


def test_a_turn_that_judges_one_target_closes_the_days_of_all(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        held.look()
        live(held, LAST_LOOK)
        held.clock.instant = LAST_LOOK + 12 * DAY
        Round(held.session).judge([one for one in held.session.wanted if one.key.target == "storage-quota"])
        assert came(held, LIFECYCLE, date(2026, 11, 3)) == (State.MET, Reason.WITHIN_LIMIT)


def test_a_turn_signs_the_days_of_the_ledger_that_are_over(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        held.look()
        assert held.ledger.heads() == ()
        held.clock.instant += DAY
        held.look()
        assert [head.day for head in held.ledger.heads()] == ["2026-11-02"]


def test_a_report_made_by_hand_signs_them_too(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        held.look()
        settled(held, START + 12 * DAY)
        assert [head.day for head in held.ledger.heads()] == ["2026-11-02"]
