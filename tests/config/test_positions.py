"""Every key of a TOML file has a line, however it is written."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.positions import Path, locate, longest_key
from tests.config.test_load import WHOLE

TEXT = """\
top = 1
dotted.key . deep = 2
[table]
"quoted key" = 3
'b.c' = 4
inline = { a = 1, b.c = [ { d = 5 } ] }
[[array]]
x = [
  # a comment
  "one",
  [2,
   3],
]
[array.inner]
y = 6
[[array.nested]]
[[array]]
[[array.nested]]
[[array.nested]]
z = 7
["table".later]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 1),
        (("dotted",), 2),
        (("dotted", "key", "deep"), 2),
        (("table",), 3),
        (("table", "quoted key"), 4),
        (("table", "b.c"), 5),
        (("table", "inline", "b", "c", 0, "d"), 6),
        (("array",), 7),
        (("array", 0), 7),
        (("array", 0, "x"), 8),
        (("array", 0, "x", 0), 10),
        (("array", 0, "x", 1, 1), 12),
        (("array", 0, "inner"), 14),
        (("array", 0, "inner", "y"), 15),
        (("array", 0, "nested", 0), 16),
        (("array", 1), 17),
        (("array", 1, "nested", 0), 18),
        (("array", 1, "nested", 1, "z"), 20),
        (("table", "later"), 21),
        (("array", 1, "missing"), 17),
        (("nothing",), 1),
        ((), 1),
    ],
)
def test_a_path_has_the_line_on_which_it_is_written(path: Path, line: int) -> None:
    assert locate(TEXT.encode()).line(path) == line


def paths_of(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the path of everything in a TOML file."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths_of(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from paths_of(inner, (*path, place))


@pytest.mark.parametrize("text", [TEXT, WHOLE.read_text()])
def test_nothing_that_toml_reads_is_without_a_line(text: str) -> None:
    lines = locate(text.encode()).lines

    assert set(paths_of(tomllib.loads(text))) <= set(lines)


def test_lines_count_line_feeds_alone() -> None:
    text = 'a = "\u2028\u0085"\r\nb = """\n\n"""\r\nc = 1\n'

    assert locate(text.encode()).line(("c",)) == 5


@given(st.binary())
def test_any_bytes_have_positions_or_none(content: bytes) -> None:
    assert all(line >= 1 for line in locate(content).lines.values())


@pytest.mark.parametrize(
    ("text", "parts", "line"), [("a = 1", 1, 1), ("\n[a.b]\n", 2, 2), ("\n\na.'b.c'.d = 1", 3, 3), ("", 1, 1)]
)
def test_the_longest_key_is_found(text: str, parts: int, line: int) -> None:
    assert longest_key(text.encode()) == (parts, line)
