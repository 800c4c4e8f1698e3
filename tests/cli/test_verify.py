"""`beffroi verify`: what it adds to the results of the copies."""

from pathlib import Path

import pytest

from agent.cli.verify import passwords
from agent.core.facts.verification import Verification, VerificationOutcome
from agent.core.inventory import Backup, Copy, Inventory
from agent.core.reason import Reason
from collectors.restic import LOOKS as RESTIC


@pytest.mark.parametrize("reason", [Reason.WRONG_PASSWORD, Reason.UNREACHABLE])
def test_a_wrong_password_is_hinted_to_its_file_and_nothing_else_is(reason: Reason) -> None:
    copy = Copy(id="offsite", backup="files", program=RESTIC, repository="/srv/r", password_file=Path("/etc/p"))
    backup = Backup(
        program=RESTIC, id="files", beneficiary="scota", host="srv-1", paths=(), snapshot_host="srv-1", copies=(copy,)
    )
    failed = Verification(backup="files", copy="offsite", outcome=VerificationOutcome.UNPROVEN, reason=reason)
    hints = ["hint: put the password of files/offsite into its password_file, /etc/p"]
    assert list(passwords([failed, failed], Inventory(backups=(backup,)))) == (
        hints if reason is Reason.WRONG_PASSWORD else []
    )
