"""Discover collectors, backup programs and checks by listing their packages.

A folder of collectors is loaded only where the inventory holds something that it looks at: loading all of them takes a
fifth of a `check` of one clock.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

import checks
import collectors
from agent.config.schedule_keys import collect_words, own_keys, schedule_keys
from agent.core.collecting.backup_program import BackupProgram
from agent.core.collecting.collector import Collector, no_program
from agent.core.inventory import Copy, DeclaredHost, Inventory, ProgramLooks
from agent.core.judging.check import Check

Declared = TypeVar("Declared", Collector[Any], Check, BackupProgram)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Every collector by its name, every check by its target and every backup program by its name."""

    collectors: Mapping[str, Collector[Any]]
    checks: Mapping[str, Check]
    documents: Mapping[str, str]
    programs: Mapping[str, BackupProgram] = field(default_factory=dict)

    def program(self, copy: Copy) -> BackupProgram:
        """Return what a copy's backups are made with. Raises ToolMissing."""
        return self.programs.get(copy.program.name) or no_program(copy)


def find(inventory: Inventory | None = None) -> Registry:
    """Return what the two packages hold: all of it, or the collectors of an inventory.

    Raises ValueError for a name claimed twice, a key that none declares and a type that the folder does not declare.
    """
    found_collectors: dict[str, Collector[Any]] = {}
    programs: dict[str, BackupProgram] = {}
    documents: dict[str, str] = {}
    for module in _of_collectors(inventory):
        collector = getattr(module, "COLLECTOR", None)
        if isinstance(collector, Collector):
            _claim(found_collectors, collector.name, collector, module)
            _declared(collector, module)
            documents[collector.name] = module.__doc__ or ""
        program = getattr(module, "PROGRAM", None)
        if isinstance(program, BackupProgram):
            _claim(programs, program.looks.name, program, module)
    return Registry(
        collectors=MappingProxyType(found_collectors),
        checks=find_checks(),
        documents=MappingProxyType(documents),
        programs=MappingProxyType(programs),
    )


def find_checks() -> Mapping[str, Check]:
    """Return the checks alone, by target. Raises ValueError for a target claimed twice."""
    found: dict[str, Check] = {}
    for module in _modules(checks):
        check = getattr(module, "CHECK", None)
        if isinstance(check, Check):
            _claim(found, check.target, check, module)
    return MappingProxyType(found)


def _of_collectors(inventory: Inventory | None) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(collectors.__path__):
        module = importlib.import_module(f"{collectors.__name__}.{found.name}")
        yield module
        if found.ispkg and (inventory is None or _is_wanted(module, inventory)):
            yield from _modules(module)


def _is_wanted(folder: ModuleType, inventory: Inventory) -> bool:
    """Return whether an inventory holds anything that the collectors of a folder look at."""
    looks, kinds = getattr(folder, "LOOKS", None), _looked_at(folder)
    if isinstance(looks, ProgramLooks):
        return any(copy.program.name == looks.name for copy in inventory.copies)
    return not kinds or any(
        isinstance(item, kinds) and (not isinstance(item, DeclaredHost) or item.collects(folder.SCHEDULE.name))
        for item in inventory.items()
    )


def _looked_at(folder: ModuleType) -> tuple[type[Any], ...]:
    """Return the types that a folder declares as LOOKS_AT; none: its collectors are always loaded."""
    kinds: tuple[type[Any], ...] = getattr(folder, "LOOKS_AT", ())
    return kinds


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _declared(collector: Collector[Any], module: ModuleType) -> None:
    if collector.schedule not in schedule_keys():
        raise ValueError(f"{module.__name__}: no collector declares [schedule] {collector.schedule}")
    if collector.collect_word is not None and collector.collect_word not in (*collect_words(), *own_keys()):
        raise ValueError(f"{module.__name__}: no collector declares {collector.collect_word} as a word of collect")
    folder = importlib.import_module(".".join(module.__name__.split(".")[:2]))
    if (kinds := _looked_at(folder)) and collector.looks_at not in kinds:
        raise ValueError(f"{module.__name__} looks at {collector.looks_at.__name__}, not in LOOKS_AT of its folder")
    if kinds and collector.looks_at is DeclaredHost and collector.collect_word != folder.SCHEDULE.name:
        raise ValueError(f"{module.__name__} looks at hosts, but not by {folder.SCHEDULE.name}, the word of its folder")


def _claim(claims: dict[str, Declared], name: str, declared: Declared, module: ModuleType) -> None:
    if name in claims:
        raise ValueError(f"{module.__name__} declares {name}, which another file declares already")
    claims[name] = declared
