"""What goes wrong between an agent and the fleet is named, and nothing is lost once it is mended."""

import datetime
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.config.settings import Agent, Configuration, FleetSettings
from agent.core.clock import SystemClock
from agent.fleet.agent_standing import AgentState
from agent.fleet.agent_states import agent_states
from agent.fleet.database import DatabaseAway, connected
from agent.fleet.enrolment import Enrolment, enrol
from agent.fleet.laying import lay_schema
from agent.fleet.pushing import FleetPusher
from agent.fleet.replicas import Replicas
from agent.ledger.ledger import ChainOutcome
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import Laid, created
from tests.ledger.samples import HandClock
from tests.parts.disks import may_mount, small_disk
from tests.parts.postgresql import PostgresqlServer, running_postgresql

pytestmark = [pytest.mark.programs, pytest.mark.network]

READERS = ("scota", "lens")


@pytest.fixture
def arras(laid: Laid, tmp_path: Path) -> Iterator[FleetMember]:
    """Return an admitted agent with five rows."""
    with member(laid, tmp_path / "arras", rows=5) as made:
        yield made


def pushing(arras: FleetMember, settings: FleetSettings) -> FleetPusher:
    """Return what pushes an agent's ledger, not begun."""
    agent = Agent(state_directory=arras.directory)
    configuration = Configuration(path=arras.directory, digest="", agent=agent, fleet=settings)
    return FleetPusher(arras.ledger, lambda: configuration)


