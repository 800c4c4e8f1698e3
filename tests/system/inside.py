"""What every step inside the machine uses: its programs, its service, its places. The standard library alone."""

import contextlib
import json
import pathlib
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

STATE = pathlib.Path("/var/lib/beffroi")
CONFIGURATION = pathlib.Path("/etc/beffroi/beffroi.toml")
RELEASES = pathlib.Path("/opt/beffroi/releases")
CURRENT = pathlib.Path("/opt/beffroi/current")
BEFFROI = "/usr/local/bin/beffroi"
PORT = 9588
UNITS = pathlib.Path("/etc/systemd/system")
REPOSITORY, PASSWORD = "/srv/elsewhere/files", "/etc/beffroi/files.password"

Step = Callable[[], None]


class NotHereError(Exception):
    """Raised where this machine cannot show what a step is about."""


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, stdin=subprocess.DEVNULL)


def sure(*command: str) -> str:
    """Return what a program printed; it must succeed."""
    done = ran(*command)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def as_user(user: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a program as another user, as a login would."""
    return ran("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "env", "HOME=/", *command)


def shown(name: str) -> str:
    """Return a property of the service."""
    return sure("systemctl", "show", "beffroi.service", "--value", f"--property={name}").strip()


def health() -> int:
    """Return what /healthz answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)
    except OSError:
        return 0


def comes(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Return whether something comes to hold within some seconds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def verdicts() -> dict[tuple[str, str], tuple[str, str]]:
    """Return what the daemon serves, by target and subject."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/verdicts", timeout=10) as answer:
        served = json.load(answer)["verdicts"]
    return {(one["target"], one["subject"]): (one["state"], one["reason"]) for one in served}


def well() -> bool:
    """Return whether the service is active and answers that it is well."""
    return shown("ActiveState") == "active" and health() == 200


def owners(folder: pathlib.Path) -> set[str]:
    """Return the users to whom a folder and all in it belong."""
    return {path.owner() for path in (folder, *folder.rglob("*"))}


def releases() -> set[str]:
    """Return the names of the releases that are kept."""
    return {path.name for path in RELEASES.iterdir()}


def served() -> dict[tuple[str, str], tuple[str, str]]:
    """Return what the daemon serves, nothing while it starts."""
    try:
        return verdicts()
    except OSError:
        return {}


def changed(file: str, old: str, new: str) -> None:
    """Change the checkout, as another version would be."""
    path = pathlib.Path(file)
    text = path.read_text()
    assert old in text, file
    path.write_text(text.replace(old, new, 1))


@contextlib.contextmanager
def believed() -> Iterator[None]:
    """Believe the declared sites of the copies, which all lie on this machine, until the end."""
    key = "[agent]\ndemonstration = true\n"
    CONFIGURATION.write_text(CONFIGURATION.read_text().replace("[agent]\n", key, 1))
    sure("systemctl", "reload", "beffroi")
    try:
        yield
    finally:
        CONFIGURATION.write_text(CONFIGURATION.read_text().replace(key, "[agent]\n", 1))
        sure("systemctl", "reload", "beffroi")


def ledger_version() -> int:
    """Return the version of the ledger's tables."""
    query = "SELECT max(version) FROM schema_version"
    script = f"import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute({query!r}).fetchone()[0])"
    return int(as_user("beffroi", "python3", "-c", script, str(STATE / "ledger.sqlite")).stdout)
