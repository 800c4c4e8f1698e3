"""The last days of each target and subject: day by day what the quarterly report says of them, and no one else's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.accounting.agreements import Agreements, Exclusion
from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.config.settings import Configuration
from agent.core.convention import CLAUSES
from agent.core.model import Evidence, Fact, Failure, Gap, Key, Observation, State, Verdict
from agent.core.period import Quarter
from agent.core.reason import Reason
from agent.export.pages.verdict_details import DAYS, Calendar, CalendarDay, DayWithoutState, EvidenceDetail
from agent.ledger import registers
from agent.ledger.ledger import Ledger, VerdictRecord
from agent.queries.history import History, excluded_days
from agent.report.build import build
from agent.report.figures import Report
from agent.report.read_material import read
from tests.export.samples import SCOTA as BENEFICIARY
from tests.export.samples import TARGETS, verdict
from tests.ledger.samples import HandClock, tamper
from tests.parts.kept import append_entry, keep_reading
from tests.report.year import SCOTA, Year, noon, year

MIDDLE, AFTER = datetime(2026, 12, 10, 12, tzinfo=UTC), datetime(2027, 1, 8, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """Return the year's last months, kept in a real ledger."""
    with year(tmp_path_factory.mktemp("year"), first=date(2026, 9, 1)) as made:
        # No one wrote a row on these days, and the risk was accepted for two of them.
        agreed = {"target": "endpoint-protection", "subject": "srv-2", "accepted_by": "Présidente du SCOTA"}
        dates = {"accepted_on": "2026-12-05", "until": "2026-12-06", "reason": "panne", "author": "RSSI"}
        with entered_on(made, date(2026, 12, 5)):
            append_entry(made.ledger, "acceptance", {**agreed, **dates, "beneficiary": SCOTA}, beneficiary=SCOTA)
        yield made


@contextmanager
def entered_on(filled: Year, day: date) -> Iterator[None]:
    """Enter what follows as if nothing later were known yet: an agreement acts from the day of its entry."""
    before, filled.clock.time = filled.clock.time, noon(day)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registers, "not_before", lambda connection, now: {})
        yield
    filled.clock.time = before


def report_at(filled: Year, now: datetime) -> Report:
    """Return the report on the fourth quarter as it would be made at an instant."""
    return build(read(filled.configuration, filled.ledger, Quarter(2026, 4), SCOTA, now), 1)


def calendar_of(filled: Year, key: Key, now: datetime) -> Calendar:
    """Return a key's calendar at an instant."""
    about = replace(verdict("backup-rpo", key.subject), target=key.target, beneficiary=key.beneficiary)
    past = History(configuration=filled.configuration, ledger=filled.ledger, now=now)
    return past.details([about]).calendars[key]


@pytest.mark.slow
@pytest.mark.parametrize("now", [MIDDLE, AFTER])
def test_each_day_of_each_subject_is_the_reports(filled: Year, now: datetime) -> None:
    """State, measured state, reason and lateness; a day that the report leaves out came to no state here either."""
    report = report_at(filled, now)
    compared = 0
    for subject in report.days:
        told = {one.day: one for one in calendar_of(filled, subject.key, now).days}
        for day, came in zip(subject.span.days, subject.came, strict=True):
            if day not in told:
                continue
            compared += 1
            one = told[day]
            here = None if one.state is None else (one.state, one.measured, one.reason, one.late)
            there = None if came is None else (came.state, came.measured, came.reason, came.late)
            assert here == there, (subject.key, day)
    assert compared > 2500


@pytest.mark.slow
@pytest.mark.parametrize("now", [MIDDLE, AFTER])
def test_each_day_of_each_target_is_the_reports(filled: Year, now: datetime) -> None:
    """The worst of the declared subjects; a target that the report counts by day has the very same days."""
    past = History(configuration=filled.configuration, ledger=filled.ledger, now=now)
    compared = 0
    for figures in report_at(filled, now).targets:
        told = {one.day: one for one in past.target_calendar(figures.target, SCOTA).days}
        for day in figures.days or ():
            if day.day in told:
                compared += 1
                assert (told[day.day].state, told[day.day].measured) == (day.state, day.measured), figures.target
    assert compared > 500


