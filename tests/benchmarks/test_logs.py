"""What a look at 60 sources of 400 days costs: the first one, and those after it, which remember what was read."""

import resource
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.clock import SystemClock
from agent.core.model import Observation
from agent.evaluation.round import Round
from agent.evaluation.session import open_session
from agent.evaluation.tasks import run_task, tasks_of
from tests.parts.log_trees import rfc3339, write

pytestmark = pytest.mark.programs

SOURCES, DAYS, LINES = 60, 400, 24
# What is asked of a machine that has nothing else to do: seconds of the first look and of a later one, which are
# counted on the processor here; MB resident.
COLD, WARM, MEMORY = 15.0, 3.0, 400.0

CONFIGURATION = """\
[agent]
state_directory = "{folder}/state"
listen = ""
[convention]
starts = 2025-01-01
[[beneficiary]]
id = "scota"
[[host]]
id = "srv-1"
transport = "local"
collect = []
[[log]]
id = "central"
host = "srv-1"
kind = "files"
path = "{folder}/central/{{source}}/**"
sources = [{sources}]
"""


def test_sixty_sources_of_four_hundred_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    names = [f"srv-{number}" for number in range(SOURCES)]
    for name in names:
        for ago in range(DAYS):
            day = (now - timedelta(days=ago)).replace(hour=0, minute=0)
            text = "".join(
                rfc3339(day + timedelta(hours=hour), name, hour) for hour in range(LINES if ago else now.hour)
            )
            packed = ".gz" if ago > 1 else ""
            path = tmp_path / "central" / name / f"{day:%Y/%m/%d}.log{packed}"
            write(path, text, min(day + timedelta(hours=23), now))
    configuration = tmp_path / "beffroi.toml"
    told = ", ".join(f'"{name}"' for name in names)
    configuration.write_text(CONFIGURATION.format(folder=tmp_path, sources=told))
    cold = look(configuration)
    cpu, wall, size = sorted(look(configuration) for _ in range(3))[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with capsys.disabled():
        print(
            f"\n{SOURCES * DAYS} files, {size / 1e6:.0f} MB at rest: {cold[0]:.1f} s of processor the first time "
            f"({cold[1]:.1f} s passed), {cpu:.1f} s afterwards ({wall:.1f} s), {peak:.0f} MB resident at most"
        )
    assert cold[0] <= COLD
    assert cpu <= WARM
    assert peak <= MEMORY


def processor() -> float:
    """Return the processor seconds that were used so far, here and in programs that have ended."""
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def look(configuration: Path) -> tuple[float, float, int]:
    """Look, judge and keep; return the seconds of processor and of the clock, and the bytes that were seen."""
    clock = SystemClock()
    begun, used = clock.monotonic(), processor()
    with open_session(configuration) as session:
        turn = Round(session)
        (task,) = tasks_of(session.registry, session.configuration.inventory, "logs")
        reading = run_task(task, session.context)
        assert isinstance(reading, Observation), reading
        turn.take(reading)
        verdicts = turn.judge(session.wanted)
    states = [verdict.state.value for verdict in verdicts if verdict.target == "log-retention"]
    assert states.count("met") == SOURCES
    sizes = [fact.value for fact in reading.named("log.bytes")]
    return processor() - used, clock.monotonic() - begun, sum(size for size in sizes if isinstance(size, int))
