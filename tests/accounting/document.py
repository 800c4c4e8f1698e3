"""Read the worked examples of docs/accounting.md, so that the document and the program cannot part."""

from datetime import datetime
from pathlib import Path

from agent.core.period import PARIS

DOCUMENT = Path(__file__).parents[2] / "docs" / "accounting.md"


def table(*columns: str) -> list[dict[str, str]]:
    """Return the rows of the one table of the document that has exactly these columns."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    begins = lines.index("| " + " | ".join(columns) + " |") + 2
    rows = []
    for line in lines[begins:]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows.append(dict(zip(columns, cells, strict=True)))
    return rows


def november(text: str) -> datetime:
    """Return the instant that `10 08:00` names: that day of November 2026, in Paris."""
    day, time = text.split()
    hour, minute = time.split(":")
    return datetime(2026, 11, int(day), int(hour), int(minute), tzinfo=PARIS)
