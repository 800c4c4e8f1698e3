"""The JSON Schema of the configuration file accepts what the program accepts, and knows every key of it."""

import copy
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agent.config.in_force import in_force
from agent.config.json_schema import DIALECT, json_schema
from agent.config.keys import fields_of, headings_of
from agent.config.schema import ConfigurationFile
from agent.core.convention import CLAUSES
from tests.config.written import SOUND

WHOLE = (Path(__file__).parent / "recorded" / "whole.toml").read_text()
SCHEMA: Mapping[str, Any] = json_schema()
KINDS = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
# The keywords that the schema uses, of those that draft 2020-12 knows.
JUDGED = {
    "type",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "minItems",
    "items",
    "properties",
    "required",
    "anyOf",
    "$ref",
}
REMARKS = {"description", "examples", "default", "format", "additionalProperties", "$schema", "$defs", "title"}


def refused(value: object, schema: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """Yield the places of a value that a schema refuses, by the rules of draft 2020-12 for the keywords in use."""
    assert set(schema) <= JUDGED | REMARKS, set(schema)
    if "$ref" in schema:
        yield from refused(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], place)
    if "anyOf" in schema and all(list(refused(value, one, place)) for one in schema["anyOf"]):
        yield place
    kinds = schema.get("type", [])
    named = [kinds] if isinstance(kinds, str) else kinds
    text = value.isoformat() if isinstance(value, date) else value
    if (
        named
        and not any(isinstance(text, KINDS[one]) and (one == "boolean") == isinstance(text, bool) for one in named)
    ) or not simple(text, schema):
        yield place
    elif isinstance(text, dict):
        yield from refused_keys(text, schema, place)
    elif isinstance(text, list):
        for one in text:
            yield from refused(one, schema.get("items", {}), place)


def simple(value: object, schema: Mapping[str, Any]) -> bool:
    """Return whether the keywords for single values hold."""
    return (
        ("enum" not in schema or value in schema["enum"])
        and ("pattern" not in schema or re.search(schema["pattern"], str(value)) is not None)
        and not ("minimum" in schema and isinstance(value, int) and value < schema["minimum"])
        and not ("maximum" in schema and isinstance(value, int) and value > schema["maximum"])
        and not ("minItems" in schema and isinstance(value, list) and len(value) < schema["minItems"])
    )


def refused_keys(value: Mapping[str, object], schema: Mapping[str, Any], place: str) -> Iterator[str]:
    """Yield the keys of a table that are missing, unknown or refused."""
    known = schema.get("properties", {})
    yield from (f"{place}.{key}" for key in schema.get("required", []) if key not in value)
    for key, one in value.items():
        if key in known:
            yield from refused(one, known[key], f"{place}.{key}")
        elif schema.get("additionalProperties") is False:
            yield f"{place}.{key}"


@pytest.mark.parametrize("text", [WHOLE, SOUND, in_force(SOUND.encode())], ids=["whole", "sound", "shown"])
def test_a_file_that_the_program_takes_is_taken(text: str) -> None:
    assert list(refused(tomllib.loads(text), SCHEMA)) == []


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("agent", "timeout"), "60", ".agent.timeout"),
        (("agent", "langage"), "fr", ".agent.langage"),
        (("agent", "insecure"), "no", ".agent.insecure"),
        (("schedule", "backups"), "25:00", ".schedule.backups"),
        (("schedule", "backup"), "15m", ".schedule.backup"),
        (("host", 0, "collect"), ["patchs"], ".host.collect"),
        (("host", 1, "port"), 70000, ".host.port"),
        (("log", 0, "sources"), [], ".log.sources"),
        (("flow", 0, "expect"), "shut", ".flow.expect"),
        (("targets", "backup-rpoo"), {}, ".targets.backup-rpoo"),
        (("targets", "backup-rpo", "attainment"), "all", ".targets.backup-rpo.attainment"),
    ],
)
def test_a_mistake_is_refused_at_its_place(path: tuple[str | int, ...], value: object, place: str) -> None:
    file: Any = copy.deepcopy(tomllib.loads(WHOLE))
    table = file
    for step in path[:-1]:
        table = table[step]
    table[path[-1]] = value

    assert list(refused(file, SCHEMA)) == [place]


def test_the_schema_knows_each_table_key_and_target() -> None:
    tables = {model.__name__: model for _heading, model in headings_of(ConfigurationFile)}

    assert SCHEMA["$schema"] == DIALECT
    assert SCHEMA["$defs"].keys() == tables.keys()
    assert all(SCHEMA["$defs"][name]["properties"].keys() == fields_of(one).keys() for name, one in tables.items())
    assert SCHEMA["properties"].keys() == fields_of(ConfigurationFile).keys()
    assert SCHEMA["properties"]["targets"]["properties"].keys() == CLAUSES.keys()


@pytest.mark.parametrize("name", sorted(SCHEMA["$defs"]))
def test_every_example_in_the_schema_is_taken(name: str) -> None:
    for key, one in SCHEMA["$defs"][name]["properties"].items():
        for example in one.get("examples", []):
            assert list(refused(example, one)) == [], key
