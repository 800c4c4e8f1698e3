"""A retirement ends what is expected of a subject after its last day, or takes back a declaration made by mistake."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest

from agent.accounting.expectation import Days, Expectation, Loading, expectation
from agent.accounting.retirements import (
    Retirement,
    acting,
    first_declared,
    is_mistake,
    read_retirement,
    retired_on,
    retirements_of,
    with_retirements,
)
from agent.core.model import Key
from agent.core.period import PARIS

DECLARED, GONE, NOT = Expectation.DECLARED, Expectation.NO_LONGER_DECLARED, Expectation.NOT_EXPECTED
MACHINE = Key(target="patching", subject="srv-1", beneficiary="scota")
OTHER = MACHINE._replace(subject="srv-2")
BACKUP = Key(target="backup-rpo", subject="files", beneficiary="scota")
COPY = Key(target="backup-offsite", subject="files/offsite", beneficiary="scota")
SECOND = timedelta(seconds=1)
ENTERED = datetime(2026, 11, 10, 11, tzinfo=PARIS)


def november(day: int) -> date:
    """Return a day of November 2026."""
    return date(2026, 11, day)


def at(day: int, hour: int = 10) -> datetime:
    """Return an instant of November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=PARIS)


def load(day: int, *keys: Key, days: Days | None = None) -> Loading:
    """Return a load of the configuration that declares some keys; its row has ten times its day's number."""
    declared = dict.fromkeys((OTHER, *keys), days or Days())
    return Loading(at=at(day), declared=declared, sequence=10 * day)


def retirement(day: int, *, last: int | None = None, mistake: bool = False, subject: str = "srv-1") -> Retirement:
    """Return a retirement of srv-1 entered at eleven on a day; `last` is its last day, the day itself by default."""
    return Retirement(
        id=f"retirement-{day}",
        kind="host",
        subject=subject,
        beneficiary="scota",
        last_day=november(last or day),
        mistake=mistake,
        entered_at=at(day, 11),
        sequence=10 * day + 5,
    )


def owed(loads: list[Loading], *retirements: Retirement, key: Key = MACHINE) -> dict[int, Expectation]:
    """Return what each day of November owes, those that owe nothing left out."""
    held = with_retirements(loads, retirements)
    found = {day: expectation(key, november(day), held) for day in range(1, 31)}
    return {day: one for day, one in found.items() if one is not NOT}


def expected(first: int, last: int) -> dict[int, Expectation]:
    """Return that each of some days is expected."""
    return dict.fromkeys(range(first, last + 1), DECLARED)


class TestCovers:
    """What a retirement retires."""

    @pytest.mark.parametrize(
        ("key", "covered"),
        [
            (MACHINE, True),
            (OTHER, False),
            (MACHINE._replace(beneficiary="other"), False),
            (BACKUP._replace(subject="srv-1"), False),
        ],
    )
    def test_only_the_machine_of_that_name_and_beneficiary(self, key: Key, covered: bool) -> None:
        assert retirement(10).covers(key) is covered

    @pytest.mark.parametrize(
        ("key", "covered"),
        [
            (BACKUP, True),
            (COPY, True),
            (COPY._replace(subject="files-2/offsite"), False),
            (COPY._replace(subject="files"), False),
            (BACKUP._replace(subject="files/offsite"), False),
            (COPY._replace(beneficiary="other"), False),
        ],
    )
    def test_a_backup_with_its_copies(self, key: Key, covered: bool) -> None:
        one = replace(retirement(10), kind="backup", subject="files")
        assert one.covers(key) is covered

    def test_a_machine_has_no_copies(self) -> None:
        assert not replace(retirement(10), subject="files").covers(COPY)


