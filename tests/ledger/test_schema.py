"""Versions: an older ledger is led on step by step, a newer one is refused, and no step touches what was digested."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from agent.core.errors import LedgerDamaged, LedgerError
from agent.ledger.keys import PUBLIC_NAME
from agent.ledger.ledger import ChainOutcome
from agent.ledger.schema import MIGRATIONS, Migration, newest
from tests.ledger.samples import MORNING, HandClock, asked, observation, open_ledger, point_fact
from tests.parts.kept import append_entry, keep_reading

# A ledger as version 1 wrote it: its tables, its guards, and a few rows of everything.
FIRST_VERSION = Path(__file__).parent / "version-1.sql"


DIGESTED = "SELECT * FROM chain LEFT JOIN payload USING (sequence) ORDER BY sequence"


def laid(recorded: Path, directory: Path) -> Path:
    """Return a state directory with a ledger that was recorded."""
    directory.mkdir()
    with closing(sqlite3.connect(directory / "ledger.sqlite")) as connection:
        connection.executescript(recorded.read_text())
        connection.execute("PRAGMA journal_mode = WAL")
    shutil.copy(recorded.with_suffix(".pub.pem"), directory / PUBLIC_NAME)
    return directory


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    return laid(FIRST_VERSION, tmp_path / "state")


def add_table(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE seen_by (who TEXT)")


NEXT = newest(MIGRATIONS) + 1
STEP = Migration(to=NEXT, apply=add_table)


@pytest.mark.parametrize("version", range(1, NEXT))
def test_a_ledger_of_each_version_is_sound_today_and_goes_on(version: int, tmp_path: Path) -> None:
    directory = laid(FIRST_VERSION.with_name(f"version-{version}.sql"), tmp_path / "state")
    with open_ledger(directory, HandClock()) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND
        keep_reading(ledger, observation(MORNING, [point_fact(1)]))
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_the_first_version_has_the_tables_that_a_new_ledger_has(first_version: Path, tmp_path: Path) -> None:
    open_ledger(first_version).close()
    open_ledger(tmp_path / "new").close()

    query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    assert asked(first_version, query) == asked(tmp_path / "new", query)
    assert asked(tmp_path / "new", "SELECT version FROM schema_version") == [(newest(MIGRATIONS),)]


def test_an_older_ledger_is_led_on_and_says_so_in_its_chain(first_version: Path) -> None:
    before = asked(first_version, DIGESTED)

    with open_ledger(first_version, migrations=[*MIGRATIONS, STEP]) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND
    with open_ledger(first_version, migrations=[*MIGRATIONS, STEP]) as ledger:
        append_entry(ledger, "incident", {})

    assert asked(first_version, "SELECT version FROM schema_version") == [(NEXT,)]
    assert asked(first_version, DIGESTED)[: len(before)] == before
    assert asked(first_version, "SELECT kind FROM chain ORDER BY sequence")[len(before) :] == [
        *[("migration",)] * (NEXT - 1),
        ("entry",),
    ]
    assert asked(first_version, "SELECT * FROM seen_by") == []


def test_a_reader_of_an_older_ledger_says_what_brings_it_up_to_date(first_version: Path) -> None:
    with pytest.raises(LedgerError, match=f"has version 1, this program {NEXT}") as refused:
        open_ledger(first_version, readonly=True, migrations=[STEP])

    assert "check" in refused.value.hint


@pytest.mark.parametrize("readonly", [False, True])
def test_a_newer_ledger_is_refused_and_left_as_it_is(first_version: Path, readonly: bool) -> None:
    open_ledger(first_version, migrations=[STEP]).close()
    before = (first_version / "ledger.sqlite").read_bytes()

    with pytest.raises(LedgerError, match=f"has version {NEXT}, this program knows up to {NEXT - 1}") as refused:
        open_ledger(first_version, readonly=readonly)

    assert "upgrade" in refused.value.hint
    assert (first_version / "ledger.sqlite").read_bytes() == before


def test_a_writer_that_was_overtaken_stops(first_version: Path) -> None:
    with open_ledger(first_version) as old:
        open_ledger(first_version, migrations=[STEP]).close()
        with pytest.raises(LedgerError, match=f"has version {NEXT}"):
            append_entry(old, "incident", {})


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM payload WHERE sequence = 1",
        "DELETE FROM chain WHERE sequence = (SELECT max(sequence) FROM chain)",
        "UPDATE chain SET link = 'x' WHERE sequence = (SELECT max(sequence) FROM chain)",
    ],
)
def test_a_step_that_touches_what_was_digested_is_undone(first_version: Path, statement: str) -> None:
    before = asked(first_version, DIGESTED)

    def careless(connection: Connection) -> None:
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(statement)

    with pytest.raises(LedgerDamaged, match="touched what was digested"):
        open_ledger(first_version, migrations=[Migration(to=2, apply=careless)])

    assert asked(first_version, DIGESTED) == before
    with open_ledger(first_version) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_a_step_that_fails_leaves_the_version_as_it_was(first_version: Path) -> None:
    def broken(connection: Connection) -> None:
        add_table(connection)
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    with pytest.raises(LedgerError):
        open_ledger(first_version, migrations=[Migration(to=2, apply=broken)])

    assert asked(first_version, "SELECT version FROM schema_version") == [(1,)]
    assert asked(first_version, "SELECT name FROM sqlite_master WHERE name = 'seen_by'") == []
