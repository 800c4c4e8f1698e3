"""Flows between machines of our own, through real firewalls: what is tried, and what it comes to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import LookError, TimedOut, ToolMissing, Unreachable, Unreadable
from agent.core.facts.network_flows import TRIAL, FlowResult, attempts_in
from agent.core.host import Host, Output
from agent.core.inventory import Flow, FlowRoute
from agent.core.model import State
from agent.core.reason import Reason
from agent.hosts.flow_attempts import told, told_by_shell
from agent.hosts.local import LocalHost
from agent.hosts.ssh.config import NO_FILE
from agent.hosts.ssh.host import SshHost
from agent.hosts.ssh.route import Client, DeclaredRoute
from tests.collectors.network.trying import flow, judged, look
from tests.parts.narrowed import Through, programs
from tests.parts.networks import FAR4, FAR6, NEAR4, Machine, impossible, joined, serving
from tests.parts.sshd import running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]

SERVED, FORBIDDEN, DEAD = 7001, 7002, 7003
CONTROLS = (FlowRoute(host="near", to=f"{FAR4}:{SERVED}"), FlowRoute(host="near", to=f"[{FAR6}]:{SERVED}"))
WITNESS = (FlowRoute(host="far", to=f"{FAR4}:{FORBIDDEN}"),)

# The ways in which a firewall says no: nft(8), «REJECT STATEMENT».
WALLS = {
    "drop": "drop",
    "reset": "reject with tcp reset",
    "port-unreachable": "reject with icmpx port-unreachable",
    "admin-prohibited": "reject with icmpx admin-prohibited",
    "host-unreachable": "reject with icmpx host-unreachable",
}
TOOLS: dict[str, tuple[str, ...]] = {
    "python3": ("python3",),
    "bash": ("bash", "timeout", "getent", "awk", "sort"),
    "nc": ("nc", "timeout", "getent", "awk", "sort"),
}


@dataclass(frozen=True)
class Network:
    """Two machines, of which `far` serves SERVED and FORBIDDEN and its firewall stops FORBIDDEN."""

    near: Machine
    far: Machine

    def wall(self, verdict: str, protocol: str = "tcp") -> None:
        """Stop the forbidden port, and only that, in this way."""
        self.far.do(
            "nft",
            "-f",
            "-",
            stdin=f"""
            flush ruleset
            table inet wall {{
                chain incoming {{
                    type filter hook input priority 0; policy accept;
                    iifname "eth0" {protocol} dport {FORBIDDEN} {verdict}
                }}
            }}
        """,
        )

    @property
    def doors(self) -> dict[str, Host]:
        """Return the doors by the names that flows use."""
        return {"near": self.near, "far": self.far}


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    reason = impossible()
    if reason is not None:
        pytest.skip(reason)
    with joined() as (near, far), serving(far, SERVED, FORBIDDEN):
        yield Network(near, far)


def came_to(declared: Flow, doors: dict[str, Host]) -> tuple[State, Reason]:
    """Return the state and the reason of a flow that is tried now."""
    found = judged(declared, look(declared, doors))
    return found.state, found.reason


@pytest.mark.parametrize("verdict", WALLS.values(), ids=WALLS)
@pytest.mark.parametrize("address", [FAR4, f"[{FAR6}]"], ids=["IPv4", "IPv6"])
def test_a_flow_that_a_firewall_stops_is_blocked_however_it_says_so(
    network: Network, address: str, verdict: str
) -> None:
    network.wall(verdict)
    assert came_to(flow(f"{address}:{FORBIDDEN}", controls=CONTROLS), network.doors) == (
        State.MET,
        Reason.WITHIN_LIMIT,
    )


@pytest.mark.parametrize("address", [FAR4, f"[{FAR6}]"], ids=["IPv4", "IPv6"])
def test_a_forbidden_flow_that_passes_is_missed(network: Network, address: str) -> None:
    network.wall("accept")
    assert came_to(flow(f"{address}:{FORBIDDEN}", controls=CONTROLS), network.doors) == (
        State.MISSED,
        Reason.FLOW_OPEN,
    )


def test_a_required_flow_that_passes_is_met_and_one_that_does_not_is_missed(network: Network) -> None:
    network.wall("drop")
    assert came_to(flow(f"{FAR4}:{SERVED}", expect="open"), network.doors)[0] is State.MET
    for port in (FORBIDDEN, DEAD):
        assert came_to(flow(f"{FAR4}:{port}", expect="open"), network.doors) == (State.MISSED, Reason.FLOW_BLOCKED)


def test_a_required_flow_that_passes_at_the_second_trial_is_no_alarm(tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.write_text("refused\t192.0.2.9\tfar\n")
    text = f"cat {said}; printf 'open\\t192.0.2.9\\tfar\\n' >{said}"
    host = Through(LocalHost("near"), pretending(programs(tmp_path / "bin"), "python3", text))
    assert came_to(flow("192.0.2.9:22", expect="open"), {"near": host})[0] is State.MET


@pytest.mark.parametrize("verdict", ["drop", "reject with icmpx admin-prohibited"])
def test_silence_without_a_control_proves_nothing(network: Network, verdict: str) -> None:
    network.wall(verdict)
    declared = flow(f"{FAR4}:{FORBIDDEN}")
    assert came_to(declared, network.doors) == (State.UNPROVEN, Reason.NO_CONTROL)


def test_a_refusal_is_an_answer_where_no_required_flow_is_declared_from_there(network: Network) -> None:
    network.wall("reject with tcp reset")
    assert came_to(flow(f"{FAR4}:{FORBIDDEN}"), network.doors) == (State.MET, Reason.WITHIN_LIMIT)


@pytest.mark.parametrize(
    "control",
    [
        pytest.param(FlowRoute(host="near", to=f"{FAR4}:{DEAD}"), id="it does not pass"),
        pytest.param(FlowRoute(host="near", to=f"[{FAR6}]:{SERVED}"), id="of another family"),
        pytest.param(FlowRoute(host="near", to="nowhere.invalid:22"), id="a name that does not resolve"),
    ],
)
def test_a_control_that_shows_nothing_of_this_trial_leaves_it_unproven(network: Network, control: FlowRoute) -> None:
    network.wall("reject")
    declared = flow(f"{FAR4}:{FORBIDDEN}", controls=(control,))
    assert came_to(declared, network.doors) == (State.UNPROVEN, Reason.NO_CONTROL)


def test_a_control_that_never_left_the_machine_does_not_vouch_for_the_network(network: Network) -> None:
    with serving(network.near, SERVED):
        for own in ("127.0.0.1", NEAR4):
            control = FlowRoute(host="near", to=f"{own}:{SERVED}")
            declared = flow(f"{FAR4}:{FORBIDDEN}", controls=(control,))
            assert came_to(declared, network.doors) == (State.UNPROVEN, Reason.NO_CONTROL)
            inside = flow(f"127.0.0.1:{DEAD}", controls=(control,))
            assert came_to(inside, network.doors)[0] is State.MET


def test_a_cable_that_is_out_is_no_segmentation(network: Network) -> None:
    network.wall("drop")
    network.far.do("ip", "link", "set", "eth0", "down")
    try:
        found = came_to(flow(f"{FAR4}:{FORBIDDEN}", controls=CONTROLS), network.doors)
    finally:
        network.far.do("ip", "link", "set", "eth0", "up")
        network.far.do("ip", "address", "replace", f"{FAR6}/64", "dev", "eth0", "nodad")
    assert found == (State.UNPROVEN, Reason.NO_CONTROL)


def test_another_machine_that_gets_an_answer_is_told(network: Network) -> None:
    network.wall("drop")
    declared = flow(f"{FAR4}:{FORBIDDEN}", controls=CONTROLS, witnesses=WITNESS)
    assert judged(declared, look(declared, network.doors)).about == {
        "to": f"{FAR4}:{FORBIDDEN}",
        "filtered": 1,
        "witness": "far",
    }


def test_a_datagram_that_is_answered_passes_and_one_that_is_refused_is_blocked(network: Network) -> None:
    network.wall("reject", "udp")
    forbidden = flow(f"{FAR4}:{FORBIDDEN}", protocol="udp", controls=CONTROLS)
    assert came_to(forbidden, network.doors)[0] is State.MET
    assert came_to(flow(f"{FAR4}:{SERVED}", protocol="udp", expect="open"), network.doors)[0] is State.MET
    network.wall("accept", "udp")
    assert came_to(forbidden, network.doors) == (State.MISSED, Reason.FLOW_OPEN)


@pytest.mark.slow
def test_a_datagram_that_nobody_answers_proves_nothing_unless_another_machine_gets_an_answer(network: Network) -> None:
    network.wall("drop", "udp")
    to = f"{FAR4}:{FORBIDDEN}"
    assert came_to(flow(to, protocol="udp", expect="open"), network.doors) == (State.UNPROVEN, Reason.TIMED_OUT)
    alone = flow(to, protocol="udp", controls=CONTROLS)
    assert came_to(alone, network.doors) == (State.UNPROVEN, Reason.NO_CONTROL)
    seen = flow(to, protocol="udp", controls=CONTROLS, witnesses=(FlowRoute(host="far", to=to, protocol="udp"),))
    assert came_to(seen, network.doors)[0] is State.MET


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    ("port", "verdict", "answer"),
    [
        (SERVED, "drop", FlowResult.OPEN),
        (FORBIDDEN, "drop", FlowResult.FILTERED),
        (FORBIDDEN, "reject with tcp reset", FlowResult.REFUSED),
        (FORBIDDEN, "reject with icmpx admin-prohibited", FlowResult.UNREACHABLE),
    ],
)
@pytest.mark.parametrize("address", [FAR4, f"[{FAR6}]"], ids=["IPv4", "IPv6"])
def test_whatever_the_machine_has_tells_the_same(
    network: Network, tmp_path: Path, tool: str, port: int, verdict: str, answer: FlowResult, address: str
) -> None:
    network.wall(verdict)
    narrow = Through(network.near, programs(tmp_path / "bin", "ip", *TOOLS[tool]))
    seen = look(flow(f"{address}:{port}", expect="open"), {"near": narrow})
    assert [one.answer for one in attempts_in(seen, TRIAL)] == [answer]


@pytest.mark.parametrize("tool", TOOLS)
def test_no_way_at_all_and_a_name_that_does_not_resolve_are_told_apart(
    network: Network, tmp_path: Path, tool: str
) -> None:
    narrow = Through(network.near, programs(tmp_path / "bin", "ip", *TOOLS[tool]))
    seen = look(flow("198.51.100.7:22", expect="open"), {"near": narrow})
    assert [one.answer for one in attempts_in(seen, TRIAL)] == [FlowResult.NO_ROUTE]
    with pytest.raises(Unreachable, match=r"nowhere\.invalid:22 does not resolve on"):
        look(flow("nowhere.invalid:22"), {"near": narrow})


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_a_machine_that_has_nothing_to_try_with_shows_nothing(tmp_path: Path, protocol: str) -> None:
    bare = Through(LocalHost("near"), programs(tmp_path / "bin"))
    with pytest.raises(ToolMissing):
        look(flow("127.0.0.1:9", protocol=protocol), {"near": bare})


def pretending(folder: Path, program: str, text: str) -> Path:
    """Put a script in the place of a program, and return the folder."""
    (folder / program).write_text(f"#!/bin/sh\n{text}\n")
    (folder / program).chmod(0o755)
    return folder


def test_a_program_that_hangs_over_there_costs_its_deadline_and_shows_nothing(tmp_path: Path) -> None:
    hung = Through(LocalHost("near"), pretending(programs(tmp_path / "bin", "sleep"), "python3", "exec sleep 600"))
    with pytest.raises(TimedOut):
        look(flow("127.0.0.1:9"), {"near": hung}, timedelta(seconds=1))


@pytest.mark.parametrize("said", ["", "open", "open\t127.0.0.1", "yes\t127.0.0.1\tfar", "open\tlocalhost\tfar"])
def test_a_program_that_answers_something_else_shows_nothing(tmp_path: Path, said: str) -> None:
    liar = Through(LocalHost("near"), pretending(programs(tmp_path / "bin"), "python3", f"printf '{said}'"))
    with pytest.raises(Unreadable):
        look(flow("127.0.0.1:9"), {"near": liar})


@given(said=st.binary(max_size=200))
def test_no_bytes_break_what_is_read_of_an_attempt(said: bytes) -> None:
    output = Output(stdout=said, stderr=b"", status=0, duration=timedelta(0))
    for read in (told, told_by_shell):
        try:
            assert read(output, FlowRoute(host="near", to="127.0.0.1:9"), "near")
        except LookError as error:
            assert error.message


def test_a_flow_is_tried_over_ssh_as_it_is_here(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as sshd:
        asked = DeclaredRoute(
            name=sshd.address, port=sshd.port, user=sshd.user, key_file=sshd.key_file, known_hosts=sshd.known_hosts
        )
        client = Client(user=sshd.user, home=tmp_path, file=NO_FILE)
        door = SshHost("near", asked, timeout=timedelta(seconds=20), client=client)
        control = FlowRoute(host="near", to=f"127.0.0.1:{sshd.port}")
        try:
            found = [came_to(flow(f"127.0.0.1:{port}", controls=(control,)), {"near": door}) for port in (9, sshd.port)]
        finally:
            door.close()
    assert found == [(State.MET, Reason.WITHIN_LIMIT), (State.MISSED, Reason.FLOW_OPEN)]
