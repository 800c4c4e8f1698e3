"""The first page of a report: what fell short, worst first, its cause, who acts, what is to be decided. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.core.convention import CLAUSES, CountingRule
from agent.core.duties.entries import RegisterEntry
from agent.core.model import State
from agent.core.reason import Reason
from agent.report.agreed_tables import dated
from agent.report.amended import amended_said, corrected_word, in_time_word, with_amended
from agent.report.days import Span
from agent.report.decisions import accepted_risks, decisions
from agent.report.entered import written
from agent.report.figures import Report, TargetFigures
from agent.report.first_said import beside_first
from agent.report.names import Names
from agent.report.shortfall import made_good, states_of_word
from agent.report.tables import TableMark, mark
from agent.report.target_tables import done_said
from agent.report.undisclosed import counts_said, open_counted, undisclosed
from agent.report.view_target import lacking, sentence
from agent.wording import front as words
from agent.wording.languages import Language
from agent.wording.quantities import day
from agent.wording.report import count, hypothetical, span
from agent.wording.targets.every import target_title, words_of
from agent.wording.translated import translated

SHORT = (QuarterOutcome.NOT_ATTAINED, QuarterOutcome.NOT_DEMONSTRATED)
# More silences, or occurrences that were late, than these are counted.
MOST_OUTAGES = 6
MOST_LATE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontRow:
    """One target that fell short: since when, whether it still does, why, and what is done about it by whom."""

    id: str
    title: str
    mark: TableMark
    sentence: str
    since: str
    cause: str
    actions: tuple[str, ...]
    trend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontView:
    """The first page. `others` are the targets that did not fall short, by their results.

    `undisclosed` says how many targets a report for everyone gives by their counts alone; empty elsewhere.
    """

    rows: tuple[FrontRow, ...]
    others: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    apart: str
    coverage: str
    outages: str
    accepted: tuple[str, ...]
    decisions: tuple[str, ...]
    undisclosed: str
    issued: str


def front(report: Report, called: Names) -> FrontView:
    """Return the first page of a report."""
    short = sorted((one for one in report.targets if one.outcome in SHORT), key=_gravity)
    return FrontView(
        rows=tuple(_row(one, report, called) for one in short),
        others=tuple(_others(report, called)),
        apart=_apart(report.targets, called.language),
        coverage=words.coverage(_subjects(report), called.language),
        outages=" ".join(filter(None, (_begins(report, called), outage_sentence(report.outages, called.language)))),
        accepted=accepted_risks(report, called),
        decisions=decisions(report, called),
        undisclosed=open_counted(report, called),
        issued=day(report.made_on, called.language),
    )


def _begins(report: Report, called: Names) -> str:
    """Return since when days are counted, where that is later than the period's first; else ""."""
    first = _first_counted(report)
    is_later = first is not None and first > report.span.first
    return called.say(words.BEGINS).format(day=day(first, called.language)) if first and is_later else ""


def _first_counted(report: Report) -> date | None:
    """Return the first day that is expected of any subject of a target that is counted by day."""
    by_day = (one for one in report.days if CLAUSES[one.key.target].counted is CountingRule.BY_DAY)
    firsts = (next((expected for expected, _ in one.rows()), None) for one in by_day)
    return min((first for first in firsts if first is not None), default=None)


def outage_sentence(spans: Sequence[Span], language: Language) -> str:
    """Return when the agent recorded nothing, in one sentence; empty where there was no such day."""
    if not spans:
        return ""
    said = [span(one.first, one.last, language) for one in spans[:MOST_OUTAGES]]
    beyond = sum(len(one.days) for one in spans[MOST_OUTAGES:])
    if beyond:
        said.append(translated(words.DAYS_MORE, language).format(days=beyond))
    *others, last = said
    when = f"{', '.join(others)}{translated(' et ', language)}{last}" if others else last
    of_a_day = sum(len(one.days) for one in spans) == 1
    return translated(words.OUTAGE_OF_A_DAY if of_a_day else words.OUTAGE, language).format(days=when)


def _gravity(one: TargetFigures) -> tuple[int, bool, int]:
    """Return what orders the rows: missed before unproven, open before closed, then by how much fell short."""
    tally = one.tally
    weight = 0 if tally is None else 2 * tally.missed + tally.unproven
    return SHORT.index(one.outcome or QuarterOutcome.NOT_DEMONSTRATED), not one.open, -weight


