"""What the recount of a bundle takes for accepted: the days that an acceptance names, and no others."""

from pathlib import Path

import pytest

from agent.report.own_rows import BeneficiaryPayload
from agent.report.recount import _accepted_days
from tests.ledger.samples import asked, open_ledger
from tests.parts.kept import append_entry

ACCEPTANCE = {
    "target": "patching",
    "subject": "srv-2",
    "accepted_by": "Présidente du SCOTA",
    "accepted_on": "2026-10-19T23:30:00+02:00",
    "until": "2026-11-19",
    "reason": "logiciel métier incompatible",
}


def payloads(directory: Path) -> list[BeneficiaryPayload]:
    query = "SELECT sequence, instant, kind, text FROM chain JOIN payload USING (sequence)"
    return [
        BeneficiaryPayload(sequence=sequence, instant=instant, kind=kind, text=text.encode())
        for sequence, instant, kind, text in asked(directory, query)
    ]


@pytest.fixture
def kept(tmp_path: Path) -> list[BeneficiaryPayload]:
    with open_ledger(tmp_path) as ledger:
        append_entry(ledger, "acceptance", ACCEPTANCE, beneficiary="scota")
    return payloads(tmp_path)


def test_an_acceptance_covers_its_days_target_and_subject(kept: list[BeneficiaryPayload]) -> None:
    accepted = _accepted_days(kept, "scota")
    days = ("2026-10-18", "2026-10-19", "2026-11-19", "2026-11-20")
    assert [accepted(day, "patching", "srv-2") for day in days] == [False, True, True, False]
    assert not accepted("2026-10-19", "patching", "srv-1")
    assert not accepted("2026-10-19", "backup-rpo", "srv-2")


def test_an_erased_entry_may_have_been_an_acceptance(kept: list[BeneficiaryPayload]) -> None:
    erased = BeneficiaryPayload(sequence=9, instant=kept[0].instant, kind="entry", text=None)
    assert _accepted_days([*kept, erased], "scota")("2020-01-01", "backup-rpo", "files")
