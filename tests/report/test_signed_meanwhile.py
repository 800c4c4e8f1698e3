"""A day that the agent signs while a report is being made: its bundle holds as it would have a minute before."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from agent.report import write_bundle
from agent.report.figures import Report
from tests.evaluation.test_round import DAY, HOUR, START, world
from tests.report.published_bundle import check, run_script, unpack
from tests.report.test_derived import bundle_of, live, turn


@pytest.mark.programs
@pytest.mark.parametrize("rows_since", [False, True], ids=["the day before it", "a later day as well"])
def test_a_day_that_is_signed_while_the_bundle_is_made_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, rows_since: bool
) -> None:
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 3 * DAY)
        held.clock.instant = held.clock.instant.replace(hour=23, minute=59)

        def signed_meanwhile(report: Report) -> Mapping[str, str]:
            if rows_since:
                turn(held)
            held.clock.instant += timedelta(minutes=2)
            assert held.ledger.sign_heads(held.clock.instant)
            if rows_since:
                live(held, held.clock.instant + HOUR)
            return about(report)

        about = write_bundle.about
        monkeypatch.setattr(write_bundle, "about", signed_meanwhile)
        files = bundle_of(held)
    assert check(files, tmp_path).damage == []
    assert run_script(unpack(files, tmp_path / "unpacked"))[0] == 0
