"""A file's tables before anything is known of their values, so that one mistake hides no other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from agent.config.positions import Path
from agent.config.values import read_day

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlTable:
    """One table as TOML gave it, and its path; what has another type than the one asked for reads as not there."""

    path: Path
    values: Mapping[str, object]

    def at(self, *keys: str | int) -> Path:
        """Return the path of something in this table."""
        return (*self.path, *keys)

    def text(self, key: str) -> str | None:
        """Return a text, or None."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def texts(self, key: str) -> tuple[tuple[Path, str], ...]:
        """Return the texts of a list, each with its path."""
        value = self.values.get(key)
        elements = value if isinstance(value, list) else []
        return tuple((self.at(key, place), text) for place, text in enumerate(elements) if isinstance(text, str))

    def flag(self, key: str) -> bool | None:
        """Return true or false, or None."""
        value = self.values.get(key)
        return value if isinstance(value, bool) else None

    def day(self, key: str) -> date | None:
        """Return a civil day, or None."""
        try:
            return read_day(self.values.get(key))
        except ValueError:
            return None

    def read(self, key: str, reader: Callable[[str], Read]) -> Read | None:
        """Return what a reader makes of a text, or None where it cannot."""
        text = self.text(key)
        try:
            return None if text is None else reader(text)
        except ValueError:
            return None

    def table(self, key: str) -> "TomlTable | None":
        """Return a table within this one, or None."""
        value = self.values.get(key)
        return TomlTable(path=self.at(key), values=value) if isinstance(value, dict) else None

    def tables(self, key: str) -> Iterator["TomlTable"]:
        """Yield the tables of an array; a single table in its place is taken for its only one, as it was meant."""
        value = self.values.get(key)
        if isinstance(value, dict):
            yield TomlTable(path=self.at(key), values=value)
        for place, element in enumerate(value if isinstance(value, list) else []):
            if isinstance(element, dict):
                yield TomlTable(path=self.at(key, place), values=element)

    def sources(self) -> Iterator["TomlTable"]:
        """Yield the senders of a `[[log]]`, of which a bare name is the short form of a table."""
        value = self.values.get("sources")
        for place, element in enumerate(value if isinstance(value, list) else []):
            if isinstance(element, str):
                yield TomlTable(path=self.at("sources", place), values={"id": element})
            elif isinstance(element, dict):
                yield TomlTable(path=self.at("sources", place), values=element)
