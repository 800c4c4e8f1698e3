"""Run one full exercise, and say what its parts cost: `python -m tests.benchmarks.drilled CONFIG BACKUP`."""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import agent.evaluation.drill
from agent.cli.drill import carried_out, copy_named
from agent.evaluation.session import open_session
from agent.restores.exercise import ExerciseOutcome, ExerciseRequest
from collectors.restic import repository

Costs = dict[str, dict[str, float]]


def _spent() -> float:
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def weighed(module: Any, name: str, costs: Costs) -> None:
    """Have a function of a module tell what it costs from now on."""
    function: Callable[..., Any] = getattr(module, name)

    def instead(*arguments: Any, **named: Any) -> Any:
        began, before = time.perf_counter(), _spent()
        try:
            return function(*arguments, **named)
        finally:
            costs[name] = {"wall": time.perf_counter() - began, "cpu": _spent() - before}

    setattr(module, name, instead)


def highest_resident() -> float:
    """Return the most that this program had in memory, in megabytes; `getrusage` counts that of what began it, too."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


def main(config: str, backup: str) -> None:
    """Print the costs as JSON."""
    costs: Costs = {}
    weighed(repository, "restore", costs)
    weighed(agent.evaluation.drill, "compare", costs)
    weighed(agent.evaluation.drill, "open_all", costs)
    with open_session(Path(config)) as session:
        copy = copy_named(session.configuration.inventory, backup)
        done, _, _ = carried_out(session, ExerciseRequest(copy=copy, full=True, reason="benchmark", author="benchmark"))
    assert done.ending is ExerciseOutcome.OK and done.comparison is not None, done
    resident = highest_resident()
    json.dump({**costs, "resident": resident, "compared": done.comparison.compared}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
