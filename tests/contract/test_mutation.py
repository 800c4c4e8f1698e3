"""The faults that are named as changing nothing: each of something that is there, and with its reason."""

import tomllib

from tests.mutation.faults import EQUIVALENT
from tests.mutation.targets import chosen
from tests.parts.checkout import HOME

NAMED = tomllib.loads(EQUIVALENT.read_text()).get("equivalent", [])


def test_every_fault_named_as_equivalent_is_of_code_that_is_there_and_says_why() -> None:
    assert {one["module"] for one in NAMED} <= set(chosen(()))
    for one in NAMED:
        text = " ".join((HOME / one["module"]).read_text().split())
        assert f"def {one['function'].rpartition('.')[2]}(" in text, one
        assert len(one["why"].split()) > 2, one
        assert one["was"] != one["became"], one
