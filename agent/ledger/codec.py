"""Encode and decode every stored type as JSON, from its fields.

A dataclass is an object with its fields, or a list of their values; instants are text in UTC, durations whole
microseconds. Where several types are possible (a fact's value, what a finding names), what JSON has no word for is an
object with one key that names the type. A text that is not exactly that raises LedgerDamaged.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from agent.core.errors import LedgerError
from agent.core.measures import ByteCount, Seconds
from agent.core.registered import REGISTERED
from agent.ledger import encode
from agent.ledger.fields import (
    Fields,
    day,
    duration,
    each,
    instant,
    number,
    one_of,
    optional,
    refuse,
    text,
    truth,
    whole,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How values of a type become JSON, and how they are read again."""

    encode: Callable[[T], Any]
    decode: Callable[[object], T]


def _ratio(value: object) -> Fraction:
    parts = each(whole)(value)
    if len(parts) != 2 or parts[1] <= 0:
        refuse("ratio", value)
    return Fraction(parts[0], parts[1])


def _same(value: object) -> object:
    return value


_PLAIN: Mapping[Any, Codec[Any]] = {
    str: Codec(_same, text),
    bool: Codec(_same, truth),
    int: Codec(_same, whole),
    float: Codec(encode.number, number),
    Seconds: Codec(encode.number, lambda value: Seconds(number(value))),
    ByteCount: Codec(encode.number, lambda value: ByteCount(number(value))),
    datetime: Codec(encode.instant, instant),
    date: Codec(date.isoformat, day),
    timedelta: Codec(encode.duration, duration),
    Fraction: Codec(lambda value: [value.numerator, value.denominator], _ratio),
}


class Record(Generic[T]):
    """The fields of a dataclass, each with its codec, `but` for some that are kept elsewhere."""

    def __init__(self, kind: type[T], *, but: tuple[str, ...] = (), older: bool = False) -> None:
        hints, own = get_type_hints(kind), fields(kind)  # type: ignore[arg-type]  # asked for dataclasses alone
        self._kind = kind
        self._what = "recovery point" if kind.__name__ == "Point" else _words(kind.__name__)
        self._fields = tuple((one.name, codec(hints[one.name])) for one in own if one.name not in but)
        self._may_lack = {one.name for one in own if older and _has_default(one)}
        # A thousand facts are written and read at each look: what needs no change is taken over in one step.
        self._values = attrgetter(*(name for name, _ in self._fields))
        self._names = tuple(name for name, _ in self._fields)
        self._changed = tuple((name, own.encode) for name, own in self._fields if own.encode is not _same)
        self._readers = {name: own.decode for name, own in self._fields}

    def encode(self, value: T) -> dict[str, Any]:
        """Return a value as an object."""
        values = self._values(value)
        kept = dict(zip(self._names, values if len(self._names) > 1 else (values,), strict=True))
        for name, change in self._changed:
            kept[name] = change(kept[name])
        return kept

    def decode(self, value: object) -> T:
        """Return the value that an object holds."""
        if isinstance(value, dict) and value.keys() == self._readers.keys():
            return self._kind(**{name: read(value[name]) for name, read in self._readers.items()})
        taken = Fields(value, self._what)
        result = self._kind(**self.take(taken))
        taken.end()
        return result

    def take(self, taken: Fields) -> dict[str, Any]:
        """Return the fields by name, read; what may be missing and is, is left out."""
        return {
            name: taken.take(name, own.decode)
            for name, own in self._fields
            if name not in self._may_lack or taken.has(name)
        }

    def listed(self) -> Codec[T]:
        """Return the codec that writes the values of the fields alone, in their order."""

        def read(value: object) -> T:
            if not isinstance(value, list) or len(value) != len(self._fields):
                refuse(self._what, value)
            pairs = zip(self._fields, value, strict=True)
            return self._kind(**{name: own.decode(one) for (name, own), one in pairs})

        return Codec(lambda value: [own.encode(getattr(value, name)) for name, own in self._fields], read)


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _has_default(field: Any) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


# Types whose JSON does not follow from their fields alone (agent.ledger.kept_types).
_GIVEN: dict[Any, Codec[Any]] = {}


