"""A report over a whole fleet: all agents' days are added up, silence is unproven, late evidence is marked."""

import csv
import io
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.config.settings import Configuration, FleetAgent, Mail
from agent.core.clock import SystemClock
from agent.core.errors import ClockDoubtful, LedgerDamaged, UsageError
from agent.core.inventory import Beneficiary, Inventory
from agent.core.model import Key, State
from agent.core.period import Quarter, day_of, each_day
from agent.core.reason import Reason
from agent.export.http.health import Health
from agent.fleet.database import DatabaseAway
from agent.fleet.replicas import Replica
from agent.ledger import editions, mailed
from agent.ledger.ledger import Ledger, VerdictRecord
from agent.publishing.publisher import Publisher
from agent.publishing.reports import ReportFiles, ReportRequest, published
from agent.queries.centre import ask_fleet, centre_snapshot, keep_centre_load
from agent.queries.fleet_part import FleetPart
from agent.queries.fleet_reading import FleetReading
from agent.queries.fleet_site import FleetSite
from agent.queries.history import History
from agent.report.build import build
from agent.report.figures import Report
from agent.report.view import view
from tests.export.samples import TARGETS
from tests.fleet.agents import FleetMember, member, verdict
from tests.fleet.databases import Laid, created, laid_on
from tests.ledger.samples import HandClock
from tests.parts.postgresql import PostgresqlServer
from tests.parts.relay import PASSWORD, USER, relay
from tests.parts.web import certify
from tests.queries.test_centre import centre, ran
from tests.queries.test_fleet_registers import enter
from tests.report.year import no_pdfs

__all__ = ["centre"]

pytestmark = [pytest.mark.programs, pytest.mark.network]

NOW = SystemClock().now()
TODAY = day_of(NOW)
OVER = Quarter.of(Quarter.of(TODAY).first - timedelta(days=1))
PATCHED = Key(target="patching", subject="srv-1", beneficiary="scota")
HELD = Key(target="backup-coverage", subject="srv-1", beneficiary="scota")


def noon(day: date) -> datetime:
    """Return an instant of a day."""
    return datetime.combine(day, time(12), UTC)


def live(agent: FleetMember, clock: HandClock, worst: Mapping[date, State], key: Key = PATCHED) -> None:
    """Let an agent have lived the quarter that is over: every day of a key met, but for some."""
    clock.time = noon(OVER.first - timedelta(days=1))
    agent.ledger.keep_load("d", {key: Days(starts=OVER.first)}, TARGETS)
    for day in each_day(OVER.first, TODAY - timedelta(days=1)):
        clock.time = noon(day + timedelta(days=1))
        state = worst.get(day, State.MET)
        reason = Reason.WITHIN_LIMIT if state is State.MET else Reason.OVERDUE
        agent.ledger.keep_days([day_row(key, day, state, reason, clock.time)])
    clock.time = SystemClock().now()
    agent.append(1)


def day_row(key: Key, day: date, state: State, reason: Reason, at: datetime) -> DayRow:
    """Return the row of a day."""
    return DayRow(key=key, day=day, state=state, measured=state, reason=reason, late=False, judged_at=at)


WORST: Mapping[str, Mapping[date, State]] = {
    "arras-1": {},
    "lens-1": dict.fromkeys((OVER.first, OVER.last), State.MISSED),
}


@dataclass(frozen=True, slots=True)
class Lived:
    """What two agents left that have lived a quarter, one of them with two days missed, and have joined now."""

    laid: Laid
    folder: Path


