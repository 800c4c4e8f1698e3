"""Plant faults in the modules that judge, one at a time, and list those that no test sees.

    tests/run --mutation [--sample N] [MODULE...]     such as checks/patching.py; without one, all of targets.py

mutmut makes the faults (planting.py); forks.py runs the tests against each. A fault that breaks the types counts as
seen, since mypy refuses it. A fault that changes nothing anyone could see is named in equivalent.toml, with the reason;
every other one that survives makes the run fail. All of it happens in a copy of the tree, which a run that is cut
leaves behind: the same command goes on there, as long as no file changes.
"""

import argparse
import hashlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.mutation.faults import Fault, Planted, equivalent
from tests.mutation.figures import tell
from tests.mutation.planting import plant, refused
from tests.mutation.results import TYPES, keep, kept
from tests.mutation.targets import chosen
from tests.parts.checkout import HOME, committed

TESTS = ("tests/checks", "tests/accounting", "tests/core", "tests/evaluation/test_moving_looks.py")
PURE = "not programs and not network and not slow"
FORKS = ("-p", "tests.mutation.forks", "-p", "no:cacheprovider", "--hypothesis-profile=few")


def say(text: str) -> None:
    """Say on stderr how far the run is."""
    print(text, file=sys.stderr, flush=True)


def place(targets: Sequence[str], sample: int | None) -> Path:
    """Return the folder of this run: another one wherever a committed file or what is asked for differs."""
    files = committed()
    asked = hashlib.sha256(repr((sorted(targets), sample)).encode())
    for file in files:
        asked.update(f"{file}\0".encode() + ((HOME / file).read_bytes() if (HOME / file).is_file() else b""))
    return HOME / ".mutation" / asked.hexdigest()[:16]


def faults_in(folder: Path, targets: Sequence[str], sample: int | None) -> tuple[Planted, ...]:
    """Return the faults of a folder; make the copy of what is committed and plant them there, where it is new."""
    written = folder / "planted.json"
    if not written.exists():
        shutil.rmtree(folder, ignore_errors=True)
        for file in committed():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HOME / file, folder / file, follow_symlinks=False)
        say("planting the faults")
        planted = plant(folder, targets, sample)
        cache = HOME / ".mypy_cache" / "mutation"
        say(f"{len(planted)} faults; asking mypy")
        keep(folder / "results", ((name, TYPES) for name in refused(folder, targets, planted, cache)))
        written.write_text(json.dumps([asdict(one) for one in planted]))
    read = json.loads(written.read_text())
    return tuple(Planted(**{**one, "fault": Fault(**one["fault"])}) for one in read)


def run_tests(folder: Path, planted: Sequence[Planted]) -> None:
    """Run the tests against every fault that mypy does not refuse."""
    known, harmless = kept(folder / "results"), equivalent()
    wanted = [one for one in planted if known.get(one.name) != TYPES]
    (folder / "wanted").write_text("\n".join(one.name for one in wanted))
    (folder / "harmless").write_text("\n".join(one.name for one in wanted if one.fault in harmless))
    say(f"mypy refuses {sum(word == TYPES for word in known.values())} of {len(planted)}; running the tests")
    files = [f"--{name}={folder / name}" for name in ("wanted", "harmless", "results")]
    command = [sys.executable, "-m", "pytest", "-q", "-m", PURE, *FORKS, *files, *TESTS]
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)


def main(arguments: Sequence[str]) -> int:
    """Plant the faults in a copy of the tree, and say which of them no test sees."""
    parser = argparse.ArgumentParser(prog="tests/run --mutation")
    parser.add_argument("--sample", type=int, metavar="N", help="that many faults, drawn by chance")
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    asked = parser.parse_args(arguments)
    targets = chosen(asked.modules)
    folder = place(targets, asked.sample)
    planted = faults_in(folder, targets, asked.sample)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    cut = False
    try:
        run_tests(folder, planted)
    except KeyboardInterrupt:
        cut = True
    code = tell(planted, kept(folder / "results"), equivalent(), drawn=asked.sample is not None)
    if cut:
        return 130
    shutil.rmtree(folder)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
