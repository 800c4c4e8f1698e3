"""The loads of a whole fleet as one line: what each agent owes stays, and a host that no agent watches is owed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from agent.accounting.expectation import Days, Expectation, expectation
from agent.core.model import Key
from agent.ledger.load_rows import Load
from agent.queries.fleet_loads import merged_loads, of_agent
from tests.export.samples import TARGETS

DAY = timedelta(days=1)
FIRST = date(2026, 10, 1)
HOSTS = frozenset({"srv-9"})


def key(subject: str, beneficiary: str = "scota", target: str = "patching") -> Key:
    """Return a key."""
    return Key(target=target, subject=subject, beneficiary=beneficiary)


def load(day: date, *keys: Key) -> Load:
    """Return a load of the noon of a day."""
    declared = dict.fromkeys(keys, Days())
    return Load(
        at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC), declared=declared, digest="d", targets=TARGETS
    )


def merged(own: list[Load], **agents: list[Load]) -> tuple[Load, ...]:
    """Return one line of loads for scota."""
    whole = frozenset({"incident-report"})
    parts = {name: [of_agent(name, one, "scota", whole, HOSTS) for one in loads] for name, loads in agents.items()}
    return merged_loads(parts, own)


def owed(loads: tuple[Load, ...], of: Key, days: int) -> list[Expectation]:
    """Return what each day owes from the first on."""
    return [expectation(of, FIRST + number * DAY, loads) for number in range(days)]


def test_what_each_agent_owes_is_what_its_own_loads_say() -> None:
    one = [load(FIRST, key("srv-1")), load(FIRST + 3 * DAY, key("srv-1"), key("srv-2"))]
    two = [load(FIRST + DAY, key("srv-1")), load(FIRST + 4 * DAY)]
    loads = merged([], a=one, b=two)
    for agent, alone in (("a", one), ("b", two)):
        for subject in ("srv-1", "srv-2"):
            expected = owed(tuple(alone), key(subject), 8)
            assert owed(loads, key(f"{agent}/{subject}"), 8) == expected, (agent, subject)


def test_a_host_of_the_centre_is_owed_until_an_agent_watches_it_for_anyone() -> None:
    own = [load(FIRST, key("srv-9"))]
    watched = [load(FIRST + 3 * DAY, key("srv-9", "lens")), load(FIRST + 6 * DAY)]
    loads = merged(own, a=watched)
    found = owed(loads, key("srv-9"), 9)
    assert [one is Expectation.DECLARED for one in found] == [True] * 4 + [False] * 2 + [True] * 3
    assert key("a/srv-9") not in loads[-1].declared


def test_the_objective_of_another_beneficiary_s_agent_is_none_of_this_one() -> None:
    """Which hosts it watches is asked of it, and nothing else."""
    strict = replace(TARGETS["patching"], limit=1.0)
    other = replace(load(FIRST + DAY, key("srv-9", "lens")), targets={**TARGETS, "patching": strict})
    loads = merged([load(FIRST, key("srv-9"))], a=[load(FIRST, key("srv-1"))], b=[other])
    assert {one.targets["patching"].limit for one in loads} == {TARGETS["patching"].limit}


def test_what_is_due_of_a_whole_beneficiary_is_due_once() -> None:
    whole = key("scota", target="incident-report")
    loads = merged([], a=[load(FIRST, whole)], b=[load(FIRST, whole)])
    assert list(loads[-1].declared) == [whole]
    assert loads[-1].declared[whole] == Days()
