"""recovery-test: the recovery plan of each backup was exercised with success within the last year (article 5).

An exercise passes where it attains both objectives, of point and of time, as they were in force on its day (convention,
«Readings of the text»: *testés*).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import read_when
from agent.core.duties.terms import due_after, start_of
from agent.core.inventory import Backup
from agent.core.judging.check import Check, Question
from agent.core.judging.periodic import judge_periodic, last_performed
from agent.core.judging.recovery_tests import Shortfall, first_failed, shortfall
from agent.core.model import Finding, State


def entered(question: Question) -> Iterator[Finding]:
    """Yield how long ago the backup's last exercise passed; one that did not, later on, is told beside it."""
    backup: Backup = question.item
    exercises = [first_failed(entry, question.objective) for entry in question.registered("recovery-test")]
    own = [entry for entry in exercises if entry.get("backup") == backup.id]
    succeeded = [entry for entry in own if entry.get("result") == "ok"]
    short = {entry.id: one for entry in succeeded if (one := shortfall(entry, question.objective)) is not None}
    found = judge_periodic(question, exercises, lambda entry: _passed(entry, backup, question))
    last = last_performed(own, question.now)
    if last is not None and last.get("result") != "ok":
        found = replace(found, about={**found.about, "failed": read_when(last.values["performed"]).value})
    last = last_performed([one.entry for one in short.values()], question.now)
    if last is not None:
        found = _beside(found, short[last.id], question)
    yield found


def _passed(entry: RegisterEntry, backup: Backup, question: Question) -> bool:
    own = entry.get("backup") == backup.id and entry.get("result") == "ok"
    return own and shortfall(entry, question.objective) is None


def _beside(found: Finding, short: Shortfall, question: Question) -> Finding:
    """Return what counts: an exercise that passed within the year, else the one that did not."""
    performed = read_when(short.entry.values["performed"])
    due = due_after(performed, timedelta(seconds=question.target.limit or 0))
    if found.state is State.MET:
        passed = found.about["performed"]
        later = short.state is State.MISSED and isinstance(passed, date) and performed.begins > start_of(passed)
        return replace(found, about={**found.about, "short": performed.value}) if later else found
    if question.now > due or (found.state is State.MISSED and short.state is State.UNPROVEN):
        return found
    return Finding(
        state=short.state,
        reason=short.reason,
        value=short.value,
        limit=short.limit,
        unit="seconds",
        about={"entry": short.entry.id, "performed": performed.value},
        evidence=(short.entry.id,),
    )


CHECK = Check(target="recovery-test", entered=entered)
