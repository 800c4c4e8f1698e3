"""Each document is in one language: no English word in a French one, no French word in an English one.

Held by the program's own vocabulary, over every kind of page and letter, in several states, with the agent's troubles.
What people wrote, identifiers, commands and what a program said are quoted as they are.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.alert.message import of_change, of_proof, of_test
from agent.alert.transitions import step
from agent.core.model import State, Verdict
from agent.core.reason import Reason
from agent.export.pages import (
    absent_page,
    refusal_page,
    runbook_page,
    status_page,
    subject_page,
    target_page,
)
from agent.export.pages.addresses import PageLinks
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.wording.languages import LANGUAGES, Language
from agent.wording.refusals import REFUSALS
from agent.wording.runbooks import runbook_names
from agent.wording.targets.every import TARGETS as WORDS
from tests.export.details import calendar, details
from tests.export.fleet import fleet
from tests.export.samples import NOW, TARGETS, snapshot, verdict
from tests.parts.one_language import foreign, said_in

# What the samples call their subjects, bodies and collectors, what a program said there, and reason codes.
NAMES = (
    "Syndicat Mixte du SCOT de l'Arrageois", "Syndicat des eaux", "Délibération n° 588 du 24 septembre 2025", "mail",
    "internal", "clock", "updates", "files", "snapshots/ab: permission denied", *(reason.value for reason in Reason),
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_site_is_in_one_language(language: Language) -> None:
    for page in pages(language):
        assert foreign(said_in(page), language, NAMES) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_an_alert_is_in_one_language(language: Language) -> None:
    changes = step(list(every_verdict()), {}, TARGETS, [], NOW).transitions
    letters = [of_change([one], language, {"files": "srv-1"}) for one in changes]
    letters += [of_change(changes, language), of_test(language), of_proof(language)]
    assert len(letters) > 50
    for one in letters:
        assert foreign(f"{one.subject} {one.body}", language, NAMES) == []


def every_verdict() -> Iterator[Verdict]:
    """Yield a verdict of each target and of each reason, seen and bad or not shown, no pair of them twice."""
    targets = list(WORDS)
    for state in (State.MISSED, State.UNPROVEN):
        for number, reason in enumerate(Reason):
            target = targets[number % len(targets)]
            yield verdict(target, "files", state, reason, value=2.0, seen=timedelta(minutes=4))


def pages(language: Language) -> Iterator[str]:
    """Yield the pages of an agent and of a fleet, in several states."""
    links = PageLinks(language=language)
    ill = snapshot(language=language, fault="the loop has not ticked for 95 s")
    bare = replace(ill, unwatched=())
    for shown in (bare, replace(bare, heartbeat=None), fleet(12, language=language)):
        yield status_page.render(shown, links)
    every = list(every_verdict())
    yield status_page.render(replace(bare, standings=tuple(CurrentVerdict(verdict=one) for one in every)), links)
    for one in every:
        yield from of_verdict(one, bare, links)
    yield from (runbook_page.render(name, bare, links) or "" for name in runbook_names())
    yield from (refusal_page.render(status, language) for status in REFUSALS)
    yield absent_page.render(bare, links)


def of_verdict(one: Verdict, shown: Snapshot, links: PageLinks) -> Iterator[str]:
    """Yield the pages on which one verdict stands."""
    standing = CurrentVerdict(verdict=one)
    yield subject_page.render([standing], details([one], NOW), shown, links)
    yield target_page.render([standing], [calendar(one.key._replace(subject=""), NOW)], shown, links)
