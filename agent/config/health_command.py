"""The command that asks this agent for its health, as texts for people print it: at the address that it listens at."""

import shlex

from agent.config.settings import Agent
from agent.core.errors import LookError
from agent.core.files import read_file

# What the runbooks hold; a site's own command takes its place.
SAMPLE = "curl -s http://127.0.0.1:9588/healthz"
NOT_SERVED = "systemctl status beffroi.service"
_ANY = ("", "0.0.0.0", "[::]")
_LARGEST = 64 * 1024


def health_command(agent: Agent) -> str:
    """Return a command that can be pasted on the agent's machine; where nothing is served, that of the service."""
    if not agent.listen:
        return NOT_SERVED
    if agent.listen.startswith("unix:"):
        socket = shlex.quote(agent.listen.removeprefix("unix:"))
        return f"sudo curl -s --unix-socket {socket} http://localhost/healthz"
    if agent.address is not None:
        return f"curl -s {shlex.quote(agent.address.rstrip('/') + '/healthz')}"
    host, _, port = agent.listen.rpartition(":")
    place = f"{'127.0.0.1' if host in _ANY else host}:{port}/healthz"
    # Its certificate names another host than the loopback.
    return f"curl -sk https://{place}" if _serves_tls(agent) else f"curl -s http://{place}"


def _serves_tls(agent: Agent) -> bool:
    if agent.web_config is None:
        return False
    try:
        return b"tls_server_config" in read_file(agent.web_config, limit=_LARGEST)
    except LookError:
        return True
