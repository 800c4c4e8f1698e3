"""The way to the database on the loopback: TLS, the server's name, passwords, and nothing of the environment's."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.config.settings import FleetSettings
from agent.core.errors import UsageError
from agent.fleet.database import DatabaseAway, arguments_of, connected, connected_as_administrator, password_in
from agent.fleet.enrolment import Enrolment, enrol
from tests.fleet.databases import Laid
from tests.parts.ports import free_port

pytestmark = [pytest.mark.programs, pytest.mark.network]

KEY = "SHA256:" + "a" * 43


@pytest.fixture
def settings(laid: Laid, tmp_path: Path) -> FleetSettings:
    """Return what reaches the database by its name, with the password that its role was given."""
    with laid.administrator() as database:
        enrol(database, Enrolment(agent="tls-1", fingerprint=KEY, password="sésame 'ouvre-toi'"))
    (tmp_path / "password").write_text("sésame 'ouvre-toi'\n")
    return FleetSettings(
        database=f"postgresql://localhost:{laid.server.port}/{laid.name}",
        user="beffroi_tls_1",
        agent="tls-1",
        password_file=tmp_path / "password",
        root_certificate=laid.server.root,
    )


def test_a_role_enters_by_tls_with_its_password(settings: FleetSettings) -> None:
    with connected(settings) as database, database.transaction() as connection:
        found = connection.exec_driver_sql("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").scalar()
    assert found is True


def test_of_several_hosts_the_one_that_takes_writes_is_used(settings: FleetSettings, laid: Laid) -> None:
    dead = f"127.0.0.1:{free_port()}"
    both = replace(settings, database=f"postgresql://{dead},localhost:{laid.server.port}/{laid.name}")
    with connected(both) as database, database.transaction() as connection:
        assert connection.exec_driver_sql("SELECT session_user").scalar() == "beffroi_tls_1"
    laid.run(f"ALTER DATABASE {laid.name} SET default_transaction_read_only = on")  # as a standby's is
    with pytest.raises(DatabaseAway, match="session is read-only"):
        connected(both)


def test_what_is_not_what_was_configured_is_not_connected_to(
    settings: FleetSettings, laid: Laid, tmp_path: Path
) -> None:
    (tmp_path / "wrong").write_text("wrong\n")
    (tmp_path / "other.pem").write_text((laid.server.root).read_text().replace("A", "B", 1))
    for changed, words in (
        ({"password_file": tmp_path / "wrong"}, "password authentication failed"),
        ({"database": settings.database.replace("localhost", "127.0.0.1")}, "does not match host name"),
        ({"root_certificate": tmp_path / "other.pem"}, "root certificate file"),
    ):
        with pytest.raises(DatabaseAway, match=words) as caught:
            connected(replace(settings, **changed))
        assert "sésame" not in str(caught.value)


def test_an_answer_without_end_is_cut(settings: FleetSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.fleet.database.LARGEST_ANSWERS", 1_000_000)
    with connected(settings) as database:
        with database.transaction() as connection:
            assert connection.exec_driver_sql("SELECT length(repeat('x', 900000))").scalar() == 900_000
        with (
            pytest.raises(DatabaseAway, match="answers more than 1000000 bytes"),
            database.transaction() as connection,
        ):
            connection.exec_driver_sql("SELECT repeat('x', 1000000) FROM generate_series(1, 20000)")


def test_the_environment_decides_nothing(settings: FleetSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PGSSLMODE", "disable"), ("PGHOST", "192.0.2.1"), ("PGUSER", "root"), ("PGPASSWORD", "x")):
        monkeypatch.setenv(name, value)
    with connected(settings) as database, database.transaction() as connection:
        assert connection.exec_driver_sql("SELECT current_user").scalar() == "beffroi_tls_1"


@pytest.mark.parametrize(
    ("database", "has_root", "mode"),
    [
        ("postgresql://pg.example/b", True, "verify-full"),
        ("postgresql://pg.example/b", False, "verify-full"),
        ("postgresql://127.0.0.1/b", True, "verify-full"),
        ("postgresql://127.0.0.1/b", False, "prefer"),
        ("postgresql:///b?host=/run/postgresql", True, "disable"),
    ],
)
def test_only_socket_and_loopback_do_without_a_verified_server(
    tmp_path: Path, database: str, has_root: bool, mode: str
) -> None:
    (tmp_path / "password").write_text("secret\n")
    root = tmp_path / "root.pem" if has_root else None
    made = FleetSettings(
        database=database, user="u", agent="a", password_file=tmp_path / "password", root_certificate=root
    )
    assert arguments_of(made)["sslmode"] == mode


@pytest.mark.parametrize("content", ["", "a\nb\n"])
def test_a_password_is_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "password").write_text(content)
    with pytest.raises(UsageError, match="does not hold one line"):
        password_in(tmp_path / "password")


def test_an_administrator_without_a_role_is_told_as_whom_to_run_it(settings: FleetSettings, tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway) as caught:
        connected_as_administrator(replace(settings, database=f"postgresql:///beffroi?host={tmp_path}"), None)
    assert "postgres" in caught.value.hint
    assert "--connect" in caught.value.hint
