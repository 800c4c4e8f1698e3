"""On which machine a copy lies: what is read, what it shows, and what is only declared."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Denied, Exited, Missing, ToolMissing, Unreachable
from agent.core.host import Command, Host, Output
from agent.core.inventory import Copy, Store
from agent.core.model import Fact, Observation
from agent.core.places import HIDDEN, CopyMachine, SeenPlace, place_in
from agent.hosts.local import LocalHost
from agent.hosts.machine_identity import BOOT_ID, MACHINE_ID, UPTIME, Identity, identity_in, keys_in, same_machine
from agent.hosts.mounts import Mount, mount_of
from agent.hosts.own_addresses import own_addresses
from agent.hosts.ssh.effective import settings_in, settings_of
from agent.hosts.ssh.probe import SftpPlace
from collectors.restic import LOOKS as RESTIC
from collectors.restic.place import collect
from tests.collectors.restic.conftest import NOW
from tests.parts.sshd import ALIAS, SSH, running_sshd

MACHINES = ("11" * 16, "22" * 16)
BOOTS = ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222")
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIexample0000 root@vault"
DISKS = """\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/nas rw - nfs4 nas.example:/export rw
31 22 0:41 / /mnt/share rw - cifs //nas.example/share rw
32 22 0:42 / /mnt/own rw - nfs4 127.0.0.1:/srv/export rw
33 22 0:43 / /mnt/cloud rw - fuse.rclone remote: rw
34 30 8:2 / /mnt/nas/usb\\040disk rw - ext4 /dev/sdb1 rw
"""


def here(number: int = 0, *, boot: int | None = None, more: Mapping[str, str] = {}) -> dict[str, str]:
    """Return the files of a machine."""
    return {MACHINE_ID: MACHINES[number], BOOT_ID: BOOTS[number if boot is None else boot], **more}


class Machines(Host):
    """Answer for machines that are files and the words of programs."""

    def __init__(self, id: str, files: Mapping[str, str], said: Mapping[str, str] | None = None) -> None:
        self.id = id
        self.files = {"/proc/self/mountinfo": DISKS, **files}
        self.said = said or {}
        self.error: type[Exception] = Missing
        self.asked: list[str] = []

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a file."""
        self.asked.append(path)
        if path not in self.files:
            raise self.error(f"{path} is not there")
        return self.files[path].encode()

    def execute(self, command: Command) -> Output:
        """Return what a program says."""
        argv = command.argv
        if argv[0] == "realpath":
            return Output(stdout=f"{argv[-1]}\n".encode(), stderr=b"", status=0, duration=timedelta(0))
        words = next((words for begins, words in self.said.items() if " ".join(argv).startswith(begins)), None)
        if words is None:
            raise ToolMissing(f"{argv[0]} is not here")
        return Output(stdout=words.encode(), stderr=b"", status=0, duration=timedelta(0))


