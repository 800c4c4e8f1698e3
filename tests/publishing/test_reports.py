"""Publishing: the first report after the quarter's end stands for good; what comes later takes another edition."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged, UsageError
from agent.core.model import State
from agent.core.period import Quarter
from agent.core.reason import Reason
from agent.ledger.append import tip
from agent.ledger.editions import Edition, folder_of, read
from agent.publishing.edition_files import DAYS, ENGLISH_PAGE, ENGLISH_PUBLIC_PAGE, EVIDENCE, FIGURES, PAGE, PUBLIC_PAGE
from agent.publishing.publisher import due
from agent.publishing.reports import ReportRequest, published
from agent.report.begun import begun_on
from agent.report.summary import SUMMARY
from tests.parts.kept import append_entry
from tests.report.year import RPO, Year, copied, noon, row, year

Q4 = Quarter(2026, 4)
DRAFT = ReportRequest(quarter=Q4, beneficiary="scota", draft=True)


@pytest.fixture(scope="module")
def december(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a ledger with some days of December."""
    folder = tmp_path_factory.mktemp("december")
    with year(folder, first=date(2026, 12, 24), loaded=date(2026, 12, 20)):
        return folder


@pytest.fixture
def made(december: Path, tmp_path: Path) -> Iterator[Year]:
    """Open a ledger of its own for each test."""
    with copied(december, tmp_path) as filled:
        yield filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What came of asking, its files read."""

    edition: int | None
    fresh: bool
    files: Mapping[str, bytes]


def ask(filled: Year, edition: int | None = None, quarter: Quarter = Q4, beneficiary: str | None = "scota") -> Given:
    wish = ReportRequest(quarter=quarter, beneficiary=beneficiary, edition=edition)
    with published(filled.configuration, filled.ledger, wish, filled.clock.now()) as made:
        files = {file.name: file.read_bytes() for file in made.folder.iterdir()}
        return Given(edition=made.edition, fresh=made.fresh, files=files)


def editions(filled: Year) -> tuple[Edition, ...]:
    return filled.ledger.ask(lambda kept: read(kept, "scota"))


def late(filled: Year) -> None:
    """Let late evidence turn a day that no one had seen into one that was met."""
    now = filled.clock.now()
    found = row(RPO, date(2026, 12, 23), (State.MET, State.MET, Reason.WITHIN_LIMIT), now, late=True)
    filled.ledger.keep_days([found])


def test_the_first_report_is_edition_one_and_later_ones_are_the_same_bytes(made: Year) -> None:
    first = ask(made)
    assert (first.edition, first.fresh) == (1, True)
    late(made)
    made.clock.time += timedelta(days=40)
    again = ask(made)
    assert (again.edition, again.fresh) == (1, False)
    assert again.files == first.files
    assert set(first.files) == {PAGE, PUBLIC_PAGE, ENGLISH_PAGE, ENGLISH_PUBLIC_PAGE, DAYS, FIGURES, SUMMARY, EVIDENCE}


def test_what_arrives_later_takes_an_edition_that_says_what_it_changes(made: Year) -> None:
    first = ask(made)
    late(made)
    append_entry(
        made.ledger, "incident", {"none": "2026-12", "author": "RSSI", "beneficiary": "scota"}, beneficiary="scota"
    )
    second = ask(made, 2)
    page = second.files[PAGE].decode().replace("\u00a0", " ")
    assert "Édition 2" in page
    assert "Sauvegarde quotidienne, files, le 23 décembre 2026 : non démontré devient atteint." in page
    assert "ajoutée." in page
    assert ask(made).edition == 2
    assert ask(made, 1).files == first.files


def test_an_edition_lists_old_and_new_value_author_and_day_of_an_amendment(made: Year) -> None:
    ask(made)
    entry = next(one for one in made.ledger.entries("incident") if one.values.get("title") == "Messagerie indisponible")
    made.clock.time += timedelta(days=1)
    values = {**entry.values, "reported": "2026-10-19", "author": "J. Martin"}
    append_entry(made.ledger, "incident", values, beneficiary="scota", id=entry.id)
    page = ask(made, 2).files[PAGE].decode().replace("\u00a0", " ")
    assert "compte rendu le, 28 octobre 2026 devient 19 octobre 2026 (le 9 janvier 2027, par J. Martin)" in page
    public = ask(made, 2).files[PUBLIC_PAGE].decode()
    assert "J. Martin" not in public
    assert "Inscrit ou modifié après la fin du trimestre" in page


def test_an_edition_without_a_change_is_refused(made: Year) -> None:
    ask(made)
    made.clock.time += timedelta(days=1)
    made.ledger.sign_heads(made.clock.now())
    with pytest.raises(UsageError, match="nothing has changed since edition 1 of 2026-Q4"):
        ask(made, 2)
    assert len(editions(made)) == 1


def test_an_event_of_the_next_quarter_changes_nothing(made: Year) -> None:
    ask(made)
    append_entry(
        made.ledger,
        "scan",
        {"performed": "2027-01-07", "perimeter": "internet", "by": "x", "author": "x", "beneficiary": "scota"},
        beneficiary="scota",
    )
    with pytest.raises(UsageError, match="nothing has changed"):
        ask(made, 2)


@pytest.mark.parametrize(
    ("edition", "said"), [(2, "edition 2 of 2026-Q4 cannot follow"), (7, "cannot follow edition 0")]
)
def test_editions_follow_one_another(made: Year, edition: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ask(made, edition)


def test_a_quarter_that_goes_on_is_shown_and_not_kept(made: Year) -> None:
    made.clock.time = noon(date(2026, 12, 30))
    shown = ask(made)
    assert shown.edition is None
    assert "Rapport provisoire." in shown.files[PAGE].decode()
    assert shown.files[DAYS].decode().splitlines()[-1].startswith("2026-12-29,")
    assert editions(made) == ()
    assert ask(made).files == shown.files
    with pytest.raises(UsageError, match="2026-Q4 is not over"):
        ask(made, 1)


@pytest.mark.parametrize("now", [date(2026, 12, 30), date(2027, 1, 20)])
def test_a_draft_marks_every_page_and_keeps_nothing(made: Year, now: date) -> None:
    made.clock.time = noon(now)
    rows, days = made.ledger.ask(tip), made.ledger.newest_day_row()
    with published(made.configuration, made.ledger, DRAFT, made.clock.now()) as draft:
        files = {file.name: file.read_text() for file in draft.folder.iterdir()}
    assert set(files) == {PAGE, PUBLIC_PAGE, ENGLISH_PAGE, ENGLISH_PUBLIC_PAGE, FIGURES, DAYS}
    for page in (files[PAGE], files[PUBLIC_PAGE]):
        assert "4e trimestre 2026, brouillon" in page and "<strong>Brouillon.</strong> Rien n" in page
    assert (made.ledger.ask(tip), made.ledger.newest_day_row()) == (rows, days)
    assert editions(made) == ()


def test_a_draft_counts_as_the_edition_will(made: Year) -> None:
    with published(made.configuration, made.ledger, DRAFT, made.clock.now()) as draft:
        days = draft.content(DAYS)
    assert ask(made).files[DAYS] == days


def test_a_draft_has_no_edition(made: Year) -> None:
    with (
        pytest.raises(UsageError, match="a draft has no edition"),
        published(made.configuration, made.ledger, replace(DRAFT, edition=1), made.clock.now()),
    ):
        raise AssertionError


def test_a_quarter_before_measuring_began_is_refused(made: Year) -> None:
    wish = ReportRequest(quarter=Quarter(2026, 3), beneficiary="scota")
    with (
        pytest.raises(UsageError, match="nothing was measured in 2026-Q3") as refused,
        published(made.configuration, made.ledger, wish, made.clock.now()),
    ):
        raise AssertionError
    assert refused.value.hint == "measuring began on 2026-12-20"


def test_a_start_that_was_moved_later_takes_no_quarter_away(made: Year) -> None:
    """The next convention begins on 1 January: the report on the quarter before is still due on the eighth."""
    later = date(2027, 1, 1)
    convention = replace(made.configuration.convention, starts=later)
    configuration = replace(made.configuration, convention=convention)
    (load,) = made.ledger.loads()
    moved = {key: replace(days, starts=later) for key, days in load.declared.items()}
    made.ledger.keep_load("d" * 64, moved, load.targets)
    assert [wish.quarter for wish in due(configuration, made.ledger, made.clock.now())] == [Q4, Q4]
    wish = ReportRequest(quarter=Q4, beneficiary="scota")
    with published(configuration, made.ledger, wish, made.clock.now()) as report:
        assert report.content(PAGE)


def test_measuring_begins_with_the_first_load_or_with_the_start_that_it_had(made: Year) -> None:
    (load,) = made.ledger.loads()
    assert begun_on([load], date(2027, 1, 1)) == begun_on([load], None) == date(2026, 12, 20)
    late = {key: replace(days, starts=date(2026, 12, 27)) for key, days in load.declared.items()}
    assert begun_on([replace(load, declared=late)], None) == date(2026, 12, 27)
    assert begun_on([replace(load, declared={})], date(2026, 12, 27)) == date(2026, 12, 27)


@pytest.mark.parametrize("quarter", [Quarter(2027, 2), Quarter(2025, 4)])
def test_a_quarter_of_which_nothing_is_known_is_refused(made: Year, quarter: Quarter) -> None:
    with pytest.raises(UsageError):
        ask(made, quarter=quarter)


def test_a_published_file_that_was_changed_or_lost_is_damage_and_never_made_anew(made: Year) -> None:
    ask(made)
    (edition,) = editions(made)
    folder = folder_of(made.configuration.agent.state_directory, edition)
    page = (folder / PAGE).read_bytes()
    (folder / PAGE).write_bytes(page.replace(b"non atteint", b"atteint"))
    with pytest.raises(LedgerDamaged, match="has changed"):
        ask(made)
    (folder / PAGE).unlink()
    with pytest.raises(LedgerDamaged, match="cannot be read"):
        ask(made)


def test_an_edition_is_kept_in_the_chain_and_for_its_owner_and_group_only(made: Year) -> None:
    files = ask(made).files
    (edition,) = editions(made)
    assert set(edition.files) == set(files)
    assert made.ledger.verify().damage == ()
    folder = folder_of(made.configuration.agent.state_directory, edition)
    assert folder.stat().st_mode & 0o777 == 0o750
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o640}


def test_the_summary_is_json_with_the_counts(made: Year) -> None:
    told = json.loads(ask(made).files[SUMMARY])
    assert (told["schema"], told["quarter"]) == ("beffroi.report/1", "2026-Q4")
    assert told["targets"]["backup-rpo"]["outcome"] == "not-demonstrated"


def test_a_run_that_was_killed_leaves_no_half_an_edition(made: Year) -> None:
    folder = made.configuration.agent.state_directory / "reports"
    (folder / "scota-2026-Q4-edition-1").mkdir(parents=True)
    (folder / "scota-2026-Q4-edition-1" / "stray").touch()
    (folder / ".scota-2026-Q4-edition-1.new").mkdir()
    assert ask(made).fresh
    assert not (folder / "scota-2026-Q4-edition-1" / "stray").exists()


def test_who_has_several_beneficiaries_names_one(made: Year) -> None:
    with pytest.raises(UsageError, match="2 beneficiaries are declared"):
        ask(made, beneficiary=None)
    with pytest.raises(UsageError, match="no such beneficiary: 'nobody'") as refused:
        ask(made, beneficiary="nobody")
    assert refused.value.hint is not None and "declared again" in refused.value.hint
    other = ask(made, beneficiary="eaux")
    assert "files" not in other.files[DAYS].decode()
    assert "Syndicat des eaux" in other.files[PAGE].decode()
