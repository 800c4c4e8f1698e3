"""Networks of a test's own: machines that are network namespaces, a cable between them, servers and firewalls.

Needs root and a kernel that lets it make namespaces; `impossible` says what forbids it. Nothing outside them is
touched, and all of them are gone at the end.
"""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.core.errors import ToolMissing
from agent.core.host import Command, Host, Output
from agent.hosts.local import LocalHost

# Documentation's own addresses (RFC 5737, RFC 3849).
NEAR4, FAR4, NEAR6, FAR6 = "192.0.2.1", "192.0.2.9", "2001:db8::1", "2001:db8::9"
_numbers = itertools.count()

# Answers each connection and each datagram; says when it is ready. DATAGRAMS that it does not like it leaves.
_SERVER = """
import selectors, socket, sys
watch = selectors.DefaultSelector()
for port in map(int, sys.argv[1:]):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        door = socket.socket(socket.AF_INET6, kind)
        door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("::", port))
        if kind == socket.SOCK_STREAM:
            door.listen()
        watch.register(door, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in watch.select():
        if key.fileobj.type == socket.SOCK_STREAM:
            key.fileobj.accept()[0].close()
        else:
            said, whence = key.fileobj.recvfrom(2048)
            key.fileobj.sendto(said, whence)
"""


def impossible() -> str | None:
    """Return why no network can be made here, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    name = f"beffroi-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        return f"the kernel makes no network namespace: {made.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", name], check=True)
    return None


@dataclass(unsafe_hash=True)
class Machine(Host):
    """One namespace, which is also a door such as collectors are given (agent.core.host.Host)."""

    name: str

    def __post_init__(self) -> None:
        self.id = self.name

    def execute(self, command: Command) -> Output:
        """Run a program in it; one that is not there is told as on any other machine."""
        if shutil.which(command.argv[0], path=command.environment.get("PATH")) is None:
            raise ToolMissing(f"{command.argv[0]} is not installed on {self.name}")
        return LocalHost(self.name).execute(replace(command, argv=("ip", "netns", "exec", self.name, *command.argv)))

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file as this namespace sees it: what lies below /proc/net is its own."""
        return self.run("head", "-c", str(limit), path, timeout=timedelta(seconds=10)).stdout

    def do(self, *argv: str, stdin: str = "") -> str:
        """Run a program of the test itself in it, and return what it prints."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.name, *argv], input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{argv}: {done.stderr}"
        return done.stdout


@contextmanager
def machine() -> Iterator[Machine]:
    """Give a namespace of its own, with its loopback up."""
    made = Machine(f"beffroi-{os.getpid()}-{next(_numbers)}")
    subprocess.run(["ip", "netns", "add", made.name], check=True)
    try:
        made.do("ip", "link", "set", "lo", "up")
        yield made
    finally:
        subprocess.run(["ip", "netns", "delete", made.name], check=True)


@contextmanager
def joined() -> Iterator[tuple[Machine, Machine]]:
    """Give two machines with a cable between: NEAR4 and NEAR6 on one end, FAR4 and FAR6 on the other."""
    with machine() as near, machine() as far:
        near.do("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", far.name)
        for one, four, six in ((near, NEAR4, NEAR6), (far, FAR4, FAR6)):
            # Without duplicate address detection: an address is usable at once.
            one.do("ip", "address", "add", f"{four}/24", "dev", "eth0")
            one.do("ip", "address", "add", f"{six}/64", "dev", "eth0", "nodad")
            one.do("ip", "link", "set", "eth0", "up")
        yield near, far


@contextmanager
def serving(where: Machine, *ports: int) -> Iterator[None]:
    """Serve TCP and UDP on some ports of a machine, both families."""
    server = subprocess.Popen(
        ["ip", "netns", "exec", where.name, "python3", "-I", "-c", _SERVER, *map(str, ports)], stdout=subprocess.PIPE
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield
    finally:
        server.kill()
        server.wait()
        if server.stdout is not None:
            server.stdout.close()
