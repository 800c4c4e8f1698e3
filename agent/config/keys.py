"""Which keys the schema knows at each place of a file, for hints and for the reference document."""

import difflib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from agent.config.positions import Path
from agent.config.schema import ConfigurationFile


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return a table's keys as they are written in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the tables that a key's type holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def table_at(path: Path) -> type[BaseModel] | None:
    """Return the model of the table at a path, or None where the schema knows none."""
    model: type[BaseModel] | None = ConfigurationFile
    named = [part for part in path if isinstance(part, str)]
    while named and model is not None:
        field = fields_of(model).get(named.pop(0))
        model = None if field is None else next(models_in(field.annotation), None)
        if field is not None and get_origin(field.annotation) is dict:
            named = named[1:]
    return model


def field_at(path: Path) -> FieldInfo | None:
    """Return what the schema says of the key at a path, or None where it knows none."""
    named = [part for part in path if isinstance(part, str)]
    table = table_at(tuple(named[:-1])) if named else None
    return None if table is None else fields_of(table).get(named[-1])


def example_of(path: Path) -> str:
    """Return a line that could stand at a path, or nothing."""
    field = field_at(path)
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    example = field.examples[0] if field is not None and field.examples else ""
    return example if example.startswith("[[") else f"{key} = {example}" if example else ""


def nearest(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str | None:
    """Return the known word that comes nearest, or None; among very many only the first are compared."""
    return next(iter(difflib.get_close_matches(word[:64], list(islice(known, 100)), n=1)), None)


def elsewhere(key: str) -> str | None:
    """Return the heading of the one table that knows a key, or None."""
    headings = [heading for heading, model in headings_of(ConfigurationFile) if key in fields_of(model)]
    return headings[0] if len(headings) == 1 else None


def headings_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield every table of the schema with its heading as a file writes it, each before those within it."""
    for key, field in fields_of(model).items():
        for inner in models_in(field.annotation):
            name = f"{prefix}{key}"
            if get_origin(field.annotation) is dict:
                yield f"[{name}.ID]", inner
            else:
                yield (f"[[{name}]]" if get_origin(field.annotation) is list else f"[{name}]"), inner
                yield from headings_of(inner, f"{name}.")


def explained_key(key: str) -> Iterator[str]:
    """Yield a paragraph for each table that has a key of this name: where it stands, its meaning, an example."""
    for heading, model in headings_of(ConfigurationFile):
        field = fields_of(model).get(key)
        if field is not None and field.description:
            example = f" Example: {key} = {field.examples[0]}" if field.examples else ""
            yield f"{key}, a key of {heading}\n\n{field.description}{example}"
