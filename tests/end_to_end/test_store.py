"""A copy whose store stands behind a real sshd: from the configuration to the verdict, the metrics and the ledger."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.evaluation.session import reading
from agent.queries.current_state import current_snapshot
from tests.parts.program import beffroi
from tests.parts.repositories import flip_byte
from tests.parts.stores import StoreHost, store_host
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

HOST = """
[[host]]
id = "vault"
transport = "ssh"
address = "{host.address}"
port = {host.port}
user = "{host.user}"
key_file = "{key}"
known_hosts = "{host.known_hosts}"
site = "cambrai"
collect = []
"""


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[StoreHost]:
    with store_host(tmp_path / "sshd") as host:
        yield host


def test_damage_and_loss_at_the_store_are_missed_and_name_the_file(tmp_path: Path, stores: StoreHost) -> None:
    site = Watched(tmp_path)
    repository = site.make("files", timedelta(minutes=30), timedelta(minutes=10))
    stores.forced(repository)
    key = stores.sshd.folder / "forced-0"
    site.backups += HOST.format(host=stores.sshd, key=key)
    site.declare("files", Copy(repository=str(repository), more=f'store = {{ host = "vault", path = "{repository}" }}'))
    configuration = site.configuration
    assert beffroi("config", "check", configuration).code == 0

    def offsite() -> tuple[str, str]:
        answer = beffroi("check", "--json", "--backup", "files", "--config", configuration)
        return answer.verdict("backup-offsite", "files/offsite")

    assert offsite() == ("unproven", "not-run")
    (copy,) = json.loads(beffroi("verify", "--json", "--config", configuration).out)["copies"]
    assert (copy["outcome"], copy["depth"], copy["damage"]) == ("sound", "hashed", [])
    assert offsite() == ("met", "within-limit")
    with reading(configuration) as (loaded, ledger, clock):
        numbers = current_snapshot(loaded, ledger, now=clock.now()).copies[0]
    assert numbers.verified_bytes == copy["bytes_verified"]
    assert (numbers.store_locks, numbers.store_oldest_lock) == (0, None)
    assert numbers.whole is not None
    assert min(numbers.store_free_bytes or 0, numbers.store_free_inodes or 0) > 0

    pack = site.pack("files")
    name = str(pack.relative_to(repository))
    flip_byte(pack, 60)
    done = beffroi("verify", "--json", "--config", configuration)
    (copy,) = json.loads(done.out)["copies"]
    assert (done.code, copy["damage"]) == (1, [{"file": name, "reason": "damaged"}])
    assert offsite() == ("missed", "damaged")

    flip_byte(pack, 60)
    assert beffroi("verify", "--config", configuration).code == 0
    pack.unlink()
    assert offsite() == ("missed", "vanished")
    lines = beffroi("check", "--target", "backup-offsite", "--config", configuration).out
    assert f"dont {name}" in lines
    assert beffroi("ledger", "verify", "--config", configuration).code == 0

    stores.sshd.stop()
    answer = beffroi("check", "--json", "--backup", "files", "--config", configuration)
    assert answer.verdict("backup-offsite", "files/offsite") == ("unproven", "unreachable")
