"""What a table and a value of the program call by one name is carried over, and nothing else of the file's form is."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

from agent.config import build, listed, settings
from agent.config.carried import made
from agent.config.declaring import DeclaredTable, key, needed
from agent.config.keys import fields_of, models_in
from agent.config.load import understand
from agent.config.schedule_keys import schedule_keys
from agent.config.schema import ConfigurationFile
from tests.config.written import PLACE, SOUND

WHOLE = Path(__file__).parent / "recorded" / "whole.toml"


class RackTable(DeclaredTable):
    """A rack."""

    id: str = needed("Its name.", '"a"')
    rooms: list[str] = key("Its rooms.", '["b"]', "none", [])
    note: str | None = key("Not for the program.", '"c"')


@dataclass(frozen=True)
class Rack:
    """A rack, as the program uses it."""

    id: str
    rooms: tuple[str, ...] = ()
    floor: int = 0


class HallTable(DeclaredTable):
    """A hall."""

    rack: RackTable = RackTable(id="a")


@dataclass(frozen=True)
class Hall:
    """A hall, as the program uses it."""

    rack: Rack


def values_in(value: Any) -> Iterator[tuple[str, object, object]]:
    """Yield each field of a value and of those within, its name, its annotation and what it holds."""
    if is_dataclass(value):
        hints = get_type_hints(type(value))
        for one in fields(value):
            held = getattr(value, one.name)
            yield f"{type(value).__name__}.{one.name}", hints[one.name], held
            yield from values_in(held)
    elif isinstance(value, tuple):
        for one in value:
            yield from values_in(one)


def fits(held: object, annotation: object) -> bool:
    """Return whether a value is of an annotated type."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return any(fits(held, argument) for argument in arguments)
    if origin is tuple:
        return isinstance(held, tuple) and all(fits(one, arguments[0]) for one in held)
    if origin is not None:
        return isinstance(held, Mapping)
    return isinstance(held, annotation if isinstance(annotation, type) else type(None))


def test_keys_of_one_name_are_carried_over_and_others_are_not() -> None:
    table = RackTable(id="r", rooms=["n", "s"], note="x")
    assert made(Rack, table) == Rack(id="r", rooms=("n", "s"))
    assert made(Rack, table, id="other", floor=2) == Rack(id="other", rooms=("n", "s"), floor=2)


def test_a_table_within_is_never_carried_over_as_it_is() -> None:
    with pytest.raises(TypeError, match="rack holds a table"):
        made(Hall, HallTable())
    assert made(Hall, HallTable(), rack=Rack(id="r")) == Hall(rack=Rack(id="r"))


@pytest.mark.parametrize("text", [SOUND.encode(), WHOLE.read_bytes()], ids=["sound", "whole"])
def test_each_value_of_a_configuration_has_the_type_that_it_declares(text: bytes) -> None:
    found = list(values_in(understand(text, PLACE, strict=False)))
    assert len(found) > 100
    assert [(name, held) for name, annotation, held in found if not fits(held, annotation)] == []


def test_no_key_of_the_file_is_lost() -> None:
    kinds = [kind for room in (build, settings) for kind in vars(room).values() if isinstance(kind, type)]
    taken = {one.name for kind in kinds if is_dataclass(kind) for one in fields(kind)} | set(schedule_keys())
    # Where other hosts are listed is settled before anything is built.
    sources = "".join(Path(str(room.__file__)).read_text() for room in (build, listed))
    models: list[type[BaseModel]] = [ConfigurationFile]
    keys: dict[str, str] = {}
    while models:
        model = models.pop()
        keys |= {name: field.alias or name for name, field in model.model_fields.items()}
        models += [inner for field in fields_of(model).values() for inner in models_in(field.annotation)]
    assert len(keys) > 80
    left = {name: written for name, written in keys.items() if name not in taken and f".{name}" not in sources}
    assert [name for name, written in left.items() if f'"{written}"' not in sources] == []
