"""The report in English: wholly so, with the same figures, and a translation that says which text prevails."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agent.accounting.storing import StoringTerms
from agent.core.model import State
from agent.report.build import build
from agent.report.crosscheck import CrossCheck, DayDisagreement, PrometheusComparison
from agent.report.days import Span
from agent.report.entered import Amendment
from agent.report.figures import EditionChange, InForce, Report
from agent.report.material import Material
from agent.report.page import render
from agent.report.summary import changes, summary
from tests.checks.entered import amended
from tests.parts.markup import tags
from tests.report.test_amended import entered as entry_of
from tests.report.test_amended import of
from tests.report.test_page import NAMES, words

# Words without which no French sentence is made; none of them is English.
FRENCH = re.compile(
    r"\b(?:le|les|des|du|de|la|est|et|une|aux|au|pour|sur|dans|par|avec|sans|non|pas|que|qui|ce|cette|ne|n'est|sont"
    r"|était|étaient|depuis|jours?|inscrite?s?|faite?s?|selon|rien|aucune?|chaque|entre|où|à)\b|«",
    re.IGNORECASE,
)
# The convention's own words, quoted, and the name of a paper that has no English one.
QUOTED = re.compile(r"« [^»]* »|titre de recette")


@pytest.fixture(scope="module")
def report(material: Material) -> Report:
    """Return the first edition."""
    return replace(build(material, 1), csv_sha256="5f" * 32)


def entered(report: Report) -> Iterator[str]:
    """Yield what people wrote: in registers, in the configuration."""
    yield from (report.beneficiary_name, report.provider, report.reference)
    for entry in report.entries:
        yield from entry.values.values()


def own_words(report: Report, page: str) -> str:
    """Return what the program itself says on a page, without what it quotes; titles of drawings included."""
    text = words(page)
    for written in sorted(set(entered(report)), key=len, reverse=True):
        if not re.fullmatch(r"[a-z0-9-]{0,3}|[a-z-]+|[\d:TZ-]+", written):
            text = text.replace(written, "…")
    return QUOTED.sub("…", text)


def french_in(report: Report, page: str) -> list[str]:
    """Return what is French on a page, each with its surroundings."""
    text = own_words(report, page)
    return [text[max(0, found.start() - 40) : found.end() + 40] for found in FRENCH.finditer(text)]


def everything(report: Report) -> Report:
    """Return a report that says what few reports have to say."""
    entry = next(one for one in report.entries if one.register == "plan")
    amendment = Amendment(
        entry=entry, key="due", before=None, after="2026-12-31", author="J. Petit", at=datetime(2027, 1, 9, tzinfo=UTC)
    )
    later = replace(report, targets=tuple(replace(one, events=None, result=None) for one in report.targets))
    turned = changes(("", summary(later)), ("", summary(report)))
    day = EditionChange(
        said=turned[0].said,
        target="backup-rpo",
        subject="mail",
        first=date(2026, 11, 3),
        last=date(2026, 11, 4),
        before=None,
        after=State.MET,
    )
    retentions = tuple((backup, _later(terms)) for backup, terms in report.retentions)
    terms = changes(("", summary(report)), ("", summary(replace(report, retentions=retentions))))
    days = tuple((date(2026, 10, number), State.MET, State.MISSED) for number in (1, 3, 5, 7, 9, 11))
    compared = CrossCheck(
        compared=90, unheard=2, differences=(DayDisagreement(name=("backup-rpo", "mail"), days=days),)
    )
    return replace(
        report,
        edition=2,
        changes=(*turned, replace(turned[0], amendments=(amendment,)), day, *terms),
        retentions=retentions,
        comparison=PrometheusComparison(server="http://prometheus:9090", found=compared),
        outages=(
            Span(first=date(2026, 11, 3), last=date(2026, 11, 4)),
            Span(first=date(2026, 12, 1), last=date(2026, 12, 9)),
        ),
    )


def _later(terms: tuple[InForce[StoringTerms | None], ...]) -> tuple[InForce[StoringTerms | None], ...]:
    """Return terms that are recorded from November on, and shorter from December."""
    first = terms[0]
    assert first.value is not None
    shorter = replace(first.value, retention=timedelta(days=30))
    return (
        replace(first, since=date(2026, 11, 1), since_recorded=True),
        replace(first, since=date(2026, 12, 5), value=shorter),
    )


@pytest.mark.parametrize("public", [False, True])
def test_no_french_stands_in_the_english_report(report: Report, public: bool) -> None:
    assert french_in(report, render(report, public=public, language="en")) == []
    assert len(french_in(report, render(report, public=public))) > 1000


@pytest.mark.parametrize("public", [False, True])
def test_no_french_stands_in_an_edition_that_corrects_another(report: Report, public: bool) -> None:
    page = render(everything(report), public=public, language="en")
    assert french_in(report, page) == []
    for said in (
        "What this edition corrects",
        ", on 3 and 4 November 2026: not expected becomes met.",
        "The agent recorded nothing on 3 and 4 November 2026 and from 1 to 9 December 2026: the ledger holds no look",
        "Subjects that differ, listed in the restricted version: 1."
        if public
        else "6 days: on 1 October 2026; on 3 October 2026; on 5 October 2026; on 7 October 2026; and 2 others",
        "becomes",
        "≤ 400 d, and one day to prune (not recorded before 1 November 2026); ≤ 30 d",
        "≤ 30 d, and one day to prune from 5 December 2026",
    ):
        assert said in words(page)


@pytest.mark.parametrize("draft", [False, True])
def test_no_french_stands_in_what_is_not_published(material: Material, draft: bool) -> None:
    """A demonstration's report and a draft."""
    heading = replace(material.heading, demonstration=True)
    provisional = replace(build(replace(material, heading=heading, today=date(2026, 11, 1)), None), draft=draft)
    page = render(provisional, language="en")
    assert french_in(provisional, page) == []
    assert "Translation; the French text prevails." in words(page)
    assert ("Draft." if draft else "Provisional report.") in words(page)
    assert "the declared site of each copy is taken on trust" in words(page)