def test_the_kinds_of_days_are_told_apart(filled: Year) -> None:
    """Accepted, excluded, silent, not expected yet and not over: the synthetic year has them all."""
    accepted = on(calendar_of(filled, key("patching", "srv-2"), MIDDLE), date(2026, 11, 3))
    assert (accepted.state, accepted.measured) == (State.ACCEPTED, State.MISSED)
    excluded = on(calendar_of(filled, key("network-segmentation", "guests-to-admin"), MIDDLE), date(2026, 12, 2))
    assert (excluded.state, excluded.excluded) == (State.MISSED, ("exclusion-1",))
    silent = on(calendar_of(filled, key("endpoint-protection", "srv-1"), MIDDLE), date(2026, 12, 6))
    assert (silent.state, silent.reason) == (State.UNPROVEN, Reason.NOT_RUN)
    covered = [
        on(calendar_of(filled, key("endpoint-protection", "srv-2"), MIDDLE), date(2026, 12, day)) for day in (6, 7)
    ]
    assert [(one.state, one.measured) for one in covered] == [
        (State.ACCEPTED, State.UNPROVEN),
        (State.UNPROVEN, State.UNPROVEN),
    ]
    joined = calendar_of(filled, key("log-collection", "central/fw-1"), MIDDLE)
    assert on(joined, date(2026, 11, 9)).untold is DayWithoutState.NOT_EXPECTED_YET
    assert on(joined, date(2026, 11, 10)).state is State.MET
    assert joined.days[-1] == CalendarDay(day=date(2026, 12, 10), untold=DayWithoutState.NOT_OVER)


def test_an_entry_has_the_days_from_its_opening_to_its_closing(filled: Year) -> None:
    """An incident detected on 10 November and reported on the 20th."""
    days = calendar_of(filled, key("incident-report", "incident-2"), MIDDLE)
    told = {one.day.day: one.untold for one in days.days if one.day.month == 11}
    assert told[9] is DayWithoutState.NOT_EXPECTED_YET
    assert told[10] is told[20] is None
    assert told[21] is DayWithoutState.NO_LONGER_EXPECTED


def test_a_target_names_the_exclusions_of_its_subjects(filled: Year) -> None:
    """A day of which one subject's is left out of the second rate."""
    past = History(configuration=filled.configuration, ledger=filled.ledger, now=MIDDLE)
    days = past.target_calendar("network-segmentation", SCOTA)
    assert on(days, date(2026, 12, 2)).excluded == ("exclusion-1",)
    assert on(days, date(2026, 12, 3)).excluded == ()


def test_the_objective_is_the_one_in_force(filled: Year) -> None:
    """An adaptation of September lowers the share of days of one target, and its entry is named."""
    past = History(configuration=filled.configuration, ledger=filled.ledger, now=MIDDLE)
    adapted = past.target_calendar("log-retention", SCOTA).objective
    assert (float(adapted.attainment), adapted.adaptation) == (0.98, "adaptation-1")
    assert past.target_calendar("backup-rpo", SCOTA).objective.adaptation is None


def test_another_beneficiarys_days_are_not_asked_for(filled: Year) -> None:
    """The same host, shared: one calendar each, and a target no one declared for the other has no day at all."""
    past = History(configuration=filled.configuration, ledger=filled.ledger, now=MIDDLE)
    assert all(
        one.untold is DayWithoutState.NOT_EXPECTED_YET for one in past.target_calendar("backup-rpo", "eaux").days
    )
    assert on(past.target_calendar("patching", "eaux"), date(2026, 11, 3)).state is State.MET


def key(target: str, subject: str) -> Key:
    """Return one of SCOTA's keys."""
    return Key(target=target, subject=subject, beneficiary=SCOTA)


def on(calendar: Calendar, day: date) -> CalendarDay:
    """Return one day of a calendar."""
    return next(one for one in calendar.days if one.day == day)


