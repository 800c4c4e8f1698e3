"""`beffroi alert acknowledge`: who takes a verdict in hand, and what page and `status` say of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.accounting.acknowledgements import Acknowledgement, silencing
from agent.config.load import load
from agent.core.clock import SystemClock
from agent.core.model import Key, State
from agent.export.metrics import exposition
from agent.export.pages.status_page import render
from agent.ledger.ledger import Ledger
from agent.queries.current_state import current_snapshot
from tests.cli.test_retire import beffroi, configuration

__all__ = ["configuration"]

WHOM = ("patching", "srv-1", "--author", "RSSI", "--reason", "correctif en cours")


def test_page_status_and_metrics_name_who_took_it_in_hand(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert beffroi("alert", "acknowledge", *WHOM, "--until", "4h", config=configuration) == 0
    assert capsys.readouterr().out.startswith("acknowledgement-1: ")
    assert beffroi("status", config=configuration) in (1, 3)
    said = capsys.readouterr()
    assert "acknowledgement" not in said.out
    assert "srv-1 : pris en charge par RSSI jusqu'au " in said.err
    assert "correctif en cours" in said.err
    clock = SystemClock()
    with Ledger.open(configuration.parent / "state", clock=clock) as ledger:
        known = current_snapshot(load(configuration, strict=False), ledger, now=clock.now())
        later = current_snapshot(load(configuration, strict=False), ledger, now=clock.now() + timedelta(hours=5))
    assert "pris en charge par RSSI" in render(known).replace("&#39;", "'")
    series = 'beffroi_target_acknowledged_until_timestamp_seconds{target="patching",subject="srv-1"'
    assert series in exposition(known).decode()
    assert series not in exposition(later).decode()
    assert "pris en charge" not in render(later)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("patching", "srv-1", "--until", "73h"), "is more than 72 h ahead"),
        (("patching", "srv-1", "--until", "2020-01-01T08:00+01:00"), "is not ahead"),
        (("patching", "srv-1", "--until", "demain"), "is no duration and no instant"),
        (("patching", "srv-2", "--until", "4h"), "unknown subject 'srv-2'"),
        (("patch", "srv-1", "--until", "4h"), "unknown target 'patch'"),
    ],
)
def test_what_cannot_be_acknowledged_is_refused(
    configuration: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert beffroi("alert", "acknowledge", *words, "--author", "RSSI", config=configuration) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "hint: " in error


@pytest.mark.parametrize(
    ("acknowledged", "now", "silent"),
    [
        (State.MISSED, State.MISSED, True),
        (State.MISSED, State.UNPROVEN, True),
        (State.UNPROVEN, State.MISSED, False),
        (State.MISSED, State.MET, False),
    ],
)
def test_only_a_state_no_worse_than_the_acknowledged_one_is_silent(
    acknowledged: State, now: State, silent: bool
) -> None:
    key, at = Key(target="patching", subject="srv-1", beneficiary="scota"), SystemClock().now()
    until = at + timedelta(hours=4)
    one = Acknowledgement(id="x", key=key, state=acknowledged, entered_at=at, until=until, author="RSSI")
    assert (silencing([one], key, now, at) is not None) is silent
    assert silencing([one], key, now, until) is None
