"""The past of a fleet in a real VictoriaMetrics: what a cut line hid is there, each point once."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.accounting.expectation import Days
from agent.accounting.timeline import Start, TimelineUpdate
from agent.config.settings import Configuration
from agent.core.clock import SystemClock
from agent.core.model import State
from agent.core.period import day_end, day_of
from agent.core.reason import Reason
from agent.ledger.ledger import VerdictRecord
from agent.queries import backfill, victoria_metrics
from agent.queries.backfill import Backfill, BackfillTally
from agent.queries.victoria_metrics import MetricsAway, Stored, VictoriaMetrics
from agent.report.prometheus import source
from tests.export.samples import TARGETS
from tests.fleet.agents import FleetMember, member, verdict
from tests.fleet.databases import Laid
from tests.ledger.samples import HandClock
from tests.parts.ports import free_port
from tests.parts.victoria_metrics import VictoriaServer, running_victoria_metrics
from tests.queries.test_centre import centre
from tests.queries.test_fleet_material import PATCHED, day_row, noon, patient, reading
from tests.queries.test_fleet_succession import other_key

__all__ = ["centre"]

pytestmark = [pytest.mark.programs, pytest.mark.network]

NOW = SystemClock().now()
TODAY = day_of(NOW)
YESTERDAY, BEFORE = TODAY - timedelta(days=1), TODAY - timedelta(days=2)


@pytest.fixture
def agent(laid: Laid, tmp_path: Path) -> Iterator[FleetMember]:
    """Return an agent that has lived two days: met, and from noon of the second on missed."""
    clock = HandClock(noon(BEFORE) - timedelta(hours=1))
    with member(laid, tmp_path / "arras-1", clock=clock) as made:
        made.ledger.keep_load("d", {PATCHED: Days(starts=BEFORE)}, TARGETS)
        for day, state, reason in (
            (BEFORE, State.MET, Reason.WITHIN_LIMIT),
            (YESTERDAY, State.MISSED, Reason.OVERDUE),
        ):
            clock.time = noon(day)
            start = Start(at=clock.time, state=state, reason=reason)
            stretch = TimelineUpdate(covers_from=clock.time, starts=(start,), stands_until=NOW + timedelta(days=9))
            made.ledger.keep_verdicts([VerdictRecord(verdict=verdict(PATCHED, state, clock.time), stretch=stretch)])
        for day, state in ((BEFORE, State.MET), (YESTERDAY, State.MISSED)):
            clock.time = max(clock.time, day_end(day))
            made.ledger.keep_days([day_row(PATCHED, day, state, Reason.WITHIN_LIMIT, clock.time)])
        clock.time = SystemClock().now()
        made.append(1)
        made.send()
        yield made


@pytest.fixture
def slow_victoria(tmp_path: Path) -> Iterator[VictoriaServer]:
    """Run a VictoriaMetrics, which shows ten seconds later what it took."""
    with running_victoria_metrics(tmp_path) as running:
        yield running


@pytest.fixture
def victoria(slow_victoria: VictoriaServer, monkeypatch: pytest.MonkeyPatch) -> VictoriaServer:
    """Run a VictoriaMetrics that is asked to show what it took before it is asked for it."""
    real = VictoriaMetrics.points

    def points(self: VictoriaMetrics, *asked: Any) -> Stored:
        slow_victoria.get("/internal/force_flush")
        return real(self, *asked)

    monkeypatch.setattr(VictoriaMetrics, "points", points)
    return slow_victoria


def given(centre: Configuration, url: str) -> BackfillTally:
    """Give all since two days before today."""
    with reading(centre) as (_, read):
        to = VictoriaMetrics(server=source(url, None))
        # Held, since a step more is given each five minutes.
        return Backfill(read, centre, HandClock(NOW), to).run(BEFORE)


def test_what_a_cut_line_hid_is_there_and_once(
    agent: FleetMember, centre: Configuration, victoria: VictoriaServer
) -> None:
    first = given(centre, victoria.url)
    assert (first.troubles, first.otherwise, first.there) == ([], 0, 0)
    found = victoria.points('{origin="backfill",agent="arras-1",__name__="beffroi_target_state"}')
    met, missed = (found["beffroi_target_state", "arras-1/srv-1", state] for state in ("met", "missed"))
    turn = noon(YESTERDAY).timestamp() * 1000
    assert {value for at, value in met if at < turn} == {value for at, value in missed} == {1}
    assert [(at, value) for at, value in met if at >= turn] == [(turn, 0)]
    assert met[0][0] == noon(BEFORE).timestamp() * 1000
    assert NOW.timestamp() * 1000 - missed[-1][0] >= 3_600_000
    tallies = victoria.points('{__name__="beffroi_quarter_tally",subject="arras-1/srv-1"}')
    assert [value for _, value in tallies["beffroi_quarter_tally", "arras-1/srv-1", "met"]] == [1, 1]
    assert [value for _, value in tallies["beffroi_quarter_tally", "arras-1/srv-1", "missed"]] == [0, 1]
    ratio = victoria.points('{__name__="beffroi_attainment_ratio",target="patching"}')
    assert [value for _, value in ratio["beffroi_attainment_ratio", "", ""]] == [1, 0.5]
    every = victoria.points('{origin="backfill"}')
    assert sum(map(len, every.values())) == first.given
    again = given(centre, victoria.url)
    assert (again.given, again.there, again.otherwise, again.troubles) == (0, first.given, 0, [])
    assert victoria.points('{origin="backfill"}') == every


@pytest.mark.slow
def test_a_run_right_after_another_doubles_nothing(
    agent: FleetMember, centre: Configuration, slow_victoria: VictoriaServer
) -> None:
    first = given(centre, slow_victoria.url)
    again = given(centre, slow_victoria.url)
    assert (again.given, again.there) == (0, first.given)


def test_a_run_that_was_cut_is_completed(
    agent: FleetMember, centre: Configuration, victoria: VictoriaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(victoria_metrics, "BATCH_LETTERS", 1)
    sent = VictoriaMetrics._given
    left = [2]

    def cut(self: VictoriaMetrics, batch: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise ConnectionResetError(104, "Connection reset by peer")
        sent(self, batch)

    monkeypatch.setattr(VictoriaMetrics, "_given", cut)
    with pytest.raises(MetricsAway, match="connection reset by peer"):
        given(centre, victoria.url)
    assert (some := sum(map(len, victoria.points('{origin="backfill"}').values()))) > 0
    left[0] = 1_000
    found = given(centre, victoria.url)
    assert (found.there, found.otherwise) == (some, 0)
    points = [point for own in victoria.points('{origin="backfill"}').values() for point in own]
    assert len(points) == some + found.given


def test_a_point_that_stands_there_otherwise_is_told_and_left(
    agent: FleetMember, centre: Configuration, victoria: VictoriaServer
) -> None:
    given(centre, victoria.url)
    before = victoria.points('{origin="backfill"}')
    # A look that came late shows what the objective was between two steps: 0 stands there where 1 is known now.
    start = Start(at=noon(YESTERDAY), state=State.MET, reason=Reason.WITHIN_LIMIT)
    stretch = TimelineUpdate(covers_from=noon(YESTERDAY), starts=(start,), stands_until=NOW + timedelta(days=9))
    agent.ledger.keep_verdicts([VerdictRecord(verdict=verdict(PATCHED, State.MET, NOW), stretch=stretch)])
    agent.send()
    found = given(centre, victoria.url)
    after = victoria.points('{origin="backfill"}')
    assert found.otherwise == 1
    assert all(after[name][: len(points)] == points for name, points in before.items() if name[2] == "met")


def test_of_a_key_that_never_was_the_declared_one_no_state_is_given(
    agent: FleetMember, centre: Configuration, victoria: VictoriaServer, laid: Laid, tmp_path: Path
) -> None:
    """It was admitted by mistake, before the right one."""
    with other_key(laid, tmp_path / "right", agent, is_lived=False) as right:
        right.send()
        found = given(patient(centre, [right]), victoria.url)
    assert found.troubles == []
    assert victoria.points('{__name__="beffroi_target_state"}') == {}


def test_each_ledger_of_an_agent_gives_its_own_time(
    agent: FleetMember, centre: Configuration, victoria: VictoriaServer, laid: Laid, tmp_path: Path
) -> None:
    """The new one brings a past without a miss: what the former gave is neither doubled nor contradicted."""
    given(centre, victoria.url)
    before = victoria.points('{__name__="beffroi_target_state"}')
    with other_key(laid, tmp_path / "anew", agent, is_lived=False) as anew:
        start = Start(at=noon(YESTERDAY), state=State.MET, reason=Reason.WITHIN_LIMIT)
        stretch = TimelineUpdate(covers_from=start.at, starts=(start,), stands_until=NOW + timedelta(days=9))
        anew.ledger.keep_verdicts([VerdictRecord(verdict=verdict(PATCHED, State.MET, NOW), stretch=stretch)])
        anew.send()
        found = given(patient(centre, [anew]), victoria.url)
    assert found.troubles == []
    assert victoria.points('{__name__="beffroi_target_state"}') == before


def test_an_agent_whose_copy_is_broken_is_named(
    agent: FleetMember, centre: Configuration, victoria: VictoriaServer, laid: Laid
) -> None:
    given(centre, victoria.url)
    laid.run("UPDATE beffroi.row SET link = repeat('0', 64) WHERE sequence = (SELECT max(sequence) FROM beffroi.row)")
    (trouble,) = given(centre, victoria.url).troubles
    assert trouble.startswith("arras-1: ")


@contextmanager
def answering(status: int, text: bytes, seconds: float = 0) -> Iterator[str]:
    """Run a server that gives one answer, after some time."""
    done = threading.Event()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            done.wait(seconds)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        done.set()
        running.shutdown()
        running.server_close()


@pytest.mark.parametrize(
    ("status", "text", "what"),
    [
        (400, b"cannot parse \x1b[31m line", "answered 400: cannot parse"),
        (200, b"<html>\n", "Expecting value"),
        (200, b'{"metric":[],"values":[1],"timestamps":[1]}\n', "its answer holds no series"),
        (200, b'{"metric":{}', "its answer is cut"),
    ],
)
def test_a_server_that_refuses_or_answers_nonsense_is_named(status: int, text: bytes, what: str) -> None:
    with answering(status, text) as url, pytest.raises(MetricsAway) as caught:
        VictoriaMetrics(server=source(url, None)).points({"__name__": "x"}, NOW, NOW)
    assert what in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.exit_code == 3


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(MetricsAway, match="connection refused"):
        VictoriaMetrics(server=source(f"http://127.0.0.1:{free_port()}", None)).points({}, NOW, NOW)


def test_a_server_that_answers_late_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(victoria_metrics, "DEADLINE", timedelta(seconds=0.2))
    with answering(200, b"", seconds=30) as url, pytest.raises(MetricsAway, match=r"answer within|answer in time"):
        VictoriaMetrics(server=source(url, None)).points({}, NOW, NOW)


def test_a_server_that_keeps_too_little_is_told(
    agent: FleetMember, centre: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "SHOWN_SECONDS", 0.0)
    with running_victoria_metrics(tmp_path, "-retentionPeriod=1d") as victoria:
        (trouble,) = given(centre, victoria.url).troubles
    assert "is -retentionPeriod shorter?" in trouble
