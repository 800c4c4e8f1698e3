"""What no backup has, seen behind the privileged reader: databases, and a disk that was mounted yesterday."""

import json
import pathlib
import re

from tests.system.inside import BEFFROI, CONFIGURATION, as_user, sure
from tests.system.reader import in_the_sandbox_of

DISK = pathlib.Path("/srv/archives")
# What is planted, by the names under which it is told.
PLANTED = {"postgresql:shop", "mariadb:letters", str(DISK)}
PACKAGES = ("postgresql", "mariadb-server")
# Of the machine itself, as it is before anything is planted.
COVERAGE = """\
transport = "local"
coverage = true
unbacked = [
    {{ what = "/", reason = "réinstallable" }},
    {{ what = "/etc", reason = "réinstallable" }},{more}
]
"""
DUMPS = 'id = "files"\ndumps = ["postgresql:shop", "mariadb:*"]\n'


def looked() -> tuple[str, str, set[str]]:
    """Return what a look from inside the daemon's sandbox says: state, reason, and the names of what is open."""
    command = f"{BEFFROI} check --target backup-coverage --host fresh --json"
    (one,) = json.loads(in_the_sandbox_of("beffroi.service", "beffroi-coverage", command))["verdicts"]
    return one["state"], one["reason"], set(re.findall(r"\bwhat=((?:[^,;()]|\([^()]*\))+)", one["detail"]))


def asked_for(good: str, *, more: str = "", dumps: bool = False) -> None:
    """Have the machine's coverage judged, with more excuses or with the databases' dumps declared."""
    text = good.replace('transport = "local"\n', COVERAGE.format(more=more), 1)
    CONFIGURATION.write_text(text.replace('id = "files"\n', DUMPS, 1) if dumps else text)


def databases_and_a_disk_that_no_backup_has_are_named() -> None:
    """Every right that this takes is given by the words of docs/coverage.md."""
    good = CONFIGURATION.read_text()
    install = ("apt-get", "-qq", "-y", "--no-install-recommends", "install", *PACKAGES)
    sure("env", "DEBIAN_FRONTEND=noninteractive", *install)
    sure("systemctl", "start", "postgresql", "mariadb")
    sure("mariadb", "-e", "create database letters")
    assert as_user("postgres", "createdb", "shop").returncode == 0
    DISK.mkdir()
    sure("mount", "-t", "tmpfs", "archives", str(DISK))
    (DISK / "file").write_text("text")
    excuse = f'\n    {{ what = "{DISK}", reason = "essai" }},'
    try:
        asked_for(good)
        state, reason, open_ones = looked()
        # PostgreSQL answers no account without a role: it is there, and what it holds is not known.
        assert (state, reason) == ("missed", "not-covered"), (state, reason, open_ones)
        assert open_ones == PLANTED - {"postgresql:shop"} | {"postgresql:(port 5432)"}, open_ones
        assert as_user("postgres", "createuser", "beffroi").returncode == 0
        assert looked() == ("missed", "not-covered", PLANTED)
        asked_for(good, more=excuse, dumps=True)
        assert looked()[:2] == ("met", "within-limit"), looked()
        # Without the reader the folders of MariaDB's databases may not be seen, and nothing is shown.
        sure("systemctl", "stop", "beffroi-reader.socket")
        state, reason, open_ones = looked()
        assert (state, reason) == ("unproven", "denied"), (state, reason, open_ones)
        sure("systemctl", "start", "beffroi-reader.socket")
        assert as_user("postgres", "createdb", "new").returncode == 0
        assert looked() == ("missed", "not-covered", {"postgresql:new"})
        # A server that stands still shows none of its databases, and has lost none.
        # The unit of all servers is stopped before each of them has shut down.
        sure("systemctl", "stop", "postgresql", "postgresql@*.service")
        state, reason, open_ones = looked()
        assert (state, reason) == ("unproven", "unreachable"), (state, reason, open_ones)
        assert [re.sub(r"\d+", "17", one) for one in open_ones] == ["postgresql:(17 main)"], open_ones
    finally:
        CONFIGURATION.write_text(good)
        sure("systemctl", "start", "beffroi-reader.socket")
        sure("umount", str(DISK))
        sure("systemctl", "disable", "--now", "postgresql", "mariadb")


STEPS = (databases_and_a_disk_that_no_backup_has_are_named,)