class TestReading:
    """What an entry of the register says."""

    @pytest.mark.parametrize(
        ("values", "last", "mistake"),
        [
            ({}, 10, False),
            ({"on": "2026-11-20"}, 20, False),
            ({"on": "2026-11-05"}, 10, False),
            ({"mistake": "yes"}, 10, True),
            ({"mistake": "no"}, 10, False),
        ],
    )
    def test_it_ends_on_the_day_named_and_never_before_its_entry(
        self, values: dict[str, str], last: int, mistake: bool
    ) -> None:
        given = {"kind": "host", "subject": "srv-1", **values}
        one = read_retirement("retirement-10", given, "scota", at(10, 11), 105)
        assert one == retirement(10, last=last, mistake=mistake)

    def test_the_day_of_an_entry_is_that_of_paris(self) -> None:
        night = datetime.fromisoformat("2026-11-10T23:30:00+00:00")
        assert read_retirement("r", {"kind": "host", "subject": "x"}, "scota", night, 1).last_day == november(11)

    def test_only_entries_of_the_register_and_of_a_known_kind_are_read(self) -> None:
        @dataclass(frozen=True)
        class Row:
            register: str
            values: Mapping[str, str]
            not_before: datetime | None = None
            id: str = "retirement-10"
            beneficiary: str = "scota"
            received_at: datetime = ENTERED
            sequence: int = 105

        given = {"kind": "host", "subject": "srv-1"}
        wrong = [Row("audit", given), Row("retirement", {"kind": "planet", "subject": "mars"}), Row("retirement", {})]
        assert retirements_of([*wrong, Row("retirement", given)]) == (retirement(10),)
        later, earlier = Row("retirement", given, not_before=at(12, 11)), Row("retirement", given, not_before=at(9))
        assert [one.entered_at for one in retirements_of([later, earlier])] == [at(12, 11), at(10, 11)]


class TestRetired:
    """What is expected of a subject that was retired."""

    def test_it_is_expected_to_its_last_day(self) -> None:
        loads = [load(3, MACHINE)]
        assert owed(loads, retirement(10)) == expected(3, 10)
        assert owed(loads, retirement(10, last=15)) == expected(3, 15)
        assert owed(loads, retirement(10), key=OTHER) == expected(3, 30)

    def test_loads_that_still_declare_it_are_held_to_it(self) -> None:
        assert owed([load(3, MACHINE), load(12, MACHINE), load(20, MACHINE)], retirement(10)) == expected(3, 10)

    def test_once_a_load_lacks_it_a_new_declaration_is_a_new_subject(self) -> None:
        again = Days(starts=november(20))
        loads = [load(3, MACHINE), load(12), load(20, MACHINE, days=again), load(25, MACHINE, days=again)]
        found = owed(loads, retirement(10))
        assert found == expected(3, 10) | expected(20, 30)

    def test_an_end_before_the_retirement_stays(self) -> None:
        loads = [load(3, MACHINE, days=Days(ends=november(8)))]
        assert owed(loads, retirement(10)) == expected(3, 8)
        late = [load(3, MACHINE, days=Days(ends=november(28)))]
        assert owed(late, retirement(10)) == expected(3, 10)

    def test_a_later_retirement_stands_in_the_place_of_an_earlier_one(self) -> None:
        loads = [load(3, MACHINE), load(20, MACHINE)]
        assert owed(loads, retirement(15, last=18), retirement(10)) == expected(3, 18)

    def test_what_was_never_declared_before_is_not_retired(self) -> None:
        loads = [load(3), load(12, MACHINE)]
        assert owed(loads, retirement(10)) == owed(loads) == expected(12, 30)
        assert with_retirements([], [retirement(10)]) == ()

    def test_one_that_retires_nothing_leaves_the_others_to_act(self) -> None:
        assert owed([load(3, MACHINE)], retirement(5, subject="srv-9"), retirement(10)) == expected(3, 10)

    def test_the_load_that_it_makes_is_no_load_of_the_file(self) -> None:
        first, added, after = with_retirements([load(3, MACHINE), load(12, MACHINE)], [retirement(10)])
        assert (first, added.written, added.at, added.sequence) == (load(3, MACHINE), False, at(10, 11), 105)
        assert added.declared == {OTHER: Days(), MACHINE: Days(ends=november(10))}
        assert (after.written, after.at, after.declared) == (True, at(12), added.declared)

    def test_a_clock_set_back_takes_nothing_away_before_the_loads_before_it(self) -> None:
        ahead = replace(load(3, MACHINE), not_before=at(14))
        _first, added = with_retirements([ahead], [retirement(10)])
        assert (added.at, added.not_before) == (at(14), None)


