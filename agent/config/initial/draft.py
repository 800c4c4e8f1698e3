"""Write a first configuration: what was found stands, what could not be settled is commented out and says why."""

import json
import os
import shlex
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from agent.config.initial.discover import DiscoveredMachine, FoundRepository
from agent.config.initial.other_draft import other_blocks
from agent.config.initial.toml_text import commented, free_id, plain_id, quoted
from agent.config.load import understand
from agent.config.mistakes import inert
from agent.config.programs import DEFAULT
from agent.config.schedule_keys import collect_words
from agent.core.errors import ConfigurationError, UsageError
from agent.core.files import shown

_PLACE = Path("/etc/beffroi/beffroi.toml")
_HEAD = """\
# What is expected of this machine, and where its backups lie. Every key: docs/configuration.md
# After each change: beffroi config check

[agent]
state_directory = "/var/lib/beffroi"
# listen = "127.0.0.1:9588"              # status page and /metrics
# timezone = "Europe/Paris"
# language = "fr"

# [convention]
# reference = "Délibération n° 588 du 24 septembre 2025"
# provider = "Communauté Urbaine d'Arras, DIITUN"
# signed = 2025-12-15                    # fill in: convention-review is unproven without it
# starts = 2026-01-01                    # fill in: the first day measured; left out: the day of the first load

[[beneficiary]]
id = "scota"
name = "Syndicat Mixte du SCOT de l'Arrageois"
"""
_TAIL = """
# [alert]                                # beside Prometheus, for sites without it
# mail = { to = ["astreinte@example.fr"], smtp = "smtp://relay.example:25", from = "beffroi@example.fr" }
# heartbeat_file = "/etc/beffroi/heartbeat"
"""


def initial(machine: DiscoveredMachine, place: Path = _PLACE) -> str:
    """Return the text of a configuration that `config check` accepts on this machine, to lie at `place`."""
    base = f"{_HEAD}\n{_host(machine)}"
    taken: set[str] = set()
    backups = "".join(_backups(machine, base, place, taken))
    backups += "".join(
        other_blocks(
            machine.others, plain_id(machine.name), taken, lambda block: _disagreement(f"{base}\n{block}", place)
        )
    )
    nothing = (
        "\n# No repository was found in systemd units, cron, resticprofile, autorestic or borgmatic, nor a backup of\n"
        "# rsync, vzdump, pgBackRest or Barman.\n"
        "# Declare each backup as [[backup]], with a [[backup.copy]] for each repository.\n"
    )
    return f"{base}{backups or nothing}{_journal(machine)}{_TAIL}"


