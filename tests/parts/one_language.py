"""Find words of the program's other language in a document: those that its English texts use and its French ones never.

Commands, identifiers and what a program said stand in French texts as they are, so that they are in neither list.
"""

import dataclasses
import html
import importlib
import pkgutil
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache

import agent
from agent.wording.languages import Language, Words
from agent.wording.translated import ENGLISH
from tests.parts.checkout import HOME

# A word that is no part of a path, an address, an identifier or an option.
_WORD = re.compile(r"(?<![\w./@=-])[A-Za-zÀ-ÿœŒ]{2,}(?![\w/@=]|[.-]\w)")
# Written alike in both languages; no text of the tables happens to use it in both.
_ALIKE = frozenset({"important"})
# What is quoted: commands, and what a program said in its own language.
_QUOTED = re.compile(r'<(code|kbd|pre|samp|style)\b.*?</\1>|<(\w+)[^>]* lang="\w+"[^>]*>.*?</\2>', re.DOTALL)


def foreign(text: str, language: Language, names: Collection[str] = ()) -> list[str]:
    """Return the words of the other language in a text, each with its surroundings; `names` are what people wrote."""
    text = _any_of(tuple(names)).sub("…", text)
    other = _only()["en" if language == "fr" else "fr"] - _ALIKE
    return [
        text[max(0, found.start() - 30) : found.end() + 30]
        for found in _WORD.finditer(text)
        if found[0].lower() in other
    ]


@cache
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds a name, the longest that begins at a place."""
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)" if ordered else r"(?!)")


def said_in(page: str) -> str:
    """Return what a person reads or hears of a page, without what it quotes."""
    body = _QUOTED.sub(" … ", page.partition("<body>")[2] or page)
    heard = " ".join(re.findall(r'(?:aria-label|title|alt|content)="([^"]*)"', body))
    return " ".join(html.unescape(f"{re.sub('<[^>]*>', ' ', body)} {heard}").split())


@cache
def _only() -> Mapping[Language, frozenset[str]]:
    """Return the words that one language's texts have and the other's have not."""
    french, english = set[str](), set[str]()
    for words in (*_texts(), *_templates(), *(Words(fr=key, en=value) for key, value in ENGLISH.items())):
        french |= {word.lower() for word in re.findall(r"[^\W\d_]{2,}", words.fr)}
        english |= {word.lower() for word in re.findall(r"[^\W\d_]{2,}", words.en)}
    return {"fr": frozenset(french - english), "en": frozenset(english - french)}


def _templates() -> Iterator[Words]:
    """Yield what the report's templates say themselves: French ones, and their English counterparts."""
    for english in sorted((HOME / "agent/report/templates/english").glob("*.html")):
        french = english.parent.parent / english.name
        yield Words(fr=_said(french.read_text()), en=_said(english.read_text()))


def _said(template: str) -> str:
    # French within English stands in « ».
    return re.sub(r"« [^»]* »", "", " ".join(re.findall(r'said\("(.*?)"[ )]', template)))


def _texts() -> Iterator[Words]:
    seen: set[int] = set()
    for module in pkgutil.walk_packages(agent.__path__, "agent."):
        if module.name != "agent.__main__":
            for value in vars(importlib.import_module(module.name)).values():
                yield from _within(value, seen)


def _within(value: object, seen: set[int]) -> Iterator[Words]:
    if id(value) in seen or isinstance(value, str | bytes):
        return
    seen.add(id(value))
    if isinstance(value, Words):
        yield value
    elif isinstance(value, Mapping):
        yield from _each((*value.keys(), *value.values()), seen)
    elif isinstance(value, list | tuple | set | frozenset):
        yield from _each(value, seen)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _each([getattr(value, field.name) for field in dataclasses.fields(value)], seen)


def _each(values: Collection[object], seen: set[int]) -> Iterator[Words]:
    for value in values:
        yield from _within(value, seen)
