"""docs/report-claims.md holds every sentence that claims something, as the program says it, and the test that holds it.

A key names where the words are: `held:` and `due:` a target's, `front`, `grounds`, `report`, `mailing` and `page` a
constant of that module of agent/wording, `template:` a template of the report, `sentence:` what a function puts
together, `annex:` what annex D says of heads.
"""

import ast
import inspect
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from importlib import import_module
from types import ModuleType

from agent.report import view_annexes
from agent.wording import page as page_words
from agent.wording.languages import Words
from agent.wording.targets.every import TARGETS
from tests.contract.test_documents import functions
from tests.parts.checkout import HOME
from tests.parts.of_each import of_each

DOCUMENT = HOME / "docs/report-claims.md"
MODULES = ("front", "grounds", "report", "mailing", "proof")
# What names a thing or joins words, and claims nothing.
NO_CLAIM = frozenset({"front.NO_TREND", "front.DAYS_MORE", "front.ACTION", "mailing.REPORT", "mailing.HEADS"})
# Functions that put sentences together.
SENTENCES = {"report": ("day_sentence", "event_sentence", "lead")}
TEMPLATES = ("limits", "method", "readings", "evidence")
ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


@cache
def rows() -> Mapping[str, tuple[str, str, str]]:
    """Return each row by its key: the sentence, what it rests on, its tests."""
    found = ROW.findall(DOCUMENT.read_text())
    assert len({key for key, *_ in found}) == len(found)
    return {key: (sentence, rests, tests) for key, sentence, rests, tests in found}


def of_module(name: str) -> dict[str, str]:
    """Return each text that a module of the report's wording holds, by its key."""
    texts = vars(import_module(f"agent.wording.{name}")).items()
    return {
        f"{name}.{key}": value.fr if isinstance(value, Words) else value
        for key, value in texts
        if key.isupper() and isinstance(value, str | Words)
    }


@cache
def said() -> Mapping[str, str]:
    """Return what the program says under each key that has to stand in the table."""
    texts = {f"held:{id}": words.held.fr for id, words in TARGETS.items() if words.held}
    for id, words in TARGETS.items():
        if words.due is not None:
            one = words.due
            texts[f"due:{id}"] = " ".join(each.fr for each in (one.one, one.several, one.none, one.done, one.all_done))
    for module in MODULES:
        texts |= of_module(module)
    for name in TEMPLATES:
        texts[f"template:{name}"] = (HOME / f"agent/report/templates/{name}.html").read_text()
    for module, functions_of in SENTENCES.items():
        texts |= {f"sentence:{name}": strings(import_module(f"agent.wording.{module}")) for name in functions_of}
    texts["annex:heads"] = strings(view_annexes)
    return {key: flat(text) for key, text in texts.items() if key not in NO_CLAIM}


def strings(module: ModuleType) -> str:
    """Return every text of a module in one, such as the parts of its formatted sentences."""
    tree = ast.parse(inspect.getsource(module))
    return " ".join(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value.__class__ is str
    )


def flat(text: str) -> str:
    """Return a text on one line, without what a table cannot hold."""
    return " ".join(unescape(text).split())


def page_key(key: str) -> str:
    """Return what the status page says under a key such as `page.agent_well`."""
    value = getattr(page_words.FRENCH, key.removeprefix("page."))
    return flat(value if isinstance(value, str) else str(value))


@of_each(sorted(said()))
def test_every_sentence_that_claims_something_stands_in_the_table(key: str) -> None:
    assert key in rows()


def test_the_table_has_no_sentence_that_the_program_does_not_say() -> None:
    beyond = {key for key in rows() if key not in said()}
    assert {key for key in beyond if not key.startswith("page.")} == set()
    assert beyond


@of_each(sorted(rows()))
def test_a_sentence_in_the_table_is_the_program_s(key: str) -> None:
    """A long one is shown by parts, `…` between them."""
    whole = page_key(key) if key.startswith("page.") else said()[key]
    sentence = rows()[key][0].strip("«» ")
    parts = [part.strip() for part in sentence.split("…")]
    assert [part for part in parts if flat(part) not in whole] == []
    assert any(parts)


@of_each(sorted(rows()))
def test_a_sentence_says_what_it_rests_on_and_which_tests_hold_it(key: str) -> None:
    _, rests, tests = rows()[key]
    named = re.findall(r"`(tests/[\w/.]+)::(\w+)`", tests)
    assert rests.strip()
    assert named
    assert [f"{file}::{name}" for file, name in named if name not in functions(HOME / file)] == []


def test_no_summary_of_the_convention_is_presented_as_a_quotation() -> None:
    quoting = [
        id for id, words in TARGETS.items() for text in (words.says.fr, words.says.en) if set(text) & set('«»“”"')
    ]
    assert quoting == []
    page = (HOME / "agent/report/templates/report.html").read_text()
    (label,) = re.findall(r'<dt>{{ text\("([^"]+)"\) }}</dt><dd>{{ said\(one\.says\) }}', page)
    assert label == "Ce que prévoit la convention (résumé)"
