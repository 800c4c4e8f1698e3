"""What Barman says, read as recorded and as it should never be."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Unreadable
from collectors.barman.answers import (
    catalogue_in,
    catalogued,
    listed,
    shown,
    system_in,
    system_told,
    wal_files,
    wal_folder,
)
from collectors.barman.catalogue import without_parents

# Barman 3.13.3.
SEGMENT = "000000010000000000000002"
LISTED = {
    "pg": [
        {"backup_id": "20261201T145618", "size_bytes": 57113914, "status": "DONE"},
        {"backup_id": "20261202T020000", "size_bytes": None, "status": "FAILED"},
    ]
}
BASE = {
    "begin_lsn": "0/2000028",
    "begin_wal": "000000010000000000000002",
    "end_lsn": "0/3000000",
    "end_time_timestamp": "1796136983",
    "end_wal": "000000010000000000000003",
}
SHOWN = {
    "pg": {
        "backup_id": "20261201T145618",
        "base_backup_information": BASE,
        "cluster_size_bytes": 23559441,
        "status": "DONE",
        "system_id": "7714349549321664335",
    }
}


def test_the_backups_of_a_server_are_read_newest_first() -> None:
    found = listed(LISTED, "pg", "db/vault")
    assert [(one.id, one.status, one.size) for one in found] == [
        ("20261202T020000", "FAILED", 0),
        ("20261201T145618", "DONE", 57113914),
    ]
    assert listed(LISTED, "other", "db/vault") == ()


def test_a_backup_is_read_as_it_was_recorded() -> None:
    found = shown(SHOWN, "pg", "20261201T145618")
    assert found is not None
    backup = found.backup
    assert (found.system, found.parent) == ("7714349549321664335", "")
    assert (backup.time, backup.start_lsn) == (datetime.fromtimestamp(1796136983, UTC), 0x2000028)
    assert shown(SHOWN, "pg", "20261202T020000") is None


def test_the_cluster_of_a_backup_is_read_where_the_json_leaves_it_out() -> None:
    told = {"pg": {name: value for name, value in SHOWN["pg"].items() if name != "system_id"}}
    # Barman 3.4.0 of Debian 12.
    text = "Backup 20261201T145618:\n  Server Name            : pg\n  System Id              : 7714448010173722685\n"
    assert (system_told(SHOWN, "pg"), system_told(told, "pg")) == (True, False)
    assert (system_in(text), system_in("Backup 20261201T145618:\n")) == ("7714448010173722685", "")
    found = shown(told, "pg", "20261201T145618", system_in(text))
    assert found is not None and found.system == "7714448010173722685"
    assert shown(told, "pg", "20261201T145618") is None


def test_what_an_incremental_backup_builds_on_is_read() -> None:
    told = {"pg": {**SHOWN["pg"], "catalog_information": {"parent_backup_id": "20261130T020000", "chain_size": 2}}}
    found = shown(told, "pg", "20261201T145618")
    assert found is not None and found.parent == "20261130T020000"


def test_a_backup_is_of_no_use_without_each_one_that_it_builds_on() -> None:
    found = shown(SHOWN, "pg", "20261201T145618")
    assert found is not None
    parents = {"a": "", "b": "a", "c": "b", "d": ""}
    known = [replace(found, id=id, parent=parent) for id, parent in parents.items()]
    assert without_parents(known, frozenset("abcd")) == ()
    assert without_parents(known, frozenset("bcd")) == ("b", "c")
    assert without_parents(known, frozenset("acd")) == ("c",)
    assert without_parents([replace(known[1], parent="b")], frozenset("abcd")) == ("b",)


def test_years_of_incremental_backups_are_followed_to_their_full_one() -> None:
    found = shown(SHOWN, "pg", "20261201T145618")
    assert found is not None
    ids = [f"{number:04}" for number in range(3000)]
    known = [replace(found, id=id, parent=parent) for id, parent in zip(ids, ["", *ids], strict=False)]
    assert without_parents(known[::-1], frozenset(ids)) == ()
    assert without_parents(known, frozenset(ids[1:])) == tuple(ids[1:])


def test_backups_that_build_on_each_other_are_of_no_use() -> None:
    found = shown(SHOWN, "pg", "20261201T145618")
    assert found is not None
    known = [replace(found, id=id, parent=parent) for id, parent in ("ab", "ba", "cb")]
    assert without_parents(known, frozenset("abc")) == ("a", "b", "c")


def test_only_whole_files_of_wal_are_taken() -> None:
    lines = [
        "16777216 1796136979.7006228 0000000100000000/000000010000000000000002",
        "0 1796136979.7 0000000100000000/000000010000000000000003",
        "338 1796136979.7 0000000100000000/000000010000000000000002.00000028.backup",
        "185 1796136979.7 pg-xlog.db",
        "41 1796136979.7 00000002.history",
    ]
    assert [name for name, _ in wal_files(lines, {})] == ["000000010000000000000002", "00000002.history"]
    path = "/srv/barman/pg/wals/0000000100000000/000000010000000000000002"
    assert wal_folder({"_INFO": ["Note", path]}) == "/srv/barman/pg/wals"
    assert wal_folder({"_INFO": None}) is None


def test_a_segment_that_is_not_as_large_as_when_it_was_archived_cannot_be_replayed() -> None:
    lines = [f"{size} 1796136979.7 {SEGMENT[:16]}/{SEGMENT}" for size in (1000, 16777216)]
    lines.append("185 1796136979.7 pg-xlog.db")
    assert catalogue_in(lines) == "pg-xlog.db"
    sizes = catalogued(f"{SEGMENT}\t16777216\t1796155347.9526818\tNone\nwhat\n".encode())
    assert [len(list(wal_files([line], sizes))) for line in lines[:2]] == [0, 1]
    assert catalogued(f"{SEGMENT}\t9\t1\tNone\n{SEGMENT}\t16461\t1\tgzip\n".encode()) == {SEGMENT: 16461}
    assert catalogue_in(["9 1.5 xlog.db"]) == "xlog.db" and catalogue_in(lines[:1]) is None


ANY = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)


@given(st.dictionaries(st.sampled_from(["pg", "_INFO"]), ANY | st.dictionaries(st.text(max_size=3), ANY, max_size=2)))
def test_anything_else_is_refused_or_empty(told: dict[str, object]) -> None:
    assert shown(told, "pg", "20261201T145618") is None
    assert wal_folder(told) is None
    if not isinstance(told.get("pg", []), list) or told.get("pg"):
        with pytest.raises(Unreadable):
            listed(told, "pg", "db/vault")


@given(st.sampled_from(sorted(BASE)), ANY)
def test_a_backup_told_in_another_form_is_none(key: str, value: object) -> None:
    told = json.loads(json.dumps(SHOWN))
    told["pg"]["base_backup_information"][key] = value
    if key == "end_time_timestamp" and isinstance(value, str) and value.isdecimal():
        return
    assert shown(told, "pg", "20261201T145618") is None
