"""The keys of `[schedule]` and the words of `collect`: what is found below `collectors`, without loading a collector.

Each takes a twentieth of a second to load, and most commands need none: a package says its key in its `__init__`.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import collectors
from agent.core.collecting.schedule_key import SHARED, ScheduleKey


def schedule_keys() -> Mapping[str, ScheduleKey]:
    """Return every key by its name: those of all backup programs, then the others in the order of their names.

    Raises ValueError where two collectors declare one name.
    """
    return _found(tuple(collectors.__path__))


@cache
def _found(folders: tuple[str, ...]) -> Mapping[str, ScheduleKey]:
    names = sorted(found.name for found in pkgutil.iter_modules(folders))
    modules = [importlib.import_module(f"{collectors.__name__}.{name}") for name in names]
    declared = [one for module in modules if isinstance(one := getattr(module, "SCHEDULE", None), ScheduleKey)]
    keys = (*SHARED, *sorted(declared, key=lambda one: one.name))
    twice = sorted({one.name for one in keys if sum(one.name == other.name for other in keys) > 1})
    if twice:
        raise ValueError(f"[schedule] {twice[0]} is declared by two collectors")
    return MappingProxyType({one.name: one for one in keys})


def own_keys() -> tuple[str, ...]:
    """Return the keys of `[[host]]` without which a host is not looked at."""
    return tuple(one.name for one in schedule_keys().values() if one.own_key)


def collect_words() -> tuple[str, ...]:
    """Return the words that `collect` of a `[[host]]` may hold."""
    return tuple(one.name for one in schedule_keys().values() if one.collect_word)
