"""A dump in pg_dump's custom form: read through by pg_restore, which writes it as SQL to nowhere and needs no server.

`pg_restore --list` alone reads the table of contents at the beginning, and finds a dump sound that was cut short behind
it.
"""

import os
from datetime import timedelta

from agent.core.ending import dying_with_us
from agent.core.errors import LookError
from agent.core.openers.opener import Broken, Budget, Holds, NotTold, Opener
from agent.core.run import run_program

_OF_ANOTHER = (b"unsupported version", b"unrecognized archive format", b"compression is not supported", b"not compiled")


def _opens(path: bytes, budget: Budget) -> None:
    argv = (*dying_with_us(), "pg_restore", "--file=/dev/null", os.fsdecode(path))
    try:
        done = run_program(argv, timeout=timedelta(seconds=budget.seconds))
    except LookError as error:
        raise NotTold(f"pg_restore: {error.reason.value}") from error
    if any(words in done.stderr for words in _OF_ANOTHER):
        raise NotTold("it was made by a newer pg_dump")
    if done.status == 127 and b"pg_restore" in done.stderr:
        raise NotTold("pg_restore: tool-missing")
    if done.status != 0:
        raise Broken("pg_restore does not read it to its end")


OPENER = Opener(
    kind="postgresql-dump", knows=lambda head, suffix: head.startswith(b"PGDMP"), opens=_opens, holds=Holds.DUMP
)