# In 2026 the clocks of Paris go back on 25 October and forward on 29 March.
@pytest.mark.parametrize("now", [datetime(2026, 10, 24, 22, 30, tzinfo=UTC), datetime(2026, 3, 28, 23, 30, tzinfo=UTC)])
def test_today_is_a_civil_day_in_paris_whatever_the_clock_does(filled: Year, now: datetime) -> None:
    """Half an hour after midnight in Paris it is tomorrow there, and 92 days are 92 dates."""
    past = History(configuration=filled.configuration, ledger=filled.ledger, now=now)
    days = past.target_calendar("backup-rpo", SCOTA).days
    assert days[-1].day == now.date() + timedelta(days=1)
    assert len({one.day for one in days}) == len(days) == DAYS


class Kept:
    """A ledger with one subject, its looks and verdicts written by hand."""

    def __init__(self, ledger: Ledger, clock: HandClock, folder: Path) -> None:
        self.ledger, self.clock, self.folder = ledger, clock, folder
        self.configuration = Configuration(path=folder / "beffroi.toml", digest="d", targets=TARGETS)

    def details(self, *verdicts: Verdict) -> History:
        """Keep verdicts and return what looks back on them."""
        self.ledger.keep_verdicts([VerdictRecord(verdict=one, stretch=None) for one in verdicts])
        return History(configuration=self.configuration, ledger=self.ledger, now=MIDDLE)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """Return an empty ledger that expects one subject."""
    clock = HandClock(MIDDLE)
    with Ledger.open(tmp_path, clock=clock) as ledger:
        declared = {verdict("backup-rpo", "files").key: Days(starts=date(2026, 12, 1))}
        ledger.keep_load("d", declared, TARGETS)
        yield Kept(ledger, clock, tmp_path)


def observed(**facts: str) -> Observation:
    """Return a look that succeeded, with some facts."""
    return Observation(
        collector="restic_check",
        host="srv-1",
        subject="files/offsite",
        begun=MIDDLE - timedelta(seconds=9),
        ended=MIDDLE,
        facts=tuple(
            Fact(name=f"verify.{name}", subject="files/offsite", value=value, as_of=MIDDLE)
            for name, value in facts.items()
        ),
        evidence=(Evidence(command="restic check", status=0, duration=timedelta(seconds=8), output_sha256="ab" * 32),),
    )


def test_each_day_has_the_worst_value_that_the_ledger_holds_of_it(kept: Kept) -> None:
    """A miss between two rows that are met is the day's; another subject's value is not; no value is no day."""
    about = verdict("backup-rpo", "files", State.MET, Reason.WITHIN_LIMIT, value=3600.0)
    late = replace(about, state=State.MISSED, measured=State.MISSED, reason=Reason.TOO_OLD, value=90000.0)
    days = [replace(one, at=MIDDLE - timedelta(hours=hours)) for one, hours in ((about, 30), (late, 29), (about, 28))]
    unseen = replace(about, at=MIDDLE - timedelta(hours=20), value=None, reason=Reason.UNREACHABLE)
    for one in (*days, replace(late, subject="mail", at=MIDDLE), unseen):
        kept.details(one)
    found = kept.details(replace(about, at=MIDDLE, value=7200.0)).details([about]).values[about.key]
    assert [(one.day, one.value) for one in found] == [(date(2026, 12, 9), 90000.0), (date(2026, 12, 10), 7200.0)]


def test_a_look_is_cited_with_its_depth_its_commands_and_its_row(kept: Kept) -> None:
    """The row is the one that `ledger verify` walks over, so that the digests on the page can be found there."""
    id = keep_reading(kept.ledger, observed(depth="sampled", slice="3/10"))
    about = replace(verdict("backup-rpo", "files"), evidence=(id,))
    found = kept.details(about).details([about])
    (proof,) = found.proofs[about.key]
    assert proof.look is not None
    assert (proof.look.depth, proof.look.facts, proof.look.reason) == ("sampled", 2, None)
    assert proof.look.commands[0].command == "restic check"
    assert proof.row is not None
    assert id == f"r-{proof.row.sequence}"
    assert found.rows[about.key].sequence == proof.row.sequence + 1
    assert {len(proof.row.payload_sha256), len(proof.row.link)} == {64}


