"""What each role may do in the fleet's database, tried by SQL on a real PostgreSQL."""

import psycopg
import pytest

from agent.core.errors import UsageError
from agent.fleet.database import ForeignDatabase
from agent.fleet.enrolment import Enrolment, enrol
from agent.fleet.laying import lay_schema
from agent.fleet.schema import as_script, statements
from agent.ledger.chain import GENESIS
from tests.fleet.databases import Laid, laid_on
from tests.parts.postgresql import PostgresqlServer

pytestmark = [pytest.mark.programs, pytest.mark.network]

KEYS = {name: f"SHA256:{letter * 43}" for name, letter in (("arras-1", "a"), ("lens-1", "b"))}
OLD, YOUNG = "2024-11-24T04:12:07.000000Z", "2026-11-24T04:12:07.000000Z"


@pytest.fixture(scope="module")
def fleet(server: PostgresqlServer) -> Laid:
    """Return a fleet that no test changes."""
    return filled(laid_on(server))


@pytest.fixture
def changing(laid: Laid) -> Laid:
    """Return a fleet of a test's own."""
    return filled(laid)


def filled(laid: Laid) -> Laid:
    """Return a fleet of two agents, each with one row of SCOTA's and one of Lens's."""
    with laid.administrator() as database:
        for agent, key in KEYS.items():
            enrol(database, Enrolment(agent=agent, fingerprint=key))
    for agent, key in KEYS.items():
        role = f"beffroi_{agent.replace('-', '_')}"
        laid.run(
            row(key, 1, GENESIS, "scota", OLD),
            row(key, 2, digest(1), "lens", YOUNG),
            payload(key, 1, "scota"),
            payload(key, 2, "lens"),
            role=role,
        )
    return laid


def digest(number: int) -> str:
    """Return what could be a row's link."""
    return f"{number:064x}"


def row(key: str, sequence: int, previous: str, beneficiary: str = "scota", instant: str = YOUNG) -> str:
    """Return the statement that adds a row."""
    return (
        "INSERT INTO beffroi.row (ledger, sequence, previous, instant, kind, beneficiary, payload_sha256, link, ahead) "
        f"VALUES ('{key}', {sequence}, '{previous}', '{instant}', 'verdict', '{beneficiary}', '{digest(7)}', "
        f"'{digest(sequence)}', 0)"
    )


def payload(key: str, sequence: int, beneficiary: str) -> str:
    """Return the statement that adds a payload."""
    what = "INSERT INTO beffroi.payload (ledger, sequence, beneficiary, text)"
    return f"{what} VALUES ('{key}', {sequence}, '{beneficiary}', 'x')"


def refused(fleet: Laid, role: str, statement: str) -> str:
    """Return why the database refuses a statement of a role."""
    with pytest.raises(psycopg.Error) as caught:
        fleet.run(statement, role=role)
    return str(caught.value)


OF_AGENT = {
    "another ledger's row": row(KEYS["lens-1"], 3, digest(2)),
    "another ledger's payload": payload(KEYS["lens-1"], 3, "scota"),
    "a ledger that is not known": row("SHA256:" + "z" * 43, 1, GENESIS),
    "another ledger's key": f"INSERT INTO beffroi.public_key (ledger, pem) VALUES ('{KEYS['lens-1']}', 'x')",
    "its own admission": "UPDATE beffroi.agent SET role = 'x'",
    "another's refusal": "INSERT INTO beffroi.refusal (agent, admitted_at, reason, fingerprint, sequence, detail) "
    "VALUES ('lens-1', now(), 'fork', 'x', 1, '')",
    "a change of a row": "UPDATE beffroi.row SET kind = 'x'",
    "a change of a payload": "UPDATE beffroi.payload SET text = 'x'",
    "the end of a row": "DELETE FROM beffroi.row",
    "the end of a payload": "DELETE FROM beffroi.payload",
    "an empty table": "TRUNCATE beffroi.payload",
    "the instant of arrival": "INSERT INTO beffroi.row (ledger, sequence, previous, instant, kind, beneficiary, "
    f"payload_sha256, link, ahead, received_at) VALUES ('{KEYS['arras-1']}', 3, '{digest(2)}', '{YOUNG}', 'x', '', "
    f"'{digest(7)}', '{digest(3)}', 0, now())",
    "the readers": "SELECT * FROM beffroi.reader",
    "a table": "CREATE TABLE beffroi.mine (x int)",
    "a policy": "DROP POLICY agent_reads ON beffroi.row",
    "another's identity": "SET ROLE beffroi_lens_1",
}