def _row(one: TargetFigures, report: Report, called: Names) -> FrontRow:
    if undisclosed(one, report, called):
        return _row_of_counts(one, called)
    plans = [entry for entry in report.entries if entry.register == "plan" and entry.get("target") == one.target]
    still = [entry for entry in plans if entry.when("done") is None]
    return FrontRow(
        id=one.target,
        title=target_title(one.target, called.language),
        mark=mark(one.outcome, called.language),
        sentence=with_amended(_both_words(one, called), one, report, called),
        since=_since(one, report, called),
        cause=_cause(one, plans, called),
        actions=tuple(_action(entry, report, called) for entry in still) or (called.say(words.NO_ACTION),),
        trend=called.say(_trend(one)),
    )


def _row_of_counts(one: TargetFigures, called: Names) -> FrontRow:
    """Return the row of a target whose open weakness is not for everyone."""
    left_out = called.say(words.UNDISCLOSED)
    return FrontRow(
        id=one.target,
        title=target_title(one.target, called.language),
        mark=mark(one.outcome, called.language),
        sentence=counts_said(one, called),
        since=left_out,
        cause=left_out,
        actions=(left_out,),
        trend=called.say(_trend(one)),
    )


def _both_words(one: TargetFigures, called: Names) -> str:
    """Return the target's sentence, with the other word where an agreement was entered later than its own date."""
    said = " ".join(part for part in (sentence(one, called.language), lacking(one, called)) if part)
    if one.hypothetical is None:
        return said
    other = hypothetical(one.hypothetical.outcome, one.hypothetical.entered_on, called.language)
    return f"{said} {other[:1].upper()}{other[1:]}."


def _since(one: TargetFigures, report: Report, called: Names) -> str:
    language = called.language
    if one.shortfall is None:
        return "—"
    since, last = one.shortfall.since, one.shortfall.last
    if last is None:
        return translated(words.OPEN_SINCE, language).format(day=day(since, language))
    if one.events is not None:
        return _made_good(one, report, called)
    short = span(since, last, language)
    if one.shortfall.then is None and one.left_missed:
        left = called.listed([called.of(one.target, subject) for subject in one.left_missed])
        return called.say(words.LEFT).format(days=short, subjects=left)
    if one.shortfall.then is None:
        return translated(words.CLOSED, language).format(days=short)
    state, from_day = one.shortfall.then
    word = translated(words.THEN_WORDS[state], language)
    return translated(words.THEN, language).format(days=short, word=word, day=day(from_day, language))


def _made_good(one: TargetFigures, report: Report, called: Names) -> str:
    """Return when each of what was late fell due and was made good; past some of them they are counted."""
    late = () if one.events is None else made_good(one.events)
    shown = ((day(item.due, called.language), done_said(item, one.target, report, called)) for item in late[:MOST_LATE])
    said = [called.say(words.MADE_GOOD).format(due=due, done=done) for due, done in shown]
    beyond = len(late) - MOST_LATE
    more = [called.say(words.MORE_LATE).format(number=beyond)] if beyond > 0 else []
    return called.say(" ; ").join([*said, *more])


def _cause(one: TargetFigures, plans: Sequence[RegisterEntry], called: Names) -> str:
    """Return the cause that was entered, and what was seen beside it."""
    entered = [_entered_cause(entry, called) for entry in plans if entry.get("cause")]
    came = one.deviations if one.events is None else one.events.occurrences
    # Accepted days are a cause only where they make the word.
    making = states_of_word(one.outcome, {item.state for item in came})
    named = {*making, State.MISSED, State.UNPROVEN}
    bad = sorted((item for item in one.deviations if item.state in named), key=lambda item: item.state not in making)
    reasons = [item.reason for item in bad if not item.silent]
    nothing = [words.STOPPED for item in bad if item.silent]
    if one.events is not None:
        due = [item for item in one.events.occurrences if item.state in named]
        reasons = [item.reason for item in due if item.month is None]
        nothing = [words.UNSIGNED for item in due if item.month is not None]
    nothing += [words.NOTHING_KEPT for reason in reasons if reason is Reason.NOT_RUN]
    shorts = (words_of(one.target, reason).short for reason in reasons if reason is not Reason.NOT_RUN)
    seen = list(dict.fromkeys(short.of(called.language) for short in shorts))[:2]
    told = words.ENTERED if CLAUSES[one.target].declared and one.events is not None else words.SEEN
    said = [called.say(told).format(reasons=", ".join(seen))] if seen else []
    lacking = list(dict.fromkeys(map(called.say, nothing)))[:2]
    return called.say(" ; ").join([*entered[:2], *said, *lacking]) or "—"


