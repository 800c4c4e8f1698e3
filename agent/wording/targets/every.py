"""What each target of the convention says to a person: one file a target, named after it."""

from importlib import import_module
from types import MappingProxyType

from agent.core.convention import CLAUSES
from agent.core.reason import Reason
from agent.wording.entries import Due, ReasonWords, TargetWords
from agent.wording.languages import Language, Words
from agent.wording.reasons.every import REASONS


def _words(target: str) -> TargetWords:
    module = import_module(f"agent.wording.targets.{target.replace('-', '_')}")
    words: TargetWords = module.TARGET
    return words


TARGETS: MappingProxyType[str, TargetWords] = MappingProxyType({target: _words(target) for target in CLAUSES})


def target_title(target: str, language: Language) -> str:
    """Return the title of a target of the convention, by its id."""
    return TARGETS[target].title.of(language)


def held_of(target: str) -> Words:
    """Return what holds on a day on which a target is met. Raises ValueError for one that is not counted by day."""
    held = TARGETS[target].held
    if held is None:
        raise ValueError(f"{target} is counted by day, and has no words for what holds on a day")
    return held


def due_of(target: str) -> Due:
    """Return how what falls due of a target is spoken of. Raises ValueError for one that is not counted by event."""
    due = TARGETS[target].due
    if due is None:
        raise ValueError(f"{target} is counted by event, and has no words for what falls due")
    return due


def words_of(target: str, reason: Reason) -> ReasonWords:
    """Return what is said of a reason where a target gives it: the target's own words, else the general ones."""
    own = TARGETS[target].reasons if target in TARGETS else {}
    return own.get(reason, REASONS[reason])
