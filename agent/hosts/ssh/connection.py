"""Connect to a host over SSH, hop by hop: known host keys and authorities, given keys, no password."""

import logging
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

import paramiko

from agent.core.clock import SystemClock
from agent.core.deadline import Deadline, within, words
from agent.core.errors import Denied, HostKeyChanged, HostKeyUnknown, Missing, TimedOut, Unreachable
from agent.core.files import read_file, shown
from agent.core.lines import one_line
from agent.hosts.ssh.algorithms import choose, is_too_short, narrowed
from agent.hosts.ssh.host_certificates import KINDS, vouched_for, wrong_with
from agent.hosts.ssh.keys import keys_of
from agent.hosts.ssh.known_hosts import KnownKey, hold_to_known, kinds_known, parse
from agent.hosts.ssh.probe import REFUSING, REFUSING_HINT
from agent.hosts.ssh.route import Endpoint
from agent.hosts.ssh.transport import ClientTransport

FILE_LIMIT = 16 * 1024 * 1024
# What known_hosts calls ssh-rsa is offered under these names (RFC 8332).
RSA_NAMES = ("rsa-sha2-512", "rsa-sha2-256")

WEAK_ALONE = (
    "all that it offers is broken or unknown here; ssh -vv shows what: see Ciphers, MACs, KexAlgorithms and "
    "HostKeyAlgorithms in its sshd_config, and in the ssh_config here"
)

# sshd drops at random what knocks while ten others have not logged in yet (sshd_config(5), MaxStartups): a jump host
# is entered by so many at once.
AT_ONE_DOOR = 4
_GATES: dict[tuple[str, int], threading.BoundedSemaphore] = {}
# A jump host that swallowed a whole deadline would else cost it once more for each host behind it.
_MUTE: dict[tuple[str, int], tuple[Deadline, Unreachable]] = {}

# paramiko logs tracebacks of its own; what matters is raised here.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").propagate = False


def connect(way: Sequence[Endpoint], timeout: timedelta) -> tuple[paramiko.Transport, ...]:
    """Return the open connections along a way, the host's own last.

    `timeout` holds for all of it. Raises Unreachable, HostKeyUnknown, HostKeyChanged, Denied,
    Unreadable (a key or known_hosts file).
    """
    deadline = Deadline(timeout)
    opened: list[paramiko.Transport] = []
    try:
        limit = f"within {words(timeout)}"
        with _at_the_door(way[0], timeout, deadline, limit) if len(way) > 1 else nullcontext():
            opened.append(_open(way[0], None, deadline, limit))
            _log_in(opened[-1], way[0], deadline, limit)
        for endpoint in way[1:]:
            opened.append(_open(endpoint, opened[-1], deadline, limit))
            _log_in(opened[-1], endpoint, deadline, limit)
    except BaseException:
        close(opened)
        raise
    return tuple(opened)


@contextmanager
def _at_the_door(jump: Endpoint, timeout: timedelta, deadline: Deadline, limit: str) -> Iterator[None]:
    """Wait for a turn to enter a jump host. Raises Unreachable at once where it let another wait in vain just now."""
    door = (jump.address, jump.port)
    gate = _GATES.setdefault(door, threading.BoundedSemaphore(AT_ONE_DOOR))
    if not gate.acquire(timeout=deadline.remaining()):
        raise Unreachable(f"{place(jump)} let no one in {limit}, and others wait there too", "see whether it is up")
    try:
        until, said = _MUTE.get(door, (None, None))
        if until is not None and said is not None and not until.passed:
            raise Unreachable(said.message, said.hint)
        had_time = deadline.remaining() > timeout.total_seconds() / 2
        try:
            yield
        except Unreachable as error:
            # What only had the rest of a deadline that went by in the queue proves nothing.
            if had_time and deadline.passed:
                _MUTE[door] = (Deadline(timeout), error)
            raise
    finally:
        gate.release()


def close(transports: Sequence[paramiko.Transport]) -> None:
    """Close connections, the innermost first."""
    for transport in reversed(transports):
        transport.close()
        transport.sock.close()  # which the line above leaves open where the other side hung up first


