"""Which of several clusters on a machine is a backup's source, and what it tells of its WAL."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from agent.core.cluster_archive import SourceState
from agent.core.errors import LookError, WrongRepository
from agent.core.host import Command, Host, Output
from agent.hosts.cluster_source import source_state


def told(system: str = "7", *, standby: bool = False, timeline: int = 1) -> Mapping[str, object]:
    """Return what a cluster says."""
    segment = f"{timeline:08X}{0:08X}{4:08X}"
    return {
        "system": system,
        "standby": standby,
        "snapshot": "760:760:",
        "lsn": None if standby else "0/4000028",
        "segment": None if standby else segment,
        "timeout": 0,
        "archived": f"{segment}.partial",
    }


@dataclass
class Machine(Host):
    """A machine on which a cluster answers on each of these ports."""

    id: str = "db-1"
    clusters: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def execute(self, command: Command) -> Output:
        said = "".join(f".s.PGSQL.{port}\n" for port in self.clusters)
        if "psql" in command.argv:
            said = json.dumps(self.clusters[dict(command.environment or {})["PGPORT"]])
        return Output(status=0, stdout=said.encode(), stderr=b"", duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        raise AssertionError(path)


def asked(environment: Mapping[str, str] | None = None, **clusters: Mapping[str, object]) -> SourceState | LookError:
    """Return what the cluster 7 tells, of those on ports such as `p5432`."""
    machine = Machine(clusters={port[1:]: said for port, said in clusters.items()})
    return source_state(machine, "7", environment or {}, timedelta(minutes=1))


def test_the_timeline_is_that_of_the_segment_that_is_written() -> None:
    state = asked(p5432=told(timeline=0x1A))
    assert isinstance(state, SourceState)
    assert (state.timeline, state.lsn, state.socket) == (0x1A, 0x4000028, "/run/postgresql/.s.PGSQL.5432")


def test_a_standby_beside_its_primary_does_not_answer_for_it() -> None:
    state = asked(p5432=told(standby=True), p5433=told())
    assert isinstance(state, SourceState) and state.socket.endswith("5433")
    assert isinstance(asked(p5432=told(standby=True)), LookError)


def test_of_two_that_write_as_one_cluster_neither_is_taken_for_the_source() -> None:
    state = asked(p5431=told(), p5432=told())
    assert isinstance(state, LookError) and "5431 and" in state.message and "PGPORT" in state.hint
    assert isinstance(asked({"PGPORT": "5432"}, p5431=told(), p5432=told()), SourceState)


def test_a_cluster_of_another_system_identifier_is_not_the_source() -> None:
    assert isinstance(asked(p5432=told("8")), WrongRepository)