@pytest.mark.parametrize("statement", OF_AGENT.values(), ids=OF_AGENT.keys())
def test_an_agent_cannot_touch_more_than_its_own_ledger(fleet: Laid, statement: str) -> None:
    before = everything(fleet)
    assert refused(fleet, "beffroi_arras_1", statement)
    assert everything(fleet) == before


def everything(fleet: Laid) -> list[tuple[object, ...]]:
    """Return all rows and payloads."""
    return fleet.run("SELECT * FROM beffroi.row NATURAL LEFT JOIN beffroi.payload ORDER BY 1, 2")


OF_KEYS = {
    "one sequence twice": row(KEYS["arras-1"], 2, digest(9)),
    "one predecessor twice": row(KEYS["arras-1"], 3, digest(1)),
    "a second first row": row(KEYS["arras-1"], 3, GENESIS),
    "a sequence of nothing": row(KEYS["arras-1"], 0, digest(2)),
    "a link that is no digest": row(KEYS["arras-1"], 3, "X" * 64),
    "a payload of no row": payload(KEYS["arras-1"], 3, "scota"),
}


@pytest.mark.parametrize("statement", OF_KEYS.values(), ids=OF_KEYS.keys())
def test_keys_of_tables_refuse_what_is_no_chain(fleet: Laid, statement: str) -> None:
    assert "constraint" in refused(fleet, "beffroi_arras_1", statement)


@pytest.mark.parametrize("table", ["agent", "ledger", "row", "payload"])
def test_an_agent_reads_its_own_alone(fleet: Laid, table: str) -> None:
    found = fleet.run(f"SELECT DISTINCT ledger FROM beffroi.{table}", role="beffroi_arras_1")
    assert found == [(KEYS["arras-1"],)]


def test_the_group_of_agents_reads_nothing(fleet: Laid) -> None:
    assert fleet.run("SET ROLE beffroi_agents", "SELECT * FROM beffroi.row", role="beffroi_arras_1") == []


@pytest.mark.parametrize("table", ["row", "payload"])
@pytest.mark.parametrize("beneficiary", ["scota", "lens"])
def test_a_reader_sees_its_beneficiary_s_rows_alone(fleet: Laid, table: str, beneficiary: str) -> None:
    found = fleet.run(f"SELECT beneficiary FROM beffroi.{table}", role=f"beffroi_reader_{beneficiary}")
    assert found == [(beneficiary,)] * 2


@pytest.mark.parametrize("table", ["agent", "ledger", "public_key", "refusal"])
def test_a_reader_does_not_even_learn_which_agents_there_are(fleet: Laid, table: str) -> None:
    assert "permission denied" in refused(fleet, "beffroi_reader_scota", f"SELECT * FROM beffroi.{table}")


@pytest.mark.parametrize("role", ["beffroi_reader_scota", "beffroi_centre"])
@pytest.mark.parametrize(
    "statement",
    [row(KEYS["arras-1"], 3, digest(2)), "UPDATE beffroi.payload SET text = 'x'", "DELETE FROM beffroi.row"],
)
def test_who_reads_writes_no_row(fleet: Laid, role: str, statement: str) -> None:
    assert "permission denied" in refused(fleet, role, statement)


def test_the_centre_erases_old_payloads_and_no_young_one(changing: Laid) -> None:
    changing.run("DELETE FROM beffroi.payload", role="beffroi_centre")
    assert changing.run("SELECT sequence FROM beffroi.payload") == [(2,), (2,)]


def test_the_schema_is_made_once_and_its_rights_are_given_anew(laid: Laid) -> None:
    laid.run("DROP POLICY agent_adds ON beffroi.row", "ALTER TABLE beffroi.row DISABLE ROW LEVEL SECURITY")
    with laid.administrator() as database:
        assert not lay_schema(database, ("scota", "lens", "douai"))
    assert laid.run("SELECT relrowsecurity FROM pg_class WHERE relname = 'row'") == [(True,)]
    assert laid.run("SELECT count(*) FROM pg_policies WHERE policyname = 'agent_adds' AND tablename = 'row'") == [(1,)]
    assert laid.run("SELECT count(*) FROM beffroi.reader") == [(3,)]


