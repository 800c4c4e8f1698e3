"""A near repository and what `restic copy` brings off site: lag and a point that never came are told, and no alarm."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.laboratory import Laboratory, laboratory, restic_is_old
from tests.parts.program import Said, beffroi
from tests.parts.repositories import Repository
from tests.parts.watched import Copy

pytestmark = [pytest.mark.programs, pytest.mark.network]

NIGHTS = tuple(timedelta(hours=2 + 24 * night) for night in (2, 1, 0))
NAMES = ("whole", "later", "passed-over", "rewritten", "apart")


def near_and_far(lab: Laboratory, name: str) -> tuple[Repository, Repository]:
    """Return a near repository with three nights, the letters among them, and an empty one off site."""
    near, far = lab.take(f"{name}-near", bare=True), lab.take(name, bare=True)
    for night, age in enumerate(NIGHTS):
        (lab.source / "night.txt").write_text(f"{name} {night}\n")
        near.backup(lab.source, datetime.now(UTC) - age)
    lab.declare(
        name,
        Copy(repository=str(far.folder)),
        Copy(id="near", repository=str(near.folder), site="arras"),
        more='retention = "30d"',
    )
    return near, far


def bring(near: Repository, far: Repository, *ids: str) -> None:
    """Copy some points, as anyone who runs the backups would; none named: all."""
    far.run("copy", "--from-repo", str(near.folder), "--from-password-file", str(near.password_file), *ids)


def points(repository: Repository) -> list[str]:
    """Return the ids of its points, oldest first."""
    lines = repository.run("snapshots", "--compact", "--no-lock").splitlines()
    return [line.split()[0] for line in lines if line[:8].isalnum() and line[8:9] == " " and line[:2] != "ID"]


@pytest.fixture(scope="module")
def said() -> Iterator[Said]:
    with laboratory() as lab:
        pairs = {name: near_and_far(lab, name) for name in NAMES}
        bring(*pairs["whole"])
        bring(*pairs["rewritten"])
        oldest, middle, newest = points(pairs["later"][0])
        bring(*pairs["later"], oldest, middle)
        oldest, _, newest = points(pairs["passed-over"][0])
        bring(*pairs["passed-over"], oldest, newest)
        if not restic_is_old():  # 0.14 rewrites nothing
            pairs["rewritten"][1].run("rewrite", "--forget", "--exclude", "*.bin", points(pairs["rewritten"][1])[0])
        pairs["apart"][1].backup(lab.source, datetime.now(UTC) - NIGHTS[-1])
        yield beffroi("check", "--json", "--config", lab.watched.configuration)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("whole", "arrived=3, never_arrived=0, source_copy=whole/near, waiting=0"),
        ("later", "arrived=2, never_arrived=0, source_copy=later/near, waiting=1"),
        ("passed-over", "arrived=2, never_arrived=1, newest_missing="),
    ],
)
def test_what_arrived_and_what_did_not_is_told_and_is_no_miss(name: str, told: str, said: Said) -> None:
    verdict = said.verdicts["backup-offsite", f"{name}/offsite"]
    assert told in verdict["detail"]
    assert (verdict["state"], verdict["reason"]) in {("unproven", "not-run"), ("missed", "too-old")}


def test_only_what_is_late_by_its_own_age_is_a_miss(said: Said) -> None:
    states = {name: said.verdict("backup-offsite", f"{name}/offsite") for name in NAMES}
    assert {name for name, (state, _) in states.items() if state == "missed"} - {"rewritten"} == {"later"}
    assert states["later"] == ("missed", "too-old")


@pytest.mark.skipif("restic_is_old()", reason="0.14 rewrites nothing")
def test_a_copied_point_that_was_rewritten_is_told(said: Said) -> None:
    assert said.verdict("backup-offsite", "rewritten/offsite") == ("missed", "content-changed")


def test_repositories_that_are_made_apart_are_not_compared(said: Said) -> None:
    assert "source_copy" not in said.verdicts["backup-offsite", "apart/offsite"]["detail"]


def test_what_every_copy_keeps_is_held_to_the_retention(said: Said) -> None:
    assert {said.verdict("backup-lifecycle", name) for name in NAMES} == {("met", "within-limit")}
    assert "points=3" in said.verdicts["backup-lifecycle", "whole"]["detail"]
