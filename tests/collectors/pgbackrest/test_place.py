"""On which machine a stanza's repository lies, as pgBackRest names it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.errors import Missing
from agent.core.host import Command, Host, Output
from agent.core.places import CopyMachine, SeenPlace
from collectors.pgbackrest.place import collect
from collectors.pgbackrest.settings import settings_in
from tests.collectors.pgbackrest.test_verify import COPY

MOUNTS = "25 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
TRIE = "Local:\n  |-- 192.0.2.7\n     /32 host LOCAL\n"


@dataclass
class Machine(Host):
    """A machine with an address of its own, whose pgBackRest says where its repository is."""

    options: str = ""
    id: str = "vault"

    def execute(self, command: Command) -> Output:
        said, told = "pgBackRest 2.55.1\n", ""
        if "info" in command.argv:
            said, told = "[]", f"P00   INFO: info command begin 2.55.1: {self.options} --stanza=main\n"
        elif command.argv[0] == "getent":
            said = "192.0.2.7 STREAM\n" if command.argv[-1] == "itself.example" else ""
        elif command.argv[0] == "realpath":
            said = f"{command.argv[-1]}\n"
        return Output(status=0, stdout=said.encode(), stderr=told.encode(), duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        known = {"/proc/self/mountinfo": MOUNTS, "/proc/net/fib_trie": TRIE, "/etc/machine-id": f"{self.id}\n"}
        if path not in known:
            raise Missing(path)
        return known[path].encode()


def machine(options: str, *, at_source: bool) -> CopyMachine:
    """Return the machine of a repository, where the command is run at the source or on another host."""
    copy = replace(COPY, asked_at=COPY.host) if at_source else COPY
    hosts = {"db-1": Machine(id="db-1", options=options), "vault": Machine(options=options)}
    look = Look(
        now=datetime(2026, 12, 2, tzinfo=UTC),
        here=Machine(id="agent"),
        host=lambda id: hosts[id],
        timeout=timedelta(minutes=1),
        folder=Path("/nonexistent"),
    )
    (fact,) = collect(copy, look)
    assert isinstance(fact.value, SeenPlace)
    return fact.value.machine


@pytest.mark.parametrize(
    "options",
    [
        "--repo1-path=/srv/repo",
        "--repo1-host=localhost --repo1-path=/srv/repo",
        "--repo1-host=itself.example",
        "--repo1-type=s3 --repo1-s3-endpoint=127.0.0.1:9000 --repo1-s3-bucket=b",
        "--repo1-type=s3 --repo1-s3-endpoint=s3.example --repo1-storage-host=https://192.0.2.7",
        "--repo1-type=sftp --repo1-sftp-host=::1",
    ],
)
def test_a_repository_that_is_reached_on_the_source_itself_is_on_its_machine(options: str) -> None:
    assert machine(options.replace("localhost", "127.0.0.1"), at_source=True) is CopyMachine.SAME


@pytest.mark.parametrize(
    "options", ["--repo1-host=vault.example", "--repo1-type=s3 --repo1-s3-endpoint=s3.example", "--repo1-type=gcs"]
)
def test_a_repository_elsewhere_is_where_it_is_declared(options: str) -> None:
    assert machine(options, at_source=True) is CopyMachine.UNKNOWN


def test_a_store_beside_the_repository_host_is_not_on_the_source() -> None:
    options = "--repo1-type=s3 --repo1-s3-endpoint=127.0.0.1"
    assert machine(options, at_source=False) is not CopyMachine.SAME


def test_where_a_store_is_reached_is_its_name_alone() -> None:
    said = "P00   INFO: info command begin 2.55.1: --repo1-type=s3 --repo1-s3-endpoint=https://s3.example:9000/x\n"
    assert settings_in(said, "1").host == "s3.example"
