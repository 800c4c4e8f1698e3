"""Ports for the servers of the tests: none that another worker, or a connection of any program, may take meanwhile.

A port that the system chooses for a moment (`bind` to 0) may be given out again at once, to another worker's probe or
to a client, before the server that it is meant for takes it.
"""

import itertools
import os
import random
import socket

# Below the ports that the system gives to clients (net.ipv4.ip_local_port_range), and above those of known services.
FIRST, LAST = 10_000, 32_000
# Each worker of a run has those of one remainder; another run on the machine begins elsewhere.
WORKERS = 16
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
_PORTS = itertools.cycle(range(FIRST + _WORKER, LAST, WORKERS))
for _ in range(random.SystemRandom().randrange((LAST - FIRST) // WORKERS)):
    next(_PORTS)


def free_port() -> int:
    """Return a port of the loopback on which no one listens, and that no later call returns for a long time."""
    for port in itertools.islice(_PORTS, (LAST - FIRST) // WORKERS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError(f"no port from {FIRST} to {LAST} is free")
