"""Install this checkout or upgrade the installed program, with a way back until the new one works."""

import fcntl
import grp
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from agent.config.initial.discover import discover
from agent.config.initial.draft import initial, write_new
from agent.config.load import load
from agent.core.errors import BeffroiError, UsageError
from agent.core.lines import one_line
from agent.installation import fleet, pdf, service, shell, way_back
from agent.installation.packages import bring_configured
from agent.installation.places import Places
from agent.installation.programs import HINT
from agent.installation.release import Release, Say, current, make, proven, remove_others, switch


def install(places: Places, source: Path, wheels: Path | None, say: Say, *, with_pdf: bool = True) -> None:
    """Install what lies in a checkout; whatever fails leaves what was installed before running.

    Nothing is started that has not begun (agent.installation.begin).

    Raises UsageError, and ConfigurationError where the configuration that is there would not be taken.
    """
    require_system(places)
    require_configuration(places)
    os.umask(0o022)
    with alone(places), _ended_in_order():
        before, used = proven(places), current(places)
        release = make(places, source, wheels, say)
        if with_pdf:
            pdf.bring(release, source, wheels, say, signed=_signs(places))
        if _sends(places):
            fleet.bring(release, source, wheels, say)
        service.lay_user_and_folders(places, release, say)
        _make_configuration(places, say)
        bring_configured(places.configuration, say)
        _link(places, say)
        shell.link(places, say)
        begun = service.has_begun()
        if not begun:
            _lay(places, release, say)
        elif before is not None and before.name == release.name == _name_in_use(places):
            _make_sure(places, release, say)
        else:
            _exchange(places, before, release, say)
        if used is None or used.name != release.name:
            service.renew_centre(places, say)
        remove_others(places, release, before if begun else used, say)
        way_back.forget(places, say)
    if begun:
        say(f"done: systemctl status {service.SERVICE} shows how it is")
        return
    say(
        f"done, and nothing was started: no day counts yet. Read {places.configuration} through and mend what is wrong,"
    )
    say("then: sudo beffroi begin, which shows what will be expected, asks, and starts the service")


def _signs(places: Places) -> bool:
    """Return whether the configuration that is there names what signs reports."""
    return places.configuration.exists() and load(places.configuration, strict=False).report.key_file is not None


def _sends(places: Places) -> bool:
    """Return whether the configuration that is there, or the centre's, names a fleet's database."""
    there = (path for path in (places.configuration, places.centre) if path.exists())
    return any(load(path, strict=False).fleet is not None for path in there)


def _name_in_use(places: Places) -> str | None:
    used = current(places)
    return None if used is None else used.name


def _lay(places: Places, release: Release, say: Say) -> None:
    """Put a release in use where the service has not begun; nothing is started."""
    switch(places, release)
    say(f"release {release.name}: in use")
    service.lay(places, release, say)


def _make_sure(places: Places, release: Release, say: Say) -> None:
    """Let the release that is in use already run by its own units."""
    unit = service.text_of(places)
    service.lay(places, release, say)
    service.systemctl("enable", "--quiet", service.SERVICE)
    if service.text_of(places) != unit or not service.is_running():
        service.start_and_wait(say)
    else:
        say(f"{service.SERVICE}: runs already")


def _exchange(places: Places, before: Release | None, release: Release, say: Say) -> None:
    """Put a release in the place of another; where it does not become well, put the other back."""
    if before is not None and before.name == _name_in_use(places):
        way_back.forget(places, say)  # what lies there now is of no attempt of ours
    try:
        service.systemctl("stop", service.SERVICE, accept=(0, 5))  # 5: there is no such unit yet
        switch(places, release)
        say(f"release {release.name}: in use" + (f" instead of {before.name}" if before else ""))
        service.lay(places, release, say)
        service.begin_reader(release, before, say)
        service.systemctl("enable", "--quiet", service.SERVICE)
        service.start_and_wait(say)
    except BaseException as error:
        told_as = error.message if isinstance(error, BeffroiError) else str(error) or "it was interrupted"
        say(f"not taken: {one_line(told_as)}")
        _go_back(places, before, say)
        raise
    release.was_well()


def _go_back(places: Places, before: Release | None, say: Say) -> None:
    service.systemctl("stop", service.SERVICE, accept=(0, 5))
    if before is None:
        service.systemctl("disable", "--quiet", service.SERVICE, accept=(0, 1))
        say(f"{service.SERVICE}: stopped and disabled; there is nothing older to go back to")
        return
    way_back.put_back(places, say)
    switch(places, before)
    service.lay(places, before, say)
    try:
        service.start_and_wait(say)
        say(f"release {before.name}: in use again")
    except UsageError as error:  # the first fault is the one to tell
        say(f"release {before.name}: in use again, and not well either: {error.message}")
    remove_others(places, before, None, say)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a lost connection or SIGTERM interrupt as Ctrl-C does, so that what was running before is put back."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    heeded = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is not signal.SIG_IGN]  # nohup
    before = {number: signal.signal(number, interrupt) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """Be the only one that installs or uninstalls. Raises UsageError where someone else does."""
    with told():
        places.home.mkdir(mode=0o755, parents=True, exist_ok=True)
        handle = os.open(places.home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _hold(handle, places.home)
            yield
        finally:
            os.close(handle)


def _hold(handle: int, home: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(f"another installation is running in {home}", "wait until that ends") from error


@contextmanager
def told() -> Iterator[None]:
    """Turn what the system refuses, a full disk above all, into an error of ours."""
    try:
        yield
    except (OSError, shutil.Error) as error:
        what = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
        raise UsageError(f"the system refuses: {one_line(what)}", HINT) from error


def require_system(places: Places) -> None:
    """Raise UsageError where systemd does not run, or the command's place is taken."""
    if not (places.root / "run/systemd/system").is_dir():
        raise UsageError("systemd does not run here", "./beffroi run works without it, from a checkout")
    command = places.command
    if (command.is_symlink() or command.exists()) and _target(command) != places.program:
        raise UsageError(f"{command} is there already and is not of this program", "move it away, then install again")


def require_configuration(places: Places) -> None:
    """Hold the configurations that are there to what this release understands, before anything is touched."""
    if places.centre.exists():
        load(places.centre, strict=False)
    if places.configuration.exists() and load(places.configuration, strict=False).agent.demonstration:
        hint = "take [agent] demonstration out: a service judges where copies really lie"
        raise UsageError(f"{places.configuration} is that of a demonstration", hint)


def _make_configuration(places: Places, say: Say) -> None:
    """Write a first configuration where there is none: root's, and readable by the daemon's group only."""
    path = places.configuration
    if path.exists():
        say(f"configuration {path}: left as it is")
    else:
        write_new(path, initial(discover(), path))
        os.chown(path, os.geteuid(), grp.getgrnam(places.user).gr_gid)
        path.chmod(0o640)
        say(f"configuration {path}: written from what this machine shows; read it through")
    directory = load(path, strict=False).agent.state_directory
    if directory != places.state:
        say(f"note: the service may write in {places.state} only; allow {directory} with a drop-in (ReadWritePaths=)")


def _link(places: Places, say: Say) -> None:
    if not places.command.is_symlink():
        places.command.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        places.command.symlink_to(places.program)
        say(f"command {places.command}: leads to {places.program}")


def _target(command: Path) -> Path | None:
    return command.readlink() if command.is_symlink() else None
