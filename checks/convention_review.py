"""convention-review: the dates that the convention itself sets (articles 7, 8 and 9): reminders, counted in days left.

The evaluation is due within six months of signature; nothing but an entry shows that it was held: a line of the
improvement plan about this target, with the day on which it was done. Then come, each year, the last day for giving
notice before the tacit renewal (three months before it), and 30 October for the *titre de recette*.
"""

from collections.abc import Iterator
from datetime import date, datetime

from agent.core.duties.entries import RegisterEntry
from agent.core.duties.terms import months_later
from agent.core.judging.check import Check, Question
from agent.core.model import Finding, State
from agent.core.period import day_end, day_of
from agent.core.reason import Reason

EVALUATION_MONTHS, NOTICE_MONTHS = 6, 3
INVOICE_MONTH, INVOICE_DAY = 10, 30


def declared(question: Question) -> Iterator[Finding]:
    """Yield that nothing says when the convention was signed, where nothing does."""
    if question.signed is None:
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about={"key": "signed"})


def entered(question: Question) -> Iterator[Finding]:
    """Yield the next date and how long it is till then, or that the evaluation is due and nothing shows it."""
    if question.signed is None:
        return
    held = [entry for entry in question.registered("plan") if _shows_evaluation(entry, question.signed)]
    evaluation = months_later(question.signed, EVALUATION_MONTHS)
    ends = day_end(evaluation)
    if held:
        yield _reminder(question, *next_date(question.signed, day_of(question.now)), evidence=(held[-1].id,))
    elif question.now < ends:
        yield _reminder(question, *min((evaluation, "evaluation"), next_date(question.signed, day_of(question.now))))
    else:
        yield Finding(
            state=State.UNPROVEN,
            reason=Reason.OVERDUE,
            value=(question.now - ends).total_seconds(),
            about={"evaluation_due": evaluation},
        )


def _shows_evaluation(entry: RegisterEntry, signed: date) -> bool:
    done = entry.when("done")
    # What was done before the convention was signed evaluated another one.
    return entry.get("target") == "convention-review" and done is not None and done.day >= signed


def next_date(signed: date, today: date) -> tuple[date, str]:
    """Return the next yearly date from a day on, that day included, and which of them it is."""
    years = range(today.year - signed.year + 2)
    notices = [months_later(signed, 12 * (year + 1) - NOTICE_MONTHS) for year in years]
    invoices = [date(signed.year + year, INVOICE_MONTH, INVOICE_DAY) for year in range(len(years) + 1)]
    dates = [(day, "notice") for day in notices] + [(day, "invoice") for day in invoices if day >= signed]
    return min(one for one in dates if one[0] >= today)


def _reminder(question: Question, day: date, which: str, evidence: tuple[str, ...] = ()) -> Finding:
    ends: datetime = day_end(day)
    return Finding(
        state=State.MET,
        reason=Reason.ON_COURSE,
        value=(ends - question.now).total_seconds(),
        stands_until=ends,
        about={which: day},
        evidence=evidence,
    )


CHECK = Check(target="convention-review", declared=declared, entered=entered)
