"""The report's English sentences: numbers agree, and nothing says more than the French."""

from dataclasses import replace
from datetime import date

import pytest

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.core.convention import CLAUSES, CountingRule
from agent.wording.grounds import Grounds
from agent.wording.quantities import DAY
from agent.wording.report import day_sentence, event_sentence, lead, span, split
from agent.wording.tallies import Occurred

MET, MISSED = QuarterOutcome.ATTAINED, QuarterOutcome.NOT_ATTAINED
LACKING, ACCEPTED, NONE = QuarterOutcome.NOT_DEMONSTRATED, QuarterOutcome.RISK_ACCEPTED, QuarterOutcome.NOT_APPLICABLE
GROUNDS = Grounds(verified=(date(2026, 12, 30),), joined=(date(2026, 11, 10),), sources=2, limit=350 * DAY)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([], "No target was to be assessed this quarter."),
        ([NONE, None], "No target was to be assessed this quarter."),
        ([MET], "The only target assessed this quarter is met."),
        ([MET, MET], "The 2 targets assessed this quarter are all met."),
        ([LACKING, LACKING], "Of the 2 targets assessed this quarter, none is proven: evidence is lacking."),
        ([MISSED, ACCEPTED], "Of the 2 targets assessed this quarter, none is met: 1 is missed and 1 is under an"),
        ([MET, MISSED, LACKING], "Of the 3 targets assessed this quarter, 1 is met and 1 is missed; for 1, evidence"),
    ],
)
def test_the_first_sentence_counts_the_targets(outcomes: list[QuarterOutcome | None], said: str) -> None:
    assert lead(outcomes, "en").startswith(said)


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (Tally(), "Nothing was watched in this period: nothing can be said."),
        (Tally(met=1), "On the only day expected, a recent enough backup was present off site."),
        (Tally(met=92), "On each of the 92 days, a recent enough backup was present off site."),
        (Tally(unproven=1), "The only day expected is not proven for all that is followed: evidence is lacking."),
        (Tally(unproven=9), "None of these 9 days is proven for all that is followed: evidence is lacking."),
        (
            Tally(met=9, missed=1),
            "On 9 of 10 days (90 %), a recent enough backup was present off site; this was not",
        ),
        (Tally(missed=1, unproven=1), "for 1 other, evidence is lacking."),
        (Tally(met=1, accepted=2), "; 2 days outside the objective, covered by an accepted risk, by the register."),
    ],
)
def test_a_quarter_by_day_is_one_sentence(tally: Tally, said: str) -> None:
    assert said in day_sentence("backup-rpo", tally, MET, GROUNDS, language="en")
    told = day_sentence("backup-rpo", tally, NONE, GROUNDS, language="en")
    assert told == "The inventory declares, with its reason, that this target applies to no subject."


def test_unproven_accepted_days_are_not_said_to_miss_the_objective() -> None:
    said = day_sentence("backup-rpo", Tally(met=1, accepted=3), MET, GROUNDS, 1, "en")
    assert (
        "; 2 days outside the objective, covered by an accepted risk, by the register; 1 day unproven, covered" in said
    )
    alone = day_sentence("backup-rpo", Tally(met=1, accepted=1), MET, GROUNDS, 1, "en")
    assert "outside the objective" not in alone


@pytest.mark.parametrize("target", [id for id, clause in CLAUSES.items() if clause.counted is CountingRule.BY_DAY])
def test_each_target_by_day_has_its_english_sentence(target: str) -> None:
    said = day_sentence(target, Tally(met=92), MET, GROUNDS, language="en")
    assert said.startswith("On each of the 92 days, ")
    assert "{" not in said


def test_ages_of_copies_and_sources_stand_in_the_sentence() -> None:
    copies = day_sentence("backup-offsite", Tally(met=9), MET, GROUNDS, language="en")
    assert copies.endswith("intact at their last verification, made on 30 December 2026.")
    damaged = replace(GROUNDS, damaged=(date(2026, 12, 31),))
    assert day_sentence("backup-offsite", Tally(met=9), MET, damaged, language="en").endswith(
        "intact at their last verification that was sound, made on 30 December 2026"
        " (damage observed on 1 copy of 1, on 31 December 2026)."
    )
    logs = day_sentence("log-retention", Tally(met=9), MET, GROUNDS, language="en")
    assert "kept about twelve months (at least 350 d) for 1 log source, and since it was added, on 10 November" in logs


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Occurred(), "Nothing is declared for this target: nothing can be said."),
        (Occurred(not_yet=True), "Nothing was watched yet in this period."),
        (Occurred(met=1), "By the register, 1 recovery test was expected, done in time."),
        (Occurred(met=2), "By the register, 2 recovery tests were expected, all done in time."),
        (Occurred(late=1), "By the register, 1 recovery test was expected: late."),
        (Occurred(met=1, to_do=1, unproven=1), "1 done in time, 1 still to be done, past its time limit and 1 without"),
        (Occurred(months=("May", "June")), "By the register, for May and June, neither an entry nor a signed absence"),
    ],
)
def test_a_quarter_by_event_is_one_sentence(found: Occurred, said: str) -> None:
    assert said in event_sentence("recovery-test", found, LACKING, declared=True, language="en")


def test_what_was_not_due_is_said_with_its_target() -> None:
    said = event_sentence("access-revocation", Occurred(), NONE, declared=False, language="en")
    assert said == "No departure called for access to be removed this quarter."
    with pytest.raises(ValueError, match="has no words"):
        event_sentence("backup-rpo", Occurred(), NONE, declared=False, language="en")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 3), date(2026, 11, 3), "on 3 November 2026"),
        (date(2026, 11, 3), date(2026, 11, 4), "on 3 and 4 November 2026"),
        (date(2026, 11, 1), date(2026, 11, 9), "from 1 to 9 November 2026"),
        (date(2026, 10, 1), date(2026, 12, 31), "from 1 October to 31 December 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "from 30 December 2026 to 2 January 2027"),
    ],
)
def test_days_are_said_as_in_english(first: date, last: date, said: str) -> None:
    assert span(first, last, "en") == said


def test_a_bar_is_said_in_words() -> None:
    assert split(Tally(met=1, missed=2), "en") == ("Of 3: 1 met, 0 under an accepted risk, 0 unproven, 2 missed.")
