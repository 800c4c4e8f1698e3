"""The systemd service: its files, its commands, and when it is healthy.

The daemon says in its own status line, by sd_notify(3), what /healthz would answer; so that is asked of systemd, which
no password, certificate or address stands before.
"""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from agent.core.deadline import Deadline
from agent.core.errors import LookError, UsageError
from agent.core.host import Command, Output
from agent.core.lines import one_line
from agent.daemon.systemd import WELL
from agent.hosts.run import run_program
from agent.installation.places import Places
from agent.installation.programs import carried_out
from agent.installation.release import Release, Say

SERVICE = "beffroi.service"
READER = "beffroi-reader.socket"
CENTRE = "beffroi-centre.service"
# Longer than the unit's own limit, within which a large ledger is led on to a newer version.
START = timedelta(minutes=20)
WELL_WITHIN = timedelta(seconds=60)
WELL_FOR = timedelta(seconds=4)
STEP_SECONDS = 0.5


def systemctl(*arguments: str, timeout: timedelta = timedelta(minutes=2), accept: tuple[int, ...] = (0,)) -> str:
    """Return what systemctl printed. Raises UsageError where it failed."""
    return carried_out("systemctl", *arguments, timeout=timeout, accept=accept)


def lay(places: Places, release: Release, say: Say) -> None:
    """Lay a release's units before systemd, and take away those that another release of ours has laid there."""
    gone = [name for name in _laid_by_others(places, release) if (places.units / name).exists()]
    if READER in gone:
        stop_reader()
    changed = [name for name, text in _units(release) if _lay(places.units / name, text)]
    for name in gone:
        (places.units / name).unlink()
    if changed or gone:
        systemctl("daemon-reload")
        say(f"units: {', '.join(sorted((*changed, *gone)))} laid in, or taken from, {places.units}")
    else:
        say("units: are there already")
    if READER in changed:
        systemctl("try-restart", READER)


def lay_user_and_folders(places: Places, release: Release, say: Say) -> None:
    """Make the user and its folders as the release declares them."""
    for kind, path, program in (
        ("sysusers", places.sysusers, "systemd-sysusers"),
        ("tmpfiles", places.tmpfiles, "systemd-tmpfiles"),
    ):
        changed = _lay(path, (release.units / f"beffroi.{kind}.conf").read_text())
        carried_out(program, *(("--create",) if kind == "tmpfiles" else ()), str(path))
        what = f"user {places.user}" if kind == "sysusers" else f"folders {places.state}, {places.configuration.parent}"
        say(f"{what}: {'declared in' if changed else 'as declared in'} {path}")


def begin_reader(release: Release, before: Release | None, say: Say) -> None:
    """Enable the privileged reader the first time that it is there: afterwards it is as the administrator left it."""
    if READER in unit_names(release) and (before is None or READER not in unit_names(before)):
        systemctl("enable", "--now", "--quiet", READER)
        say(f"{READER}: answers the service alone; to do without: systemctl disable --now {READER}")


def reader_is_enabled() -> bool:
    """Return True if the privileged reader is enabled."""
    return systemctl("is-enabled", READER, accept=tuple(range(256))).strip() == "enabled"


def stop_reader() -> None:
    """Stop the privileged reader and disable it, where it is there."""
    systemctl("disable", "--now", "--quiet", READER, accept=(0, 1, 5))
    systemctl("stop", "beffroi-reader@*.service", accept=(0, 5))


def unit_names(release: Release) -> list[str]:
    """Return the names of a release's units."""
    return [name for name, _ in _units(release)]


def text_of(places: Places) -> str | None:
    """Return what the service's unit says, None where there is none."""
    path = places.units / SERVICE
    return path.read_text(errors="replace") if path.exists() else None


def is_running() -> bool:
    """Return whether the service is active."""
    return _shown().get("ActiveState") == "active"


def has_begun() -> bool:
    """Return True if the service is enabled or runs: what was begun is upgraded and started anew."""
    enabled = systemctl("is-enabled", SERVICE, accept=tuple(range(256))).strip() == "enabled"
    return enabled or is_running()


