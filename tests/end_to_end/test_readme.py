"""The scorecard of README.md is what the demonstration really says, but for its folder, ages and fingerprints."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.cli.check import check_and_print
from agent.cli.demo import DESERVED, make
from agent.cli.scorecard import render
from agent.cli.verify import verify_copies
from agent.wording.page import page_words
from tests.parts.checkout import HOME

pytestmark = pytest.mark.programs

WIDTH = 112
AGE = re.compile(r"\d+ (?:j|h|min|s)\b(?: \d+ (?:h|min|s)\b)?")
FOLDER = re.compile(r"/tmp/beffroi-demo-\w{8}")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder as the demonstration makes it: the length of its name decides where lines end."""
    made = Path(tempfile.mkdtemp(prefix="beffroi-demo-", dir="/tmp"))
    yield made
    shutil.rmtree(made)


def rows(text: str) -> list[list[str]]:
    """Return the cells of a scorecard, each on one line, without what differs from one run to the next."""
    found: list[list[str]] = []
    for line in FOLDER.sub("FOLDER", text).replace("\u00a0", " ").replace("\u202f", " ").splitlines():
        cells = re.split(r" {2,}", line.strip())
        if line.startswith(" ") and found:
            found[-1][-1] += f" {cells[-1]}"
        elif line.strip():
            found.append(cells)
    return [[AGE.sub("AGE", " ".join(cell.split())) for cell in row] for row in found]


@pytest.mark.slow
def test_the_scorecard_of_the_readme_is_that_of_the_demonstration(folder: Path) -> None:
    configuration = make(folder, "", "fr")
    verify_copies(configuration, [], everything=True, budget=None)
    verdicts, _ = check_and_print(configuration, backups=[name for _, name in DESERVED if "/" not in name])
    shown = [one for one in verdicts if (one.target, one.subject) in DESERVED]
    drawn = render(shown, language="fr", unwatched=(), terminal=True, width=WIDTH)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", drawn)
    written = re.findall(r"```text\n(.*?)```", (HOME / "README.md").read_text(), re.DOTALL)[0]
    first, _, card = written.partition("\n")
    assert first == page_words("fr").demonstration
    assert rows(card) == rows(plain)[:-1], f"put this into README.md:\n\n{first}\n{plain}"
