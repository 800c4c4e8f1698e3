"""`beffroi register`, from the words of a command to the ledger and back."""

import hashlib
import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import typer

from agent.cli.register import cell, register
from agent.core.errors import EntryRefused, UsageError

INCIDENT = ("detected=2026-01-20T08:00+01:00", "title=Panne", "major=yes", "author=RSSI")


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Return a configuration whose state directory is empty."""
    path = tmp_path / "beffroi.toml"
    path.write_text(
        dedent(f"""\
            [agent]
            state_directory = "{tmp_path / "state"}"

            [[beneficiary]]
            id = "scota"
            name = "SCOTA"

            [[host]]
            id = "srv-1"
            transport = "local"
            site = "arras"
            beneficiaries = ["scota"]
            """)
    )
    (tmp_path / "state").mkdir(mode=0o750)
    return path


def beffroi(configuration: Path, *words: str) -> int:
    """Carry out `beffroi register …`; return its exit code."""
    app = typer.Typer()
    register(app)
    command = typer.main.get_command(app)
    return command.main(["register", *words, "--config", str(configuration)], standalone_mode=False) or 0


def listed(configuration: Path, register: str, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return the JSON of `register list`."""
    capsys.readouterr()
    assert beffroi(configuration, "list", register, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_an_amendment_names_the_papers_that_fall_with_its_terms(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("target=patching", "limit=40d", "informed_on=2026-01-20", "effective_on=2026-01-20", "reason=x")
    assert beffroi(configuration, "add", "adaptation", *words, "author=RSSI", "acknowledged_by=Directeur") == 0
    assert beffroi(configuration, "amend", "adaptation", "adaptation-1", "limit=50d", "informed_on=2026-01-20") == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "adaptation-1: acknowledged_by: given for what the entry said before, and no longer kept"
    assert said[1].startswith("hint: ")
    assert beffroi(configuration, "amend", "adaptation", "adaptation-1", "reason=y") == 0
    assert capsys.readouterr().err == ""


def test_an_entry_is_added_amended_and_listed(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert beffroi(configuration, "add", "incident", *INCIDENT) == 0
    id = capsys.readouterr().out.strip()
    assert id == "incident-1"
    assert beffroi(configuration, "amend", "incident", id, "reported=2026-01-22") == 0
    assert capsys.readouterr().out.strip() == id
    document = listed(configuration, "incident", capsys)
    assert (document["schema"], document["register"]) == ("beffroi.register/1", "incident")
    (entry,) = document["entries"]
    assert list(entry)[:3] == ["id", "received_at", "revision"]
    assert (entry["id"], entry["revision"], entry["reported"], entry["title"]) == (id, 2, "2026-01-22", "Panne")
    assert entry["beneficiary"] == "scota"
    assert entry["received_at"].endswith("Z")


def test_listing_before_anything_was_kept_makes_no_file(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(configuration, "incident", capsys)["entries"] == []
    assert list((configuration.parent / "state").iterdir()) == []


def test_an_empty_register_is_an_empty_list(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beffroi(configuration, "add", "incident", *INCIDENT)
    assert listed(configuration, "breach", capsys)["entries"] == []
    assert beffroi(configuration, "list", "breach") == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "no entry in the register breach\n")


def test_mistakes_are_refused_together_and_nothing_is_kept(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(EntryRefused) as refused:
        beffroi(configuration, "add", "incident", "detected=2999-01-01", "titel=x")
    assert refused.value.exit_code == 2
    assert len(refused.value.mistakes) == 5
    beffroi(configuration, "add", "breach", "none=2026-01", "author=DPO")
    assert listed(configuration, "incident", capsys)["entries"] == []


def test_an_unknown_register_is_refused(configuration: Path) -> None:
    for words in (("add", "incidents", *INCIDENT), ("list", "incidents"), ("amend", "incidents", "x", "a=b")):
        with pytest.raises(UsageError, match="no such register"):
            beffroi(configuration, *words)


def test_evidence_is_kept_as_a_digest(configuration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "rapport d'incident.pdf"
    report.write_bytes(b"%PDF-1.7")
    beffroi(configuration, "add", "incident", *INCIDENT, f"evidence={report}")
    (entry,) = listed(configuration, "incident", capsys)["entries"]
    assert entry["evidence"] == hashlib.sha256(b"%PDF-1.7").hexdigest()


def test_formulas_and_hidden_characters_are_inert_on_output(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = '=HYPERLINK("http://x")\u202e\u200b'
    beffroi(configuration, "add", "incident", *INCIDENT[:1], f"title={hostile}", *INCIDENT[2:])
    capsys.readouterr()
    beffroi(configuration, "list", "incident")
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert "\u202e" not in line
    assert "\u200b" not in line
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in line.split("\t"))
    beffroi(configuration, "list", "incident", "--json")
    document = capsys.readouterr().out
    assert document.isascii()
    assert json.loads(document)["entries"][0]["title"] == hostile


def test_a_cell_that_would_be_a_formula_is_defused() -> None:
    assert [cell(text) for text in ("=1+1", "+1", "-1", "@x", "x=1", "a\tb")] == [
        "'=1+1", "'+1", "'-1", "'@x", "x=1", "a\\x09b",
    ]  # fmt: skip


def test_values_survive_the_ledger_as_they_were_checked(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("left=2026-02-01", "person=O'Brien; rm -rf", "accounts=a b", "author=Drh é")
    beffroi(configuration, "add", "departure", *words)
    (entry,) = listed(configuration, "departure", capsys)["entries"]
    assert {key: entry[key] for key in ("left", "person", "accounts", "author")} == dict(
        word.split("=", 1) for word in words
    )
