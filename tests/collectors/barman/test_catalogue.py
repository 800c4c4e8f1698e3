"""A real server of Barman: what is listed of it, and as of when its cluster can be recovered."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.facts.recovery_points import points_in
from tests.collectors.barman.conftest import LISTING, VERIFY, reached_by
from tests.parts.archived_clusters import BarmanServer
from tests.parts.cluster_sites import ClusterSite

pytestmark = [pytest.mark.programs, pytest.mark.network]


def state(found: BarmanServer) -> dict[str, tuple[int, int]]:
    """Return every file that Barman keeps, with its date and size, but for its locks."""
    paths = [path for path in found.home.rglob("*") if not path.name.endswith(".lock")]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.is_file()}


def test_a_server_is_listed_and_verified_and_nothing_is_written(kept: BarmanServer, site: ClusterSite) -> None:
    site.declare("db", 'server = "pg"', **reached_by(kept))
    before = state(kept)
    seen = site.observed(LISTING, "db")
    replayed, base = sorted(points_in(seen), key=lambda point: len(point.id), reverse=True)
    assert replayed.id == f"{base.id}+wal"
    assert timedelta(0) <= seen.ended - replayed.time < timedelta(minutes=1)
    site.observed(VERIFY, "db")
    assert state(kept) == before
    told = site.told("db")
    assert (told["backup-rpo"], told["backup-offsite"]) == ("met within-limit", "met within-limit")
    # A day and a half later nothing was committed: nothing is lost, however old the newest segment is.
    kept.cluster.sql("create table if not exists seen (i int)", "insert into seen values (1)")
    site.look()
    kept.end_segment()
    site.ahead = timedelta(hours=36)
    site.look()
    assert site.told("db")["backup-rpo"] == "met within-limit"
    # A segment is lost between two others: Barman's catalogue still names it.
    kept.switch()
    lost = kept.segment(kept.switch())
    kept.switch()
    aside = Path(f"{kept.cluster.folder}/aside")
    lost.rename(aside)
    site.look()
    assert site.told("db")["backup-rpo"] == "missed wal-gap"
    aside.rename(lost)
    site.look()
    assert site.told("db")["backup-rpo"] == "met within-limit"


def test_a_server_is_absent_only_where_barman_knows_none(kept: BarmanServer, site: ClusterSite) -> None:
    site.declare("db", 'server = "other"', **reached_by(kept))
    site.declare("lost", 'server = "pg"', **{**reached_by(kept), "BARMAN_CONFIG_FILE": "/nonexistent/barman.conf"})
    site.look()
    assert site.told("db")["backup-rpo"] == "missed absent"
    assert site.told("lost")["backup-rpo"].startswith("unproven ")
