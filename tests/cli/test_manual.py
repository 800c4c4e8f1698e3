"""The manual page: rendered from the program, and read by groff without a complaint."""

import re
import shutil
import subprocess

import pytest

from agent.cli.manual import render
from agent.cli.reference import commands
from tests.parts.checkout import HOME

PAGE = HOME / "docs/shell/beffroi.1"


def test_the_page_is_that_of_the_program() -> None:
    assert PAGE.read_text() == render(), "python -m agent.cli.manual > docs/shell/beffroi.1"


def test_every_command_has_its_section() -> None:
    begun = (line.removeprefix(".SS ") for line in render().splitlines() if line.startswith(".SS "))
    sections = [name.replace("\\-", "-") for name in begun]
    assert sections == [name for name, _ in commands()]


def test_only_known_macros_begin_a_line() -> None:
    known = {"TH", "SH", "SS", "TP", "PP", "B", "I", "BR", "RI", "br", '\\"'}
    begun = {match[1] for match in re.finditer(r"^[.'](\\?\S+)", render(), re.MULTILINE)}
    assert begun <= known


@pytest.mark.programs
def test_the_formatter_has_nothing_to_complain_of() -> None:
    formatter = shutil.which("groff")
    checks = [["-man", "-Tutf8", "-ww", "-z"], ["-man", "-Tutf8", "-P-cbou"]] if formatter else []
    for options in checks:
        done = subprocess.run([str(formatter), *options, PAGE], capture_output=True, text=True, timeout=60, check=True)
        assert done.stderr == ""
        assert "-z" in options or "beffroi retire KIND ID" in " ".join(done.stdout.split())
