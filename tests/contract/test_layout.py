"""The fixed top level, and what must never be committed."""

import re
from pathlib import Path

import pytest

from tests.conftest import LONG, LONGEST, place_in_line, places
from tests.parts.checkout import HOME, committed, modules

TOP_LEVEL = {
    *("agent", "collectors", "checks", "dashboards", "tests", "systemd"),
    *("requirements", "docs", ".ci", "beffroi"),
    *("README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", "LICENSE", "pyproject.toml", ".gitignore"),
}

# Folders of tests that follow a question rather than a package.
ACROSS = {
    "contract",
    "parts",
    "dashboards",
    "faults",
    "end_to_end",
    "benchmarks",
    "endurance",
    "failover",
    "system",
    "published_types",
    "security",
}

# Registries are reached through their clients, as each machine has them set up.
REGISTRIES = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|npmmirror|debian|crates|golang)\." r"(?:org|com|io)/(?!doc|security|releases)",
    re.IGNORECASE,
)
# Places of the machine that this was written on.
OUTSIDE = re.compile(
    r"(?<![\w.])/wo"
    r"rk/(?:main|shared|\.)|/ro"
    r"ot/\.(?:pyenv|local)|/opt/"
    r"wheels|/tmp/"
    r"(?:dev|brief)|\.\./"
    r"shared"
)


@pytest.mark.programs
def test_the_top_level_stays_as_it_is() -> None:
    assert {file.parts[0] for file in committed()} - TOP_LEVEL == set()


@pytest.mark.parametrize("folder", ["systemd", "dashboards"])
def test_a_folder_of_data_is_no_package(folder: str) -> None:
    """With an `__init__.py` it would shadow the installed module of that name."""
    assert list((HOME / folder).rglob("*.py")) == []


def test_agent_itself_holds_a_docstring_and_nothing_else() -> None:
    text = (HOME / "agent/__init__.py").read_text()
    assert re.fullmatch(r'"""[^"]+"""\n', text)


@pytest.mark.programs
def test_nothing_committed_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = [
        f"{file}:{number}: {line.strip()[:120]}"
        for file in committed()
        if file.name != "LICENSE" and not (HOME / file).is_symlink()
        for number, line in enumerate((HOME / file).read_text(errors="replace").splitlines(), 1)
        if REGISTRIES.search(line) or OUTSIDE.search(line)
    ]
    assert found == []


@pytest.mark.programs
def test_no_committed_link_leads_outside() -> None:
    links = [file for file in committed() if (HOME / file).is_symlink()]
    assert [file for file in links if not (HOME / file).resolve().is_relative_to(HOME)] == []


def test_the_tests_mirror_the_tree() -> None:
    """Tests of a package lie in the folder that mirrors it or its parent, those of a module beside packages by name."""
    places = {mirror(module) for module in modules()}
    packages = {place.parent for place in places} - {Path()}
    files = [file.relative_to(HOME / "tests") for file in (HOME / "tests").rglob("test_*.py")]
    own = [file for file in files if file.parts[0] not in ACROSS]
    about = {file.with_name(file.stem.removeprefix("test_")) for file in own}
    assert sorted(file for file in about - places if file.parent not in packages | places) == []
    tested = {file.parent for file in own} | {file.parent.parent for file in own}
    assert sorted(package for package in packages - tested if package.parent not in tested - {Path()}) == []


def mirror(module: Path) -> Path:
    """Return where the tests of a module are looked for, relative to `tests`, without `test_` and `.py`."""
    parts = module.with_suffix("").parts
    place = Path(*(parts[1:] if parts[0] == "agent" else parts))
    return place.with_name(place.name.strip("_"))


def test_the_files_of_tests_that_are_given_out_first_exist() -> None:
    assert [file for file in LONGEST if not (HOME / file).is_file()] == []
    assert [folder for folder in LONG if not (HOME / folder).is_dir()] == []
    assert place_in_line(LONGEST[0]) < place_in_line(f"{LONG[0]}test_any.py") < place_in_line("tests/core/test_any.py")


def test_files_that_wait_and_files_that_compute_are_given_out_in_turn() -> None:
    waiting, computing = [f"{LONG[0]}test_{n}.py" for n in range(8)], [f"tests/core/test_{n}.py" for n in range(8)]
    given = places([*computing, LONGEST[0], *waiting, LONGEST[0]])
    assert sorted(given, key=lambda file: given[file])[:4] == [LONGEST[0], computing[0], waiting[0], computing[1]]
    assert max(given[file] for file in waiting) < given[computing[7]] < 1
