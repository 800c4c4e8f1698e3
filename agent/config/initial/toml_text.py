"""What a first configuration is written with: texts and ids as TOML has them, and lines behind marks."""

import json
import re


def quoted(text: str) -> str:
    """Return a basic string of TOML."""
    # They are JSON's, but for the character 127.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def plain_id(name: str) -> str:
    """Return a name as an id may be, `unnamed` where nothing of it is left."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip("._-")[:48] or "unnamed"


def free_id(id: str, taken: set[str]) -> str:
    """Return an id that is not taken yet, and take it."""
    number = 2
    free = id
    while free in taken:
        free, number = f"{id}-{number}", number + 1
    taken.add(free)
    return free


def commented(block: str) -> str:
    """Return the lines of a block, each behind a mark."""
    return "".join(f"# {line}" for line in block.splitlines(keepends=True))
