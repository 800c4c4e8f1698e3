"""Targets are asked what they are, never named: outside the convention's table a new one needs a check and words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.convention import CLAUSES
from tests.parts.checkout import HOME

# Where a target has its own place: the table, what judges it, what is said of it.
OWN = ("agent/core/convention.py", "checks/", "agent/wording/")
# Registers that bear the name of a target, and what is said to people of one target where that is its place.
SAID = {
    "agent/core/duties/entries.py": ("recovery-test", "awareness"),
    "agent/config/initial/draft.py": ("convention-review is unproven", "endpoint-protection is missed"),
}
# «patching» and «awareness» are words of the language too: only a whole text is the target.
_NAMED = re.compile("|".join(rf"(?<![\w-]){id}(?![\w-])" if "-" in id else rf"^{id}$" for id in CLAUSES))


def texts(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each text of a module with its line, docstrings left out."""
    documents = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


def named_in(path: str, source: str) -> list[str]:
    """Return the texts of a module that name a target, but for what may be said of it there."""

    def bare(text: str) -> str:
        for words in SAID.get(path, ()):
            text = text.replace(words, "")
        return text

    return [f"{path}:{line}: {text}" for line, text in texts(ast.parse(source)) if _NAMED.search(bare(text))]


def elsewhere() -> list[str]:
    """Return the modules that know targets by what they are alone."""
    files = (file for top in ("agent", "collectors") for file in (HOME / top).rglob("*.py"))
    paths = sorted(str(file.relative_to(HOME)) for file in files)
    return [path for path in paths if not path.startswith(OWN)]


def test_no_target_is_named_outside_the_table_the_checks_and_the_words() -> None:
    paths = elsewhere()
    assert len(paths) > 200
    assert [line for path in paths for line in named_in(path, (HOME / path).read_text())] == []


def test_the_search_for_targets_sees_one_that_is_named() -> None:
    named = "\n".join(
        ('"""Of `patching`."""', 'SEE = f"see {1} backup-rpo"', 'WORD = "patching"', 'OTHER = "patching-days"')
    )
    assert sorted(named_in("agent/x.py", named)) == ["agent/x.py:2:  backup-rpo", "agent/x.py:3: patching"]


def test_what_may_be_said_of_a_target_is_still_said() -> None:
    stale = {path: [words for words in said if words not in (HOME / path).read_text()] for path, said in SAID.items()}
    assert {path: words for path, words in stale.items() if words} == {}


@pytest.mark.parametrize("target", CLAUSES)
def test_each_target_has_its_check_its_words_and_its_runbook(target: str) -> None:
    name = target.replace("-", "_")
    needed = (f"checks/{name}.py", f"agent/wording/targets/{name}.py", f"docs/runbooks/{target}-missed.md")
    assert [path for path in needed if not Path(HOME / path).is_file()] == []
