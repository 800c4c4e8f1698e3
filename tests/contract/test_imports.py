"""Each import contract fails when it is broken: one that sees nothing would be kept for ever."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.parts.checkout import HOME, PACKAGES, copy_to

LAYERS = "imports go down only"
SIBLINGS = "no collector knows another, no check knows another"
PROGRAMS = "one door to programs"
JUDGES = "checks judge values and reach nothing, not even indirectly"
ROOF = "agent itself imports neither collectors nor checks"

# name of the broken contract, then the files that break it
PLANTED: dict[str, tuple[str, dict[str, str]]] = {
    "a floor that reaches for the ledger": (LAYERS, {"agent/core/planted.py": "import agent.ledger"}),
    "a check that reads the configuration": (LAYERS, {"checks/planted.py": "import agent.config"}),
    "a check that knows a collector": (LAYERS, {"checks/planted.py": "import collectors.restic"}),
    "a ledger that words its rows": (LAYERS, {"agent/ledger/planted.py": "import agent.wording"}),
    "a collector that knows another": (
        SIBLINGS,
        {"collectors/planted.py": "import collectors.other", "collectors/other.py": ""},
    ),
    "a check that knows another": (SIBLINGS, {"checks/planted.py": "import checks.other", "checks/other.py": ""}),
    "a collector that starts a program": (PROGRAMS, {"collectors/planted.py": "import subprocess"}),
    "a floor that starts a program": (PROGRAMS, {"agent/core/planted.py": "from subprocess import run"}),
    "a check that opens a socket by a detour": (
        JUDGES,
        {"checks/planted.py": "import agent.core.planted", "agent/core/planted.py": "import socket"},
    ),
    "a roof that imports what it covers": (ROOF, {"agent/__init__.py": "import checks"}),
    "a roof that imports one collector": (ROOF, {"agent/__init__.py": "import collectors.restic"}),
}


def broken_contracts(folder: Path) -> set[str]:
    """Return the names of the import contracts that a tree breaks."""
    tool = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([tool, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    names = set(re.findall(r"^(.+) BROKEN\b", ran.stdout, re.MULTILINE))
    assert names or ran.returncode == 0, ran.stdout + ran.stderr
    return names


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a copy of what the import contracts look at."""
    return copy_to(tmp_path, *PACKAGES, "pyproject.toml")


@pytest.mark.slow
@pytest.mark.programs
@pytest.mark.parametrize(("contract", "files"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_violation_breaks_its_contract(tree: Path, contract: str, files: dict[str, str]) -> None:
    for name, text in files.items():
        with (tree / name).open("a") as file:
            file.write(f"\n{text}\n")
    assert contract in broken_contracts(tree)


@pytest.mark.programs
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("agent/planted.py", "import subprocess\n\nsubprocess.run"),
        ("collectors/planted.py", "from datetime import UTC, datetime\n\nLATER = datetime.now(UTC)"),
        ("agent/core/planted.py", "from datetime import date\n\nTODAY = date.today()"),
        ("checks/planted.py", "import os\n\nos.system"),
    ],
)
def test_the_editor_shows_a_banned_name_too(file: str, text: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select=TID251", f"--stdin-filename={file}", "-"],
        input=text,
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "TID251" in ran.stdout


def layers() -> list[str]:
    """Return the rooms in the order of the import contract."""
    contracts = tomllib.loads((HOME / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    return [name.strip(" ()\n") for layer in named for part in layer.split("|") for name in part.split(":")]


def test_the_tour_of_the_tree_names_every_room_from_the_top_down() -> None:
    text = (HOME / "docs/architecture.md").read_text()
    assert re.findall(r"(?m)^\| `((?:agent|checks|collectors)[\w.]*)` \|", text) == layers()[1:]


def test_the_drawing_of_the_tree_shows_every_room_and_no_other() -> None:
    drawing = (HOME / "docs/architecture.md").read_text().split("```\n")[1]
    shown = {name.replace("/", ".") for name in re.findall(r"\b(?:agent/\w+|checks|collectors)\b", drawing)}
    assert shown == set(layers()[1:])


def test_every_member_of_agent_has_its_layer() -> None:
    named = set(layers())
    # A folder that holds nothing but compiled modules is what a move leaves behind.
    members = {
        f"agent.{path.stem}" for path in (HOME / "agent").iterdir() if path.suffix == ".py" or [*path.rglob("*.py")]
    }
    assert members - {"agent.__init__"} - named == set()
