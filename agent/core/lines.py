"""Sanitise another program's output for use in a one-line message."""

import unicodedata

LONGEST = 200


def one_line(said: bytes | str, longest: int = LONGEST) -> str:
    """Return words on one line, cut to a length, with whatever could steer a terminal or a log turned into spaces."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    # Cut before and after: no one needs 64 MiB made harmless.
    kept = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text[: 8 * longest])
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def last_line(said: bytes, longest: int = LONGEST) -> str:
    """Return the last line that says something, harmless and cut; empty where none does."""
    lines = said.rstrip().rsplit(b"\n", 1)
    return one_line(lines[-1], longest)
