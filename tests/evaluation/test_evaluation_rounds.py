"""Rounds that judge what can have changed give what full rounds give, whatever happens and in whatever order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.errors import LedgerError, UsageError
from agent.core.facts.access import ACCOUNT, SeenAccount
from agent.core.facts.protection import Protection
from agent.core.facts.protection import facts_of as protection_facts
from agent.core.facts.security_updates import AFTER, PENDING, PackageVersion
from agent.core.inventory import Holder
from agent.core.judging.holders import Orphans, orphans_in
from agent.core.model import Fact, Failure, Finding, Key, Observation, Reading, State, Verdict
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation import evaluate, evaluation_rounds
from agent.evaluation.due_keys import DueKeys
from agent.evaluation.evaluation_rounds import DRAWN_ANEW_WITHIN, RENEWED_WITHIN, Evaluation
from agent.evaluation.round import Round
from agent.evaluation.session import Session, open_session
from agent.evaluation.verdict_parts import MANY
from agent.ledger.ledger import StoredReading
from agent.register.kept import add, amend
from agent.register.retiring import Request, retire
from tests.parts.held_clock import HeldClock

START = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOSTS = ("srv-1", "srv-2")
# Each history has two ledgers of its own, and thousands of transactions: a disk would be waited for.
MEMORY = next((folder for folder in ("/dev/shm",) if Path(folder).is_dir()), None)
RPO = Key(target="backup-rpo", subject="files", beneficiary="scota")

CONFIGURATION = """
[agent]
state_directory = "{state}"
[convention]
signed = 2026-11-01
[[beneficiary]]
id = "scota"
name = "SCOTA"
[[holder]]
id = "anne"
accounts = ["adupont"]
[[host]]
id = "srv-1"
site = "arras"
collect = ["antivirus", "patches", "access"]
[[backup]]
id = "files"
host = "srv-1"
snapshot_host = "srv-1"
paths = ["/srv"]
retention = "30d"
[[backup.copy]]
id = "offsite"
repository = "/elsewhere"
password_file = "password"
site = "cambrai"
country = "FR"
"""
SECOND_HOST = """
[[host]]
id = "srv-2"
transport = "ssh"
address = "srv-2.invalid"
site = "arras"
collect = ["antivirus", "patches", "access"]
"""
OTHER_LIMIT = '[targets.backup-rpo]\nlimit = "12h"\nrun_allowance = "2h"\n'
FILES = {"whole": SECOND_HOST, "smaller": "", "stricter": SECOND_HOST + OTHER_LIMIT}


@dataclass(slots=True)
class Site:
    """One state directory, judged either by what changed or in full."""

    folder: Path
    clock: HeldClock
    incremental: bool
    stack: ExitStack
    session: Session = field(init=False)
    evaluation: Evaluation = field(init=False)

    def load(self, name: str) -> None:
        """Open a configuration, as a start or a reload does."""
        self.stack.close()
        self.session = self.stack.enter_context(open_session(self.folder / f"{name}.toml", clock=self.clock))
        self.evaluation = Evaluation(self.session)

    def judge(self, *readings: Reading) -> None:
        """Take readings in and judge; a judgement of the whole is waited for."""
        if self.incremental:
            self.evaluation.take_turn(readings)
            while self.evaluation.is_busy:
                self.evaluation.take_turn(())
        else:
            turn = Round(self.session)
            turn.take(*readings)
            turn.judge(self.session.wanted)

    def enter(self, register: str, **values: str) -> None:
        """Enter something, as another process does."""
        assert self.session.ledger is not None
        given_ = [f"{name}={value}" for name, value in values.items()]
        # The same entry a second time, or about what a smaller configuration lacks, is refused at both sites.
        with suppress(UsageError):
            add(self.session.ledger, register, given_, self.session.configuration, self.clock.instant)

    def verdicts(self) -> Mapping[Key, tuple[object, ...]]:
        """Return what each standing verdict says, without figures and ids."""
        assert self.session.ledger is not None
        wanted = {one.key for one in self.session.wanted}
        return {one.key: said(one) for one in self.session.ledger.standing() if one.key in wanted}

    def days(self) -> Mapping[tuple[Key, str], tuple[object, ...]]:
        """Return every day row."""
        assert self.session.ledger is not None
        rows = self.session.ledger.day_rows((START - 40 * DAY).date(), (START + 400 * DAY).date())
        return {(one.key, one.day.isoformat()): (one.state, one.measured, one.reason, one.late) for one in rows}


def said(verdict: Verdict) -> tuple[object, ...]:
    # What registers show stands for an age from their last reading on, which is the time of the judgement.
    reads_registers = any(not id.startswith("reading") for id in verdict.evidence) or not verdict.evidence
    stands_until = None if reads_registers else verdict.stands_until
    rest = tuple((one.state, one.reason, *of_looks(one)) for one in verdict.rest)
    states = (verdict.state, verdict.measured, verdict.day_state)
    return (
        *states,
        verdict.reason,
        verdict.limit,
        stands_until,
        verdict.acceptance is None,
        len(verdict.evidence),
        rest,
    )


def of_looks(finding: Finding) -> tuple[object, ...]:
    """Return until when a finding stands that rests on looks alone, and what it says of the accounts of a host."""
    by_looks = all(id.startswith("reading") for id in finding.evidence)
    names = ("on_host", "local_people", "orphans")
    return (finding.stands_until if by_looks else None, *(finding.about.get(name) for name in names))


@contextmanager
def sites(folder: Path) -> Iterator[tuple[Site, Site]]:
    """Yield two sites of one clock: the first is judged by what changed, the second in full."""
    clock = HeldClock(START)
    with ExitStack() as stack:
        made = []
        for name in ("by-change", "in-full"):
            state = folder / name
            (state / "state").mkdir(parents=True)
            (state / "password").touch(mode=0o600)
            for file, more in FILES.items():
                (state / f"{file}.toml").write_text(CONFIGURATION.format(state=state / "state") + more)
            site = Site(state, clock, name == "by-change", stack.enter_context(ExitStack()))
            site.load("whole")
            made.append(site)
        yield made[0], made[1]


def observed(collector: str, host: str, subject: str, at: datetime, *facts: Fact) -> Observation:
    return Observation(collector=collector, host=host, subject=subject, begun=at, ended=at, facts=facts)


def failed(collector: str, host: str, subject: str, at: datetime) -> Failure:
    return Failure(
        collector=collector,
        host=host,
        subject=subject,
        begun=at,
        ended=at,
        reason=Reason.UNREACHABLE,
        detail="no route",
    )


def listing(at: datetime, ages: Sequence[int]) -> Observation:
    """Return a look at the copy that shows points of some ages in hours."""
    subject = "files/offsite"
    points = [Point(id=f"p{age}", time=at - age * HOUR, host="srv-1", paths=("/srv",), files=3) for age in ages]
    return observed(
        *("restic_snapshots", "srv-1", subject, at),
        Fact(name="repository.present", subject=subject, value=True, as_of=at),
        *(Fact(name="backup.point", subject=subject, value=point, as_of=point.time) for point in points),
    )


def protection(host: str, at: datetime, age: int) -> Observation:
    """Return a look at a machine's protection whose signatures have some age in hours."""
    seen = Protection(product="clamav", running=True, loaded=at - age * HOUR, proven=True, tried_at=at - HOUR)
    return observed("antivirus", host, host, at, *protection_facts(seen, host, at))