def place(
    repository: str,
    own: Machines,
    source: Machines | None = None,
    store: Machines | None = None,
    previous: Observation | None = None,
) -> tuple[CopyMachine, str]:
    """Return where a copy is seen to lie; its source is here where no other machine is given."""
    copy = Copy(
        program=RESTIC,
        id="offsite", backup="files", repository=repository, password_file=Path("/p"), host="srv-1", offsite=True,
        local=source is None, store=None if store is None else Store(host="vault", path="/srv"),
    )  # fmt: skip
    hosts: dict[str, Host] = {"srv-1": source or own, "vault": store or own}
    look = Look(
        now=NOW, here=own, host=hosts.__getitem__, timeout=timedelta(seconds=5), folder=Path("/"), previous=previous
    )
    facts = tuple(collect(copy, look))
    kept = Observation(collector=RESTIC.place, host="srv-1", subject=copy.subject, begun=NOW, ended=NOW, facts=facts)
    found = place_in(kept, copy)
    return found.machine, found.how


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("/srv/restic", (CopyMachine.SAME, "local-path")),
        ("local:/srv/restic", (CopyMachine.SAME, "local-path")),
        ("/mnt/nas/restic", (CopyMachine.OTHER, "mount")),
        ("/mnt/share/restic", (CopyMachine.OTHER, "mount")),
        ("/mnt/own/restic", (CopyMachine.SAME, "local-path")),
        ("/mnt/nas/usb disk/restic", (CopyMachine.SAME, "local-path")),
        ("/mnt/cloud/restic", (CopyMachine.UNKNOWN, "mount")),
        ("rest:http://127.0.0.1:8000/", (CopyMachine.SAME, "loopback")),
        ("rest:https://[::1]/files", (CopyMachine.SAME, "loopback")),
        ("rest:https://user:secret@192.0.2.7/files", (CopyMachine.UNKNOWN, "not-told")),
        ("s3:http://127.0.0.1:9000/bucket", (CopyMachine.SAME, "loopback")),
        ("s3:s3.example/bucket", (CopyMachine.UNKNOWN, "not-told")),
        ("b2:bucket:files", (CopyMachine.UNKNOWN, "not-told")),
    ],
)
def test_a_copy_of_a_source_that_is_here(repository: str, expected: tuple[CopyMachine, str]) -> None:
    files = here(more={"/proc/net/fib_trie": "  |-- 192.0.2.1\n     /32 host LOCAL\n"})
    assert place(repository, Machines("here", files)) == expected


def test_an_address_of_this_machine_is_this_machine() -> None:
    own = Machines("here", here(more={"/proc/net/fib_trie": "  |-- 192.0.2.7\n     /32 host LOCAL\n"}))
    assert place("rest:https://192.0.2.7/files", own) == (CopyMachine.SAME, "loopback")
    own.said = {"getent ahosts -- backup.example": "192.0.2.7       STREAM backup.example\n"}
    assert place("rest:https://backup.example/files", own) == (CopyMachine.SAME, "loopback")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (here(1), (CopyMachine.OTHER, "boot-id")),
        (here(0), (CopyMachine.SAME, "boot-id")),
        (here(0, boot=1), (CopyMachine.OTHER, "boot-id")),
        (here(0, boot=1, more={UPTIME: "530.20 900.00\n"}), (CopyMachine.SAME, "machine-id")),
        (here(0, boot=1, more={UPTIME: "590.20 900.00\n"}), (CopyMachine.OTHER, "boot-id")),
        (here(1, more={UPTIME: "500.20 900.00\n"}), (CopyMachine.OTHER, "boot-id")),
        ({MACHINE_ID: MACHINES[0]}, (CopyMachine.SAME, "machine-id")),
        ({MACHINE_ID: MACHINES[1]}, (CopyMachine.OTHER, "machine-id")),
        ({}, (CopyMachine.UNKNOWN, "local-path")),
    ],
    ids=[
        "another",
        "this one over ssh",
        "a clone",
        "a boot id laid over",
        "a clone started later",
        "another started at once",
        "same id",
        "other id",
        "nothing to read",
    ],
)
def test_a_copy_here_of_a_source_behind_ssh(source: dict[str, str], expected: tuple[CopyMachine, str]) -> None:
    own = Machines("here", here(0, more={UPTIME: "500.10 900.00\n"}))
    assert place("/srv/restic", own, Machines("srv-1", source)) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"ssh -T": f"{MACHINES[1]}\n{BOOTS[1]}\n"}, (CopyMachine.OTHER, "boot-id")),
        ({"ssh -T": f"{MACHINES[1]}\n{BOOTS[0]}\n"}, (CopyMachine.SAME, "boot-id")),
        ({"ssh -T": f"{MACHINES[0]}\n"}, (CopyMachine.SAME, "machine-id")),
        ({"ssh -T": f"{MACHINES[0]}\n{BOOTS[1]}\n512.00 7.00\n"}, (CopyMachine.SAME, "machine-id")),
        (
            {"ssh -T": f"{MACHINES[0]}\n{BOOTS[1]}\n512.00 7.00\n", "ssh -G": "hostname 127.0.0.1\n"},
            (CopyMachine.SAME, "machine-id"),
        ),
        ({"ssh -T": "This service allows sftp connections only.\n"}, (CopyMachine.UNKNOWN, "ssh")),
        ({"ssh -T": "", "ssh -G": "hostname 127.0.0.1\nport 22\n"}, (CopyMachine.SAME, "loopback")),
        ({"ssh -T": "", "ssh -G": "hostname 127.0.0.1\nproxyjump gate\n"}, (CopyMachine.UNKNOWN, "ssh")),
        ({"ssh -T": f"{MACHINES[1]}\n{BOOTS[1]}\n", "ssh -G": "hostname 127.0.0.1\n"}, (CopyMachine.OTHER, "boot-id")),
        (
            {"ssh -G": "hostname 192.0.2.9\nuserknownhostsfile /k\n", "ssh-keygen -F 192.0.2.9": f"192.0.2.9 {KEY}\n"},
            (CopyMachine.SAME, "host-key"),
        ),
    ],
    ids=[
        "another",
        "a container here",
        "same id",
        "a boot id laid over",
        "a boot id laid over here",
        "sftp alone",
        "loopback",
        "behind a gate",
        "a tunnel",
        "host key",
    ],
)
def test_a_copy_behind_ssh(said: dict[str, str], expected: tuple[CopyMachine, str]) -> None:
    own = Machines("here", here(0, more={"/etc/ssh/ssh_host_ed25519_key.pub": KEY, UPTIME: "500.10 9.00\n"}), said)
    assert place("sftp:vault:/srv/restic", own) == expected


