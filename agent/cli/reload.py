"""`beffroi reload`: have the daemon take its configuration anew, and wait for its answer."""

import os
import re
import signal
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.cli.options import ConfigOption, configuration_path

if TYPE_CHECKING:
    from agent.core.errors import ConfigurationError
    from agent.daemon.reload_answer import ReloadAnswer

# A round of a large site may lie between the signal and the answer.
WITHIN = timedelta(minutes=2)
STEP_SECONDS = 0.1
# Where the state directory of a file that cannot be read is: as the unit says, or the default.
VARIABLE, DEFAULT = "STATE_DIRECTORY", "/var/lib/beffroi"
_DIRECTORY = re.compile(r'^\s*state_directory\s*=\s*["\']([^"\']+)["\']', re.MULTILINE)


def register(app: typer.Typer) -> None:
    """Add `reload`."""

    @app.command()
    def reload(config: ConfigOption = None) -> None:
        """Have the running daemon take a changed configuration; exit code 2 where it refuses it."""
        path = configuration_path(config)
        mistakes = mistakes_of(path)
        answer = answered(directory_of(path))
        if not answer.refused:
            typer.echo(f"configuration {answer.digest[:12]} is in force")
            return
        from agent.core.errors import UsageError

        typer.echo(f"refused: configuration {answer.digest[:12]} stays in force", err=True)
        raise mistakes or UsageError(answer.refused, answer.hint)


def mistakes_of(path: Path) -> "ConfigurationError | None":
    """Return every mistake of a configuration; None where a daemon would take it."""
    from agent.config.load import load
    from agent.core.errors import ConfigurationError

    try:
        load(path, strict=False)
    except ConfigurationError as error:
        return error
    return None


def directory_of(path: Path) -> Path:
    """Return the state directory of a configuration, also of one that holds mistakes."""
    from agent.config.load import LARGEST
    from agent.core.errors import LookError
    from agent.core.files import read_file

    written = ""
    with suppress(LookError):
        written = read_file(path, limit=LARGEST).decode(errors="replace")
    found = _DIRECTORY.search(written)
    return Path(found[1] if found else os.environ.get(VARIABLE) or DEFAULT)


def answered(directory: Path) -> "ReloadAnswer":
    """Signal the daemon of a state directory; return what it answers. Raises UsageError where none does."""
    from agent.core.clock import SystemClock
    from agent.core.deadline import Deadline, words
    from agent.core.errors import UsageError
    from agent.daemon.reload_answer import read_answer
    from agent.evaluation.identity import take_identity
    from agent.ledger.locks import daemon_process

    # The owner's rights are enough to signal the owner's daemon, and no other process.
    take_identity(directory, writing=True)
    none = UsageError(f"no beffroi daemon works on {directory}", "systemctl start beffroi, or beffroi-centre")
    process, sent = daemon_process(directory), SystemClock().monotonic()
    if process is None:
        raise none
    try:
        os.kill(process, signal.SIGHUP)
    except OSError as error:
        raise none from error
    deadline = Deadline(WITHIN)
    while not deadline.passed:
        answer = read_answer(directory)
        if answer is not None and answer.begun >= sent:
            return answer
        if daemon_process(directory) != process:
            raise none
        time.sleep(STEP_SECONDS)
    raise UsageError(f"the daemon did not answer within {words(WITHIN)}", "journalctl -u beffroi says what it does")
