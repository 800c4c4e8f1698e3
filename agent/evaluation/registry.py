"""Discover collectors, backup programs and checks by listing their packages."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, ModuleType
from typing import TypeVar

import checks
import collectors
from agent.config.schedule_keys import collect_words, schedule_keys
from agent.core.collecting.backup_program import BackupProgram
from agent.core.collecting.collector import Collector, no_program
from agent.core.inventory import Copy
from agent.core.judging.check import Check

Declared = TypeVar("Declared", Collector, Check, BackupProgram)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Every collector by its name, every check by its target and every backup program by its name."""

    collectors: Mapping[str, Collector]
    checks: Mapping[str, Check]
    documents: Mapping[str, str]
    programs: Mapping[str, BackupProgram] = field(default_factory=dict)

    def program(self, copy: Copy) -> BackupProgram:
        """Return what a copy's backups are made with. Raises ToolMissing."""
        return self.programs.get(copy.program.name) or no_program(copy)


def find() -> Registry:
    """Return what the two packages hold; raise ValueError for a name claimed twice or a key that none declares."""
    found_collectors: dict[str, Collector] = {}
    found_checks: dict[str, Check] = {}
    programs: dict[str, BackupProgram] = {}
    documents: dict[str, str] = {}
    for module in _modules(collectors):
        collector = getattr(module, "COLLECTOR", None)
        if isinstance(collector, Collector):
            _claim(found_collectors, collector.name, collector, module)
            _declared(collector, module)
            documents[collector.name] = module.__doc__ or ""
        program = getattr(module, "PROGRAM", None)
        if isinstance(program, BackupProgram):
            _claim(programs, program.looks.name, program, module)
    for module in _modules(checks):
        check = getattr(module, "CHECK", None)
        if isinstance(check, Check):
            _claim(found_checks, check.target, check, module)
    return Registry(
        collectors=MappingProxyType(found_collectors),
        checks=MappingProxyType(found_checks),
        documents=MappingProxyType(documents),
        programs=MappingProxyType(programs),
    )


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _declared(collector: Collector, module: ModuleType) -> None:
    if collector.schedule not in schedule_keys():
        raise ValueError(f"{module.__name__}: no collector declares [schedule] {collector.schedule}")
    if collector.collect_word is not None and collector.collect_word not in collect_words():
        raise ValueError(f"{module.__name__}: no collector declares {collector.collect_word} as a word of collect")


def _claim(claims: dict[str, Declared], name: str, declared: Declared, module: ModuleType) -> None:
    if name in claims:
        raise ValueError(f"{module.__name__} declares {name}, which another file declares already")
    claims[name] = declared
