"""A planted fault, and those that are named as changing nothing."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault: the lines that it takes out of a function and those that it puts in."""

    module: str
    function: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault in the copy: its name there, and the lines that it fills."""

    name: str
    first: int
    last: int
    fault: Fault


def equivalent() -> dict[Fault, str]:
    """Return the faults that are named as changing nothing, and why."""
    named = tomllib.loads(EQUIVALENT.read_text()).get("equivalent", [])
    return {Fault(one["module"], one["function"], one["was"], one["became"]): one["why"] for one in named}
