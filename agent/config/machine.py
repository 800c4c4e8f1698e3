"""What a configuration asks of the machine at this moment: files that are there and private, programs installed.

`config check` refuses what is amiss; `check` and `run` go on, since it costs only the verdicts that it touches.
No file's content is read.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from agent.config.mistakes import Mistake, inert, shown
from agent.config.positions import Path as Place
from agent.config.programs import DEFAULT, programs
from agent.config.secrets import find_secret
from agent.config.settings import Agent
from agent.config.tables import TomlTable
from agent.core.access import barred_at, is_service, mend, user_name
from agent.core.files import other_writers

_PRIVATE = "chown root:beffroi and chmod 0640"


def state_directory(file: TomlTable) -> Path:
    """Return the state directory that a file names, else the default."""
    agent = file.table("agent")
    named = agent.text("state_directory") if agent is not None else None
    return Path(named) if named and named.startswith("/") and "\0" not in named else Agent().state_directory


def unready(file: TomlTable, beside: Path) -> Iterator[Mistake]:
    """Yield what the machine lacks for a configuration; `beside` is the configuration file."""
    state = state_directory(file)
    yield from _held((), "this file", beside)
    for table, key in _secrets(file):
        yield from _private(table, key, beside, state)
    for table, key in _plain(file):
        name = table.text(key)
        if name is not None and name.startswith("/"):
            yield from _regular(table.at(key), name, Path(name), state)
            if key != "web_config":  # which tells its own mistakes
                yield from _held(table.at(key), _named(name, Path(name)), Path(name))
    for export in file.tables("export"):
        yield from _dropped(export, state)
    for table, key in _attesting(file):
        name = table.text(key) or ""
        if name.strip():
            path = find_secret(name, beside)
            yield from _regular(table.at(key), name, path, state)
            yield from _held(table.at(key), _named(name, path), path)
    inventory = file.table("inventory")
    ansible = inventory.text("ansible") if inventory is not None else None
    if inventory is not None and ansible:
        path = beside.absolute().parent / ansible
        yield from _held(inventory.at("ansible"), f"the file {shown(str(path))}", path)
    yield from _tools(file)


def _secrets(file: TomlTable) -> Iterator[tuple[TomlTable, str]]:
    for host in file.tables("host"):
        yield host, "key_file"
        yield host, "key_password_file"
    for backup in file.tables("backup"):
        for copy in backup.tables("copy"):
            yield copy, "password_file"
            yield copy, "environment_file"
    report = file.table("report")
    if report is not None:
        yield report, "key_file"
    fleet = file.table("fleet")
    if fleet is not None:
        yield fleet, "password_file"
        yield fleet, "key_file"
    alert = file.table("alert")
    if alert is not None:
        for key in ("mail_password_file", "webhook_file", "heartbeat_file"):
            yield alert, key


def _plain(file: TomlTable) -> Iterator[tuple[TomlTable, str]]:
    agent = file.table("agent")
    if agent is not None:
        yield agent, "web_config"
    report = file.table("report")
    if report is not None:
        yield report, "certificate_file"
    fleet = file.table("fleet")
    if fleet is not None:
        yield fleet, "certificate_file"
        yield fleet, "root_certificate"
    for host in file.tables("host"):
        yield host, "known_hosts"


def _attesting(file: TomlTable) -> Iterator[tuple[TomlTable, str]]:
    evidence = file.table("evidence")
    if evidence is None:
        return
    stamp = evidence.table("timestamp")
    if stamp is not None:
        yield stamp, "ca_file"
    for witness in evidence.tables("witness"):
        yield witness, "key_file"


def _dropped(table: TomlTable, state: Path) -> Iterator[Mistake]:
    """Yield that what a console drops may not be read; it may well not be there yet."""
    name = table.text("path") or ""
    try:
        there = name.startswith("/") and os.path.lexists(barred_at(Path(name)))
    except ValueError:
        return
    if there and not os.access(name, os.R_OK, effective_ids=True):
        yield _unreadable(table.at("path"), name, Path(name), state)


def _private(table: TomlTable, key: str, beside: Path, state: Path) -> Iterator[Mistake]:
    name = table.text(key)
    if not name or not name.strip():
        return
    path, place = find_secret(name, beside), table.at(key)
    named = _named(name, path)
    yield from _regular(place, name, path, state)
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return
    if stat.S_ISREG(mode) and mode & (stat.S_IROTH | stat.S_IWOTH):
        yield Mistake(path=place, what=f"{named} may be read or written by everyone on this machine", hint=_PRIVATE)
    else:
        yield from _held(place, named, path)


def _held(place: Place, named: str, path: Path) -> Iterator[Mistake]:
    writers = other_writers(path)
    if writers is not None:
        hint = f"chown root {path} and chmod go-w {path}, and the same for a folder that is named"
        yield Mistake(path=place, what=f"{named} may be written by {writers}", hint=inert(hint))


def _regular(place: Place, name: str, path: Path, state: Path) -> Iterator[Mistake]:
    named = _named(name, path)
    try:
        status = os.stat(path)
    except PermissionError:
        yield _unreadable(place, name, path, state)
        return
    except (OSError, ValueError):
        hint = f"write it, then {_PRIVATE}" if path.is_absolute() and name.startswith("/") else _beside(path)
        yield Mistake(path=place, what=f"{named} is not there", hint=hint)
        return
    if not stat.S_ISREG(status.st_mode):
        yield Mistake(path=place, what=f"{named} is no regular file", hint="name a file")
    elif not status.st_size:
        yield Mistake(path=place, what=f"{named} is empty", hint=f"write it, then {_PRIVATE}")
    elif not os.access(path, os.R_OK, effective_ids=True):
        yield _unreadable(place, name, path, state)


def _unreadable(place: Place, name: str, path: Path, state: Path) -> Mistake:
    who = f"this user ({user_name()})" if is_service(state) else "this user"
    return Mistake(path=place, what=f"{_named(name, path)} may not be read by {who}", hint=mend(path, state))


def _named(name: str, path: Path) -> str:
    # A relative name could be the secret itself, written into the wrong key: it is not repeated.
    return f"the file {shown(str(path))}" if name.startswith("/") else "the file of this name"


def _beside(path: Path) -> str:
    return f"write it in $CREDENTIALS_DIRECTORY or in {shown(str(path.parent))}, or give an absolute path"


def _program_of(backup: TomlTable) -> str:
    return backup.text("program") or DEFAULT


def _tools(file: TomlTable) -> Iterator[Mistake]:
    backups = list(file.tables("backup"))
    if not backups:
        return
    known = programs()
    first = {name: backup for backup in reversed(backups) if (name := _program_of(backup)) in known}
    for name, backup in first.items():
        command, package = known[name].command, known[name].package or known[name].command
        if command and shutil.which(command) is None:
            yield Mistake(path=backup.path, what=f"{command} is not installed", hint=f"apt-get install {package}")
    repositories = [copy.text("repository") or "" for backup in backups for copy in backup.tables("copy")]
    if any(repository.startswith(("sftp:", "ssh:")) for repository in repositories) and shutil.which("ssh") is None:
        yield Mistake(path=backups[0].path, what="ssh is not installed", hint="apt-get install openssh-client")
