"""What an agent sends arrives whole, once and in order, and what does not fit is refused and told."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.clock import SystemClock
from agent.core.errors import UsageError
from agent.fleet import sending
from agent.fleet.database import ForeignDatabase, connected
from agent.fleet.sending import Sender, SendingRefused
from agent.ledger.ledger import Ledger
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import Laid

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture
def arras(laid: Laid, tmp_path: Path) -> Iterator[FleetMember]:
    """Return an admitted agent with 25 rows."""
    with member(laid, tmp_path / "arras", rows=25) as made:
        yield made


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a batch hold ten rows."""
    monkeypatch.setattr(sending, "BATCH_ROWS", 10)


def clone(arras: FleetMember, folder: Path) -> FleetMember:
    """Return an agent on a copy of another's state directory."""
    shutil.copytree(arras.directory, folder)
    return FleetMember(
        name=arras.name, directory=folder, ledger=Ledger.open(folder, clock=SystemClock()), laid=arras.laid
    )


def test_rows_and_payloads_arrive_as_they_are(arras: FleetMember, small_batches: None) -> None:
    assert arras.send() == 25
    assert arras.received() == arras.rows()
    assert arras.laid.run("SELECT ahead FROM beffroi.row WHERE sequence IN (1, 25) ORDER BY sequence") == [(24,), (0,)]
    assert arras.laid.run("SELECT ledger, pem FROM beffroi.public_key") == [(arras.own.fingerprint, arras.own.pem)]


def test_only_what_is_new_is_sent(arras: FleetMember) -> None:
    arras.send()
    assert arras.send() == 0
    arras.append(3)
    assert arras.send() == 3
    assert arras.received() == arras.rows()


def test_a_row_whose_payload_was_erased_travels_without(arras: FleetMember) -> None:
    arras.damage("DELETE FROM payload WHERE sequence = 3")
    arras.send()
    assert arras.received()[2][-1] is None
    assert arras.received() == arras.rows()


def test_what_two_writers_of_one_ledger_send_at_once_arrives_once(arras: FleetMember) -> None:
    with connected(arras.settings) as one, connected(arras.settings) as other:
        first, second = Sender(arras.ledger, arras.own, one), Sender(arras.ledger, arras.own, other)
        assert (first.send().rows, second.send().rows) == (25, 0)
    assert arras.received() == arras.rows()


def test_a_row_that_came_in_between_is_not_sent_twice(arras: FleetMember, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = sending.hold_to_chain
    raced: list[int] = []

    def meanwhile(rows: object) -> None:
        if not raced:
            raced.append(0)
            raced[0] = arras.send()
        hold(rows)  # type: ignore[arg-type]  # as it was given

    arras.send()
    arras.append(4)
    monkeypatch.setattr(sending, "hold_to_chain", meanwhile)
    assert (arras.send(), raced) == (0, [4])
    assert arras.received() == arras.rows()


def test_a_clone_that_went_another_way_is_refused_and_told(arras: FleetMember, tmp_path: Path) -> None:
    arras.send()
    other = clone(arras, tmp_path / "clone")
    with other.ledger:
        arras.append(2)
        other.append(3)
        arras.send()
        with pytest.raises(SendingRefused, match="has another row 27") as caught:
            other.send()
        with pytest.raises(SendingRefused):
            other.send()
    assert caught.value.reason == "fork"
    assert arras.refusals() == [("arras-1", "fork", 27)]
    assert arras.received() == arras.rows()
    arras.append(1)
    assert arras.send() == 1


def test_a_ledger_that_was_taken_back_is_refused_before_it_writes(arras: FleetMember, tmp_path: Path) -> None:
    older = clone(arras, tmp_path / "older")
    arras.append(5)
    arras.send()
    with older.ledger, pytest.raises(SendingRefused, match="has no row 30, and the fleet has it"):
        older.send()
    assert arras.refusals() == [("arras-1", "fork", 30)]


def test_another_key_is_refused_and_told_until_it_is_admitted(arras: FleetMember, laid: Laid, tmp_path: Path) -> None:
    arras.send()
    (tmp_path / "anew").mkdir()
    with Ledger.open(tmp_path / "anew", clock=SystemClock()) as ledger:
        anew = FleetMember(name="arras-1", directory=tmp_path / "anew", ledger=ledger, laid=laid)
        anew.append(2)
        with pytest.raises(SendingRefused, match="knows arras-1 by another key"):
            anew.send()
        assert laid.run("SELECT reason, fingerprint FROM beffroi.refusal") == [("key", anew.own.fingerprint)]
        assert anew.received() == []
        anew.enrol(replaces=True)
        assert anew.send() == 2
    assert arras.received() == arras.rows()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("UPDATE chain SET kind = 'x' WHERE sequence = 7", "link"),
        ("UPDATE payload SET text = '{}' WHERE sequence = 7", "payload"),
    ],
)
def test_a_damaged_row_is_refused_and_nothing_of_its_batch_is_written(
    arras: FleetMember, damage: str, reason: str
) -> None:
    arras.damage(damage)
    with pytest.raises(SendingRefused, match="row 7 of this ledger") as caught:
        arras.send()
    assert caught.value.reason == reason
    assert (arras.received(), arras.refusals()) == ([], [("arras-1", reason, 7)])


def test_a_role_that_no_agent_has_learns_what_is_missing(arras: FleetMember) -> None:
    arras.laid.run("DELETE FROM beffroi.agent")
    with pytest.raises(UsageError, match="has admitted no agent with this role") as caught:
        arras.send()
    assert caught.value.hint.startswith(f"beffroi fleet enrol arras-1 --fingerprint {arras.own.fingerprint}")


def test_a_schema_of_a_later_version_takes_nothing(arras: FleetMember) -> None:
    arras.laid.run("UPDATE beffroi.version SET version = 2")
    with pytest.raises(ForeignDatabase, match="has version 2, this program knows up to 1"):
        arras.send()
    assert arras.received() == []


def test_a_database_that_is_not_the_fleet_s_takes_nothing(arras: FleetMember) -> None:
    arras.laid.run("DROP SCHEMA beffroi CASCADE")
    with pytest.raises(ForeignDatabase, match="is no fleet's database"):
        arras.send()
