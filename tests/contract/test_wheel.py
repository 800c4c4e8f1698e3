"""The wheel: all of the program, nothing else, and it runs where no checkout is."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from agent.core.version import VERSION
from tests.parts.checkout import HOME, PACKAGES, committed, copy_to

pytestmark = pytest.mark.programs

CARRIED = (*PACKAGES, "dashboards")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")


def run(*command: str | Path, status: int = 0) -> str:
    """Run a program from `/` with a plain environment; return what it printed."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    ran = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert ran.returncode == status, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the tree, with the build tool that is here."""
    tree = copy_to(tmp_path_factory.mktemp("tree"), *CARRIED, "pyproject.toml", "README.md", "LICENSE", "requirements")
    folder = tmp_path_factory.mktemp("wheel")
    run(*PIP, "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, tree)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in a fresh environment, beside the libraries that are here; return its `bin`."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin/python"
    run(*PIP, "--python", python, "install", "--quiet", "--no-index", "--no-deps", wheel)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.mark.slow
def test_the_wheel_holds_every_committed_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    held = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    own = {file for file in held if file.parts[0] != f"beffroi-{VERSION}.dist-info"}
    expected = {file for file in committed() if file.parts[0] in CARRIED}
    assert expected - own == set()
    assert {file.parts[0] for file in own} == set(CARRIED)


def test_the_wheel_carries_its_licence_and_asks_for_what_it_imports(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        information = file.read(f"beffroi-{VERSION}.dist-info/METADATA").decode()
        licence = file.read(f"beffroi-{VERSION}.dist-info/licenses/LICENSE").decode()
    asked = [line for line in (HOME / "requirements/runtime.in").read_text().splitlines() if line[:1] not in ("", "#")]
    told = [line for line in information.splitlines() if line.startswith("Requires-Dist: ")]
    required = [line for line in told if "extra ==" not in line]  # what only the PDF needs is asked for apart
    assert licence == (HOME / "LICENSE").read_text()
    assert len(required) == len(asked)


def test_an_installed_beffroi_answers_from_anywhere(installed: Path) -> None:
    assert run(installed / "beffroi", "--version") == f"beffroi {VERSION}\n"
    assert run(installed / "python", "-P", "-m", "agent", "--version") == f"beffroi {VERSION}\n"


def test_an_installed_beffroi_has_its_commands(installed: Path) -> None:
    help_text = run(installed / "beffroi", "--help")
    assert [word for word in ("check", "status", "run", "verify", "init") if word not in help_text] == []


def test_an_installed_beffroi_owns_its_names(installed: Path) -> None:
    source = "from agent.core.ownership import HOME, strangers; print(HOME.name, strangers())"
    assert run(installed / "python", "-P", "-c", source) == "site-packages ()\n"
