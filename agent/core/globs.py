"""Patterns of names, as a shell writes them, in expressions that no name takes long to match. Pure.

Names are others' own words, and `re` lets no other thread run meanwhile. Where a star is followed by another one, what
stands between them is looked for once, at the first place that it has (an atomic group): a later one would leave the
rest of the pattern less room.
"""

import re


def name_expression(part: str) -> str:
    """Return the regular expression of a part of one name: `*` and `?` stay within it."""
    first, *others = (
        "".join("[^/]" if one == "?" else re.escape(one) for one in run) for run in re.split(r"\*+", part)
    )
    if not others:
        return first
    *between, last = others
    return first + "".join(f"(?>[^/]*?{one})" for one in between) + f"[^/]*{last}"


def path_expression(pattern: str) -> str:
    """Return the regular expression of a path; `**/` is any number of folders."""
    runs: list[list[str]] = [[]]
    for part in pattern.split("/"):
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(name_expression(part))
    first, *others = ("/".join(run) for run in runs)
    *between, last = [one for one in others if one] or [""]
    begin = f"{first}/" if first and others else first
    middle = "".join(f"(?>(?:[^/]+/)*?{one}/)" for one in between)
    return f"{begin}{middle}(?:[^/]+/)*{last}" if others else begin
