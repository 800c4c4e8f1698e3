"""Every bundle that the product makes verifies: of each kind of entry, as it was entered, amended or closed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.core.judging.departures import digest_of
from agent.core.model import Detail, Key, State
from agent.core.period import Quarter
from agent.core.reason import Reason
from agent.evaluation.round import Round
from agent.ledger.ledger import VerdictRecord
from agent.publishing.edition_files import EVIDENCE, FIGURES, PAGE
from agent.publishing.reports import ReportFiles, ReportRequest, published
from agent.register.book import as_entries
from agent.report.verifying import EvidenceOutcome, verify
from tests.evaluation.test_round import DAY, START, World, world
from tests.ledger.samples import verdict
from tests.parts.kept import append_entry
from tests.register.test_kept import SOUND

PROVISIONAL = datetime(2026, 12, 20, 9, tzinfo=UTC)
PERIMETER = '[[perimeter]]\nid = "internet"\nexposed = true\nbeneficiary = "scota"\n'
FINAL = datetime(2027, 1, 9, 9, tzinfo=UTC)
RETIREMENT = ("kind=backup", "subject=files", "reason=remplacée", "author=RSSI")
ACKNOWLEDGEMENT = (
    "target=backup-rpo",
    "subject=files",
    "state=missed",
    "until=2026-12-20T12:00+01:00",
    "author=RSSI",
)
CLOSED = datetime.fromisoformat("2026-11-21T10:00:00+00:00")


def values(register: str, **changed: str) -> dict[str, str]:
    """Return a sound entry's values, those that are changed among them."""
    sound = dict(
        word.split("=", 1) for word in {**SOUND, "retirement": RETIREMENT, "acknowledgement": ACKNOWLEDGEMENT}[register]
    )
    return {**sound, "beneficiary": "scota", **changed}


def enter(held: World, register: str, day: datetime, entered: Mapping[str, str], id: str | None = None) -> str:
    """Append an entry, or a revision of one, on a day."""
    held.clock.instant = day
    id = append_entry(held.ledger, register, entered, beneficiary="scota", id=id)
    held.look()
    return id


def retire(held: World, at: datetime, mistake: str) -> None:
    """Retire the backup at an instant, and judge what is left."""
    held.clock.instant = at
    append_entry(held.ledger, "retirement", values("retirement", mistake=mistake), beneficiary="scota")
    Round(held.session).judge(held.session.wanted)


def close_departure(held: World, id: str, at: datetime, closed: datetime = CLOSED, state: State = State.MET) -> None:
    """Keep the verdict that looks closed a departure."""
    held.clock.instant = at
    entry = next(one for one in as_entries(held.ledger.entries(None)) if one.id == id)
    key = Key(target="access-revocation", subject=id, beneficiary="scota")
    about: Detail = {"entry": id, "revision": digest_of(entry), "closed": closed}
    said = verdict(at, state, key=key, reason=Reason.WITHIN_LIMIT, about=about, evidence=(id,))
    held.ledger.keep_verdicts([VerdictRecord(verdict=said, stretch=None)])


def see_right(held: World, id: str, at: datetime, hours: float) -> None:
    """Keep the verdict that a right is still there, so many hours after the departure."""
    held.clock.instant = at
    key = Key(target="access-revocation", subject=id, beneficiary="scota")
    said = verdict(at, State.MISSED, key=key, reason=Reason.RIGHT_REMAINING, value=hours * 3600, evidence=(id,))
    held.ledger.keep_verdicts([VerdictRecord(verdict=said, stretch=None)])


@contextmanager
def published_without_pages(
    patch: pytest.MonkeyPatch, held: World, wish: ReportRequest, now: datetime
) -> Iterator[ReportFiles]:
    """Publish with empty pages: to write the four of them takes as long as the rest."""
    patch.setattr("agent.report.page.render", lambda report, **_: "")
    with published(held.session.configuration, held.ledger, wish, now) as made:
        yield made


def damage(held: World, folder: Path, now: datetime, quarter: str = "2026-Q4") -> list[str]:
    """Return what a verification of the bundle made now finds."""
    held.clock.instant = now
    wish = ReportRequest(quarter=Quarter.parse(quarter))
    with pytest.MonkeyPatch.context() as patch, published_without_pages(patch, held, wish, now) as made:
        path = folder / "bundle.zip"
        path.write_bytes(made.content(EVIDENCE))
        figures = folder / "figures.json"
        figures.write_bytes(made.content(FIGURES))
    found = verify(path, documents=[figures])
    assert found.outcome is not EvidenceOutcome.UNPROVEN
    assert found.figures_held == (found.counted is not None)
    return found.damage


@pytest.mark.parametrize("now", [PROVISIONAL, FINAL], ids=["provisional", "final"])
@pytest.mark.parametrize("register", sorted(SOUND))
def test_the_bundle_of_a_quarter_with_an_entry_verifies(tmp_path: Path, register: str, now: datetime) -> None:
    with world(tmp_path, PERIMETER) as held:
        held.look()
        entered = values(register, **({"left": "2026-11-19"} if register == "departure" else {}))
        id = enter(held, register, START + 18 * DAY, entered)
        assert damage(held, tmp_path, START + 20 * DAY) == []
        enter(held, register, START + 21 * DAY, {**entered, "author": "somebody else"}, id)
        assert damage(held, tmp_path, now) == []


