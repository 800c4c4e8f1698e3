"""The line of every key of a TOML file, since tomllib forgets where it read what.

A path is the way from the file's top to a value: keys, and indices from 0 for the elements of arrays,
be they of tables or of anything else.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tree_sitter import Language, Node, Parser
from tree_sitter_toml import language

Path = tuple[str | int, ...]

_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A line, counted from 1, of a file."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """The line, counted from 1, on which each path of a file begins; `spots`: what another file brought in."""

    lines: Mapping[Path, int] = field(default_factory=dict)
    spots: Mapping[Path, Spot] = field(default_factory=dict)

    def elsewhere(self, path: Path) -> Spot | None:
        """Return where in another file a path, or the table around it, stands; None: it is of this one."""
        while path and path not in self.lines:
            if path in self.spots:
                return self.spots[path]
            path = path[:-1]
        return None

    def line(self, path: Path) -> int:
        """Return a path's line, or that of the nearest table around it; 1 where there is none."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def locate(content: bytes) -> Positions:
    """Return where each key of a file stands; what a broken file does not tell is left out."""
    survey = _Survey()
    for node in Parser(Language(language())).parse(content).root_node.named_children:
        survey.enter(node)
        survey.drain()
    return Positions(lines=survey.lines)


def longest_key(content: bytes) -> tuple[int, int]:
    """Return of how many parts the longest dotted key consists, and its line."""
    longest, line = 1, 1
    waiting = [(Parser(Language(language())).parse(content).root_node, 1)]
    while waiting:
        node, parts = waiting.pop()
        parts = parts + 1 if node.type == "dotted_key" else 1
        if parts > longest:
            longest, line = parts, node.start_point.row + 1
        waiting.extend((child, parts) for child in node.named_children)
    return longest, line


class _Survey:
    """Walk a syntax tree with a list of what is still to be seen: a hostile depth must not exhaust the stack."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self._elements: dict[Path, int] = {}
        self._waiting: list[tuple[Path, Node]] = []

    def enter(self, node: Node) -> None:
        """Take in a statement at the top of the file: a key with its value, or a table."""
        if node.type == "pair":
            self._waiting.append(((), node))
        elif node.type in ("table", "table_array_element"):
            table = self._table(node)
            self._wait(table, [child for child in node.named_children if child.type == "pair"])

    def drain(self) -> None:
        """Walk down everything that was taken in."""
        while self._waiting:
            path, node = self._waiting.pop()
            if node.type == "pair":
                self._pair(path, node)
            elif node.type == "inline_table":
                self._wait(path, [child for child in node.named_children if child.type == "pair"])
            elif node.type == "array":
                elements = [child for child in node.named_children if child.type != "comment"]
                for index, element in enumerate(elements):
                    self.lines[(*path, index)] = element.start_point.row + 1
                    self._waiting.append(((*path, index), element))

    def _table(self, node: Node) -> Path:
        line = node.start_point.row + 1
        parts = [part for child in node.named_children if child.type in _KEYS for part in _parts(child)]
        path: Path = ()
        for part in parts[:-1]:
            path = (*path, part)
            self.lines.setdefault(path, line)
            if path in self._elements:
                path = (*path, self._elements[path])
        path = (*path, *parts[-1:])
        if node.type == "table_array_element":
            self.lines.setdefault(path, line)
            self._elements[path] = self._elements.get(path, -1) + 1
            path = (*path, self._elements[path])
        self.lines[path] = line
        return path

    def _pair(self, path: Path, node: Node) -> None:
        line = node.start_point.row + 1
        key, *values = [child for child in node.named_children if child.type != "comment"]
        for part in _parts(key):
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._wait(path, values)

    def _wait(self, path: Path, nodes: list[Node]) -> None:
        # Last first: what waits is taken from the end, and the first mention of a path is the one that counts.
        self._waiting.extend((path, node) for node in reversed(nodes))


def _parts(key: Node) -> Iterator[str]:
    found: list[str] = []
    waiting = [key]
    while waiting:
        node = waiting.pop()
        if node.type == "dotted_key":
            waiting.extend(node.named_children)
        elif node.type in _KEYS:
            found.append(_text(node))
    yield from found if key.type != "dotted_key" else reversed(found)


def _text(key: Node) -> str:
    written = (key.text or b"").decode(errors="replace")
    if key.type != "quoted_key":
        return written
    try:
        return next(iter(tomllib.loads(f"{written} = 0")))
    except tomllib.TOMLDecodeError:
        return written
