"""Make a name that was read from outside harmless in a line of text: one line, nothing hidden, of bounded length."""

import unicodedata

LONGEST = 120
# A text of the configuration has no more: no quotation is cut.
LONGEST_QUOTED = 4096

# Control, format (these turn the direction of writing), surrogate, private, unassigned; breaks of line and paragraph.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def inert(text: str, longest: int = LONGEST) -> str:
    """Return the text with every hidden character written out as its code, cut to `longest` characters.

    What is left is plain text: a page, a CSV file or a shell still has to quote it in its own way.
    """
    # What is printable is of none of those categories; a page of a large fleet has some ten thousand such names.
    if len(text) <= longest and text.isprintable():
        return text
    shown = "".join(_shown(character) for character in text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def quoted(text: str) -> str:
    """Return a sentence of the convention between quotation marks, harmless and whole; empty where there is none."""
    return f"«\u00a0{inert(text, LONGEST_QUOTED)}\u00a0»" if text else ""


def _shown(character: str) -> str:
    if unicodedata.category(character) not in HIDDEN:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"
