"""The documents as they are made of a ledger: the same bytes twice, no one else's evidence, no name for everyone."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged, UsageError
from agent.core.model import State
from agent.core.period import HalfYear, Month, Quarter, Year
from agent.core.reason import Reason
from agent.publishing.reports import ReportRequest, published
from agent.report.further.making import FurtherDocument, make
from agent.report.further.sheet import Period
from agent.report.summary import SUMMARY
from tests.parts.kept import append_entry
from tests.parts.markup import tags
from tests.report.further.samples import keep, volume
from tests.report.test_english_report import FRENCH, QUOTED
from tests.report.test_page import NAMES, words
from tests.report.year import RPO, SCOTA, copied, noon, row, year
from tests.report.year import Year as Filled

PERIODS: list[Period] = [HalfYear(2026, 2), Month(2026, 12), Year(2026)]


@pytest.fixture(scope="module")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a ledger with the last quarter, and some days of volume."""
    folder = tmp_path_factory.mktemp("autumn")
    with year(folder, first=date(2026, 10, 1), loaded=date(2026, 10, 1)) as filled:
        keep(filled.ledger, *(volume(date(2026, 12, day), 4 * 10**11 + day) for day in range(2, 20)))
    return folder


@pytest.fixture
def filled(autumn: Path, tmp_path: Path) -> Iterator[Filled]:
    """Open a ledger of its own for each test."""
    with copied(autumn, tmp_path) as opened:
        yield opened


def made(filled: Filled, period: Period, *, public: bool = False, beneficiary: str = SCOTA) -> FurtherDocument:
    return make(filled.configuration, filled.ledger, period, beneficiary, filled.clock.now(), public=public)


@pytest.mark.parametrize("period", PERIODS)
def test_the_same_ledger_gives_the_same_bytes_whenever_it_is_asked(filled: Filled, period: Period) -> None:
    first = made(filled, period)
    filled.clock.time += timedelta(days=3)
    filled.ledger.sign_heads(filled.clock.now())
    assert made(filled, period) == first


