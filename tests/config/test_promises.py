"""No key of a configuration loosens an objective or gives up its evidence."""

from datetime import timedelta

import pytest

from agent.config.keys import fields_of
from agent.config.schema import TargetTable
from agent.config.values import write_duration
from agent.core.convention import CLAUSES, OF_POINTS
from agent.core.promised import longest_evidence_age
from tests.config.written import SOUND, told, understood

# Of each key of a target: how the loosest value that is accepted reads; None: it bears on alerts alone.
LOOSEST = {
    "limit": '"24h"',
    "attainment": '"100 %"',
    "evidence_age": '"26h"',
    "run_allowance": '"6h"',
    "alert_after": None,
    "severity": None,
}


def test_every_key_of_a_target_is_held_to_the_convention_or_rings_only() -> None:
    """A new key has to say here which of the two it is."""
    assert fields_of(TargetTable).keys() == LOOSEST.keys()
    given = "".join(f"{key} = {value}\n" for key, value in LOOSEST.items() if value is not None)
    assert understood(f"{SOUND}[targets.backup-rpo]\n{given}").targets["backup-rpo"].limit == 24 * 3600


@pytest.mark.parametrize(
    ("key", "value"),
    [("limit", "25h"), ("attainment", "99.999999 %"), ("evidence_age", "93601s"), ("run_allowance", "21601s")],
)
def test_a_value_looser_by_the_least_step_is_a_mistake(key: str, value: str) -> None:
    (mistake,) = told(f'{SOUND}[targets.backup-rpo]\n{key} = "{value}"\n')
    assert mistake.key == f"targets.backup-rpo.{key}"
    assert mistake.what.startswith(f'"{value}" is looser than')
    assert "register add adaptation target=backup-rpo" in mistake.hint


def test_a_longer_run_allowance_is_an_adaptation_of_the_limit() -> None:
    (mistake,) = told(f'{SOUND}[targets.backup-rpo]\nrun_allowance = "8h"\n')
    assert "adaptation target=backup-rpo limit=26h informed_on=" in mistake.hint


def test_the_run_allowance_is_that_of_every_target_of_points() -> None:
    for given, hours in (("", 2), ('[targets.backup-rpo]\nrun_allowance = "1h"\n', 1)):
        allowed = {id: target.run_allowance for id, target in understood(SOUND + given).targets.items()}
        assert {id for id, one in allowed.items() if one} == OF_POINTS == {"backup-rpo", "backup-offsite"}
        assert {one for one in allowed.values() if one} == {timedelta(hours=hours)}


@pytest.mark.parametrize("id", CLAUSES)
def test_no_target_takes_evidence_over_26_hours_and_twice_its_default(id: str) -> None:
    longest = longest_evidence_age(CLAUSES[id])
    assert longest == max(timedelta(hours=26), 2 * CLAUSES[id].evidence_age)
    table = f"[targets.{id}]\nevidence_age = "
    assert understood(f'{SOUND}{table}"{write_duration(longest)}"\n').targets[id].evidence_age == longest
    (mistake,) = told(f'{SOUND}{table}"{write_duration(longest + timedelta(seconds=1))}"\n')
    assert mistake.key == f"targets.{id}.evidence_age"


@pytest.mark.parametrize("key", ["keep_readings", "keep_personal"])
def test_the_evidence_of_a_quarter_outlasts_its_report(key: str) -> None:
    """Two quarters are kept: an entry that tells of a late notice must not be erased before it is counted."""
    kept = SOUND.replace('timeout = "60s"', f'{key} = "184d"')
    assert getattr(understood(kept).agent, key) == timedelta(days=184)
    (mistake,) = told(SOUND.replace('timeout = "60s"', f'{key} = "183d"'))
    assert (mistake.key, mistake.what.startswith('"183d" is shorter than "184d"')) == (f"agent.{key}", True)


def test_a_copy_s_own_limit_ends_with_the_retention() -> None:
    """Later than that a copy is empty by rule, and in time all the same."""
    text = SOUND.replace('paths = ["/srv/scota"]', 'paths = ["/srv/scota"]\nretention = "30d"')
    assert understood(f'{text}limit = "30d"\n').inventory.copies[0].limit == timedelta(days=30)
    (mistake,) = told(f'{text}limit = "31d"\n')
    assert (mistake.key, mistake.what.startswith('"31d" is longer than the retention, "30d"')) == (
        "backup.copy.limit",
        True,
    )
