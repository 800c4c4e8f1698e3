"""Ids of evidence: each names one look, and what is no id of a look names none."""

import pytest

from agent.ledger.places import LookPlace, evidence_id, place_of


@pytest.mark.parametrize(("place", "id"), [(LookPlace(4123), "r-4123"), (LookPlace(4123, 7), "r-4123.7")])
def test_an_id_names_the_place_that_it_was_made_of(place: LookPlace, id: str) -> None:
    assert evidence_id(place) == id
    assert place_of(id) == place


@pytest.mark.parametrize(
    "id", ["", "r-", "r-x", "r-1.", "r-.1", "r-1.0", "r-1.2.3", "r--1", "incident-3", "r-²", f"r-{'9' * 19}"]
)
def test_what_is_no_id_of_a_look_names_none(id: str) -> None:
    assert place_of(id) is None
