"""docs/ledger.md tells the truth: its commands give what it says, and its own verifier agrees with ours."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agent.ledger.derive import STEPS
from agent.ledger.schema import KIND as KIND_MIGRATION
from agent.proving.checkpoint import parse_checkpoint
from agent.proving.signed_note import parse_key
from tests.ledger.samples import live, tamper
from tests.parts.checkout import HOME

DOCUMENT = (HOME / "docs" / "ledger.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)


@pytest.mark.programs
def test_the_example_by_hand_gives_what_the_document_says(tmp_path: Path) -> None:
    (script,) = blocks("sh")

    ran = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert ran.stdout in blocks("text")


def verify(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (script,) = blocks("python")
    monkeypatch.setattr("sys.argv", ["verify", str(directory / "ledger.sqlite")])
    names: dict[str, Any] = {}
    try:
        exec(compile(script, "docs/ledger.md", "exec"), names)
    finally:
        names["ledger"].close()


def test_the_documents_verifier_finds_a_sound_ledger_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    live(tmp_path)

    verify(tmp_path, monkeypatch)

    assert capsys.readouterr().out.startswith("18 rows hold, the last link is ")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE chain SET beneficiary = 'x' WHERE sequence = 4", "row 4 does not hold"),
        ("UPDATE payload SET text = '{}' WHERE sequence = 4", "the payload of row 4 does not hold"),
    ],
)
def test_the_documents_verifier_sees_tampering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, said: str
) -> None:
    live(tmp_path)
    tamper(tmp_path, statement)

    with pytest.raises(SystemExit, match=said):
        verify(tmp_path, monkeypatch)


def test_every_kind_of_row_is_in_the_document() -> None:
    assert [kind for kind in (*STEPS, KIND_MIGRATION) if f"| `{kind}` |" not in DOCUMENT] == []


def test_the_checkpoint_in_the_document_is_one() -> None:
    """Signed with the key whose private half is 32 zero bytes."""
    (note,) = (block for block in blocks("text") if block.startswith("beffroi/"))
    key = "beffroi/M54v-RdjBQe2pCO1zghOKF0fpl2Ts-J6YZXTu-vJriM+deea2a29+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
    assert parse_checkpoint(note.encode(), parse_key(key))[0].size == 92
