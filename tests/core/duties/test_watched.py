"""What is looked at: everything that is declared, without what was retired for all its beneficiaries."""

from dataclasses import replace

import pytest

from agent.core.duties.watched import items_of, watched
from agent.core.inventory import Beneficiary, DeclaredHost, Flow, Inventory, LogSource, Perimeter, WebFilter
from tests.checks.backups import BACKUP, OFFSITE, ONSITE

BOTH = ("scota", "cua")
WHOLE = Inventory(
    beneficiaries=tuple(Beneficiary(id=one, name=one) for one in BOTH),
    hosts=tuple(DeclaredHost(id=one, beneficiaries=BOTH) for one in ("srv-1", "srv-2")),
    backups=(replace(BACKUP, copies=(OFFSITE, ONSITE)), replace(BACKUP, id="mail", copies=())),
    log_sources=tuple(
        LogSource(id=one, log="central", host="srv-1", kind="files", path="/x", beneficiaries=("scota",))
        for one in ("fw-1", "fw-2")
    ),
    perimeters=tuple(Perimeter(id=one, exposed=True, beneficiary="scota") for one in ("internet", "inside")),
    flows=tuple(
        Flow(id=one, from_host="srv-1", to="srv-2:22", protocol="tcp", expect="open", beneficiaries=("scota",))
        for one in ("ssh", "web")
    ),
    web_filters=tuple(
        WebFilter(id=one, from_host="srv-1", url="u", control_url="c", refused_as=("403",), beneficiaries=("scota",))
        for one in ("games", "phishing")
    ),
)


@pytest.mark.parametrize(
    ("kind", "subject", "field"),
    [
        ("backup", "files", "backups"),
        ("source", "central/fw-1", "log_sources"),
        ("perimeter", "internet", "perimeters"),
        ("flow", "ssh", "flows"),
        ("filter", "games", "web_filters"),
    ],
)
def test_what_is_retired_is_no_longer_there_and_the_rest_is(kind: str, subject: str, field: str) -> None:
    found = watched(WHOLE, {(kind, subject, "scota")})
    assert found == replace(WHOLE, **{field: getattr(WHOLE, field)[1:]})
    assert subject in items_of(kind, WHOLE) and subject not in items_of(kind, found)


def test_a_retired_copy_leaves_its_backup_the_others() -> None:
    found = watched(WHOLE, {("copy", "files/offsite", "scota")})
    assert [[copy.id for copy in backup.copies] for backup in found.backups] == [["near"], []]


def test_a_retired_host_stays_and_collects_nothing() -> None:
    found = watched(WHOLE, {("host", "srv-1", one) for one in BOTH})
    assert [(host.id, host.collect) for host in found.hosts] == [("srv-1", ()), ("srv-2", None)]


def test_what_one_beneficiary_retired_is_still_watched_for_the_other() -> None:
    assert watched(WHOLE, {("host", "srv-1", "scota")}) == WHOLE


def test_a_name_of_another_kind_retires_nothing() -> None:
    assert watched(WHOLE, {("flow", "files", "scota")}) == WHOLE
    assert watched(WHOLE, frozenset()) == WHOLE
