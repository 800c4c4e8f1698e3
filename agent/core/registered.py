"""The dataclasses that a fact may hold, each under the word by which the ledger names it for ever.

A type stands where rows can be read without loading a collector: in `agent.core`, or, for a collector's own, in a file
directly below `collectors` or the `__init__` of its folder.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field, is_dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, TypeVar

T = TypeVar("T")


class Structured(Protocol):
    """Any dataclass; of those, only frozen ones can be registered."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


_TYPES: dict[str, type[Any]] = {}
# Each registered type by its word.
REGISTERED: Mapping[str, type[Any]] = MappingProxyType(_TYPES)


def registered(word: str) -> Callable[[type[T]], type[T]]:
    """Let facts hold values of a frozen dataclass; stands above `@dataclass`.

    A field with a default may be missing in a row: such a field can be added later. A word is never given to another
    type, and a field never to another meaning. Raises TypeError for what is no frozen dataclass, ValueError for a word
    that another type has.
    """

    def register(kind: type[T]) -> type[T]:
        if not (is_dataclass(kind) and kind.__dataclass_params__.frozen):  # type: ignore[attr-defined]  # every dataclass has them
            raise TypeError(f"{kind.__name__} is no frozen dataclass")
        known = _TYPES.get(word)
        if known is not None and (known.__module__, known.__qualname__) != (kind.__module__, kind.__qualname__):
            raise ValueError(f"{word} is the word of {known.__module__}.{known.__qualname__}")
        _TYPES[word] = kind
        return kind

    return register
