"""Attempt a network flow from a declared machine, here or over SSH, with the tools of that machine.

Every attempt has a deadline of its own and is run as a program over there: python3 tells most, bash's /dev/tcp and
OpenBSD's nc tell the same of TCP. Nothing is installed, and no more is sent than a connection or a small datagram.
"""

import inspect
import re
from datetime import timedelta
from ipaddress import ip_address

from agent.core.deadline import words
from agent.core.errors import Denied, Exited, LookError, TimedOut, ToolMissing, Unreachable, Unreadable
from agent.core.facts.network_flows import Attempt, FlowResult, understood
from agent.core.host import Host, Output
from agent.core.inventory import FlowRoute
from agent.core.lines import last_line, one_line
from agent.hosts import flow_attempt_program

# A first packet that is lost is sent again after one and after three seconds (tcp(7), tcp_syn_retries).
TCP_SECONDS, UDP_SECONDS = 5.0, 3.0
LONGEST_ANSWER = 16 * 1024
NO_TOOL = 97
UNRESOLVED = 98

_PROGRAM = inspect.getsource(flow_attempt_program)
# `getent` asks as every program there does. bash's own words follow its name and line: «connect: Connection refused».
_SCRIPT = """
host=$1 port=$2 wait=$3
case $host in *[!0-9.]*) addresses= ;; *) addresses=$host ;; esac
case $host in *:*) addresses=$host ;; esac
if [ -z "$addresses" ]; then
    command -v getent >/dev/null 2>&1 || exit 97
    addresses=$(getent ahosts "$host" | awk '{print $1}' | sort -u | head -n 8)
    [ -n "$addresses" ] || exit 98
fi
command -v timeout >/dev/null 2>&1 || exit 97
if command -v bash >/dev/null 2>&1; then
    try() { timeout "$wait" bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$1" "$port" 2>&1; }
elif nc -h 2>&1 | grep -q OpenBSD; then
    try() { timeout "$wait" nc -v -z "$1" "$port" 2>&1; }
else
    exit 97
fi
for address in $addresses; do
    said=$(try "$address" </dev/null); code=$?
    printf '%s\\t%s\\t%s\\n' "$code" "$address" "$(printf %s "$said" | tr '\\n\\t' '  ')"
done
"""
_SAID = (
    (re.compile(r"Connection refused|Connection reset"), FlowResult.REFUSED),
    (re.compile(r"Network is unreachable|Cannot assign requested|not supported|Invalid argument"), FlowResult.NO_ROUTE),
    (re.compile(r"No route to host|Permission denied|Host is down"), FlowResult.UNREACHABLE),
    (re.compile(r"timed out"), FlowResult.FILTERED),
)


def attempt(host: Host, way: FlowRoute, timeout: timedelta) -> tuple[Attempt, ...]:
    """Return what came of trying one way from a machine, for each address that its destination has.

    `timeout` is what it may cost at most. Raises Unreachable where the name does not resolve over there, ToolMissing,
    TimedOut, Denied, Exited, Unreadable, and whatever reaching that machine raises.
    """
    name, port = destination(way.to)
    usual = UDP_SECONDS if way.protocol == "udp" else TCP_SECONDS
    seconds = f"{min(usual, timeout.total_seconds() / 3):.1f}"
    shown = f"{way.protocol} to {way.to} within {seconds} s"
    try:
        output = host.run(
            "python3", "-I", "-c", _PROGRAM, way.protocol, name, port, seconds,
            timeout=timeout, accept=None, output_limit=LONGEST_ANSWER, shown=f"python3: {shown}",
        )  # fmt: skip
        return told(output, way, host.id)
    except ToolMissing:
        if way.protocol == "udp":
            raise ToolMissing(f"{host.id} has no python3, which trying a datagram needs", "install it there") from None
    output = host.run(
        "sh", "-c", _SCRIPT, "sh", name, port, seconds,
        timeout=timeout, accept=None, output_limit=LONGEST_ANSWER, shown=f"sh: {shown}",
    )  # fmt: skip
    return told_by_shell(output, way, host.id)


def destination(to: str) -> tuple[str, str]:
    """Return the host and the port of `host:port`, an IPv6 address without its brackets."""
    name, _, port = to.rpartition(":")
    return name.strip("[]"), port


def told(output: Output, way: FlowRoute, host: str) -> tuple[Attempt, ...]:
    """Return the attempts that the program tells of; raises a LookError for anything else."""
    said = last_line(output.stderr)
    if said.startswith("unresolved"):
        raise _unresolved(way, host, said)
    if output.status != 0:
        raise Exited(f"{host} could not try {way.to}: {said or 'nothing was said'}")
    try:
        found = tuple(understood(*line.split("\t")) for line in output.stdout.decode("ascii").splitlines())
    except (ValueError, TypeError) as error:
        raise Unreadable(f"{host} gives no answer about {way.to}: {one_line(output.stdout)}") from error
    return _settled(found, way, host)


def told_by_shell(output: Output, way: FlowRoute, host: str) -> tuple[Attempt, ...]:
    """Return the attempts that the script tells of: a program's exit code, the address, what it said."""
    if output.status == NO_TOOL:
        raise ToolMissing(
            f"{host} has nothing to try a connection with", "install python3, bash or netcat-openbsd there"
        )
    if output.status == UNRESOLVED:
        raise _unresolved(way, host, "getent knows no address")
    try:
        lines = [line.split("\t") for line in output.stdout.decode("utf-8", "replace").splitlines()]
        found = tuple(understood(_word(code, said).value, address, _place(address)) for code, address, said in lines)
    except ValueError as error:
        raise Unreadable(f"{host} gives no answer about {way.to}: {one_line(output.stdout)}") from error
    return _settled(found, way, host)


def _place(address: str) -> str:
    return "here" if ip_address(address.partition("%")[0]).is_loopback else "far"


def _word(code: str, said: str) -> FlowResult:
    if code == "0":
        return FlowResult.OPEN
    if code == "124":  # timeout(1)
        return FlowResult.FILTERED
    return next((answer for pattern, answer in _SAID if pattern.search(said)), FlowResult.ERROR)


def _settled(found: tuple[Attempt, ...], way: FlowRoute, host: str) -> tuple[Attempt, ...]:
    if not found:
        raise Unreadable(f"{host} tells nothing of what came of {way.to}")
    if all(one.answer is FlowResult.ERROR for one in found):
        raise Denied(
            f"{host} was not let try {way.to}: the attempt never left it", "see what confines the account used there"
        )
    return found


def _unresolved(way: FlowRoute, host: str, said: str) -> LookError:
    return Unreachable(f"the name in {way.to} does not resolve on {host}: {said}", "give an address, or mend its DNS")


def late(way: FlowRoute, timeout: timedelta) -> TimedOut:
    """Return the error of a look whose time is up before it could try a way."""
    return TimedOut(f"no time was left to try {way.to}: the look may take {words(timeout)}")
