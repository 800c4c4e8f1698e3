"""The time that a full restore of each backup takes: what measured it, or what it was estimated from. Pure."""

from collections.abc import Iterable
from datetime import date, datetime

from agent.core.model import Verdict
from agent.core.period import day_of
from agent.core.reason import Reason
from agent.report.names import Names
from agent.report.tables import Cell, ReportTable, table
from agent.wording.front import NOTHING_KEPT
from agent.wording.quantities import beside, day, instant
from agent.wording.sentences import phrase
from agent.wording.targets.every import words_of

# The lasting name of such a time among the values that a report prints.
RESTORE_TIME = "restore_time"
TITLE = "Durée d'une restauration complète : mesurée ou estimée"
NOTE = "Au dernier constat du trimestre pour chaque sauvegarde."
AT_MOST = "au plus {length}"
ESTIMATED = "estimée, borne haute à 95 %"
BY_EXERCISE = "exercice {entry} du {day}"
BY_SAMPLES = "{draws} restaurations partielles"
SET_BY = "{draws} restaurations partielles, et l'exercice {entry}"


def restore_times(verdicts: Iterable[Verdict], called: Names) -> list[ReportTable]:
    """Return, by backup, whether the time to restore it was measured or estimated, and from what."""
    rows = [_row(one, called) for one in verdicts]
    head = ("Sauvegarde", "Durée", "Établie comment", "D'après", "Constat")
    return table(TITLE, head, rows, note=called.say(NOTE), left_out="sauvegardes", language=called.language)


def basis_of(verdict: Verdict) -> str | None:
    """Return `measured` or `estimated`; None where no time is known."""
    basis = verdict.about.get("basis")
    return str(basis) if basis is not None and verdict.value is not None else None


def _row(one: Verdict, called: Names) -> tuple[Cell, ...]:
    return called.of(one.target, one.subject), *told(one, called), instant(one.at, called.language)


def told(one: Verdict, called: Names) -> tuple[str, str, str]:
    """Return a time to restore, how it was established, and from what."""
    if basis_of(one) is None or one.value is None:
        return "—", called.say("ni mesurée ni estimée"), _unknown(one, called)
    length = beside(one.value, one.limit, one.unit, called.language)
    if basis_of(one) == "measured":
        return length, called.say("mesurée"), _exercise(one, called)
    return called.say(AT_MOST).format(length=length), called.say(ESTIMATED), _samples(one, called)


def _unknown(one: Verdict, called: Names) -> str:
    if not called.public:
        return phrase(one, called.language)
    if one.reason is Reason.NOT_RUN:
        return called.say(NOTHING_KEPT)
    return words_of(one.target, one.reason).short.of(called.language)


def _exercise(one: Verdict, called: Names) -> str:
    performed = one.about.get("performed")
    when = day_of(performed) if isinstance(performed, datetime) else performed
    on = day(when, called.language) if isinstance(when, date) else "—"
    return called.say(BY_EXERCISE).format(entry=one.about.get("entry"), day=on)


def _samples(one: Verdict, called: Names) -> str:
    draws, entry = one.about.get("draws"), one.about.get("calibrated_by")
    return called.say(BY_SAMPLES if entry is None else SET_BY).format(draws=draws, entry=entry)
