"""On which machine a folder of files lies: a declared site is no other machine."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.errors import Denied, Missing
from agent.core.host import Command, Host, Output
from agent.core.inventory import Copy, Store
from agent.core.model import Observation
from agent.core.places import CopyMachine, MachineEvidence, place_in
from agent.hosts.folder_place import folder_machine
from collectors.files import LOOKS
from collectors.files.place import COLLECTOR, collect

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DISK = "36 35 98:0 / / rw - ext4 /dev/vda1 rw\n"
SHARE = f"{DISK}40 36 0:50 / /mnt/nas rw - nfs4 nas.example:/export rw\n"
ODD = f"{DISK}40 36 0:50 / /mnt/nas rw - fuse.rclone far: rw\n"
ONE = {"/etc/machine-id": "a" * 32, "/proc/sys/kernel/random/boot_id": "11111111-1111-4111-8111-111111111111"}
OTHER = {"/etc/machine-id": "b" * 32, "/proc/sys/kernel/random/boot_id": "22222222-2222-4222-8222-222222222222"}
STORE = Store(host="nas", path="/mnt/nas/vm")
COPY = Copy(id="nas", backup="vm", program=LOOKS, repository="store:nas:/mnt/nas/vm", host="srv-1", store=STORE)


class Machine(Host):
    """A host of which some files can be read; None: nothing of it, as behind a forced command."""

    def __init__(self, files: Mapping[str, str] | None) -> None:
        self.id = "machine"
        self.files = files

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a file."""
        if self.files is None:
            raise Denied(path)
        if path not in self.files:
            raise Missing(path)
        return self.files[path].encode()

    def execute(self, command: Command) -> Output:
        """Answer realpath, and know no other name."""
        found = f"{command.argv[-1]}\n" if command.argv[0] == "realpath" else ""
        return Output(stdout=found.encode(), stderr=b"", status=0, duration=timedelta(0))


def place(copy: Copy, source: Machine, store: Machine) -> MachineEvidence:
    """Return where a copy is seen to lie."""
    hosts = {"srv-1": source, "nas": store}
    look = Look(now=NOW, here=source, host=lambda id: hosts[id], timeout=timedelta(seconds=9), folder=Path("/nowhere"))
    assert copy.store is not None
    return folder_machine(copy, look, copy.store.host, copy.store.path, copy.store.local)


@pytest.mark.parametrize(
    ("store", "source", "found"),
    [
        (ONE | {"/proc/self/mountinfo": DISK}, ONE, (CopyMachine.SAME, "boot-id")),
        (OTHER | {"/proc/self/mountinfo": DISK}, ONE, (CopyMachine.OTHER, "boot-id")),
        (None, ONE, (CopyMachine.UNKNOWN, "not-told")),
        (OTHER | {"/proc/self/mountinfo": SHARE}, ONE, (CopyMachine.UNKNOWN, "mount")),
    ],
)
def test_two_declared_hosts_may_be_one_machine(
    store: Mapping[str, str] | None, source: Mapping[str, str], found: tuple[CopyMachine, str]
) -> None:
    seen = place(COPY, Machine(source), Machine(store))
    assert (seen.machine, seen.how) == found


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (DISK, (CopyMachine.SAME, "store")),
        (SHARE, (CopyMachine.OTHER, "mount")),
        (ODD, (CopyMachine.UNKNOWN, "mount")),
    ],
)
def test_a_folder_of_the_source_is_elsewhere_only_as_a_share(table: str, found: tuple[CopyMachine, str]) -> None:
    copy = replace(COPY, store=replace(STORE, host="srv-1"))
    machine = Machine(ONE | {"/proc/self/mountinfo": table})
    seen = place(copy, machine, machine)
    assert (seen.machine, seen.how) == found
    local = place(replace(copy, local=True, store=replace(STORE, host="srv-1", local=True)), machine, machine)
    assert local.machine is found[0]


def test_what_was_seen_stands_until_another_place_is_shown() -> None:
    hosts = {"srv-1": Machine(ONE), "nas": Machine(ONE)}
    look = Look(
        now=NOW, here=hosts["srv-1"], host=lambda id: hosts[id], timeout=timedelta(seconds=9), folder=Path("/n")
    )

    def seen(previous: Observation | None) -> Observation:
        facts = tuple(collect(COPY, replace(look, previous=previous)))
        return Observation(collector=COLLECTOR.name, host="srv-1", subject="vm/nas", begun=NOW, ended=NOW, facts=facts)

    first = seen(None)
    assert place_in(first, COPY).machine is CopyMachine.SAME
    hosts["nas"].files = None
    second = seen(first)
    assert place_in(second, COPY).machine is CopyMachine.SAME
    hosts["nas"].files = OTHER
    assert place_in(seen(second), COPY).machine is CopyMachine.OTHER