@pytest.mark.parametrize("now", [START + 22 * DAY, PROVISIONAL, FINAL], ids=["soon", "provisional", "final"])
def test_the_bundle_of_a_departure_that_looks_closed_verifies(tmp_path: Path, now: datetime) -> None:
    with world(tmp_path) as held:
        held.look()
        id = enter(held, "departure", START + 18 * DAY, values("departure", left="2026-11-19"))
        close_departure(held, id, START + 20 * DAY)
        assert damage(held, tmp_path, now) == []


def test_the_bundle_of_a_departure_that_is_open_verifies(tmp_path: Path) -> None:
    """A verdict that says nothing new is renewed without a row: its value is not printed, since no row has it."""
    seen = START + 20 * DAY
    with world(tmp_path) as held:
        held.look()
        id = enter(held, "departure", START + 17 * DAY, values("departure", left="2026-11-18"))
        see_right(held, id, seen, 80)
        see_right(held, id, seen + DAY / 4, 86)
        assert {one.value for one in held.ledger.standing() if one.key.subject == id} == {86 * 3600}
        assert damage(held, tmp_path, seen + DAY / 2) == []
        assert damage(held, tmp_path, FINAL) == []


@pytest.mark.parametrize("now", [PROVISIONAL, FINAL], ids=["provisional", "final"])
def test_the_bundle_of_a_quarter_with_an_audit_verifies(tmp_path: Path, now: datetime) -> None:
    begun = {
        "performed": "2026-11-19T10:00+01:00",
        "backup": "files",
        "copy": "offsite",
        "seed": "5eed",
        "draws": "460",
    }
    started = {**begun, "author": "SCOTA", "beneficiary": "scota"}
    with world(tmp_path) as held:
        held.look()
        id = enter(held, "audit-draw", START + 18 * DAY, started)
        enter(held, "audit-draw", START + 18 * DAY, {**started, "bytes_read": "123", "outcome": "sound"}, id)
        assert damage(held, tmp_path, now) == []


@pytest.mark.parametrize("mistake", ["yes", "no"])
@pytest.mark.parametrize("now", [PROVISIONAL, FINAL], ids=["provisional", "final"])
def test_the_bundle_of_a_quarter_with_a_retirement_verifies(tmp_path: Path, mistake: str, now: datetime) -> None:
    with world(tmp_path) as held:
        held.points = [START - 9 * DAY]
        held.look()
        retire(held, START + 3 * DAY, mistake)
        assert damage(held, tmp_path, now) == []


def test_the_report_lists_what_was_declared_by_mistake(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        held.points = [START - 9 * DAY]
        held.look()
        held.clock.instant += DAY
        held.look()
        retire(held, START + 3 * DAY, "yes")
        held.clock.instant = PROVISIONAL
        with published(
            held.session.configuration, held.ledger, ReportRequest(quarter=Quarter.parse("2026-Q4")), PROVISIONAL
        ) as made:
            page = made.content(PAGE).decode()
    assert "Déclarés par erreur" in page and "jamais" in page
    assert "jours vus non atteints, qui ne sont plus décomptés" in page


def test_a_proof_that_changes_without_its_words_gets_a_row(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        held.look()
        entered = values("departure", left="2026-11-19")
        id = enter(held, "departure", START + 18 * DAY, entered)
        close_departure(held, id, START + 20 * DAY)
        append_entry(held.ledger, "departure", {**entered, "accounts": "other"}, beneficiary="scota", id=id)
        close_departure(held, id, held.clock.instant, closed=datetime.fromisoformat("2026-11-22T04:00:00+00:00"))
        assert damage(held, tmp_path, START + 20 * DAY + DAY / 4) == []
        assert damage(held, tmp_path, PROVISIONAL) == []


def test_the_bundle_of_a_later_quarter_shows_the_proof_that_closed_a_departure(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        held.look()
        id = enter(held, "departure", START + 18 * DAY, values("departure", left="2026-11-19"))
        close_departure(held, id, START + 20 * DAY)
        held.clock.instant = START + 100 * DAY
        held.look()
        assert damage(held, tmp_path, datetime(2027, 2, 20, 9, tzinfo=UTC), "2027-Q1") == []


def test_a_load_that_declared_nothing_of_a_beneficiary_is_in_later_bundles(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        held.look()
        (load,) = held.ledger.loads()
        others = {
            Key(target=key.target, subject=key.subject, beneficiary="eaux"): days for key, days in load.declared.items()
        }
        for days, declared in ((12, others), (70, load.declared)):
            held.clock.instant = START + days * DAY
            held.ledger.keep_load(f"{days}" * 32, declared, load.targets)
        held.clock.instant = START + 100 * DAY
        held.look()
        assert damage(held, tmp_path, datetime(2027, 2, 20, 9, tzinfo=UTC), "2027-Q1") == []
        assert date(2027, 2, 19) in {row.day for row in held.ledger.day_rows(date(2027, 2, 19), date(2027, 2, 19))}