class TestMistake:
    """What was declared by mistake."""

    def test_within_seven_days_nothing_was_ever_expected(self) -> None:
        assert owed([load(3, MACHINE), load(5, MACHINE)], retirement(8, mistake=True)) == {}
        assert owed([load(3, MACHINE), load(9, MACHINE)], retirement(8, mistake=True)) == {}
        assert owed([load(3, MACHINE)], retirement(8, mistake=True), key=OTHER) == expected(3, 30)

    def test_a_load_that_still_declares_it_expects_nothing_before_either(self) -> None:
        early = Days(starts=november(1))
        assert owed([load(3, MACHINE, days=early), load(9, MACHINE, days=early)], retirement(8, mistake=True)) == {}

    def test_after_seven_days_it_is_an_ordinary_retirement(self) -> None:
        loads = [load(3, MACHINE)]
        last = replace(retirement(10, mistake=True), entered_at=at(10, 10))
        assert is_mistake(last, loads)
        late = replace(last, entered_at=at(10, 10) + SECOND)
        assert not is_mistake(late, loads)
        assert owed(loads, late) == expected(3, 10)

    def test_it_needs_the_word_and_a_load_before_it(self) -> None:
        assert not is_mistake(retirement(8), [load(3, MACHINE)])
        assert not is_mistake(retirement(8, mistake=True), [load(3)])
        assert not is_mistake(retirement(8, mistake=True), [replace(load(3, MACHINE), sequence=85)])


class TestActing:
    """Which retirements rule what the file still declares."""

    def test_the_newest_of_a_subject_that_every_load_since_declares(self) -> None:
        loads = [load(3, MACHINE), load(12, MACHINE)]
        assert acting([retirement(10), retirement(15)], loads) == (retirement(15),)
        both = [retirement(10), retirement(15, subject="srv-2")]
        assert acting(both, loads) == tuple(both)

    def test_none_once_a_load_lacked_the_subject(self) -> None:
        assert acting([retirement(10)], [load(3, MACHINE), load(12), load(13, MACHINE)]) == ()
        assert acting([retirement(10)], [load(3, MACHINE), load(8)]) == ()
        assert acting([retirement(10)], [load(12, MACHINE)]) == ()

    def test_a_mistake_that_was_taken_back_is_followed_by_no_other(self) -> None:
        mistake = retirement(8, mistake=True)
        assert acting([mistake, retirement(15)], [load(3, MACHINE)]) == (mistake,)

    def test_the_first_declaration_is_the_earliest_of_its_keys(self) -> None:
        loads = [load(3, BACKUP), load(2, COPY), load(5, BACKUP, COPY)]
        one = replace(retirement(10), kind="backup", subject="files")
        assert first_declared(one, loads) == at(2)
        assert first_declared(one, [load(3, MACHINE)]) is None

    def test_the_file_declares_what_a_day_after_the_last_no_longer_expects(self) -> None:
        loads, one = [load(3, MACHINE)], retirement(10)
        name = ("host", "srv-1", "scota")
        assert retired_on(november(10), [one], loads) == {}
        assert retired_on(november(11), [one], loads) == {name: one}
        mistake = retirement(8, mistake=True)
        assert retired_on(november(1), [mistake], loads) == {name: mistake}

    def test_only_the_load_in_force_needs_to_declare_it(self) -> None:
        assert acting([retirement(10)], [load(3), load(5, MACHINE)]) == (retirement(10),)
