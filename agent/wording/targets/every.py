"""What each target says to a person: its title, what the convention promises, how it is measured, how to mend it."""

from types import MappingProxyType

from agent.wording.entries import TargetWords
from agent.wording.languages import Language
from agent.wording.targets.backups import BACKUPS
from agent.wording.targets.machines import MACHINES
from agent.wording.targets.registers import REGISTERS

TARGETS: MappingProxyType[str, TargetWords] = MappingProxyType({**BACKUPS, **MACHINES, **REGISTERS})


def target_title(target: str, language: Language) -> str:
    """Return the title of a target of the convention, by its id."""
    return TARGETS[target].title.of(language)