def give(kind: Any, own: Codec[T]) -> Codec[T]:
    """Take a codec as that of a type, wherever the type stands; return it."""
    _GIVEN[kind] = own
    codec.cache_clear()
    return own


@cache
def codec(hint: Any) -> Codec[Any]:
    """Return the codec of a type. Raises TypeError for one that cannot be kept."""
    given = _GIVEN.get(hint) or _PLAIN.get(hint)
    if given is not None:
        return given
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        others = tuple(one for one in inner if one is not NoneType)
        return _optional(codec(others[0])) if len(inner) == 2 and len(others) == 1 else tagged(others)
    if origin in (tuple, frozenset):
        return _several(origin, inner)
    if origin is not None and issubclass(origin, Mapping):
        return _by_name(codec(inner[1]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Codec(lambda value: value.value, one_of(hint))
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        record: Record[Any] = Record(hint, older=hint in REGISTERED.values())
        return Codec(record.encode, record.decode)
    raise TypeError(f"{hint} cannot be kept")


def _optional(own: Codec[Any]) -> Codec[Any]:
    if own.encode is _same:
        return Codec(_same, optional(own.decode))
    return Codec(lambda value: None if value is None else own.encode(value), optional(own.decode))


def _several(kind: Any, inner: tuple[Any, ...]) -> Codec[Any]:
    if kind is tuple and inner[-1] is not Ellipsis:
        return _fixed(tuple(codec(one) for one in inner))
    own = codec(inner[0])
    if kind is tuple:
        # JSON writes a tuple as a list.
        return Codec(
            _same if own.encode is _same else lambda value: [own.encode(one) for one in value], each(own.decode)
        )
    return Codec(
        lambda value: sorted(own.encode(one) for one in value), lambda value: frozenset(each(own.decode)(value))
    )


def _fixed(own: tuple[Codec[Any], ...]) -> Codec[Any]:
    def read(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(own):
            refuse("list", value)
        return tuple(one.decode(inner) for one, inner in zip(own, value, strict=True))

    return Codec(lambda value: [one.encode(inner) for one, inner in zip(own, value, strict=True)], read)


def _by_name(own: Codec[Any]) -> Codec[Any]:
    def read(value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            refuse("detail", value)
        return {name: own.decode(inner) for name, inner in value.items()}

    return Codec(lambda value: {name: own.encode(one) for name, one in value.items()}, read)


# What JSON writes as it is, and what it has no word for, by the key that names it.
_BARE = (str, bool, int, float)
_TAGS: Mapping[str, Any] = {
    "instant": datetime,
    "microseconds": timedelta,
    "day": date,
    "seconds": Seconds,
    "bytes": ByteCount,
    "set": frozenset[str],
}
_TAG_OF = {get_origin(kind) or kind: (tag, kind) for tag, kind in _TAGS.items()}


def tagged(kinds: tuple[Any, ...]) -> Codec[Any]:
    """Return the codec of what may be of several types; a protocol among them stands for every registered type."""
    own = {get_origin(kind) or kind for kind in kinds}
    tags = {tag: kind for tag, kind in _TAGS.items() if (get_origin(kind) or kind) in own}
    any_registered = any(getattr(kind, "_is_protocol", False) for kind in kinds)

    def write(value: Any) -> object:
        kind: Any = type(value)
        if kind is float:
            return encode.number(value)
        if kind in _BARE:
            return value
        tag, hint = _TAG_OF.get(kind) or (_word_of(kind), kind)
        return {tag: codec(hint).encode(value)}

    def read(value: object) -> Any:
        if isinstance(value, _BARE) and (bool in own or not isinstance(value, bool)):
            return value
        if isinstance(value, dict) and len(value) == 1:
            tag, inner = next(iter(value.items()))
            if tag == "float":
                return number(value)
            kind: Any = tags.get(tag) or (REGISTERED.get(tag) if any_registered else None)
            if kind is not None:
                return codec(kind).decode(inner)
        return refuse("value", value)

    return Codec(write, read)


@cache
def _word_of(kind: type[Any]) -> str:
    for word, known in REGISTERED.items():
        if known is kind:
            return word
    raise LedgerError(f"a value cannot be kept: {kind.__name__} is not registered")
