"""What a key of an entry said before it was amended, beside what it says now. Pure."""

from agent.core.duties.entries import KeyHistory, RegisterEntry
from agent.report.entered_tables import shown
from agent.report.names import Names
from agent.wording import report as words
from agent.wording.quantities import day


def told(key: str, value: str, called: Names) -> str:
    """Return a value of an entry in words."""
    if key == "evidence":
        return called.say("une autre pièce")
    return shown(key, value, called)


def first_said(entry: RegisterEntry, key: str, called: Names) -> str:
    """Return what a key said first, when it was changed and by whom; empty where it never was."""
    change = entry.changed(key)
    return "" if change is None else _changed(key, change, called)


def _changed(key: str, change: KeyHistory, called: Names) -> str:
    first, on = told(key, change.first, called), day(change.on, called.language)
    return called.say(words.FIRST_SAID).format(first=first, day=on, by=called.by(change.by))


def beside_first(now: str, entry: RegisterEntry, key: str, called: Names) -> str:
    """Return what a table shows of a key, with what it said first where it was amended."""
    first = first_said(entry, key, called)
    return f"{now} ({first})" if first else now
