"""Read a configuration for what only an agent does: a centre of a fleet is refused before anything is touched."""

from pathlib import Path

from agent.config.load import load
from agent.config.settings import Configuration
from agent.core.errors import UsageError


def load_of_agent(path: Path) -> Configuration:
    """Return an agent's configuration. Raises ConfigurationError, and UsageError for a centre's."""
    configuration = load(path, strict=False)
    refuse_centre(configuration)
    return configuration


def refuse_centre(configuration: Configuration) -> None:
    """Raise UsageError for the configuration of a centre, which looks at nothing and makes no entry and no report."""
    if configuration.fleet is not None and configuration.fleet.is_centre:
        raise UsageError(
            f"{configuration.path} is the centre's of a fleet, where this command is not done",
            "run it on the agent, with the agent's configuration; docs/fleet.md says what the centre does",
        )
