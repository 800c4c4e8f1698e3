"""The walk sees every way of tampering, and says what was erased by rule."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.errors import LedgerDamaged
from agent.ledger.keys import PRIVATE_NAME, PUBLIC_NAME, make_key
from agent.ledger.ledger import ChainOutcome, ChainVerification
from tests.ledger.samples import MORNING, asked, link_anew, live, observation, open_ledger, point_fact, raw, tamper
from tests.parts.kept import keep_reading


def walked(directory: Path) -> ChainVerification:
    with open_ledger(directory, readonly=True) as ledger:
        return ledger.verify()


@pytest.fixture(scope="module")
def _lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("lived")
    live(directory)
    return directory


@pytest.fixture
def lived(_lived: Path, tmp_path: Path) -> Path:
    """Return a ledger of three days of its own for each test."""
    for file in _lived.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def test_a_ledger_that_nobody_touched_is_sound(lived: Path) -> None:
    found = walked(lived)

    assert found.outcome is ChainOutcome.SOUND
    assert (found.rows, found.heads) == (18, 2)
    assert (found.damage, found.erased, found.doubts) == ((), (), ())


def test_a_ledger_without_a_row_is_sound(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.verify() == ChainVerification(outcome=ChainOutcome.SOUND, rows=0, heads=0)


TAMPERINGS = {
    "instant changed": ["UPDATE chain SET instant = '2026-11-24T04:12:08.000000Z' WHERE sequence = 3"],
    "kind changed": ["UPDATE chain SET kind = 'verdict' WHERE sequence = 2"],
    "beneficiary changed": ["UPDATE chain SET beneficiary = 'other' WHERE sequence = 3"],
    "digest changed": ["UPDATE chain SET payload_sha256 = link WHERE sequence = 3"],
    "link changed": ["UPDATE chain SET link = payload_sha256 WHERE sequence = 3"],
    "row renumbered": ["UPDATE chain SET sequence = 99 WHERE sequence = 18"],
    "row removed": ["DELETE FROM chain WHERE sequence = 5", "DELETE FROM payload WHERE sequence = 5"],
    "first row removed": ["DELETE FROM chain WHERE sequence = 1"],
    "rows swapped": [
        "UPDATE chain SET sequence = -1 WHERE sequence = 4",
        "UPDATE chain SET sequence = 4 WHERE sequence = 5",
        "UPDATE chain SET sequence = 5 WHERE sequence = -1",
    ],
    "cut at the end": [
        "DELETE FROM chain WHERE sequence > 15",
        "DELETE FROM payload WHERE sequence > 15",
    ],
    "row doubled at the end": [
        "INSERT INTO chain SELECT 19, instant, kind, beneficiary, payload_sha256, link FROM chain WHERE sequence = 18"
    ],
    "everything removed": ["DELETE FROM chain", "DELETE FROM payload"],
    "payload changed": ["UPDATE payload SET text = replace(text, 'scota', 'other') WHERE sequence = 3"],
    "payload garbled": ["UPDATE payload SET text = x'ff00' WHERE sequence = 3"],
    "payload removed": ["DELETE FROM payload WHERE sequence = 2"],
    "payload noted as erased by nobody": [
        "INSERT INTO erased VALUES (2, 7)",
        "DELETE FROM payload WHERE sequence = 2",
    ],
    "payload without a row": ["INSERT INTO payload VALUES (77, '{}')"],
    "link garbled": ["UPDATE chain SET link = x'ff' WHERE sequence = 18"],
    "instant that is a number": ["UPDATE chain SET instant = x'00' WHERE sequence = 18"],
    "standing state edited": [
        """UPDATE standing SET verdict = replace(verdict, '"state":"met"', '"state":"missed"')"""
    ],
    "standing words edited": ["UPDATE standing SET words = replace(words, 'met', 'missed')"],
    "standing verdict garbled": ["UPDATE standing SET verdict = 'nothing'"],
    "standing verdict removed": ["DELETE FROM standing"],
    "day edited": ["UPDATE day_row SET state = 'missed' WHERE day = '2026-11-24'"],
    "day removed": ["DELETE FROM day_row WHERE day = '2026-11-24'"],
    "line edited": ["UPDATE line_start SET state = 'missed'"],
    "newest look edited": ["UPDATE latest_reading SET look = replace(look, 'unreachable', 'absent')"],
    "newest facts edited": ["UPDATE observed_facts SET lines = replace(lines, 'srv-1', 'srv-2')"],
    "newest facts removed": ["DELETE FROM observed_facts"],
    "index of entries edited": ["UPDATE entry_row SET id = 'incident-9' WHERE revision = 1 AND id = 'incident-1'"],
    "number of entries edited": ["UPDATE entry_number SET number = 0"],
    "first sight edited": ["UPDATE first_seen SET at = '2020-01-01T00:00:00.000000Z'"],
    "head edited": ["UPDATE head SET head = previous WHERE number = 1"],
    "tip edited": ["UPDATE tip SET link = 'x'"],
}


@pytest.mark.parametrize("statements", TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_is_seen(lived: Path, statements: list[str]) -> None:
    tamper(lived, *statements)

    found = walked(lived)

    assert found.outcome is ChainOutcome.DAMAGED
    assert found.damage


@pytest.mark.parametrize(
    "guard",
    ["chain_is_never_updated", "chain_is_never_deleted", "chain_only_grows", "payload_is_deleted_by_rule"],
)
def test_a_guard_that_was_taken_away_is_seen(lived: Path, guard: str) -> None:
    with raw(lived) as connection:
        connection.execute(f"DROP TRIGGER {guard}")
        connection.commit()

    assert walked(lived).damage == (f"the guard {guard} is missing",)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("shared")
    live(directory, days=1)
    return directory


@pytest.mark.slow
@settings(max_examples=40)
@given(
    st.integers(1, 5),
    st.sampled_from(["instant", "kind", "beneficiary", "payload_sha256", "link"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=10),
)
def test_any_change_to_any_field_of_any_row_is_seen(shared: Path, row: int, field: str, value: str) -> None:
    ((before,),) = asked(shared, f"SELECT {field} FROM chain WHERE sequence = {row}")

    put(shared, row, field, value)
    try:
        assert (walked(shared).outcome is ChainOutcome.SOUND) == (value == before)
    finally:
        put(shared, row, field, before)
    assert walked(shared).outcome is ChainOutcome.SOUND


def put(directory: Path, row: int, field: str, value: str) -> None:
    with raw(directory) as connection:
        query = "SELECT sql FROM sqlite_master WHERE name = 'chain_is_never_updated'"
        (guard,) = connection.execute(query).fetchone()
        connection.execute("DROP TRIGGER chain_is_never_updated")
        connection.execute(f"UPDATE chain SET {field} = ? WHERE sequence = ?", (value, row))
        connection.execute(guard)
        connection.commit()


def test_what_was_changed_is_named(lived: Path) -> None:
    tamper(lived, "UPDATE payload SET text = '{}' WHERE sequence = 3", "DELETE FROM chain WHERE sequence = 9")

    found = walked(lived)

    assert "row 3: its payload is not the one that was digested" in found.damage
    assert "row 10 stands where row 9 should" in found.damage


def test_a_forged_head_is_seen_though_its_row_holds(tmp_path: Path) -> None:
    live(tmp_path, days=2)
    other = tmp_path / "other"
    live(other, days=2)
    (tmp_path / PUBLIC_NAME).write_bytes((other / PUBLIC_NAME).read_bytes())

    found = walked(tmp_path)

    assert found.outcome is ChainOutcome.DAMAGED
    assert "was signed with another key" in found.damage[0]


def test_a_chain_linked_anew_after_a_change_no_longer_agrees_with_its_heads(lived: Path) -> None:
    link_anew(lived, 3, lambda text: text)
    assert walked(lived).outcome is ChainOutcome.SOUND  # the forger's tool itself leaves no trace

    link_anew(lived, 3, lambda text: text.replace('"value":3600.0', '"value":1.0'))

    assert "head 1 of 2026-11-24 is not the digest of its rows" in walked(lived).damage


def test_a_head_with_a_signature_of_something_else_is_seen(lived: Path) -> None:
    with open_ledger(lived, readonly=True) as ledger:
        first, second = ledger.heads()

    link_anew(lived, 18, lambda text: text.replace(second.signature, first.signature))

    assert walked(lived).damage == (f"head 2 of {second.day} bears a signature that does not hold",)


def test_without_the_public_key_nothing_is_claimed_of_the_signatures(lived: Path) -> None:
    (lived / PUBLIC_NAME).unlink()

    found = walked(lived)

    assert found.outcome is ChainOutcome.UNPROVEN
    assert found.damage == ()
    assert "could not be checked" in found.doubts[0]


def test_a_public_key_that_is_none_is_damage(lived: Path) -> None:
    (lived / PUBLIC_NAME).write_text("nothing")

    assert walked(lived).outcome is ChainOutcome.DAMAGED


def test_a_key_made_anew_is_told_from_the_one_that_signed(lived: Path) -> None:
    (lived / PRIVATE_NAME).unlink()
    make_key(lived)

    assert walked(lived).outcome is ChainOutcome.DAMAGED


@pytest.mark.parametrize("page", [0, 1, 5])
def test_a_file_with_a_page_overwritten_is_damaged_and_says_so(lived: Path, page: int) -> None:
    path = lived / "ledger.sqlite"
    content = bytearray(path.read_bytes())
    content[page * 4096 : (page + 1) * 4096] = b"\xff" * 4096
    path.write_bytes(content)

    try:
        found = walked(lived)
    except LedgerDamaged:
        return
    assert found.outcome is ChainOutcome.DAMAGED


def test_a_ledger_can_be_made_anew_from_its_chain(lived: Path) -> None:
    tamper(lived, "DELETE FROM day_row", "DELETE FROM observed_facts", "UPDATE standing SET words = 'x'")
    assert walked(lived).outcome is ChainOutcome.DAMAGED

    with open_ledger(lived) as ledger:
        ledger.rebuild()

    assert walked(lived).outcome is ChainOutcome.SOUND


def test_a_writer_refuses_to_go_on_from_a_chain_that_was_cut(lived: Path) -> None:
    tamper(lived, "DELETE FROM chain WHERE sequence > 15", "DELETE FROM payload WHERE sequence > 15")

    with open_ledger(lived) as ledger, pytest.raises(LedgerDamaged, match="last row"):
        keep_reading(ledger, observation(MORNING, [point_fact(1)]))