def test_the_printed_script_makes_the_same_database(empty: Laid, laid: Laid) -> None:
    name = f"{empty.name}_printed"
    empty.server.run("postgres", f"CREATE DATABASE {name}")
    empty.server.run(name, as_script(statements()))
    query = "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
    assert empty.server.run(name, query) == laid.run(query)


def test_a_database_that_is_not_ours_is_left_as_it_is(empty: Laid) -> None:
    empty.run("CREATE TABLE orders (id int)")
    with empty.administrator() as database, pytest.raises(ForeignDatabase, match=r"such as public\.orders"):
        lay_schema(database)
    assert empty.run("SELECT nspname FROM pg_namespace WHERE nspname = 'beffroi'") == []


def test_a_schema_of_a_later_version_is_left_as_it_is(laid: Laid) -> None:
    laid.run("UPDATE beffroi.version SET version = 2", "DROP POLICY agent_adds ON beffroi.row")
    with laid.administrator() as database:
        with pytest.raises(ForeignDatabase, match="has version 2, this program knows up to 1"):
            lay_schema(database)
        with pytest.raises(ForeignDatabase, match="has version 2"):
            enrol(database, Enrolment(agent="arras-1", fingerprint=KEYS["arras-1"]))
    assert laid.run("SELECT policyname FROM pg_policies WHERE policyname = 'agent_adds' AND tablename = 'row'") == []
    assert laid.run("SELECT * FROM beffroi.agent") == []


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Enrolment(agent="arras-1", fingerprint="SHA256:" + "c" * 43), "admitted with another key"),
        (Enrolment(agent="douai-1", fingerprint=KEYS["lens-1"]), "is that of lens-1"),
        (Enrolment(agent="centre", fingerprint="SHA256:" + "c" * 43), "cannot be an agent's role"),
        (Enrolment(agent="reader-scota", fingerprint="SHA256:" + "c" * 43), "that of scota's reader"),
        (Enrolment(agent="arras_1", fingerprint="SHA256:" + "c" * 43), "is that of arras-1"),
        (Enrolment(agent="d", fingerprint="SHA256:" + "c" * 43, role="postgres"), "more than an agent should"),
    ],
)
def test_an_enrolment_takes_nothing_from_another(fleet: Laid, wanted: Enrolment, why: str) -> None:
    before = fleet.run("SELECT * FROM beffroi.agent ORDER BY 1")
    with fleet.administrator() as database, pytest.raises(UsageError, match=why):
        enrol(database, wanted)
    assert fleet.run("SELECT * FROM beffroi.agent ORDER BY 1") == before


def test_a_reinstalled_agent_writes_a_new_ledger_and_the_old_one_stays(changing: Laid) -> None:
    new = "SHA256:" + "c" * 43
    with changing.administrator() as database:
        enrol(database, Enrolment(agent="arras-1", fingerprint=new, replaces=True))
    changing.run(row(new, 1, GENESIS), role="beffroi_arras_1")
    assert "row-level security" in refused(changing, "beffroi_arras_1", row(KEYS["arras-1"], 3, digest(2)))
    assert changing.run(f"SELECT count(*) FROM beffroi.row WHERE ledger = '{KEYS['arras-1']}'") == [(2,)]


def test_no_reader_shares_a_role(changing: Laid) -> None:
    with changing.administrator() as database:
        enrol(database, Enrolment(agent="reader-calais", fingerprint=f"SHA256:{'c' * 43}"))
        assert not lay_schema(database, ("scota", "a-b"))
        for beneficiaries, words in (
            (("a-b", "a_b"), "would read for a-b and for a_b"),
            (("a_b",), "beffroi_reader_a_b is that of a-b, and would read for a_b"),
            (("calais",), "beffroi_reader_calais is that of the agent reader-calais"),
        ):
            with pytest.raises(UsageError, match=words):
                lay_schema(database, beneficiaries)
    assert ("beffroi_reader_calais",) not in changing.run("SELECT role FROM beffroi.reader")
