"""How a key of the schema is declared: every one has a sentence, an example, and says what leaving it out means."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def needed(description: str, example: str, alias: str | None = None) -> Any:
    """Declare a key that must be there; `alias` is its name in the file, where Python has taken it."""
    return Field(alias=alias, description=description, examples=[example])


def key(description: str, example: str, left_out: str = "", standing: Any = None, alias: str | None = None) -> Any:
    """Declare a key that may be left out; `left_out` says what that means, `standing` is what then stands there."""
    return Field(
        default=standing,
        alias=alias,
        description=description,
        examples=[example],
        json_schema_extra={"left_out": left_out},
    )


def default(value: Any, description: str, example: str) -> Any:
    """Declare a key with a default, which is its example too."""
    return key(description, example, f"`{example}`", value)


class DeclaredTable(BaseModel):
    """One table; what is not listed is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)
