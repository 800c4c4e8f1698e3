"""Numbers in verdicts of older rows have the unit that their name said; those of today bring their own."""

import pytest

from agent.core.measures import ByteCount, Seconds
from agent.core.model import Detail, Finding, State
from agent.core.reason import Reason
from agent.ledger.encode import canonical
from agent.ledger.fields import parse
from agent.ledger.kept_types import FINDING
from agent.wording.slots import slots


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
    ],
)
def test_a_number_of_an_older_row_is_written_in_its_unit(older: Detail, written: str) -> None:
    said = Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about=read(older))

    assert slots(said, "files", "seconds", "en")[next(iter(older))] == written


def test_a_number_of_today_keeps_the_unit_it_was_given_whatever_its_name() -> None:
    today: Detail = {"files": Seconds(90), "room": ByteCount(10), "within_limit": 3, "said": "90", "share": 0.5}

    assert read(today) == today
    assert kinds(read(today)) == kinds(today)
