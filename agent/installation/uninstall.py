"""Remove the program; ledger and configuration stay unless they are to go as well."""

import shutil
from contextlib import suppress

from agent.core.errors import UsageError
from agent.installation import service, shell
from agent.installation.install import alone
from agent.installation.places import Places
from agent.installation.programs import carried_out
from agent.installation.release import Say

OURS = (
    "beffroi.service.d",
    "beffroi-heads.service.d",
    "beffroi-canary",
    "beffroi-report",
    "beffroi-reader",
    "beffroi-reader.socket.d",
)
HEADS = "beffroi-heads.path"
READERS_USER = "beffroi-reader"
TEMPLATES = ("beffroi-canary@*", "beffroi-report@*")


def uninstall(places: Places, say: Say, *, purge: bool) -> None:
    """Stop the service, and remove units, program and links; with `purge` state, configuration and user too.

    Raises UsageError. What is gone already is no error.
    """
    if not (places.root / "run/systemd/system").is_dir():
        raise UsageError("systemd does not run here", "nothing was installed by this program without it")
    with alone(places):
        _stop(places, say)
        _remove_units(places, say)
        if places.command.is_symlink() and places.command.readlink() == places.program:
            places.command.unlink()
        shell.unlink(places)
        shutil.rmtree(places.home, ignore_errors=True)
        say(f"program: {places.home} and {places.command} removed")
        for path in (places.sysusers, places.tmpfiles):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # not there, or with another's socket in it
            places.runtime.rmdir()
        if purge:
            _purge(places, say)
        else:
            kept = f"{places.configuration.parent}, {places.state}, {places.heads}"
            say(f"kept: {kept} and the users, whose they are")


def _stop(places: Places, say: Say) -> None:
    service.systemctl("stop", service.SERVICE, HEADS, *TEMPLATES, accept=(0, 5))
    if (places.units / service.CENTRE).exists():
        service.systemctl("stop", service.CENTRE, accept=(0, 5))
        service.systemctl("disable", "--quiet", service.CENTRE, accept=(0, 1))
    if (places.units / service.READER).exists():
        service.stop_reader()
    for unit in (service.SERVICE, *_enabled_timers(places)):
        if (places.units / service.SERVICE).exists():
            service.systemctl("disable", "--quiet", unit, accept=(0, 1))
    say(f"{service.SERVICE}: stopped and disabled")


def _enabled_timers(places: Places) -> list[str]:
    return sorted(path.name for template in TEMPLATES for path in places.units.glob(f"*.wants/{template}"))


def _remove_units(places: Places, say: Say) -> None:
    units = [name for name in service.laid(places) if (places.units / name).exists()]
    for name in units:
        (places.units / name).unlink()
    service.systemctl("daemon-reload")
    service.systemctl(
        "reset-failed", service.SERVICE, *TEMPLATES, "beffroi-reader*", "beffroi-heads*", accept=(0, 1, 5)
    )
    say(f"units: {', '.join(units) or 'none'} removed from {places.units}")


def _purge(places: Places, say: Say) -> None:
    drop_ins = sorted(path for path in places.units.glob("beffroi*.d") if path.name.split("@")[0] in OURS)
    for folder in (places.state, places.centre_state, places.heads, places.configuration.parent, *drop_ins):
        if folder.is_symlink():
            raise UsageError(f"{folder} is a link, and is not followed", "remove it and its target by hand")
        shutil.rmtree(folder, ignore_errors=True)
        say(f"purged: {folder}")
    for template in TEMPLATES:  # when a persistent timer last ran, kept by systemd
        for stamp in places.stamps.glob(f"stamp-{template}.timer"):
            stamp.unlink()
    for name in (places.user, READERS_USER):
        carried_out("userdel", name, accept=(0, 6))  # 6: there is none
        carried_out("groupdel", name, accept=(0, 6))  # userdel leaves it where it has other members
    say(f"purged: the users and groups {places.user} and {READERS_USER}")
