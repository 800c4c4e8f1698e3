"""The collector that docs/adding-a-collector.md shows is one file: nothing else of the program is touched for it."""

import json
import subprocess
import sys

import pytest

from tests.parts.program import environment
from tests.parts.scratch_tree import Scratch, scratch_tree

TASKS = """
import json, sys
from pathlib import Path
from agent.config.load import load
from agent.daemon.offers import duties
from agent.evaluation.registry import find
from agent.evaluation.tasks import tasks_of
configuration = load(Path(sys.argv[1]), strict=False)
print(json.dumps([
    {duty.name: str(duty.every) for duty in duties(configuration.schedule)},
    [list(one.name) for one in tasks_of(find(), configuration.inventory)],
]))
"""


pytestmark = pytest.mark.programs


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """Return a copy of the program with the document's collector."""
    made = scratch_tree(tmp_path_factory.mktemp("collector"))
    assert made.follow("adding-a-collector.md") == ["collectors/uptime.py"]
    return made


def planned(scratch: Scratch, more: str) -> tuple[dict[str, str], list[list[str]]]:
    """Return how often the daemon of the copy does what, and at what it looks."""
    scratch.configure(more)
    command = [sys.executable, "-P", "-c", TASKS, str(scratch.configuration)]
    made = environment({"PYTHONPATH": str(scratch.home)})
    done = subprocess.run(command, env=made, capture_output=True, check=True, timeout=60)
    duties, looks = json.loads(done.stdout)
    return duties, looks


def test_a_collector_s_own_rhythm_is_its_default(scratch: Scratch) -> None:
    duties, looks = planned(scratch, "")
    assert duties["uptime"] == "12:00:00"
    assert ["uptime", "srv-1"] in looks
    assert ["patches", "srv-1"] in looks


def test_a_host_may_leave_a_collector_out_by_its_word(scratch: Scratch) -> None:
    duties, looks = planned(scratch, 'collect = ["uptime"]\n[schedule]\nuptime = "5h"\n')
    assert duties["uptime"] == "5:00:00"
    assert looks == [["uptime", "srv-1"]]
    assert planned(scratch, 'collect = ["patches"]\n')[1] == [["patches", "srv-1"]]


def test_a_mistaken_rhythm_of_a_new_collector_is_refused(scratch: Scratch) -> None:
    scratch.configure('collect = ["uptimes"]\n[schedule]\nuptime = "hourly"\n')
    said = scratch.beffroi("config", "check")
    assert said.code == 2
    assert "hourly" not in said.out
    assert "schedule.uptime" in said.err
    assert '"uptime"' in said.err


def test_explain_says_what_a_new_collector_reads_and_how_often(scratch: Scratch) -> None:
    said = scratch.beffroi("explain", "uptime")
    assert "Reads:  /proc/uptime" in said.out
    assert "every 12h, unless [schedule] uptime says otherwise" in said.out


def test_the_reference_lists_a_new_collector_s_key(scratch: Scratch) -> None:
    made = environment({"PYTHONPATH": str(scratch.home)})
    command = [sys.executable, "-P", "-m", "agent.config.reference"]
    text = subprocess.run(command, env=made, capture_output=True, check=True, timeout=60).stdout.decode()
    assert '| `uptime` | duration or time of day | `"12h"` | Look when machines were started. |' in text
    assert '`"patches"`, `"uptime"`' in text
