"""strong-authentication: a password alone is never enough, for any account on any path (convention, article 5).

Two figures: the share of pairs of account and path on which a password alone is never enough is judged; beside it the
share with two proven factors is shown. What could not be told is neither.
"""

from collections.abc import Iterator, Sequence

from agent.core.facts.access import ADMINISTRATOR, NOTHING, UNKNOWN, WAY, AccessPath, Strength, account_of, ways_in
from agent.core.judging.check import Check, Need, Question
from agent.core.model import Detail, DetailValue, Finding, Gap, Observation, State
from agent.core.reason import Reason

COLLECTOR, DOORS = "access", "doors"
DOOR = "door:"
# A part of the look without which a way may have gone unseen; jobs and sessions are no ways in.
PARTS = ("sshd", "keys", "accounts", "directory", "shadow", "sudo", "other-doors")


def needs(question: Question) -> tuple[Need, ...]:
    """Return the look at the machine, and the one at what is told of its other doors."""
    host = question.item.id
    own = Need(collector=COLLECTOR, subject=host)
    return (own, Need(collector=DOORS, subject=host)) if question.item.doors else (own,)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what the ways into a machine come to: a weak one stands, whatever else could not be seen.

    Both looks are one figure; the doors have one of their own only where the machine itself was not seen.
    """
    beside = DOORS if need.collector == COLLECTOR else COLLECTOR
    other = question.beside(beside, question.item.id) if question.item.doors else None
    if need.collector == DOORS and other is not None:
        return
    doors = seen if need.collector == DOORS else other
    ways = tuple(ways_in(seen)) if need.collector == COLLECTOR else ()
    if doors is not None:
        ways += tuple(_of_doors(doors, question))
    administrators = frozenset(account_of(fact) for fact in seen.named(ADMINISTRATOR))
    gaps = [gap for gap in seen.gaps if _part(gap) in PARTS]
    gaps += [gap for gap in (() if doors is None else doors.gaps) if _part(gap).startswith(DOOR)]
    yield _share(ways, administrators, question, whole=not gaps)
    for gap in gaps:
        yield Finding(state=State.UNPROVEN, reason=gap.reason, about={"said": gap.detail, "part": _part(gap)})


def _of_doors(seen: Observation, question: Question) -> Iterator[AccessPath]:
    """Yield the ways through the doors that are declared today; what was said too long ago is not known any more."""
    said = {fact.subject: fact.as_of for fact in seen.named(WAY)}
    told = {(way.account, way.path): way for way in ways_in(seen)}
    for door in question.item.doors:
        path = f"{DOOR}{door.id}"
        for account in door.accounts:
            way = told.get((account, path))
            if way is None:
                yield _untold(account, path, "no-evidence")
            elif question.now - said[f"{account} {path}"] > question.target.evidence_age:
                yield _untold(account, path, "stale")
            else:
                yield way


def _untold(account: str, path: str, why: str) -> AccessPath:
    return AccessPath(account=account, path=path, alternatives=frozenset({frozenset({f"{UNKNOWN}{why}"})}))


def _part(gap: Gap) -> str:
    return gap.subject.rpartition("/")[2]


def _share(ways: Sequence[AccessPath], administrators: frozenset[str], question: Question, *, whole: bool) -> Finding:
    weak = [way for way in ways if way.strength is Strength.WEAK]
    unknown = [way for way in ways if way.strength is Strength.UNKNOWN]
    strong = len(ways) - len(weak) - len(unknown)
    about: dict[str, DetailValue] = {
        "pairs": len(ways),
        "strong": strong,
        "two_factors": sum(1 for way in ways if way.strength is Strength.STRONG and way.two_factors),
        "accounts": len({way.account for way in ways}),
        "administrators": len(administrators),
    }
    if not ways:
        about["nobody"] = 1
    if unknown:
        about["untold"] = len(unknown)
    undeclared = sorted(administrators - frozenset(question.item.administrators or administrators))
    if undeclared:
        about |= {"undeclared": len(undeclared), "undeclared_first": undeclared[0]}
    value = strong / len(ways) if ways else 1.0
    limit = question.target.limit if question.target.limit is not None else 1.0
    # Enough weak ones settle it; what is unknown might still have been strong.
    if weak and (strong + len(unknown)) / len(ways) < limit:
        first = min(weak, key=lambda way: (way.account not in administrators, way.account, way.path))
        return _finding(State.MISSED, Reason.WEAK_AUTHENTICATION, value, _named(first, about), limit)
    if not whole and not ways:
        return Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about=about)
    if value < limit:
        first = min(unknown, key=lambda way: (way.account not in administrators, way.account, way.path))
        return _finding(State.UNPROVEN, Reason.UNREADABLE, value, _named(first, about), limit)
    return _finding(State.MET, Reason.WITHIN_LIMIT, value, about, limit)


def _named(way: AccessPath, about: Detail) -> Detail:
    bare = {"bare": 1} if way.weakest == NOTHING else {}
    door = {"door": 1} if way.path.startswith(DOOR) else {}
    return {**about, **bare, **door, "account": way.account, "path": way.path, "enough": way.weakest}


def _finding(state: State, reason: Reason, value: float, about: Detail, limit: float) -> Finding:
    return Finding(state=state, reason=reason, value=value, limit=limit, unit="ratio", about=about)


CHECK = Check(target="strong-authentication", needs=needs, judge=judge)