def _entered_cause(entry: RegisterEntry, called: Names) -> str:
    """Return a cause as what it is: someone's word, of a day; where it was amended, with what it was first."""
    on, author = written(entry, "cause")
    said = beside_first(called.text(entry.get("cause")), entry, "cause", called)
    when = day(on, called.language)
    return called.say(words.CAUSE).format(id=entry.id, day=when, by=called.by(author), cause=said)


def _action(entry: RegisterEntry, report: Report, called: Names) -> str:
    due = entry.when("due")
    late = due is not None and due.ends <= report.as_of
    overdue = called.say(words.OVERDUE) if late else ""
    if called.public:
        return called.say(words.ACTION_ENTERED).format(due=dated(entry, "due", called), late=overdue)
    owner, action = called.text(entry.get("owner")), called.text(entry.get("action"))
    return words.ACTION.format(action=action, owner=owner, due=dated(entry, "due", called), late=overdue)


def _trend(one: TargetFigures) -> str:
    """Return how a target went against the quarter before; what is unproven in either shows neither way."""
    before = one.past[-1].tally if one.past else None
    now = one.tally
    if before is None or now is None or before.ratio is None or now.ratio is None:
        return words.NO_TREND
    best_before, best_now = _highest(before), _highest(now)
    if now.ratio > best_before:
        return words.BETTER
    if best_now < before.ratio:
        return words.WORSE
    return words.STABLE if now.ratio == best_now == before.ratio == best_before else words.NO_TREND


def _highest(tally: Tally) -> Fraction:
    """Return the highest rate that a tally leaves possible; of an accepted day nothing says how it stood."""
    return Fraction(tally.expected - tally.missed, tally.expected)


def _others(report: Report, called: Names) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for outcome, title in words.OTHERS:
        own = [one for one in report.targets if one.outcome is outcome]
        if own:
            yield called.say(title), tuple((one.target, _other(one, report, called)) for one in own)


def _other(one: TargetFigures, report: Report, called: Names) -> str:
    if undisclosed(one, report, called):
        return target_title(one.target, called.language)
    beside = [said.rstrip(".") for said in (corrected_word(one, report, called), in_time_word(one, report, called))]
    remarks = [f"{said[:1].lower()}{said[1:]}" for said in beside if said] + list(amended_said(one, report, called))
    if one.measured_outcome is not None and one.measured_outcome is not one.outcome:
        remarks.append(
            called.say(words.WITHOUT_ACCEPTANCE).format(word=mark(one.measured_outcome, called.language).word)
        )
    if one.hypothetical is not None:
        remarks.append(hypothetical(one.hypothetical.outcome, one.hypothetical.entered_on, called.language))
    remarks += _fewer_days(one, report, called)
    if one.outcome is None and not one.standing:
        remarks.append(called.say(words.NO_FINDING))
    said = called.say(" ; ").join(remarks)
    return target_title(one.target, called.language) + (f" ({said})" if remarks else "")


def _fewer_days(one: TargetFigures, report: Report, called: Names) -> list[str]:
    """Return that a target was expected on fewer days than were counted of others, if it was."""
    first = _first_counted(report)
    if first is None or one.events is not None or one.tally is None or not one.tally.expected:
        return []
    every = (report.span.last - first).days + 1
    if one.tally.expected >= every:
        return []
    counted = count(one.tally.expected, "jour", "jours", called.language)
    return [called.say(words.FEWER_DAYS).format(counted=counted, all=every)]


def _apart(targets: Sequence[TargetFigures], language: Language) -> str:
    """Return how many of the measured and of the declared targets are attained, apart."""
    rated = [one for one in targets if one.outcome not in (None, QuarterOutcome.NOT_APPLICABLE)]
    declared = [one for one in rated if CLAUSES[one.target].declared]
    measured = [one for one in rated if not CLAUSES[one.target].declared]
    return words.apart((_attained(measured), len(measured)), (_attained(declared), len(declared)), language)


def _attained(targets: Sequence[TargetFigures]) -> int:
    return sum(1 for one in targets if one.outcome is QuarterOutcome.ATTAINED)


def _subjects(report: Report) -> dict[str, int]:
    """Return how many things of each kind the figures are about: those of which days were expected."""
    found = {kind: set[str]() for kind in words.KINDS}
    for one in report.days:
        for kind, targets in words.KINDS.items():
            if one.key.target in targets:
                found[kind].add(one.key.subject)
    found["machine"] |= {one.key.subject for one in report.days} & {host for host, _, _ in report.hosts}
    found["flux"] -= found["machine"]
    return {kind: len(subjects) for kind, subjects in found.items()}
