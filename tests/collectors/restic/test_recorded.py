"""What restic said, recorded for every fault with each version, is understood."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.errors import LookError
from agent.core.reason import Reason
from agent.hosts.environment_file import parse_environment
from agent.hosts.program_version import version_said
from collectors.restic import damage, filled, listing
from collectors.restic.check import stored_in
from collectors.restic.faults import error_of, fault_of
from collectors.restic.identity import id_in
from tests.collectors.restic.cases import CASES, Expect
from tests.collectors.restic.outcome import checked, listed, output

RECORDED = Path(__file__).parent / "recorded"
VERSIONS = sorted(folder.name for folder in RECORDED.iterdir())
STATUSES = st.sampled_from([0, 1, 3, 10, 11, 12, 130])


def test_two_versions_are_recorded_in_full() -> None:
    assert VERSIONS == ["0.14.0", "0.18.0"]
    for version in VERSIONS:
        assert {path.stem for path in (RECORDED / version).glob("*.toml")} == set(CASES)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_what_restic_said_comes_to_what_was_wrong(version: str, name: str) -> None:
    base = RECORDED / version / name
    about = tomllib.loads(base.with_suffix(".toml").read_text())
    said = output(base.with_suffix(".out").read_bytes(), base.with_suffix(".err").read_bytes(), about["status"])
    numbers = (0, int(version.split(".")[1]), 0)
    if about["late"]:
        seen = Expect(fault=fault_of(status=1, stderr=said.stderr, version=numbers).reason)
    elif " check " in about["command"]:
        seen = checked(said, numbers)
    else:
        seen = listed(said, numbers)
    assert seen in CASES[name].expect


def test_bad_trees_are_named_by_their_blobs_where_no_pack_is_named() -> None:
    said = (RECORDED / "0.14.0/tree-flipped.err").read_bytes()
    found = damage.judge(output(b"", said, 1), ())
    assert [blob[:8] for blob in found.blobs] == ["0634db58", "e8c1228e", "fa51cb02"]
    assert [one.file for one in found.damage] == ["data"]
    # Further bad data without a pack: the blobs do not stand for all of it.
    more = said + b"decrypting blob <data/68b9> from 0634db58 failed: ciphertext verification failed\n"
    assert damage.judge(output(b"", more, 1), ()).blobs == ()
    lost = said + b"Load(<data/ab>, 0, 0) failed: connection lost\n"
    assert (damage.judge(output(b"", lost, 1), ()).damage, damage.judge(output(b"", lost, 1), ()).blobs) == ((), ())


@pytest.mark.parametrize("name", sorted(CASES))
def test_words_alone_tell_what_the_exit_codes_of_later_versions_tell(name: str) -> None:
    base = RECORDED / "0.18.0" / name
    status = tomllib.loads(base.with_suffix(".toml").read_text())["status"]
    if status in (10, 11, 12):
        said = base.with_suffix(".err").read_bytes()
        by_code = fault_of(status=status, stderr=said, version=(0, 18, 0))
        by_words = fault_of(status=1, stderr=said, version=(0, 14, 0))
        assert by_words.reason is by_code.reason


def test_words_that_nobody_knows_are_an_exit_and_no_guess() -> None:
    fault = fault_of(status=1, stderr=b"Fatal: the moon is in the wrong house\n", version=(0, 14, 0))
    assert fault.reason is Reason.EXITED
    assert fault.said == "the moon is in the wrong house"


def test_a_file_name_in_quotes_explains_nothing() -> None:
    said = b'error for tree 0123abcd:\n  file "x: connection refused" blob 3 not found\nFatal: it contains errors\n'
    assert fault_of(status=1, stderr=said, version=(0, 14, 0)).reason is Reason.EXITED


@given(st.binary(), STATUSES, st.sampled_from([(0, 14, 0), (0, 18, 0)]))
def test_any_words_come_to_a_reason_and_one_line(said: bytes, status: int, version: tuple[int, int, int]) -> None:
    fault = fault_of(status=status, stderr=said, version=version)
    assert fault.said.isprintable()
    try:
        assert error_of(fault, "files/offsite").message.isprintable()
    except RepositoryAbsent:
        assert fault.reason is Reason.ABSENT


@given(st.binary(), st.binary())
def test_any_bytes_are_points_or_a_typed_error(said: bytes, aside: bytes) -> None:
    _points_or_error(said, aside)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)
                    | st.dictionaries(st.sampled_from(["id", "time", "paths", "tags", "tree", "summary", "hostname"])
                                      | st.text(), inner)))  # fmt: skip
def test_any_json_is_points_or_a_typed_error(value: object) -> None:
    import json

    _points_or_error(json.dumps([value]).encode(), b"")


def _points_or_error(said: bytes, aside: bytes) -> None:
    try:
        found = listing.parse(said, aside, "files/offsite")
    except LookError as error:
        assert error.message.isprintable()
    else:
        assert all(point.time.tzinfo is not None for point in found.points)


@given(st.binary(), st.binary(), STATUSES)
def test_any_words_of_a_check_are_sound_only_with_exit_zero(said: bytes, aside: bytes, status: int) -> None:
    found = damage.judge(output(said, aside, status), ())
    assert found.sound is (status == 0)
    assert not (found.sound and found.damage)


@given(st.binary())
def test_any_bytes_are_an_answer_or_a_typed_error_to_the_small_parsers(said: bytes) -> None:
    parsers = (
        lambda: version_said("restic", said),
        lambda: id_in(said),
        lambda: stored_in(said),
        lambda: parse_environment(said, "file"),
        lambda: filled.parse(output(said, b"", 0), "files/offsite"),
    )
    for parse in parsers:
        try:
            assert parse() is not None
        except LookError as error:
            assert error.message.isprintable()


def test_json_nested_without_end_is_unreadable() -> None:
    said = b"[{" + b'"a":[' * 100_000
    with pytest.raises(LookError) as caught:
        listing.parse(said, b"", "files/offsite")
    assert caught.value.reason is Reason.UNREADABLE