def updates(host: str, at: datetime, age: int) -> Observation:
    """Return a look at a machine on which an update waits for some hours, and a restart as well."""
    package = PackageVersion(package="openssl", version="3.5.7")
    return observed(
        *("patches", host, host, at),
        Fact(name="patch.security_source", subject=host, value=True, as_of=at),
        Fact(name="patch.metadata", subject=host, value=at + 5 * DAY, as_of=at),
        Fact(name="patch.campaign", subject=host, value=True, as_of=at - age * HOUR),
        Fact(name=PENDING, subject=host, value=package, as_of=at - age * HOUR),
        Fact(name=AFTER, subject=host, value=package, as_of=at - (age + 5) * HOUR),
        Fact(name="restart.machine", subject=host, value=True, as_of=at - age * HOUR),
    )


def accounts(host: str, at: datetime, names: Sequence[str]) -> Observation:
    """Return a look at a machine's accounts."""
    seen = SeenAccount(uid=1001, shell="/bin/bash")
    return observed(
        "access",
        host,
        host,
        at,
        *(Fact(name=ACCOUNT, subject=f"{host}/{name}", value=seen, as_of=at) for name in names),
    )


Step = Callable[[Site], None]


def look(make: Callable[..., Reading], *given_: object) -> Step:
    return lambda site: site.judge(make(*[site.clock.instant if one is NOW else one for one in given_]))


