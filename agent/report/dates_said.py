"""A date of a register as a report prints it. Pure."""

from agent.core.duties.moments import read_when
from agent.wording.languages import Language
from agent.wording.quantities import day, instant


def when_of(text: str | None, language: Language = "fr") -> str:
    """Return an instant or a day of a register in words, a dash where there is none."""
    if text is None:
        return "—"
    when = read_when(text)
    return instant(when.begins, language) if when.begins == when.ends else day(when.day, language)
