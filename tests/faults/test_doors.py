"""A store behind SSH: what ssh refused is told as ssh tells it, and a lost link is never damage."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.laboratory import Laboratory, laboratory
from tests.faults.table import MET, NOT_RUN, SOUND, Answer, unproven
from tests.parts.ports import free_port
from tests.parts.program import Said, beffroi
from tests.parts.repositories import NOBODY, cutting_sftp
from tests.parts.sshd import SSH, Sshd, make_key, public_key, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]

# The listing passes, and the link breaks in the middle of the data.
BREAKS_AFTER = 120_000

POINTS: dict[str, Answer] = {
    "behind-ssh": MET,
    "not-there": ("missed", "absent"),
    "down": unproven("unreachable"),
    "no-such-name": unproven("unreachable"),
    "changed-key": unproven("host-key-changed"),
    "unknown-key": unproven("host-key-unknown"),
    "refused": unproven("denied"),
    "no-sftp": unproven("tool-missing"),
    "closed-there": unproven("denied"),
    "lost-link": MET,
}
VERIFIED: dict[str, Answer] = {
    "behind-ssh": SOUND,
    "changed-key": unproven("host-key-changed"),
    "refused": unproven("denied"),
    "closed-there": unproven("denied"),
    "lost-link": unproven("unreachable"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the program said of stores behind SSH."""

    check: Said
    verify: Said
    second: Said


def client(sshd: Sshd, folder: Path, options: Mapping[str, str]) -> dict[str, str]:
    """Return a PATH whose `ssh` sees a server differently from what it is, by options that win over its own."""
    folder.mkdir(parents=True)
    given = " ".join(f'-o {key}="{value}"' for key, value in options.items())
    wrapper = folder / "ssh"
    wrapper.write_text(f'#!/bin/sh\nexec {SSH} {given} -F "{sshd.client_config}" "$@"\n')
    wrapper.chmod(0o755)
    return {"PATH": f"{folder}:{sshd.environment()['PATH']}"}


def declare(lab: Laboratory, sshd: Sshd, stack: ExitStack) -> None:
    folder = lab.watched.folder
    other_key = make_key(folder / "other_key")
    wrong_hosts, no_hosts = folder / "wrong_hosts", folder / "no_hosts"
    wrong_hosts.write_text(f"[{sshd.address}]:{sshd.port} {public_key(other_key)}\n")
    no_hosts.touch()

    def reach(name: str, options: Mapping[str, str], host: str = sshd.alias, server: Sshd = sshd) -> None:
        if name != "not-there":
            lab.take(name)
        path = client(server, folder / "clients" / name, options)
        more = lab.environment_file(name, path)
        lab.declare_one(name, repository=f"sftp:{host}:{lab.watched.repository(name)}", more=more)

    reach("behind-ssh", {})
    reach("not-there", {})
    reach("down", {"Port": str(free_port())})
    reach("no-such-name", {}, host="store.invalid")
    reach("changed-key", {"UserKnownHostsFile": str(wrong_hosts)})
    reach("unknown-key", {"UserKnownHostsFile": str(no_hosts)})
    reach("refused", {"PubkeyAuthentication": "no"})
    without = stack.enter_context(running_sshd(folder / "without-sftp", sftp=None))
    reach("no-sftp", {}, server=without)
    reach("closed-there", {}, server=stack.enter_context(running_sshd(folder / "nobody", sftp=as_nobody(folder))))
    lab.there("closed-there").folder.chmod(0)
    cutting = cutting_sftp(folder, BREAKS_AFTER)
    reach("lost-link", {}, server=stack.enter_context(running_sshd(folder / "cutting", sftp=cutting)))


def as_nobody(folder: Path) -> str:
    """Return an sftp server without root's rights."""
    server = next(path for path in ("/usr/lib/openssh/sftp-server", "/usr/libexec/sftp-server") if Path(path).exists())
    script = folder / "sftp-of-nobody"
    rights = f"{shutil.which('setpriv')} --reuid={NOBODY} --regid={NOBODY} --clear-groups"
    script.write_text(f'#!/bin/sh\n[ "$(id -u)" = 0 ] || exec {server}\nexec {rights} {server}\n')
    script.chmod(0o755)
    return str(script)


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    with laboratory("30s") as lab, ExitStack() as stack:
        sshd = stack.enter_context(running_sshd(lab.watched.folder / "sshd"))
        declare(lab, sshd, stack)
        configuration = lab.watched.configuration
        check = beffroi("check", "--json", "--config", configuration)
        verify = beffroi("verify", "--json", "--config", configuration, *VERIFIED)
        second = beffroi("check", "--json", "--config", configuration)
        yield Seen(check=check, verify=verify, second=second)


@pytest.mark.parametrize("name", POINTS)
def test_what_ssh_refused_is_told_as_what_it_is(name: str, seen: Seen) -> None:
    assert seen.check.verdict("backup-rpo", name) == POINTS[name]
    expected = NOT_RUN if POINTS[name] == MET else POINTS[name]
    assert seen.check.verdict("backup-offsite", f"{name}/offsite") == expected


@pytest.mark.parametrize("name", VERIFIED)
def test_a_verification_that_could_not_read_finds_no_damage(name: str, seen: Seen) -> None:
    copy = next(one for one in json.loads(seen.verify.out)["copies"] if one["backup"] == name)
    assert (copy["outcome"], copy["reason"]) == VERIFIED[name]
    assert copy["damage"] == []


def test_a_verification_that_failed_leaves_the_copy_unproven_and_never_missed(seen: Seen) -> None:
    assert seen.second.verdict("backup-offsite", "behind-ssh/offsite") == MET
    assert seen.second.verdict("backup-offsite", "lost-link/offsite") == unproven("unreachable")


def test_no_key_was_learnt(seen: Seen) -> None:
    assert seen.second.verdict("backup-rpo", "unknown-key") == unproven("host-key-unknown")
