"""What amendments changed of a target counted by event, in sentences: each key that counts, as it was first. Pure."""

from collections.abc import Iterator

from agent.core.convention import CLAUSES
from agent.core.duties.entries import DUTIES, RegisterEntry, clock_keys
from agent.report.entered import entered_late, written
from agent.report.entry_tables import told_within
from agent.report.figures import Report, TargetFigures
from agent.report.first_said import first_said
from agent.report.names import Names
from agent.report.tables import mark
from agent.wording import report as words
from agent.wording.quantities import day
from agent.wording.registers import key_name

# The keys by which something that comes back is counted, beside the one of its subject.
EXERCISED_BY = ("performed", "result", "duration", "recovery_point")
# More amended keys than these are counted: the tables have them all.
_MOST_SAID = 4


def counted_by(target: str) -> tuple[str, tuple[str, ...]]:
    """Return the register that a target counted by event is counted from, and the keys that decide."""
    performed = CLAUSES[target].performed
    if performed is not None:
        return performed.register, (*EXERCISED_BY, performed.subject)
    return DUTIES[target].register, clock_keys(DUTIES[target])


def amended_said(one: TargetFigures, report: Report, called: Names) -> tuple[str, ...]:
    """Return what was first said of each key by which a target is counted, where it was amended since."""
    if one.events is None:
        return ()
    said = tuple(_said(one, report, called))
    beyond = len(said) - _MOST_SAID
    return said if beyond <= 0 else (*said[:_MOST_SAID], called.say(words.MORE_AMENDED).format(number=beyond))


def with_amended(sentence: str, one: TargetFigures, report: Report, called: Names) -> str:
    """Return a target's sentence, with what the entries behind it said first."""
    said = called.say(" ; ").join(amended_said(one, report, called))
    changes = called.say(words.AMENDED).format(changes=said) if said else ""
    beside = (corrected_word(one, report, called), in_time_word(one, report, called))
    return " ".join(part for part in (sentence, *beside, changes) if part)


def corrected_word(one: TargetFigures, report: Report, called: Names) -> str:
    """Return the word that a target would have by what was amended or entered later; empty where it is the same."""
    if one.events is None or one.events.corrected is None:
        return ""
    register, keys = counted_by(one.target)
    # What was amended out of the quarter is no longer behind it, and is corrected all the same.
    own = [entry for entry in report.entries if entry.register == register]
    changes = [(change.on, change.by, words.CORRECTED) for entry in own for key in keys
               if (change := entry.changed(key)) is not None]  # fmt: skip
    added = [(on, written(entry, "performed")[1], words.BY_NEW_ENTRY) for entry in own
             if (on := entered_late(entry, "performed")) is not None]  # fmt: skip
    on, by, said = max([*changes, *added], key=lambda found: found[0])
    word = mark(one.events.corrected, called.language).word
    return called.say(said).format(day=day(on, called.language), by=called.by(by), word=word)


def in_time_word(one: TargetFigures, report: Report, called: Names) -> str:
    """Return the word that a target would have without what was entered after its term; empty where it is the same."""
    if one.events is None or one.events.in_time is None:
        return ""
    known = {entry.id: entry for entry in report.entries}
    after = [(item.entered_after, known[item.entry]) for item in one.events.occurrences
             if item.entered_after is not None and item.entry in known]  # fmt: skip
    said = [
        called.say(words.ENTERED_AFTER).format(
            id=entry.id, day=day(on, called.language), by=called.by(_author(one.target, entry))
        )
        for on, entry in after[:_MOST_SAID]
    ]
    beyond = len(after) - _MOST_SAID
    more = called.say(" et {number} de plus").format(number=beyond) if beyond > 0 else ""
    word = mark(one.events.in_time, called.language).word
    return called.say(words.IN_TIME).format(entries=called.say(" ; ").join(said) + more, word=word)


def _author(target: str, entry: RegisterEntry) -> str:
    """Return who entered the date by which a target counts an entry as done."""
    key = dated_by(target)
    return "" if key is None else written(entry, key)[1]


def dated_by(target: str) -> str | None:
    """Return the key whose date a target counts an entry as done by; None: a look shows it, not the register."""
    if CLAUSES[target].performed is not None:
        return "performed"
    duty = DUTIES[target]
    return "performed" if duty.register == "restore" else duty.closed


def _said(one: TargetFigures, report: Report, called: Names) -> Iterator[str]:
    register, keys = counted_by(one.target)
    for entry in _behind(one, register, report):
        for key in keys:
            first = first_said(entry, key, called)
            if first:
                yield words.KEY_AMENDED.format(id=entry.id, key=key_name(key, called.language), first=first)


def _behind(one: TargetFigures, register: str, report: Report) -> tuple[RegisterEntry, ...]:
    """Return the entries of a register that bear on the quarter: by what happened in it, or fell due in it."""
    own = tuple(entry for entry in report.entries if entry.register == register)
    within = {entry.id for entry in told_within(own, report.quarter.first, report.quarter.last)}
    counted = {item.entry for item in (() if one.events is None else one.events.occurrences)}
    return tuple(entry for entry in own if entry.id in within | counted)
