"""Backup programs are asked, never named: rules, accounts, pages and words know a copy's program by what it answers."""

import re

import pytest

from agent.config.programs import programs
from agent.evaluation.registry import find
from tests.parts.checkout import HOME

# The rooms that ask the copy's program, and name none.
ASKING = (
    "checks",
    *(f"agent/{room}" for room in ("accounting", "evaluation", "queries", "report", "export", "wording")),
)
# A program whose name is a word of every page: it is named where a program's name is compared with it.
WORDS = {"files"}
COMPARED = r"program(?:\.name|\.looks\.name)? *(?:==|!=|in|is) *[^\n]*[\"']files[\"']"
# What is said of one program to the person who runs it: commands to type, and what only some versions of it note.
SAID = {
    "agent/wording/guides.py": (
        "Dans un dépôt restic",
        "In a restic repository",
        "/srv/restic",
    ),
    "agent/wording/playbooks.py": ("/srv/restic",),
    "agent/wording/phrases/registers.py": ("restic le note depuis 0.17", "restic notes it from 0.17 on"),
    "agent/wording/targets/backup_lifecycle.py": ("(restic forget --prune)",),
    "agent/wording/reasons/backups.py": ("(restic diff)", "restic diff"),
    "agent/wording/reasons/of_backups.py": (
        "(restic diff)",
        "restic diff",
        "(restic rewrite)",
        "(restic : 0.14 au moins)",
        "(restic: 0.14 or later)",
    ),
    "agent/wording/reasons/reaching.py": (
        "aucun restic ne tourne",
        "no restic runs",
        "restic list locks",
        "restic unlock",
        "(restic key add)",
    ),
}


def named_in(path: str) -> list[str]:
    """Return the lines of a file that name a program, but for what may be said of it there."""
    lines = (HOME / path).read_text().splitlines()
    allowed = SAID.get(path, ())
    names = re.compile("|".join((*(programs().keys() - WORDS), COMPARED)), re.IGNORECASE)

    def bare(line: str) -> str:
        for words in allowed:
            line = line.replace(words, "")
        return line

    return [f"{path}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if names.search(bare(line))]


@pytest.mark.parametrize("room", ASKING)
def test_no_rule_account_page_or_word_names_a_backup_program(room: str) -> None:
    paths = sorted(str(file.relative_to(HOME)) for file in (HOME / room).rglob("*") if file.suffix in {".py", ".html"})
    assert paths
    assert [line for path in paths for line in named_in(path)] == []


def test_no_collector_of_a_program_is_named_outside_its_folder() -> None:
    looks = {
        name
        for program in programs().values()
        for name in (program.listing, *program.verifiers, program.store_listing, program.place)
        if name
    }
    quoted = re.compile("|".join(rf"[\"']{name}[\"']" for name in looks))
    files = [file for top in ("agent", "checks", "collectors") for file in (HOME / top).rglob("*.py")]
    elsewhere = [file for file in files if not any((HOME / "collectors" / name) in file.parents for name in programs())]
    assert elsewhere
    assert [str(file.relative_to(HOME)) for file in elsewhere if quoted.search(file.read_text())] == []


def test_what_may_be_said_of_a_program_is_still_said() -> None:
    stale = {path: [words for words in said if words not in (HOME / path).read_text()] for path, said in SAID.items()}
    assert {path: words for path, words in stale.items() if words} == {}


def test_every_collector_that_a_program_names_is_there() -> None:
    registry = find()
    assert {program.looks.name: program.looks for program in registry.programs.values()} == dict(programs())
    for program in programs().values():
        named = (program.listing, *program.verifiers, program.store_listing)
        named += (program.canary, program.protection, program.place)
        assert [name for name in named if name and name not in registry.collectors] == []
