"""What a run of pgBackRest that did not succeed shows of a stanza's backup or of its WAL."""

from datetime import timedelta

import pytest

from agent.core.host import Output
from agent.core.reason import Reason
from collectors.pgbackrest.restores import ended

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
