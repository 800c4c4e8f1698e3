"""What single restores from off site cost: the canary of a new point, a draw that shows how fast a copy comes back."""

import shutil
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.backup_program import newest_points
from agent.core.collecting.collector import Look
from agent.core.facts.canary import PLANTED
from agent.core.model import Observation
from agent.hosts.canary_planting import plant
from agent.hosts.local import LocalHost
from collectors.restic.repository import opens
from collectors.restored import pace
from tests.benchmarks.conftest import linked
from tests.benchmarks.weighing import cost, counting, off_site, seconds, told
from tests.parts.repositories import Repository
from tests.parts.stores import StoreHost

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(1800)]

ROUNDS = 3
# What is asked: seconds and bytes of a canary, seconds of a draw.
CANARY_SECONDS, CANARY_BYTES, DRAW_SECONDS = 0.7, 50_000, 3.0


def test_the_canary_of_a_new_point(stores: StoreHost, repository: Repository, tmp_path: Path) -> None:
    source, place = repository.folder.parent / "source", tmp_path / "repository"
    linked(repository.folder, place)
    own = Repository(folder=place, password_file=repository.password_file)
    took, sizes = [], []
    with counting(stores.sshd.port) as (port, carried):
        watch = off_site(stores, port, own, tmp_path)
        watch.paths, watch.canary = (str(source),), str(source / ".canary")
        for collector in ("restic_snapshots", "canary"):
            watch.look(collector)  # those of earlier points, which are read once
        for _ in range(ROUNDS):
            plant(source / ".canary", [str(source)], datetime.now(UTC))
            point = own.backup(source, datetime.now(UTC))
            watch.look("restic_snapshots")
            before = carried[0]
            seen: list[Observation] = []
            took.append(cost(stores, lambda: seen.append(watch.observe("canary"))))  # noqa: B023  # called at once
            sizes.append(carried[0] - before)
            assert point in {fact.value for fact in seen[0].named(PLANTED)}
    shutil.rmtree(place)
    print(f"processor seconds: {min(one.cpu for one in took):.2f}")
    told("bytes of the canary of a new point", min(sizes), CANARY_BYTES)
    told("seconds of the canary of a new point", min(one.wall for one in took), CANARY_SECONDS)


def test_a_draw_that_shows_the_pace_of_a_restore(stores: StoreHost, repository: Repository, tmp_path: Path) -> None:
    watch = off_site(stores, stores.sshd.port, repository, tmp_path)
    watch.paths = (str(repository.folder.parent / "source"),)
    (tmp_path / "restored").mkdir()
    look = Look(
        now=datetime.now(UTC),
        here=LocalHost("here"),
        host=lambda id: watch.host,
        timeout=timedelta(seconds=60),
        folder=tmp_path,
        restoring=lambda: nullcontext(tmp_path / "restored"),
    )
    opened = opens(watch.copy, look, None)
    (point,) = newest_points(opened.points(look.now), watch.paths)
    nodes = opened.held(point).nodes
    took = []
    for turn in range(ROUNDS):
        each = replace(look, now=look.now + timedelta(weeks=turn))
        took.append(seconds(lambda: pace._draws(opened, [(point, nodes)], each, 1)))  # noqa: B023  # called at once
    print(f"draws of three restores each: {', '.join(f'{one:.2f}' for one in took)} s")
    told("seconds of a draw", min(took), DRAW_SECONDS)
