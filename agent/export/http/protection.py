"""The web configuration in force: reloaded when its files change; every request is refused while one is invalid."""

import logging
import threading
from pathlib import Path

from agent.config.mistakes import inert
from agent.config.web_config import WebConfig, load
from agent.core.errors import ConfigurationError, UsageError

LOGGER = logging.getLogger("beffroi.http")

_Stamp = tuple[int, int, int, int] | None


class WebProtection:
    """Keep a web configuration in step with its file.

    A file that became bad stands for no one: serving on under the old one would keep a withdrawn password or an expired
    certificate in force, and serving without would open the door.
    """

    def __init__(
        self, path: Path | None, *, open_to_others: bool, insecure: bool, readers: frozenset[str] = frozenset()
    ) -> None:
        """Read the file.

        Raises UsageError where it is bad, lacks a reader's name, or where plain HTTP would leave this machine unasked.
        """
        self._path = path
        self._readers = readers
        self._must_encrypt = open_to_others and not insecure
        self._lock = threading.Lock()
        self._config: WebConfig | None = None
        self._stamps: dict[Path, _Stamp] = {} if path is None else {path: None}
        self._hold_to_readers(self._take())

    def current(self) -> WebConfig | None:
        """Return the protection in force; None: refuse everyone."""
        if self._path is None:
            return self._config
        with self._lock:
            if any(_stamp(file) != stamp for file, stamp in self._stamps.items()):
                self._replace()
            return self._config

    def _replace(self) -> None:
        try:
            config = self._take()
        except UsageError as error:
            self._config = None
            wrong = error.mistakes[0][0] if isinstance(error, ConfigurationError) else error.message
            LOGGER.error("web configuration refused, every request is denied: %s", wrong)
            return
        LOGGER.info("web configuration read anew")
        try:
            self._hold_to_readers(config)
        except UsageError as error:
            # A name that is gone opens nothing; to refuse the others for it would stop every scrape.
            LOGGER.warning("%s", error.message)

    def _take(self) -> WebConfig:
        """Read the file and put it in force; what is written while it is read is read anew. Raises UsageError."""
        self._stamps = {file: _stamp(file) for file in self._stamps}
        self._config = config = self._read()
        before = self._stamps
        self._stamps = {file: before[file] if file in before else _stamp(file) for file in config.files}
        return config

    def _read(self) -> WebConfig:
        config = WebConfig() if self._path is None else load(self._path)
        if self._must_encrypt and config.tls is None:
            raise UsageError(
                "plain HTTP beyond this machine is refused",
                "set tls_server_config in [agent] web_config, or [agent] insecure = true, or listen on 127.0.0.1",
            )
        return config

    def _hold_to_readers(self, config: WebConfig) -> None:
        unknown = sorted(self._readers - config.users.keys())
        if unknown:
            where = "there is no [agent] web_config" if self._path is None else f"{self._path} does not know this name"
            raise UsageError(
                f'readers: "{inert(unknown[0])}" cannot prove its name: {where}',
                "beffroi config check names each reader that basic_auth_users of the web configuration lacks",
            )


def _stamp(file: Path) -> _Stamp:
    try:
        status = file.stat()
    except OSError:
        return None
    # The change of the inode too: a file that others may write from now on protects no more.
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
