"""Targets by event: the worked examples of docs/accounting.md, months that no one signed, departures, laws."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.agreements import Acceptance, Adaptation, Agreements
from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES
from agent.core.duties.entries import Closing, RegisterEntry, Revision
from agent.core.duties.moments import read_when
from agent.core.judging.departures import digest_of
from agent.core.model import Key, State, Target
from agent.core.period import Month, Quarter, day_end, day_start
from agent.core.reason import Reason
from agent.report.event_books import OccurrenceInputs, OwedSince
from agent.report.event_figures import Events
from agent.report.occurrences import count_events
from tests.accounting.document import table
from tests.verdicts import verdict

Q4 = Quarter(2026, 4)
STARTS = day_start(date(2026, 1, 1))


def target(name: str) -> Target:
    clause = CLAUSES[name]
    return Target(id=name, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)


def entry(number: int, register: str, values: Mapping[str, str]) -> RegisterEntry:
    received = datetime(2026, 1, 1, tzinfo=UTC)
    return RegisterEntry(
        id=f"{register}-{number}", register=register, beneficiary="scota", values=values, received_at=received
    )


def books(
    *entries: RegisterEntry, quarter: Quarter = Q4, as_of: datetime | None = None, **further: object
) -> OccurrenceInputs:
    agreements = further.get("agreements", Agreements())
    verdicts = further.get("verdicts", {})
    return OccurrenceInputs(
        quarter=quarter,
        as_of=as_of or day_end(quarter.last),
        entries=entries,
        agreements=agreements,  # type: ignore[arg-type]  # as given
        verdicts=verdicts,  # type: ignore[arg-type]  # as given
    )


def owed(name: str, subject: str = "scota", *, gone: bool = False) -> tuple[OwedSince, ...]:
    return (OwedSince(key=Key(target=name, subject=subject, beneficiary="scota"), starts=STARTS, gone=gone),)


def scans(*days: str) -> tuple[RegisterEntry, ...]:
    return tuple(
        entry(number, "scan", {"performed": day, "perimeter": "internet", "by": "x"}) for number, day in enumerate(days)
    )


def count_scans(*days: str, gone: bool = False, as_of: datetime | None = None) -> Events:
    kept = books(*scans(*days), as_of=as_of)
    return count_events(target("vulnerability-scan"), owed("vulnerability-scan", "internet", gone=gone), kept)


@pytest.mark.parametrize("row", table("scans", "terms", "state", "why"), ids=lambda row: row["why"][:40])
def test_the_examples_of_a_duty_that_comes_back(row: dict[str, str]) -> None:
    found = count_scans(*row["scans"].split(", ")).occurrences
    dues = row["terms"].split(", ")
    assert [one.due.isoformat() for one in found] == dues
    assert [one.state.value for one in found] == [row["state"]] * len(dues)


INCIDENTS = table("detected", "reported", "due", "quarter", "state", "why")


@pytest.mark.parametrize("row", INCIDENTS, ids=[row["why"][:40] for row in INCIDENTS])
def test_the_examples_of_an_entry(row: dict[str, str]) -> None:
    values = {"detected": row["detected"], "title": "x", "major": "yes"}
    if row["reported"]:
        values["reported"] = row["reported"]
    signed = [entry(10 + month, "incident", {"none": str(Month(2026, month))}) for month in (10, 11, 12)]
    signed += [entry(20 + month, "incident", {"none": str(Month(2027, month))}) for month in (1, 2, 3)]
    found = count_events(
        target("incident-report"),
        owed("incident-report"),
        books(entry(1, "incident", values), *signed, quarter=Quarter.parse(row["quarter"])),
    )
    assert [(one.due.isoformat(), one.state.value) for one in found.occurrences] == [(row["due"], row["state"])]


def test_a_month_that_nobody_signed_is_unproven() -> None:
    signed = entry(1, "incident", {"none": "2026-10"})
    minor = entry(2, "incident", {"detected": "2026-11-02", "title": "x", "major": "no"})
    found = count_events(target("incident-report"), owed("incident-report"), books(signed, minor))
    assert [(str(one.month), one.state) for one in found.occurrences] == [("2026-12", State.UNPROVEN)]
    assert found.outcome is QuarterOutcome.NOT_DEMONSTRATED


def test_a_month_that_goes_on_owes_nothing_yet() -> None:
    as_of = day_start(date(2026, 11, 20))
    found = count_events(target("breach-dpo"), owed("breach-dpo"), books(as_of=as_of))
    assert [str(one.month) for one in found.occurrences] == ["2026-10"]
    early = count_events(target("breach-dpo"), owed("breach-dpo"), books(as_of=day_start(date(2026, 11, 2))))
    assert early.occurrences == ()


def test_a_quarter_in_which_nothing_was_due_is_not_applicable() -> None:
    signed = [entry(month, "incident", {"none": str(Month(2026, month))}) for month in (10, 11, 12)]
    found = count_events(target("incident-report"), owed("incident-report"), books(*signed))
    assert (found.outcome, found.tally.expected) == (QuarterOutcome.NOT_APPLICABLE, 0)


def test_what_nobody_declared_is_not_demonstrated() -> None:
    assert count_events(target("vulnerability-scan"), (), books()).outcome is QuarterOutcome.NOT_DEMONSTRATED


def test_what_left_the_configuration_without_an_end_is_not_forgotten() -> None:
    found = count_scans("2026-08-15", "2026-10-02", gone=True)
    assert [one.reason for one in found.occurrences] == [Reason.WITHIN_LIMIT, Reason.NO_LONGER_DECLARED]
    assert found.outcome is QuarterOutcome.NOT_DEMONSTRATED
    assert found.ahead == ()


def test_the_next_term_is_told() -> None:
    (ahead,) = count_scans("2026-08-15", "2026-10-02").ahead
    assert (ahead.due, ahead.last) == (date(2027, 1, 2), date(2026, 10, 2))


def test_an_exercise_that_failed_is_no_exercise() -> None:
    done = entry(
        1, "recovery-test", {"performed": "2026-11-01", "backup": "files", "duration": "1h", "result": "failed"}
    )
    found = count_events(target("recovery-test"), owed("recovery-test", "files"), books(done))
    assert [(one.due, one.state) for one in found.occurrences] == [(date(2026, 12, 31), State.MISSED)]


def test_only_a_look_shows_that_a_right_is_gone() -> None:
    left = entry(1, "departure", {"left": "2026-11-13T18:00:00+01:00", "person": "x", "accounts": "x"})
    others = [entry(month, "departure", {"none": str(Month(2026, month))}) for month in (10, 12)]
    key = Key(target="access-revocation", subject="departure-1", beneficiary="scota")
    name = "access-revocation"
    silent = count_events(target(name), owed(name), books(left, *others))
    assert [(one.state, one.reason) for one in silent.occurrences] == [(State.UNPROVEN, Reason.NOT_RUN)]
    seen = verdict(name, "departure-1", State.MET, Reason.WITHIN_LIMIT, value=3600.0)
    shown = count_events(target(name), owed(name), books(left, *others, verdicts={key: seen}))
    assert [(one.state, one.due) for one in shown.occurrences] == [(State.MET, date(2026, 11, 14))]
    running = verdict(name, "departure-1", State.MET, Reason.ON_COURSE)
    still = count_events(target(name), owed(name), books(left, *others, verdicts={key: running}))
    assert [one.state for one in still.occurrences] == [State.UNPROVEN]


def left_first(first: str, then: str, *, until: str, accounts: str = "x") -> RegisterEntry:
    """Return a departure that was amended."""
    now = entry(1, "departure", {"left": then, "person": "x", "accounts": accounts})
    before = Revision(values={**now.values, "left": first, "accounts": "x"}, until=datetime.fromisoformat(until))
    return replace(now, earlier=(before,))


def test_a_verdict_on_a_former_revision_of_a_departure_proves_nothing() -> None:
    """An account that is named later was not asked about by what had been judged until then."""
    left = "2026-11-13T18:00:00+01:00"
    former = left_first(left, left, until="2026-12-20T10:00:00+01:00")
    now = left_first(left, left, until="2026-12-20T10:00:00+01:00", accounts="x adm-x")
    name, key = "access-revocation", Key(target="access-revocation", subject="departure-1", beneficiary="scota")
    others = [entry(month, "departure", {"none": str(Month(2026, month))}) for month in (10, 12)]

    def counted(state: State, reason: Reason, of: RegisterEntry) -> list[tuple[State, Reason]]:
        seen = verdict(name, "departure-1", state, reason, about={"revision": digest_of(of)})
        found = count_events(target(name), owed(name), books(now, *others, verdicts={key: seen}))
        return [(one.state, one.reason) for one in found.occurrences]

    assert counted(State.MET, Reason.WITHIN_LIMIT, former) == [(State.UNPROVEN, Reason.NOT_RUN)]
    assert counted(State.MET, Reason.WITHIN_LIMIT, now) == [(State.MET, Reason.WITHIN_LIMIT)]
    missed = (State.MISSED, Reason.RIGHT_REMAINING)
    assert counted(*missed, former) == counted(*missed, now) == [missed]


@pytest.mark.parametrize(("closed", "reason"), [(True, Reason.OVERDUE), (False, Reason.RIGHT_REMAINING)])
def test_a_doubtful_clock_takes_no_missed_departure_away(closed: bool, reason: Reason) -> None:
    """The verdict of that moment shows nothing, and still holds that a right was seen after the term."""
    name, key = "access-revocation", Key(target="access-revocation", subject="departure-1", beneficiary="scota")
    left = entry(1, "departure", {"left": "2026-11-13T18:00:00+01:00", "person": "x", "accounts": "x"})
    left = replace(left, closing=Closing(at=datetime(2026, 11, 16, tzinfo=UTC), seen_late=True) if closed else None)
    months = [entry(month, "departure", {"none": str(Month(2026, month))}) for month in (10, 12)]
    doubtful = (State.UNPROVEN, Reason.CLOCK_DOUBTFUL)
    states = []
    for proof in ({"seen_late": 1}, {}):
        seen = verdict(name, "departure-1", *doubtful, about={"revision": digest_of(left), **proof})
        found = count_events(target(name), owed(name), books(left, *months, verdicts={key: seen}))
        states += [(one.state, one.reason) for one in found.occurrences]
    assert states == [(State.MISSED, reason), doubtful]


@pytest.mark.parametrize(
    ("until", "state", "counted"),
    [
        ("2026-11-20T10:00:00+01:00", State.MISSED, [(date(2026, 11, 14), State.MISSED, State.NOT_APPLICABLE)]),
        # Amended before its term, or where nothing showed that it was missed, it is due by its last date alone.
        ("2026-11-14T17:00:00+01:00", State.MISSED, []),
        ("2026-11-20T10:00:00+01:00", State.UNPROVEN, []),
    ],
)
def test_a_missed_departure_stays_in_its_quarter_whatever_it_is_amended_to(
    until: str, state: State, counted: list[tuple[date, State, State]]
) -> None:
    name, key = "access-revocation", Key(target="access-revocation", subject="departure-1", beneficiary="scota")
    moved = left_first("2026-11-13T18:00:00+01:00", "2027-02-20T18:00:00+01:00", until=until)
    months = [entry(month, "departure", {"none": str(Month(2026, month))}) for month in (10, 11, 12)]
    seen = verdict(name, "departure-1", state, Reason.RIGHT_REMAINING, about={"revision": digest_of(moved)})
    found = count_events(target(name), owed(name), books(moved, *months, verdicts={key: seen}))
    assert [(one.due, one.state, one.corrected) for one in found.occurrences] == counted


def test_a_restore_counts_on_the_day_it_was_made() -> None:
    made = entry(1, "restore", {"performed": "2026-10-12", "backup": "files", "reason": "x", "author": "y"})
    bare = entry(2, "restore", {"performed": "2026-10-13", "backup": "files", "author": "y"})
    before = entry(3, "restore", {"performed": "2026-09-30", "backup": "files", "author": "y"})
    found = count_events(target("restore-reason"), owed("restore-reason"), books(made, bare, before))
    assert [one.state for one in found.occurrences] == [State.MET, State.MISSED]


def test_an_acceptance_covers_an_occurrence_on_its_day_and_never_makes_the_word_worse() -> None:
    key = owed("vulnerability-scan", "internet")[0].key
    acceptance = Acceptance(
        id="acceptance-1",
        key=key,
        author="RSSI",
        accepted_by="Présidente",
        accepted_on=date(2026, 10, 1),
        until=date(2026, 12, 31),
        reason="x",
    )
    kept = books(*scans("2026-07-20"), agreements=Agreements(acceptances=(acceptance,)))
    found = count_events(target("vulnerability-scan"), owed("vulnerability-scan", "internet"), kept)
    assert (found.outcome, found.measured_outcome) == (QuarterOutcome.RISK_ACCEPTED, QuarterOutcome.NOT_ATTAINED)
    assert (found.tally.accepted, found.measured_tally.missed) == (1, 1)


DAYS = st.dates(date(2025, 6, 1), date(2027, 1, 31)).map(date.isoformat)


@given(st.lists(DAYS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_entries_is_irrelevant_and_counts_add_up(days: list[str], chance: object) -> None:
    found = count_scans(*days)
    counted = found.tally
    assert counted.met + counted.missed + counted.unproven + counted.accepted == len(found.occurrences)
    turned = count_scans(*reversed(days))
    assert [(one.due, one.state, one.done) for one in turned.occurrences] == [
        (one.due, one.state, one.done) for one in found.occurrences
    ]


@given(st.lists(DAYS, min_size=1, max_size=6), st.data())
def test_a_scan_that_nobody_entered_never_helps(days: list[str], data: st.DataObject) -> None:
    """Without one entry there are no more terms met, and what was missed is not gone but for the terms it had set."""
    left_out = data.draw(st.sampled_from(days))
    fewer = [day for day in days if day != left_out]
    assert count_scans(*fewer).tally.met <= count_scans(*days).tally.met


@pytest.mark.parametrize("quarter", ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"])
def test_a_duty_never_done_is_missed_from_its_term_on(quarter: str) -> None:
    kept = books(quarter=Quarter.parse(quarter))
    found = count_events(target("vulnerability-scan"), owed("vulnerability-scan", "internet"), kept)
    due = read_when("2026-04-02").day
    expected = [] if quarter == "2026-Q1" else [(due, State.MISSED, quarter != "2026-Q2")]
    assert [(one.due, one.state, one.carried) for one in found.occurrences] == expected


def adapted(name: str, *, limit: float | None = None, attainment: Fraction | None = None, on: date) -> Agreements:
    return Agreements(
        adaptations=(
            Adaptation(
                id="adaptation-1",
                target=name,
                beneficiary="scota",
                informed_on=on,
                effective_on=on,
                entered_on=on,
                limit=limit,
                attainment=attainment,
                reason="x",
                author="RSSI",
            ),
        )
    )


def test_a_looser_limit_moves_no_term_that_had_passed_when_it_came() -> None:
    """A scan that was due on 24 October is late in November, whatever is agreed on 30 December."""
    name, days = "vulnerability-scan", ("2026-07-24", "2026-11-05")
    since = owed(name, "internet")
    late = books(*scans(*days), agreements=adapted(name, limit=150 * 86400.0, on=date(2026, 12, 30)))
    assert [(one.due, one.state) for one in count_events(target(name), since, late).occurrences] == [
        (date(2026, 10, 24), State.MISSED)
    ]
    in_time = books(*scans(*days), agreements=adapted(name, limit=150 * 86400.0, on=date(2026, 10, 20)))
    assert [one.state for one in count_events(target(name), since, in_time).occurrences] == [State.MET]


def test_a_looser_load_moves_no_term_that_had_passed_when_it_came() -> None:
    name = "vulnerability-scan"
    loosened = replace(
        books(*scans("2026-07-24", "2026-11-05")),
        configured=lambda id, day: 150 * 86400.0 if day >= date(2026, 12, 30) else 92 * 86400.0,
    )
    (one,) = count_events(target(name), owed(name, "internet"), loosened).occurrences
    assert (one.due, one.state) == (date(2026, 10, 24), State.MISSED)


def test_the_share_that_is_asked_is_that_of_the_day_on_which_each_fell_due() -> None:
    name = "vulnerability-scan"
    half = replace(
        books(*scans("2026-07-24", "2026-11-05")),
        attainment=lambda day: Fraction(0) if day >= date(2026, 12, 30) else Fraction(1),
    )
    assert count_events(target(name), owed(name, "internet"), half).outcome is QuarterOutcome.NOT_ATTAINED
