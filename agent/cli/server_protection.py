"""How the configuration has the HTTP server protected."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from agent.config.settings import Configuration


class ServerProtection(TypedDict):
    """How the server is protected, as its own arguments."""

    web_config: Path | None
    insecure: bool
    readers: frozenset[str]
    address: str | None


def protection(configuration: "Configuration") -> ServerProtection:
    """Return how a configuration protects the server."""
    from agent.export.http.readers import Readers

    agent = configuration.agent
    readers = Readers.declared(agent.readers, configuration.inventory.beneficiaries)
    return {
        "web_config": agent.web_config,
        "insecure": agent.insecure,
        "readers": readers.names,
        "address": agent.address,
    }