def write_new(path: Path, text: str) -> None:
    """Write a file that must not be there yet, readable by its owner and group; raise UsageError where that fails."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
    except FileExistsError as error:
        raise UsageError(f"{shown(path)} is already there", "name another file with --output") from error
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        os.unlink(path)
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError | ValueError) -> UsageError:
    if isinstance(error, FileNotFoundError) and path.name:
        return UsageError(
            f"{shown(path)} cannot be written: the folder {shown(path.parent)} does not exist",
            f"mkdir -p {shlex.quote(str(path.parent))}, or name another file with --output",
        )
    why = os.strerror(error.errno or 0).lower() if isinstance(error, OSError) else "a path holds a null byte"
    return UsageError(f"{shown(path)} cannot be written: {why}", "name another file with --output")


def _host(machine: DiscoveredMachine) -> str:
    protection = [f"socket = {quoted(machine.antivirus_socket)}"] if machine.antivirus_socket else []
    protection += [f"database = {quoted(machine.antivirus_database)}"] if machine.antivirus_database else []
    antivirus = (
        "antivirus = { " + ", ".join(['product = "clamav"', *protection]) + " }"
        if protection
        else "# No ClamAV was found; endpoint-protection is missed until one runs, unless collect leaves antivirus out."
    )
    apt = (
        "" if machine.apt else "# No apt-get was found; leave patches out of collect where updates come another way.\n"
    )
    return (
        "[[host]]\n"
        f"id = {quoted(plain_id(machine.name))}\n"
        'transport = "local"\n'
        '# site = "arras"                        # fill in: where it stands; tells which copies are off site\n'
        '# perimeter = "mutualised"              # fill in: or "own"\n'
        f"{apt}"
        f"# collect = {json.dumps(collect_words())}   # left out: what applies to the machine\n"
        f"{antivirus}\n"
        "# coverage = true                      # what it holds is looked for, and must be in a backup or excused:\n"
        '# unbacked = [{ what = "/", reason = "système réinstallable" }]\n'
    )


def _journal(machine: DiscoveredMachine) -> str:
    if machine.journal is None:
        return ""
    return (
        "\n# A systemd journal was found. Where this machine collects the logs of others, take the marks away\n"
        "# and name every machine that is expected to send.\n"
        "# [[log]]\n"
        '# id = "central"\n'
        f"# host = {quoted(plain_id(machine.name))}\n"
        '# kind = "journal"\n'
        f"# path = {quoted(machine.journal)}\n"
        f"# sources = [{quoted(plain_id(machine.name))}]\n"
    )


def _backups(machine: DiscoveredMachine, base: str, place: Path, taken: set[str]) -> Iterator[str]:
    settled = base
    ordered = sorted(machine.repositories, key=lambda found: (found.program, found.paths, found.origin))
    # Copies of the same paths are copies of one backup; where the paths are unknown each stands alone.
    for _, group in groupby(ordered, key=lambda found: (found.program, found.paths or found.origin)):
        copies = tuple(group)
        head = _backup_head(free_id(plain_id(copies[0].name), taken), plain_id(machine.name), copies[0])
        names: set[str] = set()
        live, marked = "", ""
        for found in copies:
            block = _copy(free_id(_copy_name(found), names), found)
            complaint = _complaint(found, settled + head + live + block, place)
            if complaint:
                marked += _explained(found, complaint) + commented(block)
            else:
                live += _explained(found) + block
        settled += head + live if live else ""
        yield f"\n{head if live else commented(head)}{live}{marked}"


def _backup_head(id: str, host: str, found: FoundRepository) -> str:
    listed = ", ".join(quoted(path) for path in found.paths) or '"…"'
    program = "" if found.program == DEFAULT else f"program = {quoted(found.program)}\n"
    return (
        "[[backup]]\n"
        f"id = {quoted(id)}\n"
        f"{program}"
        f"host = {quoted(host)}\n"
        f"paths = [{listed}]\n"
        '# retention = "400d"                    # fill in: no recovery point is kept longer\n'
    )


def _copy_name(found: FoundRepository) -> str:
    return "local" if _is_local(found.repository or "") else plain_id((found.repository or "copy").split(":", 1)[0])


def _is_local(repository: str) -> bool:
    return repository.startswith(("/", "local:"))


def _copy(id: str, found: FoundRepository) -> str:
    local = _is_local(found.repository or "")
    where = "on this machine, unless the folder is another's" if local else "fill in site and country, then say true"
    environment = f"environment_file = {quoted(found.environment_file)}\n" if found.environment_file is not None else ""
    return (
        "[[backup.copy]]\n"
        f"id = {quoted(id)}\n"
        f"repository = {quoted(found.repository or '…')}\n"
        f"password_file = {quoted(found.password_file or '…')}\n"
        f"{environment}"
        '# site = "cambrai"\n'
        '# country = "FR"\n'
        '# immutable = "30d"                     # where its store keeps each file from deletion for so long\n'
        f"offsite = false                        # {where}\n"
    )


def _complaint(found: FoundRepository, text: str, place: Path) -> str:
    lacking = [
        what
        for what, value in (
            ("its address", found.repository),
            ("its password_file", found.password_file),
            ("its paths", found.paths),
        )
        if not value
    ]
    if lacking:
        return f"fill in {', '.join(lacking)}"
    return _disagreement(text, place)


def _disagreement(text: str, place: Path) -> str:
    try:
        understand(text.encode(), place, strict=True)
    except ConfigurationError as error:
        return "; ".join(line.split(": ", 1)[1] for line, _ in error.mistakes)
    return ""


def _explained(found: FoundRepository, complaint: str = "") -> str:
    notes = [f"Found in {inert(found.origin)}.", *(f"Note: {remark}." for remark in found.remarks)]
    notes += [f"Not settled: {complaint}. Then take the marks away."] if complaint else []
    return "".join(f"# {note}\n" for note in notes)
