"""A load that is kept under a clock that was set back acts in a bundle from when it acts in the report."""

from pathlib import Path

from agent.accounting.expectation import Days
from agent.core.duties.expected import expected
from tests.evaluation.test_round import DAY, START, world
from tests.report.published_bundle import check
from tests.report.test_derived import bundle_of, live, turn


def test_a_load_under_a_clock_that_was_set_back_is_counted_from_when_it_acts(tmp_path: Path) -> None:
    earlier = START + DAY
    with world(tmp_path) as held:
        turn(held)
        live(held, START + 6 * DAY)
        now, wanted = held.clock.instant, expected(held.session.configuration.inventory, None)
        held.clock.instant = earlier
        declared = {one.key: Days(starts=one.starts, ends=earlier.date()) for one in wanted}
        held.ledger.keep_load("e" * 64, declared, held.session.configuration.targets)
        held.clock.instant = now
        live(held, START + 7 * DAY)
        found = check(bundle_of(held), tmp_path)
    assert found.damage == []
