"""A machine with a network of its own, for the tests of one module."""

from collections.abc import Iterator

import pytest

from tests.parts.networks import Machine, impossible, joined


@pytest.fixture(scope="module")
def near() -> Iterator[Machine]:
    """Return a machine with eth0 on both families and a default route on each."""
    reason = impossible()
    if reason is not None:
        pytest.skip(reason)
    with joined() as (one, _other):
        one.do("ip", "route", "add", "default", "via", "192.0.2.9")
        one.do("ip", "-6", "route", "add", "default", "via", "2001:db8::9")
        yield one
