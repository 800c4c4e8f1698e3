"""A real cluster with a stanza of pgBackRest that these tests share, and a configuration that watches it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.archived_clusters import PORT, Stanza, stanza
from tests.parts.cluster_sites import ClusterSite
from tests.parts.unprivileged import open_folder

LISTING, VERIFY = "pgbackrest_info", "pgbackrest_verify"


@pytest.fixture(scope="session")
def sound() -> Iterator[Stanza]:
    """Return a running cluster with one base backup and some WAL after it."""
    with stanza() as made:
        made.backup()
        made.cluster.switch()
        yield made


@pytest.fixture
def site() -> Iterator[ClusterSite]:
    """Return a configuration to declare stanzas in."""
    with open_folder() as folder:
        yield ClusterSite(folder=folder, program="pgbackrest", listing=LISTING)


def reached_by(found: Stanza, configuration: Path | None = None) -> dict[str, str]:
    """Return the environment with which a stanza and its cluster are asked."""
    folder = str(found.cluster.folder)
    return {
        "PGBACKREST_CONFIG": str(configuration or found.configuration),
        "PGHOST": folder,
        "PGPORT": str(PORT),
        "PGUSER": "postgres",
    }
