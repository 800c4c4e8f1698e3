"""A canary's form: what was composed is read back, and nothing else is taken for one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts.canary import LIMIT, Canary, compose, ours, parse

NONCE = "0f" * 16


@given(st.integers(0, 253_402_300_799), st.binary(min_size=16, max_size=16))
def test_what_was_composed_is_read_back_to_the_second(second: int, nonce: bytes) -> None:
    canary = Canary(planted=datetime.fromtimestamp(second, UTC), nonce=nonce.hex())
    content = compose(canary)
    assert parse(content) == canary
    assert ours(content)
    assert len(content) < LIMIT


@given(st.binary(max_size=200))
def test_no_bytes_but_a_canary_are_one(content: bytes) -> None:
    assert parse(content) is None


@pytest.mark.parametrize(
    "garble",
    [
        lambda content: content[:-1],
        lambda content: content + b"\n",
        lambda content: content.replace(b"Z", b""),
        lambda content: content.replace(b"-11-", b"-13-"),
        lambda content: content.replace(b"0f", b"0g", 1),
        lambda content: content.replace(b"canary 1", b"canary 2"),
        lambda content: content.replace(b"2026", "２０２６".encode()),
    ],
)
def test_a_garbled_canary_is_none(garble: object) -> None:
    content = compose(Canary(planted=datetime(2026, 11, 24, 2, 55, tzinfo=UTC), nonce=NONCE))
    assert parse(garble(content)) is None  # type: ignore[operator]


def test_a_date_of_another_zone_is_told_in_utc() -> None:
    paris = datetime.fromisoformat("2026-11-24T03:55:00+01:00")
    found = parse(compose(Canary(planted=paris, nonce=NONCE)))
    assert found is not None
    assert found.planted - paris == timedelta(0)


def test_a_nonce_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="nonce"):
        compose(Canary(planted=datetime(2026, 11, 24, tzinfo=UTC), nonce="x\nname: y"))
