"""What docs/moving.md says, each command as it stands there, typed by an administrator of a small site.

One machine is the old one, and after a purge, with other numbers for users and groups, the new one.
"""

import pathlib
import re
import time

from tests.system.inside import BEFFROI, STATE, comes, owners, ran, sure
from tests.system.site import (
    ALLOWED,
    DROP_IN,
    ETC,
    HOST_KEY,
    PASSWORD,
    REPOSITORY,
    WEB,
    a_site_is_watched,
    a_vault_stands_beside,
    certificate,
    is_seen,
    key_allowed,
    owned_by_the_group,
    page,
    seen,
)
from tests.system.typed import as_written, blocks

ARCHIVES = (pathlib.Path("/root/beffroi.tar"), pathlib.Path("/root/etc-beffroi.tar"))


def moves_to_another_machine() -> None:
    before, fingerprint = rows(), (STATE / "signing-key.pub.pem").read_bytes()
    leaving, arriving, beginning = blocks("To another machine")
    *_, timers, drop_ins = as_written(leaving)
    assert "beffroi-report@scota.timer" in timers and str(DROP_IN) in drop_ins, (timers, drop_ins)
    carried = DROP_IN.read_text()
    assert ran(BEFFROI, "uninstall", "--purge", "--yes").returncode == 0
    DROP_IN.parent.mkdir(exist_ok=True)
    DROP_IN.write_text(carried)
    # Another machine gave these numbers to others.
    sure("useradd", "--system", "--user-group", "another")
    said = "".join(as_written([*arriving, *beginning], answers={"beffroi begin": ("y",)}))
    assert "missing: " not in said and "left as it is" not in said, said
    assert comes(lambda: page("first") == 200)
    is_seen()
    assert rows() > before and (STATE / "signing-key.pub.pem").read_bytes() == fingerprint
    assert owners(STATE) == {"beffroi"}
    assert {path.group() for path in (ETC, *ETC.iterdir())} == {"beffroi"}
    sure("systemctl", "enable", "--now", "beffroi-report@scota.timer")
    for archive in ARCHIVES:
        assert archive.stat().st_mode & 0o077 == 0, archive
        archive.unlink()


def rows() -> int:
    """Return how many rows the ledger has, which must be sound."""
    return int(sure(BEFFROI, "ledger", "verify").split()[1])


def rotates_the_password_of_a_repository() -> None:
    (commands,) = blocks("Rotate a repository's password")
    old = PASSWORD.read_text()
    keys = sure("restic", "--repo", REPOSITORY, "--password-file", str(PASSWORD), "key", "list")
    (former,) = re.findall(r"^\*([0-9a-f]{8}) ", keys, re.M)
    done: list[str] = []

    def job_takes_it() -> None:
        done.append(PASSWORD.read_text())
        is_seen()

    as_written(commands, changed={"ID": former}, by_hand={"the job": job_takes_it})
    assert done == [PASSWORD.read_text()] != [old]
    is_seen()
    pathlib.Path("/root/old").write_text(old)
    assert ran("restic", "--repo", REPOSITORY, "--password-file", "/root/old", "snapshots").returncode != 0


def rotates_an_ssh_key() -> None:
    ours, _ = blocks("Rotate an SSH key")
    former = (ETC / "hosts.key.pub").read_text()

    def remove() -> None:
        ALLOWED.write_text(ALLOWED.read_text().replace(former, ""))

    as_written(
        ours,
        by_hand={"on each host: add": lambda: key_allowed(ETC / "hosts.key.new.pub"), "on each host: remove": remove},
    )
    assert former not in ALLOWED.read_text() and (ETC / "hosts.key.pub").read_text() != former
    is_seen()


def knows_a_host_by_its_new_key() -> None:
    _, theirs = blocks("Rotate an SSH key")
    for key in HOST_KEY.parent.glob("ssh_host_*_key*"):
        key.unlink()
    sure("ssh-keygen", "-A")
    sure("systemctl", "restart", "ssh")
    refused = seen("log-collection", "vault")
    assert refused == ("unproven", "host-key-changed"), refused
    as_written(theirs)
    is_seen()


def rotates_the_password_of_the_page() -> None:
    (commands,) = blocks("Rotate passwords of the page, of mail and of webhooks")
    making, *rest = commands
    (line,) = as_written([making], answers={"htpasswd": ("second", "second")})
    (made,) = re.findall(r"^prometheus:(\S+)", line, re.M)
    as_written(rest, by_hand={"change web.yml": lambda: owned_by_the_group(ETC / "web.yml", WEB.format(hash=made))})
    assert (page("first"), page("second")) == (401, 200)


def renews_a_certificate() -> None:
    (commands,) = blocks("Renew a certificate")
    before = (ETC / "page.crt").read_bytes()
    folder = pathlib.Path("/home/manager")
    certificate(folder)
    as_written([f"cd {folder} && {line}" for line in commands])
    assert (ETC / "page.crt").read_bytes() == (folder / "page.crt").read_bytes() != before
    assert page("second") == 200


def begins_a_new_ledger_with_a_new_key() -> None:
    (commands,) = blocks("The signing key")
    former = (STATE / "signing-key.pub.pem").read_bytes()
    as_written(commands)
    assert comes(lambda: page("second") == 200)
    assert (STATE / "signing-key.pub.pem").read_bytes() != former
    is_seen()
    assert owners(STATE) == {"beffroi"}


def retires_a_host() -> None:
    (commands,) = blocks("Retire")
    today = time.strftime("%Y-%m-%d")
    said = as_written(commands, changed={"2026-12-31": today})
    assert "srv-9" in said[-1], said
    sure("systemctl", "is-active", "beffroi")


STEPS = (
    a_vault_stands_beside,
    a_site_is_watched,
    moves_to_another_machine,
    rotates_the_password_of_a_repository,
    rotates_an_ssh_key,
    knows_a_host_by_its_new_key,
    rotates_the_password_of_the_page,
    renews_a_certificate,
    begins_a_new_ledger_with_a_new_key,
    retires_a_host,
)