def test_no_french_stands_beside_what_was_amended(material: Material) -> None:
    """Six breaches whose duty was taken back, a test that took longer, and an incident that was moved after the end."""
    at = "2026-11-28T09:00+01:00"
    values = {"detected": "2026-11-27", "title": "x", "cnil_due": "yes"}
    breaches = [amended(entry_of("breach", 20 + n, "2026-11-27", **values), at, cnil_due="no") for n in range(6)]
    exercise = next(one for one in material.entries if one.register == "recovery-test")
    longer = amended(exercise, at, duration="30h", evidence="x.pdf", recovery_point="2026-10-11", result="failed")
    incident = entry_of("incident", 9, "2026-12-28", detected="2026-12-28", title="x", major="yes")
    moved = amended(incident, "2027-01-03T09:00+01:00", detected="2027-01-02", author="tech")
    report = build(of(material, *breaches, longer, moved), 1)
    for public in (False, True):
        page = render(report, public=public, language="en")
        assert french_in(report, page) == []
        text = words(page)
        # December is unsigned, so that what it is counted among is open.
        for said in (
            "breach-20, CNIL owed, first yes, amended on 28 November 2026",
            "2 other amendments, in the tables.",
            "2 January 2027 (date amended on 3 January 2027",
        ):
            assert public or said in text
        assert "Entered or amended after the quarter's end" in text


def test_the_english_report_says_first_that_it_is_a_translation(report: Report) -> None:
    page = render(report, language="en")
    assert '<html lang="en">' in page
    assert "Translation of edition 1; the French text prevails." in words(page.partition("<main>")[0])
    assert "Translation" not in words(render(report))


def test_its_figures_are_those_of_the_french_one(report: Report) -> None:
    """Dates, counts and rates, in the order in which they stand; only how an hour is written differs."""
    found = []
    for language in ("fr", "en"):
        page = render(report, language=language)
        told = r'<ul class="figures">.*?</ul>|<tbody>.*?</tbody>|<desc.*?</desc>|<p class="note trend-line">.*?</p>'
        blocks = re.findall(told, page, re.DOTALL)
        text = html.unescape(re.sub(r"<[^>]*>", " ", " ".join(blocks))).replace("1er", "1")
        found.append([int(number) for number in re.findall(r"\d+", text)])
    assert len(found[0]) > 1200
    assert found[0] == found[1]


def test_its_numbers_and_dates_are_written_as_in_english(report: Report) -> None:
    text = words(render(report, language="en"))
    assert "On 89 of 92 days (96.7 %), a recent enough backup was present off site" in text
    assert "12 October 2026 at 10:00" in text
    assert "18,042 rows read" in text
    assert "96 h, every day" in text


def test_it_is_well_formed_and_has_the_french_one_s_marks(report: Report) -> None:
    seen = {language: tags(render(report, language=language)) for language in ("fr", "en")}
    ids = {language: [given["id"] for _, given in found if "id" in given] for language, found in seen.items()}
    assert ids["fr"] == ids["en"]
    assert [tag for tag, given in seen["en"] if given.get("class") != "translation"] == [tag for tag, _ in seen["fr"]]


def test_its_public_version_names_nobody(report: Report) -> None:
    full, public = (words(render(report, public=public, language="en")) for public in (False, True))
    assert [name for name in NAMES if name not in full] == []
    # Malware is a host's enemy as well as a web filter's name.
    assert [name for name in NAMES if name in public and name != "malware"] == []
    assert "backup 1" in public
    assert "(text kept for the restricted annex)" in public
    assert "Annex E" not in public


def test_its_printed_foot_is_in_english(report: Report) -> None:
    assert '" of " counter(pages)' in render(report, language="en").rpartition('" sur "')[2]
    assert '" of "' not in render(report)
