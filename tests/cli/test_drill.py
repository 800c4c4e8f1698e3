"""Which copy an exercise restores from, where a backup is named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.cli.drill import copy_named
from agent.core.errors import UsageError
from agent.core.facts.recovery_points import copies_to_restore_from
from agent.core.inventory import Copy, Inventory
from agent.core.model import Fact, Observation
from agent.core.places import FACT, CopyMachine, MachineEvidence
from tests.checks.backups import BACKUP, NOW, OFFSITE, ONSITE

ARCHIVE = replace(OFFSITE, id="archive", limit=timedelta(days=40))
BESIDE = replace(OFFSITE, id="beside")


def inventory(*copies: Copy) -> Inventory:
    """Return an inventory of one backup with these copies."""
    return Inventory(backups=(replace(BACKUP, copies=copies),))


def test_a_drill_of_a_backup_takes_the_copy_that_counts() -> None:
    declared = inventory(ONSITE, ARCHIVE, OFFSITE)
    assert copy_named(declared, "files") == OFFSITE
    assert copies_to_restore_from(declared.backup("files")) == (OFFSITE, ARCHIVE)


def test_a_copy_that_does_not_count_is_taken_where_no_other_is_off_site() -> None:
    assert copy_named(inventory(ONSITE, ARCHIVE), "files") == ARCHIVE
    assert copy_named(inventory(ONSITE, ARCHIVE, OFFSITE), "files/archive") == ARCHIVE


def test_a_copy_on_the_machine_of_its_source_is_taken_last() -> None:
    def last_look(collector: str, subject: str) -> Observation | None:
        machine = CopyMachine.SAME if subject == BESIDE.subject else CopyMachine.OTHER
        place = MachineEvidence(machine=machine, how="local-path").value(BESIDE)
        fact = Fact(name=FACT, subject=subject, value=place, as_of=NOW)
        return Observation(collector=collector, host="srv-1", subject=subject, begun=NOW, ended=NOW, facts=(fact,))

    assert copy_named(inventory(BESIDE, OFFSITE), "files", last_look) == OFFSITE
    assert copy_named(inventory(BESIDE), "files", last_look) == BESIDE


def test_a_backup_without_a_copy_off_site_has_none_to_restore_from() -> None:
    with pytest.raises(UsageError, match="no copy is off site"):
        copy_named(inventory(ONSITE), "files")
