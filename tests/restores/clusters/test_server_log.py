"""What a server's words while it starts show: that it is ready, that its data is bad, or that this machine is."""

import pytest

from agent.restores.clusters.server_log import READY, ServerLog, is_damage


def heard(*lines: str) -> ServerLog:
    """Return a log that has heard some lines, in pieces that fit none of them."""
    log, text = ServerLog(), "".join(f"{line}\n" for line in lines).encode()
    for begin in range(0, len(text), 7):
        log.hear(text[begin : begin + 7])
    return log


def test_it_is_ready_by_its_own_whole_line_alone() -> None:
    assert heard("LOG:  starting", READY.decode()).ready
    assert not heard(f"LOG:  a name holds {READY.decode()}").ready


@pytest.mark.parametrize(
    "said",
    [
        "could not locate required checkpoint record",
        "WAL ends before end of online backup",
        "WAL ends before consistent recovery point",
        "invalid page in block 0 of relation base/5/16384",
        'could not open file "base/5/16384": No such file or directory',
        "could not read block 3 in file \"base/5/16384\": read only 0 of 8192 bytes",
        "could not access status of transaction 700",
        "incorrect checksum in control file",
        'archive file "000000010000000000000003" has wrong size: 1000 instead of 16777216',
        'The database subdirectory "base/16384" is missing.',
    ],
)  # fmt: skip
def test_bad_data_is_damage(said: str) -> None:
    log = heard("LOG:  starting", f"FATAL:  {said}")
    assert is_damage(said)
    assert (log.damage, log.said) == (said, said)


@pytest.mark.parametrize(
    "said",
    [
        'could not access file "$libdir/vector": No such file or directory',
        'could not load library "/usr/lib/postgresql/15/lib/x.so"',
        "could not create shared memory segment: No space left on device",
        'could not open file "base/5/16384": Permission denied',
        "database files are incompatible with operating system",
        "out of memory",
        'unrecognized configuration parameter "x"',
    ],
)
def test_what_this_machine_lacks_is_no_damage(said: str) -> None:
    log = heard(f"FATAL:  {said}")
    assert not is_damage(said)
    assert (log.damage, log.said) == ("", said)


def test_a_warning_about_bad_data_that_it_survives_is_no_end() -> None:
    log = heard("WARNING:  invalid page in block 0", 'ERROR:  could not open file "base/1"', READY.decode())
    assert log.damage == ""


def test_a_line_without_end_is_kept_in_part() -> None:
    log = ServerLog()
    for _ in range(100):
        log.hear(b"x" * 65536)
    assert len(log._rest) == 4096
