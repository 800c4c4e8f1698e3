"""Plant faults in the modules that judge, one at a time, and list those that no test sees.

    tests/run --mutation [MODULE...]     such as checks/patching.py; without one, every module of TARGETS

mutmut makes the faults and finds the tests that reach each of them. A fault that breaks the types counts as seen, since
mypy refuses it. A fault that changes nothing anyone could see is named in equivalent.toml, with the reason; every
other one that survives makes the run fail. All of it happens in a copy of the tree.
"""

import fnmatch
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.parts.checkout import HOME, committed, modules

TARGETS = (
    "checks/*.py",
    "agent/accounting/*.py",
    "agent/core/judging/*.py",
    "agent/core/duties/*.py",
)
TESTS = ("tests/checks", "tests/accounting", "tests/core")
PURE = "not programs and not network"
ORDER = ("-p", "tests.mutation.order", "--hypothesis-profile=few")
EQUIVALENT = Path(__file__).with_name("equivalent.toml")

WORDS = ("killed", "types", "timeout", "equivalent", "survived")
# The exit codes of mutmut 3: of pytest, of mypy, and of a time that was up.
SEEN = {1: "killed", 3: "killed", 37: "types", 36: "timeout", 24: "timeout", -24: "timeout", 152: "timeout"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault: the lines that it takes out of a function and those that it puts in."""

    module: str
    function: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the faults of one module."""

    module: str
    counts: Counter[str]
    survivors: tuple[Fault, ...]


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """Return the modules that are named, or all that TARGETS names; raise SystemExit for one that is none of them."""
    known = [str(path) for path in modules() if any(fnmatch.fnmatch(str(path), one) for one in TARGETS)]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"no module to plant faults in: {', '.join(unknown)}\nhint: one of {', '.join(known)}")
    return tuple(sorted(set(names))) or tuple(known)


def copy_tree(folder: Path, targets: Sequence[str]) -> None:
    """Copy what is committed, as it stands now, with mutmut's settings."""
    for file in committed():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(HOME / file, folder / file, follow_symlinks=False)
    cache = HOME / ".mypy_cache" / "mutation"
    types = ["mypy", "--output", "json", "--no-warn-unused-ignores", "--cache-dir", str(cache), *targets]
    top = sorted({file.parts[0] for file in committed()} - {"agent", "checks", "collectors", "tests"})
    settings = {
        "source_paths": ["agent", "checks", "collectors"],
        "also_copy": top,
        "only_mutate": list(targets),
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-m", PURE, *ORDER],
        "pytest_add_cli_args_test_selection": list(TESTS),
        "type_check_command": types,
        "timeout_constant": 5.0,  # times 15: a loop without end costs a minute and a quarter
        "track_dependencies": False,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]  # such JSON is TOML as well
    with (folder / "pyproject.toml").open("a") as file_of_settings:
        file_of_settings.write("\n".join(("", "[tool.mutmut]", *lines, "")))


def plant(folder: Path) -> None:
    """Let mutmut make the faults and run the tests against each; raise SystemExit where it could not."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    if subprocess.run([sys.executable, "-m", "mutmut", "run"], cwd=folder, env=environment, check=False).returncode:
        raise SystemExit("mutmut ended early: see above")


def outcome(folder: Path, module: str) -> Outcome:
    """Return what mutmut kept of one module."""
    kept = folder / "mutants" / f"{module}.meta"
    codes: dict[str, int | None] = json.loads(kept.read_text())["exit_code_by_key"] if kept.exists() else {}
    alive = [name for name, code in codes.items() if code not in SEEN]
    counts = Counter(SEEN.get(code or 0, "survived") for code in codes.values())
    return Outcome(module, counts, tuple(fault(folder, module, name) for name in alive))


def fault(folder: Path, module: str, name: str) -> Fault:
    """Return one fault from the difference that mutmut shows of it."""
    command = [sys.executable, "-m", "mutmut", "show", name]
    shown = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=300).stdout
    lines = [line for line in shown.splitlines() if not line.startswith(("---", "+++"))]
    out = [line[1:].strip() for line in lines if line.startswith("-")]
    put = [line[1:].strip() for line in lines if line.startswith("+")]
    function = (
        name.rpartition(".")[2].rpartition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    )
    return Fault(module, function, " ".join(out), " ".join(put))


def equivalent() -> dict[Fault, str]:
    """Return the faults that are named as changing nothing, and why."""
    named = tomllib.loads(EQUIVALENT.read_text()).get("equivalent", [])
    return {Fault(one["module"], one["function"], one["was"], one["became"]): one["why"] for one in named}


def tell(outcomes: Iterable[Outcome], known: dict[Fault, str]) -> int:
    """Print a line for each module, its unknown survivors and the whole; return the exit code."""
    total: Counter[str] = Counter()
    alive: list[Fault] = []
    stale: list[Fault] = []
    for one in outcomes:
        new = [each for each in one.survivors if each not in known]
        stale += [each for each in known if each.module == one.module and each not in one.survivors]
        counts = one.counts + Counter({"equivalent": len(one.survivors) - len(new)})
        counts["survived"] = len(new)
        total += counts
        alive += new
        print(one.module, *(f"{counts[word]} {word}" for word in WORDS))
    for words, faults in (("survived", alive), ("named as equivalent, and no survivor", stale)):
        for each in faults:
            print(f"\n{words}: {each.module} {each.function}\n  - {each.was}\n  + {each.became}")
    rest = total.total() - total["equivalent"]
    share = 100 * (rest - total["survived"]) // max(rest, 1)
    print(f"\n{rest - total['survived']} of {rest} faults seen ({share} %), {total['equivalent']} more change nothing")
    return 1 if alive or stale else 0


def main(names: Sequence[str]) -> int:
    """Plant the faults in a copy of the tree, and say which of them no test sees."""
    targets = chosen(names)
    with tempfile.TemporaryDirectory(prefix="beffroi-mutation-") as place:
        folder = Path(place)
        copy_tree(folder, targets)
        plant(folder)
        return tell([outcome(folder, one) for one in targets], equivalent())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
