"""Each text that the report writes in French has its English one, and no English one is left without its French."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.wording.languages import Words
from agent.wording.targets.every import TARGETS
from agent.wording.translated import ENGLISH, translated
from tests.parts.checkout import HOME

PLACE = re.compile(r"\{\w+\}")
# What is French, of texts without a sentence: accents, spaced punctuation, the commonest words.
FRENCH = re.compile(
    r"[àâçéèêîôùûœÉÈÀ«»]| [:;]|\b(?:le|la|les|de|du|des|et|est|un|une|au|par|pour|sur|sans|non|jours?)\b"
)
VIEWS = ("amended", "first_said",
         "agreed_tables", "agreements_shown", "charts", "comparison_view", "copy_places", "decisions", "entered_tables",
         "entry_tables", "front", "names", "objectives_said", "printed", "storing_said", "summary",
         "tables", "target_tables", "trends", "view", "view_annexes", "view_target")  # fmt: skip
# Modules of the report's wording, whose functions put French sentences together; the constants are what is translated.
WORDS = ("front", "grounds", "registers", "report")
TEMPLATES = ("charts", "front", "marks", "report", "sheet")
IN_TEMPLATE = re.compile(r'(?:plain|text)\("([^"]*)"(?: if [\w.]+ else "([^"]*)")?\)')


def constants(tree: ast.AST) -> Iterator[str]:
    """Yield each text of some code that is not a docstring nor a part of a formatted one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def code(path: Path) -> ast.Module:
    """Return a module's code without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return tree


def of_views() -> Iterator[str]:
    for name in VIEWS:
        yield from constants(code(HOME / f"agent/report/{name}.py"))


def of_wording() -> Iterator[str]:
    for name in WORDS:
        for node in code(HOME / f"agent/wording/{name}.py").body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                yield from constants(node)


def of_targets() -> Iterator[Words]:
    for words in TARGETS.values():
        yield from (one for one in (words.held, words.thresholds) if one is not None)
        yield from (words.frame.iso, words.frame.anssi, words.frame.cnil)
        if words.due is not None:
            one = words.due
            yield from (one.one, one.several, one.none, one.done, one.all_done)


def of_templates() -> Iterator[str]:
    for name in TEMPLATES:
        text = (HOME / f"agent/report/templates/{name}.html").read_text(encoding="utf-8")
        yield from (part for found in IN_TEMPLATE.findall(text) for part in found)
        yield from re.findall(r': "([^"]*)"', "".join(re.findall(r"{% set signs = .*?%}", text)))


@pytest.mark.parametrize("source", [of_views, of_wording, of_templates])
def test_each_french_text_of_the_report_has_its_english_one(source: object) -> None:
    assert callable(source)
    french = {text for text in source() if FRENCH.search(text)}
    assert len(french) > 30
    assert sorted(french - ENGLISH.keys()) == []


def test_no_english_text_is_left_without_its_french() -> None:
    written = set(of_templates())
    for folder in ("report", "report/further", "wording"):
        for path in (HOME / "agent" / folder).glob("*.py"):
            if not path.name.startswith("english_"):
                written |= set(constants(code(path)))
    # The plural of a kind of thing is made of its singular.
    written |= {f"{text}s" for text in written}
    assert sorted(ENGLISH.keys() - written) == []


def test_the_templates_hold_no_french_that_is_not_translated() -> None:
    """Text between tags, and what is said as it is written."""
    for name in (*TEMPLATES, "head", "tables"):
        page = (HOME / f"agent/report/templates/{name}.html").read_text(encoding="utf-8")
        bare = re.sub(r"{[{%#].*?[}%#]}|<style.*?</style>", "", page, flags=re.DOTALL)
        assert [text for text in re.findall(r">([^<]+)<", bare) if FRENCH.search(text)] == []
        assert re.findall(r'said\("[^"]{2,}', page) == []


def test_what_is_said_of_a_target_has_both_languages() -> None:
    both = list(of_targets())
    assert len(both) > 100
    assert [one for one in both if bool(one.fr) is not bool(one.en)] == []
    assert [one for one in both if sorted(PLACE.findall(one.fr)) != sorted(PLACE.findall(one.en))] == []
    assert [one.en for one in both if FRENCH.search(one.en)] == []
    figures = [(re.findall(r"\d+", one.fr), re.findall(r"\d+", one.en)) for one in both]
    assert [pair for pair in figures if pair[0] != pair[1]] == []


def test_both_texts_have_the_same_places_to_fill_in() -> None:
    differing = [fr for fr, en in ENGLISH.items() if sorted(PLACE.findall(fr)) != sorted(PLACE.findall(en))]
    assert differing == []


def test_no_english_text_is_french() -> None:
    accents = re.compile(r"[àâçéèêîôùûœ«»]| [:;]")
    assert [en for en in ENGLISH.values() if accents.search(en)] == []


@pytest.mark.parametrize("name", ["evidence", "limits", "method", "readings"])
def test_a_part_in_english_has_the_items_of_the_french_one(name: str) -> None:
    both = [HOME / f"agent/report/templates/{folder}{name}.html" for folder in ("", "english/")]
    french, english = (path.read_text(encoding="utf-8") for path in both)
    assert re.findall(r"<[/\w][^>]*>", french) == re.findall(r"<[/\w][^>]*>", english)
    assert re.findall(r"view\.[\w.]+", french) == re.findall(r"view\.[\w.]+", english)
    figures = [sorted(re.findall(r"\d+", re.sub(r"<[^>]*>", "", page))) for page in (french, english)]
    assert figures[0] == figures[1]


def test_a_text_without_its_english_is_an_error() -> None:
    assert translated("sans taux", "fr") == "sans taux"
    assert translated("sans taux", "en") == "no rate"
    with pytest.raises(KeyError):
        translated("un texte nouveau", "en")
