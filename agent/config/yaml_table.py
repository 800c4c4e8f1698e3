"""A YAML file as tables and plain values, each with its line, and every mistake found on the way.

Only what a configuration needs: mappings, sequences and scalars. An anchor, an alias or a key that is there twice is
a mistake, not a value, since a reader and a program could see two different things in it.
PyYAML is what reads it: the form of the file is exporter-toolkit's, which is YAML, and the standard library has no
parser for it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SIZE_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A scalar's text and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlTable:
    """A mapping's entries and its line."""

    entries: Mapping[str, "Value | YamlTable"]
    line: int


@dataclass(slots=True, kw_only=True)
class YamlMistakes:
    """Gather (line, hint) pairs ready to print, in the order in which they are found."""

    path: Path
    found: list[tuple[str, str]] = field(default_factory=list)

    def add(self, line: int, key: str, wrong: str, hint: str = "") -> None:
        """Note what is wrong with a key; neither text may repeat a secret value."""
        self.found.append((f"{self.path}:{line}: {key}: {wrong}", hint))


def read(text: str, mistakes: YamlMistakes) -> YamlTable:
    """Return the file's top table; what could not be read is noted in `mistakes` and left out."""
    import yaml

    from agent.config.shallow_yaml import ShallowLoader, TooDeep

    try:
        _refuse_aliases(text, mistakes)
        node = None if mistakes.found else yaml.compose(text, Loader=ShallowLoader)
        return YamlTable(entries={}, line=1) if node is None else _table(node, "the file", mistakes)
    except TooDeep as error:
        mistakes.add(error.line, "the file", "it is nested too deeply")
    except yaml.YAMLError as error:
        # The library's own message quotes the line, which may hold a hash.
        mark = getattr(error, "problem_mark", None)
        mistakes.add(mark.line + 1 if mark else 1, "the file", "this is not YAML", "look for a tab, a colon or a quote")
    return YamlTable(entries={}, line=1)


def _refuse_aliases(text: str, mistakes: YamlMistakes) -> None:
    import yaml

    from agent.config.shallow_yaml import ShallowLoader

    for event in yaml.parse(text, Loader=ShallowLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            line = event.start_mark.line + 1 if event.start_mark else 1
            mistakes.add(line, "the file", "anchors and aliases are not read here", "write the value out")
            return


def _table(node: object, name: str, mistakes: YamlMistakes) -> YamlTable:
    import yaml

    assert isinstance(node, yaml.Node)
    line = node.start_mark.line + 1
    entries: dict[str, Value | YamlTable] = {}
    if not isinstance(node, yaml.MappingNode):
        mistakes.add(line, name, "a table is expected here", "write `key: value` lines")
        return YamlTable(entries={}, line=line)
    for key_node, value_node in node.value:
        here = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            mistakes.add(here, name, "a key must be one word")
        elif key_node.value in entries:
            mistakes.add(here, _named(key_node.value), "this key is there twice", "remove one of the two")
        elif isinstance(value_node, yaml.ScalarNode):
            entries[key_node.value] = Value(text=value_node.value, line=here)
        else:
            entries[key_node.value] = _table(value_node, _named(key_node.value), mistakes)
    return YamlTable(entries=entries, line=line)


def _named(key: str) -> str:
    # A password may stand where a key should.
    return key if key.isidentifier() and len(key) <= 40 else "a key"


def only(table: YamlTable, known: Collection[str], name: str, mistakes: YamlMistakes) -> None:
    """Note every key that is not known, with the nearest one that is."""
    from difflib import get_close_matches

    for key, entry in table.entries.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}"
            mistakes.add(entry.line, f"{name}{_named(key)}", "unknown key", hint)
