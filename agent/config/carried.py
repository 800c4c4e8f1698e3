"""From a table of the file to a value of the program: what has the same name in both is carried over by itself."""

from dataclasses import fields
from typing import Any, TypeVar

from pydantic import BaseModel

Made = TypeVar("Made")


def made(kind: type[Made], table: BaseModel, /, **settled: object) -> Made:
    """Return a value of the program: a table's keys under their own names, and what is `settled` otherwise.

    A list becomes a tuple. Raises TypeError for what the value needs and nothing gives, and for a table within, which
    only a settled value can be made of.
    """
    declared: Any = kind
    names = {one.name for one in fields(declared)} - settled.keys()
    same = {name: _carried(name, getattr(table, name)) for name in type(table).model_fields if name in names}
    return kind(**same, **settled)


def _carried(name: str, value: object) -> object:
    inner = value if isinstance(value, list) else (value,)
    if any(isinstance(one, BaseModel) for one in inner):
        raise TypeError(f"{name} holds a table")
    return tuple(inner) if isinstance(value, list) else value
