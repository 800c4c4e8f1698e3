"""What the third boot tries: uninstalling, installing over what was kept, and purging."""

import os
import pathlib

from tests.system import breaking
from tests.system.inside import (
    BEFFROI,
    CONFIGURATION,
    STATE,
    Step,
    as_user,
    comes,
    ledger_version,
    ran,
    sure,
    verdicts,
    well,
)
from tests.system.upgrading import is_well_after_a_reboot


def is_well_after_another_reboot() -> None:
    is_well_after_a_reboot()


def uninstall_keeps_ledger_and_configuration() -> None:
    ledger, configuration = ledger_version(), CONFIGURATION.read_bytes()
    done = ran(BEFFROI, "uninstall")
    assert done.returncode == 0, done.stderr
    assert CONFIGURATION.read_bytes() == configuration and ledger_version() == ledger
    for path in ("/opt/beffroi", BEFFROI, "/etc/systemd/system/beffroi.service", "/etc/sysusers.d/beffroi.conf"):
        assert not os.path.lexists(path), path
    assert ran("systemctl", "is-active", "beffroi").returncode != 0
    assert ran("./beffroi", "uninstall").returncode == 0


def installs_anew_over_what_was_kept() -> None:
    done = ran("./beffroi", "install", "--start")
    assert done.returncode == 0, done.stderr
    assert comes(lambda: well() and ("backup-rpo", "files") in verdicts())
    assert "left as it is" in done.stderr


def root_keeps_each_signed_head_where_the_daemon_can_change_nothing() -> None:
    kept = pathlib.Path("/var/lib/beffroi-heads/signed-heads.txt")
    assert not kept.exists()
    with breaking.clock_apart("+2d"):
        sure("systemctl", "restart", "beffroi")
        assert comes(kept.exists, 300), sure("systemctl", "status", "--no-pager", "--lines=50", "beffroi*")
    assert comes(lambda: kept.read_text().endswith((STATE / "newest-head.txt").read_text()))
    assert (kept.owner(), kept.stat().st_mode & 0o777) == ("root", 0o644)
    for attempt in (("rm", "-f", str(kept)), ("tee", str(kept)), ("touch", f"{kept.parent}/another")):
        assert as_user("beffroi", *attempt).returncode != 0, attempt
    sure("systemctl", "restart", "beffroi")
    assert comes(well)


def purge_keeps_nothing() -> None:
    unasked = ran(BEFFROI, "uninstall", "--purge")
    assert (unasked.returncode, well()) == (2, True), unasked.stderr
    done = ran(BEFFROI, "uninstall", "--purge", "--yes")
    assert done.returncode == 0, done.stderr
    kept = ("/proc", "/sys", "/srv", "/root", "/var/tmp", "/var/log/journal", "/run/log")
    apart = [word for path in kept for word in ("-path", path, "-prune", "-o")]
    left = sure("find", "/", "-xdev", *apart, "-name", "*beffroi*", "-print").split()
    left += sure("find", "/run", *apart, "-name", "*beffroi*", "-print").split()
    assert left == [], left
    for name in ("beffroi", "beffroi-reader"):
        assert ran("id", name).returncode != 0
        assert ran("getent", "group", name).returncode != 0
    for listed in ("list-units", "list-unit-files", "list-timers", "list-sockets"):
        # list-unit-files ends with 1 where no file is of that name.
        said = ran("systemctl", listed, "--all", "--no-legend", "--plain", "beffroi*")
        assert said.stdout.strip() == said.stderr.strip() == "", (listed, said)
    assert sure("find", "/", "-xdev", "-nouser", "-not", "-path", "/proc/*").split() == []


STEPS: tuple[Step, ...] = (
    is_well_after_another_reboot,
    uninstall_keeps_ledger_and_configuration,
    installs_anew_over_what_was_kept,
    root_keeps_each_signed_head_where_the_daemon_can_change_nothing,
    purge_keeps_nothing,
)
