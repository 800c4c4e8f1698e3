"""A clock that is wrong makes nothing met and nothing missed, and what was kept holds afterwards."""

from collections.abc import Iterator

import pytest

from tests.faults import making
from tests.faults.laboratory import Laboratory, laboratory
from tests.faults.table import MET, unproven
from tests.parts.clocks import shifted_clock
from tests.parts.program import Said, beffroi

pytestmark = [pytest.mark.programs, pytest.mark.network]

DOUBTFUL = unproven("clock-doubtful")


@pytest.fixture(scope="module")
def whole() -> Iterator[Laboratory]:
    with laboratory() as made:
        making.sound(made, "sound")
        making.old(made, "old")
        making.no_repository(made, "no-repository")
        yield made


@pytest.fixture
def lab(whole: Laboratory) -> Laboratory:
    """Three backups, of which nothing is known yet."""
    whole.forget()
    return whole


def check(lab: Laboratory, by: str | None = None) -> Said:
    extra = {} if by is None else shifted_clock(by)
    return beffroi("check", "--json", "--config", lab.watched.configuration, extra=extra)


@pytest.mark.slow
def test_a_clock_that_was_set_back_proves_nothing_until_it_is_right_again(lab: Laboratory) -> None:
    assert check(lab).verdict("backup-rpo", "sound") == MET

    back = check(lab, "-5h")
    # The point of ten minutes ago lies hours ahead of this clock: that is the clock's fault, not the backup's.
    for name in ("sound", "old", "no-repository"):
        assert back.verdict("backup-rpo", name) == DOUBTFUL
        assert back.verdict("backup-offsite", f"{name}/offsite") == DOUBTFUL
    assert back.code == 3

    again = check(lab)
    assert again.verdict("backup-rpo", "sound") == MET
    assert again.verdict("backup-rpo", "old") == ("missed", "too-old")
    assert beffroi("ledger", "verify", "--config", lab.watched.configuration).code == 0


def test_a_few_minutes_are_what_any_two_clocks_may_differ(lab: Laboratory) -> None:
    check(lab)
    assert check(lab, "-4m").verdict("backup-rpo", "sound") == MET


@pytest.mark.slow
def test_a_clock_that_ran_ahead_leaves_nothing_proven_once_it_is_right_again(lab: Laboratory) -> None:
    ahead = check(lab, "+40d")
    assert ahead.verdict("backup-rpo", "sound") == ("missed", "too-old")
    right = check(lab)
    assert right.verdict("backup-rpo", "sound") == DOUBTFUL
    assert beffroi("status", "--json", "--config", lab.watched.configuration).code == 3
    assert beffroi("ledger", "verify", "--config", lab.watched.configuration).code == 0


def test_evidence_ages_while_nobody_looks(lab: Laboratory) -> None:
    check(lab)
    later = beffroi("status", "--json", "--config", lab.watched.configuration, extra=shifted_clock("+7h"))
    for name in ("sound", "old", "no-repository"):
        assert later.verdict("backup-rpo", name) == unproven("stale-evidence")
