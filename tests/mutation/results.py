"""What may come of a planted fault, and the file that keeps it: each line the fault's name and one of these words."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

KILLED = "killed"
TIMEOUT = "timeout"  # it used far more time than the tests need without it
SURVIVED = "survived"
UNREACHED = "unreached"  # no test runs the function
TYPES = "types"  # mypy refuses it
OPEN = "open"  # the tests of its module's own file do not see it, and the others have not met it yet


def kept(file: Path) -> dict[str, str]:
    """Return what is known of each fault; a last line that was cut is left out."""
    lines = file.read_text().split("\n")[:-1] if file.exists() else []
    return dict(json.loads(line) for line in lines)


def keep(file: Path, said: Iterable[tuple[str, str]]) -> None:
    """Add what came of some faults."""
    with file.open("a") as results:
        results.writelines(json.dumps(one) + "\n" for one in said)


def in_words(said: Counter[str]) -> str:
    """Return how many faults each word was said of."""
    return ", ".join(f"{number} {word}" for word, number in sorted(said.items()))
