"""What pgBackRest says, read as recorded and as it should never be."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Unreadable
from collectors.pgbackrest.info import archive_in, stanza_in
from collectors.pgbackrest.program import error_of
from collectors.pgbackrest.settings import settings_in

# pgBackRest 2.55.1.
INFO = """[{"archive":[{"database":{"id":1,"repo-key":1},"id":"17-1","max":"000000010000000000000002",
"min":"000000010000000000000001"}],"backup":[{"archive":{"start":"000000010000000000000002",
"stop":"000000010000000000000002"},"backrest":{"format":5,"version":"2.55.1"},"database":{"id":1,"repo-key":1},
"error":false,"info":{"delta":23422192,"repository":{"delta":3490873,"size":3490873},"size":23422192},
"label":"20261201-145209F","lsn":{"start":"0/2000028","stop":"0/2000120"},"prior":null,"reference":null,
"timestamp":{"start":1796136729,"stop":1796136737},"type":"full"}],"cipher":"none","db":[{"id":1,"repo-key":1,
"system-id":7714348506870319274,"version":"17"}],"name":"main","repo":[{"cipher":"none","key":1,"status":{"code":0,
"message":"ok"}}],"status":{"code":0,"lock":{"backup":{"held":false}},"message":"ok"}}]"""
LISTED = {
    ".": {"type": "path"},
    "0000000100000000": {"type": "path"},
    "0000000100000000/000000010000000000000001-3e26c6e956fc4fd87b82838497814d2d85755e4d.gz": {
        "type": "file", "size": 1635778, "time": 1796136730,
    },
    "0000000100000000/000000010000000000000002.00000028.backup": {"type": "file", "size": 371, "time": 1796136737},
    "0000000100000000/000000010000000000000003-0741204a244338a472089f7428c3996c9c6fb871.zst": {
        "type": "file", "size": 0, "time": 1796136738,
    },
    "0000000100000000/000000010000000000000004.partial-0741204a244338a472089f7428c3996c9c6fb871.gz": {
        "type": "file", "size": 9, "time": 1796136738,
    },
    "00000002.history": {"type": "file", "size": 40, "time": 1796136738},
}  # fmt: skip


def test_a_stanza_is_read_as_it_was_recorded() -> None:
    info = stanza_in(INFO.encode(), "main", None, "db/vault")
    assert info is not None
    assert (info.code, info.system, info.archives) == (0, "7714348506870319274", {1: "17-1"})
    (backup,) = info.backups
    assert backup.base.time == datetime.fromtimestamp(1796136737, UTC)
    assert (backup.base.id, backup.base.start_lsn, backup.base.bytes) == ("20261201-145209F", 0x2000028, 23422192)
    assert stanza_in(INFO.encode(), "other", None, "db/vault") is None


def test_what_it_warns_of_in_its_configuration_hides_no_stanza() -> None:
    # Said on standard output, with --log-level-console=off too.
    warnings = "".join(f"P00   WARN: configuration file contains invalid option '{one}'\n" for one in ("a", "b"))
    assert stanza_in((warnings + INFO).encode(), "main", None, "db") == stanza_in(INFO.encode(), "main", None, "db")


def test_a_backup_told_in_another_form_is_left_out_and_named() -> None:
    told = json.loads(INFO)
    told[0]["backup"][0]["lsn"] = None
    info = stanza_in(json.dumps(told).encode(), "main", None, "db/vault")
    assert info is not None
    assert (info.backups, info.unread) == ((), ("20261201-145209F",))


def test_only_whole_segments_are_taken_from_an_archive() -> None:
    files = archive_in(json.dumps(LISTED).encode(), "db/vault")
    assert list(files.segments) == ["000000010000000000000001"]
    assert files.histories == ("00000002.history",)


def test_a_segment_that_is_there_twice_cannot_be_replayed() -> None:
    name = "0000000100000000/000000010000000000000001-{}.gz"
    told = {name.format(one * 40): {"type": "file", "size": 9, "time": 9} for one in "ab"}
    assert not archive_in(json.dumps(told).encode(), "db/vault").segments


LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
KEYS = st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "repo-key", "system-id", "key", "status"), LEAF))
ANY_JSON = LEAF | st.lists(KEYS | LEAF, max_size=3) | KEYS


@given(st.binary(max_size=60) | ANY_JSON.map(lambda told: json.dumps([{"name": "main", "told": told}]).encode()))
def test_anything_else_is_unreadable_and_never_a_stanza(content: bytes) -> None:
    with pytest.raises(Unreadable):
        stanza_in(content, "main", None, "db/vault")
        archive_in(content, "db/vault")


@given(ANY_JSON)
def test_any_further_key_of_a_stanza_is_read_or_refused(told: object) -> None:
    known = json.loads(INFO)
    for key in ("backup", "archive", "db", "repo"):
        known[0][key] = told if key == "db" else known[0][key]
    try:
        info = stanza_in(json.dumps(known).encode(), "main", None, "db/vault")
    except Unreadable:
        return
    assert info is not None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("ERROR: [041]: unable to open file '/x' for read: [13] Permission denied", "denied"),
        ("ERROR: [055]: unable to open missing file '/x' for read", "unreadable"),
        ("ERROR: [049]: unable to connect to 'vault:8432': timeout", "unreachable"),
        ("ERROR: [095]: unable to flush\n", "wrong-password"),
        ("ERROR: [000]: [CryptoError] unable to decrypt", "wrong-password"),
        ("ERROR: [000]: [FileOpenError] unable to open file '/x': [13] Permission denied", "denied"),
        ("what is that", "exited"),
    ],
)
def test_an_error_is_told_by_its_number(said: str, reason: str) -> None:
    assert error_of(said, "db/vault", 1).reason.value == reason


def test_where_a_repository_lies_is_read_from_what_is_said_at_the_start() -> None:
    said = (
        "P00   INFO: info command begin 2.55.1: --exec-id=1-a --repo1-host=vault "
        "'--repo1-path=/srv/pg back' --stanza=main\n"
    )
    found = settings_in(said, "1")
    assert (found.kind, found.host, found.path) == ("posix", "vault", "/srv/pg back")
    assert settings_in("nothing", "2").path == "/var/lib/pgbackrest"