def test_a_look_is_cited_with_what_it_could_not_see(kept: Kept) -> None:
    """What could not be seen is why a verdict is unproven, though the look succeeded."""
    gap = Gap(subject="files/offsite", reason=Reason.DENIED, detail="index: permission denied")
    about = replace(
        verdict("backup-rpo", "files"), evidence=(keep_reading(kept.ledger, replace(observed(), gaps=(gap,))),)
    )
    (proof,) = kept.details(about).details([about]).proofs[about.key]
    assert proof.look is not None
    assert proof.look.gaps == (gap,)


def test_an_older_look_is_cited_without_the_newest_ones_depth(kept: Kept) -> None:
    """Its own facts would need every look since the last whole one; another look's must never stand for them."""
    older = keep_reading(kept.ledger, observed(depth="sampled"))
    keep_reading(kept.ledger, observed(depth="hashed"))
    about = replace(verdict("backup-rpo", "files"), evidence=(older,))
    (proof,) = kept.details(about).details([about]).proofs[about.key]
    assert proof.look is not None
    assert (proof.look.depth, proof.look.facts) == (None, None)


def test_a_look_that_failed_says_why(kept: Kept) -> None:
    """Reason and detail, as the ledger has them."""
    look = observed()
    failure = Failure(
        collector=look.collector,
        host=look.host,
        subject=look.subject,
        begun=look.begun,
        ended=look.ended,
        reason=Reason.UNREACHABLE,
        detail="ssh: connect to host vault: timed out",
    )
    about = replace(verdict("backup-rpo", "files"), evidence=(keep_reading(kept.ledger, failure),))
    (proof,) = kept.details(about).details([about]).proofs[about.key]
    assert proof.look is not None
    assert (proof.look.reason, proof.look.detail) == (Reason.UNREACHABLE, failure.detail)


def test_an_entry_is_cited_by_its_last_revision(kept: Kept) -> None:
    """Register and row; what it says of persons is read in the register."""
    id = append_entry(kept.ledger, "recovery-test", {"result": "failed"}, beneficiary=BENEFICIARY.id)
    first = kept.ledger.last_append()
    append_entry(kept.ledger, "recovery-test", {"result": "ok"}, beneficiary=BENEFICIARY.id, id=id)
    about = replace(verdict("recovery-test", "files"), evidence=(id,))
    (proof,) = kept.details(about).details([about]).proofs[about.key]
    assert (proof.register, proof.look, first) == ("recovery-test", None, MIDDLE)
    assert proof.row is not None
    assert proof.row.sequence == 3


@pytest.mark.parametrize("id", ["", "r-", "r-99999", "r-1", "unkept-clock-srv-1", "incident-7", "r-\u0663", "\0", "-"])
def test_evidence_that_names_nothing_is_told_as_such(kept: Kept, id: str) -> None:
    """A look that could not be kept, an erased one, another kind's row (the load is row 1): never someone else's."""
    about = replace(verdict("backup-rpo", "files"), evidence=(id,))
    (proof,) = kept.details(about).details([about]).proofs[about.key]
    assert (proof.row, proof.look, proof.register) == (None, None, None)


def test_an_erased_look_keeps_its_row(kept: Kept) -> None:
    """The payload went by rule; where it stood, and its digest, can still be shown."""
    id = keep_reading(kept.ledger, observed(depth="sampled"))
    keep_reading(kept.ledger, observed(depth="sampled"))
    about = replace(verdict("backup-rpo", "files"), evidence=(id,))
    past = kept.details(about)
    later = MIDDLE + timedelta(days=500)
    for _ in range(3):
        kept.ledger.erase_expired(later, keep_readings=timedelta(days=400), keep_personal=timedelta(days=1100))
    (proof,) = past.details([about]).proofs[about.key]
    assert proof.row is not None
    assert proof.look is None or proof.look.commands


