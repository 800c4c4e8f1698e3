"""The locked versions: complete, hashed, the same in both locks, and bound to no registry."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.parts.checkout import HOME, PACKAGES

PIN = re.compile(
    r"^([a-z0-9-]+)==(\S+)((?: ; [^\\]+)?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def pins(name: str) -> dict[str, str]:
    """Return each pinned distribution and its version."""
    return {found[1]: found[2] for found in PIN.finditer((HOME / "requirements" / name).read_text())}


def asked(name: str) -> set[str]:
    """Return the distributions that a list of wishes names, as registries spell them."""
    lines = (HOME / "requirements" / name).read_text().splitlines()
    return {re.split(r"[ =<>!~\[]", line)[0].lower() for line in lines if line[:1] not in ("", "#", "-")}


# pyHanko brings the part of its own that checks certificates.
EXTRAS = asked("pdf.in") | asked("signature.in") | asked("fleet.in") | {"pyhanko-certvalidator"}


@pytest.mark.parametrize("name", ["runtime.txt", "pdf.txt", "signature.txt", "fleet.txt", "test.txt"])
def test_a_lock_holds_pins_with_hashes_and_nothing_else(name: str) -> None:
    text = (HOME / "requirements" / name).read_text()
    rest = PIN.sub("", text).strip().splitlines()
    assert pins(name)
    assert [line for line in rest if not line.startswith("#")] == []


@pytest.mark.parametrize("name", ["runtime", "pdf", "signature", "fleet", "test"])
def test_what_is_asked_for_is_locked(name: str) -> None:
    assert asked(f"{name}.in") - pins(f"{name}.txt").keys() == set()


def test_the_tests_run_with_the_versions_that_the_program_runs_with() -> None:
    runtime, test = pins("runtime.txt") | pins("pdf.txt") | pins("signature.txt") | pins("fleet.txt"), pins("test.txt")
    assert {name: test.get(name) for name in runtime} == runtime


def test_what_the_program_imports_is_asked_for() -> None:
    assert brought_by(*PACKAGES) - asked("runtime.in") - EXTRAS == set()


def test_what_is_asked_for_is_imported() -> None:
    """`tzdata` is data that zoneinfo looks for by itself."""
    assert asked("runtime.in") - brought_by(*PACKAGES) - {"tzdata"} == set()


def test_what_the_tests_import_is_asked_for() -> None:
    """`mutmut` is imported where `tests/run --mutation` starts it, in an environment of its own."""
    assert brought_by("tests") - asked("runtime.in") - EXTRAS - asked("test.in") == {"mutmut"}


@cache
def brought_by(*folders: str) -> set[str]:
    """Return the distributions that bring what the modules of some folders import."""
    owners = packages_distributions()
    names = {name for folder in folders for file in (HOME / folder).rglob("*.py") for name in imported(file)}
    foreign = names - sys.stdlib_module_names - {*PACKAGES, "tests"}
    return {owners.get(name, [name])[0].lower().replace("_", "-") for name in foreign}


def imported(file: Path) -> Iterator[str]:
    """Yield the top-level name of everything that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
