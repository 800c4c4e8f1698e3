"""What is due of people: the clocks that run, and the improvement plan of what is missed (convention, article 5)."""

from collections.abc import Iterable
from datetime import date, datetime

from agent.core.duties.entries import RegisterEntry
from agent.core.duties.terms import end_of
from agent.core.model import State, Verdict
from agent.export.snapshot import Snapshot
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.page import clock_line
from agent.wording.targets.every import TARGETS

PLANNED = Words(fr="{action} ; {owner}, {term}", en="{action}; {owner}, {term}")
NOTHING = Words(fr="aucune action n'est inscrite au plan", en="no action is entered in the plan")


def clocks(snapshot: Snapshot, language: Language) -> tuple[str, ...]:
    """Return a line for each entry whose clock runs or has run over, the nearest term first."""
    running: list[tuple[datetime, str]] = []
    colon = ": " if language == "en" else " : "
    several = len(snapshot.beneficiaries) > 1
    for verdict in snapshot.verdicts:
        due = verdict.about.get("due")
        own = verdict.about.get("entry") == verdict.subject
        if not own or not isinstance(due, date) or "closed" in verdict.about:
            continue
        ends = end_of(due)
        title = _title(verdict, language)
        whose = f" ({inert(verdict.beneficiary)})" if several else ""
        said = clock_line(ends - snapshot.at, due, language)
        running.append((ends, f"{inert(verdict.subject)}{whose}, {title[:1].lower()}{title[1:]}{colon}{said}"))
    return tuple(line for _, line in sorted(running))


def plan(snapshot: Snapshot, language: Language) -> tuple[str, ...]:
    """Return a line for each action about what is missed, the first one due before, then for each miss without one."""
    missed = [verdict for verdict in snapshot.verdicts if verdict.state is State.MISSED]
    planned = [(entry, verdict) for verdict in missed for entry in _about(verdict, snapshot.planned)]
    planned.sort(key=lambda pair: (_ends(pair[0]), pair[0].id))
    with_action = {verdict.key for _, verdict in planned}
    several = len(snapshot.beneficiaries) > 1
    return (
        *(_line(verdict, _planned(entry, snapshot, language), language, several) for entry, verdict in planned),
        *(
            _line(verdict, NOTHING.of(language), language, several)
            for verdict in missed
            if verdict.key not in with_action
        ),
    )


def planned_for(verdict: Verdict, snapshot: Snapshot, language: Language) -> tuple[str, ...]:
    """Return a line for each action about one verdict, the first one due before; that there is none, of a miss."""
    entries = sorted(_about(verdict, snapshot.planned), key=lambda entry: (_ends(entry), entry.id))
    if not entries and verdict.state is State.MISSED:
        return (NOTHING.of(language),)
    return tuple(_planned(entry, snapshot, language) for entry in entries)


def _about(verdict: Verdict, entries: Iterable[RegisterEntry]) -> Iterable[RegisterEntry]:
    wanted = (verdict.target, verdict.subject, verdict.beneficiary)
    return (entry for entry in entries if (entry.get("target"), entry.get("subject"), entry.beneficiary) == wanted)


def _ends(entry: RegisterEntry) -> str:
    due = entry.when("due")
    return "" if due is None else due.ends.isoformat()


def _planned(entry: RegisterEntry, snapshot: Snapshot, language: Language) -> str:
    due = entry.when("due")
    term = "" if due is None else clock_line(due.ends - snapshot.at, due.value, language)
    said = {"action": inert(entry.get("action") or "?", 200), "owner": inert(entry.get("owner") or "?")}
    return PLANNED.of(language).format(**said, term=term)


def _line(verdict: Verdict, said: str, language: Language, several: bool) -> str:
    colon = ": " if language == "en" else " : "
    whose = f" ({inert(verdict.beneficiary)})" if several else ""
    return f"{_title(verdict, language)}, {inert(verdict.subject)}{whose}{colon}{said}"


def _title(verdict: Verdict, language: Language) -> str:
    # What an older version judged may be no target of this one.
    words = TARGETS.get(verdict.target)
    return inert(verdict.target) if words is None else words.title.of(language)
