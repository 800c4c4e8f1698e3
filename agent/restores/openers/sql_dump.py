"""Dumps in SQL: the last line of mysqldump, mariadb-dump and pg_dump tells that the dump is whole.

Source: mysqldump's manual, `--comments` and `--dump-date`; pg_dump writes `PostgreSQL database dump complete`. A dump
made without comments has neither its first lines nor its last one, and is not known for a dump.
"""

import re

from agent.restores.openers.opener import Budget, ContentKind, CutFile, Opener, StreamEnds, ends_of

# -- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
# /*M!999999\- enable the sandbox mode */
# -- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)
# --
# -- PostgreSQL database dump
_BEGINS = re.compile(
    rb"\A(?:/\*M?!999999\\-[^\n]*\n)?(?:--\s*\n)?-- (?:MySQL dump|MariaDB dump|PostgreSQL database (?:cluster )?dump)"
)
_FIRST_LINE = re.compile(rb"-- (?:MySQL dump|MariaDB dump|PostgreSQL database (?:cluster )?dump\s*\Z)")
# -- Dump completed on 2026-11-24  3:15:07
# -- PostgreSQL database dump complete
_CLUSTER_ENDS = b"-- PostgreSQL database cluster dump complete"
_ENDS = (b"-- Dump completed", b"-- PostgreSQL database dump complete", _CLUSTER_ENDS)


def is_dump(head: bytes) -> bool:
    """Return whether a text begins as a dump does."""
    return _BEGINS.match(head) is not None


def hold_to_end(ends: StreamEnds) -> None:
    """Raise CutFile where a text begins as a dump and does not end as one.

    A cluster's dump holds the last line of each of its databases as well, and then its own. Dumps of single databases
    may follow it: the recipe of one of the roles (`--globals-only`), and then each database.
    """
    if not is_dump(ends.head):
        return
    wanted = _CLUSTER_ENDS if ends.in_cluster else _ENDS
    lines = ends.tail.splitlines()
    at = max((number for number, line in enumerate(lines) if line.startswith(wanted)), default=None)
    # Of dumps one after the other, the last may have failed behind its first lines.
    if at is None or any(_FIRST_LINE.match(line) for line in lines[at + 1 :]):
        raise CutFile("the dump has no last line", ContentKind.DUMP)


def _opens(path: bytes, budget: Budget) -> None:
    with open(path, "rb") as file:
        hold_to_end(ends_of(file, budget))


OPENER = Opener(kind="sql-dump", knows=lambda head, suffix: is_dump(head), opens=_opens, holds=ContentKind.DUMP)
