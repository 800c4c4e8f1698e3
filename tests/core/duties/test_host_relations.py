"""Which hosts an expected item concerns."""

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.host_relations import HostRelation, HostRole, relation_of_former, relations_of
from agent.core.inventory import DeclaredHost, Flow, Inventory, Log, LogSource, WebFilter
from agent.core.model import Key
from tests.export.fleet import inventory
from tests.export.samples import OTHER, SCOTA

KNOWN = inventory(2, SCOTA, OTHER)


def related(item: object) -> list[tuple[str, str]]:
    """Return the hosts of the items of one type, and how each is concerned."""
    items = [one for one in KNOWN.items() if type(one).__name__ == item]
    return [(one.host, one.role.value) for found in items for one in relations_of(found, KNOWN)]


def test_a_host_concerns_itself_and_a_backup_the_host_that_it_is_made_of() -> None:
    assert related("DeclaredHost") == [("srv-1", "itself"), ("srv-2", "itself"), ("vault", "itself")]
    assert related("Backup") == [("srv-1", "backed-up"), ("srv-2", "backed-up")]


def test_a_copy_concerns_the_host_that_keeps_it_as_well() -> None:
    assert related("Copy") == [
        ("srv-1", "backed-up"),
        ("vault", "keeps"),
        ("srv-2", "backed-up"),
        ("vault", "keeps"),
    ]


def test_a_log_source_concerns_the_collector_and_the_host_that_sends() -> None:
    assert related("LogSource") == [
        ("srv-1", "collects"),
        ("srv-1", "sends"),
        ("srv-1", "collects"),
        ("srv-2", "sends"),
    ]


def test_a_flow_concerns_both_of_its_ends() -> None:
    assert related("Flow") == [("srv-1", "network"), ("srv-2", "network")]


def test_a_beneficiary_as_a_whole_concerns_no_host() -> None:
    assert related("Beneficiary") == []


def test_what_left_the_configuration_keeps_the_host_that_it_was() -> None:
    gone = Key(target="patching", subject="old-1", beneficiary="scota")
    assert relation_of_former(gone) == (HostRelation(host="old-1", role=HostRole.ITSELF),)
    assert relation_of_former(Key(target="backup-rpo", subject="files", beneficiary="scota")) == ()
    whole = CLAUSES["log-collection"].whole
    assert whole is not None
    assert relation_of_former(Key(target="log-collection", subject=whole, beneficiary="scota")) == ()


def test_a_place_of_logs_and_a_filter_concern_the_host_that_they_are_on() -> None:
    log = Log(id="central", host="srv-1", kind="files", path="/x", timezone="Europe/Paris", sources=())
    assert relations_of(log, KNOWN) == (HostRelation(host="srv-1", role=HostRole.COLLECTS),)
    web = WebFilter(id="games", from_host="srv-2", url="u", control_url="c", refused_as=("403",))
    assert relations_of(web, KNOWN) == (HostRelation(host="srv-2", role=HostRole.NETWORK),)


def test_a_source_that_is_no_declared_host_concerns_the_collector_alone() -> None:
    source = LogSource(id="fw-9", log="central", host="srv-1", kind="files", path="/x")
    assert relations_of(source, KNOWN) == (HostRelation(host="srv-1", role=HostRole.COLLECTS),)


@pytest.mark.parametrize("to", ["[2001:db8::7]:443", "2001:db8::7:443", "X-2:443"])
def test_a_flow_concerns_the_host_at_its_address_of_either_family(to: str) -> None:
    hosts = (DeclaredHost(id="srv-1"), DeclaredHost(id="X-2", address="2001:db8::7"))
    flow = Flow(id="web", from_host="srv-1", to=to, protocol="tcp", expect="open")
    assert [one.host for one in relations_of(flow, Inventory(hosts=hosts))] == ["srv-1", "X-2"]
