"""What a run of pgBackRest that did not succeed shows of a stanza's backup or of its WAL."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from agent.core.collecting.cluster_copy import ClusterPoint
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.host import Output
from agent.core.reason import Reason
from collectors.pgbackrest.points import StanzaLook
from collectors.pgbackrest.program import PgBackRest
from collectors.pgbackrest.restores import StanzaRestores, ended
from tests.collectors.pgbackrest.test_results import FULL
from tests.collectors.pgbackrest.test_verify import COPY, NOW, Vault

SEGMENT = "000000010000000000000003"
CHECKSUM = b"ERROR: [026]: error restoring '/s/data/base/4/2674': actual checksum does not match\n"


@pytest.mark.parametrize(
    ("wal", "status", "said", "damaged", "hindered"),
    [
        ("", 26, CHECKSUM, True, None),
        (SEGMENT, 1, b"", True, None),
        (SEGMENT, 29, b"ERROR: [029]: unexpected eof in compressed data\n", True, None),
        ("", 41, b"ERROR: [041]: unable to open '/x': [13] Permission denied\n", False, Reason.DENIED),
        ("", 41, b"ERROR: [041]: unable to write: [28] No space left on device\n", False, Reason.NO_ROOM),
        ("", 1, b"", False, Reason.EXITED),
        (SEGMENT, -9, CHECKSUM, False, Reason.EXITED),
    ],
)
def test_a_run_that_failed_tells_what_is_bad_and_whether_it_is_wal(
    wal: str, status: int, said: bytes, hindered: Reason | None, *, damaged: bool
) -> None:
    done = ended(Output(status=status, stdout=b"", stderr=said, duration=timedelta(0)), timedelta(0), wal)
    assert (done.damaged, done.hindered, done.wal) == (damaged, hindered, wal if damaged else "")


def test_a_backup_is_kept_as_long_as_it_is_listed() -> None:
    """One is taken off the list before a file of it is removed."""
    vault, limit = Vault(), timedelta(minutes=1)
    program = PgBackRest(copy=COPY, host=vault, environment={}, deadline=Deadline(limit))
    look = Look(now=NOW, here=vault, host=lambda id: vault, timeout=limit, folder=Path("/nonexistent"))
    copy = StanzaRestores(seen=cast(StanzaLook, SimpleNamespace(program=program)), look=look)
    for label, kept in ((FULL, True), ("20261101-020000F", False)):
        assert copy.keeps(cast(ClusterPoint, SimpleNamespace(id=label))) is kept
