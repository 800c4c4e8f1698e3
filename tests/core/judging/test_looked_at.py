"""What a look is taken at: another address, path or destination is another thing, another key to it is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.inventory import (
    Antivirus,
    Copy,
    DeclaredHost,
    Door,
    Export,
    Flow,
    Inventory,
    Item,
    Log,
    Perimeter,
    ProgramLooks,
    Store,
    Updates,
    WebFilter,
)
from agent.core.judging.looked_at import FACT, LookTarget, target_of
from tests.checks.backups import NOW, look

HOST = DeclaredHost(id="srv-1", transport="ssh", address="srv-1.example", user="beffroi")
FLOW = Flow(id="guests", from_host="srv-1", to="192.0.2.9:22", protocol="tcp", expect="blocked")
FILTER = WebFilter(
    id="malware", from_host="srv-1", url="http://blocked/", control_url="http://allowed/", refused_as=("reset",)
)
LOG = Log(id="central", host="srv-1", kind="files", path="/var/log/central/**", timezone="UTC", sources=())
COPY = Copy(
    id="offsite",
    backup="files",
    program=ProgramLooks(name="restic", listing="restic_snapshots", verification="restic_check"),
    repository="/elsewhere",
    password_file=Path("/password"),
)
LOCAL = DeclaredHost(id="srv-1")
DOOR = Door(id="web", accounts=())
CONSOLE = Antivirus(export=Export(id="edr", path="/exports/edr.csv", format="csv"))


def digest(item: Item, host: DeclaredHost = HOST) -> str:
    """Return the digest of what is looked at."""
    target = target_of(item, Inventory(hosts=(host,)))
    assert target is not None
    return target.digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HOST, replace(HOST, address="srv-9.example")),
        (HOST, replace(HOST, port=2222)),
        (HOST, replace(HOST, antivirus=CONSOLE)),
        (FLOW, replace(FLOW, to="192.0.2.10:22")),
        (FLOW, replace(FLOW, protocol="udp")),
        (FILTER, replace(FILTER, url="http://other/")),
        (FILTER, replace(FILTER, refused_as=("status 403",))),
        (LOG, replace(LOG, path="/var/log/other/**")),
        (COPY, replace(COPY, repository="/other")),
        (COPY, replace(COPY, store=Store(host="srv-1", path="/elsewhere"))),
    ],
)
def test_what_is_declared_at_another_place_is_another_thing(one: Item, other: Item) -> None:
    def at(item: Item) -> str:
        return digest(item, item if isinstance(item, DeclaredHost) else HOST)

    assert at(one) != at(other)


@pytest.mark.parametrize("item", [FLOW, FILTER, LOG])
def test_what_is_looked_at_from_another_machine_is_another_thing(item: Item) -> None:
    assert digest(item) != digest(item, replace(HOST, address="srv-9.example"))


def test_who_asks_and_what_is_expected_make_no_other_thing() -> None:
    assert digest(HOST) == digest(HOST, replace(HOST, user="other", key_file="/key", site="lens", perimeter="own"))
    assert digest(FLOW) == digest(replace(FLOW, expect="open", beneficiaries=("scota",)))
    assert digest(COPY) == digest(replace(COPY, site="lens", password_file=Path("/other"), paths=("/srv",)))


CLUSTER = replace(COPY, repository="pg:db:main", cluster="main", asked_at="srv-1")
TOLD = replace(
    HOST,
    antivirus=CONSOLE,
    updates=Updates(export=Export(id="wsus", path="/exports/wsus.csv", format="csv"), name="SRV1"),
    doors=(Door(id="vpn", accounts=(), export=Export(id="idp", path="/exports/idp.csv", format="csv")), DOOR),
)


@pytest.mark.parametrize(
    ("item", "host", "kept"),
    [
        (HOST, HOST, "076128378b5741df"),
        (LOCAL, LOCAL, "fcfadf09d545c1a0"),
        (replace(HOST, port=2222, address=None), replace(HOST, port=2222, address=None), "20d8acd868af5915"),
        (TOLD, TOLD, "11b0adb569979cc3"),
        (COPY, HOST, "dde7c233435d1673"),
        (replace(COPY, repository="/\udcff", store=Store(host="srv-1", path="/elsewhere")), HOST, "23593027264ef408"),
        (CLUSTER, HOST, "e701edc0877c6624"),
        (LOG, HOST, "81c7d5704275f02d"),
        (replace(LOG, host="gone"), HOST, "44b5bdd97f250a65"),
        (FLOW, LOCAL, "278814ff4e09fab4"),
        (FILTER, HOST, "0b7b9f35171709aa"),
        (replace(FILTER, proxy="http://proxy:3128"), HOST, "8d937019c97b46fb"),
    ],
)
def test_a_thing_has_the_digest_that_an_earlier_version_kept(item: Item, host: DeclaredHost, kept: str) -> None:
    """Another one would make every look that was kept before an upgrade one at something else."""
    assert digest(item, host) == kept


def test_only_a_repository_that_is_named_is_asked_for() -> None:
    named = target_of(replace(COPY, repository_id="EE"), Inventory())
    assert named is not None and named.repository == "ee"
    for item in (COPY, HOST):
        target = target_of(item, Inventory())
        assert target is not None and target.repository is None


def test_what_no_collector_looks_at_has_no_target() -> None:
    assert target_of(Perimeter(id="internet", exposed=True, beneficiary="scota"), Inventory()) is None


@pytest.mark.parametrize(
    ("facts", "repository", "shown"),
    [
        ([], None, True),  # kept by an earlier version
        ([(FACT, "ab", NOW)], None, True),
        ([(FACT, "cd", NOW)], None, False),
        ([(FACT, "ab", NOW), ("repository.id", "EE", NOW)], "ee", True),
        ([(FACT, "ab", NOW), ("repository.id", "ff", NOW)], "ee", False),
        ([(FACT, "ab", NOW)], "ee", True),
    ],
)
def test_a_look_shows_what_it_was_taken_at(
    facts: list[tuple[str, object, object]], repository: str | None, shown: bool
) -> None:
    seen = look(more=[(name, value, NOW) for name, value, _ in facts])
    assert LookTarget(digest="ab", repository=repository).shown_by(seen) is shown
