"""Terminal output: colours, width and line breaks."""

import io
import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from agent.core.model import State

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

# Repeated by symbol and word, so that nothing is lost without them.
COLOURS = {
    State.MISSED: "bold red",
    State.UNPROVEN: "yellow",
    State.ACCEPTED: "magenta",
    State.MET: "green",
    State.NOT_APPLICABLE: "dim",
}

NARROWEST = 40
# Nothing here depends on it, but rich takes a width at its word only where it is given a height as well.
HEIGHT = 25

# rich breaks a line at any space, a no-break space included; this private character stands for one until the end.
TOGETHER = "\ue000"


def coloured() -> bool:
    """Return whether a terminal may be sent colour: NO_COLOR (no-color.org) is unset or empty, and TERM is not dumb."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM", "") not in ("dumb", "unknown", "")


def drawn(parts: Iterable["RenderableType"], width: int) -> str:
    """Return what rich makes of some parts, one below the other, with nothing at the ends of lines."""
    from rich.console import Console

    written = io.StringIO()
    console = Console(
        file=written,
        force_terminal=True,
        color_system="standard" if coloured() else None,
        width=max(width, NARROWEST),
        height=HEIGHT,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    text = written.getvalue().replace(TOGETHER, " ")
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def hanging(text: "Text", width: int) -> "Text":
    """Return a text in lines of a width, indented by two spaces, those after the first by four."""
    from rich.console import Console
    from rich.text import Text

    console, width = Console(width=width, height=HEIGHT), max(width, NARROWEST)
    first = text.wrap(console, width - 2)[0]
    begins = len(text.plain) - len(text.plain[len(first) :].lstrip(" "))
    further = text[begins:].wrap(console, width - 4) if begins < len(text) else ()
    return Text("\n").join([Text.assemble("  ", first), *(Text.assemble("    ", line) for line in further)])


def kept_together(text: str) -> str:
    """Return a text in which no line will break before French punctuation or between a number and its unit."""
    return re.sub(
        r" (?=[:;?!%»])|(?<=«) |(?<=:) (?=\d)|(?<=\d) (?=(?:h|min|s|j|d|To|Go|Mo|ko|TB|GB|MB|kB)\b)", TOGETHER, text
    )
