"""Make the faults with mutmut and write them into a copy of the tree; ask mypy which of them break the types.

A module of the copy then holds every fault of it beside the function as it was, and set_mutant_under_test wakes one.
"""

import difflib
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mutmut.mutation.file_mutation import combine_mutations_to_source, create_mutations
from mutmut.utils.format_utils import get_mutant_name, orig_function_and_class_names_from_key

from tests.mutation.faults import Fault, Planted

# The same faults are drawn at each run.
SEED = 12


def plant(folder: Path, targets: Sequence[str], sample: int | None) -> tuple[Planted, ...]:
    """Write the faults of some modules into the copy, or that many of them, drawn by chance."""
    found = {target: create_mutations(target, (folder / target).read_text()) for target in targets}
    every = [(target, number) for target in targets for number in range(len(found[target][1]))]
    drawn = set(every if sample is None else random.Random(SEED).sample(every, min(sample, len(every))))
    planted: list[Planted] = []
    for target in targets:
        module, faults, classes, functions = found[target]
        wanted = [fault for number, fault in enumerate(faults) if (target, number) in drawn]
        made = combine_mutations_to_source(module, wanted, classes, functions)
        (folder / target).write_text(made.code)
        lines = made.code.split("\n")
        spans = {name: (span.start, span.end) for name, span in made.line_span_by_function_name.items()}
        planted += (_planted(target, name, lines, spans) for name in made.mutant_names)
    return tuple(planted)


def _planted(target: str, name: str, lines: Sequence[str], spans: Mapping[str, tuple[int, int]]) -> Planted:
    """Return a fault with the lines that differ from those of its function."""
    first, last = spans[name]
    begun, ended = spans[name.partition("__mutmut_")[0] + "__mutmut_orig"]
    was, became = _body(lines[begun - 1 : ended]), _body(lines[first - 1 : last])
    differing = [line for line in difflib.unified_diff(was, became, n=0) if not line.startswith(("---", "+++", "@@"))]
    out = " ".join(line[1:].strip() for line in differing if line.startswith("-"))
    put = " ".join(line[1:].strip() for line in differing if line.startswith("+"))
    full = get_mutant_name(Path(target), name)
    function, cls = orig_function_and_class_names_from_key(full)
    return Planted(full, first, last, Fault(target, f"{cls}.{function}" if cls else function, out, put))


def _body(lines: Sequence[str]) -> list[str]:
    """Return the lines of a function without the blank ones around it and the name that mutmut gave it."""
    text = "\n".join(lines).strip("\n")
    return re.sub(r"\bdef [^(\[]+", "def ", text, count=1).split("\n")


def refused(folder: Path, targets: Sequence[str], planted: Sequence[Planted], cache: Path) -> Iterator[str]:
    """Yield the names of the faults that mypy refuses; raise SystemExit for an error that is in none of them."""
    command = [sys.executable, "-m", "mypy", "--output", "json", "--no-warn-unused-ignores", "--cache-dir", str(cache)]
    said = subprocess.run([*command, *targets], cwd=folder, capture_output=True, text=True, check=False)
    if said.returncode not in {0, 1}:
        raise SystemExit(f"mypy failed:\n{said.stdout[-2000:]}{said.stderr[-2000:]}")
    lines: dict[str, set[int]] = {}
    for error in (json.loads(line) for line in said.stdout.splitlines() if line.startswith("{")):
        # An attribute that `__init__` declares is declared again by each fault of it.
        if error["severity"] == "error" and error["code"] != "no-redef":
            lines.setdefault(error["file"], set()).add(error["line"])
    seen: set[tuple[str, int]] = set()
    for one in planted:
        hit = {line for line in lines.get(one.fault.module, ()) if one.first <= line <= one.last}
        seen |= {(one.fault.module, line) for line in hit}
        if hit:
            yield one.name
    other = {(file, line) for file, numbers in lines.items() for line in numbers} - seen
    if other:
        raise SystemExit(f"mypy refuses what holds no fault, such as: {sorted(other)[:3]}")