def test_a_subject_gone_from_the_configuration_stays_expected(kept: Kept) -> None:
    """Its days are unproven until someone says since when it is no longer expected."""
    about = verdict("backup-rpo", "files")
    met = DayRow(
        key=about.key,
        day=date(2026, 12, 2),
        state=State.MET,
        measured=State.MET,
        reason=Reason.WITHIN_LIMIT,
        late=False,
        judged_at=MIDDLE,
    )
    kept.ledger.keep_days([met])
    past = kept.details(about)
    kept.clock.time = MIDDLE + timedelta(days=1)
    kept.ledger.keep_load("e", {}, TARGETS)
    days = replace(past, now=MIDDLE + timedelta(days=3)).details([about]).calendars[about.key]
    assert on(days, date(2026, 11, 30)).untold is DayWithoutState.NOT_EXPECTED_YET
    assert on(days, date(2026, 12, 2)).state is State.MET
    assert on(days, date(2026, 12, 12)).reason is Reason.NO_LONGER_DECLARED


def test_a_target_of_an_older_version_has_a_calendar(kept: Kept) -> None:
    """Whatever was judged once can be looked at; it has no objective here."""
    about = replace(verdict("backup-rpo", "files"), target="gone-target")
    assert "gone-target" not in CLAUSES
    calendar = kept.details(about).details([about]).calendars[about.key]
    assert (calendar.objective.limit, len(calendar.days)) == (None, DAYS)


@pytest.mark.parametrize("change", ["'{'", "replace(text, 'srv-1', 'srv-2')", "replace(text, 'sampled', 'restored')"])
def test_a_look_that_was_changed_is_not_shown_and_takes_nothing_along(kept: Kept, change: str) -> None:
    """Garbled, or another one that reads well: what is not the payload that was digested is no evidence."""
    id = keep_reading(kept.ledger, observed(depth="sampled"))
    about = replace(verdict("backup-rpo", "files"), evidence=(id,))
    past = kept.details(about)
    tamper(kept.folder, f"UPDATE payload SET text = {change} WHERE sequence = {id.removeprefix('r-')}")
    found = past.details([about])
    assert found.proofs[about.key] == (EvidenceDetail(evidence=id),)
    assert len(found.calendars[about.key].days) == DAYS


def test_the_most_particular_adaptation_is_the_one_that_is_named(filled: Year) -> None:
    """One for a subject comes before one for all, whichever was entered last."""
    own = {"author": "RSSI", "target": "patching", "informed_on": "2026-09-01", "effective_on": "2026-09-01"}
    agreed = {**own, "reason": "essai", "beneficiary": SCOTA}
    with entered_on(filled, date(2026, 9, 1)):
        particular = append_entry(
            filled.ledger, "adaptation", {**agreed, "subject": "srv-1", "limit": "40d"}, beneficiary=SCOTA
        )
        append_entry(filled.ledger, "adaptation", {**agreed, "limit": "35d"}, beneficiary=SCOTA)
    objective = calendar_of(filled, key("patching", "srv-1"), MIDDLE).objective
    assert (objective.limit, objective.adaptation) == (40 * 86400.0, particular)


def test_only_whole_days_are_excluded(kept: Kept) -> None:
    """From noon to noon two days later one civil day is left out, as the report leaves it out."""
    about = verdict("backup-rpo", "files")
    past = kept.details(about)
    window = Exclusion(
        id="exclusion-9",
        key=about.key,
        begins=datetime(2026, 12, 3, 11, tzinfo=UTC),
        ends=datetime(2026, 12, 5, 11, tzinfo=UTC),
        reason="travaux",
        author="RSSI",
    )
    other = replace(window, id="exclusion-10", key=about.key._replace(subject="mail"))
    endless = replace(
        window, id="exclusion-11", begins=datetime(1990, 1, 1, tzinfo=UTC), ends=datetime(2090, 1, 1, tzinfo=UTC)
    )
    agreed = Agreements(exclusions=(window, other))
    assert excluded_days({about.key}, agreed, past.span, past.zone) == {date(2026, 12, 4): ("exclusion-9",)}
    assert len(excluded_days({about.key}, Agreements(exclusions=(endless,)), past.span, past.zone)) == DAYS
