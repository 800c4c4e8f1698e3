"""Days that are alike share a row of their beneficiary; a day that was corrected never does."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged
from agent.core.model import Key, State
from agent.ledger import day_rows
from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import GENESIS, forge
from agent.ledger.ledger import ChainOutcome
from tests.ledger.samples import MORNING, asked, day_row, open_ledger

TODAY = MORNING.date()
KEYS = [
    Key(target=target, subject=f"srv-{number}", beneficiary=beneficiary)
    for beneficiary in ("scota", "other")
    for target in ("patching", "endpoint-protection")
    for number in range(3)
]


def kinds(directory: Path) -> list[tuple[str, str]]:
    return asked(directory, "SELECT kind, beneficiary FROM chain WHERE kind LIKE 'day%' ORDER BY sequence")


def test_days_that_are_alike_share_a_row_of_their_beneficiary(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        days = [
            day_row(TODAY, State.MET if key.subject != "srv-2" else State.MISSED, key=key)
            for key in KEYS
            if key.beneficiary == "scota" or key == KEYS[-1]
        ]
        ledger.keep_days(days)
        assert kinds(tmp_path) == [("days", "scota"), ("days", "scota"), ("day", "other")]
        assert set(ledger.day_rows(TODAY, TODAY)) == set(days)
        ledger.keep_days(days)
        assert len(kinds(tmp_path)) == 3
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_a_day_of_another_date_or_that_came_late_shares_no_row(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_days([day_row(TODAY, key=KEYS[0]), day_row(TODAY - timedelta(days=1), key=KEYS[0])])
        ledger.keep_days([day_row(TODAY, late=True, key=key) for key in KEYS[1:3]])
        ledger.keep_days([day_row(TODAY, State.MISSED, key=key) for key in KEYS[:3]])
        assert [kind for kind, _ in kinds(tmp_path)] == ["day"] * 7
        assert {row.state for row in ledger.day_rows(TODAY, TODAY)} == {State.MISSED}


def test_a_shared_row_says_what_came_since_an_earlier_one(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_days([day_row(TODAY, key=key) for key in KEYS[:3]])
        number = ledger.newest_day_row()
        ledger.keep_days([day_row(TODAY, key=key) for key in KEYS[3:6]])
        assert ledger.newer(number).days == frozenset(KEYS[3:6])


@pytest.mark.parametrize(
    "subjects", ['["srv-1"]', '{"patching":"srv-1"}', '{"patching":[1]}', '{"patching":[]},"more":1']
)
def test_a_shared_row_that_no_program_wrote_is_damage(subjects: str) -> None:
    said = '"day":"2026-11-24","judged_at":"2026-11-25T00:00:00.000000Z","late":false,"measured":"met"'
    text = f'{{"days":{{{said},"reason":"within-limit","state":"met","subjects":{subjects}}},"salt":"00"}}'
    row = forge(
        GENESIS, sequence=1, instant="2026-11-25T00:00:00.000000Z", kind="days", beneficiary="scota", payload_sha256=""
    )
    with pytest.raises(LedgerDamaged):
        day_rows.days_in(AppendedRow(row=row, text=text))
