"""What the days of a quarter come to: rows, silence, what was never expected; and laws that hold for any of them."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.agreements import Acceptance
from agent.accounting.expectation import Days, Loading
from agent.accounting.quarter import count_quarter
from agent.accounting.rate import Tally, tally
from agent.core.model import Key, State
from agent.core.period import PARIS, Quarter, each_day
from agent.core.reason import Reason
from agent.export.quarter_so_far import by_state, count, quarter_days
from agent.ledger.day_rows import DayResult
from agent.ledger.stored_days import of_keys
from agent.report.csv_file import text
from agent.report.days import GONE, SILENCE, EntryInterval, Span, SubjectDays, days_of_keys, distinct_rows
from tests.ledger.samples import HandClock, day_row, open_ledger, target

KEY = Key(target="backup-rpo", subject="files", beneficiary="scota")
OTHER = Key(target="backup-rpo", subject="mail", beneficiary="scota")
Q4 = Quarter(2026, 4)
SPAN = Span(first=Q4.first, last=Q4.last)
MET = DayResult(state=State.MET, measured=State.MET, reason=Reason.WITHIN_LIMIT)
MISSED = DayResult(state=State.MISSED, measured=State.MISSED, reason=Reason.TOO_OLD)
OFF = DayResult(state=State.NOT_APPLICABLE, measured=State.NOT_APPLICABLE, reason=Reason.NOT_EXPECTED)
ACCEPTED = DayResult(state=State.ACCEPTED, measured=State.MISSED, reason=Reason.TOO_OLD)
STALE = DayResult(state=State.UNPROVEN, measured=State.UNPROVEN, reason=Reason.STALE_EVIDENCE)


def loading(*keys: Key, at: datetime = datetime(2026, 9, 1, tzinfo=UTC), days: Days | None = None) -> Loading:
    return Loading(at=at, declared={key: days or Days(starts=date(2026, 9, 1)) for key in keys})


def all_met(*keys: Key) -> dict[Key, dict[str, DayResult]]:
    return {key: {day.isoformat(): MET for day in SPAN.days} for key in keys}


def counted(subjects: Sequence[SubjectDays]) -> Tally:
    return tally(came.state for subject in subjects for _, came in subject.rows())


def test_a_day_without_a_row_is_unproven_and_stays_in_the_quarter() -> None:
    kept = all_met(KEY)
    del kept[KEY]["2026-11-03"]
    (found,) = days_of_keys(SPAN, kept, beneficiary="scota", loads=[loading(KEY)])
    assert dict(found.rows())[date(2026, 11, 3)] is SILENCE
    assert counted([found]) == Tally(met=91, unproven=1)


def test_a_subject_is_expected_from_its_start_to_its_end() -> None:
    days = Days(starts=date(2026, 10, 10), ends=date(2026, 10, 12))
    (found,) = days_of_keys(SPAN, all_met(KEY), beneficiary="scota", loads=[loading(KEY, days=days)])
    assert [day for day, _ in found.rows()] == [date(2026, 10, 10), date(2026, 10, 11), date(2026, 10, 12)]


def test_what_left_the_configuration_without_an_end_stays_expected_and_unproven() -> None:
    gone = Loading(at=datetime(2026, 12, 1, 8, tzinfo=UTC), declared={})
    kept = all_met(KEY)
    kept[KEY]["2026-12-05"] = MISSED
    (found,) = days_of_keys(SPAN, kept, beneficiary="scota", loads=[loading(KEY), gone])
    came = dict(found.rows())
    assert len(came) == 92
    assert (came[date(2026, 12, 1)], came[date(2026, 12, 2)], came[date(2026, 12, 5)]) == (MET, GONE, MISSED)


def test_silence_under_an_acceptance_is_accepted() -> None:
    acceptance = Acceptance(
        id="acceptance-1",
        key=KEY,
        author="RSSI",
        accepted_by="Présidente",
        accepted_on=date(2026, 10, 5),
        until=date(2026, 10, 6),
        reason="travaux",
    )
    (found,) = days_of_keys(SPAN, {}, beneficiary="scota", loads=[loading(KEY)], acceptances=[acceptance])
    states = Counter(came.state for _, came in found.rows())
    assert states == {State.ACCEPTED: 2, State.UNPROVEN: 90}
    assert all(came.measured is State.UNPROVEN for _, came in found.rows())


def test_the_days_of_another_beneficiary_are_left_out() -> None:
    foreign = Key(target="backup-rpo", subject="files", beneficiary="eaux")
    found = days_of_keys(SPAN, all_met(KEY, foreign), beneficiary="scota", loads=[loading(KEY, foreign)])
    assert [one.key for one in found] == [KEY]


def test_an_entry_has_the_days_from_its_opening_to_its_closing() -> None:
    key = Key(target="incident-report", subject="incident-1", beneficiary="scota")
    stay = EntryInterval(key=key, opened=date(2026, 12, 30), closed=None)
    kept = {key: {"2026-12-31": MET}}
    (found,) = days_of_keys(SPAN, kept, beneficiary="scota", loads=[], stays=[stay])
    assert list(found.rows()) == [(date(2026, 12, 30), SILENCE), (date(2026, 12, 31), MET)]
    closed = EntryInterval(key=key, opened=date(2026, 9, 1), closed=date(2026, 9, 3))
    assert days_of_keys(SPAN, kept, beneficiary="scota", loads=[], stays=[closed]) == ()


CAME = st.sampled_from([MET, MISSED, OFF, ACCEPTED, STALE])
KEPT = st.dictionaries(
    st.sampled_from([KEY, OTHER]),
    st.dictionaries(st.sampled_from([day.isoformat() for day in SPAN.days]), CAME, max_size=92),
)


@given(KEPT)
def test_each_expected_day_came_to_one_state(kept: dict[Key, dict[str, DayResult]]) -> None:
    found = days_of_keys(SPAN, kept, beneficiary="scota", loads=[loading(KEY, OTHER)])
    off = sum(1 for days in kept.values() for came in days.values() if came is OFF)
    total = counted(found)
    assert total.met + total.missed + total.unproven + total.accepted == total.expected == 2 * 92 - off


@given(KEPT, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_came_is_irrelevant(kept: dict[Key, dict[str, DayResult]], chance: object) -> None:
    turned = {key: dict(reversed(days.items())) for key, days in reversed(kept.items())}
    given_once = days_of_keys(SPAN, kept, beneficiary="scota", loads=[loading(KEY, OTHER)])
    assert days_of_keys(SPAN, turned, beneficiary="scota", loads=[loading(KEY, OTHER)]) == given_once


@given(KEPT, st.data())
def test_nothing_improves_by_silence(kept: dict[Key, dict[str, DayResult]], data: st.DataObject) -> None:
    """A row that is left out never adds a day met, never takes one away from those expected, whatever it was."""
    named = [(key, day) for key, days in kept.items() for day, came in days.items() if came is not OFF]
    if not named:
        return
    key, day = data.draw(st.sampled_from(named))
    silent = {
        one: {when: came for when, came in days.items() if (one, when) != (key, day)} for one, days in kept.items()
    }
    before = counted(days_of_keys(SPAN, kept, beneficiary="scota", loads=[loading(KEY, OTHER)]))
    after = counted(days_of_keys(SPAN, silent, beneficiary="scota", loads=[loading(KEY, OTHER)]))
    assert after.met <= before.met
    assert after.expected == before.expected


@given(KEPT)
def test_leaving_out_what_is_alike_changes_no_word(kept: dict[Key, dict[str, DayResult]]) -> None:
    subjects = days_of_keys(SPAN, kept, beneficiary="scota", loads=[loading(KEY, OTHER)])
    now = datetime(2027, 1, 8, tzinfo=UTC)
    whole = count_quarter(Q4, distinct_rows(subjects, frozenset({KEY, OTHER})), lambda day: Fraction(1), now=now)
    assert count_quarter(Q4, distinct_rows(subjects), lambda day: Fraction(1), now=now) == whole


@pytest.mark.parametrize("out", [KEY, OTHER])
def test_what_is_excluded_takes_no_alike_day_of_another_away(out: Key) -> None:
    """Both missed the same day, and the day of one alone is left out."""
    bad = "2026-11-03"
    kept = {key: {**days, bad: MISSED} for key, days in all_met(KEY, OTHER).items()}
    subjects = days_of_keys(SPAN, kept, beneficiary="scota", loads=[loading(KEY, OTHER)])
    found = count_quarter(
        Q4,
        distinct_rows(subjects, frozenset({out})),
        lambda day: Fraction(1),
        now=datetime(2027, 1, 8, tzinfo=UTC),
        excluded=lambda row: (row.key, row.day) == (out, date.fromisoformat(bad)),
    )
    assert found.with_exclusions is not None
    assert found.with_exclusions.tally == Tally(met=91, missed=1)


def test_the_status_page_and_the_report_count_the_same_days(tmp_path: Path) -> None:
    clock = HandClock(datetime(2026, 10, 1, 12, tzinfo=UTC))
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_load("c" * 64, {KEY: Days(starts=date(2026, 10, 1)), OTHER: Days()}, {"backup-rpo": target()})
        ledger.keep_days(
            [
                day_row(day, state, key=KEY)
                for day, state in zip(each_day(date(2026, 10, 1), date(2026, 10, 5)), State, strict=True)
            ]
        )
        clock.time = datetime(2026, 10, 20, 12, tzinfo=UTC)
        shown = count(quarter_days(ledger, clock.now(), PARIS)).keys
        span = Span(first=date(2026, 10, 1), last=date(2026, 10, 19))
        kept = ledger.ask(lambda kept: of_keys(kept, span.first, span.last, (KEY, OTHER)))
        found = days_of_keys(span, kept, beneficiary="scota", loads=ledger.loads())
    for subject in found:
        counts = tally(came.state for _, came in subject.rows())
        assert shown[subject.key][State.MET] == counts.met
        assert sum(shown[subject.key].values()) == counts.expected


@pytest.mark.parametrize("accepted", [(), (KEY,), (KEY, OTHER)])
def test_a_silent_day_under_an_acceptance_counts_alike_on_the_status_page_and_in_the_report(
    tmp_path: Path, accepted: tuple[Key, ...]
) -> None:
    """Silence, a kept day, and a subject that left the configuration: each is what the report says."""
    acceptances = [
        Acceptance(
            id=f"acceptance-{number}",
            key=key,
            author="RSSI",
            accepted_by="Présidente",
            accepted_on=date(2026, 10, 3),
            until=date(2026, 10, 12),
            reason="travaux",
        )
        for number, key in enumerate(accepted)
    ]
    clock = HandClock(datetime(2026, 10, 1, 12, tzinfo=UTC))
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_load("c" * 64, {KEY: Days(starts=date(2026, 10, 1)), OTHER: Days()}, {"backup-rpo": target()})
        ledger.keep_days([day_row(date(2026, 10, 4), State.MISSED, key=key) for key in (KEY, OTHER)])
        clock.time = datetime(2026, 10, 8, 12, tzinfo=UTC)
        ledger.keep_load("d" * 64, {KEY: Days(starts=date(2026, 10, 1))}, {"backup-rpo": target()})
        clock.time = datetime(2026, 10, 20, 12, tzinfo=UTC)
        shown = count(quarter_days(ledger, clock.now(), PARIS, acceptances=acceptances)).keys
        span = Span(first=date(2026, 10, 1), last=date(2026, 10, 19))
        kept = ledger.ask(lambda kept: of_keys(kept, span.first, span.last, (KEY, OTHER)))
        found = days_of_keys(span, kept, beneficiary="scota", loads=ledger.loads(), acceptances=acceptances)
    assert {subject.key: by_state(counted([subject])) for subject in found} == shown
    assert shown[KEY][State.ACCEPTED] == (9 if KEY in accepted else 0)


def test_the_table_has_a_row_for_each_expected_day_in_order() -> None:
    span = Span(first=date(2026, 10, 1), last=date(2026, 10, 2))
    days = Days(starts=date(2026, 10, 2))
    loads = [Loading(at=datetime(2026, 9, 1, tzinfo=UTC), declared={OTHER: Days(starts=date(2026, 9, 1)), KEY: days})]
    kept = {OTHER: {"2026-10-01": ACCEPTED}, KEY: {"2026-10-02": MET}}
    assert text(days_of_keys(span, kept, beneficiary="scota", loads=loads)) == (
        "day,target,subject,beneficiary,state,reason\n"
        "2026-10-01,backup-rpo,mail,scota,accepted,too-old\n"
        "2026-10-02,backup-rpo,files,scota,met,within-limit\n"
        "2026-10-02,backup-rpo,mail,scota,unproven,not-run\n"
    )


def test_a_name_cannot_break_the_table() -> None:
    key = Key(target="backup-rpo", subject='a,"b"\n=1', beneficiary="scota")
    written = text(days_of_keys(SPAN, {}, beneficiary="scota", loads=[loading(key)]))
    rows = list(csv.DictReader(io.StringIO(written)))
    assert {row["subject"] for row in rows} == {'a,"b"\n=1'}
    assert len(rows) == 92


@pytest.mark.parametrize(
    ("first", "last", "days"), [("2026-01-01", "2026-03-31", 90), ("2026-10-01", "2026-12-31", 92)]
)
def test_a_span_counts_civil_days(first: str, last: str, days: int) -> None:
    span = Span(first=date.fromisoformat(first), last=date.fromisoformat(last))
    assert len(span.days) == days
    assert span.first in span
    assert span.last + timedelta(days=1) not in span
