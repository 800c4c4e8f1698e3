"""A second backup program, the document's own, gets its verdicts from one folder: nothing else knows of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from agent.cli.drill import carried_out, copy_named
from agent.config.load import load
from agent.core.errors import ConfigurationError
from agent.core.facts.restore_pace import draws_in
from agent.core.facts.restore_samples import sampled_in
from agent.core.model import Observation, Verdict
from agent.core.reason import Reason
from agent.evaluation.registry import find
from agent.evaluation.round import Round
from agent.evaluation.session import open_session, reading
from agent.evaluation.tasks import run_task, tasks_of
from agent.queries.current_state import current_snapshot
from agent.restores.exercise import Drill, ExerciseOutcome, ExerciseRequest
from agent.wording.sentences import phrase
from tests.parts.aside import installed, make_archive, make_point
from tests.parts.unprivileged import open_folder
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

DAY = timedelta(days=1)
MORE = 'program = "aside"\nretention = "30d"\nsample = { reason = "contrôle", author = "RSSI" }'


@pytest.fixture
def site() -> Iterator[Watched]:
    """Return a site with one backup that is made by the document's program, yesterday and this night."""
    with ExitStack() as stack:
        folder = stack.enter_context(open_folder())
        stack.enter_context(installed(folder / "collectors"))
        own = Watched(folder)
        own.declare("files", Copy(repository=str(own.repository("files"))), more=MORE)
        make_archive(own.repository("files"))
        for age in (DAY, timedelta(hours=2)):
            make_point(own.repository("files"), own.source("files"), age=age)
        yield own


def looked(site: Watched, *names: str) -> dict[str, Observation]:
    """Carry out looks at the copy, all of its own ones where none is named; keep and judge their results."""
    with open_session(site.configuration) as session:
        todo = [
            one for one in tasks_of(session.registry, session.configuration.inventory) if one.subject == "files/offsite"
        ]
        turn, seen = Round(session), {}
        for task in todo:
            if not names or task.collector.name in names:
                seen[task.collector.name] = run_task(task, session.context, scheduled=True)
                turn.take(seen[task.collector.name])
        turn.judge(session.wanted)
    assert all(isinstance(one, Observation) for one in seen.values()), seen
    return {name: one for name, one in seen.items() if isinstance(one, Observation)}


def verdicts(site: Watched) -> dict[str, Verdict]:
    """Return the verdicts on the backup and its copy, as the page and the metrics read them."""
    with reading(site.configuration) as (configuration, ledger, clock):
        snapshot = current_snapshot(configuration, ledger, now=clock.now())
    kept = [one.verdict for one in snapshot.standings]
    return {one.target: one for one in kept if one.subject in ("files", "files/offsite")}


def told(site: Watched) -> dict[str, tuple[str, str]]:
    """Return the state and the reason of each of these verdicts."""
    return {target: (one.state.value, one.reason.value) for target, one in verdicts(site).items()}


def drilled(site: Watched) -> Drill:
    """Carry out a full exercise."""
    with open_session(site.configuration) as session:
        copy = copy_named(session.configuration.inventory, "files")
        done, _, _ = carried_out(session, ExerciseRequest(copy=copy, full=True, reason="essai annuel", author="RSSI"))
    return done


def test_a_second_program_is_found_by_its_folder_alone(site: Watched) -> None:
    registry = find()
    assert sorted(registry.programs) == ["aside", "barman", "borg", "files", "pgbackrest", "restic"]
    (copy,) = load(site.configuration, strict=True).inventory.copies
    assert (copy.program.name, registry.program(copy).looks) == ("aside", copy.program)
    assert sorted(looked(site)) == ["aside_points", "aside_read", "restore_pace", "samples"]


def test_a_second_program_gets_its_verdicts(site: Watched) -> None:
    assert told(site)["backup-rpo"] == ("unproven", "not-run")
    looked(site)
    found = told(site)
    targets = ("backup-rpo", "backup-offsite", "backup-lifecycle")
    assert {target: found[target] for target in targets} == dict.fromkeys(targets, ("met", "within-limit"))


def test_a_second_programs_faults_are_seen(site: Watched) -> None:
    looked(site)
    archive = site.repository("files")
    newest = max(archive.glob("*/tree"), key=lambda tree: (tree.parent / "point.json").read_text())
    next(newest.rglob("image.bin")).write_bytes(b"other")
    looked(site, "aside_points", "aside_read")
    assert told(site)["backup-offsite"] == ("missed", "damaged")
    # Nothing shows which points need the file.
    assert told(site)["backup-rpo"] == ("unproven", "damaged")
    assert verdicts(site)["backup-lifecycle"].reason is Reason.WITHIN_LIMIT

    make_point(archive, site.source("files"), age=40 * DAY)
    looked(site, "aside_points")
    assert told(site)["backup-lifecycle"] == ("missed", "retention-exceeded")

    (archive / "id").unlink()
    looked(site, "aside_points", "aside_read")
    assert told(site)["backup-rpo"] == ("missed", "absent")


def test_a_verification_that_was_never_made_is_said_as_one(site: Watched) -> None:
    looked(site, "aside_points")
    verdict = verdicts(site)["backup-offsite"]
    assert (verdict.state.value, verdict.reason.value) == ("unproven", "not-run")
    assert "the integrity of this copy has never been verified yet" in phrase(verdict, "en")


def test_samples_and_timed_restores_of_a_second_program_are_made(site: Watched) -> None:
    seen = looked(site)
    assert [one.result for one in sampled_in(seen["samples"])] == ["same", "same"]
    assert draws_in(seen["restore_pace"])


def test_a_drill_of_a_second_program_succeeds_and_sees_damage(site: Watched) -> None:
    looked(site)
    done = drilled(site)
    assert (done.ending, done.reason) == (ExerciseOutcome.OK, Reason.WITHIN_LIMIT)
    assert done.comparison is not None
    assert (done.comparison.compared, done.comparison.changed_since) == (2, 0)
    assert told(site)["recovery-test"] == ("met", "within-limit")
    for file in site.repository("files").rglob("image.bin"):
        file.write_bytes(b"other")
    again = drilled(site)
    assert (again.ending, again.reason) == (ExerciseOutcome.FAILED, Reason.DAMAGED)


@pytest.mark.parametrize(("more", "key"), [('canary = "/srv/canary"', "canary"), ("", "store")])
def test_what_a_program_has_no_collector_for_is_refused(site: Watched, more: str, key: str) -> None:
    store = 'store = { host = "srv-1", path = "/srv/store" }' if key == "store" else ""
    site.declare("other", Copy(repository="/srv/other", more=store), more=f'program = "aside"\n{more}')
    with pytest.raises(ConfigurationError) as raised:
        load(site.configuration, strict=False)
    assert any(f".{key}" in line and "nothing here can look at it" in line for line, _ in raised.value.mistakes)
