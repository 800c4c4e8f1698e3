"""The project's words: terms that docs/glossary.md refuses, and class names that stand for one thing each."""

import ast
import builtins
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.parts.checkout import HOME, modules
from tests.parts.of_each import of_each

GLOSSARY = HOME / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?P<term>[^|]+) \| (?P<instead>[^|]+) \| (?P<where>text|names|text, names) \|$", re.MULTILINE)
# In French, or made of the program's own words by other tests, or the list itself.
OTHER_DOCUMENTS = {"guide-administrateur.md", "configuration.md", "commands.md", "glossary.md"}
QUOTED = re.compile(r"(?ms)^```.*?^```|`[^`\n]*`")
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def refused(where: str) -> dict[str, str]:
    """Return the terms refused in a place, with what to write instead."""
    part = GLOSSARY.read_text().partition("## Not to be used")[2]
    return {row["term"]: row["instead"] for row in ROW.finditer(part) if where in row["where"]}


def terms_in(text: str, terms: dict[str, str]) -> Iterator[str]:
    """Yield the refused terms that a text has, each with its replacement."""
    for term, instead in terms.items():
        if re.search(r"(?i)(?<![\w`])" + re.escape(term) + r"(?![\w`])", text):
            yield f"{term!r}: write {instead}"


Place = tuple[int, int]


def french(source: str) -> list[tuple[Place, Place]]:
    """Return where texts in French begin and end, each as line and column of characters."""
    lines = source.splitlines()

    def place(line: int, octets: int) -> Place:
        return line, len(lines[line - 1].encode()[:octets].decode())

    values = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.keyword) and node.arg == "fr"]
    return [
        (place(one.lineno, one.col_offset), place(one.end_lineno or one.lineno, one.end_col_offset or 0))
        for one in values
    ]


def words_of(name: str) -> set[str]:
    """Return the words of an identifier, in lower case, and each two that follow each other."""
    words = [word.lower() for word in WORDS.findall(name)]
    return {*words, *(f"{one}_{next}" for one, next in pairwise(words))}


def faults_of(source: str) -> list[str]:
    """Return the refused terms in a module, with their lines."""
    texts, names, other = refused("text"), refused("names"), french(source)
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line = token.start[0]
        if token.type == tokenize.NAME:
            found += [f"{line}: {one}: write {names[one]}" for one in words_of(token.string) & names.keys()]
        elif token.type == tokenize.COMMENT or (is_text(token) and not any(a <= token.start < b for a, b in other)):
            found += [f"{line}: {one}" for one in terms_in(token.string, texts)]
    return found


def is_text(token: tokenize.TokenInfo) -> bool:
    """Return whether a token is a text of several words; one word alone is a value, such as a user's name."""
    kinds = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    return token.type in kinds and " " in token.string.strip()


def test_the_program_uses_the_glossary_s_terms() -> None:
    """Only modules that have the letters of a refused term are taken apart."""
    terms = {**refused("text"), **refused("names")}
    letters = re.compile("|".join(re.escape(term).replace("_", "_?") for term in terms), re.IGNORECASE)
    found = [
        f"{module}:{fault}"
        for module in modules()
        if letters.search(source := (HOME / module).read_text())
        for fault in faults_of(source)
    ]
    assert found == []


DOCUMENTS = [*HOME.glob("*.md"), *HOME.glob("docs/**/*.md")]


@of_each(sorted(DOCUMENTS))
def test_a_document_uses_the_glossary_s_terms(document: Path) -> None:
    """Of the changelog, what is not released yet."""
    text = document.read_text()
    if document.name == "CHANGELOG.md":
        text = text.partition("## [Unreleased]")[2].partition("\n## ")[0]
    if document.name in OTHER_DOCUMENTS:
        return
    plain = QUOTED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text).splitlines()
    found = [f"{line}: {one}" for line, text in enumerate(plain, 1) for one in terms_in(text, refused("text"))]
    assert found == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("offer_errand = 1\n", ["1: errand: write task"]),
        ("class ErrandOf: ...\n", ["1: errand: write task"]),
        ("class CloseUpOf: ...\n", ["1: close_up: write detail"]),
        ("the_close_up = close\n", ["1: close_up: write detail"]),
        ('"""Ask whoever knows."""\n', ["1: 'whoever': write anyone who, those who"]),
        ("pass  # nobody asks\n", ["1: 'nobody': write no one"]),
        ('user = "nobody"\n', []),
        ('f(fr="ce que nobody dit", en="what no one says")\n', []),
        ("rehushed = 1\n", []),
        ('Words(fr="été déjà tues", en="hushed now")\n', ["1: 'hushed': write silenced"]),
    ],
)
def test_a_term_that_is_refused_is_found_where_it_stands(source: str, expected: list[str]) -> None:
    assert faults_of(source) == expected


def test_a_docstring_says_what_is_returned_not_told() -> None:
    docstrings = re.compile(r'(?m)^\s*"""(?:Tell|Tells|Told)\b.*')
    places = [*modules(), *(path.relative_to(HOME) for path in HOME.glob("docs/**/*.md"))]
    assert {str(file): found for file in places if (found := docstrings.findall((HOME / file).read_text()))} == {}


def test_a_public_class_name_is_used_once() -> None:
    places = defaultdict(list)
    for module in modules():
        for node in ast.walk(ast.parse((HOME / module).read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(module))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


# Raised by the standard library's own modules, and named with them.
ELSEWHERE = {"SMTPException", "SMTPServerDisconnected"}
RAISES = re.compile(r"\bRaises? ([A-Z]\w+(?:, [A-Z]\w+)*)")


def documented(source: str) -> Iterator[str]:
    """Yield each error that a docstring says is raised."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            for names in RAISES.findall(ast.get_docstring(node) or ""):
                yield from names.split(", ")


def test_each_error_that_a_docstring_names_exists() -> None:
    sources = {file: (HOME / file).read_text() for file in modules()}
    known = {name for source in sources.values() for name in re.findall(r"(?m)^class (\w+)", source)}
    known |= {*dir(builtins), *ELSEWHERE}
    assert {(file.name, name) for file, source in sources.items() for name in documented(source)} != set()
    missing = {
        (file.name, name) for file, source in sources.items() for name in documented(source) if name not in known
    }
    assert missing == set()
