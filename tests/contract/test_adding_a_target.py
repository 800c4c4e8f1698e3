"""The target that docs/adding-a-target.md shows gets its verdict everywhere from one line and four files."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.core.period import Quarter, day_of
from tests.parts.checkout import HOME
from tests.parts.ports import free_port
from tests.parts.program import daemon, fetched
from tests.parts.scratch_tree import Scratch, scratch_tree

pytestmark = [pytest.mark.programs, pytest.mark.network]

TARGET = "machine-restart"
ONLY = 'collect = ["uptime"]\n'


def written_in_the_table(scratch: Scratch) -> None:
    """Write the document's line at the end of the convention's table."""
    document = (HOME / "docs" / "adding-a-target.md").read_text()
    (line,) = re.findall(r"^```text\n(    Clause\(.*?)^```", document, re.DOTALL | re.MULTILINE)
    table = scratch.home / "agent" / "core" / "convention.py"
    text = table.read_text()
    assert text.count("\n)  # fmt: skip\n") == 1
    table.write_text(text.replace("\n)  # fmt: skip\n", f"\n{line})  # fmt: skip\n"))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """Return a copy of the program with the documents' collector and target, after a first look."""
    made = scratch_tree(tmp_path_factory.mktemp("target"))
    made.follow("adding-a-collector.md")
    assert made.follow("adding-a-target.md") == [
        "checks/machine_restart.py",
        "agent/wording/targets/machine_restart.py",
        "docs/runbooks/machine-restart-missed.md",
        "docs/runbooks/en/machine-restart-missed.md",
    ]
    written_in_the_table(made)
    made.configure(ONLY)
    return made


@pytest.fixture(scope="module")
def looked(scratch: Scratch) -> Scratch:
    """Return the copy once it has looked."""
    said = scratch.beffroi("check", "--json")
    found = json.loads(said.out)["verdicts"]
    verdicts = {one["subject"]: (one["state"], one["reason"]) for one in found if one["target"] == TARGET}
    assert verdicts == {"srv-1": ("met", "within-limit")}, said.err
    return scratch


@pytest.fixture(scope="module")
def served(looked: Scratch) -> Iterator[str]:
    """Return the address at which the copy's daemon serves."""
    port = free_port()
    text = looked.configuration.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}")
    configuration = looked.configuration.with_name("served.toml")
    configuration.write_text(text)
    log = looked.configuration.with_name("log")
    with daemon(configuration, log, {"PYTHONPATH": str(looked.home)}):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.slow
def test_a_new_target_that_is_missed_has_its_own_phrase(looked: Scratch) -> None:
    looked.configure(f'{ONLY}[targets.machine-restart]\nlimit = "1s"\n')
    said = looked.beffroi("check", "--target", TARGET, "--no-store")
    assert said.code == 1
    assert "Restart of machines" in said.out
    assert "last start" in said.out
    looked.configure(ONLY)


def test_a_new_target_is_never_looser_than_its_line_says(scratch: Scratch) -> None:
    loose = scratch.configuration.with_name("loose.toml")
    loose.write_text(f'{scratch.configuration.read_text()}[targets.machine-restart]\nlimit = "93d"\n')
    said = Scratch(home=scratch.home, configuration=loose).beffroi("config", "check")
    assert said.code == 2
    assert "looser" in said.err


def test_a_new_target_is_explained(scratch: Scratch) -> None:
    said = scratch.beffroi("explain", TARGET, "--language", "en")
    assert "Restart of machines" in said.out
    assert "at most 92" in said.out


def test_a_new_target_stands_on_the_page_and_in_the_metrics(served: str) -> None:
    assert "Restart of machines" in fetched(served)
    assert "Restart of machines" in fetched(f"{served}/target/{TARGET}")
    metrics = fetched(f"{served}/metrics").splitlines()
    states = [line for line in metrics if line.startswith("beffroi_target_state{") and f'target="{TARGET}"' in line]
    assert [line for line in states if 'state="met"' in line and line.endswith((" 1", " 1.0"))]


def test_a_new_target_stands_in_the_report(looked: Scratch, tmp_path: Path) -> None:
    now = Quarter.of(day_of(datetime.now(UTC)))
    quarter = f"{now.year}-Q{now.number}"
    said = looked.beffroi("report", "--quarter", quarter, "--output", tmp_path)
    assert said.code == 0, said.err
    english, french = sorted(tmp_path.rglob("*.html"))
    assert "Redémarrage des machines" in french.read_text()
    assert "Restart of machines" in english.read_text()


def test_a_new_target_has_its_alert(scratch: Scratch, tmp_path: Path) -> None:
    said = scratch.beffroi("rules", "--output", tmp_path)
    assert said.code == 0, said.err
    written = "".join(file.read_text() for file in tmp_path.iterdir())
    assert "BeffroiMachineRestartMissed" in written
    assert "/runbook/machine-restart-missed" in written
