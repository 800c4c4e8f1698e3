"""What SQLAlchemy prepares is prepared once, for all ledgers of a process."""

from pathlib import Path

import pytest
from sqlalchemy import select

from agent.core.model import Key
from agent.ledger import engines
from agent.ledger.key_filter import among
from agent.ledger.ledger import Ledger
from agent.ledger.schema import make_tables
from agent.ledger.tables import STANDING
from tests.parts.full_ledger import StillClock
from tests.parts.kept import append_entry


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Note what is compiled."""
    told: list[object] = []
    compiler = engines.dialect().statement_compiler
    make = compiler.__init__

    def noted(*arguments: object, **options: object) -> None:
        told.append(arguments[2])
        make(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(compiler, "__init__", noted)
    return told


def used(folder: Path) -> None:
    """Write something in a new ledger, and read it."""
    with Ledger.open(folder, clock=StillClock()) as ledger:
        append_entry(ledger, "recovery-test", {"result": "ok"}, beneficiary="scota")
        assert len(ledger.entries()) == 1
    with Ledger.open(folder, clock=StillClock(), readonly=True) as ledger:
        assert len(ledger.entries()) == 1


def test_a_second_ledger_compiles_no_statement(tmp_path: Path, compiled: list[object]) -> None:
    used(tmp_path / "first")
    compiled.clear()
    used(tmp_path / "second")
    assert compiled == []


def test_a_condition_on_keys_is_compiled_once_for_any_number_of_them(compiled: list[object]) -> None:
    keys = [Key(target=f"target-{one % 7}", subject=f"files-{one}", beneficiary=f"b-{one % 3}") for one in range(40)]
    engine = engines.in_memory()
    with engine.connect() as connection:
        make_tables(connection)
        for some in (keys[:1], keys[:2], keys):
            connection.execute(select(STANDING.c.target).where(among(STANDING, some)))
    engine.dispose()
    assert len(compiled) == 1
