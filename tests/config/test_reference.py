"""The reference document says what the schema says, and every key has a sentence and an example that holds."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError, create_model

from agent.config.keys import fields_of, headings_of
from agent.config.reference import render
from agent.config.schema import ConfigurationFile

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"
TABLES = dict(headings_of(ConfigurationFile))


def test_the_document_is_what_the_schema_renders() -> None:
    assert DOCUMENT.read_text() == render(), "python -m agent.config.reference > docs/configuration.md"


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_is_described_by_a_sentence_and_an_example_that_is_accepted(heading: str) -> None:
    for key, field in fields_of(TABLES[heading]).items():
        assert field.description, key
        assert field.description.endswith("."), key
        assert field.examples, key
        if not str(field.examples[0]).startswith("[["):
            assert key not in keys_refused(TABLES[heading], tomllib.loads(f"{key} = {field.examples[0]}"))


@pytest.mark.parametrize("heading", TABLES)
def test_a_default_in_the_document_is_the_program_s(heading: str) -> None:
    for key, field in fields_of(TABLES[heading]).items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and field.examples and extra["left_out"] == f"`{field.examples[0]}`":
            written = tomllib.loads(f"value = {field.examples[0]}")["value"]
            # A default may be kept as text, or as what the program makes of it.
            declared: Any = (field.annotation, field)
            read = create_model("One", value=declared).model_validate({"value": written}).model_dump()["value"]
            assert field.default is None or field.default in (written, read), key


def keys_refused(table: type[BaseModel], values: dict[str, object]) -> set[object]:
    """Return the keys that a table refuses, but for those that are missing."""
    try:
        table.model_validate(values)
    except ValidationError as error:
        return {one["loc"][0] for one in error.errors() if one["type"] != "missing"}
    return set()
