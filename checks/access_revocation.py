"""access-revocation: nothing is left of someone 24 h after they left, on any host that was watched (article 5).

A departure is entered; only looks close it. A right that is seen after the term is missed, whatever comes later; where
no look tells, a host that cannot be reached keeps the case open. A right that is seen again once it was closed is told
beside the delay.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial

from agent.core.duties.entries import DUTIES, Closing, RegisterEntry, opened
from agent.core.duties.moments import read_when
from agent.core.duties.terms import Term, TermState, last_moment
from agent.core.judging.check import Check, Drawn, Need, Question, SuccessfulLook
from agent.core.judging.departure_course import (
    DepartureCourse,
    course_of,
    given_back,
    newest_rights,
    trace_of,
)
from agent.core.judging.departures import (
    TARGET,
    Leaver,
    RemainingAccess,
    accounts_of,
    digest_of,
    hindering,
    leaver_of,
    marks_in,
    names_in,
    part_of,
)
from agent.core.judging.events import in_hours, judge_months, limit_of
from agent.core.judging.holders import orphans_in
from agent.core.model import Detail, DetailValue, Failure, Finding, Observation, State
from agent.core.period import day_of
from agent.core.reason import Reason

COLLECTOR = "access"
DUTY = DUTIES[TARGET]
# Whose keys they are is read from the looks before the departure, too: the last one at least.
BEFORE = timedelta(hours=30)
# What is open for longer is judged by the newest looks alone: each turn keeps what it found.
FOLLOWED = timedelta(days=10)
# As many as a line of detail can bear; what is counted is all.
MOST_NAMED = 5


def needs(question: Question) -> tuple[Need, ...]:
    """Return a look at every host whose accounts are watched."""
    return tuple(_need(host.id) for host in question.inventory.hosts if host.collects(COLLECTOR))


@lru_cache(maxsize=4096)  # those of a thousand hosts are asked for at each look at one of them
def _need(host: str) -> Need:
    return Need(collector=COLLECTOR, subject=host, optional=True)


def entered(question: Question) -> Iterator[Finding]:
    """Yield the findings on a departure, or a beneficiary's months."""
    if isinstance(question.item, RegisterEntry):
        yield judge_departure(question.item, question)
    else:
        yield from judge_months(question, DUTY, lambda entry: judge_departure(entry, question))


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what one host shows that no one holds: told beside the months, with no objective in the text."""
    if isinstance(question.item, RegisterEntry):
        return
    departed = frozenset(
        account
        for entry in question.registered(DUTY.register)
        if entry.signs is None and opened(DUTY, entry).begins <= question.now
        for account in names_in(entry)
    )
    orphans = orphans_in(seen, question.inventory.holders, departed)
    named = (*orphans.accounts, *orphans.keys)
    about: Detail = {"on_host": need.subject, "local_people": orphans.people}
    if named:
        about = {
            **about,
            "orphan_accounts": len(orphans.accounts),
            "orphan_keys": len(orphans.keys),
            "orphans": ", ".join(named[:MOST_NAMED]),
        }
    yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about=about)


def judge_departure(entry: RegisterEntry, question: Question) -> Finding:
    """Return the findings on one departure: what was proven once stays so."""
    start = opened(DUTY, entry)
    upto = day_of(question.now if entry.closing is None else entry.closing.at)
    limit = limit_of(start, in_hours, partial(question.objective, TARGET), upto)
    term = in_hours(start, None, limit, question.now)
    running = term.outcome is TermState.RUNNING
    about: dict[str, DetailValue] = {
        "entry": entry.id,
        "opened": start.value,
        "due": last_moment(term.sure if running else term.due),
        "revision": digest_of(entry),
    }
    change = entry.changed(DUTY.opened)
    if change is not None:
        about |= {"first_opened": read_when(change.first).value, "amended": change.on}
    hosts = _Hosts(entry, question, start.begins)
    if entry.closing is not None:
        return _closed(entry, entry.closing, term, start.begins, {**about, **_given_back(hosts, entry.closing)})
    if not hosts.names:
        return Finding(state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about=about, evidence=(entry.id,))
    traces = hosts.drawn(trace_of, hosts.leaver, start.begins, term.due)
    course = course_of(traces, start.begins, hosts.looks_at)
    about["hosts"] = len(course.states)
    if course.closed is not None:
        closing = Closing(
            at=course.closed,
            seen_late=entry.seen_late or course.seen_late is not None,
            never_seen=not any(trace.is_known for trace in traces.values()),
            evidence=tuple(course.evidence.values()),
        )
        return _closed(entry, closing, term, start.begins, about)
    return _open(entry, course, term, question, {**about, **dict(_remaining(course))})


class _Hosts:
    """The hosts that are to show nothing of a person who left, and what is drawn from the looks at each."""

    def __init__(self, entry: RegisterEntry, question: Question, left: datetime) -> None:
        watched = (host.id for host in question.inventory.hosts if host.collects(COLLECTOR))
        self.names = sorted({*watched, *question.hosts(left)})
        self._question = question
        self._since, self._until = left - BEFORE, left + FOLLOWED
        self.leaver = leaver_of(entry, self.drawn(_marks_in, accounts_of(entry)).values())

    def drawn(self, draw: Callable[..., Drawn], *given: Hashable) -> dict[str, Drawn]:
        """Return what is drawn from the looks at each host."""
        return self._question.drawn(COLLECTOR, self.names, self._since, self._until, draw, *given)

    def looks_at(self, host: str) -> tuple[SuccessfulLook, ...]:
        """Return the looks at one host."""
        return self._question.looks(COLLECTOR, host, self._since, self._until)


def _marks_in(looks: Sequence[SuccessfulLook], accounts: frozenset[str]) -> Leaver:
    return marks_in((one.look for one in looks), accounts)


def _closed(entry: RegisterEntry, closing: Closing, term: Term, left: datetime, about: Detail) -> Finding:
    about = {**about, "closed": closing.at}
    about |= {name: 1 for name in ("seen_late", "never_seen") if getattr(closing, name)}
    state, reason = State.MET, Reason.WITHIN_LIMIT
    if closing.at > term.sure:
        # No one looked between the term and then: what was there at the term, no one saw.
        state, reason = State.UNPROVEN, Reason.INCOMPLETE
    if closing.seen_late:
        state, reason = State.MISSED, Reason.OVERDUE
    value = max((closing.at - left).total_seconds(), 0.0)
    return Finding(state=state, reason=reason, value=value, about=about, evidence=(entry.id, *closing.evidence))


def _given_back(hosts: _Hosts, closing: Closing) -> Detail:
    """Return what is told of rights that were seen again: the delay that was proven stays as it was."""
    shown = given_back(hosts.drawn(newest_rights, hosts.leaver), closing.at)
    if not shown:
        return {}
    host = min(shown)
    return {"given_back": sum(map(len, shown.values())), "back_on": host, "right_back": shown[host][0]}


def _remaining(course: DepartureCourse) -> Iterator[tuple[str, str | int]]:
    shown = [(host, right) for host, rights in sorted(course.rights.items()) for right in rights]
    if shown:
        yield from (("host", shown[0][0]), ("right", shown[0][1]), ("rights", len(shown)))
        yield "remaining", "; ".join(f"{host}: {right}" for host, right in shown[:MOST_NAMED])
    untold = sorted(host for host, state in course.states.items() if state is RemainingAccess.UNTOLD)
    if untold:
        yield from (("untold", untold[0]), ("untold_hosts", len(untold)))


def _open(entry: RegisterEntry, course: DepartureCourse, term: Term, question: Question, about: Detail) -> Finding:
    running = term.outcome is TermState.RUNNING
    state, reason = State.MET, Reason.ON_COURSE
    if entry.seen_late or course.seen_late is not None:
        state, reason = State.MISSED, Reason.RIGHT_REMAINING
        about = {**about, "seen_late": 1}
    elif term.outcome is TermState.UNKNOWN:
        state = State.UNPROVEN  # late or not, by the hour that was not entered
    elif not running:
        state, (reason, why) = State.UNPROVEN, _hindrance(course, question)
        about = {**about, **why}
    return Finding(
        state=state,
        reason=reason,
        value=term.value,
        stands_until=term.sure if running else None,
        about=about,
        evidence=(entry.id, *course.evidence.values()),
    )


def _hindrance(course: DepartureCourse, question: Question) -> tuple[Reason, Detail]:
    """Return why a host does not tell: its newest look's own reason, and which part of it was not seen, if one was."""
    watched = {need.subject for need in needs(question)}
    for host in sorted(host for host, state in course.states.items() if state is not RemainingAccess.NOTHING):
        if host not in watched:
            return Reason.NO_LONGER_DECLARED, {}
        newest = question.newest(COLLECTOR, host)
        if newest is None:
            return Reason.NOT_RUN, {}
        if isinstance(newest, Failure):
            return newest.reason, {}
        gap = next(hindering(newest), None)
        if gap is not None:
            return gap.reason, {"part": part_of(gap.subject), "said": gap.detail}
    return Reason.STALE_EVIDENCE, {}


CHECK = Check(target=TARGET, needs=needs, judge=judge, entered=entered)
