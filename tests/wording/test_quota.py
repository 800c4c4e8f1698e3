"""The volume of a beneficiary's sources is told as a size, with the day of the backups that tell it."""

from datetime import UTC, datetime

import pytest

from agent.core.measures import ByteCount
from agent.core.model import DetailValue, State, Verdict
from agent.core.reason import Reason
from agent.wording.sentences import phrase

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KNOWN: dict[str, DetailValue] = {
    "sources": 2,
    "sized": 1,
    "known_bytes": ByteCount(4e9),
    "measured": datetime.fromisoformat("2026-11-24T02:00:00+00:00"),
}


def said(state: State, reason: Reason, value: float | None, **about: ByteCount) -> tuple[str, str]:
    verdict = Verdict(
        target="storage-quota", subject="scota", beneficiary="scota", at=NOW, state=state, measured=state,
        day_state=state, reason=reason, unit="bytes", value=value, limit=1e12, about={**KNOWN, **about},
    )  # fmt: skip
    return phrase(verdict, "fr"), phrase(verdict, "en")


@pytest.mark.parametrize(
    ("told", "french", "english"),
    [
        (said(State.MET, Reason.WITHIN_LIMIT, 4e11), "occupent 400 Go (compris dans le prix : 1 To)", "400 GB"),
        (said(State.MISSED, Reason.OVER_QUOTA, 2e12), "occupent 2 To, plus que ce que le prix", "hold 2 TB"),
        (said(State.UNPROVEN, Reason.INCOMPLETE, None), "leur volume : 1 sur 2 (4 Go)", "how much they hold: 1 of 2"),
        (
            said(State.UNPROVEN, Reason.INCOMPLETE, None, upper_bytes=ByteCount(2e12)),
            "les sources occupent au plus 2 To",
            "the sources hold at most 2 TB",
        ),
    ],
)  # fmt: skip
def test_the_volume_is_told_as_a_size(told: tuple[str, str], french: str, english: str) -> None:
    assert french in told[0]
    assert english in told[1]


def test_a_volume_that_is_not_known_is_not_put_on_restic_alone() -> None:
    french, english = said(State.UNPROVEN, Reason.INCOMPLETE, None)
    assert "restic le note depuis 0.17, et une série d'archives ne le dit pas" in french
    assert "restic notes it from 0.17 on, and a set of archives does not tell it" in english
