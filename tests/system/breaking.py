"""Installations that are cut off, find no room or lack a wheel: what ran before goes on, or nothing is there."""

import contextlib
import os
import pathlib
import signal
import subprocess
from collections.abc import Iterator

from tests.system.inside import BEFFROI, CURRENT, RELEASES, NotHereError, changed, comes, ran, releases, sure, well

HOME = pathlib.Path("/opt/beffroi")


def finds_no_room_and_leaves_nothing_half_done() -> None:
    HOME.mkdir()
    if ran("mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(HOME)).returncode != 0:
        HOME.rmdir()
        raise NotHereError("this machine mounts nothing")
    try:
        done = ran("./beffroi", "install")
        assert done.returncode == 2, done
        assert "No space left" in done.stderr and "Traceback" not in done.stderr, done.stderr
        assert list(RELEASES.glob("*")) == [] and not CURRENT.exists(), list(HOME.rglob("*"))[:20]
        assert not os.path.lexists(BEFFROI) and not os.path.lexists("/etc/systemd/system/beffroi.service")
    finally:
        sure("umount", str(HOME))


def killed_when(holds: str) -> None:
    """Begin an upgrade and kill it, and what it started, as soon as the shell finds something to hold."""
    before, kept = CURRENT.readlink().name, "|".join(sorted(releases()))
    installing = subprocess.Popen(
        ["./beffroi", "install"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    came = comes(lambda: ran("sh", "-c", holds.format(before=before, kept=kept)).returncode == 0, 300)
    os.killpg(installing.pid, signal.SIGKILL)
    installing.wait()
    assert came, holds


MOMENTS = (
    "ls -d /opt/beffroi/releases/*/bin | grep -vE '{kept}'",
    "ls /opt/beffroi/releases/*/complete | grep -vE '{kept}'",
    "! systemctl is-active --quiet beffroi",
    "[ $(readlink /opt/beffroi/current) != releases/{before} ] && systemctl is-active --quiet beffroi",
)


def killed_at_any_moment_of_an_upgrade_it_is_made_good_by_the_next() -> None:
    for number, moment in enumerate(MOMENTS):
        before = CURRENT.readlink().name
        changed("agent/core/version.py", 'VERSION = "', f'VERSION = "{number}.')
        killed_when(moment)
        # Whatever it left: either the old release runs, or nothing does until someone installs again.
        done = ran("./beffroi", "install")
        assert done.returncode == 0, (moment, done.stderr)
        assert comes(well), moment
        assert sure(BEFFROI, "--version").startswith(f"beffroi {number}."), moment
        assert releases() == {CURRENT.readlink().name, before}, moment
        assert ran(BEFFROI, "ledger", "verify").returncode == 0, moment
        changed("agent/core/version.py", f'VERSION = "{number}.', 'VERSION = "')
    assert ran("./beffroi", "install").returncode == 0


def lacks_one_wheel_and_says_which(wheels: pathlib.Path) -> None:
    (missing,) = wheels.glob("[jJ]inja2*")
    aside = missing.rename(wheels.parent / missing.name)
    changed("agent/core/version.py", 'VERSION = "', 'VERSION = "7.')
    try:
        refused = ran("unshare", "--net", "./beffroi", "install", "--wheels", str(wheels))
        assert refused.returncode == 2 and "inja2" in refused.stderr, refused
        assert "Traceback" not in refused.stderr and well()
    finally:
        aside.rename(missing)
        changed("agent/core/version.py", 'VERSION = "7.', 'VERSION = "')


@contextlib.contextmanager
def clock_apart(by: str) -> Iterator[None]:
    """Give the daemon, at its next start, a clock that is apart by `by`, as libfaketime writes it; then undo it."""
    sure("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", "install", "libfaketime")
    (library,) = pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    drop_in = pathlib.Path("/etc/systemd/system/beffroi.service.d")
    drop_in.mkdir(exist_ok=True)
    (drop_in / "clock.conf").write_text(
        f'[Service]\nEnvironment=LD_PRELOAD={library} "FAKETIME={by}" FAKETIME_DONT_FAKE_MONOTONIC=1\n'
    )
    sure("systemctl", "daemon-reload")
    try:
        yield
    finally:
        (drop_in / "clock.conf").unlink()
        sure("systemctl", "daemon-reload")


def is_well_with_a_clock_that_stands_in_the_past() -> None:
    with clock_apart("-30d"):
        changed("agent/core/version.py", 'VERSION = "', 'VERSION = "8.')
        try:
            done = ran("./beffroi", "install")
            assert done.returncode == 0, done.stderr
            assert sure(BEFFROI, "--version").startswith("beffroi 8.")
            assert ran(BEFFROI, "ledger", "verify").returncode == 0
        finally:
            changed("agent/core/version.py", 'VERSION = "8.', 'VERSION = "')
    assert ran("./beffroi", "install").returncode == 0
    assert comes(well)
