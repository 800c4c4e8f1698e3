"""CSV files as spreadsheets write them, and cells that no spreadsheet acts upon."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import UsageError
from agent.register.csv_file import BadRow, CsvRow, french_instant, inert_cell, plain, read_table

PLAIN = "detected,title\n2026-11-24,Panne élec\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("latin-1"),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", ";").encode("cp1252"),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        b"\n" + PLAIN.replace(",2", ",2").encode() + b"\n,\n\n",
        b'Detected,"title",\n2026-11-24,"Panne \xc3\xa9lec",\n',
    ],
)
def test_a_table_is_read_however_a_spreadsheet_wrote_it(content: bytes) -> None:
    table = read_table(content)
    assert table.header == ("detected", "title")
    (row,) = table.rows
    assert isinstance(row, CsvRow)
    assert row.cells == {"detected": "2026-11-24", "title": "Panne élec"}


@pytest.mark.parametrize(
    "content", [b"", b"\n \n", b",", b";;\n;;\n", b"a,b\n\0", b"\x89PNG\r\n\x1a\n\0", b"a\n" + b"x" * 65 * 1024**2]
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError):
        read_table(content)


def test_a_row_is_named_by_the_line_on_which_it_begins() -> None:
    table = read_table(b'a,b\n1,2\n\n3\n"4\nx",5\n6,7,8\n')
    assert [(type(row), row.line) for row in table.rows] == [(CsvRow, 2), (BadRow, 4), (CsvRow, 5), (BadRow, 7)]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("24/11/2026", "2026-11-24"),
        ("4/1/2026 9:05", "2026-01-04T09:05:00+01:00"),
        ("24/07/2026 10h30", "2026-07-24T10:30:00+02:00"),
        ("2026-11-24T10:00Z", "2026-11-24T10:00Z"),
        ("hier", "hier"),
    ],
)
def test_a_french_date_is_read_as_paris_has_it(written: str, instant: str) -> None:
    assert french_instant(written) == instant


@pytest.mark.parametrize("written", ["25/10/2026 02:30", "29/03/2026 02:30", "32/01/2026 10:00", "24/11/2026 25:00"])
def test_a_time_that_is_none_or_two_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=written):
        french_instant(written)


@given(st.text())
def test_no_cell_begins_as_a_formula_and_its_text_comes_back(text: str) -> None:
    cell = inert_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert plain(cell) == text


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        table = read_table(content)
    except UsageError:
        return
    assert all(row.line >= 1 for row in table.rows)


@given(st.lists(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))), min_size=1, max_size=5))
def test_what_is_written_as_a_table_is_read_as_it_was(texts: list[str]) -> None:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["title", "author"])
    for text in texts:
        table.writerow([inert_cell(text.strip()), "x"])
    rows = read_table(written.getvalue().encode()).rows
    read = [row.cells.get("title", "") for row in rows if isinstance(row, CsvRow)]
    assert [text.strip() for text in read] == [text.strip() for text in texts]
