"""pgBackRest on its repository's host over ssh, and what each fault of the way there gives."""

from pathlib import Path

import pytest

from agent.core.facts.recovery_points import points_in
from agent.core.model import Failure
from tests.collectors.pgbackrest.conftest import LISTING, VERIFY, reached_by
from tests.parts.archived_clusters import Stanza
from tests.parts.cluster_sites import ClusterSite
from tests.parts.sshd import running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.slow]

HOST = """
[[host]]
id = "vault"
transport = "ssh"
address = "{host.address}"
port = {host.port}
user = "{host.user}"
key_file = "{host.key_file}"
known_hosts = "{host.known_hosts}"
site = "cambrai"
collect = []
"""


def test_a_stanza_is_asked_for_on_the_host_of_its_repository(sound: Stanza, site: ClusterSite) -> None:
    with running_sshd(Path(site.folder) / "sshd") as sshd:
        site.hosts = HOST.format(host=sshd)
        site.declare("db", 'stanza = "main"\nhost = "vault"', **reached_by(sound))
        assert len(points_in(site.observed(LISTING, "db"))) == 2
        site.observed(VERIFY, "db")
        told = site.told("db")
        assert (told["backup-rpo"], told["backup-offsite"]) == ("met within-limit", "met within-limit")
        sshd.refuse_key()
        failed = site.look(LISTING)[LISTING, "db"]
        assert isinstance(failed, Failure)
        assert failed.reason.value == "denied"
