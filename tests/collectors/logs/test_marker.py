"""A marker goes through a real rsyslogd, and comes out or does not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.facts.logs import MarkerResult, proof_in
from agent.core.inventory import Marker
from agent.core.model import Observation
from agent.core.reason import Reason
from collectors.logs import marker
from tests.parts.log_trees import LogTree
from tests.parts.rsyslog import Rsyslog, running_rsyslogd

pytestmark = [pytest.mark.programs, pytest.mark.network]

HOUR = timedelta(hours=1)


@pytest.fixture
def rsyslog(tmp_path: Path) -> Iterator[Rsyslog]:
    with running_rsyslogd(tmp_path / "rsyslog") as running:
        yield running


@pytest.fixture
def tree(tmp_path: Path, rsyslog: Rsyslog) -> LogTree:
    made = LogTree(tmp_path, sources=("srv-1", "fw-1"), path=f"{rsyslog.root}/{{source}}/**")
    made.marker = Marker(host="srv-1", socket=str(rsyslog.socket))
    return made


def proof(seen: Observation) -> MarkerResult:
    found = proof_in(seen, "central/srv-1")
    assert found is not None
    return found


def test_a_marker_that_arrives_is_timed_and_sent_again_after_eight_hours(tree: LogTree, rsyslog: Rsyslog) -> None:
    now = datetime.now(UTC)
    first = proof(tree.look(now))
    assert (first.sent, first.found, first.lost) == (now, now, None)
    assert first.taken is not None
    assert first.taken < timedelta(seconds=20)
    assert rsyslog.holds(f"beffroi: marker {first.nonce}")
    assert proof(tree.look(now + HOUR)) == first
    again = proof(tree.look(now + 8 * HOUR))
    assert again.nonce != first.nonce
    assert again.sent == now + 8 * HOUR


def test_a_marker_sent_under_a_clock_that_ran_ahead_is_sent_again(tree: LogTree, rsyslog: Rsyslog) -> None:
    now = datetime.now(UTC)
    ahead = proof(tree.look(now + 200 * 24 * HOUR))
    again = proof(tree.look(now))
    assert (again.sent, again.found, again.nonce != ahead.nonce) == (now, now, True)


def test_a_marker_that_does_not_arrive_is_lost_until_one_does(
    tree: LogTree, rsyslog: Rsyslog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marker, "PAUSES", (0.1,))
    now = datetime.now(UTC) - 4 * HOUR
    path = tree.path
    tree.path = f"{tree.folder}/another/{{source}}/**"
    first = proof(tree.look(now))
    assert (first.underway, first.lost) == (True, None)
    assert proof(tree.look(now + timedelta(minutes=5))) == first
    second = proof(tree.look(now + HOUR))
    assert (second.lost, second.sent, second.found) == (now, now + HOUR, None)
    assert proof(tree.look(now + 2 * HOUR)).lost == now
    monkeypatch.setattr(marker, "PAUSES", (0.2, 0.5, 1, 2, 4))
    tree.path = path
    found = proof(tree.look(now + 3 * HOUR))
    assert (found.lost, found.underway) == (None, False)


def test_a_marker_among_another_s_records_has_not_arrived(
    tree: LogTree, rsyslog: Rsyslog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marker, "PAUSES", (0.5,))
    (rsyslog.root / "srv-1").mkdir(exist_ok=True)
    (rsyslog.root / "fw-1").symlink_to("srv-1")
    tree.sources = ("srv-1",)
    tree.path = f"{rsyslog.root}/{{source}}/none/**"
    assert proof(tree.look(datetime.now(UTC))).underway


def test_a_machine_whose_syslog_does_not_listen_proves_nothing(tree: LogTree) -> None:
    tree.marker = Marker(host="srv-1", socket=f"{tree.folder}/nothing")
    seen = tree.look(datetime.now(UTC))
    assert proof_in(seen, "central/srv-1") is None
    (gap,) = seen.gaps
    assert (gap.subject, gap.reason) == ("central/srv-1/marker", Reason.UNREACHABLE)