def entry(register: str, **values: object) -> Step:
    def enter(site: Site) -> None:
        now = site.clock.instant
        texts = {
            name: (now + value).isoformat() if isinstance(value, timedelta) else value for name, value in values.items()
        }
        days = {name: text(now) if callable(text) else text for name, text in texts.items()}
        site.enter(register, **{name: str(text) for name, text in days.items()})
        site.judge()

    return enter


def day(later: int = 0) -> Callable[[datetime], str]:
    return lambda now: (now + later * DAY).date().isoformat()


def retire_host(site: Site) -> None:
    """Retire the second host, as another process does."""
    assert site.session.ledger is not None
    request = Request(kind="host", subject="srv-2", reason="sold", author="arras")
    with suppress(UsageError):
        retire(site.session.ledger, site.session.configuration.inventory, request, site.clock.instant)
    site.judge()


NOW = object()
WORDS = {"reason": "agreed", "author": "arras"}
RPO_NAMES = {"target": "backup-rpo", "subject": "files"}
AGREED = {"author": "arras", "reason": "known", "accepted_by": "scota", "accepted_on": day(), "until": day(2)}
AGES = st.lists(st.sampled_from([0, 1, 10, 11, 13, 20, 23, 24, 25, 40, 800]), max_size=3)
ON_HOSTS = st.sampled_from(HOSTS)
LOOKS = st.one_of(
    st.builds(lambda ages: look(listing, NOW, ages), AGES | st.sampled_from([[1], [11], [23]])),
    st.just(look(failed, "restic_snapshots", "srv-1", "files/offsite", NOW)),
    st.builds(lambda host, age: look(protection, host, NOW, age), ON_HOSTS, st.integers(0, 80)),
    st.builds(lambda host, age: look(updates, host, NOW, age), ON_HOSTS, st.sampled_from([0, 100, 160, 167, 700, 740])),
    st.builds(lambda host, names: look(accounts, host, NOW, names), ON_HOSTS, st.sampled_from([(), ("adupont",)])),
    st.builds(
        lambda name, host: look(failed, name, host, host, NOW), st.sampled_from(["antivirus", "access"]), ON_HOSTS
    ),
)
ENTRIES = st.sampled_from(
    [
        entry("acceptance", **RPO_NAMES, **AGREED),
        entry(
            "adaptation", **RPO_NAMES, effective_on=day(), informed_on=day(), limit="30h", reason="r", author="arras"
        ),
        entry("incident", detected=-2 * HOUR, title="fire", major="yes", personal_data="yes", author="arras"),
        entry("breach", detected=-30 * HOUR, title="lost", cnil_due="yes", author="arras"),
        entry("departure", left=-3 * HOUR, person="A", accounts="adupont", author="arras"),
        entry("awareness", performed=day(-3), by="cdg", author="arras"),
        entry(
            *("recovery-test",),
            backup="files",
            performed=-4 * HOUR,
            result="ok",
            duration="1h",
            recovery_point=-9 * HOUR,
            author="arras",
        ),
        entry("change", backup="files", reason="moved", author="arras"),
        retire_host,
    ]
)


