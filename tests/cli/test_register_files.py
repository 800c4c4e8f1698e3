"""`beffroi register import` and `export`: all rows or none, each bad one named, no cell that acts."""

import csv
import io
import json
from pathlib import Path

import pytest

from agent.core.errors import EntryRefused, UsageError
from tests.cli.test_register import INCIDENT, beffroi, configuration, listed

__all__ = ["configuration"]

HEADER = "detected;title;major;author"


def table(folder: Path, *rows: str, header: str = HEADER, encoding: str = "latin-1") -> str:
    """Write a file; return its path."""
    path = folder / "incidents.csv"
    path.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
    return str(path)


def refusal(configuration: Path, file: str) -> list[str]:
    """Return what an import is refused for."""
    with pytest.raises(EntryRefused) as refused:
        beffroi(configuration, "import", "incident", file)
    return [line.removeprefix(file) for line, _ in refused.value.mistakes]


def test_a_french_spreadsheet_s_file_is_imported(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = table(configuration.parent, "24/10/2025 10:30;Panne élec;oui;x", "25/10/2025;Écran;non;x")
    assert beffroi(configuration, "import", "incident", file) == 0
    assert capsys.readouterr().out.split() == ["incident-1", "incident-2"]
    first, second = listed(configuration, "incident", capsys)["entries"]
    assert (first["detected"], first["title"], first["major"]) == ("2025-10-24T10:30:00+02:00", "Panne élec", "yes")
    assert (second["detected"], second["title"], second["major"]) == ("2025-10-25", "Écran", "no")


def test_one_bad_row_keeps_them_all_out_and_each_is_named(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(
        configuration.parent,
        "24/10/2025;un;oui;x",
        "24/10/2999;deux;oui;x",
        "24/10/2025;trois;peut-être;x",
        "24/10/2025;quatre;oui;",
        encoding="utf-8-sig",
    )
    assert refusal(configuration, file) == [
        ":3: incident: detected: 2999-10-24 lies ahead",
        ':4: incident: major: "peut-être" is not known',
        ":5: incident: author: is missing",
    ]
    assert listed(configuration, "incident", capsys)["entries"] == []


@pytest.mark.parametrize(
    ("header", "row", "mistake"),
    [
        ("detected;titel;major;author", "24/10/2025;a;oui;x", ":1: 'titel' is no key of incident"),
        ("detected;title;major", "24/10/2025;a;oui", ":1: author is missing"),
        ("detected;title;title;major;author", "24/10/2025;a;a;oui;x", ":1: title is there twice"),
        (HEADER, "24/10/2025;a;oui", ":2: has 3 cells, the header 4"),
        (HEADER, "26/10/2025 02:30;a;oui;x", ':2: "26/10/2025 02:30" is the hour of a clock change'),
        (HEADER, "", ": holds no row below its header"),
    ],
)
def test_a_header_or_a_row_that_does_not_fit_is_named(configuration: Path, header: str, row: str, mistake: str) -> None:
    assert any(
        line.startswith(mistake) for line in refusal(configuration, table(configuration.parent, row, header=header))
    )


def test_a_month_is_not_signed_as_empty_beside_a_row_that_tells_of_it(configuration: Path) -> None:
    file = table(configuration.parent, "24/10/2025;a;oui;x;", ";;;x;2025-10", ";;;x;2025-09", header=f"{HEADER};none")
    assert refusal(configuration, file) == [":3: incident: none: 2025-10 is already given by line 2 too"]


def test_what_an_entry_names_as_evidence_is_kept_as_its_digest(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = configuration.parent / "proof.pdf"
    proof.write_bytes(b"proof")
    file = table(configuration.parent, f"24/10/2025;a;oui;x;{proof}", header=f"{HEADER};evidence")
    assert beffroi(configuration, "import", "incident", file) == 0
    (entry,) = listed(configuration, "incident", capsys)["entries"]
    assert len(entry["evidence"]) == 64


@pytest.mark.parametrize("file", ["/nonexistent.csv", "/", "/dev/zero"])
def test_what_is_no_file_is_refused(configuration: Path, file: str) -> None:
    with pytest.raises(UsageError):
        beffroi(configuration, "import", "incident", file)


def test_an_export_gives_last_revisions_unless_all_are_asked_for(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beffroi(configuration, "add", "incident", *INCIDENT)
    beffroi(configuration, "amend", "incident", "incident-1", "reported=2026-01-22")
    capsys.readouterr()
    assert beffroi(configuration, "export", "incident") == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["id"], row["revision"], row["reported"]) == ("incident-1", "2", "2026-01-22")
    assert beffroi(configuration, "export", "incident", "--history", "--format", "json") == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [(entry["revision"], entry.get("reported")) for entry in entries] == [(1, None), (2, "2026-01-22")]


def test_no_cell_of_an_export_is_a_formula_and_its_text_comes_back(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    titles = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "'quoted", 'a "b", c; d']
    for title in titles:
        beffroi(configuration, "add", "incident", "detected=2026-01-20", f"title={title}", "major=no", "author=x")
    capsys.readouterr()
    beffroi(configuration, "export", "incident")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    again = configuration.parent / "again.csv"
    with again.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["detected", "title", "major", "author"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    assert beffroi(configuration, "import", "incident", str(again)) == 0
    assert [entry["title"] for entry in listed(configuration, "incident", capsys)["entries"]] == titles * 2
