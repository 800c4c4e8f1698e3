"""A second account of a quarter, written from the convention alone: it shares no code with the one that it is held to.

It reads plain records: days as ordinal numbers, states as words. Sources: convention, articles 5 and 5.2, and the rules
of how a quarter is counted (docs/accounting.md).
"""

from dataclasses import dataclass, field
from fractions import Fraction

COUNTED = ("missed", "unproven", "accepted", "met")
NOT_EXPECTED = "not-applicable"
WORST_TO_BEST = (*COUNTED, NOT_EXPECTED)


@dataclass(frozen=True, slots=True)
class Thing:
    """One subject of one target: expected from `starts` to `ends`; `gone`: the day on which it vanished without end."""

    target: str
    name: str
    starts: int
    ends: int | None = None
    gone: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """An agreement about one subject (None: all of a target), that says it holds from `first` to `last`."""

    target: str
    name: str | None
    first: int
    last: int
    entered: int
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A quarter as it went: what was measured on which day, and what was agreed."""

    first: int
    last: int
    things: tuple[Thing, ...]
    measured: dict[tuple[str, str, int], str] = field(default_factory=dict)
    accepted: tuple[Paper, ...] = ()
    excluded: tuple[Paper, ...] = ()
    adapted: tuple[Paper, ...] = ()


def account(story: Story) -> dict[str, dict[str, object]]:
    """Return each target's counts and words, and its subjects' counts."""
    return {target: _target(story, target) for target in sorted({thing.target for thing in story.things})}


def _target(story: Story, target: str) -> dict[str, object]:
    things = [thing for thing in story.things if thing.target == target]
    plain = {thing.name: _days(story, thing, with_papers=False) for thing in things}
    papers = {thing.name: _days(story, thing, with_papers=True) for thing in things}
    days, bare = _worst(papers), _worst(plain)
    needed = sum((_share(story, target, day) for day, state in days.items() if state != NOT_EXPECTED), Fraction(0))
    word, measured_word = _word(days, needed), _word(bare, needed)
    if word == "missed":
        # An acceptance never makes the word worse.
        word = measured_word
    found: dict[str, object] = {
        **_counts(days),
        "word": word,
        "measured_word": measured_word,
        "subjects": [{"subject": name, **_counts(own)} for name, own in sorted(papers.items()) if own],
    }
    return {**found, "excluded": _excluded(story, target, papers)}


def _excluded(story: Story, target: str, papers: dict[str, dict[int, str]]) -> dict[str, object] | None:
    """Return the counts and the word without the subjects' days that are agreed to be left out; None without any."""
    left = {
        name: {day: state for day, state in own.items() if not _is_left_out(story, target, name, day)}
        for name, own in papers.items()
    }
    if left == papers:
        return None
    days = _worst(left)
    bare = _worst(
        {
            thing.name: {
                day: state for day, state in _days(story, thing, with_papers=False).items() if day in left[thing.name]
            }
            for thing in story.things
            if thing.target == target
        }
    )
    needed = sum((_share(story, target, day) for day, state in days.items() if state != NOT_EXPECTED), Fraction(0))
    word = _word(days, needed)
    return {**_counts(days), "word": _word(bare, needed) if word == "missed" else word}


def _is_left_out(story: Story, target: str, name: str, day: int) -> bool:
    return any(
        (paper.target, paper.name) == (target, name) and max(paper.first, paper.entered) <= day <= paper.last
        for paper in story.excluded
    )


def _days(story: Story, thing: Thing, *, with_papers: bool) -> dict[int, str]:
    """Return the state of each day that is expected of a subject."""
    found = {}
    for day in range(story.first, story.last + 1):
        if day < thing.starts or (thing.ends is not None and day > thing.ends):
            continue
        gone = thing.gone is not None and day > thing.gone
        state = "unproven" if gone else story.measured.get((thing.target, thing.name, day), "unproven")
        covered = any(
            (paper.target, paper.name) == (thing.target, thing.name)
            and max(paper.first, paper.entered) <= day <= paper.last
            for paper in story.accepted
        )
        if with_papers and covered and state in ("missed", "unproven"):
            state = "accepted"
        found[day] = state
    return found


def _worst(subjects: dict[str, dict[int, str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for own in subjects.values():
        for day, state in own.items():
            found[day] = min(found.get(day, NOT_EXPECTED), state, key=WORST_TO_BEST.index)
    return found


def _share(story: Story, target: str, day: int) -> Fraction:
    """Return the share of days that is asked on a day: all of them, unless an adaptation is in force."""
    in_force = [
        paper
        for paper in story.adapted
        if paper.target == target and max(paper.first, paper.entered) <= day and paper.share is not None
    ]
    if not in_force:
        return Fraction(1)
    latest = max(in_force, key=lambda paper: max(paper.first, paper.entered))
    return latest.share or Fraction(1)


def _word(days: dict[int, str], needed: Fraction) -> str:
    states = [state for state in days.values() if state != NOT_EXPECTED]
    if not states:
        return NOT_EXPECTED if days else "unproven"
    met, unproven, accepted = states.count("met"), states.count("unproven"), states.count("accepted")
    if met >= needed:
        return "met"
    if met + accepted >= needed:
        return "accepted"
    return "missed" if met + unproven < needed else "unproven"


def _counts(days: dict[int, str]) -> dict[str, int]:
    states = list(days.values())
    counted = {state: states.count(state) for state in COUNTED}
    return {"expected": sum(counted.values()), **counted}
