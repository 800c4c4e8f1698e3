"""The history of a subject: its days, and the changes of its verdict."""

import re
from dataclasses import replace
from datetime import date, timedelta

from agent.accounting.days import DayRow
from agent.cli.history import changes_only, render_history
from agent.core.model import Key, State
from agent.core.reason import Reason
from tests.verdicts import NOW, verdict

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
KEY = Key(target="backup-rpo", subject="files", beneficiary="scota")
CHANGES = tuple(
    verdict("backup-rpo", "files", state, reason, at=NOW + timedelta(hours=hours))
    for hours, state, reason in (
        (0, State.MET, Reason.WITHIN_LIMIT),
        (1, State.MET, Reason.WITHIN_LIMIT),
        (30, State.MISSED, Reason.TOO_OLD),
        (50, State.MET, Reason.WITHIN_LIMIT),
    )
)


def row(day: int, state: State, *, late: bool = False) -> DayRow:
    """Return the row of one day of November."""
    return DayRow(
        key=KEY,
        day=date(2026, 11, day),
        state=state,
        measured=state,
        reason=Reason.TOO_OLD if state is State.MISSED else Reason.WITHIN_LIMIT,
        late=late,
        judged_at=NOW,
    )


ROWS = (row(23, State.MET), row(24, State.MISSED), row(26, State.MET, late=True))


def test_a_verdict_repeated_is_no_change() -> None:
    assert [change.state for change in changes_only(CHANGES)] == [State.MET, State.MISSED, State.MET]


def test_elsewhere_than_on_a_terminal_days_and_changes_are_lines_of_seven_fields() -> None:
    text = render_history(CHANGES, ROWS, language="fr", terminal=False, width=80)
    found = [line.split("\t") for line in text.splitlines()]
    assert {len(fields) for fields in found} == {7}
    assert [fields[0] for fields in found] == ["day"] * 3 + ["change"] * 3
    assert found[2][1:] == ["2026-11-26", "met", "backup-rpo", "files", "within-limit", "late"]
    assert found[4][1:3] == ["2026-11-25T10:12:09Z", "missed"]


def test_a_day_without_a_row_is_shown_as_a_gap() -> None:
    text = render_history(CHANGES, ROWS, language="fr", terminal=True, width=120)
    assert "23 novembre 2026 au 26 novembre 2026" in text
    assert "preuve tardive : 26 novembre 2026" in text
    strip = next(line for line in text.splitlines() if "jours du" in line)
    assert COLOUR.sub("", strip).split("2026 : ")[1].startswith("✓✕.✓")


def test_days_stand_in_weeks_and_are_counted() -> None:
    """29 November 2026 is a Sunday."""
    rows = tuple(row(day, State.MISSED if day == 27 else State.MET) for day in range(26, 31))
    text = COLOUR.sub("", render_history((), rows, language="fr", terminal=True, width=120))
    assert " : ✓✕✓✓ ✓  1 non atteint · 4 atteints" in text


def test_the_further_lines_of_a_change_are_indented() -> None:
    text = COLOUR.sub("", render_history(CHANGES, ROWS, language="fr", terminal=True, width=44))
    title, *lines = text.splitlines()
    assert title.startswith("files")
    assert {len(line) - len(line.lstrip()) for line in lines if line} == {2, 4}
    assert max(map(len, lines)) <= 44


def test_two_beneficiaries_are_told_apart_in_a_history() -> None:
    other = replace(ROWS[0], key=KEY._replace(beneficiary="other"))
    text = COLOUR.sub("", render_history((), (ROWS[0], other), language="fr", terminal=True, width=120))
    assert "files [other]" in text
    assert "files [scota]" in text
    assert "[scota]" not in render_history((), ROWS, language="fr", terminal=True, width=120)


def test_a_subject_of_which_nothing_was_kept_says_so() -> None:
    assert "rien n'a été retenu" in render_history((), (), language="fr", terminal=True, width=80)
    assert render_history((), (), language="fr", terminal=False, width=80) == ""