@pytest.fixture(scope="module")
def lived(server: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Let them live it once; each test has a copy."""
    made = Lived(laid_on(server), tmp_path_factory.mktemp("lived"))
    for name, worst in WORST.items():
        clock = HandClock()
        with member(made.laid, made.folder / name, name, clock=clock) as agent:
            live(agent, clock, worst)
            agent.send()
    return made


@pytest.fixture
def laid(server: PostgresqlServer, lived: Lived) -> Laid:
    """Return a copy of their database."""
    return created(server, lived.laid.name)


@pytest.fixture
def agents(laid: Laid, lived: Lived, tmp_path: Path) -> Iterator[list[FleetMember]]:
    """Return them, each with a ledger of the test's own."""
    shutil.copytree(lived.folder, tmp_path, dirs_exist_ok=True)
    with ExitStack() as stack:
        made = []
        for name in WORST:
            ledger = stack.enter_context(Ledger.open(tmp_path / name, clock=HandClock(SystemClock().now())))
            made.append(FleetMember(name=name, directory=tmp_path / name, ledger=ledger, laid=laid))
        yield made


@contextmanager
def reading(centre: Configuration) -> Iterator[tuple[Ledger, FleetReading]]:
    """Yield the centre's own ledger, and what reads the material of reports."""
    clock = SystemClock()
    with Ledger.open(centre.agent.state_directory, clock=clock) as own, FleetReading(centre, own, clock) as read:
        yield own, read


def report(centre: Configuration) -> Report:
    """Return the report on the quarter that is over."""
    with reading(centre) as (_, read):
        return build(read(OVER, "scota", False), None)


def patching(found: Report) -> Mapping[str, dict[str, State]]:
    """Return the days of each subject, by day."""
    (one,) = [one for one in found.targets if one.target == "patching"]
    return {one.days.key.subject: {f"{day}": came.state for day, came in one.days.rows()} for one in one.subjects}


def reasons(found: Report, subject: str) -> dict[Reason, int]:
    """Return how many days of a subject have each reason."""
    (one,) = [one for one in found.days if one.key.subject == subject]
    every = [came.reason for _, came in one.rows()]
    return {reason: every.count(reason) for reason in every}


def test_a_report_adds_up_the_days_of_all_agents(agents: list[FleetMember], centre: Configuration) -> None:
    found = report(centre)
    days = patching(found)
    assert set(days) == {"arras-1/srv-1", "lens-1/srv-1"}
    assert [day for day, state in days["lens-1/srv-1"].items() if state is State.MISSED] == [
        f"{OVER.first}",
        f"{OVER.last}",
    ]
    (one,) = [one for one in found.targets if one.target == "patching"]
    assert one.tally is not None
    expected = (OVER.last - OVER.first).days + 1
    assert (one.tally.met, one.tally.expected) == (expected - 2, expected)
    assert [(agent.agent, agent.heard, agent.lost) for agent in found.agents] == [
        ("arras-1", True, 0),
        ("lens-1", True, 0),
    ]


def test_a_silent_agent_s_days_are_unproven(agents: list[FleetMember], centre: Configuration, laid: Laid) -> None:
    """Its newest rows are gone: nothing came since the middle of the quarter."""
    silent = OVER.first + timedelta(days=40)
    key = agents[0].own.fingerprint
    rows = f"SELECT sequence FROM beffroi.row WHERE ledger = '{key}' AND instant > '{silent}'"
    laid.run(
        f"DELETE FROM beffroi.payload WHERE ledger = '{key}' AND sequence IN ({rows})",
        f"DELETE FROM beffroi.row WHERE ledger = '{key}' AND instant > '{silent}'",
    )
    found = report(centre)
    days = patching(found)["arras-1/srv-1"]
    assert [day for day, state in days.items() if state is State.MET] == [
        f"{day}" for day in each_day(OVER.first, silent - timedelta(days=2))
    ]
    assert set(reasons(found, "arras-1/srv-1")) == {Reason.WITHIN_LIMIT, Reason.SILENT_AGENT}
    assert [agent.heard for agent in found.agents] == [False, True]
    assert found.agents[0].lost == (OVER.last - silent).days + 2


def receive(laid: Laid, agent: FleetMember, since: date, at: datetime) -> None:
    """Let the database have received each row when it was written, those from a day on at an instant."""
    key = agent.own.fingerprint
    laid.run(
        f"UPDATE beffroi.row SET received_at = instant::timestamptz WHERE ledger = '{key}'",
        f"UPDATE beffroi.row SET received_at = greatest('{at.isoformat()}', instant::timestamptz) "
        f"WHERE ledger = '{key}' AND instant >= '{since}'",
    )


def patient(centre: Configuration, agents: list[FleetMember]) -> Configuration:
    """Return the centre's configuration where agents may be silent for 26 hours, since these write a row a day."""
    assert centre.fleet is not None
    age = timedelta(hours=26)
    told = tuple(FleetAgent(id=one.name, fingerprint=one.own.fingerprint, evidence_age=age) for one in agents)
    return replace(centre, fleet=replace(centre.fleet, agents=told))


def test_rows_that_come_within_seven_days_are_late_evidence(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    """The line was cut for five days."""
    cut = OVER.first + timedelta(days=30)
    receive(laid, agents[0], cut, noon(cut + timedelta(days=5)))
    found = report(patient(centre, agents))
    assert set(patching(found)["arras-1/srv-1"].values()) == {State.MET}
    (one,) = [one for one in found.days if one.key.subject == "arras-1/srv-1"]
    late = [day for day, came in one.rows() if came.late]
    # Its first row of a day came two days after its load.
    begun = [OVER.first, OVER.first + timedelta(days=1)]
    assert late == [*begun, *each_day(cut, cut + timedelta(days=5))]
    assert (found.agents[0].late, found.agents[0].lost) == (8, 0)


def test_what_came_in_time_before_the_line_was_cut_again_counts(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    """Half of what had waited came after four days, the rest after the seven days of all of it."""
    cut = OVER.first + timedelta(days=30)
    again = cut + timedelta(days=3)
    receive(laid, agents[0], again, noon(again + timedelta(days=20)))
    key = agents[0].own.fingerprint
    came = noon(again + timedelta(days=1))
    laid.run(
        f"UPDATE beffroi.row SET received_at = '{came}' "
        f"WHERE ledger = '{key}' AND instant >= '{cut}' AND instant < '{again}'"
    )
    days = patching(report(patient(centre, agents)))["arras-1/srv-1"]
    assert {days[f"{day}"] for day in each_day(cut, again - timedelta(days=1))} == {State.MET}
    assert days[f"{again + timedelta(days=2)}"] is State.UNPROVEN


def test_rows_that_come_later_rewrite_no_past(agents: list[FleetMember], centre: Configuration, laid: Laid) -> None:
    """A day that was missed stays missed: what is known to be bad is not made unknown."""
    cut, came = OVER.last - timedelta(days=20), noon(TODAY)
    receive(laid, agents[1], cut, came)
    found = report(patient(centre, agents))
    days = patching(found)["lens-1/srv-1"]
    assert {days[f"{day}"] for day in each_day(cut + timedelta(days=1), OVER.last - timedelta(days=1))} == {
        State.UNPROVEN
    }
    assert days[f"{OVER.last}"] is State.MISSED
    assert days[f"{cut - timedelta(days=2)}"] is State.MET


def test_days_of_another_key_than_the_declared_one_are_unproven(
    agents: list[FleetMember], centre: Configuration
) -> None:
    """Neither a report nor a page of the past takes what the page of the present does not."""
    assert centre.fleet is not None
    declared = FleetAgent(id="arras-1", fingerprint=agents[1].own.fingerprint)
    other = replace(centre, fleet=replace(centre.fleet, agents=(declared,)))
    found = report(other)
    days = patching(found)
    assert set(days["arras-1/srv-1"].values()) == {State.UNPROVEN}
    assert State.MET in days["lens-1/srv-1"].values()
    whole = site_of(other).target_calendar("patching", "scota", SystemClock().now())
    assert State.MET not in {one.state for one in whole.days}


def test_an_agent_whose_clock_ran_ahead_is_silent_as_any(
    agents: list[FleetMember], centre: Configuration, laid: Laid, tmp_path: Path
) -> None:
    """Its newest row is of next year, and came when the quarter was young."""
    clock = HandClock(noon(TODAY + timedelta(days=300)))
    with member(laid, tmp_path / "ahead-1", "ahead-1", clock=clock) as ahead:
        ahead.ledger.keep_load("d", {PATCHED: Days(starts=OVER.first)}, TARGETS)
        met = [day_row(PATCHED, day, State.MET, Reason.WITHIN_LIMIT, clock.time) for day in OVER.days()]
        ahead.ledger.keep_days(met)
        ahead.send()
        came = noon(OVER.first + timedelta(days=2))
        laid.run(f"UPDATE beffroi.row SET received_at = '{came}' WHERE ledger = '{ahead.own.fingerprint}'")
        days = patching(report(centre))["ahead-1/srv-1"]
    assert {state for day, state in days.items() if day > f"{day_of(came)}"} == {State.UNPROVEN}


def test_an_agent_whose_clock_is_set_back_loses_no_day_of_before(
    agents: list[FleetMember], centre: Configuration, laid: Laid, tmp_path: Path
) -> None:
    """Its newest row is of months ago, and the centre had heard it until then."""
    clock = HandClock(noon(OVER.first))
    with member(laid, tmp_path / "back-1", "back-1", clock=clock) as back:
        live(back, clock, {})
        back.send()
        receive(laid, back, TODAY, noon(OVER.first))
        clock.time -= timedelta(days=120)
        back.append(1)
        back.send()
        days = patching(report(patient(centre, [back])))["back-1/srv-1"]
    assert set(days.values()) == {State.MET}


def test_what_an_agent_s_host_holds_without_a_backup_is_printed(
    agents: list[FleetMember], centre: Configuration, laid: Laid, tmp_path: Path
) -> None:
    clock = HandClock()
    with member(laid, tmp_path / "bethune-1", "bethune-1", clock=clock) as third:
        live(third, clock, {}, HELD)
        at = noon(OVER.last)
        bad = replace(verdict(HELD, State.MISSED, at), about={"what": "/srv", "found_since": OVER.first})
        clock.time = at
        third.ledger.keep_verdicts([VerdictRecord(verdict=bad, stretch=None)])
        clock.time = SystemClock().now()
        third.send()
        (one,) = [one for one in report(centre).targets if one.target == HELD.target]
    assert [(held.subject, held.about["what"]) for held in one.coverage] == [("bethune-1/srv-1", "/srv")]


def test_pages_of_the_past_count_days_as_the_report_does(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    cut = OVER.last - timedelta(days=20)
    receive(laid, agents[1], cut, noon(TODAY))
    site = site_of(patient(centre, agents))
    verdicts = [one for one in site.snapshot().verdicts if one.subject == "lens-1/srv-1"]
    (calendar,) = site.details(verdicts, SystemClock().now()).calendars.values()
    told = {one.day: one for one in calendar.days}
    assert (told[OVER.last].state, told[OVER.last].late) == (State.MISSED, True)
    assert told[OVER.last - timedelta(days=3)].reason is Reason.SILENT_AGENT
    whole = {one.day: one for one in site.target_calendar("patching", "scota", SystemClock().now()).days}
    assert whole[OVER.last - timedelta(days=3)].state is State.UNPROVEN


def site_of(centre: Configuration) -> FleetSite:
    """Return what a centre serves."""
    known = ask_fleet(centre, SystemClock())
    return FleetSite(
        configuration=lambda: centre,
        clock=SystemClock(),
        snapshot_now=lambda: centre_snapshot(centre, known, SystemClock()),
        known=lambda: known,
        health_now=lambda: Health(since_tick=timedelta(0)),
        heartbeat=lambda: NOW,
    )


def test_a_past_that_cannot_be_understood_costs_its_own_agent_alone(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, whole = site_of(centre), FleetSite._part

    def part(self: FleetSite, replica: Replica, past: History) -> FleetPart:
        if replica.agent == "arras-1":
            raise OverflowError("date value out of range")
        return whole(self, replica, past)

    monkeypatch.setattr(FleetSite, "_part", part)
    now = SystemClock().now()
    assert State.MISSED in {one.state for one in site.target_calendar("patching", "scota", now).days}
    verdicts = [one for one in site.snapshot().verdicts if one.target == "patching"]
    told = {
        key.subject: {one.state for one in days.days} for key, days in site.details(verdicts, now).calendars.items()
    }
    assert told["arras-1/srv-1"] == {None}
    assert State.MISSED in told["lens-1/srv-1"]


def test_an_entry_that_cannot_be_read_takes_no_row_before_it_away(
    agents: list[FleetMember], centre: Configuration
) -> None:
    """It came in one batch with what the report knows of the agent; what follows it is not known."""
    bad = {"performed": "yesterday", "by": "x", "author": "x", "beneficiary": "scota"}
    agents[1].ledger.enter("audit", lambda _: [(bad, "scota")])
    later = OVER.first + timedelta(days=5)
    agents[1].ledger.keep_days([day_row(PATCHED, later, State.MISSED, Reason.OVERDUE, NOW)])
    agents[1].send()
    with edition(centre) as found:
        rows = list(csv.DictReader(io.StringIO(found.content("days.csv").decode())))
    missed = {row["day"] for row in rows if row["subject"] == "lens-1/srv-1" and row["state"] == "missed"}
    assert missed == {f"{OVER.first}", f"{OVER.last}"}
    (broken,) = [one for one in ask_fleet(centre, SystemClock()).replicas if one.broken]
    assert (broken.agent, broken.broken) == (
        "lens-1",
        "audit: 'audit-2' cannot be read: is neither an instant nor a date",
    )


@contextmanager
def reinstalled(laid: Laid, folder: Path, agent: FleetMember) -> Iterator[FleetMember]:
    """Yield an agent whose machine was installed anew today; its new ledger brings a past without a miss."""
    folder.mkdir()
    clock = HandClock()
    with Ledger.open(folder, clock=clock) as ledger:
        anew = FleetMember(name=agent.name, directory=folder, ledger=ledger, laid=laid)
        live(anew, clock, {})
        anew.enrol(replaces=True)
        anew.send()
        yield anew


def test_an_agent_that_was_given_a_new_key_loses_no_miss(
    agents: list[FleetMember], centre: Configuration, laid: Laid, tmp_path: Path
) -> None:
    """What its former key had sent stays in the report and on the page, whatever the new ledger brings."""
    enter_at_agent(agents[1], "audit-1 of the former key")
    strict = patient(centre, agents)
    before = patching(report(strict))["lens-1/srv-1"]
    with reinstalled(laid, tmp_path / "anew", agents[1]) as anew:
        now = patient(centre, [agents[0], anew])
        found = report(now)
        assert patching(found)["lens-1/srv-1"] == before
        assert [one.agent for one in found.agents] == ["arras-1", "lens-1", "lens-1"]
        names = [one.id for one in found.entries if one.id.startswith("lens-1/audit")]
        assert len(set(names)) == len(names)
        assert {"lens-1/audit-1~1", "lens-1/audit-1"} <= set(names)
        shutil.rmtree(centre.agent.state_directory / "agents")
        assert patching(report(now))["lens-1/srv-1"] == before
        site = site_of(now)
        verdicts = [one for one in site.snapshot().verdicts if one.subject == "lens-1/srv-1"]
        (calendar,) = site.details(verdicts, SystemClock().now()).calendars.values()
        told = {one.day: one.state for one in calendar.days}
        assert told[OVER.last] is State.MISSED
        whole = {one.day: one.state for one in site.target_calendar("patching", "scota", SystemClock().now()).days}
        assert whole[OVER.last] is State.MISSED


def enter_at_agent(agent: FleetMember, title: str) -> None:
    """Let an agent's registers hold an entry of the quarter."""
    values = {"performed": f"{OVER.first}", "by": title, "author": "tech", "beneficiary": "scota"}
    agent.ledger.enter("audit", lambda _: [(values, "scota")])
    agent.send()


def test_an_agent_that_the_database_has_lost_stays_in_the_report(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    """The database was set back to before its enrolment: the centre's copy still has what it had sent."""
    before = patching(report(centre))["lens-1/srv-1"]
    key = agents[1].own.fingerprint
    laid.run(
        *(f"DELETE FROM beffroi.{table} WHERE ledger = '{key}'" for table in ("payload", "row", "public_key", "agent")),
        f"DELETE FROM beffroi.ledger WHERE ledger = '{key}'",
    )
    days = patching(report(centre))["lens-1/srv-1"]
    assert [day for day, state in days.items() if state is State.MISSED] == [
        day for day, state in before.items() if state is State.MISSED
    ]


def test_an_acceptance_of_the_centre_counts_from_its_entry_and_is_said_both_ways(
    agents: list[FleetMember], centre: Configuration
) -> None:
    """The quarter is over: entered now, it changes none of its days, and the other word stands beside."""
    words = (
        "target=patching",
        "subject=lens-1/srv-1",
        "accepted_by=Mme Durand",
        f"accepted_on={OVER.first}",
        f"until={TODAY + timedelta(days=30)}",
        "reason=cost",
        "author=tech",
    )
    enter(centre, "acceptance", *words)
    found = report(centre)
    assert State.ACCEPTED not in patching(found)["lens-1/srv-1"].values()
    (one,) = [one for one in found.targets if one.target == "patching"]
    assert one.hypothetical is not None
    assert one.hypothetical.entered_on == day_of(NOW)


def test_an_agent_of_which_nothing_ever_came_is_named_on_the_first_page(
    agents: list[FleetMember], centre: Configuration
) -> None:
    """No one knows what it was to watch: nothing of it can be counted, and the whole is not said to be whole."""
    known = patient(centre, agents)
    assert known.fleet is not None
    silent = FleetAgent(id="douai-1", fingerprint=f"SHA256:{43 * 'a'}")
    found = report(replace(known, fleet=replace(known.fleet, agents=(*known.fleet.agents, silent))))
    assert found.unheard == ("douai-1",)
    assert "Rien n'est jamais venu de 1 logiciel de mesure déclaré (douai-1)" in view(found, public=False).lead
    assert "Nothing ever came of 1 declared agent:" in view(found, public=True, language="en").lead
    assert report(known).unheard == ()


def test_a_beneficiary_that_no_agent_serves_has_no_report(agents: list[FleetMember], centre: Configuration) -> None:
    with reading(centre) as (_, read), pytest.raises(UsageError, match="nothing was measured"):
        read(OVER, "nobody", False)


@contextmanager
def edition(centre: Configuration, number: int | None = None) -> Iterator[ReportFiles]:
    """Yield the files of a published report."""
    wish = ReportRequest(quarter=OVER, edition=number)
    with reading(centre) as (own, read), published(centre, own, wish, SystemClock().now(), read) as found:
        yield found


def test_a_published_report_is_frozen_whatever_comes_later(agents: list[FleetMember], centre: Configuration) -> None:
    with edition(centre) as found:
        before = {name: found.content(name) for name in ("report.html", "days.csv", "figures.json")}
        assert found.fresh
        assert found.of_fleet
        assert not (found.folder / "evidence.zip").exists()
    bad = day_row(PATCHED, OVER.first + timedelta(days=3), State.MISSED, Reason.OVERDUE, NOW)
    agents[0].ledger.keep_days([bad])
    agents[0].send()
    with edition(centre) as found:
        assert {name: found.content(name) for name in before} == before
    with edition(centre, 2) as found:
        assert found.content("days.csv") != before["days.csv"]
    rows = list(csv.DictReader(io.StringIO(before["days.csv"].decode())))
    assert {row["subject"] for row in rows if row["target"] == "patching"} == {"arras-1/srv-1", "lens-1/srv-1"}
    page = before["report.html"].decode()
    assert "additionne les registres de 2" in page
    assert agents[1].own.fingerprint in page
    assert json.loads(before["figures.json"])["schema"] == "beffroi.figures/1"


def test_nothing_is_published_while_the_database_is_away(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    report(centre)
    laid.server.stop()
    try:
        with pytest.raises(DatabaseAway, match="is published once"), edition(centre):
            pass
        assert set(patching(report(centre))) == {"arras-1/srv-1", "lens-1/srv-1"}
    finally:
        laid.server.start()


def test_nothing_is_published_while_a_ledger_cannot_be_read_at_all(
    agents: list[FleetMember], centre: Configuration, laid: Laid, tmp_path: Path
) -> None:
    """No row of it is understood: whom it serves is not known, and it is passed over in no report that stays."""
    with member(laid, tmp_path / "novel-1", "novel-1") as novel:
        novel.ledger._store.write(lambda writer: writer.append("novelty", {}, "scota"))
        novel.send()
        with pytest.raises(LedgerDamaged, match="novel-1 cannot be read"), edition(centre):
            pass
        assert set(patching(report(centre))) == {"arras-1/srv-1", "lens-1/srv-1"}


def test_the_command_writes_the_report_of_a_fleet(
    agents: list[FleetMember], centre: Configuration, tmp_path: Path
) -> None:
    done = ran(centre, "report", "--quarter", str(OVER), "--output", str(tmp_path / "out"))
    assert done.code == 0, done.err
    assert sorted(one.name.removeprefix(f"beffroi-scota-{OVER}") for one in (tmp_path / "out").iterdir()) == [
        "-figures.json",
        ".csv",
        ".html",
        ".pdf",
    ]


def test_the_centre_publishes_and_mails_each_report_once(
    agents: list[FleetMember], centre: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a relay that asks for TLS and a login; it was away the first time."""
    authority, password = certify(tmp_path, "authority"), tmp_path / "mail.password"
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    password.touch(mode=0o600)
    password.write_text(f"{PASSWORD}\n")
    reader = Beneficiary(id="scota", name="SCOTA", mail=("dir@scota.example",))
    clock = HandClock(noon(OVER.first))
    with (
        Ledger.open(centre.agent.state_directory, clock=clock) as own,
        relay(certify(tmp_path, "relay", authority)) as asked,
    ):
        mailing = replace(centre, inventory=Inventory(beneficiaries=(reader,)))
        keep_centre_load(mailing, own)
        clock.time = max(SystemClock().now(), noon(OVER.last + timedelta(days=9)))
        publisher = Publisher(own, clock, no_pdfs, fleet=lambda known: FleetReading(known, own, clock))
        for address in ("smtp://127.0.0.1:9", asked.address, asked.address):
            mail = Mail(to=(), smtp=address, sender="beffroi@arras.example", user=USER)
            alert = replace(centre.alert, mail=mail, mail_password_file=password)
            publisher.look(replace(mailing, alert=alert))
            publisher.wait(120)
            clock.time += timedelta(hours=2)
        assert [one.number for one in own.ask(lambda kept: editions.read(kept, "scota"))] == [1]
        names = [one.name for one in own.ask(lambda kept: mailed.read(kept, "scota"))]
        assert names == [f"report scota {OVER} 1"]
    (letter,) = asked.letters
    assert (letter["To"], asked.logins) == ("dir@scota.example", [(True, PASSWORD)])
    body = letter.get_body(("plain",))
    assert body is not None
    assert "additionne les constats de tous les logiciels de mesure" in " ".join(body.get_content().split())
    assert "evidence verify" not in body.get_content()
    files = sorted(str(one.get_filename()) for one in letter.iter_attachments())
    assert files == [f"beffroi-scota-{OVER}-figures.json", f"beffroi-scota-{OVER}.csv", f"beffroi-scota-{OVER}.html"]


def test_nothing_is_published_by_a_clock_that_runs_ahead_of_the_database(
    agents: list[FleetMember], centre: Configuration
) -> None:
    """The quarter goes on, and each of its days that are to come would be unproven for good."""
    running = Quarter.of(TODAY)
    clock = HandClock(noon(running.last + timedelta(days=40)))
    with Ledger.open(centre.agent.state_directory, clock=clock) as own, FleetReading(centre, own, clock) as read:
        with pytest.raises(ClockDoubtful, match="ahead of the database's"):
            read(running, "scota", True)
        assert read(running, "scota", False).agents
