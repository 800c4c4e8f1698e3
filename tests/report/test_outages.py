"""What is unproven because the agent did not run: told once on the first page, and in no target's table of causes."""

import html
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.core.model import State
from agent.core.reason import Reason
from agent.ledger.day_rows import DayResult
from agent.publishing.edition_files import PAGE
from agent.publishing.reports import ReportRequest, published
from agent.register.kept import add
from agent.report.days import Span, SubjectDays
from agent.report.deviations import deviations, outages
from agent.report.front import outage_sentence
from tests.evaluation.test_past_days import LAST_LOOK, Q4, RETENTION
from tests.evaluation.test_round import RPO, live, world

SPAN = Span(first=date(2026, 11, 1), last=date(2026, 11, 6))


def came(state: State, reason: Reason) -> DayResult:
    return DayResult(state=state, measured=state, reason=reason)


MET, STALE = came(State.MET, Reason.WITHIN_LIMIT), came(State.UNPROVEN, Reason.STALE_EVIDENCE)
OFF = came(State.UNPROVEN, Reason.UNREACHABLE)


def on(*days: int) -> list[date]:
    return [date(2026, 11, day) for day in days]


def test_unproven_days_of_a_silence_stand_apart_from_the_days_around_it() -> None:
    subject = SubjectDays(key=RPO, span=SPAN, came=(MET, STALE, STALE, STALE, STALE, OFF))
    found = deviations([subject], frozenset(on(3, 4, 6)))
    assert {(one.first.day, one.last.day, one.reason, one.silent) for one in found} == {
        (2, 2, Reason.STALE_EVIDENCE, False),
        (3, 4, Reason.STALE_EVIDENCE, True),
        (5, 5, Reason.STALE_EVIDENCE, False),
        (6, 6, Reason.UNREACHABLE, False),
    }


def test_an_outage_is_no_longer_than_what_was_expected() -> None:
    subject = SubjectDays(key=RPO, span=SPAN, came=(None, None, STALE, STALE, MET, STALE))
    assert outages(on(2, 3, 4, 6), [subject]) == (
        Span(first=date(2026, 11, 3), last=date(2026, 11, 4)),
        Span(first=date(2026, 11, 6), last=date(2026, 11, 6)),
    )
    assert outages(on(2), []) == ()


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([], ""),
        ([(3, 3)], "n'a rien enregistré le 3 novembre 2026 : le registre ne contient aucun contrôle de ce jour-là."),
        (
            [(3, 5)],
            "n'a rien enregistré du 3 au 5 novembre 2026 : le registre ne contient aucun contrôle de ces jours-là.",
        ),
        ([(3, 4), (7, 9)], "n'a rien enregistré les 3 et 4 novembre 2026 et du 7 au 9 novembre 2026 : le registre"),
        ([(day, day) for day in range(1, 17, 2)], "et 2 autres jours : le registre ne contient aucun contrôle"),
    ],
)
def test_outages_are_said_in_one_sentence(spans: list[tuple[int, int]], said: str) -> None:
    silent = [Span(first=date(2026, 11, first), last=date(2026, 11, last)) for first, last in spans]
    found = outage_sentence(silent, "fr")
    assert said in found
    assert bool(found) is bool(spans)


def test_a_silence_of_the_agent_is_told_once(tmp_path: Path) -> None:
    with world(tmp_path, of_backup=RETENTION) as held:
        held.look()
        live(held, LAST_LOOK)
        held.clock.instant = datetime(2026, 11, 10, 9, tzinfo=UTC)
        words = ("target=backup-rpo", "subject=files", "action=x", "owner=y", "due=2026-12-01", "author=z")
        add(held.ledger, "plan", words, held.session.configuration, held.clock.instant)
        held.clock.instant = datetime(2026, 11, 15, 9, tzinfo=UTC)
        held.look()
        live(held, datetime(2026, 11, 17, 9, tzinfo=UTC))
        now = held.clock.instant
        with published(held.session.configuration, held.ledger, ReportRequest(quarter=Q4), now) as made:
            page = html.unescape(made.content(PAGE).decode()).replace("’", "'")
    body = " ".join(re.sub(r"<[^>]*>", " ", page.partition("<body>")[2]).split())
    assert body.count("Le logiciel de mesure n'a rien enregistré du 4 au 14 novembre 2026") == 1
    lifecycle = body[body.index("Durée de conservation") :]
    assert "Non démontrés, faute de tout enregistrement 11" in lifecycle
    assert "du 4 au 14 novembre 2026" not in page.partition('id="objectifs"')[2]
