"""A marked message sent through a machine's own syslog, and found again where logs are collected: the path, timed.

Sent every eight hours with logger(1), which any user may run; announced in the agent's log, so that those who watch
the collected logs knows it: `beffroi: marker NONCE`, at user.notice.
"""

import logging
import secrets
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Denied, Exited, Unreachable, Unreadable
from agent.core.facts.logs import MarkerResult, proof_facts, proof_in
from agent.core.host import Host
from agent.core.inventory import Log, LogSource, Marker
from agent.core.lines import last_line
from agent.core.model import Fact
from collectors.logs.listing import listed
from collectors.logs.pattern import SOURCE, Pattern

EVERY = timedelta(hours=8)
# A look comes a little sooner or later than the one before it.
EARLY = timedelta(minutes=30)
# What did not arrive by then is lost; a relay may hold it for a moment.
LOST_AFTER = timedelta(minutes=15)
PATIENCE = timedelta(seconds=20)
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
# Clocks of two machines are apart.
APART = timedelta(minutes=15)
ANSWER = 1024 * 1024

# The newest end of each file is enough: what was sent a moment ago is not further up.
_LOOKS_INTO = 'tail -c 8388608 -- "$1" 2>/dev/null | grep -qaF -- "$0" && echo found; exit 0'

log = logging.getLogger("beffroi.logs")


def proven(place: Log, look: Look) -> Iterator[Fact]:
    """Yield the result of the markers of a place; nothing where none is asked for. Raises a LookError."""
    for source in place.sources:
        if source.marker is not None:
            before = None if look.previous is None else proof_in(look.previous, source.subject)
            yield from proof_facts(_tried(place, source, source.marker, before, look), source.subject)


def _tried(place: Log, source: LogSource, marker: Marker, before: MarkerResult | None, look: Look) -> MarkerResult:
    host = look.host(place.host)
    lost = None if before is None else before.lost
    if before is not None and lies_ahead(before.sent, look.now):
        # It was sent under a clock that ran ahead: how long ago cannot be told.
        before = None
    if before is not None and before.underway:
        if _arrived(host, place, source.id, before.nonce, before.sent, look.timeout):
            return MarkerResult(nonce=before.nonce, sent=before.sent, found=before.sent, taken=look.now - before.sent)
        if look.now - before.sent < LOST_AFTER:
            return before
        lost = lost or before.sent
    elif before is not None and look.now - before.sent < EVERY - EARLY:
        return before
    nonce = secrets.token_hex(8)
    log.info("sending a marker to the syslog of %s: beffroi: marker %s", marker.host, nonce)
    said = look.host(marker.host).run(
        "logger", "--socket-errors=on", "-u", marker.socket, "-t", "beffroi", "-p", "user.notice", "--",
        f"marker {nonce}", timeout=look.timeout, accept=None,
    )  # fmt: skip
    if said.status != 0:
        words = last_line(said.stderr) or "logger does not say why"
        raise Unreachable(f"the syslog of {marker.host} takes nothing at {marker.socket}: {words}")
    begun = time.monotonic()
    patience = Deadline(min(PATIENCE, look.timeout))
    for pause in PAUSES:
        time.sleep(min(pause, patience.remaining()))
        if _arrived(host, place, source.id, nonce, look.now, look.timeout):
            taken = timedelta(seconds=round(time.monotonic() - begun, 1))
            return MarkerResult(nonce=nonce, sent=look.now, found=look.now, taken=taken)
        if patience.passed:
            break
    found, taken_before = (None, None) if before is None else (before.found, before.taken)
    return MarkerResult(nonce=nonce, sent=look.now, found=found, taken=taken_before, lost=lost)


def _arrived(host: Host, place: Log, source: str, nonce: str, sent: datetime, timeout: timedelta) -> bool:
    """Return whether a marker stands among the records of its source."""
    if place.kind == "journal":
        since = f"@{int((sent - APART).timestamp())}"
        argv = ("journalctl", "--directory", place.path, "--since", since, "-o", "cat", "--quiet", "--no-pager")
        output = host.run(
            *argv, f"_HOSTNAME={source}", "SYSLOG_IDENTIFIER=beffroi", timeout=timeout, accept=None, output_limit=ANSWER
        )
        return nonce.encode() in output.stdout
    pattern = Pattern(path=place.path, sources=(source,))
    # Only where this source's files lie, where its name is a folder's.
    own = place.path.split("/")
    folder = "/".join(own[: own.index(SOURCE)]) + f"/{source}" if SOURCE in own else pattern.folder
    if any("*" in part or "?" in part for part in folder.split("/")):
        folder = pattern.folder
    depth = None if pattern.depth is None else pattern.depth - folder.count("/") + pattern.folder.rstrip("/").count("/")
    try:
        files = listed(host, folder, depth, timeout).files
    except (Denied, Exited, Unreadable):
        return False
    newest = [
        file.path
        for file in files
        if file.kind == "f" and file.modified >= (sent - APART).timestamp() and pattern.source_of(file.path) == source
    ]
    if not newest:
        return False
    output = host.run(
        *("xargs", "-0", "-n", "1", "sh", "-c", _LOOKS_INTO, nonce),
        stdin="".join(f"{path}\0" for path in newest).encode(errors="surrogateescape"),
        timeout=timeout,
        accept=None,
        output_limit=ANSWER,
        shown=f"the ends of {len(newest)} files below {folder}: marker {nonce}",
    )
    return bool(output.stdout)
