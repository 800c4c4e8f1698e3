"""The JSON of the contract, key for key."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from agent.core.model import State
from agent.export.verdicts_json import document
from agent.wording.detail import detail
from agent.wording.verdict_fields import instant
from tests.export.samples import ACCEPTED, LATE, NOW, SOUND, UNREACHABLE, verdict


def test_the_document_is_the_contracts() -> None:
    """Names, order, types and the form of instants are those that other programs rely on."""
    assert json.loads(document([LATE], NOW)) == {
        "schema": "beffroi.verdicts/1",
        "generated_at": "2026-11-24T04:12:09Z",
        "summary": {"met": 0, "missed": 1, "unproven": 0, "accepted": 0, "not-applicable": 0},
        "verdicts": [
            {
                "target": "backup-rpo",
                "subject": "files",
                "beneficiary": "scota",
                "state": "missed",
                "measured": "missed",
                "reason": "too-old",
                "value": 93784.0,
                "limit": 86400.0,
                "unit": "seconds",
                "observed_at": "2026-11-24T04:08:09Z",
                "detail": detail(LATE),
                "acceptance": None,
                "evidence": ["r-1042"],
            }
        ],
    }
    assert '"value": 93784.0, "limit": 86400.0' in document([LATE], NOW)


def test_the_worst_comes_first() -> None:
    """Order depends on the verdicts alone."""
    shown = json.loads(document([SOUND, ACCEPTED, UNREACHABLE, LATE], NOW))
    assert [one["state"] for one in shown["verdicts"]] == ["missed", "unproven", "accepted", "met"]
    assert document([LATE, SOUND], NOW) == document([SOUND, LATE], NOW)


def test_an_acceptance_keeps_what_was_measured() -> None:
    """An accepted risk is named, and the measured state stays beside it."""
    shown = json.loads(document([ACCEPTED], NOW))["verdicts"][0]
    assert (shown["state"], shown["measured"], shown["acceptance"]) == ("accepted", "missed", "acceptance-3")


def test_what_was_never_looked_at_is_null() -> None:
    """No number and no instant is invented."""
    shown = json.loads(document([verdict("backup-rpo", "files")], NOW))["verdicts"][0]
    assert (shown["value"], shown["observed_at"], shown["evidence"]) == (None, None, [])


def test_no_verdict_is_a_document_with_none() -> None:
    """Summary and list are there, empty."""
    shown = json.loads(document([], NOW))
    assert shown["verdicts"] == []
    assert set(shown["summary"]) == {state.value for state in State}


def test_instants_are_cut_and_in_utc() -> None:
    """A second that has not passed is not shown, and Paris is told as UTC."""
    paris = timezone(timedelta(hours=1))
    assert instant(datetime(2026, 11, 24, 5, 12, 9, 999_999, tzinfo=paris)) == "2026-11-24T04:12:09Z"


@given(st.text(), st.floats())
def test_any_name_and_any_number_make_strict_json(subject: str, value: float) -> None:
    """Control characters, half surrogates and NaN cannot leave the document."""
    text = document([replace(LATE, subject=subject, value=value)], NOW)
    assert text.isascii()
    assert "\n" not in text

    def refuse(name: str) -> None:
        raise AssertionError(name)

    assert json.loads(text, parse_constant=refuse)["verdicts"][0]["subject"] == subject
