"""The same faults, made anew and looked at by the collectors through the restic that is installed here."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.errors import LookError
from agent.core.inventory import Copy
from agent.core.reason import Reason
from collectors.restic import check, program, snapshots
from tests.collectors.restic.cases import CASES, CHECK, LISTING, READ, Case, Expect, Laboratory, made
from tests.collectors.restic.outcome import looked
from tests.parts.repositories import REST_SERVERS, as_nobody

pytestmark = [pytest.mark.programs, pytest.mark.network]

# What no collector asks: with a lock, and for the structure alone where it may read everything.
NOT_ASKED = {"lock-respected", "data-flipped-unread"}


@pytest.mark.parametrize("name", sorted(CASES.keys() - NOT_ASKED))
def test_a_fault_comes_to_what_is_wrong(
    name: str, laboratory: Laboratory, folder: Path, look: Callable[..., Look], copy_at: Callable[..., Copy]
) -> None:
    case = CASES[name]
    if case.needs_rest_server and not any(shutil.which(one) for one in REST_SERVERS):
        pytest.skip("restic-rest-server is not installed")
    own = folder / "case"
    own.mkdir()
    with made(case, laboratory, own) as ask:
        environment = {**(as_nobody(folder / "bin") if ask.nobody else {}), **ask.environment}
        copy = copy_at(ask.address, password_file=ask.password_file, environment=environment)
        patience = look(timeout=timedelta(seconds=10))
        if case.tried_for_long and program.prepare(copy, patience, timedelta(minutes=1)).version < (0, 17, 0):
            pytest.skip("restic below 0.17 tries again for a quarter of an hour")
        collect = {LISTING: snapshots.collect, CHECK: check.collect, READ: check.collect}[ask.arguments]
        try:
            outcome = looked(collect(copy, patience))
        except LookError as error:
            assert error.message.isprintable()
            outcome = Expect(fault=error.reason)
    assert outcome in case.expect or outcome.fault in _unread(case)


def _unread(case: Case) -> set[Reason | None]:
    """Return the reasons for which a check that found no damage is no answer."""
    return {expect.hindered for expect in case.expect if expect.hindered is not None and not expect.damage}
