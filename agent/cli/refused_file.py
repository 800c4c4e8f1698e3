"""Open what `status` shows while the configuration file is refused: the ledger, and what it knows of the one in force.

A file that is being edited hides no verdict: the daemon goes on judging with the configuration that it has loaded.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.config.settings import Agent, Configuration
from agent.core.clock import Clock
from agent.core.errors import ConfigurationError
from agent.ledger.ledger import Ledger

_LANGUAGE = re.compile(r'^\s*language\s*=\s*["\'](fr|en)["\']', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedState:
    """What `status` reads; `refused` is why the file is not taken, `configuration` then only what the ledger knows."""

    configuration: Configuration
    ledger: Ledger | None
    clock: Clock
    refused: ConfigurationError | None = None


@contextmanager
def opened(path: Path) -> Iterator[OpenedState]:
    """Open a configuration and its ledger, or the ledger alone where the file is refused.

    Raises ConfigurationError where the file is refused and no ledger of it can be found, NotAllowed, LedgerDamaged.
    """
    from agent.evaluation.session import reading

    with ExitStack() as stack:
        try:
            configuration, ledger, clock = stack.enter_context(reading(path))
            found = OpenedState(configuration=configuration, ledger=ledger, clock=clock)
        except ConfigurationError as error:
            found = stack.enter_context(_kept(path, error))
        yield found


@contextmanager
def _kept(path: Path, error: ConfigurationError) -> Iterator[OpenedState]:
    from agent.cli.reload import directory_of
    from agent.config.load import content_of
    from agent.evaluation.session import reading_ledger
    from agent.queries.kept_state import kept_configuration

    # What cannot be read at all names no ledger.
    written = content_of(path).decode(errors="replace")
    directory, language = directory_of(path), _LANGUAGE.search(written)
    with reading_ledger(directory) as (ledger, clock):
        loads = () if ledger is None else ledger.written_loads()
        if not loads:
            raise error
        agent = Agent(state_directory=directory, language=language[1] if language else "fr")
        configuration = kept_configuration(path, agent, loads[-1])
        yield OpenedState(configuration=configuration, ledger=ledger, clock=clock, refused=error)


def refusal_lines(error: ConfigurationError, digest: str) -> tuple[str, str]:
    """Return the line that says that a file is refused, and the hint: which configuration the verdicts are of."""
    more = len(error.mistakes) - 1
    others = f" (and {more} more)" if more else ""
    return (
        f"the configuration file is refused: {error.message}{others}",
        f"hint: these are the verdicts of configuration {digest[:12]}, which stays in force; "
        "beffroi config check lists the mistakes",
    )
