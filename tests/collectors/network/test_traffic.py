"""Bounds of what a firewall's rules match: they hold however what is unknown turns out."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.network.rules import Act, Chain, FirewallRule, ProbeOutcome, outcome
from collectors.network.traffic import (
    ALL,
    EVERYTHING,
    NONE,
    NOTHING,
    PORT,
    SENDERS,
    UNKNOWN,
    Axis,
    Match,
    Part,
    all_of,
    any_of,
    both,
    either,
    opposite,
    within,
)

SENDER = SENDERS[4]
# Ports and senders are tried at steps that spans begin and end at.
STEPS = 4
PORTS = [step * 65536 // STEPS for step in range(STEPS)]
ADDRESSES = [step * 2**32 // STEPS for step in range(STEPS)]


class Connection(NamedTuple):
    port: int
    sender: int
    coin: bool  # how what is unknown turns out


CONNECTIONS = [Connection(port, sender, coin) for port in PORTS for sender in ADDRESSES for coin in (False, True)]
Truth = Callable[[Connection], bool]
Known = tuple[Match, Truth]


def held(part: Part, connection: Connection) -> bool:
    """Return whether a connection is in a part."""
    where = {PORT: connection.port, SENDER: connection.sender}
    return part.is_all() or any(
        first <= where[axis] <= last for axis, spans in part.spans.items() for first, last in spans
    )


def step_span(axis: Axis, first: int, last: int) -> tuple[int, int]:
    size = (axis.last + 1) // STEPS
    return first * size, (last + 1) * size - 1


def leaf(axis: Axis, ends: list[tuple[int, int]], inverted: bool) -> Known:
    spans = [step_span(axis, min(pair), max(pair)) for pair in ends]

    def true(connection: Connection) -> bool:
        value = connection.port if axis is PORT else connection.sender
        return any(first <= value <= last for first, last in spans) is not inverted

    return within(axis, spans, inverted=inverted), true


ENDS = st.lists(st.tuples(st.integers(0, STEPS - 1), st.integers(0, STEPS - 1)), max_size=2)
LEAVES: st.SearchStrategy[Known] = st.one_of(
    st.builds(leaf, st.sampled_from([PORT, SENDER]), ENDS, st.booleans()),
    st.just((UNKNOWN, lambda connection: connection.coin)),
    st.just((EVERYTHING, lambda connection: True)),
    st.just((NOTHING, lambda connection: False)),
)


def joined(parts: list[Known], together: bool) -> Known:
    matches, truths = [match for match, _ in parts], [truth for _, truth in parts]
    if together:
        return all_of(matches), lambda connection: all(truth(connection) for truth in truths)
    return any_of(matches), lambda connection: any(truth(connection) for truth in truths)


CONDITIONS: st.SearchStrategy[Known] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(joined, st.lists(inner, max_size=3), st.booleans()),
        inner.map(lambda known: (opposite(known[0]), lambda connection: not known[1](connection))),
    ),
    max_leaves=8,
)


@given(CONDITIONS)
def test_what_is_unknown_may_turn_out_anyhow_and_the_bounds_hold(known: Known) -> None:
    match, true = known
    for connection in CONNECTIONS:
        assert held(match.most, connection) or not true(connection)
        assert held(match.missing, connection) or true(connection)


ACTS = st.sampled_from([Act.ACCEPT, Act.DENY, Act.RETURN, Act.JUMP, Act.GOTO])
RULES = st.lists(st.tuples(CONDITIONS, ACTS), max_size=4)


def passes(
    rules: Sequence[tuple[Known, Act]], called: Sequence[tuple[Known, Act]], connection: Connection
) -> bool | None:
    """Return whether rules let a connection pass, as the kernel does; None: they leave it undecided."""
    for (_, true), act in rules:
        if not true(connection):
            continue
        if act is Act.RETURN:
            return None
        decided = passes(called, [], connection) if act in (Act.JUMP, Act.GOTO) else act is Act.ACCEPT
        if decided is not None or act is Act.GOTO:
            return decided
    return None


@given(RULES, RULES, st.sampled_from([Act.ACCEPT, Act.DENY]))
def test_what_is_called_a_refusal_accepts_less_than_half(
    first: list[tuple[Known, Act]], second: list[tuple[Known, Act]], policy: Act
) -> None:
    called = [(known, act) for known, act in second if act not in (Act.JUMP, Act.GOTO)]
    chains = tuple(
        Chain(name=name, rules=tuple(FirewallRule(match=known[0], act=act, target="z") for known, act in rules),
              policy=policy if name == "i" else None)
        for name, rules in (("i", first), ("z", called))
    )  # fmt: skip
    if outcome([chains])[0] is not ProbeOutcome.DENY:
        return
    for coin in (False, True):
        tried = [one for one in CONNECTIONS if one.coin is coin]
        accepted = [passes(first, called, one) for one in tried]
        assert sum(policy is Act.ACCEPT if one is None else one for one in accepted) * 2 < len(tried)


@pytest.mark.parametrize(
    ("spans", "inverted", "unnamed", "most"),
    [
        ([(22, 22)], False, False, Fraction(1, 65536)),
        ([(0, 65535)], False, True, Fraction(1)),
        ([(0, 32767), (32768, 65535)], False, True, Fraction(1)),
        ([(22, 22)], True, True, Fraction(65535, 65536)),
        ([(0, 32767)], True, None, Fraction(1, 2)),
        ([(0, 65535)], True, False, Fraction(0)),
        ([(70000, 80000)], False, False, Fraction(0)),
    ],
)
def test_ports_that_are_named_are_counted(
    spans: list[tuple[int, int]], inverted: bool, unnamed: bool | None, most: Fraction
) -> None:
    match = within(PORT, spans, inverted=inverted)
    assert (match.unnamed, match.most.share(), match.missing.share()) == (unnamed, most, 1 - most)


def test_parts_of_two_axes_are_added_up() -> None:
    two = either(within(PORT, [(0, 16383)]), within(SENDER, [(0, 2**30 - 1)]))
    assert two.most.share() == Fraction(1, 2)
    assert both(two, within(PORT, [(0, 16383)])).most.share() <= Fraction(1, 2)


def test_a_long_list_of_addresses_keeps_its_size() -> None:
    match = within(SENDER, [(step * 1024, step * 1024) for step in range(20_000)])
    assert match.most.share() == Fraction(20_000, 2**32)
    assert len(match.most.spans[SENDER]) < 20_000
    assert both(match, EVERYTHING).most == match.most


def test_a_large_set_of_pairs_promises_nothing_that_it_matches() -> None:
    pairs = [both(within(PORT, [(port, port)]), within(SENDER, [(port, port)])) for port in range(1000)]
    found = any_of(pairs)
    assert (found.unnamed, found.missing) == (False, ALL)
    assert found.most.share() < Fraction(1, 32)
    assert any_of([*pairs, EVERYTHING]) == EVERYTHING
    assert (any_of([]), any_of([NOTHING]).most) == (NOTHING, NONE)
