"""The running daemon's site over a real socket: pages, JSON and metrics are told by one ledger and agree."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.core.model import Key, State
from agent.export.http.server import HttpServer
from agent.queries.live_site import LiveSite
from tests.parts.full_ledger import NOW, QUARTER, day_row, full_site
from tests.parts.markup import words
from tests.parts.web import get, port_of

pytestmark = pytest.mark.network

KEY = Key(target="patching", subject="srv-1", beneficiary="scota")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    """Open a site on a quarter of three machines, with some bad days; four were never closed."""
    with full_site(tmp_path, hosts=3, first=QUARTER + timedelta(days=4), states=(State.MET, State.MISSED)) as site:
        bad = [day_row(KEY, date(2026, 11, day), State.MISSED) for day in (3, 4, 9)]
        site.ledger.keep_days([replace(row, measured=State.MISSED) for row in bad])
        yield site


@pytest.fixture
def port(site: LiveSite) -> Iterator[int]:
    """Serve it."""
    with HttpServer("127.0.0.1:0", site) as server:
        yield port_of(server)


def days_of(told: list[dict[str, str | None]]) -> Counter[str | None]:
    """Count the days of this quarter by their results."""
    return Counter(one["state"] for one in told if str(one["day"]) >= QUARTER.isoformat())


def test_a_subjects_days_are_those_that_its_metric_counts(port: int) -> None:
    """The calendar, day by day, and `beffroi_quarter_tally`: days without a row are unproven in both."""
    (case,) = json.loads(get(port, "/target/patching/srv-1.json").body)["cases"]
    counted = days_of(case["days"])
    assert counted == {"met": 47, "missed": 3, "unproven": 4, None: 1}
    text = get(port, "/metrics").body.decode()
    for state in ("met", "missed", "unproven", "accepted"):
        pattern = r'^beffroi_quarter_tally{([^}]*target="patching"[^}]*)} (\S+)$'
        found = [
            float(value)
            for labels, value in re.findall(pattern, text, re.MULTILINE)
            if 'subject="srv-1"' in labels and f'state="{state}"' in labels
        ]
        assert found == [counted[state]]


def test_a_targets_days_are_those_of_the_status_page(port: int) -> None:
    """47 met of 54: the page says it in words, the calendar of the target day by day."""
    (calendar,) = json.loads(get(port, "/target/patching.json").body)["calendars"]
    assert days_of(calendar["days"]) == {"met": 47, "missed": 3, "unproven": 4, None: 1}
    for address in ("/", "/target/patching"):
        assert "47 atteints sur 54 jours" in words(get(port, address).body.decode())


def test_the_row_of_a_verdict_is_one_of_the_chain(port: int, site: LiveSite) -> None:
    """Its digests are those that the signed bundle holds."""
    (case,) = json.loads(get(port, "/target/patching/srv-1.json").body)["cases"]
    assert site.ledger.verify().rows >= case["row"]["sequence"] > 1
    assert case["verdict"]["state"] in ("met", "missed")


def test_a_page_is_told_as_of_the_instant_of_its_snapshot(port: int) -> None:
    """Its last day is that of the site's clock, not of this machine's."""
    (case,) = json.loads(get(port, "/target/patching/srv-1.json").body)["cases"]
    assert case["days"][-1] == {
        "day": NOW.date().isoformat(),
        "state": None,
        "untold": "not-over",
        "measured": None,
        "reason": None,
        "late": False,
        "excluded": [],
    }
