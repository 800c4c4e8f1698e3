"""Days without a row that verdicts may leave met: a provisional bundle's reader takes no other for met."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from agent.accounting.expectation import Days, Loading
from agent.accounting.timeline import Start, TimelineUpdate
from agent.core.model import State, Verdict
from agent.core.period import PARIS
from agent.core.reason import Reason
from agent.ledger.day_rows import DayResult
from agent.publishing.edition_files import EVIDENCE
from agent.publishing.reports import ReportRequest, published
from agent.report import bundle
from agent.report.verifying import verify
from agent.report.waiting import waiting_days, with_waiting
from tests.evaluation.test_past_days import Q4, RETENTION, provisional_before_a_look
from tests.evaluation.test_round import RPO, world
from tests.ledger.samples import day_row
from tests.report.published_bundle import packed, resigned

BEGAN = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
LOADS = [Loading(at=datetime(2026, 10, 1, tzinfo=UTC), declared={RPO: Days()})]
LAST = date(2026, 11, 2)


def drawn(state: State, stands_until: datetime, at: datetime = BEGAN) -> tuple[Verdict, TimelineUpdate]:
    verdict = Verdict(
        target=RPO.target,
        subject=RPO.subject,
        beneficiary=RPO.beneficiary,
        at=at,
        state=state,
        measured=state,
        day_state=state,
        reason=Reason.WITHIN_LIMIT,
        unit="seconds",
        observed_at=at,
        stands_until=stands_until,
    )
    covers = at - timedelta(hours=2)
    start = Start(at=covers, state=state, reason=Reason.WITHIN_LIMIT)
    return verdict, TimelineUpdate(covers_from=covers, starts=(start,), stands_until=stands_until)


@pytest.mark.parametrize(
    ("state", "stands_until", "waits"),
    [
        (State.MET, datetime(2026, 11, 2, 22, 30, tzinfo=UTC), True),  # renewed by a look before midnight, 23:59 UTC
        (State.MET, datetime(2026, 11, 2, 22, 29, tzinfo=UTC), False),
        (State.MISSED, datetime(2026, 11, 2, 23, 30, tzinfo=UTC), False),
    ],
)
def test_a_day_waits_where_its_verdicts_may_stand_to_its_end(state: State, stands_until: datetime, waits: bool) -> None:
    found = [day for _, day, _ in waiting_days(LAST, {}, [drawn(state, stands_until)], LOADS, PARIS)]
    assert (LAST in found) is waits


@pytest.mark.parametrize("moved", [timedelta(hours=-66), timedelta(hours=30)])
def test_a_row_under_a_clock_that_was_wrong_ends_no_line_earlier(moved: timedelta) -> None:
    """The row of the right clock lets the line be renewed for the rest of its day, whichever comes last."""
    right, until = datetime(2026, 11, 2, 0, 30, tzinfo=UTC), datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
    wrong = (datetime(2026, 11, 2, 17, 30, tzinfo=UTC) + moved).replace(hour=23)
    one, other = drawn(State.MET, until, right), (drawn(State.MET, until, wrong)[0], None)
    order = [one, other] if moved < timedelta(0) else [other, one]
    assert LAST in [day for _, day, _ in waiting_days(LAST, {}, order, LOADS, PARIS)]


def test_days_that_came_to_the_same_stay_one_value() -> None:
    kept = {RPO: {"2026-11-01": DayResult(state=State.MET, measured=State.MET, reason=Reason.WITHIN_LIMIT)}}
    rows = [day_row(date(2026, 11, day)) for day in (1, 2, 3)]
    days = with_waiting(kept, [*rows, day_row(LAST, key=RPO._replace(beneficiary="eaux"))], "scota")
    assert list(days) == [RPO]
    assert {id(came) for came in days[RPO].values()} == {id(kept[RPO]["2026-11-01"])}
    assert list(days[RPO]) == ["2026-11-01", "2026-11-02", "2026-11-03"]


def test_a_day_that_has_a_row_or_was_long_ago_waits_for_nothing() -> None:
    seen = [drawn(State.MET, datetime(2027, 1, 1, tzinfo=UTC))]
    found = [day for _, day, _ in waiting_days(date(2026, 11, 20), {RPO: {"2026-11-15"}}, seen, LOADS, PARIS)]
    assert found == [date(2026, 11, 14), *(date(2026, 11, day) for day in range(16, 21))]


def test_an_edition_counts_no_day_that_has_no_row(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        now = provisional_before_a_look(held)
        with published(held.session.configuration, held.ledger, ReportRequest(quarter=Q4), now) as made:
            content = made.content(EVIDENCE)
    with ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    about = files[bundle.ABOUT].replace(b"edition: provisional", b"edition: 1")
    about = about.replace(b"last_day: 2026-11-02", b"last_day: 2026-12-31")
    path = tmp_path / "edition.zip"
    path.write_bytes(packed(resigned(files | {bundle.ABOUT: about}, tmp_path / "state")))
    assert "days.csv: 2026-11-02 backup-rpo files does not follow from the rows" in verify(path).damage
