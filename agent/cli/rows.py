"""Group verdicts into the rows of one screen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from agent.cli.order import never_looked_at, worst_first
from agent.core.model import State, Verdict
from agent.core.reason import Reason
from agent.wording.gathered import COLON, MANY, SUBJECTS, gathered, listed
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.reasons.every import reason_words
from agent.wording.sentences import phrase
from agent.wording.targets.every import TARGETS

SEVERAL_TARGETS = Words(fr="{count} objectifs", en="{count} targets")

Shared = dict[tuple[str, str], set[tuple[State, Reason]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardRow:
    """One row: a state, what it is about, what was found, and what the machine itself said of it."""

    state: State
    subject: str
    title: str
    text: str
    said: str = ""


def rows(verdicts: Sequence[Verdict], language: Language) -> tuple[ScorecardRow, ...]:
    """Return the rows of a scorecard, worst first."""
    ordered = worst_first(verdicts)
    shared = _shared(ordered)
    return tuple(row for _, kind in groupby(ordered, key=_kind) for row in _rows_of(list(kind), shared, language))


def _kind(verdict: Verdict) -> tuple[State, str, Reason]:
    # What nothing looks at yet is one matter, whatever its targets.
    return verdict.state, "" if never_looked_at(verdict) else verdict.target, verdict.reason


def _rows_of(kind: Sequence[Verdict], shared: Shared, language: Language) -> Iterator[ScorecardRow]:
    subjects = list(dict.fromkeys(_name(verdict, shared) for verdict in kind))
    targets = list(dict.fromkeys(verdict.target for verdict in kind))
    if len({(verdict.target, verdict.subject) for verdict in kind}) < MANY:
        yield from _single(kind, shared, language)
        return
    several = len(targets) > 1
    yield ScorecardRow(
        state=kind[0].state,
        subject=SUBJECTS.of(language).format(count=len(subjects)) if len(subjects) > 1 else subjects[0],
        title=SEVERAL_TARGETS.of(language).format(count=len(targets)) if several else title(targets[0], language),
        text=_reason_of_several(kind[0], targets, subjects, language),
    )


def _reason_of_several(one: Verdict, targets: Sequence[str], subjects: Sequence[str], language: Language) -> str:
    if len(targets) > 1:
        titles = listed([title(target, language) for target in targets], language)
        return f"{reason_words(one.reason, language)}{COLON.of(language)}{titles}"
    return gathered(one.target, one.reason, subjects, language)


def _single(kind: Iterable[Verdict], shared: Shared, language: Language) -> Iterator[ScorecardRow]:
    shown: set[ScorecardRow] = set()
    for verdict in kind:
        row = ScorecardRow(
            state=verdict.state,
            subject=_name(verdict, shared),
            title=title(verdict.target, language),
            text=phrase(verdict, language),
            said=inert(str(verdict.about.get("said", "")), 300),
        )
        if row not in shown:
            shown.add(row)
            yield row


def _shared(verdicts: Iterable[Verdict]) -> Shared:
    """Return, for each target and subject, the states and reasons that its beneficiaries' verdicts have."""
    found: Shared = defaultdict(set)
    for verdict in verdicts:
        found[verdict.target, verdict.subject].add((verdict.state, verdict.reason))
    return found


def _name(verdict: Verdict, shared: Shared) -> str:
    subject = inert(verdict.subject)
    alike = len(shared[verdict.target, verdict.subject]) == 1
    return subject if alike else f"{subject} [{inert(verdict.beneficiary)}]"


def title(target: str, language: Language) -> str:
    """Return a target's name as people read it."""
    return TARGETS[target].title.of(language) if target in TARGETS else inert(target)
