"""ANSSI's fundamentals: the document says what the report's table says, and claims no number of a recommendation."""

import re

from agent.wording.backup_guide import GUIDE
from tests.parts.checkout import HOME


def test_the_document_has_the_report_s_table() -> None:
    text = (HOME / "docs/anssi-backup.md").read_text()
    rows = [f"| {one.says.en} | {one.standing.value.en} | {one.shown.en} |" for one in GUIDE]
    assert [line for line in text.splitlines() if line.startswith("| ")][2:] == rows


def test_no_row_claims_the_number_of_a_recommendation() -> None:
    said = " ".join(text for one in GUIDE for text in (one.says.fr, one.says.en, one.shown.fr, one.shown.en))
    assert re.findall(r"\bR\d+\b", said) == []
