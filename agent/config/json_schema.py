"""The JSON Schema of the configuration file, for editors: made of the models that the program reads it by."""

import tomllib
import types
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from agent.config.forms import ValueForm
from agent.config.keys import fields_of, models_in
from agent.config.schema import ConfigurationFile
from agent.core.convention import CLAUSES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DURATION = "[0-9]{1,12}[smhd]"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
# What is not named here is a text whose form only the program knows.
_PATTERNS: Mapping[str, str] = {
    "duration": f"^{_DURATION}$",
    "duration or time of day": f"^({_DURATION}|{_TIME})$",
    "size": "^[0-9]{1,15} ?[kKMGTP]?i?B$",
    "ratio": "^[0-9]{1,3}([.,][0-9]{1,6})? ?%$",
    "id": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "absolute path": "^/",
}

Schema = dict[str, object]


def json_schema() -> Schema:
    """Return the schema of a whole file (draft 2020-12); a day of TOML is a text of the format `date` there."""
    found: dict[str, Schema] = {}
    for model in _models(ConfigurationFile):
        found.setdefault(model.__name__, _table(model))
    top = found.pop(ConfigurationFile.__name__)
    return {"$schema": DIALECT, "title": "beffroi.toml", **top, "$defs": found}


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in fields_of(model).values():
        for inner in models_in(field.annotation):
            yield from _models(inner)


def _table(model: type[BaseModel]) -> Schema:
    fields = fields_of(model)
    needed = [key for key, field in fields.items() if field.is_required()]
    return {
        "type": "object",
        "description": model.__doc__ or "",
        "properties": {key: _key(field) for key, field in fields.items()},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _key(field: FieldInfo) -> Schema:
    extra = field.json_schema_extra
    left_out = str(extra.get("left_out", "")) if isinstance(extra, dict) else ""
    example = str(field.examples[0]) if field.examples else ""
    said: Schema = {}
    if field.description:
        said["description"] = f"{field.description} Left out: {left_out}." if left_out else field.description
    if example and not example.startswith("[["):
        value = _plain(tomllib.loads(f"value = {example}")["value"])
        said["examples"] = [value]
        if left_out == f"`{example}`":
            said["default"] = value
    return {**said, **_held(field.annotation, field.metadata)}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {key: _plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def _held(annotation: object, metadata: Iterable[object] = ()) -> Schema:
    told = tuple(metadata)
    form = next((one.words for one in told if isinstance(one, ValueForm)), None)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        further = (one.metadata if isinstance(one, FieldInfo) else (one,) for one in arguments[1:])
        return _held(arguments[0], (*told, *chain.from_iterable(further)))
    if form is not None:
        return _formed(form, annotation)
    if origin in (Union, types.UnionType):
        # TOML has no null: what may be left out is not required, and that is all.
        choices = [_held(one, told) for one in arguments if one is not type(None)]
        return choices[0] if len(choices) == 1 else {"anyOf": choices}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _held(arguments[0]), **_bound("minItems", "min_length", told)}
    if origin is dict:
        inner = _held(arguments[1])
        return {"type": "object", "properties": dict.fromkeys(CLAUSES, inner), "additionalProperties": False}
    return _plainly(annotation, told)


def _formed(form: str, annotation: object) -> Schema:
    inner = next(models_in(annotation), None)
    if inner is not None and get_origin(annotation) is list:
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": _reference(inner)}]}
    if inner is not None:
        return {"anyOf": [{"type": "string"}, _reference(inner)]}
    if form == "day":
        return {"type": "string", "format": "date"}
    if annotation == str | int:
        return {"type": ["string", "integer"]}
    return {"type": "string", **({"pattern": _PATTERNS[form]} if form in _PATTERNS else {})}


def _plainly(annotation: object, told: tuple[object, ...]) -> Schema:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _reference(annotation)
    if annotation is bool:
        return {"type": "boolean"}
    if annotation is int:
        return {"type": "integer", **_bound("minimum", "ge", told), **_bound("maximum", "le", told)}
    if annotation is str:
        return {"type": "string"}
    raise TypeError(f"the schema has no form for {annotation}")


def _bound(keyword: str, name: str, told: tuple[object, ...]) -> Schema:
    bound = next((found for one in told if (found := getattr(one, name, None)) is not None), None)
    return {} if bound is None else {keyword: bound}


def _reference(model: type[BaseModel]) -> Schema:
    return {"$ref": f"#/$defs/{model.__name__}"}
