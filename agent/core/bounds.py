"""Bounds of each command's output; a longer one is `unreadable` and never parsed.

A bound is far above what an honest machine says, and low enough that what is made of an answer stays small: a line
becomes up to a kilobyte of values, and sixteen machines are asked at once. One place decides, and it is the one door
through which every look goes (agent.hosts.evidence.RecordingHost).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.core.host import OUTPUT_LIMIT

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputBound:
    """The bytes of both outputs together, and the lines of standard output; None: any number."""

    bytes: int
    lines: int | None


# What states no limit of its own.
USUAL = OutputBound(bytes=OUTPUT_LIMIT, lines=100_000)
# By the command as evidence shows it: the longest that it begins with holds.
BOUNDS: Mapping[str, OutputBound] = {
    "dpkg-query": OutputBound(bytes=8 * MEBIBYTE, lines=20_000),
    "getent passwd": OutputBound(bytes=2 * MEBIBYTE, lines=5_000),
    "getent group": OutputBound(bytes=4 * MEBIBYTE, lines=5_000),
    "beffroi-root: accounts": OutputBound(bytes=MEBIBYTE, lines=5_000),
    "beffroi-root: firewall": OutputBound(bytes=32 * MEBIBYTE, lines=1_000_000),
    "beffroi-root: keys": OutputBound(bytes=8 * MEBIBYTE, lines=50_000),
    "beffroi-root": OutputBound(bytes=8 * MEBIBYTE, lines=100_000),
}


def bound_of(argv: Sequence[str], shown: str | None, output_limit: int) -> OutputBound:
    """Return what one command may answer, whose caller allows so many bytes."""
    command = shown if shown is not None else " ".join(argv[:2])
    named = max((name for name in BOUNDS if command.startswith(name)), key=len, default=None)
    if named is not None:
        bound = BOUNDS[named]
        return OutputBound(bytes=min(bound.bytes, output_limit), lines=bound.lines)
    return USUAL if output_limit == OUTPUT_LIMIT else OutputBound(bytes=output_limit, lines=None)
