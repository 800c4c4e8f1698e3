"""The sentences of the quarterly report in English, the counterparts of those of `agent.wording.report`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.wording.entries import Due
from agent.wording.grounds import Grounds, held_words, single
from agent.wording.quantities import MONTHS, day
from agent.wording.tallies import Occurred, percent
from agent.wording.targets.every import due_of, held_of
from agent.wording.translated import ENGLISH


def split(tally: Tally) -> str:
    """Return how a tally splits, for someone who does not see its bar."""
    return (
        f"Of {tally.expected}: {tally.met} met, {tally.accepted} under an accepted risk, {tally.unproven} unproven,"
        f" {tally.missed} missed."
    )


def days(number: int) -> str:
    """Return a number of days."""
    return f"{number} day" if number == 1 else f"{number} days"


def day_sentence(target: str, tally: Tally, outcome: QuarterOutcome | None, grounds: Grounds, unseen: int = 0) -> str:
    """Return the result of a quarter counted by day, in one sentence; `unseen` of the accepted days were unproven."""
    if outcome is QuarterOutcome.NOT_APPLICABLE:
        return "The inventory declares, with its reason, that this target applies to no subject."
    if not tally.expected:
        return ENGLISH["Rien n'était suivi pendant cette période : on ne peut rien affirmer."]
    if tally.unproven == tally.expected:
        none = f"None of these {tally.expected} days is" if tally.expected > 1 else "The only day expected is not"
        whole = "" if single(grounds) else " for all that is followed"
        return f"{none} proven{whole}: evidence is lacking."
    held = held_words(held_of(target), target, grounds, "en")
    if tally.met == tally.expected:
        each = f"On each of the {tally.expected} days" if tally.expected > 1 else "On the only day expected"
        return f"{each}, {held}."
    parts = [
        f"this was not so on {days(tally.missed)}" if tally.missed else "",
        _accepted(tally.accepted - unseen, "outside the objective") if tally.accepted > unseen else "",
        _accepted(unseen, "unproven") if unseen else "",
        f"for {_others(tally.unproven, other=tally.missed > 0)}, evidence is lacking" if tally.unproven else "",
    ]
    said = "; ".join(part for part in parts if part)
    return f"On {tally.met} of {days(tally.expected)} ({percent(tally, 'en')}), {held}; {said}."


def _accepted(number: int, what: str) -> str:
    return f"{days(number)} {what}, covered by an accepted risk, by the register"


def _others(number: int, *, other: bool) -> str:
    if not other:
        return days(number)
    return "1 other" if number == 1 else f"{number} others"


def event_sentence(target: str, found: Occurred, outcome: QuarterOutcome, *, declared: bool) -> str:
    """Return the result of a quarter counted by event, in one sentence."""
    due = due_of(target)
    if not found.due and not found.months:
        if outcome is QuarterOutcome.NOT_APPLICABLE:
            return _by_register(f"{due.none.en} this quarter", declared=declared)
        nothing = "Nothing is declared for this target: nothing can be said."
        return ENGLISH["Rien n'était encore suivi pendant cette période."] if found.not_yet else nothing
    parts = []
    if found.due:
        one = found.due == 1
        done = (due.done if one else due.all_done).en
        said = f", {done}" if found.met == found.due else f": {_kept(found, due)}"
        parts.append(f"{found.due} {(due.one if one else due.several).en}{said}")
    if found.months:
        parts.append(f"for {_joined(found.months)}, neither an entry nor a signed absence: nothing can be said")
    return _by_register("; ".join(parts), declared=declared)


def _kept(found: Occurred, due: Due) -> str:
    parts = [
        due.kept(found.met, "en") if found.met else "",
        f"{found.late} late" if found.late else "",
        f"{found.to_do} still to be done, past its time limit" if found.to_do else "",
        f"{found.unproven} without evidence" if found.unproven else "",
        f"{found.accepted} under an accepted risk" if found.accepted else "",
    ]
    said = _joined([part for part in parts if part])
    return said.removeprefix("1 ") if found.due == 1 else said


def _by_register(said: str, *, declared: bool) -> str:
    return f"By the register, {said}." if declared else f"{said[:1].upper()}{said[1:]}."


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def lead(rated: Iterable[QuarterOutcome]) -> str:
    """Return the report's first sentence, of the outcomes that have a rate."""
    counted = Counter(rated)
    total = counted.total()
    if not total:
        return "No target was to be assessed this quarter."
    of_all = "the only target" if total == 1 else f"the {total} targets"
    met, lacking = counted[QuarterOutcome.ATTAINED], counted[QuarterOutcome.NOT_DEMONSTRATED]
    if met == total:
        return f"{of_all[:1].upper()}{of_all[1:]} assessed this quarter {'is' if total == 1 else 'are all'} met."
    if lacking == total:
        return f"Of {of_all} assessed this quarter, none is proven: evidence is lacking."
    parts = [
        _said(met, "is met", "are met"),
        _said(counted[QuarterOutcome.NOT_ATTAINED], "is missed", "are missed"),
        _said(counted[QuarterOutcome.RISK_ACCEPTED], "is under an accepted risk", "are under an accepted risk"),
    ]
    known = [part for part in parts if part]
    unproven = f"for {lacking}, evidence is lacking" if lacking else ""
    said = "; ".join(part for part in (_joined(known) if known else "", unproven) if part)
    return f"Of {of_all} assessed this quarter, {'' if met else 'none is met: '}{said}."


def _said(number: int, one: str, several: str) -> str:
    return "" if not number else f"{number} {one if number == 1 else several}"


def span(first: date, last: date) -> str:
    """Return some days in words: one day, two, or from one date to another."""
    if first == last:
        return f"on {day(first, 'en')}"
    if (first.year, first.month) == (last.year, last.month):
        if last.day - first.day == 1:
            return f"on {first.day} and {day(last, 'en')}"
        return f"from {first.day} to {day(last, 'en')}"
    month = MONTHS["en"].split()[first.month - 1]
    year = "" if first.year == last.year else f" {first.year}"
    return f"from {first.day} {month}{year} to {day(last, 'en')}"