def test_a_rotated_password_is_named_and_taken_from_its_file(
    arras: FleetMember, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "password"
    file.write_text("old\n")
    server = arras.laid.server
    assert isinstance(server, PostgresqlServer)
    settings = replace(
        arras.settings,
        database=f"postgresql://localhost:{server.port}/{arras.laid.name}",
        password_file=file,
        root_certificate=server.root,
    )
    arras.laid.run("ALTER ROLE beffroi_arras_1 PASSWORD 'new'")
    pusher = pushing(arras, settings)
    pusher._round()
    assert "password authentication failed" in caplog.text
    assert arras.received() == []
    file.write_text("new\n")
    pusher._round()
    pusher._close()
    assert arras.received() == arras.rows()


def test_a_role_without_rights_is_named_and_mended_by_the_schema(
    arras: FleetMember, caplog: pytest.LogCaptureFixture
) -> None:
    arras.laid.run("REVOKE ALL ON beffroi.row FROM beffroi_agents")
    pusher = pushing(arras, arras.settings)
    pusher._round()
    assert "permission denied" in caplog.text
    with arras.laid.administrator() as database:
        lay_schema(database, READERS)
    pusher._round()
    pusher._close()
    assert arras.received() == arras.rows()


def certify(server: PostgresqlServer, *, ends: datetime.timedelta) -> None:
    """Give a server a certificate that ends so long from now, and let it take it."""
    key = serialization.load_pem_private_key((server.folder / "server.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), SystemClock().now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    server.root.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    os.kill(server.pid, signal.SIGHUP)


@pytest.mark.slow
def test_an_expired_certificate_is_named_and_a_new_one_taken(tmp_path: Path) -> None:
    with running_postgresql() as server:
        laid = created(server)
        with laid.administrator() as database:
            lay_schema(database, READERS)
        with member(laid, tmp_path / "arras", rows=5) as arras:
            with laid.administrator() as database:
                enrol(database, Enrolment(agent=arras.name, fingerprint=arras.own.fingerprint, password="sésame"))
            (tmp_path / "password").write_text("sésame\n")
            settings = replace(
                arras.settings,
                database=f"postgresql://localhost:{server.port}/{laid.name}",
                password_file=tmp_path / "password",
                root_certificate=server.root,
            )
            certify(server, ends=timedelta(days=-1))
            with pytest.raises(DatabaseAway, match="certificate verify failed"):
                _until_taken(settings)
            certify(server, ends=timedelta(days=1))
            pusher = pushing(arras, settings)
            pusher._round()
            pusher._close()
            assert arras.received() == arras.rows()


def _until_taken(settings: FleetSettings) -> None:
    """Connect until the server has taken its new certificate. Raises DatabaseAway."""
    end = datetime.datetime.now(datetime.UTC) + timedelta(seconds=30)
    while datetime.datetime.now(datetime.UTC) < end:
        connected(settings).close()


def test_a_clock_that_was_set_back_forks_nothing_and_is_silent(laid: Laid, tmp_path: Path) -> None:
    clock = HandClock(SystemClock().now())
    with member(laid, tmp_path / "arras", rows=3, clock=clock) as arras:
        arras.send()
        clock.time -= timedelta(days=2)
        arras.append(3)
        arras.send()
        assert (arras.received(), arras.refusals()) == (arras.rows(), [])
        assert _state(arras) is AgentState.SILENT
        (tmp_path / "centre").mkdir()
        with Replicas(tmp_path / "centre", clock) as copies, connected(_centre(arras)) as database:
            (one,) = copies.refresh(database)
            assert one.broken == ""
            assert copies.ledger(one).verify().outcome is ChainOutcome.SOUND
        clock.time += timedelta(days=2)
        arras.append(1)
        arras.send()
        assert _state(arras) is AgentState.CURRENT


def _centre(arras: FleetMember) -> FleetSettings:
    return FleetSettings(database=arras.settings.database, user="beffroi_centre")


def _state(arras: FleetMember) -> AgentState:
    with connected(_centre(arras)) as database:
        (one,) = agent_states(database, _centre(arras))
    return one.state


@pytest.mark.skipif(not may_mount(), reason="this user may not mount a small disk")
def test_a_full_disk_of_the_centre_is_named_and_taken_over_later(arras: FleetMember, tmp_path: Path) -> None:
    arras.send()
    with (
        small_disk(tmp_path / "centre") as disk,
        Replicas(disk.folder, SystemClock()) as copies,
        connected(_centre(arras)) as database,
    ):
        (one,) = copies.refresh(database)
        assert one.broken == ""
        disk.fill()
        arras.append(500)
        arras.send()
        (full,) = copies.refresh(database)
        assert "full" in full.broken or "No space" in full.broken
        assert not full.is_forked
        disk.free()
        (one,) = copies.refresh(database)
        assert one.broken == ""
        assert copies.ledger(one).verify().rows == len(arras.rows())


@pytest.mark.slow
def test_two_hundred_readers_read_no_row_of_another(server: PostgresqlServer, tmp_path: Path) -> None:
    """Each role is tried with each table: rows and payloads of its own alone, of the others nothing."""
    laid = created(server)
    whose = [f"b{number}" for number in range(200)]
    with laid.administrator() as database:
        lay_schema(database, whose)
    with member(laid, tmp_path / "arras") as arras:
        for one in whose:
            arras.append(2, one)
        arras.send()
        for table in ("row", "payload"):
            every = laid.run(f"SELECT DISTINCT beneficiary FROM beffroi.{table}")
            assert {name for (name,) in every} >= set(whose)
            for one in whose:
                found = laid.run(f"SELECT beneficiary FROM beffroi.{table}", role=f"beffroi_reader_{one}")
                assert found == [(one,)] * 2
        tables = laid.run("SELECT table_name FROM information_schema.tables WHERE table_schema = 'beffroi'")
        # `reader` has a role's own line alone; `version` is of the schema.
        for (other,) in set(tables) - {("row",), ("payload",), ("reader",), ("version",)}:
            assert [_read(laid, str(other), f"beffroi_reader_{one}") or [] for one in whose] == [[]] * len(whose)
        assert all(len(_read(laid, "reader", f"beffroi_reader_{one}") or []) <= 1 for one in whose)


def _read(laid: Laid, table: str, role: str) -> list[tuple[object, ...]] | None:
    """Return what a role reads of a table; None: it may not."""
    import psycopg

    try:
        return laid.run(f"SELECT * FROM beffroi.{table}", role=role)
    except psycopg.errors.InsufficientPrivilege:
        return None