def test_the_stores_own_host_shows_where_the_copy_lies() -> None:
    own, vault = Machines("here", here(0)), Machines("vault", here(0))
    assert place("rest:https://192.0.2.7/files", own, store=vault) == (CopyMachine.SAME, "boot-id")
    vault.files = here(1)
    assert place("rest:https://192.0.2.7/files", own, store=vault) == (CopyMachine.OTHER, "boot-id")


def test_a_source_that_does_not_answer_is_asked_once() -> None:
    source = Machines("srv-1", {})
    source.error = Unreachable
    assert place("/srv/restic", Machines("here", here(0)), source)[0] is CopyMachine.UNKNOWN
    assert source.asked == [MACHINE_ID]


def test_what_was_seen_on_the_sources_machine_stands_until_another_is() -> None:
    own, source = Machines("here", here(0)), Machines("srv-1", here(0))
    copy = Copy(
        program=RESTIC, id="offsite", backup="files", repository="/srv/restic", password_file=Path("/p"), host="srv-1"
    )
    look = Look(now=NOW, here=own, host=lambda id: source, timeout=timedelta(seconds=5), folder=Path("/"))
    facts: tuple[Fact, ...] = tuple(collect(copy, look))
    before = Observation(collector=RESTIC.place, host="srv-1", subject=copy.subject, begun=NOW, ended=NOW, facts=facts)
    source.error, source.files = Denied, {}
    later = tuple(collect(copy, replace(look, previous=before, now=NOW + timedelta(hours=6))))
    assert later == facts
    source.files = here(1)
    (moved,) = collect(copy, replace(look, previous=before))
    assert isinstance(moved.value, SeenPlace)
    assert moved.value.machine is CopyMachine.OTHER


@pytest.mark.parametrize(
    ("source", "server"),
    [
        ("nas.example:/export", "nas.example"),
        ("[2001:db8::7]:/export", "2001:db8::7"),
        ("//nas.example/share", "nas.example"),
        ("backup@nas.example:/srv", "nas.example"),
        ("https://nas.example/dav", "nas.example"),
    ],
)
def test_a_mount_names_its_server(source: str, server: str) -> None:
    assert Mount(kind="nfs4", source=source).server == server
    assert Mount(kind="ext4", source=source).server is None


