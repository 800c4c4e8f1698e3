"""What was agreed, and from which day it counts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.agreements import (
    Acceptance,
    Adaptation,
    Agreements,
    Exclusion,
    attainment_in_force,
    is_about,
    limit_in_force,
    may_accept,
    perimeter_of,
)
from agent.core.inventory import Backup, Beneficiary, Copy, DeclaredHost, Flow, Inventory, Item, LogSource, WebFilter
from agent.core.model import Key
from agent.core.period import PARIS, day_end, day_start
from collectors.restic import LOOKS as RESTIC

KEY = Key(target="patching", subject="srv-1", beneficiary="scota")
DAY = date(2026, 11, 10)
ONE = timedelta(days=1)
ACCEPTANCE = Acceptance(
    id="a-1",
    key=KEY,
    author="RSSI",
    accepted_by="Présidente du SCOTA",
    accepted_on=date(2026, 11, 1),
    until=date(2026, 11, 30),
    reason="machine en fin de vie",
)


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
    ],
)
def test_an_acceptance_counts_whole_days_until_included(day: date, covered: bool) -> None:
    assert ACCEPTANCE.covers(KEY, day) is covered


@pytest.mark.parametrize("change", [{"target": "log-retention"}, {"subject": "srv-2"}, {"beneficiary": "other"}])
def test_an_acceptance_covers_exactly_its_target_and_subject(change: dict[str, str]) -> None:
    assert not ACCEPTANCE.covers(KEY._replace(**change), DAY)


@pytest.mark.parametrize(
    ("accepted_by", "author", "signatories", "may"),
    [
        ("Présidente du SCOTA", "RSSI", (), True),
        ("RSSI", "RSSI", (), False),
        ("  rssi ", "RSSI", (), False),
        ("RS\u200bSI", "RSSI", (), False),
        ("\u200b", "RSSI", (), False),
        ("", "RSSI", (), False),
        ("J. Martin (DIITUN)", "J. Martin", (), False),
        ("J. Martin", "J. Martin (DIITUN)", (), False),
        ("J. Martin (SCOTA)", "j.  martin (DIITUN)", (), False),
        ("J. Martin, DIITUN", "J. Martin", (), False),
        ("J. Martin - DIITUN", "J. Martin", (), False),
        ("J. Martin-Dupont", "J. Martin", (), True),
        ("J. Martinez", "J. Martin", (), True),
        ("RSSI adjoint", "RSSI", (), True),
        ("J. Martin (DIITUN)", "J. Martin", ("J. Martin",), False),
        ("Mme X, Présidente du SCOTA", "RSSI", ("Présidente du SCOTA",), True),
        ("présidente  du scota", "RSSI", ("Présidente du SCOTA",), True),
        ("Pre\u0301sidente du SCOTA", "RSSI", ("Présidente du SCOTA",), True),
        ("Directeur", "RSSI", ("Présidente du SCOTA",), False),
        ("Directeur", "RSSI", ("Présidente du SCOTA", "Directeur"), True),
        ("Directeur", "RSSI", ("",), False),
        ("Madame la Présidente du SCOTA", "RSSI", ("Présidente du SCOTA",), True),
        ("Vice-Présidente du SCOTA", "RSSI", ("Présidente du SCOTA",), False),
        ("Présidente du SCOTA suppléante", "RSSI", ("Présidente du SCOTA",), False),
        ("pour la Présidente du SCOTA (absente) : le technicien DIITUN", "RSSI", ("Présidente du SCOTA",), False),
        ("le technicien DIITUN, pour la Présidente du SCOTA", "RSSI", ("Présidente du SCOTA",), False),
        ("le technicien, par délégation, Présidente du SCOTA", "RSSI", ("Présidente du SCOTA",), False),
        ("p/ la Présidente du SCOTA", "RSSI", ("Présidente du SCOTA",), False),
        ("P/la Présidente du SCOTA", "RSSI", ("Présidente du SCOTA",), False),
        ("Présidente du SCOTA, absente", "RSSI", ("Présidente du SCOTA",), False),
        ("Mme X Présidente du SCOTA", "RSSI", ("Présidente du SCOTA",), True),
        ("Présidente du SCOTA (Mme X)", "RSSI", ("Présidente du SCOTA",), True),
        ("Présidente du SCOTA", "RSSI", ("Présidente",), True),
        ("directeur de cabinet de la Présidente du SCOTA", "RSSI", ("Présidente du SCOTA",), False),
        ("Présidente du SCOTA-Nord", "RSSI", ("Présidente du SCOTA",), False),
        ("Madame RSSI", "RSSI", (), False),
    ],
)
def test_who_may_accept_a_risk(accepted_by: str, author: str, signatories: tuple[str, ...], may: bool) -> None:
    assert may_accept(accepted_by, author, signatories) is may
    acceptance = replace(ACCEPTANCE, accepted_by=accepted_by, author=author, signatories=signatories)
    assert acceptance.signed is acceptance.covers(KEY, DAY) is may


def test_on_the_mutualised_perimeter_an_acceptance_changes_nothing() -> None:
    shared = replace(ACCEPTANCE, perimeter="mutualised")
    assert shared.outside_article
    assert not shared.covers(KEY, DAY)
    assert replace(ACCEPTANCE, perimeter="own").covers(KEY, DAY)


def test_whose_perimeter_an_item_is_in() -> None:
    hosts = (DeclaredHost(id="srv-1", perimeter="mutualised"), DeclaredHost(id="srv-2", perimeter="own"))
    copy = Copy(program=RESTIC, id="offsite", backup="files", repository="/r", password_file=None)
    files = Backup(
        program=RESTIC, id="files", beneficiary="scota", host="srv-1", paths=("/srv",), snapshot_host="", copies=(copy,)
    )
    own = replace(files, id="own", perimeter="own")
    inventory = Inventory(hosts=hosts, backups=(files, own))
    flow = Flow(id="f", from_host="srv-2", to="192.0.2.1:22", protocol="tcp", expect="blocked")
    found: list[tuple[Item, str | None]] = [
        (hosts[0], "mutualised"),
        (files, "mutualised"),
        (own, "own"),
        (copy, "mutualised"),
        (LogSource(id="s", log="central", host="srv-1", kind="files", path="/var/log"), "mutualised"),
        (flow, "own"),
        (WebFilter(id="w", from_host="srv-2", url="", control_url="", refused_as=()), "own"),
        (Beneficiary(id="scota", name="SCOTA"), None),
        (DeclaredHost(id="one", beneficiaries=("scota", "scota")), None),
        (DeclaredHost(id="two", beneficiaries=("scota", "other")), "mutualised"),
        (DeclaredHost(id="two", beneficiaries=("scota", "other"), perimeter="own"), "own"),
    ]
    for item, perimeter in found:
        assert perimeter_of(item, inventory) == perimeter


ADAPTATION = Adaptation(
    id="d-1",
    target="patching",
    beneficiary="scota",
    informed_on=date(2026, 11, 5),
    effective_on=date(2026, 11, 1),
    limit=45.0,
    reason="accord",
    author="RSSI",
)


@pytest.mark.parametrize(
    ("informed_on", "effective_on", "begins"),
    [
        (date(2026, 11, 5), date(2026, 11, 1), date(2026, 11, 5)),
        (date(2026, 11, 1), date(2026, 11, 5), date(2026, 11, 5)),
        (None, date(2026, 11, 1), None),
    ],
)
def test_an_adaptation_begins_with_the_later_of_its_dates(
    informed_on: date | None, effective_on: date, begins: date | None
) -> None:
    adaptation = replace(ADAPTATION, informed_on=informed_on, effective_on=effective_on)
    assert adaptation.in_force_from == begins
    for day in (date(2026, 11, 4), date(2026, 11, 5), date(2026, 11, 6)):
        expected = 45.0 if begins is not None and day >= begins else 31.0
        assert limit_in_force(31.0, [adaptation], KEY, day) == expected


def test_an_adaptation_for_the_very_subject_comes_before_one_for_all() -> None:
    everyone = replace(ADAPTATION, id="d-2", limit=60.0, effective_on=date(2026, 11, 8))
    own = replace(ADAPTATION, id="d-3", subject="srv-1")
    assert limit_in_force(31.0, [own, everyone], KEY, DAY) == 45.0
    assert limit_in_force(31.0, [own, everyone], KEY._replace(subject="srv-2"), DAY) == 60.0


def test_an_adaptation_for_an_agent_comes_between_one_for_the_subject_and_one_for_all() -> None:
    key = KEY._replace(subject="north/srv-1")
    later = [date(2026, 11, 8), date(2026, 11, 7), date(2026, 11, 6)]
    everyone, agent, own = (
        replace(ADAPTATION, id=subject or "all", subject=subject, limit=limit, effective_on=day)
        for subject, limit, day in zip((None, "north/*", "north/srv-1"), (60.0, 50.0, 40.0), later, strict=True)
    )
    assert limit_in_force(31.0, [own, agent, everyone], key, DAY) == 40.0
    assert limit_in_force(31.0, [agent, everyone], key, DAY) == 50.0
    assert limit_in_force(31.0, [agent, everyone], KEY, DAY) == 60.0


@pytest.mark.parametrize(
    ("named", "subject", "about"),
    [
        (None, "srv-1", True),
        ("srv-1", "srv-1", True),
        ("srv", "srv-1", False),
        ("north/*", "north/srv-1", True),
        ("north/*", "north-east/srv-1", False),
        ("north/", "north/srv-1", False),
    ],
)
def test_what_is_agreed_for_an_agent_is_about_all_of_its_subjects(named: str | None, subject: str, about: bool) -> None:
    assert is_about(named, subject) is about


def test_of_two_alike_the_later_one_counts() -> None:
    later = replace(ADAPTATION, id="d-2", limit=60.0, effective_on=date(2026, 11, 8))
    same_day = replace(ADAPTATION, id="d-3", limit=50.0)
    assert limit_in_force(31.0, [later, ADAPTATION], KEY, DAY) == 60.0
    assert limit_in_force(31.0, [ADAPTATION, same_day], KEY, DAY) == 50.0


def test_a_limit_and_a_share_are_adapted_apart() -> None:
    share = replace(ADAPTATION, id="d-2", limit=None, attainment=Fraction(98, 100))
    assert limit_in_force(31.0, [ADAPTATION, share], KEY, DAY) == 45.0
    assert attainment_in_force(Fraction(1), [ADAPTATION, share], KEY, DAY) == Fraction(98, 100)
    assert attainment_in_force(Fraction(1), [ADAPTATION], KEY, DAY) == 1


@pytest.mark.parametrize("change", [{"target": "log-retention"}, {"beneficiary": "other"}])
def test_an_adaptation_leaves_other_targets_and_beneficiaries_alone(change: dict[str, str]) -> None:
    assert limit_in_force(31.0, [ADAPTATION], KEY._replace(**change), DAY) == 31.0


@given(informed=st.dates(), effective=st.dates(), day=st.dates())
def test_no_adaptation_ever_acts_backwards(informed: date, effective: date, day: date) -> None:
    adaptation = replace(ADAPTATION, informed_on=informed, effective_on=effective)
    if limit_in_force(31.0, [adaptation], KEY, day) == 45.0:
        assert day >= informed
        assert day >= effective


def exclusion(begins: datetime, ends: datetime) -> Exclusion:
    """Return an exclusion of the key."""
    return Exclusion(id="x-1", key=KEY, begins=begins, ends=ends, reason="maintenance", author="RSSI")


@pytest.mark.parametrize("day", [DAY, date(2026, 3, 29), date(2026, 10, 25)])
def test_an_exclusion_leaves_out_whole_days_only(day: date) -> None:
    whole = exclusion(day_start(day), day_end(day))
    assert whole.covers(KEY, day)
    assert not whole.covers(KEY, day + ONE)
    assert not whole.covers(KEY, day - ONE)
    second = timedelta(seconds=1)
    assert not exclusion(day_start(day) + second, day_end(day)).covers(KEY, day)
    assert not exclusion(day_start(day), day_end(day) - second).covers(KEY, day)


def test_an_exclusion_leaves_out_the_days_of_a_place_and_from_the_day_of_its_entry_on() -> None:
    there = ZoneInfo("America/Cayenne")
    whole = exclusion(day_start(DAY, there), day_end(DAY, there))
    assert whole.covers(KEY, DAY, there)
    assert not whole.covers(KEY, DAY)
    assert Agreements(exclusions=(whole,)).excluded(KEY, DAY, there) is whole
    east = ZoneInfo("Indian/Reunion")
    assert exclusion(day_start(DAY, east), day_end(DAY, east)).covers(KEY, DAY, east)
    assert replace(whole, entered_on=DAY).covers(KEY, DAY, there)
    assert not replace(whole, entered_on=DAY + ONE).covers(KEY, DAY, there)
    assert not replace(whole, superseded_on=DAY).covers(KEY, DAY, there)


def test_an_exclusion_silences_during_its_hours() -> None:
    begins = datetime(2026, 11, 10, 22, tzinfo=PARIS)
    night = exclusion(begins, begins + timedelta(hours=2))
    agreements = Agreements(exclusions=(night,))
    assert agreements.silenced(KEY, begins) is night
    assert agreements.silenced(KEY, begins + timedelta(hours=2)) is None
    assert agreements.silenced(KEY, begins - timedelta(seconds=1)) is None
    assert agreements.silenced(KEY._replace(subject="srv-2"), begins) is None
    assert agreements.excluded(KEY, DAY) is None


def test_agreements_answer_what_is_in_force() -> None:
    agreements = Agreements(
        acceptances=(ACCEPTANCE,),
        adaptations=(ADAPTATION, replace(ADAPTATION, id="d-2", limit=None, attainment=Fraction(9, 10))),
        exclusions=(exclusion(day_start(DAY), day_end(DAY)),),
    )
    assert agreements.acceptance(KEY, DAY) is ACCEPTANCE
    assert agreements.limit(31.0, KEY, DAY) == 45.0
    assert agreements.limit(31.0, KEY, date(2026, 11, 4)) == 31.0
    assert agreements.accepted_until(KEY, DAY) == ACCEPTANCE.until
    assert agreements.accepted_until(KEY, date(2027, 1, 1)) is None
    assert agreements.attainment(Fraction(1), KEY, DAY) == Fraction(9, 10)
    assert agreements.excluded(KEY, DAY) is agreements.exclusions[0]
    assert agreements.acceptance(KEY, date(2027, 1, 1)) is None
    assert agreements.adaptation(KEY, DAY) is agreements.adaptations[1]
    assert agreements.adaptation(KEY, date(2026, 11, 4)) is None
    assert agreements.adaptation(KEY._replace(target="log-retention"), DAY) is None
