"""The filter of a page names the hosts of a large fleet as far as there is room, those with a finding first."""

from dataclasses import replace

from agent.core.duties.host_relations import HostRelation, HostRole
from agent.core.model import State
from agent.export.pages.addresses import PageLinks
from agent.export.pages.filter_bar import HOSTS, filter_bar
from agent.export.pages.page_filter import EVERYTHING
from agent.export.pages.status_page import render
from agent.export.snapshot import CurrentVerdict, Snapshot
from tests.export.samples import snapshot, verdict


def fleet(hosts: int) -> Snapshot:
    """Return so many hosts, the last of which has a finding."""
    last = f"srv-{hosts - 1:05}"
    named = (f"srv-{number:05}" for number in range(hosts))
    standings = tuple(
        CurrentVerdict(
            verdict=replace(verdict("patching", name), state=State.MISSED if name == last else State.MET),
            hosts=(HostRelation(host=name, role=HostRole.ITSELF),),
        )
        for name in named
    )
    return replace(snapshot(), standings=standings, hosts={})


def test_a_large_fleet_names_the_hosts_with_a_finding_and_counts_the_rest() -> None:
    known = fleet(HOSTS + 100)
    (menu,) = (one for one in filter_bar(known, known, EVERYTHING, PageLinks()).menus if one.more)
    names = [one.text for one in menu.choices]
    assert (len(names), menu.more) == (HOSTS, 100)
    assert names[-1] == f"srv-{HOSTS + 99:05}"
    assert names == sorted(names)
    page = render(known, PageLinks())
    assert "et 100 de plus" in page
    assert f'Par hôte <span class="minor">{HOSTS + 100}</span>' in page


def test_a_small_one_names_every_host() -> None:
    known = fleet(HOSTS)
    menus = filter_bar(known, known, EVERYTHING, PageLinks()).menus
    assert [len(one.choices) for one in menus if one.title == "Par hôte"] == [HOSTS]
    assert {one.more for one in menus} == {0}
