"""One sentence for many subjects of one target that share a state and a reason."""

from collections.abc import Sequence

from agent.core.reason import Reason
from agent.wording.languages import Language, Words
from agent.wording.targets.every import words_of

# From this many on, verdicts of one target, state and reason are gathered.
MANY = 4
NAMED = 3

SUBJECTS = Words(fr="{count} éléments", en="{count} subjects")
AND_MORE = Words(fr="et {count} autres", en="and {count} more")
COLON = Words(fr=" : ", en=": ")


def gathered(target: str, reason: Reason, subjects: Sequence[str], language: Language, count: int | None = None) -> str:
    """Return what was found of some subjects, the first few by name, such as «trop ancien : files, mail».

    `count`: how many they are, where not all of them are given.
    """
    words, names = words_of(target, reason), listed(subjects, language, count)
    if words.listed is None:
        return f"{words.short.of(language)}{COLON.of(language)}{names}"
    # The names come last: what was read from outside is never read as a format.
    return words.listed.of(language).replace("{subjects}", names)


def listed(names: Sequence[str], language: Language, count: int | None = None) -> str:
    """Return the first few names, and how many follow; `count`: how many there are, where not all are given."""
    every = len(names) if count is None else count
    if every <= NAMED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED])} {AND_MORE.of(language).format(count=every - NAMED)}"
