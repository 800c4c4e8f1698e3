"""The daemon's own reports: due on the eighth day after the quarter, once, and never in the loop's way."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.accounting.expectation import Days
from agent.config.load import load
from agent.core.period import Quarter
from agent.ledger.editions import read
from agent.ledger.ledger import Ledger
from agent.publishing.publisher import Publisher, due
from agent.publishing.reports import ReportRequest
from tests.ledger.samples import HandClock
from tests.parts.checkout import HOME
from tests.report.year import CONFIGURATION, RPO, Year, copied, no_pdfs, noon, year

Q4 = Quarter(2026, 4)


@pytest.fixture(scope="module")
def december(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a ledger with some days of December."""
    folder = tmp_path_factory.mktemp("december")
    with year(folder, first=date(2026, 12, 28)):
        return folder


@pytest.fixture
def made(december: Path, tmp_path: Path) -> Iterator[Year]:
    """Open a ledger of its own for each test."""
    with copied(december, tmp_path) as filled:
        yield filled


def wishes(made: Year, day: date) -> list[ReportRequest]:
    return list(due(made.configuration, made.ledger, noon(day)))


def test_a_report_is_due_from_the_eighth_day_on(made: Year) -> None:
    expected = [ReportRequest(quarter=Q4, beneficiary=id, to_mail=True) for id in ("scota", "eaux")]
    assert wishes(made, date(2027, 1, 7)) == []
    assert wishes(made, date(2027, 1, 8)) == expected
    assert wishes(made, date(2027, 3, 31)) == expected
    assert wishes(made, date(2027, 4, 1)) == []
    assert wishes(made, date(2026, 12, 31)) == [
        ReportRequest(quarter=Quarter(2026, 3), beneficiary=id, to_mail=True) for id in ("scota", "eaux")
    ]


def test_what_is_due_is_published_once(made: Year) -> None:
    publisher = Publisher(made.ledger, made.clock, no_pdfs)
    publisher.look(made.configuration)
    publisher.wait(60)
    assert [edition.number for edition in made.ledger.ask(lambda kept: read(kept, "scota"))] == [1]
    assert [edition.number for edition in made.ledger.ask(lambda kept: read(kept, "eaux"))] == [1]
    assert wishes(made, date(2027, 1, 9)) == []
    made.clock.time += timedelta(days=1)
    publisher.look(made.configuration)
    publisher.wait(60)
    assert len(made.ledger.ask(lambda kept: read(kept, "scota"))) == 1


def test_a_report_that_cannot_be_kept_is_told_and_costs_nothing_else(
    made: Year, caplog: pytest.LogCaptureFixture
) -> None:
    (made.configuration.agent.state_directory / "reports").write_text("in the way")
    publisher = Publisher(made.ledger, made.clock, no_pdfs)
    with caplog.at_level(logging.ERROR, "beffroi.report"):
        publisher.look(made.configuration)
        publisher.wait(60)
    assert "cannot keep the report" in caplog.text
    assert made.ledger.ask(lambda kept: read(kept, "scota")) == ()


def test_no_report_is_made_of_a_quarter_in_which_nothing_watched(tmp_path: Path) -> None:
    """The convention began in January and the agent in November: the third quarter is asked for by hand, if at all."""
    (tmp_path / "beffroi.toml").write_text(CONFIGURATION.format(state=tmp_path / "state"), encoding="utf-8")
    configuration, clock = load(tmp_path / "beffroi.toml", strict=False), HandClock(noon(date(2026, 11, 20)))
    with Ledger.open(configuration.agent.state_directory, clock=clock) as ledger:
        ledger.keep_load("c" * 64, {RPO: Days(starts=date(2026, 1, 1))}, configuration.targets)
        assert list(due(configuration, ledger, clock.now())) == []
        clock.time = noon(date(2027, 1, 8))
        assert [wish.quarter for wish in due(configuration, ledger, clock.now())] == [Q4, Q4]


@pytest.mark.programs
def test_a_daemon_without_a_report_to_make_loads_nothing_of_it() -> None:
    heavy = {"agent.report.build", "agent.report.material", "agent.report.read_material"}
    script = f"import sys, agent.daemon.loop; print({heavy} & set(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=HOME, capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "set()\n"
