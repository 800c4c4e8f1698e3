"""What `pgbackrest verify` says, read as recorded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Unreadable
from agent.core.facts.verification import Damage
from collectors.pgbackrest.results import result_in

# pgBackRest 2.55.1.
SOUND = """stanza: main
status: ok
  archiveId: 17-1, total WAL checked: 3, total valid WAL: 3
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261201-145209F, status: valid, total files checked: 966, total valid files: 966
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
"""
BAD = """stanza: main
status: error
  archiveId: 17-1, total WAL checked: 7, total valid WAL: 5
    missing: 0, checksum invalid: 0, size invalid: 0, other: 2
  backup: 20261201-145209F, status: invalid, total files checked: 966, total valid files: 963
    missing: 1, checksum invalid: 2, size invalid: 0, other: 0
  backup: 20261201-145209F_20261201-151118I, status: valid, total files checked: 967, total valid files: 967
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
"""
WAL = "000000010000000000000003-0741204a244338a472089f7428c3996c9c6fb871.gz"
TOLD = f"""INFO: invalid result 17-1/0000000100000000/{WAL}: [29] raised from local-1 protocol: data error
          [FormatError] on 2 retries from 863-16016ms: zlib threw error: [-3] data error
INFO: invalid checksum '20261201-145209F/pg_data/base/1/1247.gz'
INFO: file missing '20261201-145209F/pg_data/base/1/1249.gz'
"""
REFUSED = "[41] raised from local-1 protocol: unable to open file '/srv/x' for read: [13] Permission denied"
FULL, INCREMENT = "20261201-145209F", "20261201-145209F_20261201-151118I"


def test_a_sound_stanza_is_read_as_it_was_recorded() -> None:
    found = result_in(SOUND, "", "db/vault")
    assert (found.read, found.sound, found.damage, found.unread) == (969, 969, frozenset(), ())
    assert found.labels == {"20261201-145209F"}


def test_a_damaged_backup_and_segment_are_named_and_the_sound_backup_is_not() -> None:
    found = result_in(BAD, TOLD, "db/vault")
    assert found.damage == {
        Damage(file="snapshots/20261201-145209F", reason="damaged"),
        Damage(file="wal/000000010000000000000003", reason="damaged"),
    }


def test_a_backup_that_has_not_ended_is_no_damage() -> None:
    said = SOUND + "  backup: 20261202-020000F, status: in-progress, total files checked: 0, total valid files: 0\n"
    assert result_in(said, "", "db/vault").damage == frozenset()


def test_what_could_not_be_read_is_no_damage() -> None:
    said = "unable to open file '/srv/x' for read: [13] Permission denied"
    told = f"INFO: invalid result 17-1/0000000100000000/{WAL}: [41] raised from local-1 protocol: {said}\n"
    told += (
        f"INFO: invalid result '20261201-145209F/pg_data/base/1/1247.gz': [41] raised from local-1 protocol: {said}\n"
    )
    found = result_in(BAD, told, "db/vault")
    assert found.damage == frozenset()
    assert len(found.unread) == 2


def test_an_error_of_which_nothing_is_said_is_no_sound_result() -> None:
    found = result_in(SOUND.replace("status: ok", "status: error"), "", "db/vault")
    assert found.damage == frozenset()
    assert found.unread


@given(st.text(max_size=80))
def test_anything_else_is_unreadable(said: str) -> None:
    with pytest.raises(Unreadable):
        result_in(said, said, "db/vault")


def invalid(*labels: str) -> str:
    """Return a summary in which some backups are invalid."""
    backups = (
        f"  backup: {label}, status: invalid, total files checked: 966, total valid files: 965\n" for label in labels
    )
    return "stanza: main\nstatus: error\n" + "".join(backups)


def test_damage_is_named_beside_a_file_that_could_not_be_read() -> None:
    told = f"INFO: invalid result {FULL}/pg_data/base/1/1247.gz: {REFUSED}\n"
    told += f"INFO: invalid checksum '{FULL}/pg_data/base/1/1255.gz'\n"
    found = result_in(invalid(FULL), told, "db/vault")
    assert found.damage == {Damage(file=f"snapshots/{FULL}", reason="damaged")}
    assert len(found.unread) == 1


def test_an_increment_over_an_unreadable_file_is_not_damaged() -> None:
    told = f"INFO: invalid result {FULL}/pg_data/base/1/1247.gz: {REFUSED}\n"
    assert result_in(invalid(FULL, INCREMENT), told, "db/vault").damage == frozenset()


DIFFERENTIAL = "20261201-145209F_20261201-150000D"
REFERENCES = {FULL: (), DIFFERENTIAL: (FULL,), INCREMENT: (FULL, DIFFERENTIAL)}


@pytest.mark.parametrize("file", [f"{FULL}/bundle/2", f"{FULL}/pg_data/base/5/16384.pgbi"])
def test_a_bad_file_of_which_others_use_a_part_reaches_those_that_are_called_valid(file: str) -> None:
    # pgBackRest 2.55 calls both of them valid, and restores neither.
    found = result_in(invalid(FULL), f"INFO: invalid checksum '{file}'\n", "db/vault").reaching(REFERENCES)
    assert {one.file for one in found.damage} == {f"snapshots/{label}" for label in REFERENCES}
    refused = f"INFO: invalid result '{file}': {REFUSED}\n"
    unknown = result_in(invalid(FULL), refused, "db/vault").reaching(REFERENCES)
    assert not unknown.damage
    assert unknown.unsettled == {f"snapshots/{label}" for label in REFERENCES}


def test_a_bad_file_of_a_differential_backup_reaches_what_refers_to_it_alone() -> None:
    found = result_in(invalid(DIFFERENTIAL), f"INFO: file missing '{DIFFERENTIAL}/bundle/1'\n", "db/vault")
    reached = {one.file for one in found.reaching(REFERENCES).damage}
    assert reached == {f"snapshots/{DIFFERENTIAL}", f"snapshots/{INCREMENT}"}


def test_a_bad_file_that_is_used_whole_reaches_no_backup_that_is_called_valid() -> None:
    told = f"INFO: invalid checksum '{FULL}/pg_data/base/1/1255.gz'\n"
    found = result_in(invalid(FULL), told, "db/vault").reaching(REFERENCES)
    assert {one.file for one in found.damage} == {f"snapshots/{FULL}"}
