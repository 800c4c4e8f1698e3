"""What verdicts of older rows name has the type that its name said; what those of today name brings its own."""

from datetime import UTC, datetime

import pytest

from agent.core.measures import ByteCount, Seconds
from agent.core.model import Detail, Finding, State
from agent.core.reason import Reason
from agent.ledger.encode import canonical
from agent.ledger.fields import parse
from agent.ledger.kept_types import FINDING
from agent.wording.slots import slots

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def read(about: Detail) -> Detail:
    """Return what a finding names once it was kept."""
    finding = Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about=about)
    return FINDING.decode(parse(canonical(FINDING.encode(finding)))).about


def kinds(about: Detail) -> dict[str, type]:
    """Return the type of each value."""
    return {name: type(value) for name, value in about.items()}


@pytest.mark.parametrize(
    ("older", "written"),
    [
        ({"evidence_age": 93_784.5}, "26 h 3 min"),
        ({"evidence_limit": 86_400}, "24 h"),
        ({"ahead": 90}, "1 min 30 s"),
        ({"usual_bytes": 2.5e9}, "2.5 GB"),
        ({"bytes": 10}, "10 bytes"),
        ({"copies_with_own_limit": 2}, "2"),
        ({"files": 2}, "2"),
        ({"newest": "2026-11-30T11:00:00+00:00"}, "30 November 2026 at 12:00"),
        ({"due": "2026-11-30"}, "30 November 2026"),
        ({"canary": "absent"}, "absent"),
        ({"said": "2026-11-30"}, "2026-11-30"),
    ],
)
def test_a_value_of_an_older_row_is_written_by_its_type(older: Detail, written: str) -> None:
    said = Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about=read(older))

    assert slots(said, "files", "seconds", "en")[next(iter(older))] == written


def test_a_value_of_today_keeps_the_type_it_was_given_whatever_its_name() -> None:
    today: Detail = {"files": Seconds(90), "room": ByteCount(10), "within_limit": 3, "said": "90", "share": 0.5}
    today = {**today, "bytes": NOON.date(), "ahead": NOON, "host": "2026-11-30"}

    assert read(today) == today
    assert kinds(read(today)) == kinds(today)
