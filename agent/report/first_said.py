"""What a key of an entry said before it was amended, beside what it says now. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from agent.core.durations import read_duration
from agent.core.duties.entries import KeyHistory, RegisterEntry
from agent.report.entered_tables import shown
from agent.report.names import Names
from agent.wording import report as words
from agent.wording.quantities import day, duration

_IN_WORDS: Mapping[str, str] = MappingProxyType({"yes": "oui", "no": "non", "ok": "réussi", "failed": "échoué"})


def told(key: str, value: str, called: Names) -> str:
    """Return a value of an entry in words."""
    if key in ("major", "cnil_due", "personal_data", "result"):
        return called.say(_IN_WORDS[value]) if value in _IN_WORDS else value
    if key == "evidence":
        return called.say("une autre pièce")
    return duration(read_duration(value), called.language) if key == "duration" else shown(key, value, called)


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
