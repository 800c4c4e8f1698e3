"""Patterns as OpenSSH writes them: `*` and `?`, lists, and `!` for what is left out (ssh_config(5), PATTERNS)."""

from collections.abc import Iterable


def matches(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern, in time that no pattern can make explode."""
    at, star, retry = 0, -1, 0
    position = 0
    while position < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, retry = at, position
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[position]):
            at += 1
            position += 1
        elif star >= 0:
            retry += 1
            at, position = star + 1, retry
        else:
            return False
    return all(left == "*" for left in pattern[at:])


def matches_any(patterns: Iterable[str], text: str) -> bool:
    """Return whether a text matches one of some patterns and none of those that begin with `!`."""
    found = False
    for pattern in patterns:
        if pattern.startswith("!"):
            if matches(pattern[1:], text):
                return False
        elif matches(pattern, text):
            found = True
    return found
