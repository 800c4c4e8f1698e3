"""The threat model names for each attacker what they try, the test that shows what stops it, and what nothing stops."""

import re
from itertools import pairwise

import pytest

from tests.parts.checkout import HOME

MODEL = (HOME / "docs" / "security.md").read_text()
ATTACKERS = re.split(r"(?m)^### ", MODEL.partition("\n## Who could do what\n")[2].partition("\n## ")[0])[1:]
TEST = re.compile(r"`tests/[\w/]+\.py::\w+`")


def attempts(attacker: str) -> list[str]:
    """Return what an attacker tries, one item of the list each."""
    listed = attacker.partition("\n**Not stopped:**")[0]
    starts = [found.start() for found in re.finditer(r"(?m)^- \*\*", listed)]
    return [listed[first:last] for first, last in pairwise([*starts, len(listed)])]


def test_the_model_has_attackers() -> None:
    assert len(ATTACKERS) >= 12


@pytest.mark.parametrize("attacker", ATTACKERS, ids=lambda text: text.partition("\n")[0].replace(" ", "-"))
def test_each_attempt_has_its_test_and_each_attacker_what_is_not_stopped(attacker: str) -> None:
    assert "Wants: " in attacker
    assert attacker.count("\n**Not stopped:** ") == 1
    assert attempts(attacker)
    assert [attempt for attempt in attempts(attacker) if not TEST.search(attempt)] == []


def test_the_search_for_attempts_sees_one_without_a_test() -> None:
    planted = (
        "X\n\n- **Tries**: stopped. `tests/x/test_y.py::test_z`\n- **Tries more**: stopped.\n\n**Not stopped:** y.\n"
    )
    assert [bool(TEST.search(attempt)) for attempt in attempts(planted)] == [True, False]
