"""A console's export: whose rows they are, what dates them, and what of it is no evidence at all."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Missing, Unreadable
from agent.core.facts.console_exports import rows_of
from agent.core.facts.protection import Protection
from agent.core.inventory import Antivirus, Columns, DeclaredHost, Export
from agent.hosts.local import LocalHost
from collectors.antivirus.console import reported
from tests.collectors.antivirus.looking import look, only

EXPORT = Export(id="edr", path="/x.csv", format="csv", host="Poste", date="Signatures")
FRENCH = replace(EXPORT, separator=";", date_format="%d/%m/%Y %H:%M")
JSON = replace(EXPORT, format="json")
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
HEAD = "Poste,Signatures\n"
WITH_STATE = replace(EXPORT, columns=Columns(running="Etat"))


def dated(content: bytes, export: Export, name: str) -> tuple[datetime, ...]:
    """Return the dates alone of the rows about one machine."""
    return tuple(date for date, _running in reported(rows_of(content, export), export, name))


def test_a_row_is_found_by_the_name_that_the_console_gives_in_whatever_case() -> None:
    content = (HEAD + "other,2026-11-01T08:00:00Z\n PC-1 ,2026-11-24T08:00:00Z\n").encode()
    assert dated(content, EXPORT, "pc-1") == (AT,)
    assert dated(content, EXPORT, "pc-2") == ()


def test_a_date_without_a_zone_is_one_of_the_configured_zone() -> None:
    assert dated(b"Poste;Signatures\nPC-1;24/11/2026 09:00\n", FRENCH, "PC-1") == (AT,)
    assert dated((HEAD + "PC-1,2026-11-24T09:00:00\n").encode(), EXPORT, "PC-1") == (AT,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_as_windows_and_others_write_it(encoding: str) -> None:
    content = "Poste,Signatures\nPC-Évreux,2026-11-24T08:00:00Z\n".encode(encoding)
    assert dated(content, EXPORT, "pc-évreux") == (AT,)


@pytest.mark.parametrize(
    "told",
    [
        [{"Poste": "PC-1", "Signatures": "2026-11-24T08:00:00Z"}],
        {"@odata.context": "…", "value": [{"Poste": "PC-1", "Signatures": "2026-11-24T08:00:00Z"}, 3, None]},
    ],
)
def test_a_list_of_objects_is_read_bare_or_wrapped(told: object) -> None:
    assert dated(json.dumps(told).encode(), JSON, "PC-1") == (AT,)


@pytest.mark.parametrize(
    ("content", "export"),
    [
        pytest.param(b"", EXPORT, id="empty"),
        pytest.param(HEAD.encode(), EXPORT, id="a header alone"),
        pytest.param(b"Name,Signatures\nPC-1,2026-11-24\n", EXPORT, id="no such column"),
        pytest.param((HEAD + "PC-1,yesterday\n").encode(), EXPORT, id="no date"),
        pytest.param((HEAD + "PC-1\n").encode(), EXPORT, id="a cell missing"),
        pytest.param((HEAD + "PC-1,0001-01-01T00:00:00+23:59\n").encode(), EXPORT, id="before all time"),
        pytest.param(b'Poste,Signatures\n"PC-1,2026\n', EXPORT, id="a quote that never ends"),
        pytest.param((HEAD + "PC-1,2026-11-24T08:00:00Z\nPC-2,2026-1").encode(), EXPORT, id="half a row at its end"),
        pytest.param((HEAD + "PC-1,2026-11-24T08:00:00Z\nPC-2\n").encode(), EXPORT, id="a short row at its end"),
        pytest.param(b"Poste,Poste,Signatures\nPC-1,PC-2,2026-11-24\n", EXPORT, id="a column twice"),
        pytest.param(b"{", JSON, id="no JSON"),
        pytest.param(b"{}", JSON, id="no list"),
        pytest.param(b"[" * 100_000, JSON, id="too deep"),
        pytest.param(b"[1, 2]", JSON, id="no objects"),
        pytest.param(b'[{"Poste": "PC-1", "Signatures": 5}]', JSON, id="a number for a date"),
    ],
)
def test_what_cannot_be_understood_is_no_evidence(content: bytes, export: Export) -> None:
    with pytest.raises(Unreadable):
        dated(content, export, "PC-1")


@pytest.mark.parametrize(("word", "running"), [("Disabled", False), ("arrêté", False), ("Enabled", True), ("1", True)])
def test_a_column_says_whether_the_protection_is_on(tmp_path: Path, word: str, running: bool) -> None:
    file = tmp_path / "edr.csv"
    file.write_text(f"Poste,Signatures,Etat\nPC-1,2026-11-24T08:00:00Z,{word}\n")
    assert only(look(machine(replace(WITH_STATE, path=str(file)), "PC-1"))).running is running


def test_of_two_rows_of_one_instant_the_one_that_says_off_counts(tmp_path: Path) -> None:
    file = tmp_path / "edr.csv"
    rows = "".join(f"PC-1,2026-11-24T08:00:00Z,{word}\n" for word in ("Enabled", "Disabled", "Enabled"))
    file.write_text(f"Poste,Signatures,Etat\n{rows}")
    assert only(look(machine(replace(WITH_STATE, path=str(file)), "PC-1"))).running is False


@pytest.mark.parametrize("word", ["", "peut-être"])
def test_a_state_of_protection_that_is_not_understood_is_no_evidence(word: str) -> None:
    with pytest.raises(Unreadable):
        content = f"Poste,Signatures,Etat\nPC-1,2026-11-24T08:00:00Z,{word}\n".encode()
        reported(rows_of(content, WITH_STATE), WITH_STATE, "PC-1")


@given(st.binary(max_size=300), st.sampled_from([EXPORT, FRENCH, JSON]))
def test_no_bytes_break_an_export(content: bytes, export: Export) -> None:
    try:
        assert isinstance(dated(content, export, "PC-1"), tuple)
    except Unreadable as error:
        assert error.message


def machine(export: Export, name: str | None = None) -> DeclaredHost:
    return DeclaredHost(id="pc-1", antivirus=Antivirus(export=export, name=name))


def test_a_machine_listed_twice_counts_by_its_newest_row_and_a_new_file_with_old_rows_is_old(tmp_path: Path) -> None:
    path = tmp_path / "edr.csv"
    path.write_text(HEAD + "PC-1,2026-11-20T08:00:00Z\nPC-1,2026-11-24T08:00:00Z\n")
    export = replace(EXPORT, path=str(path))
    assert only(look(machine(export))) == Protection(product="console", running=True, contact=AT)
    path.write_text(HEAD + "poste-7,2026-11-20T08:00:00Z\n")
    assert only(look(machine(export, "POSTE-7"))).contact == AT - timedelta(days=4)


def test_a_machine_that_the_console_does_not_know_is_seen_to_have_nothing(tmp_path: Path) -> None:
    path = tmp_path / "edr.csv"
    path.write_text(HEAD + "PC-2,2026-11-24T08:00:00Z\n")
    seen = look(machine(replace(EXPORT, path=str(path))))
    assert (seen.facts, seen.gaps) == ((), ())


def test_an_export_that_is_not_there_is_no_observation(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        look(machine(replace(EXPORT, path=str(tmp_path / "none.csv"))), host=LocalHost("here"))
