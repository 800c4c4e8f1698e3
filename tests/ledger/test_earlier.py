"""A ledger that is led on leaves itself behind as it was, for the way back, and not for ever."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from agent.core.errors import LedgerDamaged
from agent.ledger import earlier
from agent.ledger.ledger import ChainOutcome
from agent.ledger.schema import MIGRATIONS, Migration, newest
from tests.ledger.samples import MORNING, HandClock, asked, observation, open_ledger, point_fact
from tests.parts.kept import append_entry, keep_reading

NOW = newest(MIGRATIONS)
COPY = f"ledger.sqlite.version-{NOW}"


def add_table(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE seen_by (who TEXT)")


def add_column(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE seen_by ADD COLUMN when_seen TEXT")


STEPS = [Migration(to=NOW + 1, apply=add_table), Migration(to=NOW + 2, apply=add_column)]


def test_the_copy_is_the_ledger_as_it_was_and_an_older_program_goes_on_with_it(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        keep_reading(ledger, observation(MORNING, [point_fact(1)]))
        rows = asked(tmp_path, "SELECT * FROM chain")
    open_ledger(tmp_path, migrations=STEPS).close()
    assert [path.name for path in tmp_path.glob(earlier.COPIES)] == [COPY]
    assert stat.S_IMODE((tmp_path / COPY).stat().st_mode) == 0o640

    (tmp_path / COPY).rename(tmp_path / "ledger.sqlite")
    assert asked(tmp_path, "SELECT * FROM chain") == rows
    with open_ledger(tmp_path) as ledger:
        append_entry(ledger, "incident", {})
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_a_ledger_that_needs_no_step_leaves_no_copy(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    open_ledger(tmp_path).close()
    assert list(tmp_path.glob("ledger.sqlite.version*")) == []


def test_a_step_that_fails_leaves_ledger_and_copy(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()

    def careless(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TRIGGER chain_is_never_deleted")
        connection.exec_driver_sql("DELETE FROM chain")
        connection.exec_driver_sql("INSERT INTO chain VALUES (1, 'x', 'x', 'x', 'x', 'x')")

    with pytest.raises(LedgerDamaged):
        open_ledger(tmp_path, migrations=[Migration(to=NOW + 1, apply=careless)])
    assert (tmp_path / COPY).exists()
    with open_ledger(tmp_path) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND


@pytest.mark.parametrize(("age", "stays"), [(timedelta(days=29), True), (timedelta(days=31), False)])
def test_a_copy_stays_for_thirty_days(age: timedelta, stays: bool, tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        copy = tmp_path / COPY
        copy.write_text("as it was")
        made = (clock.now() - age).timestamp()
        os.utime(copy, (made, made))
        ledger.forget_earlier(clock.now())
        assert copy.exists() is stays