@pytest.mark.parametrize("period", PERIODS)
def test_a_document_for_everybody_names_nobody(filled: Filled, period: Period) -> None:
    page = made(filled, period, public=True).page
    body = html.unescape(re.sub(r"<[^>]*>", " ", page.partition("<body>")[2]))
    assert [name for name in NAMES if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", body)] == []
    assert "version communicable" in page


@pytest.mark.parametrize(
    ("period", "tables"),
    [
        (
            HalfYear(2026, 2),
            (
                "Jours non atteints ou non démontrés",
                "Plan d'amélioration (article 5)",
                "Incidents du semestre et leurs délais",
                "Mois ni signés ni renseignés",
                "Âge des données restaurées",
            ),
        ),
        (Month(2026, 12), ("Par machine, en jours", "Ce qui est à refaire", "Incidents du mois et leurs délais")),
        (Month(2026, 10), ("Exercices du mois", "Actions ouvertes, et faites dans le mois")),
    ],
)
def test_a_document_for_everybody_lists_nothing_that_may_be_open(
    filled: Filled, period: Period, tables: tuple[str, ...]
) -> None:
    own, everyone = (words(made(filled, period, public=public).page) for public in (False, True))
    closed = "Ce détail n'est pas donné ici, parce qu'il peut comporter des éléments non communicables"
    assert [title in own for title in tables] == [True] * len(tables)
    assert [title in everyone for title in tables] == [False] * len(tables)
    assert (closed in own, closed in everyone) == (False, True)
    # What is closed is for everyone in the quarter's report: no document says that it cannot be.
    assert "Le détail n'est pas communicable" not in everyone


@pytest.mark.parametrize("period", PERIODS)
def test_nothing_of_another_beneficiary_is_in_it(filled: Filled, period: Period) -> None:
    own, foreign = made(filled, period), made(filled, period, beneficiary="eaux")
    assert "Syndicat des eaux" not in own.page + own.table
    assert "Panne de la baie" not in foreign.page
    assert "400,0" not in foreign.page
    assert foreign.stem.startswith("beffroi-eaux-")
    if isinstance(period, Year):
        assert [row for row in foreign.table.splitlines()[1:] if ",," not in row] == []


@pytest.mark.parametrize("period", PERIODS)
def test_every_tag_is_closed_and_no_script_is_in_it(filled: Filled, period: Period) -> None:
    page = made(filled, period).page
    assert "<script" not in page
    assert tags(page)


def test_what_somebody_wrote_cannot_break_the_page(filled: Filled) -> None:
    hostile = "</td><script>alert(1)</script>\u202e"
    append_entry(
        filled.ledger,
        "incident",
        {"detected": "2026-12-05", "title": hostile, "major": "yes", "author": "x", "beneficiary": SCOTA},
        beneficiary=SCOTA,
    )
    for period in (HalfYear(2026, 2), Month(2026, 12)):
        page = made(filled, period).page
        assert "<script>" not in page
        assert "\u202e" not in page
        assert "&lt;script&gt;" in page


def test_the_names_of_the_files(filled: Filled) -> None:
    assert [made(filled, period).stem for period in PERIODS] == [
        "beffroi-scota-2026-S2",
        "beffroi-scota-2026-12",
        "beffroi-scota-2026-annex",
    ]


@pytest.mark.parametrize("period", PERIODS)
def test_an_open_period_is_provisional_and_says_so(filled: Filled, period: Period) -> None:
    filled.clock.time = noon(date(2026, 12, 20))
    document = made(filled, period)
    assert not document.over
    assert "Document provisoire." in document.page


@pytest.mark.parametrize("period", [HalfYear(2027, 2), Month(2027, 3), Year(2028), Month(2025, 1), Year(2024)])
def test_a_period_of_which_nothing_is_known_is_refused(filled: Filled, period: Period) -> None:
    with pytest.raises(UsageError):
        made(filled, period)


def test_a_half_year_repeats_what_was_published_and_not_what_came_later(filled: Filled) -> None:
    wish = ReportRequest(quarter=Quarter(2026, 4), beneficiary=SCOTA)
    with published(filled.configuration, filled.ledger, wish, filled.clock.now()):
        pass
    before = made(filled, HalfYear(2026, 2))
    late = row(RPO, date(2026, 10, 14), (State.MET, State.MET, Reason.WITHIN_LIMIT), filled.clock.now(), late=True)
    filled.ledger.keep_days([late])
    assert made(filled, HalfYear(2026, 2)).table == before.table
    with published(filled.configuration, filled.ledger, replace(wish, edition=2), filled.clock.now()):
        pass
    corrected = made(filled, HalfYear(2026, 2))
    assert corrected.table != before.table
    assert "édition 2" in corrected.page


def test_a_published_summary_that_was_changed_is_damage(filled: Filled) -> None:
    wish = ReportRequest(quarter=Quarter(2026, 4), beneficiary=SCOTA)
    with published(filled.configuration, filled.ledger, wish, filled.clock.now()) as kept:
        path = kept.folder / SUMMARY
    path.write_text(path.read_text().replace('"missed": 2', '"missed": 0'))
    with pytest.raises(LedgerDamaged, match="has changed"):
        made(filled, HalfYear(2026, 2))


def english(filled: Filled, period: Period, *, public: bool) -> FurtherDocument:
    now = filled.clock.now()
    return make(filled.configuration, filled.ledger, period, SCOTA, now, public=public, language="en")


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("period", PERIODS)
def test_a_document_in_english_is_wholly_so(filled: Filled, period: Period, public: bool) -> None:
    text = words(english(filled, period, public=public).page)
    assert "translation; the french text prevails" in text.lower()
    for written in sorted({value for one in filled.ledger.entries(None) for value in one.values.values()}, key=len):
        text = text.replace(written, "…") if len(written) > 8 else text
    for name in ("Communauté Urbaine d'Arras, DIITUN", "Syndicat Mixte du SCOT de l'Arrageois", "Délibération n° 588"):
        text = text.replace(name, "…")
    text = QUOTED.sub("…", text).replace("du 24 septembre 2025", "…")
    assert [text[max(0, found.start() - 40) : found.end() + 40] for found in FRENCH.finditer(text)] == []
    assert FRENCH.search(words(made(filled, period, public=public).page))


@pytest.mark.parametrize("period", PERIODS)
def test_a_translation_has_the_figures_of_the_french_document(filled: Filled, period: Period) -> None:
    figures = re.compile(r"(\d+) (?:of|sur) (\d{1,3}) \((\d+)")
    french, translated = made(filled, period), english(filled, period, public=False)
    assert figures.findall(words(translated.page)) == figures.findall(words(french.page))
    assert translated.table == french.table


@pytest.mark.parametrize("period", PERIODS)
def test_a_document_says_up_to_which_entry_it_was_made(filled: Filled, period: Period) -> None:
    """What is said to lack an entry lacks it as of some day: the words name none."""
    page = words(made(filled, period).page)
    assert "Dernière inscription lue 3 décembre 2026 à 13 h 00" in page
    assert [word for word in ("à ce jour", "aujourd'hui", "jusqu'à hier", "pas encore") if word in page] == []
