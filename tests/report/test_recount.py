"""What the recount of a bundle takes for accepted: the days that an acceptance names, and no others."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from agent.report.kept_rows import DayRowRules
from agent.report.own_rows import BeneficiaryPayload
from agent.report.recount import _accepted_days, _erased_from
from tests.ledger.samples import HandClock, asked, open_ledger
from tests.parts.kept import append_entry

ACCEPTANCE = {
    "target": "patching",
    "subject": "srv-2",
    "accepted_by": "Présidente du SCOTA",
    "accepted_on": "2026-10-19T23:30:00+02:00",
    "until": "2026-11-19",
    "beneficiary": "scota",
    "author": "tech",
    "reason": "logiciel métier incompatible",
}
ENTERED = datetime.fromisoformat("2026-10-19T23:45:00+02:00")


def payloads(directory: Path) -> list[BeneficiaryPayload]:
    query = "SELECT sequence, instant, kind, text FROM chain JOIN payload USING (sequence)"
    return [
        BeneficiaryPayload(sequence=sequence, instant=instant, kind=kind, text=text.encode())
        for sequence, instant, kind, text in asked(directory, query)
    ]


@pytest.fixture
def kept(tmp_path: Path) -> list[BeneficiaryPayload]:
    return entered_at(tmp_path, ENTERED)


def entered_at(directory: Path, when: datetime, values: Mapping[str, str] = ACCEPTANCE) -> list[BeneficiaryPayload]:
    """Return the payloads of a ledger with one acceptance, which was entered at an instant."""
    with open_ledger(directory, HandClock(when)) as ledger:
        append_entry(ledger, "acceptance", values, beneficiary="scota")
    return payloads(directory)


def test_an_acceptance_covers_its_days_target_and_subject(kept: list[BeneficiaryPayload]) -> None:
    accepted = _accepted_days(kept, "scota")
    days = ("2026-10-18", "2026-10-19", "2026-11-19", "2026-11-20")
    assert [accepted(day, "patching", "srv-2") for day in days] == [False, True, True, False]
    assert not accepted("2026-10-19", "patching", "srv-1")
    assert not accepted("2026-10-19", "backup-rpo", "srv-2")


@pytest.mark.parametrize("entered", ["2026-11-02T09:00:00+01:00", "2027-01-10T09:00:00+01:00"])
def test_an_acceptance_acts_from_its_entry_on(tmp_path: Path, entered: str) -> None:
    accepted = _accepted_days(entered_at(tmp_path, datetime.fromisoformat(entered)), "scota")
    days = ("2026-10-19", "2026-11-01", "2026-11-02", "2026-11-19")
    assert [accepted(day, "patching", "srv-2") for day in days] == [False, False, *[entered < "2027"] * 2]


def test_an_acceptance_by_its_own_author_covers_no_day(tmp_path: Path) -> None:
    kept = entered_at(tmp_path, ENTERED, ACCEPTANCE | {"author": ACCEPTANCE["accepted_by"]})
    assert not _accepted_days(kept, "scota")("2026-11-01", "patching", "srv-2")


def test_an_erased_entry_may_have_been_an_acceptance_which_no_one_is_shown(kept: list[BeneficiaryPayload]) -> None:
    erased = BeneficiaryPayload(sequence=9, instant="2026-11-02T09:00:00.000000Z", kind="entry", text=None)
    rules = DayRowRules(_accepted_days([*kept, erased], "scota"), erased_from=_erased_from([*kept, erased]))
    assert [rules.may_be_accepted(day, "backup-rpo", "files") for day in ("2026-11-01", "2026-11-02")] == [False, True]
    assert rules.may_be_accepted("2026-11-03", "patching", "srv-2")
    (said,) = rules.doubts()
    assert said.startswith(
        "2026-11-02 backup-rpo files is kept as accepted, and an entry that may accept it was erased"
    )
    assert "(days kept so: 1)" in said
