"""What another agent sends is kept where it follows, and does no more than a ledger's own rows do."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection

from agent.core.errors import LedgerDamaged
from agent.ledger import database, mailed, rotation
from agent.ledger.chain import GENESIS, forge, sha256
from agent.ledger.incoming import opened_copy
from agent.ledger.keys import PUBLIC_NAME, make_key, verifier
from agent.ledger.ledger import ChainOutcome
from agent.ledger.outgoing import OutgoingRow, rows_after
from tests.ledger.samples import DAY, live, open_ledger

AT = "2026-11-24T04:12:07.000000Z"


def row(number: int, previous: str, kind: str, content: dict[str, object], at: str = AT) -> OutgoingRow:
    """Return a row that follows another one, as someone with a stolen role writes it."""
    text = json.dumps({**content, "salt": "0" * 32})
    made = forge(previous, sequence=number, instant=at, kind=kind, beneficiary="", payload_sha256=sha256(text))
    return OutgoingRow(row=made, previous=previous, text=text)


@pytest.mark.parametrize("erased", [[[1, 2**60]], [[2, 2]], [[0, 1]], [[1, 1], [1, 1]], [[-5, 1]]])
def test_an_erasure_of_what_is_not_before_it_is_damage(tmp_path: Path, erased: list[list[int]]) -> None:
    """The first would have been counted out one by one."""
    make_key(tmp_path)
    content = {"rule": "keep_readings", "keep": 1, "erased": erased, "numbers": {}}
    first = row(1, GENESIS, mailed.KIND, {})
    with opened_copy(tmp_path / "copy", (tmp_path / PUBLIC_NAME).read_text()) as copy:
        with pytest.raises(LedgerDamaged, match="row 2 erases rows that are not before it"):
            copy.take([first, row(2, first.row.link, "erasure", content)])
        assert copy.newest() == (0, GENESIS)


def test_an_entry_that_says_another_instant_than_its_row_is_damage(tmp_path: Path) -> None:
    """What was agreed acts from the day of its entry, which an agent could have written as it liked."""
    make_key(tmp_path)
    content = {"register": "audit", "id": "audit-1", "revision": 1, "values": {}}
    with opened_copy(tmp_path / "copy", (tmp_path / PUBLIC_NAME).read_text()) as copy:
        with pytest.raises(LedgerDamaged, match="row 1 is an entry that was received at another instant"):
            copy.take([row(1, GENESIS, "entry", {**content, "received_at": "2026-10-01T00:00:00.000000Z"})])
        copy.take([row(1, GENESIS, "entry", {**content, "received_at": AT})])
        assert copy.newest()[0] == 1


@pytest.mark.parametrize("at", ["zzzz-12-31T23:59:59.999999Z", "2026-12-31T23:59:60.000000Z"])
def test_a_row_of_no_instant_is_damage(tmp_path: Path, at: str) -> None:
    """The link is the digest of any text: it left no report and no page of its beneficiaries."""
    make_key(tmp_path)
    with opened_copy(tmp_path / "copy", (tmp_path / PUBLIC_NAME).read_text()) as copy:
        with pytest.raises(LedgerDamaged, match="a kept instant is not one"):
            copy.take([row(1, GENESIS, mailed.KIND, {}, at)])
        assert copy.newest() == (0, GENESIS)


def test_a_copy_that_two_make_at_once_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre, and a command beside it that first sees an agent: the copy had no tables for ever."""
    make_key(tmp_path)
    real, others = database.create, list[Thread]()

    def opened() -> None:
        with opened_copy(tmp_path / "copy", (tmp_path / PUBLIC_NAME).read_text()) as copy:
            assert copy.newest() == (0, GENESIS)

    def beside(path: Path, build: Callable[[Connection], None]) -> None:
        def built(connection: Connection) -> None:
            others.append(Thread(target=opened))
            others[-1].start()
            others[-1].join(0.5)
            build(connection)

        with monkeypatch.context() as once:
            once.setattr(database, "create", real)
            real(path, built)

    monkeypatch.setattr(database, "create", beside)
    opened()
    for one in others:
        one.join()
    opened()


def test_the_copy_of_a_ledger_whose_key_was_changed_is_sound(tmp_path: Path) -> None:
    """It joined the fleet after that, with its new key: each day that the key before had signed was damage."""
    clock = live(tmp_path / "own")
    with open_ledger(tmp_path / "own", clock) as ledger:
        for _ in range(2):
            ledger.rotate_key(clock.time)
            ledger.sign_heads(clock.time + DAY)
            clock.time += DAY
        sent = ledger.ask(lambda connection: rows_after(connection, 0, rows=10_000, letters=10**9)).rows
    changes = [place for place, one in enumerate(sent) if one.row.kind == rotation.KIND]
    with opened_copy(tmp_path / "copy", (tmp_path / "own" / PUBLIC_NAME).read_text()) as copy:
        copy.take(sent[: changes[0] + 1])
        assert verifier(tmp_path / "copy").changes == ()
        copy.take(sent[changes[0] + 1 :])
    assert verifier(tmp_path / "copy").changes == verifier(tmp_path / "own").changes
    with open_ledger(tmp_path / "copy", clock, readonly=True) as copied:
        assert (copied.verify().outcome, len(changes)) == (ChainOutcome.SOUND, 2)
