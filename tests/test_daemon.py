"""What the loop decides by itself: which looks that failed are taken again before their rhythm comes round."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.daemon import SAMPLE_AGAIN, to_take_again
from agent.ledger.readings import Run

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "success", "again"),
    [
        (SAMPLE_AGAIN, False, True),
        (SAMPLE_AGAIN - timedelta(seconds=1), False, False),
        (3 * SAMPLE_AGAIN, True, False),
    ],
)
def test_a_sample_that_failed_is_taken_again_a_day_later(ago: timedelta, success: bool, again: bool) -> None:
    run = Run(
        collector="samples",
        host="srv-1",
        subject="files/offsite",
        last_run=NOW - ago,
        last_success=None,
        duration=timedelta(seconds=3),
        success=success,
    )
    assert (("samples", "files/offsite") in to_take_again([run], NOW)) == again
