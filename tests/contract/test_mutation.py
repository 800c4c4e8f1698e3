"""What tests/run --mutation says: which faults change nothing, and the figure of a run, whole, cut or drawn."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.mutation.faults import EQUIVALENT, Fault, Planted
from tests.mutation.figures import interval, tell
from tests.mutation.results import KILLED, OPEN, SURVIVED, TYPES, keep, kept
from tests.mutation.targets import chosen
from tests.parts.checkout import HOME

NAMED = tomllib.loads(EQUIVALENT.read_text()).get("equivalent", [])


def test_every_fault_named_as_equivalent_is_of_code_that_is_there_and_says_why() -> None:
    assert {one["module"] for one in NAMED} <= set(chosen(()))
    for one in NAMED:
        text = " ".join((HOME / one["module"]).read_text().split())
        assert f"def {one['function'].rpartition('.')[2]}(" in text, one
        assert len(one["why"].split()) > 2, one
        assert one["was"] != one["became"], one


def planted(name: str) -> Planted:
    """Return a fault of that name."""
    return Planted(name, 1, 2, Fault("checks/patching.py", "judge", name, f"not {name}"))


def test_what_was_kept_before_a_run_was_cut_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "results"
    keep(file, [("a", OPEN), ("b", KILLED), ("a", SURVIVED)])
    with file.open("a") as results:
        results.write('["c", "kil')
    assert kept(file) == {"a": SURVIVED, "b": KILLED}
    assert kept(tmp_path / "none") == {}


def test_the_figure_counts_what_no_test_has_seen_yet_as_not_seen(capsys: pytest.CaptureFixture[str]) -> None:
    every = [planted(name) for name in ("a", "b", "c", "d", "e", "f")]
    said = {"a": KILLED, "b": TYPES, "c": OPEN, "d": SURVIVED, "e": OPEN}
    assert tell(every, said, {every[4].fault: "why"}, drawn=False) == 1
    told = capsys.readouterr().out
    assert "checks/patching.py 1 killed 1 types 0 timeout 1 equivalent 1 survived 1 open 1 waiting" in told
    assert "2 of 4 faults seen (50.0 %), 1 more change nothing" in told


def test_a_fault_that_is_named_and_seen_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    one = planted("a")
    assert tell([one], {"a": KILLED}, {}, drawn=False) == 0
    assert tell([one], {"a": KILLED}, {one.fault: "why"}, drawn=False) == 1
    gone = Fault(one.fault.module, "judge", "gone", "not gone")
    assert tell([one], {"a": KILLED}, {gone: "why"}, drawn=False) == 1
    assert tell([one], {"a": KILLED}, {gone: "why"}, drawn=True) == 0
    assert "between 20.7 and 100.0 %" in capsys.readouterr().out


def test_the_bounds_of_a_share_are_wilson_s() -> None:
    assert [round(bound, 4) for bound in interval(95, 100)] == [0.8882, 0.9785]
    assert interval(0, 0) == (0.0, 1.0)


@pytest.mark.programs
def test_what_every_test_session_loads_is_in_the_environment_of_the_run() -> None:
    statement = "import sys; before = set(sys.modules); import tests.conftest; print(*set(sys.modules) - before)"
    listed = subprocess.run(
        [sys.executable, "-c", statement],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.split()
    owners = importlib.metadata.packages_distributions()
    loaded = {re.sub(r"[-_.]+", "-", owners[name][0]).lower() for name in listed if name in owners}
    locked = set(re.findall(r"^([a-z0-9-]+)==", (HOME / "requirements/mutation.txt").read_text(), re.MULTILINE))
    assert {"pytest", "hypothesis"} <= loaded <= locked
