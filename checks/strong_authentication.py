"""strong-authentication: a password alone is never enough, for any account on any path (convention, article 5).

Two figures: the share of pairs of account and path on which a password alone is never enough is judged; beside it the
share with two proven factors is shown. What could not be told is neither.
"""

from collections.abc import Iterator, Sequence

from agent.core.access import ADMINISTRATOR, NOTHING, Strength, Way, account_of, ways_in
from agent.core.judging import Check, Need, Question
from agent.core.model import Detail, Finding, Gap, Observation, State
from agent.core.reason import Reason

COLLECTOR = "access"
# A part of the look without which a way may have gone unseen; jobs and sessions are no ways in.
PARTS = ("sshd", "keys", "accounts", "directory", "shadow", "sudo")


def needs(question: Question) -> tuple[Need, ...]:
    """Return the one look at the machine."""
    return (Need(collector=COLLECTOR, subject=question.item.id),)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what the ways into a machine come to: a weak one stands, whatever else could not be seen."""
    ways = tuple(ways_in(seen))
    administrators = frozenset(account_of(fact) for fact in seen.named(ADMINISTRATOR))
    gaps = [gap for gap in seen.gaps if _part(gap) in PARTS]
    yield _share(ways, administrators, question, whole=not gaps)
    for gap in gaps:
        yield Finding(state=State.UNPROVEN, reason=gap.reason, about={"said": gap.detail, "part": _part(gap)})


def _part(gap: Gap) -> str:
    return gap.subject.rpartition("/")[2]


def _share(ways: Sequence[Way], administrators: frozenset[str], question: Question, *, whole: bool) -> Finding:
    weak = [way for way in ways if way.strength is Strength.WEAK]
    unknown = [way for way in ways if way.strength is Strength.UNKNOWN]
    strong = len(ways) - len(weak) - len(unknown)
    about: dict[str, str | float | int] = {
        "pairs": len(ways),
        "strong": strong,
        "two_factors": sum(1 for way in ways if way.strength is Strength.STRONG and way.two_factors),
        "accounts": len({way.account for way in ways}),
        "administrators": len(administrators),
    }
    if unknown:
        about["untold"] = len(unknown)
    value = strong / len(ways) if ways else 1.0
    limit = question.target.limit if question.target.limit is not None else 1.0
    # Enough weak ones settle it; what is not told might still have been strong.
    if weak and (strong + len(unknown)) / len(ways) < limit:
        first = min(weak, key=lambda way: (way.account not in administrators, way.account, way.path))
        return _finding(State.MISSED, Reason.WEAK_AUTHENTICATION, value, _named(first, about), limit)
    if not whole and not ways:
        return Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about=about)
    if value < limit:
        first = min(unknown, key=lambda way: (way.account not in administrators, way.account, way.path))
        return _finding(State.UNPROVEN, Reason.UNREADABLE, value, _named(first, about), limit)
    return _finding(State.MET, Reason.WITHIN_LIMIT, value, about, limit)


def _named(way: Way, about: Detail) -> Detail:
    bare = {"bare": 1} if way.weakest == NOTHING else {}
    return {**about, **bare, "account": way.account, "path": way.path, "enough": way.weakest}


def _finding(state: State, reason: Reason, value: float, about: Detail, limit: float) -> Finding:
    return Finding(state=state, reason=reason, value=value, limit=limit, unit="ratio", about=about)


CHECK = Check(target="strong-authentication", needs=needs, judge=judge)
