"""The backup programs that `[[backup]] program` may name: the folders below `collectors` that declare their `LOOKS`."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import collectors
from agent.core.inventory import ProgramLooks

# What `[[backup]]` means where it names none.
DEFAULT = "restic"


def programs() -> Mapping[str, ProgramLooks]:
    """Return every backup program that is found, by its name; none of their collectors is loaded."""
    return _found(tuple(collectors.__path__))


@cache
def _found(folders: tuple[str, ...]) -> Mapping[str, ProgramLooks]:
    names = sorted(found.name for found in pkgutil.iter_modules(folders) if found.ispkg)
    packages = (importlib.import_module(f"{collectors.__name__}.{name}") for name in names)
    declared = (getattr(package, "LOOKS", None) for package in packages)
    return {looks.name: looks for looks in declared if isinstance(looks, ProgramLooks)}
