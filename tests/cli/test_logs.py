"""A command's user reads one line where the agent itself failed; the daemon's log has one line an event."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.cli.logs import LOGGER, log_to_details, log_to_standard_error

HOSTILE = "seen\n2026-11-24 00:00:00 all is well\r"


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    yield
    logging.getLogger(LOGGER).handlers.clear()


def fail() -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("beffroi.look").exception("look at %s", HOSTILE)


def test_a_commands_user_reads_where_the_details_are_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "details"
    monkeypatch.setenv("BEFFROI_DEBUG", str(kept))
    log_to_details()
    fail()
    fail()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"beffroi: a fault of its own is among what follows; the details are in {kept}\n"
    assert kept.read_text().count("Traceback") == 2


def test_what_is_no_fault_of_the_agent_is_kept_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEFFROI_DEBUG", str(tmp_path / "details"))
    log_to_details()
    logging.getLogger("beffroi").warning("what was seen before cannot be read")
    assert capsys.readouterr() == ("", "")
    assert "cannot be read" in (tmp_path / "details").read_text()


@pytest.mark.parametrize("journal", [None, "8:1"])
def test_the_daemons_log_has_one_line_an_event_traceback_included(
    journal: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    if journal is not None:
        monkeypatch.setenv("JOURNAL_STREAM", journal)
    log_to_standard_error()
    fail()
    (line,) = capsys.readouterr().err.splitlines()
    assert "Traceback" in line
    assert line.startswith("<3>look at seen") == (journal is not None)
