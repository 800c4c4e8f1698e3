"""What a page cites is found by keys: no query of a subject's page ever goes through a table of the ledger."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from agent.core.model import Key
from agent.ledger import cited, stored_days
from agent.ledger.ledger import Ledger
from tests.parts.full_ledger import NOW, StillClock
from tests.parts.kept import append_entry

KEY = Key(target="backup-rpo", subject="files", beneficiary="scota")
MANY = tuple(KEY._replace(subject=f"files-{number}") for number in range(1200))
DAYS = (date(2026, 8, 1), date(2026, 11, 1))

QUERIES: dict[str, Callable[[Connection], object]] = {
    "a reading": partial(cited.reading, evidence="r-7"),
    "an entry": partial(cited.entry, id="incident-3"),
    "a verdict": partial(cited.verdict, key=KEY),
    "the days of a subject": partial(stored_days.of_keys, first=DAYS[0], last=DAYS[1], keys=(KEY,)),
    "the days of some subjects": partial(stored_days.of_keys, first=DAYS[0], last=DAYS[1], keys=MANY[:30]),
    "the days of many subjects": partial(stored_days.of_keys, first=DAYS[0], last=DAYS[1], keys=MANY),
}


def plans(connection: Connection, work: Callable[[Connection], object]) -> list[str]:
    """Return how SQLite would go about each query of some work."""
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    work(connection)
    event.remove(connection, "before_cursor_execute", note)
    found = []
    for statement, parameters in asked:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        found += [str(row[3]) for row in rows]
    return found


def is_of_keys(step: str) -> bool:
    """Return whether a step goes through the keys that the query names, each of which is then searched for."""
    return step.startswith("LIST SUBQUERY") or step.endswith("-ROW VALUES CLAUSE")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return an empty ledger; how it is searched does not depend on what it holds."""
    return Ledger.open(tmp_path, clock=StillClock())


@pytest.mark.parametrize("name", QUERIES)
def test_no_table_is_gone_through(ledger: Ledger, name: str) -> None:
    """Every step is a search by an index or a key, whose cost does not grow with the ledger."""
    with ledger:
        steps = ledger.ask(lambda connection: plans(connection, QUERIES[name]))
    assert steps
    assert not any("day_row" in step and "day>?" not in step for step in steps)
    assert [step for step in steps if not step.startswith(("SEARCH", "USE TEMP B-TREE")) and not is_of_keys(step)] == []


def test_the_search_for_scans_sees_one(ledger: Ledger) -> None:
    """A query without a key goes through the table, and is told."""
    with ledger:
        steps = ledger.ask(lambda connection: plans(connection, lambda one: one.execute(text("SELECT * FROM chain"))))
    assert any(step.startswith("SCAN") for step in steps)


def test_the_last_revision_of_an_entry_is_the_one_that_is_cited(ledger: Ledger) -> None:
    """Its number follows the register's name, which may itself hold a dash."""
    with ledger:
        id = append_entry(ledger, "recovery-test", {"result": "failed"}, beneficiary="scota")
        append_entry(ledger, "recovery-test", {"result": "ok"}, beneficiary="scota", id=id)
        found = ledger.ask(partial(cited.entry, id=id))
        assert found is not None
        assert (found.register, found.row.sequence) == ("recovery-test", 2)
        assert found.received_at - NOW < timedelta(seconds=1)
        assert ledger.ask(partial(cited.entry, id="recovery-test-2")) is None
