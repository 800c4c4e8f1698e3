"""The first page of a report: what fell short, worst first, its cause, who acts, what is to be decided. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.model import State
from agent.core.period import day_of
from agent.core.reason import Reason
from agent.report.agreed_tables import dated
from agent.report.agreements_shown import acceptances_shown, days_in_force, signer
from agent.report.amended import amended_said, corrected_word, with_amended
from agent.report.days import Span
from agent.report.entered import entering, written
from agent.report.figures import Report, TargetFigures
from agent.report.first_said import beside_first
from agent.report.names import Names
from agent.report.shortfall import made_good
from agent.report.tables import TableMark, mark
from agent.report.view_target import sentence
from agent.wording import front as words
from agent.wording.quantities import day
from agent.wording.report import OUTCOMES, hypothetical, span
from agent.wording.targets.every import target_title, words_of

SHORT = (QuarterOutcome.NOT_ATTAINED, QuarterOutcome.NOT_DEMONSTRATED)
# An accepted risk that ends within a quarter of the report's end is to be decided anew.
# More silences than these are counted.
MOST_OUTAGES = 6
MOST_LATE = 3
RENEWED_WITHIN = timedelta(days=92)


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
    """The first page. `others` are the targets that did not fall short, by their results."""

    rows: tuple[FrontRow, ...]
    others: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    apart: str
    coverage: str
    outages: str
    accepted: tuple[str, ...]
    decisions: tuple[str, ...]
    issued: str


def front(report: Report, called: Names) -> FrontView:
    """Return the first page of a report."""
    short = sorted((one for one in report.targets if one.outcome in SHORT), key=_gravity)
    return FrontView(
        rows=tuple(_row(one, report, called) for one in short),
        others=tuple(_others(report, called)),
        apart=_apart(report.targets),
        coverage=words.coverage(_subjects(report)),
        outages=outage_sentence(report.outages),
        accepted=tuple(_accepted(report, called)),
        decisions=tuple(_decisions(report, called)),
        issued=day(report.made_on, "fr"),
    )


def outage_sentence(spans: Sequence[Span]) -> str:
    """Return when the agent did not run, in one sentence; empty where it always ran."""
    if not spans:
        return ""
    said = [span(one.first, one.last) for one in spans[:MOST_OUTAGES]]
    beyond = sum(len(one.days) for one in spans[MOST_OUTAGES:])
    if beyond:
        said.append(words.DAYS_MORE.format(days=beyond))
    *others, last = said
    when = f"{', '.join(others)} et {last}" if others else last
    return (words.OUTAGE_OF_A_DAY if sum(len(one.days) for one in spans) == 1 else words.OUTAGE).format(days=when)


def _gravity(one: TargetFigures) -> tuple[int, bool, int]:
    """Return what orders the rows: missed before unproven, open before closed, then by how much fell short."""
    tally = one.tally
    weight = 0 if tally is None else 2 * tally.missed + tally.unproven
    still = one.shortfall is not None and one.shortfall.open
    return SHORT.index(one.outcome or QuarterOutcome.NOT_DEMONSTRATED), not still, -weight


def _row(one: TargetFigures, report: Report, called: Names) -> FrontRow:
    plans = [entry for entry in report.entries if entry.register == "plan" and entry.get("target") == one.target]
    still = [entry for entry in plans if entry.when("done") is None]
    return FrontRow(
        id=one.target,
        title=target_title(one.target, "fr"),
        mark=mark(one.outcome),
        sentence=with_amended(_both_words(one), one, report, called),
        since=_since(one),
        cause=_cause(one, plans, called),
        actions=tuple(_action(entry, report, called) for entry in still) or (words.NO_ACTION,),
        trend=_trend(one),
    )


def _both_words(one: TargetFigures) -> str:
    """Return the target's sentence, with the other word where an agreement was entered later than its own date."""
    if one.hypothetical is None:
        return sentence(one)
    other = hypothetical(one.hypothetical.outcome, one.hypothetical.entered_on)
    return f"{sentence(one)} {other[:1].upper()}{other[1:]}."


def _since(one: TargetFigures) -> str:
    if one.shortfall is None:
        return "—"
    since, last = one.shortfall.since, one.shortfall.last
    if last is None:
        return words.OPEN_SINCE.format(day=day(since, "fr"))
    if one.events is not None:
        return _made_good(made_good(one.events))
    return words.CLOSED.format(days=span(since, last))


def _made_good(late: Sequence[tuple[date, date]]) -> str:
    """Return when each of what was late fell due and was made good; past some of them they are counted."""
    said = [words.MADE_GOOD.format(due=day(due, "fr"), done=day(done, "fr")) for due, done in late[:MOST_LATE]]
    beyond = len(late) - MOST_LATE
    return " ; ".join([*said, words.MORE_LATE.format(number=beyond)] if beyond > 0 else said)


def _cause(one: TargetFigures, plans: Sequence[RegisterEntry], called: Names) -> str:
    """Return the cause that was entered, and what was seen beside it."""
    entered = [_entered_cause(entry, called) for entry in plans if entry.get("cause")]
    bad = [item for item in one.deviations if item.state in (State.MISSED, State.UNPROVEN)]
    reasons = [item.reason for item in bad if not item.silent]
    stopped = [words.STOPPED for item in bad if item.silent]
    if one.events is not None:
        reasons = [item.reason for item in one.events.occurrences if item.state in (State.MISSED, State.UNPROVEN)]
    seen = list(dict.fromkeys([*stopped, *(_short(one.target, reason) for reason in reasons)]))[:2]
    told = words.ENTERED if CLAUSES[one.target].declared and one.events is not None else words.SEEN
    parts = [*entered[:2], *([told.format(reasons=", ".join(seen))] if seen else [])]
    return " ; ".join(parts) or "—"


