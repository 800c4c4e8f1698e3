"""Plant faults in the modules that judge, one at a time, and list those that no test sees.

    tests/run --mutation [MODULE...]     such as checks/patching.py; without one, every module of TARGETS

mutmut makes the faults (planting.py); forks.py runs the tests against each. A fault that breaks the types counts as
seen, since mypy refuses it. A fault that changes nothing anyone could see is named in equivalent.toml, with the reason;
every other one that survives makes the run fail. All of it happens in a copy of the tree.
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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.results import KILLED, SURVIVED, TIMEOUT, TYPES, UNREACHED
from tests.parts.checkout import HOME, committed, modules

TARGETS = (
    "checks/*.py",
    "agent/accounting/*.py",
    "agent/core/judging/*.py",
    "agent/core/duties/*.py",
)
TESTS = ("tests/checks", "tests/accounting", "tests/core")
PURE = "not programs and not network and not slow"
FORKS = ("-p", "tests.mutation.forks", "-p", "no:cacheprovider", "--hypothesis-profile=few")
EQUIVALENT = Path(__file__).with_name("equivalent.toml")

WORDS = (KILLED, TYPES, TIMEOUT, "equivalent", SURVIVED)


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
        "type_check_command": types,
        "track_dependencies": False,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]  # such JSON is TOML as well
    with (folder / "pyproject.toml").open("a") as file_of_settings:
        file_of_settings.write("\n".join(("", "[tool.mutmut]", *lines, "")))


def say(text: str) -> None:
    """Say on stderr how far the run is."""
    print(text, file=sys.stderr, flush=True)


def plant(folder: Path) -> dict[str, dict[str, str]]:
    """Make the faults, run the tests against each, and return what came of each of them, by module."""
    python = sys.executable
    environment = os.environ | {"PATH": f"{Path(python).parent}:{os.environ['PATH']}"}
    say("making the faults")
    subprocess.run([python, "-m", "tests.mutation.planting"], cwd=folder, env=environment, check=True)
    made = json.loads((folder / "faults.json").read_text())
    said = dict.fromkeys(made["types"], TYPES)
    wanted = [each for names in made["faults"].values() for each in names if each not in said]
    (folder / "wanted").write_text("\n".join(wanted))
    say(f"{sum(map(len, made['faults'].values()))} faults, of which mypy refuses {len(said)}; running the tests")
    files = [f"--faults={folder / 'wanted'}", f"--results={folder / 'results'}"]
    command = [python, "-m", "pytest", "-q", "-m", PURE, *FORKS, *files, *TESTS]
    subprocess.run(command, cwd=folder / "mutants", env=environment, check=True)
    said |= dict(json.loads(line) for line in (folder / "results").read_text().splitlines())
    return {module: {each: said[each] for each in names} for module, names in made["faults"].items()}


def outcome(folder: Path, module: str, said: Mapping[str, str]) -> Outcome:
    """Return what came of the faults of one module."""
    alive = [name for name, word in said.items() if word in {SURVIVED, UNREACHED}]
    counts = Counter(SURVIVED if word == UNREACHED else word for word in said.values())
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
        counts[SURVIVED] = len(new)
        total += counts
        alive += new
        print(one.module, *(f"{counts[word]} {word}" for word in WORDS))
    for words, faults in ((SURVIVED, alive), ("named as equivalent, and no survivor", stale)):
        for each in faults:
            print(f"\n{words}: {each.module} {each.function}\n  - {each.was}\n  + {each.became}")
    rest = total.total() - total["equivalent"]
    share = 100 * (rest - total[SURVIVED]) // max(rest, 1)
    print(f"\n{rest - total['survived']} of {rest} faults seen ({share} %), {total['equivalent']} more change nothing")
    return 1 if alive or stale else 0


def main(names: Sequence[str]) -> int:
    """Plant the faults in a copy of the tree, and say which of them no test sees."""
    targets = chosen(names)
    with tempfile.TemporaryDirectory(prefix="beffroi-mutation-") as place:
        folder = Path(place)
        copy_tree(folder, targets)
        said = plant(folder)
        return tell([outcome(folder, one, said[one]) for one in targets], equivalent())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
