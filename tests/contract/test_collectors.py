"""What every collector owes its reader: what it reads, needs and is blind to, and a folder of tests."""

import pytest

from agent import registry

FOUND = registry.find()


@pytest.mark.parametrize("name", FOUND.collectors)
def test_a_collector_says_what_it_reads_needs_and_cannot_see(name: str) -> None:
    document = FOUND.documents[name]
    assert [field for field in ("Reads:", "Needs:", "Blind:") if f"\n{field}" not in document] == []