def test_of_two_mounts_at_one_point_the_later_counts() -> None:
    table = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n40 22 0:9 / /a rw - autofs x rw\n41 40 0:8 / /a rw - nfs nas:/e rw\n"
    found = mount_of("/a/b", table)
    assert found is not None and found.server == "nas"
    assert mount_of("/ab", table) == Mount(kind="ext4", source="/dev/sda1")
    assert mount_of("/a", "garbled\n") is None


def test_addresses_of_this_machine_are_read_from_the_kernel() -> None:
    four = (
        "  +-- 192.0.2.0/24\n     |-- 192.0.2.0\n        /24 link UNICAST\n     |-- 192.0.2.7\n        /32 host LOCAL\n"
    )
    six = "20010db8000000000000000000000007 02 40 00 80     eth0\ngarbled\n"
    assert {str(one) for one in own_addresses(four, six)} == {"192.0.2.7", "2001:db8::7"}


def test_ids_that_are_none_identify_no_machine() -> None:
    assert identity_in("uninitialized\n" + "0" * 32 + "\nnot-a-boot-id\n") == Identity()
    assert keys_in("no key\n# comment\n") == frozenset()
    assert same_machine(Identity(), identity_in(MACHINES[0])) is None
    assert same_machine(Identity(keys=frozenset({"a"})), Identity(keys=frozenset({"b"}))) is None


def test_ssh_tells_where_it_goes() -> None:
    said = "hostname 192.0.2.9\nport 2222\nproxycommand none\nhostkeyalias vault\nuserknownhostsfile /a /b\n"
    found = settings_in(said, SftpPlace(host="vault"))
    assert (found.host, found.port, found.proxied, found.known_as) == ("192.0.2.9", "2222", False, "vault")
    assert found.files == ("/a", "/b")
    assert settings_in("", SftpPlace(host="vault", port=22)).host == "vault"


class Refusing(Machines):
    """Answer for a machine whose ssh refuses to say where it goes."""

    def execute(self, command: Command) -> Output:
        """Return what a program says."""
        if command.argv[:2] == ("ssh", "-G"):
            raise Exited("ssh exited with 255")
        return super().execute(command)


def test_a_way_that_ssh_does_not_tell_is_hidden() -> None:
    """It may lead back to the source's own machine, whatever the address is called."""
    assert place("sftp:vault:/srv", Refusing("here", here())) == (CopyMachine.UNKNOWN, HIDDEN)
    shown = Refusing("here", here(), {"ssh -T": "\n".join((MACHINES[1], BOOTS[1]))})
    assert place("sftp:vault:/srv", shown) == (CopyMachine.OTHER, "boot-id")


@pytest.mark.programs
def test_no_program_of_a_match_exec_is_run_to_read_it(tmp_path: Path) -> None:
    """ssh itself is asked, with a configuration that runs one."""
    ran, wrapper = tmp_path / "ran", tmp_path / "bin" / "ssh"
    (tmp_path / "config").write_text(f'Match exec "touch {ran}"\nHostName 127.0.0.1\n')
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {SSH} -F {tmp_path / "config"} "$@"\n')
    wrapper.chmod(0o755)
    environment = {"PATH": f"{wrapper.parent}:{os.environ['PATH']}", "SHELL": "/bin/sh"}
    deadline = Deadline(timedelta(seconds=20))
    assert settings_of(SftpPlace(host="vault"), LocalHost("here"), environment, deadline) is None
    assert not ran.exists()


@pytest.mark.programs
@pytest.mark.network
def test_a_real_copy_on_this_machine_is_seen_to_be_here(folder: Path, copy_at: Callable[..., Copy]) -> None:
    own = LocalHost("here")
    look = Look(now=NOW, here=own, host=lambda id: own, timeout=timedelta(seconds=20), folder=folder)
    with running_sshd(folder / "sshd") as sshd:
        far = copy_at(f"sftp:{ALIAS}:{folder}/repository", environment=sshd.environment())
        for copy in (copy_at(folder / "repository"), far):
            (fact,) = collect(replace(copy, local=True, host="here"), look)
            assert isinstance(fact.value, SeenPlace)
            assert fact.value.machine is CopyMachine.SAME
