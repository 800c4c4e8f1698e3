"""log-collection: what is collected carries the right time (convention, article 5). Each kind of subject has its part.

A machine's clock is within a second of reference time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from agent.core.inventory import DeclaredHost
from agent.core.judging import Check, Need, Question
from agent.core.model import Finding, Observation
from agent.core.timekeeping import clock_finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Hold how one kind of subject is judged: what its verdict rests on, and what a look at it comes to."""

    needs: Callable[[Question], tuple[Need, ...]]
    judge: Callable[[Need, Observation, Question], Iterable[Finding]]


def clock_needs(question: Question) -> tuple[Need, ...]:
    """Return the look at the machine's clock."""
    machine: DeclaredHost = question.item
    return (Need(collector="clock", subject=machine.id),)


def judge_clock(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what the look at the machine's clock comes to."""
    yield clock_finding(seen)


PARTS: Mapping[type, Part] = {
    DeclaredHost: Part(needs=clock_needs, judge=judge_clock),
}


def needs(question: Question) -> tuple[Need, ...]:
    """Return what the verdict rests on; nothing for a kind of subject that nobody looks at, which is then unproven."""
    part = PARTS.get(type(question.item))
    return () if part is None else part.needs(question)


def judge(need: Need, seen: Observation, question: Question) -> Iterable[Finding]:
    """Return what one look comes to."""
    return PARTS[type(question.item)].judge(need, seen, question)


CHECK = Check(target="log-collection", needs=needs, judge=judge)