def _entered_cause(entry: RegisterEntry, called: Names) -> str:
    """Return a cause as what it is: someone's word, of a day; where it was amended, with what it was first."""
    on, author = written(entry, "cause")
    said = beside_first(called.text(entry.get("cause")), entry, "cause", called)
    return words.CAUSE.format(id=entry.id, day=day(on, "fr"), by=called.by(author), cause=said)


def _short(target: str, reason: Reason) -> str:
    return words.NOTHING_KEPT if reason is Reason.NOT_RUN else words_of(target, reason).short.fr


def _action(entry: RegisterEntry, report: Report, called: Names) -> str:
    due = entry.when("due")
    late = due is not None and due.ends <= report.as_of
    owner, action = called.text(entry.get("owner")), called.text(entry.get("action"))
    return words.ACTION.format(
        action=action, owner=owner, due=dated(entry, "due", called), late=words.OVERDUE if late else ""
    )


def _trend(one: TargetFigures) -> str:
    before = one.past[-1].tally if one.past else None
    now = one.tally
    if before is None or now is None or before.ratio is None or now.ratio is None:
        return words.NO_TREND
    if now.ratio == before.ratio:
        return words.STABLE
    return words.BETTER if now.ratio > before.ratio else words.WORSE


def _others(report: Report, called: Names) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for outcome, title in words.OTHERS:
        own = [one for one in report.targets if one.outcome is outcome]
        if own:
            yield title, tuple((one.target, _other(one, report, called)) for one in own)


def _other(one: TargetFigures, report: Report, called: Names) -> str:
    corrected = corrected_word(one, report, called).rstrip(".")
    remarks = [*([f"{corrected[:1].lower()}{corrected[1:]}"] if corrected else []), *amended_said(one, report, called)]
    if one.measured_outcome is not None and one.measured_outcome is not one.outcome:
        remarks.append(words.WITHOUT_ACCEPTANCE.format(word=OUTCOMES[one.measured_outcome][1]))
    if one.hypothetical is not None:
        remarks.append(hypothetical(one.hypothetical.outcome, one.hypothetical.entered_on))
    return target_title(one.target, "fr") + (f" ({' ; '.join(remarks)})" if remarks else "")


def _apart(targets: Sequence[TargetFigures]) -> str:
    """Return how many of the measured and of the declared targets are attained, apart."""
    rated = [one for one in targets if one.outcome not in (None, QuarterOutcome.NOT_APPLICABLE)]
    declared = [one for one in rated if CLAUSES[one.target].declared]
    measured = [one for one in rated if not CLAUSES[one.target].declared]
    return words.apart(_attained(measured), len(measured), _attained(declared), len(declared))


def _attained(targets: Sequence[TargetFigures]) -> int:
    return sum(1 for one in targets if one.outcome is QuarterOutcome.ATTAINED)


def _subjects(report: Report) -> dict[str, int]:
    """Return how many things of each kind the figures rest on."""
    found = {kind: set[str]() for kind in words.KINDS}
    for one in report.days:
        for kind, targets in words.KINDS.items():
            if one.key.target in targets:
                found[kind].add(one.key.subject)
    hosts = found["machine"] | {host for host, _, _ in report.hosts}
    found["machine"] = hosts
    found["flux"] -= hosts
    return {kind: len(subjects) for kind, subjects in found.items()}


def _accepted(report: Report, called: Names) -> Iterator[str]:
    """Yield each acceptance that bears on the period, from its first day on; one without effect is none."""
    for one in acceptances_shown(report):
        days = days_in_force(one, report)
        if days is not None:
            yield words.ACCEPTED.format(
                target=target_title(one.key.target, "fr"),
                subject=called.of(one.key.target, one.key.subject),
                days=span(*days),
                signer=signer(one, called),
                recommendation=called.text(one.recommendation) or words.NO_RECOMMENDATION,
            )


def _decisions(report: Report, called: Names) -> Iterator[str]:
    """Yield what only the beneficiary can decide or confirm."""
    last = report.span.last
    for one in report.agreements.latest.acceptances:
        if one.has_effect and report.span.first <= one.until <= last + RENEWED_WITHIN:
            subject = called.of(one.key.target, one.key.subject)
            yield words.RENEW.format(
                id=one.id, target=target_title(one.key.target, "fr"), subject=subject, until=day(one.until, "fr")
            )
    for entry in report.entries:
        made = entering(entry, report.quarter)
        agreed = entry.register in ("acceptance", "adaptation", "exclusion")
        if agreed and not made.acknowledged and _lasts(entry, report.span.first):
            yield words.ACKNOWLEDGE.format(id=entry.id, entered=day(day_of(made.last_at), "fr"))
    for followed in report.targets:
        if followed.outcome is None and followed.standing and followed.standing[-1].measured is State.MISSED:
            yield words.OVERDUE_REVIEW.format(target=target_title(followed.target, "fr"))


def _lasts(entry: RegisterEntry, first: date) -> bool:
    """Return True where an agreement may still bear on days from `first` on."""
    ends = entry.when("until") or entry.when("to")
    return ends is None or day_of(ends.ends) >= first