def _open(endpoint: Endpoint, through: paramiko.Transport | None, deadline: Deadline, limit: str) -> paramiko.Transport:
    known = tuple(_known(endpoint.known_hosts))
    stream: socket.socket | paramiko.Channel
    stream = _dial(endpoint, deadline, limit) if through is None else _tunnel(endpoint, through, deadline)
    transport = ClientTransport(stream)
    try:
        _hold_to_trusted(_shake_hands(transport, endpoint, known, deadline, limit), endpoint, known)
    except BaseException:
        close([transport])
        raise
    return transport


def _hold_to_trusted(shown_key: paramiko.PKey, endpoint: Endpoint, known: Sequence[KnownKey]) -> None:
    """Raise HostKeyUnknown or HostKeyChanged unless the key is known or a known authority signed it."""
    host, port, kind = endpoint.address, endpoint.port, shown_key.get_name()
    wrong = None
    if shown_key.public_blob is not None:
        blob = shown_key.public_blob.key_blob
        wrong = wrong_with(known, host=host, port=port, blob=blob, now=SystemClock().now())
        if wrong is None:
            return
    try:
        # As OpenSSH: a certificate that does not count may still lie around a key that is known.
        hold_to_known(known, host=host, port=port, kind=kind, key=shown_key.asbytes())
    except (HostKeyUnknown, HostKeyChanged) as error:
        if wrong is None:
            raise
        hint = "ask the host's administrator; ssh-keygen -L shows a certificate"
        raise type(error)(f"{place(endpoint)} is not trusted: {wrong}", hint) from error


def _known(files: Sequence[Path]) -> Iterator[KnownKey]:
    for file in files:
        try:
            content = read_file(file, limit=FILE_LIMIT)
        except Missing:
            continue
        yield from parse(content, shown(file))


def place(endpoint: Endpoint) -> str:
    """Return a machine as a message names it: its name, and its address where that is another."""
    name, address = one_line(endpoint.name), one_line(endpoint.address)
    return f"{name} ({address}:{endpoint.port})" if name != address else f"{name}:{endpoint.port}"


def _dial(endpoint: Endpoint, deadline: Deadline, limit: str) -> socket.socket:
    addresses = _resolve(endpoint, deadline)
    refused = OSError("no address")
    for number, (family, kind, protocol, _name, address) in enumerate(addresses):
        dialled = socket.socket(family, kind, protocol)
        try:
            # An address that swallows everything leaves the others their share of the time.
            dialled.settimeout(max(0.001, deadline.remaining() / (len(addresses) - number)))
            dialled.connect(address)
            # A question waits for no other: else the far side's delayed acknowledgement costs each one 40 ms.
            dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            dialled.close()
            refused = error
        except BaseException:
            dialled.close()
            raise
        else:
            return dialled
    if isinstance(refused, TimeoutError):
        raise Unreachable(f"{place(endpoint)} did not answer {limit}", "see whether it is up and no firewall drops us")
    said = one_line(refused.strerror or str(refused)).lower()
    raise Unreachable(f"{place(endpoint)} cannot be reached: {said}", "see whether it is up and sshd listens there")


Found = Sequence[
    tuple[
        socket.AddressFamily,
        socket.SocketKind,
        int,
        str,
        tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes],
    ]
]


def _resolve(endpoint: Endpoint, deadline: Deadline) -> Found:
    def look_up() -> Found:
        return socket.getaddrinfo(endpoint.address, endpoint.port, type=socket.SOCK_STREAM)

    try:
        # The resolver keeps to no deadline of ours.
        return within(timedelta(seconds=deadline.remaining()), f"the name of {place(endpoint)}", look_up)
    except TimedOut as error:
        raise Unreachable(error.message, "see whether this machine's name servers answer") from error
    except (OSError, UnicodeError, ValueError) as error:
        said = one_line(str(error)).lower()
        raise Unreachable(f"the name of {place(endpoint)} is not resolved: {said}", "see its address") from error