# What decides in the unit which files and secrets the service can read, what it is kept from, and what it may take
# (systemd.exec(5), systemd.resource-control(5)): one look reads what others wrote, as the service does.
_RIGHTS = re.compile(
    r"(?:User|Group|SupplementaryGroups|(?:Load|Set)Credential(?:Encrypted)?|Environment(?:File)?|TemporaryFileSystem"
    r"|Bind(?:ReadOnly)?Paths|(?:InaccessibleP|ReadOnlyP|ReadWriteP)aths"
    r"|(?:Protect|Private|Restrict|SystemCall)[A-Za-z]+|CapabilityBoundingSet|NoNewPrivileges|LockPersonality"
    r"|MemoryDenyWriteExecute|DevicePolicy|UMask"
    r"|Memory(?:Max|High|SwapMax)|TasksMax|CPUQuota|OOMPolicy|Limit[A-Z]+)=.*"
)


def run_as_service(places: Places, *words: str, timeout: timedelta) -> Output:
    """Run the installed program with the files, secrets and rights that the service's unit gives; return what it said.

    Raises UsageError where it cannot be started, or does not end in time.
    """
    unit = systemctl("cat", SERVICE).splitlines()
    rights = [f"--property={line.strip()}" for line in unit if _RIGHTS.fullmatch(line.strip())]
    options = ("--quiet", "--wait", "--pipe", "--collect", f"--property=RuntimeMaxSec={int(timeout.total_seconds())}")
    argv = ("systemd-run", *options, *rights, str(places.program), *words)
    try:
        return run_program(Command(argv=argv, timeout=timeout + timedelta(seconds=30)))
    except LookError as error:
        raise UsageError(error.message, error.hint) from error


def renew_centre(places: Places, say: Say) -> None:
    """Start the fleet's centre of this machine anew, where one runs, so that it is of the release in use."""
    if places.centre.exists():
        systemctl("try-restart", CENTRE, timeout=START)
        say(f"{CENTRE}: started anew, if it ran")


def start_and_wait(say: Say) -> None:
    """Start the service anew, and wait until it has been well for a while. Raises UsageError with what it said."""
    begun = time.time()
    try:
        systemctl("restart", SERVICE, timeout=START)
    except UsageError as error:
        raise UsageError(f"the service did not start: {_last_words(begun) or error.message}", LOG_HINT) from error
    say(f"{SERVICE}: started")
    wait_until_well(begun)
    say(f"{SERVICE}: well, by its own word to systemd")


def wait_until_well(begun: float) -> None:
    """Wait until the service has said for a while that it is well. Raises UsageError where it does not come to that."""
    deadline = Deadline(WELL_WITHIN)
    since: float | None = None
    process = ""
    while True:
        shown = _shown()
        well = shown.get("ActiveState") == "active" and shown.get("StatusText") == WELL
        if not well or shown.get("MainPID") != process:
            since, process = (time.monotonic() if well else None), shown.get("MainPID", "")
        elif since is not None and time.monotonic() - since >= WELL_FOR.total_seconds():
            return
        if deadline.passed:
            said = shown.get("StatusText") or _last_words(begun) or f"it is {shown.get('ActiveState') or 'gone'}"
            raise UsageError(f"the service is not well: {one_line(said.encode())}", LOG_HINT)
        time.sleep(STEP_SECONDS)


LOG_HINT = "see journalctl -u beffroi.service, fix the cause, then run the same command again"


def _shown() -> dict[str, str]:
    said = systemctl("show", SERVICE, "--property=ActiveState,SubState,StatusText,MainPID")
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)


def _last_words(begun: float) -> str:
    """Return the last lines that the service wrote since some moment, where there is a journal to ask."""
    since = f"--since=@{int(begun)}"
    try:
        said = carried_out(
            "journalctl", "--unit", SERVICE, since, "--lines=3", "--output=cat", "_SYSTEMD_UNIT=" + SERVICE
        )
    except UsageError:
        return ""
    return one_line(" · ".join(said.strip().splitlines()).encode())


def _units(release: Release) -> Iterator[tuple[str, str]]:
    for file in sorted(release.units.glob("beffroi*")):
        if file.suffix in (".service", ".timer", ".socket", ".path"):
            yield file.name, file.read_text()


def laid(places: Places) -> list[str]:
    """Return the names of the units that any release of ours brings: no other is ever touched."""
    releases = places.releases.iterdir() if places.releases.is_dir() else ()
    return sorted({name for folder in releases for name in unit_names(Release(folder=folder))})


def _laid_by_others(places: Places, release: Release) -> list[str]:
    wanted = set(unit_names(release))
    return [name for name in laid(places) if name not in wanted]


def _lay(path: Path, text: str) -> bool:
    """Write a file whole, readable by all; return whether it was not so already."""
    if path.is_file() and path.read_text(errors="replace") == text:
        return False
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text)
    beside.chmod(0o644)
    beside.replace(path)
    return True
