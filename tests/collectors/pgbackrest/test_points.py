"""A real stanza: what is listed of it, and as of when its cluster can be recovered."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.facts.recovery_points import points_in
from tests.collectors.pgbackrest.conftest import LISTING, reached_by
from tests.parts.archived_clusters import Stanza
from tests.parts.cluster_sites import ClusterSite

pytestmark = [pytest.mark.programs, pytest.mark.network]


def state(found: Stanza) -> dict[str, tuple[int, int]]:
    """Return every file of the repository, with its date and size."""
    paths = [path for name in ("repo", "log", "lock", "spool") for path in (found.cluster.folder / name).rglob("*")]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in paths}


def test_a_stanza_is_listed_and_nothing_is_written(sound: Stanza, site: ClusterSite) -> None:
    site.declare("db", 'stanza = "main"', **reached_by(sound))
    before = state(sound)
    seen = site.observed(LISTING, "db")
    replayed, base = sorted(points_in(seen), key=lambda point: len(point.id), reverse=True)
    assert replayed.id == f"{base.id}+wal"
    assert timedelta(0) <= seen.ended - replayed.time < timedelta(minutes=1)
    assert state(sound) == before
    assert site.told("db")["backup-rpo"] == "met within-limit"
    # A day and a half later nothing was committed: nothing is lost, however old the newest segment is.
    sound.cluster.sql("create table if not exists seen (i int)", "insert into seen values (1)")
    site.look()
    sound.cluster.end_segment()
    site.ahead = timedelta(hours=36)
    site.look()
    assert site.told("db")["backup-rpo"] == "met within-limit"
    # A segment is lost between two others.
    sound.cluster.switch()
    lost = sound.segment(sound.cluster.switch())
    sound.cluster.switch()
    aside = Path(f"{sound.cluster.folder}/aside")
    lost.rename(aside)
    site.look()
    verdict = site.verdicts()["db"]["backup-rpo"]
    assert (verdict.state.value, verdict.reason.value) == ("missed", "wal-gap")
    aside.rename(lost)
    site.look()
    assert site.told("db")["backup-rpo"] == "met within-limit"


def test_a_transaction_that_is_prepared_and_not_archived_is_not_taken_for_nothing(
    sound: Stanza, site: ClusterSite
) -> None:
    """It is promised to be committed, and no transaction has ended by it."""
    site.declare("db", 'stanza = "main"', **reached_by(sound))
    sound.cluster.switch("create table if not exists two (i int)")
    site.look()
    sound.cluster.sql("begin; insert into two values (1); prepare transaction 'two'")
    try:
        site.ahead = timedelta(hours=1)
        site.look()
        site.ahead = timedelta(hours=36)
        site.look()
        assert not site.told("db")["backup-rpo"].startswith("met")
    finally:
        sound.cluster.sql("rollback prepared 'two'")
        sound.cluster.switch()


def test_a_stanza_is_told_absent_only_where_it_is_seen_not_to_be_there(sound: Stanza, site: ClusterSite) -> None:
    site.declare("db", 'stanza = "other"', **reached_by(sound))
    site.look()
    assert site.told("db")["backup-rpo"] == "missed absent"
    nowhere = {**reached_by(sound), "PGBACKREST_CONFIG": "/nonexistent/pgbackrest.conf"}
    site.declare("lost", 'stanza = "main"', **nowhere)
    site.look()
    assert site.told("lost")["backup-rpo"] == "unproven unreadable"
    assert os.path.exists(sound.configuration)
