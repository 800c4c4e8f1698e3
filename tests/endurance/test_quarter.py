"""A quarter lived day by day: real restic, the daemon's rounds, the command's report; held to an account beside it.

Chance decides the minutes; BEFFROI_ENDURANCE_SEED is what it begins from. Takes some minutes.
"""

import csv
import html
import json
import os
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.endurance.quarter_account import Account, QuarterAccount, civil
from tests.endurance.quarter_lived import LivedQuarter, live
from tests.endurance.quarter_story import (
    AMENDED,
    CORRECTED,
    FIRST,
    LAST,
    PUBLISHED,
    QuarterStory,
    Typed,
    quarter_story,
)
from tests.parts.clocks import shifted_clock
from tests.parts.held_clock import HeldClock
from tests.parts.program import Said, beffroi
from tests.parts.repositories import open_folder
from tests.report.independent import Paper, Story, Thing, account

pytestmark = [pytest.mark.programs, pytest.mark.network]

SEED = int(os.environ.get("BEFFROI_ENDURANCE_SEED", "588"))
BY_DAY = {
    "backup-rpo",
    "backup-offsite",
    "backup-rto",
    "backup-lifecycle",
    "network-segmentation",
    "awareness",
    "log-collection",
}
STEM = "beffroi-scota-2026-Q4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A story, how it was lived, and the folders of its two editions."""

    story: QuarterStory
    lived: LivedQuarter
    first: Path
    second: Path

    @property
    def days(self) -> Account:
        """Return the day rows of the first edition."""
        with (self.first / f"{STEM}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return {(one["target"], one["subject"], date.fromisoformat(one["day"])): one["state"] for one in rows}

    @property
    def figures(self) -> Mapping[str, Any]:
        """Return the figures of the first edition, by target."""
        document = json.loads((self.first / f"{STEM}-figures.json").read_text())
        return {one["target"]: one for one in document["targets"]}

    def page(self, folder: Path) -> str:
        """Return the page of an edition."""
        return (
            html.unescape((folder / f"{STEM}.html").read_text(encoding="utf-8"))
            .replace("\u202f", " ")
            .replace("\u00a0", " ")
        )


def at(lived: LivedQuarter, when: datetime, *words: str | Path) -> Said:
    """Run a command of the program at an instant."""
    by = f"{(when - datetime.now(UTC)).total_seconds():+.0f}"
    said = beffroi(*words, "--config", lived.configuration, extra=shifted_clock(by))
    assert said.code == 0, said.err
    return said


@pytest.fixture(scope="module")
def quarter() -> Iterator[Published]:
    """Return the quarter, lived and published twice."""
    print(f"\nBEFFROI_ENDURANCE_SEED={SEED}")
    story = quarter_story(random.Random(SEED))
    with open_folder() as folder:
        lived = LivedQuarter(folder, HeldClock(min(story.looks)))
        lived.prepare()
        begun, spent = time.monotonic(), time.process_time()
        live(lived, story, PUBLISHED)
        first, second = folder / "first", folder / "second"
        at(lived, PUBLISHED, "report", "--quarter", "2026-Q4", "--output", first)
        for one in AMENDED:
            words = [f"{key}={value}" for key, value in one.words.items()]
            at(lived, one.at, "register", "amend", one.register, lived.ids[one.amends], *words, "author=RSSI")
        at(lived, CORRECTED, "report", "--quarter", "2026-Q4", "--edition", "2", "--output", second)
        taken, spent = time.monotonic() - begun, time.process_time() - spent
        print(f"{lived.rounds} rounds in {taken:.0f} s, {spent:.0f} s of processor")
        yield Published(story=story, lived=lived, first=first, second=second)


def test_every_day_row_is_what_the_second_account_says(quarter: Published) -> None:
    ours, theirs = quarter.days, QuarterAccount(quarter.story).rows()
    differing = {key: (ours.get(key), theirs.get(key)) for key in ours | theirs if ours.get(key) != theirs.get(key)}
    assert differing == {}
    assert {state for _, state in theirs.items()} == {"met", "missed", "unproven", "accepted", "not-applicable"}


def test_the_incremental_rounds_never_differed_from_full_ones(quarter: Published) -> None:
    assert (quarter.lived.differences, quarter.lived.rounds > 400) == (0, True)


def test_the_accountant_finds_the_same_counts_and_words(quarter: Published) -> None:
    theirs = account(in_plain_terms(quarter.story))
    ours = {target: quarter.figures[target] for target in BY_DAY}
    assert {target: {name: ours[target][name] for name in one} for target, one in theirs.items()} == theirs
    assert {one["word"] for one in theirs.values()} >= {"missed", "unproven"}


def in_plain_terms(story: QuarterStory) -> Story:
    """Return the quarter for the accountant of generated quarters: days as measured, and the papers apart."""
    bare = replace(story, typed=tuple(one for one in story.typed if one.register != "acceptance"))
    measured = {key: state for key, state in QuarterAccount(bare).rows().items() if key[0] in BY_DAY}
    names = sorted({(target, subject) for target, subject, _ in measured})
    return Story(
        first=FIRST.toordinal(),
        last=LAST.toordinal(),
        things=tuple(Thing(target, subject, FIRST.toordinal()) for target, subject in names),
        measured={(target, subject, day.toordinal()): state for (target, subject, day), state in measured.items()},
        accepted=tuple(_paper(one) for one in story.typed if one.register == "acceptance"),
    )


def _paper(one: Typed) -> Paper:
    first, last = (date.fromisoformat(one.words[key]).toordinal() for key in ("accepted_on", "until"))
    return Paper(
        target=one.words["target"],
        name=one.words["subject"],
        first=first,
        last=last,
        entered=civil(one.at).toordinal(),
        share=Fraction(1),
    )


def test_what_was_due_is_counted_by_occurrence(quarter: Published) -> None:
    """An incident reported late, a restore with its reason, and the months that no one signed."""
    names = ("expected", "met", "missed", "unproven")
    found = {target: tuple(quarter.figures[target][name] for name in names) for target in quarter.figures}
    assert {target: found[target] for target in sorted(found.keys() - BY_DAY) if found[target][0]} == {
        "access-revocation": (3, 0, 0, 3),
        "breach-cnil": (1, 0, 0, 1),
        "breach-dpo": (1, 0, 0, 1),
        "incident-report": (2, 0, 1, 1),
        "recovery-test": (1, 1, 0, 0),
        "restore-reason": (1, 1, 0, 0),
    }


def test_its_bundle_and_its_ledger_are_verified(quarter: Published) -> None:
    for folder in (quarter.first, quarter.second):
        said = beffroi("evidence", "verify", folder / f"{STEM}-evidence.zip")
        assert said.code == 0, said.out + said.err
    assert beffroi("ledger", "verify", "--config", quarter.lived.configuration).code == 0


def test_its_page_says_when_nothing_was_measured_and_what_came_late(quarter: Published) -> None:
    page = quarter.page(quarter.first)
    front = page[: page.index('id="objectifs"')]
    assert "Le logiciel de mesure n'a rien enregistré" in front
    for days in ("du 13 au 15 octobre", "du 28 octobre au 4 novembre", "du 21 novembre au 19 décembre"):
        assert days in front, days
    assert "Inscrit ou modifié après la fin du trimestre" in front
    document = json.loads((quarter.first / f"{STEM}-figures.json").read_text())
    assert [one["id"] for one in document["entries"] if one["late"] and one["register"] == "restore"] == ["restore-1"]
    for name in (".html", ".csv", ".pdf", "-figures.json", "-evidence.zip"):
        assert (quarter.first / f"{STEM}{name}").stat().st_size > 0


def test_its_second_edition_says_what_was_amended(quarter: Published) -> None:
    page = quarter.page(quarter.second)
    assert "Ce que cette édition corrige" in page
    assert "Poste égaré puis retrouvé" in page
    assert (quarter.second / f"{STEM}.csv").read_bytes() == (quarter.first / f"{STEM}.csv").read_bytes()
