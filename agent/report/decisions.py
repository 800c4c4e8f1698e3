"""What a report asks of the beneficiary on its first page: risks that it accepted, what it is to decide. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta

from agent.accounting.agreements import Acceptance
from agent.core.duties.entries import RegisterEntry
from agent.core.model import State
from agent.core.period import day_of
from agent.report.agreements_shown import acceptances_shown, acting_agreements, days_in_force, signer
from agent.report.entered import entering
from agent.report.figures import Report
from agent.report.names import Names
from agent.report.periodic_terms import last_day_of
from agent.report.undisclosed import undisclosed
from agent.wording import front as words
from agent.wording.quantities import day
from agent.wording.report import span
from agent.wording.targets.every import target_title

# An accepted risk that ends within a quarter of the report's end is to be decided anew.
RENEWED_WITHIN = timedelta(days=92)


def accepted_risks(report: Report, called: Names) -> tuple[str, ...]:
    """Return each acceptance that bears on the period; for everyone, those still in force are counted."""
    disclosed = {one.target for one in report.targets if not undisclosed(one, report, called)}
    shown = [(one, days) for one in acceptances_shown(report) if (days := days_in_force(one, report)) is not None]
    said = [_accepted(one, days, called) for one, days in shown if not called.public or one.key.target in disclosed]
    left_out = len(shown) - len(said)
    return (*said, *((called.say(words.RISKS_COUNTED).format(number=left_out),) if left_out else ()))


def decisions(report: Report, called: Names) -> tuple[str, ...]:
    """Return what only the beneficiary can decide or confirm; for everyone, how much that is."""
    found = tuple(_decisions(report, called))
    if called.public and found:
        return (called.say(words.DECISIONS_COUNTED).format(number=len(found)),)
    return found


def _accepted(one: Acceptance, days: tuple[date, date], called: Names) -> str:
    """Return an acceptance in a sentence, from its first day of effect on."""
    return called.say(words.ACCEPTED).format(
        target=target_title(one.key.target, called.language),
        subject=called.of(one.key.target, one.key.subject),
        days=span(*days, called.language),
        signer=signer(one, called),
        recommendation=called.text(one.recommendation) or called.say(words.NO_RECOMMENDATION),
    )


def _decisions(report: Report, called: Names) -> Iterator[str]:
    """Yield what only the beneficiary can decide or confirm."""
    last = report.span.last
    for one in report.agreements.latest.acceptances:
        if one.has_effect and report.span.first <= one.until <= last + RENEWED_WITHIN:
            subject = called.of(one.key.target, one.key.subject)
            title = target_title(one.key.target, called.language)
            until = day(one.until, called.language)
            said = words.RENEW_ENDED if one.until < report.made_on else words.RENEW
            yield called.say(said).format(id=one.id, target=title, subject=subject, until=until)
    acting = acting_agreements(report)
    for entry in report.entries:
        made = entering(entry, report.quarter)
        if entry.id in acting and not made.acknowledged and _lasts(entry, report.span.first):
            entered = day(day_of(made.last_at), called.language)
            title = target_title(entry.get("target") or "", called.language)
            asked = words.CONFIRM if entry.register == "acceptance" else words.ACKNOWLEDGE
            yield called.say(asked).format(id=entry.id, target=title, entered=entered)
    for followed in report.targets:
        if followed.outcome is None and followed.standing and followed.standing[-1].measured is State.MISSED:
            title = target_title(followed.target, called.language)
            yield called.say(words.OVERDUE_REVIEW).format(target=title)


def _lasts(entry: RegisterEntry, first: date) -> bool:
    """Return True where an agreement may still bear on days from `first` on."""
    ends = entry.when("until") or entry.when("to")
    return ends is None or last_day_of(ends.ends) >= first
