"""Entries and loads that the holder of the key dates back, so that they act on days that were over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.accounting.expectation import Days
from agent.core.duties.expected import expected
from tests.evaluation.test_round import DAY, START, World, world
from tests.parts.kept import append_entry
from tests.report.published_bundle import check
from tests.report.test_derived import bundle_of, live, turn

EARLIER = START + DAY


def retire_by_mistake(held: World) -> None:
    values = {"kind": "backup", "subject": "files", "reason": "x", "author": "RSSI", "mistake": "yes"}
    append_entry(held.ledger, "retirement", values, beneficiary="scota")


def end_it(held: World) -> None:
    wanted = expected(held.session.configuration.inventory, None)
    declared = {one.key: Days(starts=one.starts, ends=EARLIER.date()) for one in wanted}
    held.ledger.keep_load("e" * 64, declared, held.session.configuration.targets)


@pytest.mark.parametrize("enter", [retire_by_mistake, end_it])
@pytest.mark.parametrize("forged", [True, False])
def test_what_is_dated_back_and_does_not_say_so_is_doubted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enter: Callable[[World], None], *, forged: bool
) -> None:
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 9 * DAY)
        now = held.clock.instant
        held.clock.instant = EARLIER
        with monkeypatch.context() as patch:
            if forged:
                for module in ("registers", "loads"):
                    patch.setattr(f"agent.ledger.{module}.not_before", lambda connection, now: {})
            enter(held)
        held.clock.instant = now
        live(held, START + 10 * DAY)
        found = check(bundle_of(held), tmp_path)
    assert found.damage == []
    assert any(f"would act from {EARLIER:%F %T} UTC on" in one for one in found.doubts) is forged


def test_an_entry_that_says_that_it_was_received_before_its_row_is_doubted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 9 * DAY)
        with monkeypatch.context() as patch:
            patch.setattr("agent.ledger.registers.encode.instant", lambda at: f"{EARLIER:%FT%T}.000000Z")
            retire_by_mistake(held)
        live(held, START + 10 * DAY)
        found = check(bundle_of(held), tmp_path)
    assert any(f"would act from {EARLIER:%F %T} UTC on" in one for one in found.doubts)
