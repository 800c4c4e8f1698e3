"""Dozens of broken backups in one configuration, and a sound one: each gets its own verdict, and no other's changes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.faults.laboratory import laboratory
from tests.faults.making import HOSTILE
from tests.faults.table import DAMAGED, TABLE, Fault
from tests.parts.program import Said, beffroi

pytestmark = [pytest.mark.programs, pytest.mark.network]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the program said of all backups, in the order in which it was asked."""

    first: Said
    verify: Said
    second: Said
    lines: Said
    folder: str

    @property
    def copies(self) -> Mapping[str, dict[str, object]]:
        """Return what was verified, by copy."""
        return {f"{copy['backup']}/{copy['copy']}": copy for copy in json.loads(self.verify.out)["copies"]}


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    with laboratory() as lab:
        for fault in TABLE:
            fault.make(lab, fault.name)
        configuration = lab.watched.configuration
        first = beffroi("check", "--json", "--config", configuration)
        asked = [f"{fault.name}/offsite" for fault in TABLE if fault.verified is not None]
        verify = beffroi("verify", "--json", "--config", configuration, *asked)
        for fault in TABLE:
            if fault.then is not None:
                fault.then(lab, fault.name)
        second = beffroi("check", "--json", "--config", configuration)
        lines = beffroi("status", "--config", configuration)
        yield Seen(first=first, verify=verify, second=second, lines=lines, folder=str(lab.watched.folder))


each = pytest.mark.parametrize("fault", TABLE, ids=[fault.name for fault in TABLE])


@each
def test_a_fault_gives_its_own_verdict(fault: Fault, seen: Seen) -> None:
    assert seen.first.verdict("backup-rpo", fault.name) == fault.point
    assert seen.first.verdict("backup-offsite", f"{fault.name}/offsite") == fault.copy
    if fault.other is not None:
        copy, answer = fault.other
        assert seen.first.verdict("backup-offsite", f"{fault.name}/{copy}") == answer


@pytest.mark.parametrize(
    "fault", [one for one in TABLE if one.verified], ids=[one.name for one in TABLE if one.verified]
)
def test_a_verification_tells_damage_from_what_it_could_not_read(fault: Fault, seen: Seen) -> None:
    copy = seen.copies[f"{fault.name}/offsite"]
    assert (copy["outcome"], copy["reason"]) == fault.verified
    if fault.verified == DAMAGED:
        assert copy["damage"]


@each
def test_what_was_verified_and_what_happened_since_show_at_the_next_check(fault: Fault, seen: Seen) -> None:
    assert seen.second.verdict("backup-rpo", fault.name) == fault.second_point
    assert seen.second.verdict("backup-offsite", f"{fault.name}/offsite") == fault.second_copy


def test_the_exit_codes_tell_the_worst_of_all(seen: Seen) -> None:
    assert (seen.first.code, seen.verify.code, seen.second.code, seen.lines.code) == (1, 1, 1, 1)


def test_what_is_known_is_what_the_last_check_said(seen: Seen) -> None:
    kept = {tuple(line.split("\t")[:4]) for line in seen.lines.out.splitlines()}
    said = {(one["state"], one["target"], one["subject"], one["reason"]) for one in seen.second.verdicts.values()}
    assert kept == said


def test_no_secret_and_no_traceback_reaches_anybody(seen: Seen) -> None:
    for said in (seen.first, seen.verify, seen.second, seen.lines):
        for word in ("correct horse", "wrong horse", "tell-tale-heart", "Traceback", "a fault of its own"):
            assert word not in said.out + said.err


def test_no_fault_of_a_backup_is_a_fault_of_the_agent(seen: Seen) -> None:
    for said in (seen.first, seen.second):
        assert "bug" not in {one["reason"] for one in said.verdicts.values()}


def test_no_hostile_name_or_word_breaks_a_line_or_a_terminal(seen: Seen) -> None:
    for said in (seen.first, seen.verify, seen.second, seen.lines):
        for text in (said.out, said.err):
            assert not any(sign in text for sign in HOSTILE if not sign.isprintable() and sign not in "\t\n")
    assert {len(line.split("\t")) for line in seen.lines.out.splitlines()} == {5}