def wait(by: timedelta) -> Step:
    def pass_by(site: Site) -> None:
        site.judge()

    pass_by.by = by  # type: ignore[attr-defined]  # the clock is of both sites, so that the test itself moves it
    return pass_by


# Beyond the age of most evidence and within the day, at whose end everything is judged anew: time alone turns verdicts.
TURNS = st.sampled_from([70 * MINUTE, 7 * HOUR, 7 * HOUR]).map(wait)
WAITS = st.one_of(
    st.integers(1, 90).map(lambda minutes: wait(minutes * MINUTE)),
    st.integers(1, 30).map(lambda hours: wait(hours * HOUR)),
    st.sampled_from([-1, -20, -120]).map(lambda minutes: wait(minutes * MINUTE)),
    st.sampled_from([2, 8, 12]).map(lambda days: wait(days * DAY)),
)
LOADS = st.sampled_from(list(FILES)).map(lambda name: lambda site: (site.load(name), site.judge())[0])
# Hypothesis draws from the parts of `one_of` alike, however they are nested.
KINDS = {"look": LOOKS, "turn": TURNS, "wait": WAITS, "entry": ENTRIES, "load": LOADS}
OFTEN = ["look", "look", "look", "turn", "turn", "wait", "entry", "load"]
HISTORIES = st.lists(st.sampled_from(OFTEN).flatmap(KINDS.__getitem__), min_size=2, max_size=14)


@settings(max_examples=settings().max_examples // 4, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=HISTORIES, many=st.sampled_from([1, MANY]))
def test_judging_what_changed_comes_to_what_judging_all_does(history: Sequence[Step], many: int) -> None:
    """`many`: of how many looks a verdict must ask for its parts to be known from one judgement to the next."""
    with (
        patch.object(evaluate, "MANY", many),
        TemporaryDirectory(dir=MEMORY) as folder,
        sites(Path(folder)) as (by_change, in_full),
    ):
        for site in (by_change, in_full):
            site.judge()
        for step in history:
            by_change.clock.instant += getattr(step, "by", MINUTE)
            for site in (by_change, in_full):
                step(site)
            assert by_change.verdicts() == in_full.verdicts()
            assert by_change.days() == in_full.days()
        assert by_change.evaluation.take_turn(()).differences == 0


@contextmanager
def site() -> Iterator[Site]:
    """Yield a site that is judged by what changed, with a look at each host and at the copy."""
    with TemporaryDirectory(dir=MEMORY) as folder, sites(Path(folder)) as (one, _):
        at = one.clock.instant
        one.judge(listing(at, [1]), *(make(host, at, 1) for host in HOSTS for make in (protection, updates)))
        yield one


def test_a_look_that_came_back_has_only_what_rests_on_it_judged() -> None:
    with site() as one:
        one.clock.instant += timedelta(seconds=2)
        turn = one.evaluation.take_turn((protection("srv-1", one.clock.instant, 1),))
        assert [verdict.target for verdict in turn.verdicts] == ["endpoint-protection"]
        assert turn.judged == 1


def test_of_a_verdict_on_many_hosts_the_one_that_was_looked_at_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "MANY", len(HOSTS))
    judged: list[str] = []

    def noted(look: Observation, holders: Iterable[Holder], departed: frozenset[str]) -> Orphans:
        judged.append(look.subject)
        return orphans_in(look, holders, departed)

    monkeypatch.setattr("checks.access_revocation.orphans_in", noted)
    with site() as one:
        look_at_accounts(one, ("adupont",))
        judged.clear()
        one.clock.instant += timedelta(seconds=2)
        turn = one.evaluation.take_turn((accounts("srv-2", one.clock.instant, ("root", "bmartin")),))
        assert judged == ["srv-2"]
        assert "access-revocation" in {verdict.target for verdict in turn.verdicts}
        told = {finding.about["on_host"]: finding.about.get("orphans") for finding in months(one).rest}
        assert told == {"srv-1": None, "srv-2": "bmartin, root"}
        judged.clear()
        for _minute in range(RENEWED_WITHIN // MINUTE):
            one.clock.instant += MINUTE
            one.evaluation.take_turn(())
        assert sorted(set(judged)) == ["srv-1", "srv-2"]


def test_an_entry_changes_what_is_known_of_each_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "MANY", len(HOSTS))
    with site() as one:
        look_at_accounts(one, ("adupont",))
        assert {finding.about.get("orphans") for finding in months(one).rest} == {None}
        entry("departure", left=-HOUR, person="A", accounts="adupont", author="arras")(one)
        assert {finding.about.get("orphans") for finding in months(one).rest} == {"adupont"}


