"""The address of the fleet's database: the folder of a socket, or a host, or several of which one takes writes."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

DEFAULT_PORT = 5432
# Each is waited for in turn, where the one before does not answer.
MOST_HOSTS = 8
_ADDRESS = re.compile(
    r"postgres(?:ql)?://(?P<user>[^/?#]*@)?(?P<hosts>[^/?#@]*)/(?P<name>[^/?#%]{1,63})(?:\?(?P<query>[^#]*))?"
)
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[^\[\]:,\s]{1,253})?(?::(?P<port>[0-9]{1,5}))?")
_EXAMPLE = 'is not a database such as "postgresql://pg.example:5432/beffroi"'


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAddress:
    """Where a database is: `folder` of a socket and its one port, or `hosts`, each with the port beside it."""

    name: str
    folder: str | None
    hosts: tuple[str, ...]
    ports: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "DatabaseAddress":
        """Read `postgresql://HOST[:PORT][,HOST[:PORT]…]/NAME` or `postgresql:///NAME?host=/FOLDER`.

        Raises ValueError, in words that repeat nothing of it.
        """
        found = _ADDRESS.fullmatch(text)
        if found is None:
            raise ValueError(_EXAMPLE)
        user, query = found["user"], found["query"] or ""
        # A password is a mistake of its own, which names it.
        if user is not None and ":" not in user:
            raise ValueError("holds a user, which stands in user")
        places = [_HOST.fullmatch(one) for one in found["hosts"].split(",")]
        hosts = tuple((one["host"] or "").strip("[]").lower() for one in places if one is not None)
        ports = tuple(int(one["port"] or DEFAULT_PORT) for one in places if one is not None)
        if len(hosts) < len(places) or not all(0 < one < 65536 for one in ports):
            raise ValueError(_EXAMPLE)
        # libpq takes what stands behind a comma for another host, which would be reached without TLS.
        socket = re.fullmatch(r"host=(/[^&#,]*)", unquote(query))
        if query and (socket is None or any(hosts)):
            raise ValueError("has parameters; ?host=/run/postgresql is the only one")
        if socket is not None and len(hosts) == 1:
            return cls(name=found["name"], folder=socket[1], hosts=(), ports=ports)
        if not all(hosts):
            raise ValueError(_EXAMPLE)
        if len(hosts) > MOST_HOSTS:
            raise ValueError(f"has {len(hosts)} hosts, and {MOST_HOSTS} are the most")
        return cls(name=found["name"], folder=None, hosts=hosts, ports=ports)
