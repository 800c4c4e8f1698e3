"""Which file of a tree belongs to which source: `/var/log/central/{source}/**`, read like a shell's pattern. Pure.

`*` and `?` stay within one name, `**` crosses folders. A last name without either also stands for its own rotations
(`messages`, `messages.1`, `messages-20260301.gz`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from agent.core.globs import name_expression

SOURCE = "{source}"
# What rotation and compression add to a name: a number, a date, an ending. Anything else is another sender's name.
_ROTATED = (
    r"(?:\.\d{1,4}|[._-]\d{4}[-_.]?\d\d(?:[-_.]?\d\d)?(?:[-_T.:]?\d{1,10}){0,2}|[._-]\d{4}[-_.]?W\d\d"
    r"|[._-]\d\d[-_.]\d\d[-_.]\d{4}|[.-]\d{10}|\.old)?"
    r"(?:\.(?:log|txt|out))?(?:\.\d{1,4})?(?:\.(?:gz|xz|zst|bz2|lz4|Z))?"
)
# Of `{source}*`, web-2.log is not web's: a number behind a name is another sender's, unless rotation put it there.
_NO_OTHER = rf"(?:(?={_ROTATED}(?:/|$))|(?![-_.]?\d))"


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """Where a place's files lie, and the sources that are expected there."""

    path: str
    sources: tuple[str, ...]

    @cached_property
    def folder(self) -> str:
        """Return the folder below which everything lies: up to the first name that is not written out."""
        names = self.path.split("/")
        fixed = next((at for at, name in enumerate(names) if _open(name)), len(names) - 1)
        return "/".join(names[:fixed]) or "/"

    @cached_property
    def depth(self) -> int | None:
        """Return how many levels below the folder the files lie; None: any number."""
        names = self.path.split("/")
        fixed = len([name for name in self.folder.split("/") if name])
        return None if "**" in names else len([name for name in names if name]) - fixed

    def source_of(self, path: str) -> str | None:
        """Return the source whose file this is; None: it is none's."""
        found = self._expected.fullmatch(path)
        if found is None:
            return None
        return found["source"] if SOURCE in self.path else self.sources[0]

    def sources_at(self, path: str) -> tuple[str, ...]:
        """Return the sources whose files may lie at or below a folder: all, where its name does not tell."""
        wanted, given = self.path.split("/"), path.split("/")
        for at, name in enumerate(wanted[: len(given)]):
            if name == "**":
                break
            if SOURCE in name:
                found = _compiled(name, self._names).fullmatch(given[at])
                return () if found is None else (found["source"],)
        return self.sources

    def stranger_of(self, path: str) -> str | None:
        """Return the sender whose file this is, where it is not one that is expected; None: none can be told."""
        if self._anyone is None or self.source_of(path) is not None:
            return None
        found = self._anyone.fullmatch(path)
        return None if found is None else found["source"]

    @cached_property
    def _expected(self) -> "re.Pattern[str]":
        return _compiled(self.path, self._names)

    @cached_property
    def _names(self) -> str:
        names = "|".join(re.escape(name) for name in sorted(self.sources, key=len, reverse=True))
        # A source is not found in the midst of a longer name.
        return f"(?<![A-Za-z0-9])(?:{names})(?![A-Za-z0-9])"

    @cached_property
    def _anyone(self) -> "re.Pattern[str] | None":
        return _compiled(self.path, "[^/]+") if SOURCE in self.path.split("/") else None


def _open(name: str) -> bool:
    return SOURCE in name or any(sign in name for sign in "*?")


def _compiled(path: str, source: str) -> "re.Pattern[str]":
    names = path.split("/")
    last = len(names) - 1
    parts = [_name(name, last=at == last) for at, name in enumerate(names)]
    text = "".join(part if part.endswith("/)*") or at == last else f"{part}/" for at, part in enumerate(parts))
    first, *more = text.split("\0")
    told = first if not more else f"{first}(?P<source>{source}){'(?P=source)'.join(more)}"
    return re.compile(told, re.DOTALL)


def _name(name: str, *, last: bool) -> str:
    if name == "**":
        return "(?:[^/]+/)*[^/]+" if last else "(?:[^/]+/)*"
    before, *behind = name.split(SOURCE)
    guarded = (f"{_NO_OTHER if part.startswith(('*', '?')) else ''}{name_expression(part)}" for part in behind)
    written = "\0".join((name_expression(before), *guarded))
    return f"{written}{_ROTATED}" if last and not any(sign in name for sign in "*?") else written


def names_of(paths: Iterable[str | None]) -> frozenset[str]:
    """Return the distinct names among some, but for None."""
    return frozenset(path for path in paths if path is not None)
