"""Real faults of a repository behind a real sshd: each is seen by the methods that the document names, by no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.stores import FAULTS, SOUND, Fault, Stores, seen_by, stores, table

pytestmark = [pytest.mark.programs, pytest.mark.network]

DOCUMENT = Path(__file__).parents[2] / "docs" / "verification.md"
OURS = frozenset({"points", "listing", "hash"})


@pytest.fixture(scope="module")
def lab() -> Iterator[Stores]:
    with stores() as made:
        yield made


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_seen_by_the_methods_that_can(fault: Fault, lab: Stores) -> None:
    assert seen_by(lab, fault, FAULTS.index(fault)) == fault.expected


@pytest.mark.parametrize("fault", SOUND, ids=lambda fault: fault.name)
def test_what_is_no_damage_raises_no_alarm(fault: Fault, lab: Stores) -> None:
    assert seen_by(lab, fault, 100 + SOUND.index(fault)) == frozenset()


def test_no_fault_goes_unseen() -> None:
    assert [fault.name for fault in FAULTS if not fault.seen & OURS] == []


def test_the_document_shows_the_faults_and_what_sees_them() -> None:
    assert table({fault.name: fault.seen for fault in FAULTS}) in DOCUMENT.read_text()