def _tunnel(endpoint: Endpoint, through: paramiko.Transport, deadline: Deadline) -> paramiko.Channel:
    try:
        return through.open_channel(
            "direct-tcpip", (endpoint.address, endpoint.port), ("127.0.0.1", 0), timeout=deadline.remaining()
        )
    except paramiko.ChannelException as error:
        if error.code == 1:  # administratively prohibited (RFC 4254, 5.1)
            raise Denied(f"the jump host may not open a way to {place(endpoint)}", "see AllowTcpForwarding") from error
        raise Unreachable(f"the jump host cannot reach {place(endpoint)}: {one_line(str(error))}") from error
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise Unreachable(f"the jump host opened no way to {place(endpoint)}: {one_line(str(error))}") from error


def _shake_hands(
    transport: paramiko.Transport, endpoint: Endpoint, known: Sequence[KnownKey], deadline: Deadline, limit: str
) -> paramiko.PKey:
    # A host has several keys and shows the kind that is asked for first: ask for what is known of it.
    choose(transport, endpoint.algorithms)
    options = transport.get_security_options()
    wanted = list(KINDS if vouched_for(known, endpoint.address, endpoint.port) else ())
    for kind in kinds_known(known, endpoint.address, endpoint.port):
        wanted += RSA_NAMES if kind == "ssh-rsa" else (kind,)
    able = options.key_types
    first = tuple(dict.fromkeys([*(one for one in wanted if one in (*able, *KINDS)), *able]))
    allowed = narrowed(first, endpoint.algorithms.host_keys)
    options.key_types = tuple(one for one in first if one in allowed)
    transport.banner_timeout = transport.handshake_timeout = deadline.remaining()
    try:
        transport.start_client(timeout=deadline.remaining())
        # start_client comes back in silence when its time is up; then there is no key to get.
        shown_key = transport.get_remote_server_key()
    except (paramiko.SSHException, EOFError, OSError) as error:
        if deadline.passed:
            message = f"{place(endpoint)} accepted and did not greet {limit}"
            raise Unreachable(message, "see whether its sshd hangs") from error
        said = one_line(str(error)).rstrip(".") or "it hung up"
        hint = WEAK_ALONE if isinstance(error, paramiko.ssh_exception.IncompatiblePeer) else ""
        if "banner" in said or isinstance(error, (EOFError, ConnectionError)):
            said, hint = f"{said}; {REFUSING}", REFUSING_HINT
        raise Unreachable(f"{place(endpoint)} does not speak SSH with us: {said}", hint) from error
    if is_too_short(shown_key, endpoint.algorithms):
        shortest = endpoint.algorithms.shortest_rsa
        message = f"{place(endpoint)} shows a key of RSA with {shown_key.get_bits()} bits, and {shortest} are required"
        raise Unreachable(message, "give that host a longer key, or one of Ed25519")
    return shown_key


def _log_in(transport: paramiko.Transport, endpoint: Endpoint, deadline: Deadline, limit: str) -> None:
    who = f"{one_line(endpoint.user)} at {place(endpoint)}"
    if not endpoint.key_files and endpoint.agent_socket is None:
        raise Denied(f"no key is given for {who}", "give key_file, or IdentityFile in the OpenSSH configuration")
    refused: Exception | None = None
    for key in keys_of(endpoint, deadline):
        if is_too_short(key, endpoint.algorithms):
            shortest = endpoint.algorithms.shortest_rsa
            raise Denied(f"{who}: a key of RSA has {key.get_bits()} bits, and {shortest} are required", "make another")
        transport.auth_timeout = deadline.remaining()
        try:
            more = transport.auth_publickey(endpoint.user, key)
        except paramiko.SSHException as error:
            if deadline.passed:
                raise Unreachable(f"{who} was not let in or refused {limit}") from error
            if not transport.is_active():
                raise Unreachable(f"{who}: the host hung up: {one_line(str(error))}") from error
            refused = error
        except (EOFError, OSError) as error:
            raise Unreachable(f"{who}: the connection was lost") from error
        else:
            if not more:
                return
            raise Denied(
                f"{who} is asked for more than a key: {one_line(', '.join(more))}", "let the key alone suffice"
            )
    tried = [shown(file) for file in endpoint.key_files]
    if endpoint.agent_socket is not None:
        tried.append(f"the keys of {shown(endpoint.agent_socket)}")
    raise Denied(
        f"{who} is not let in with {', '.join(tried)}", "see authorized_keys and the log of its sshd"
    ) from refused
