"""Configure logging: the daemon logs to standard error, a command to its file of details."""

import logging
import os
import sys
import time
from contextlib import suppress

from agent.cli.details import keep_text

LOGGER = "beffroi"
# The priorities of syslog (RFC 5424, table 2).
PRIORITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}


def log_to_standard_error() -> None:
    """Log what happens to standard error, with its priority where journald reads it (sd-daemon(3))."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Priority() if "JOURNAL_STREAM" in os.environ else OneLine("%(asctime)s %(message)s"))
    _log_to(handler, logging.INFO)


def log_to_details() -> None:
    """Keep what goes wrong in the file of details: the user of a command reads one line, and never a traceback."""
    _log_to(Details(), logging.WARNING)


def _log_to(handler: logging.Handler, level: int) -> None:
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


class OneLine(logging.Formatter):
    """Keep a record on one line, its traceback included: what is read from outside may hold control characters."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        from agent.config.mistakes import inert

        return inert(super().format(record))


class Priority(OneLine):
    """Put the priority of syslog before each line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as `<N>message`, on one line."""
        return f"<{PRIORITIES.get(record.levelno, 6)}>{super().format(record)}"


class Details(logging.Handler):
    """Append each record to the file of details, and say once where a fault of our own is told at length."""

    def __init__(self) -> None:
        super().__init__()
        self._formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
        self._formatter.converter = time.gmtime
        self._told = False

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        kept = keep_text(self._formatter.format(record))
        if record.levelno < logging.ERROR or self._told:
            return
        self._told = True
        where = f"the details are in {kept}" if kept else "set BEFFROI_DEBUG to a file for the details"
        with suppress(OSError):
            print(f"beffroi: a fault of its own is among what follows; {where}", file=sys.stderr)  # noqa: T201
