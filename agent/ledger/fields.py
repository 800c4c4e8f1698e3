"""Read a stored JSON text strictly; a missing, unknown or malformed field raises LedgerDamaged."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from typing import NoReturn, TypeVar

from agent.core.errors import LedgerDamaged

_DECODER = json.JSONDecoder()
T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class Fields:
    """An object's fields while they are taken out one by one; `end` refuses those that no one took."""

    def __init__(self, value: object, what: str) -> None:
        if not isinstance(value, dict):
            refuse(what, value)
        self._left = dict(value)
        self._what = what

    def take(self, name: str, read: Callable[[object], T]) -> T:
        """Return one field, read; a missing one is damage."""
        try:
            value = self._left.pop(name)
        except KeyError:
            raise LedgerDamaged(f"a kept {self._what} lacks its {name}") from None
        return read(value)

    def has(self, name: str) -> bool:
        """Return whether a field is there and was not taken yet."""
        return name in self._left

    def names(self) -> tuple[str, ...]:
        """Return the names of the fields that were not taken yet."""
        return tuple(self._left)

    def end(self) -> None:
        """Refuse what is left."""
        if self._left:
            raise LedgerDamaged(f"a kept {self._what} holds something unknown: {min(self._left)!r:.80}")


def parse(text: str) -> object:
    """Return what a JSON text holds."""
    try:
        value: object = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise LedgerDamaged(f"a kept text is not JSON: {error}") from error
    return value


def first_field(text: str, name: str) -> object:
    """Return the first field, which has a name, of the canonical text of an object, without reading the others."""
    begin = f'{{"{name}":'
    if not text.startswith(begin):
        raise LedgerDamaged(f"a kept text does not begin with its {name}: {text!r:.80}")
    try:
        value, _ = _DECODER.raw_decode(text, len(begin))
    except (ValueError, RecursionError) as error:
        raise LedgerDamaged(f"a kept text is not JSON: {error}") from error
    return value


def text(value: object) -> str:
    """Return a text."""
    return value if isinstance(value, str) else refuse("text", value)


def whole(value: object) -> int:
    """Return a whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else refuse("whole number", value)


def truth(value: object) -> bool:
    """Return true or false."""
    return value if isinstance(value, bool) else refuse("truth value", value)


def number(value: object) -> float:
    """Return a number, whole where it was kept whole."""
    if isinstance(value, dict) and value.keys() == {"float"} and value["float"] in ("inf", "-inf", "nan"):
        return float(value["float"])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return refuse("number", value)


def instant(value: object) -> datetime:
    """Return an aware instant."""
    try:
        moment = datetime.fromisoformat(text(value))
    except ValueError:
        refuse("instant", value)
    return moment if moment.tzinfo is not None else refuse("instant", value)


def day(value: object) -> date:
    """Return a civil day."""
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        refuse("day", value)


def duration(value: object) -> timedelta:
    """Return a duration."""
    try:
        return timedelta(microseconds=whole(value))
    except OverflowError:
        refuse("duration", value)


def optional(read: Callable[[object], T]) -> Callable[[object], T | None]:
    """Return a reader that lets None through."""
    return lambda value: None if value is None else read(value)


def each(read: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """Return a reader of a list."""
    # Of a list rather than of a generator: a verification of a quarter reads half a million.
    return lambda value: tuple([read(one) for one in value]) if isinstance(value, list) else refuse("list", value)


def one_of(kind: type[E]) -> Callable[[object], E]:
    """Return a reader of one word of an enumeration."""

    def read(value: object) -> E:
        try:
            return kind(value)
        except ValueError:
            refuse(kind.__name__.lower(), value)

    return read


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number here")


# `json.loads` would make one for each text.
_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def refuse(what: str, value: object) -> NoReturn:
    """Raise LedgerDamaged, naming a value that is not what it should be."""
    raise LedgerDamaged(f"a kept {what} is not one: {value!r:.80}")
