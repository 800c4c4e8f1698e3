"""Record a scheduled restore in the `restore` register before it starts."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from agent.config.settings import Configuration
from agent.core.clock import Clock
from agent.core.errors import BeffroiError, Denied
from agent.core.inventory import Copy
from agent.register.book import Book
from agent.register.kept import add
from agent.restores.scratch import scratch


@contextmanager
def documented(book: Book | None, configuration: Configuration, clock: Clock, copy: Copy) -> Iterator[Path]:
    """Enter a restore from a copy, and give a private folder that is gone afterwards, at the next start after a kill.

    Raises Denied where it cannot be entered, or no folder can be made: nothing is restored then.
    """
    if book is None or copy.sample is None:
        raise Denied(
            f"{copy.subject}: no restore without its entry in the register", "state `sample`, and keep a ledger"
        )
    now = clock.now()
    words = (
        f"performed={now.isoformat()}",
        f"backup={copy.backup}",
        f"author={copy.sample.author}",
        f"reason={copy.sample.reason}",
    )
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(scratch(configuration.agent.state_directory))
            add(book, "restore", words, configuration, now)
        except BeffroiError as error:
            raise Denied(f"{copy.subject}: the restore cannot be entered: {error.message}", error.hint) from error
        except OSError as error:
            why = os.strerror(error.errno or 0).lower()
            raise Denied(f"{copy.subject}: no folder for what is restored can be made: {why}") from error
        yield folder
