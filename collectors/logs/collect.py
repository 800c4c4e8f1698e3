"""Logs where they are collected: how far back each expected source can be read, without a hole, and whether it still
comes.

Reads:  a tree of files (text, gzip, xz, zstd, bzip2, lz4), each file once and again when it changes: the stamps of its
        lines, held to the dates of the files; a systemd journal's files, through journalctl; the room on their disk
Needs:  find and python3 where the logs lie, zstd for .zst, lz4 for .lz4; the right to read them (on Debian, groups adm
        and systemd-journal); where a marker is asked for, logger on the machine that sends it
Blind:  what never reached the collector; lines without a stamp are dated by their file alone; a sender with a wrong
        clock in a log of one single file
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from agent.core.collecting.collector import Collector, Look
from agent.core.errors import LookError
from agent.core.facts.logs import facts_of, room_facts
from agent.core.inventory import Log
from agent.core.manifest import ManifestChange
from agent.core.model import Fact, Gap
from collectors.logs import journal, tree
from collectors.logs.digests import past
from collectors.logs.forecast import room_at
from collectors.logs.marker import proven
from collectors.logs.timeline import kept_of


def collect(log: Log, look: Look) -> Iterator[Fact | Gap | ManifestChange]:
    """Yield what one place keeps of each expected source; raises a LookError where it cannot be looked at."""
    here = look.host(log.host).id == look.here.id
    seen = (journal if log.kind == "journal" else tree).look_at(log, look, here=here)
    files = {id: tuple(source.files.values()) for id, source in seen.sources.items()}
    before = past(files, look.manifest(), seen.appended, look.now)
    kept = {
        id: replace(
            kept_of(files[id], look.now),
            rewritten=before.rewritten.get(id, ()),
            removed=before.removed.get(id, ()),
        )
        for id in files
    }
    for source in log.sources:
        yield from seen.sources[source.id].gaps
        yield from facts_of(kept[source.id], source.subject, look.now)
    # What is told of the room is a forecast; that it cannot be made hides nothing of what is kept.
    with suppress(LookError):
        room = room_at(log, look, seen, kept, here=here)
        yield from () if room is None else room_facts(room, log.id, look.now)
    try:
        yield from proven(log, look)
    except LookError as error:
        for source in log.sources:
            if source.marker is not None:
                yield Gap(subject=f"{source.subject}/marker", reason=error.reason, detail=error.message)
    for stranger in sorted(seen.strangers):
        yield Fact(name="log.stranger", subject=log.id, value=stranger, as_of=look.now)
    yield before.change


COLLECTOR = Collector(
    name="logs",
    schedule="logs",
    looks_at=Log,
    collect=collect,
    subject_of=lambda log: log.id,
    host_of=lambda log: log.host,
    lock_of=lambda log: log.id,
)
