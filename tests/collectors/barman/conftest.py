"""A real cluster with a server of Barman that these tests share, and a configuration that watches it."""

from collections.abc import Iterator

import pytest

from tests.parts.archived_clusters import PORT, BarmanServer, barman_server
from tests.parts.cluster_sites import ClusterSite
from tests.parts.unprivileged import open_folder

LISTING, VERIFY = "barman_catalogue", "barman_verify"


@pytest.fixture(scope="session")
def kept() -> Iterator[BarmanServer]:
    """Return a running cluster with one base backup and some WAL after it."""
    with barman_server() as made:
        made.backup()
        yield made


@pytest.fixture
def site() -> Iterator[ClusterSite]:
    """Return a configuration to declare servers in."""
    with open_folder() as folder:
        yield ClusterSite(folder=folder, program="barman", listing=LISTING)


def reached_by(found: BarmanServer) -> dict[str, str]:
    """Return the environment with which a server and its cluster are asked."""
    folder = str(found.cluster.folder)
    return {
        "BARMAN_CONFIG_FILE": str(found.configuration),
        "PGHOST": folder,
        "PGPORT": str(PORT),
        "PGUSER": "postgres",
    }