def test_of_a_departure_the_looks_at_the_host_that_was_looked_at_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with site() as one:
        look_at_accounts(one, ("adupont",))
        entry("departure", left=-3 * HOUR, person="A", accounts="adupont", author="arras")(one)
        assert departure(one).reason is Reason.ON_COURSE
        ledger, read = one.session.ledger, []
        assert ledger is not None
        looks = ledger.looks

        def noted(collector: str, subject: str, since: datetime, until: datetime) -> tuple[StoredReading, ...]:
            read.append(subject)
            return looks(collector, subject, since, until)

        monkeypatch.setattr(ledger, "looks", noted)
        one.clock.instant += timedelta(seconds=2)
        one.evaluation.take_turn((accounts("srv-2", one.clock.instant, ()),))
        assert set(read) == {"srv-2"}
        assert departure(one).about["host"] == "srv-1"
        assert departure(one).about["rights"] == 1
        for _minute in range(DRAWN_ANEW_WITHIN // MINUTE):
            one.clock.instant += MINUTE
            one.evaluation.take_turn(())
        assert set(read) == {"srv-1", "srv-2"}


def test_a_verdict_turns_with_its_evidence_at_the_next_round() -> None:
    with site() as one:
        key = Key(target="endpoint-protection", subject="srv-1", beneficiary="scota")
        found = next(verdict for verdict in one.evaluation.standing() if verdict.key == key)
        assert found.state is State.MET
        assert found.stands_until is not None
        one.clock.instant = found.stands_until + timedelta(seconds=1)
        turned = {verdict.key: verdict for verdict in one.evaluation.take_turn(()).verdicts}
        assert turned[key].state is not State.MET


def test_every_figure_is_renewed_within_some_minutes() -> None:
    with site() as one:
        for _minute in range(RENEWED_WITHIN // MINUTE):
            one.clock.instant += MINUTE
            one.evaluation.take_turn(())
        oldest = min(verdict.at for verdict in one.evaluation.standing())
        assert one.clock.instant - oldest < RENEWED_WITHIN


def test_what_another_process_keeps_is_judged_by() -> None:
    with site() as one, open_session(one.folder / "whole.toml", clock=one.clock) as other:
        one.clock.instant += timedelta(seconds=2)
        Round(other).take(listing(one.clock.instant, []))
        turn = one.evaluation.take_turn(())
        assert {RPO} <= {verdict.key for verdict in turn.verdicts}
        assert turn.judged < len(one.evaluation.wanted)


def test_an_entry_of_another_process_has_all_judged_anew() -> None:
    with site() as one:
        one.clock.instant += timedelta(seconds=2)
        one.enter("adaptation", **RPO_NAMES, effective_on="2026-11-20", informed_on="2026-11-20", limit="30h", **WORDS)
        turn = one.evaluation.take_turn(())
        assert turn.is_whole
        assert turn.judged == len(one.evaluation.wanted)
        assert next(verdict.limit for verdict in turn.verdicts if verdict.key == RPO) == 30 * 3600


def test_a_judgement_of_the_whole_is_spread_and_notified_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation_rounds, "SLICE", 5)
    with site() as one:
        one.evaluation = Evaluation(one.session, one.evaluation)
        turns = [one.evaluation.take_turn(())]
        while one.evaluation.is_busy:
            turns.append(one.evaluation.take_turn(()))
        assert len(turns) > 2
        assert {turn.is_whole for turn in turns[:-1]} == {False}
        assert turns[-1].is_whole
        assert {verdict.key for verdict in turns[-1].verdicts} >= {RPO}
        assert {key for turn in turns for key in (one.key for one in turn.verdicts)} == set(one.evaluation.wanted)


def test_a_verdict_out_of_date_is_counted_and_ends_partial_rounds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The fault is planted: of the looks that a judgement asked for, none is noted."""
    monkeypatch.setattr(DueKeys, "resting_on", lambda self, names: frozenset())
    with site() as one:
        one.clock.instant += timedelta(seconds=2)
        one.evaluation.take_turn((listing(one.clock.instant, []),))
        counts = []
        for _minute in range(6):
            one.clock.instant += MINUTE
            turn = one.evaluation.take_turn(())
            counts.append(turn.differences)
        assert counts[-1] > 0
        assert turn.judged == len(one.evaluation.wanted)
        assert next(verdict for verdict in one.evaluation.standing() if verdict.key == RPO).state is State.MISSED
    assert "was out of date" in caplog.text


def test_what_could_not_be_kept_is_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with site() as one:
        assert one.session.ledger is not None
        one.clock.instant += timedelta(seconds=2)
        with monkeypatch.context() as full:
            full.setattr(one.session.ledger, "keep_verdicts", lambda judged: raising("the disk is full"))
            turn = one.evaluation.take_turn((listing(one.clock.instant, []),))
            assert turn.not_kept == "the disk is full"
        one.clock.instant += timedelta(seconds=2)
        assert {RPO} <= {verdict.key for verdict in one.evaluation.take_turn(()).verdicts}
        assert next(verdict for verdict in one.evaluation.standing() if verdict.key == RPO).state is State.MISSED


def test_a_clock_that_jumps_takes_nothing_away_that_was_seen_of_a_departure() -> None:
    with site() as one:
        look_at_accounts(one, ("adupont",))
        entry("departure", left=-3 * HOUR, person="A", accounts="adupont", author="arras")(one)
        one.clock.instant += 2 * DAY
        look_at_accounts(one, ("adupont",))
        assert departure(one).reason is Reason.RIGHT_REMAINING
        ledger, now = one.session.ledger, one.clock.instant
        assert ledger is not None
        (kept,) = ledger.entries("departure")
        moved = [f"left={(now - HOUR).isoformat()}", "author=arras"]
        amend(ledger, "departure", kept.id, moved, one.session.configuration, now)
        one.clock.instant += HOUR
        look_at_accounts(one, ())
        assert (departure(one).state, departure(one).reason) == (State.MISSED, Reason.OVERDUE)
        closed = departure(one).about["closed"]
        one.evaluation.take_turn((), clock_doubt="the wall clock jumped by 3600 s")
        assert departure(one).reason is Reason.CLOCK_DOUBTFUL
        one.clock.instant += HOUR
        look_at_accounts(one, ())
        assert (departure(one).state, departure(one).reason) == (State.MISSED, Reason.OVERDUE)
        assert departure(one).about["closed"] == closed


def look_at_accounts(site: Site, names: Sequence[str]) -> None:
    """Look at the accounts of both hosts."""
    site.judge(*(accounts(host, site.clock.instant, names) for host in HOSTS))


def departure(site: Site) -> Verdict:
    """Return the newest verdict on the one departure."""
    found = site.evaluation.standing()
    return next(one for one in found if one.target == "access-revocation" and one.subject != "scota")


def months(site: Site) -> Verdict:
    """Return the newest verdict on the months of the one beneficiary."""
    found = site.evaluation.standing()
    return next(one for one in found if one.target == "access-revocation" and one.subject == "scota")


def raising(words: str) -> None:
    raise LedgerError(words)
