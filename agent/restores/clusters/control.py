"""Read the control file of a restored cluster, by pg_controldata: whose it is, and what its recovery takes."""

import re
from datetime import timedelta

from agent.core.errors import Damaged, Unreadable, WrongRepository
from agent.core.lines import last_line, one_line
from agent.restores.clusters.server import ClusterServer

_SYSTEM = re.compile(r"^Database system identifier: +(\d{1,20})$", re.MULTILINE)
_PREPARED = re.compile(r"^max_prepared_xacts setting: +(\d{1,7})$", re.MULTILINE)
_WRONG = "Calculated CRC checksum does not match"
MOST_PREPARED = 20_000


def prepared_limit(server: ClusterServer, system: str, timeout: timedelta) -> int:
    """Return how many prepared transactions the cluster may hold.

    Raises WrongRepository where another cluster came back, Damaged, and a LookError.
    """
    output = server.ask(
        "pg_controldata", str(server.folder.data), timeout=timeout, shown="pg_controldata: a restored cluster"
    )
    said = output.stdout.decode(errors="replace")
    if output.status != 0 or _WRONG in said + output.stderr.decode(errors="replace"):
        raise Damaged(f"the control file that came back is none: {last_line(output.stderr) or one_line(said)}")
    found, prepared = _SYSTEM.search(said), _PREPARED.search(said)
    if found is None or prepared is None:
        raise Unreadable(f"pg_controldata says something else: {one_line(said)}")
    if found[1] != system:
        raise WrongRepository(f"the cluster {found[1]} came back in place of {system}")
    return min(int(prepared[1]), MOST_PREPARED)
