"""What each target of the convention says to a person: one file a target, named after it."""

from importlib import import_module
from types import MappingProxyType

from agent.core.convention import CLAUSES
from agent.core.reason import Reason
from agent.wording.entries import ReasonWords, TargetWords
from agent.wording.languages import Language
from agent.wording.reasons.every import REASONS


def _words(target: str) -> TargetWords:
    module = import_module(f"agent.wording.targets.{target.replace('-', '_')}")
    words: TargetWords = module.TARGET
    return words


TARGETS: MappingProxyType[str, TargetWords] = MappingProxyType({target: _words(target) for target in CLAUSES})


def target_title(target: str, language: Language) -> str:
    """Return the title of a target of the convention, by its id."""
    return TARGETS[target].title.of(language)


def words_of(target: str, reason: Reason) -> ReasonWords:
    """Return what is said of a reason where a target gives it: the target's own words, else the general ones."""
    own = TARGETS[target].reasons if target in TARGETS else {}
    return own.get(reason, REASONS[reason])
