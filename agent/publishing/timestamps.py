"""Have a checkpoint stamped by a time-stamp authority (RFC 3161), and hold what it answers to its certificate.

Query and verification are those of the openssl program, which anyone verifies a token with later.

Reads:  the authority's certificate.
Needs:  openssl on this machine, and a folder for a moment.
Blind:  whether the authority's own clock was right.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.core.ahead import lies_ahead
from agent.core.errors import Exited, LookError
from agent.core.host import Host
from agent.core.lines import last_line
from agent.publishing.posting import NoAnswer, Post

QUERY_TYPE = "application/timestamp-query"
_TIMEOUT = timedelta(seconds=20)
# Time stamp: Dec  1 05:38:40 2026 GMT
_STAMPED = re.compile(rb"^Time stamp: ([A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2})(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)


class NotStamped(Exception):
    """Raised where no token that holds was given; says why."""


class TokenRefused(NotStamped):
    """Raised where a token does not hold: another digest, another authority, or no token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A time-stamp authority: its address, and the file of the certificate that its tokens lead to."""

    url: str
    ca_file: Path


def stamp(
    here: Host, folder: Path, authority: Authority, note: str, now: datetime, post: Post
) -> tuple[bytes, datetime]:
    """Return an authority's answer for a signed checkpoint, its token verified, and the time that it states.

    `folder` is for files of a moment. Raises NotStamped.
    """
    with _files(folder, note) as files:
        _run(here, "-query", "-data", str(files / "note"), "-sha256", "-cert", "-out", str(files / "query"))
        try:
            answer = post(authority.url, (files / "query").read_bytes(), QUERY_TYPE)
        except NoAnswer as error:
            raise NotStamped(str(error)) from error
        if answer.status != 200:
            raise NotStamped(f"it answered {answer.status}")
        (files / "answer").write_bytes(answer.body)
        # With the query its random number is held, too: no token of an earlier day passes.
        asked = ("-queryfile", str(files / "query"), "-in", str(files / "answer"))
        _run(here, "-verify", *asked, "-CAfile", str(authority.ca_file))
        at = _stated(here, files / "answer")
    if lies_ahead(at, now):
        raise NotStamped(f"its clock is ahead: it stamped at {at:%Y-%m-%d %H:%M:%S} UTC")
    return answer.body, at


def hold_to_authority(here: Host, folder: Path, note: str, answer: bytes, ca_file: Path) -> datetime:
    """Return the time that a kept answer states for a note. Raises NotStamped where it does not hold for it."""
    with _files(folder, note) as files:
        (files / "answer").write_bytes(answer)
        data = ("-data", str(files / "note"), "-in", str(files / "answer"))
        at = _stated(here, files / "answer")
        # Its certificate has to hold when it stamped: it has expired by the time that some tokens are read.
        _run(here, "-verify", *data, "-attime", str(int(at.timestamp())), "-CAfile", str(ca_file))
        return at


@contextmanager
def _files(folder: Path, note: str) -> Iterator[Path]:
    try:
        with TemporaryDirectory(prefix="timestamp-", dir=folder) as name:
            (Path(name) / "note").write_bytes(note.encode())
            yield Path(name)
    except OSError as error:
        raise NotStamped(f"no file can be made in {folder}: {(error.strerror or 'refused').lower()}") from error


def _run(here: Host, *arguments: str) -> bytes:
    try:
        return here.run("openssl", "ts", *arguments, timeout=_TIMEOUT).stdout
    except Exited as error:
        if arguments[0] != "-query":
            raise TokenRefused("its token does not hold: another digest, another authority, or no token") from error
        raise NotStamped(f"openssl ts {arguments[0]}: {error.message}") from error
    except LookError as error:
        raise NotStamped(error.message) from error


def _stated(here: Host, answer: Path) -> datetime:
    # Of the token alone: the status beside it is text that no one has signed.
    text = _run(here, "-reply", "-in", str(answer), "-token_out", "-text")
    found = _STAMPED.search(text)
    if found is None:
        raise TokenRefused(f"its token states no time: {last_line(text) or 'nothing'}")
    words = f"{found[1].decode()} {found[2].decode()}"
    return datetime.strptime(" ".join(words.split()), "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
