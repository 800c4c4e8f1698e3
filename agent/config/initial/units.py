"""Systemd units, cron tables and the scripts that they call, read for the restic repositories that they back up to.

Reads:  service units and their drop-ins, /etc/crontab, /etc/cron.*, /var/spool/cron/crontabs, all below a movable root.
Blind:  what a script works out at run time (variables, functions, other scripts).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agent.config.initial.clues import Clues, assigned, commands, programs, settled
from agent.core.errors import LookError
from agent.core.files import read_file

LARGEST = 256 * 1024
_UNITS = ("etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system")
_CRON_TABLES = ("etc/crontab", "etc/cron.d/*", "var/spool/cron/crontabs/*")
_CRON_SCRIPTS = ("etc/cron.hourly/*", "etc/cron.daily/*", "etc/cron.weekly/*", "etc/cron.monthly/*")
# Variables that a storage asks for; a file that sets one is given to restic as a whole.
_CREDENTIALS = re.compile(r"(?:AWS|B2|AZURE|GOOGLE|OS|ST|RCLONE|RESTIC_REST)_[A-Z0-9_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One scheduled call of a backup program, or of one that calls it: where it is written and what it tells."""

    name: str
    origin: str
    tool: str
    clues: Clues
    program: str = "restic"
    environment_file: str | None = None
    configuration: str | None = None


def jobs(root: Path) -> Iterator[Job]:
    """Yield every scheduled job that calls restic, resticprofile or autorestic."""
    seen: set[str] = set()
    for folder in _UNITS:
        for unit in _listed(root, f"{folder}/*.service"):
            if unit.name not in seen:
                seen.add(unit.name)
                yield from _unit_jobs(root, unit)
    for pattern in _CRON_TABLES:
        for table in _listed(root, pattern):
            yield from _text_jobs(root, table, table.name, text_of(table))
    for pattern in _CRON_SCRIPTS:
        for script in _listed(root, pattern):
            yield from _text_jobs(root, script, script.name, text_of(script), deeper=False)


def text_of(path: Path) -> str:
    """Return a small text file's content; what cannot be read says nothing."""
    try:
        return read_file(path, limit=LARGEST).decode(errors="replace")
    except LookError:
        return ""


def within(root: Path, path: str) -> Path:
    """Return where an absolute path lies below the root."""
    return root / path.lstrip("/")


def outside(root: Path, path: Path) -> str:
    """Return a path below the root as the machine itself names it."""
    return f"/{path.relative_to(root)}"


def _listed(root: Path, pattern: str) -> list[Path]:
    try:
        return sorted(root.glob(pattern))[:2000]
    except OSError:
        return []


def _unit_jobs(root: Path, unit: Path) -> Iterator[Job]:
    drop_ins = [
        text_of(path) for folder in _UNITS for path in _listed(root, f"{folder}/{glob_escaped(unit.name)}.d/*.conf")
    ]
    settings = list(_service("\n".join([text_of(unit), *drop_ins])))
    lines = [value.lstrip("-@:+!|") for key, value in settings if key.startswith("Exec")]
    credentials = dict(
        value.split(":", 1) for key, value in settings if key.startswith("LoadCredential") and ":" in value
    )
    context, environment_file = _environment(root, settings, credentials)
    name = unit.name.removesuffix(".service").rstrip("@")
    yield from _line_jobs(root, lines, name, outside(root, unit), context, environment_file)


def glob_escaped(name: str) -> str:
    """Return a file name that a glob takes literally."""
    return re.sub(r"([*?[])", r"[\1]", name)


def _service(text: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in text.replace("\\\n", " ").splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and not line.startswith(("#", ";")):
            key, _, value = line.partition("=")
            yield key.strip(), value.strip()


def _environment(root: Path, settings: list[tuple[str, str]], credentials: dict[str, str]) -> tuple[Clues, str | None]:
    clues, environment_file = Clues(), None
    for key, value in settings:
        if key == "Environment":
            for name, path in credentials.items():
                value = re.sub(rf"(?:%d|\$\{{CREDENTIALS_DIRECTORY\}})/{re.escape(name)}(?=[\s\"']|$)", path, value)
            clues = assigned(_pairs(value)).over(clues)
        elif key == "EnvironmentFile" and settled(path := value.removeprefix("-")):
            told = assigned(text_of(within(root, path)).splitlines())
            clues = told.over(clues)
            if any(_CREDENTIALS.fullmatch(name) for name in told.names):
                environment_file = path
    return clues, environment_file


def _pairs(value: str) -> list[str]:
    # Environment="A=b c" D=e: a quoted word is one assignment.
    return [quoted or doubly or bare for quoted, doubly, bare in re.findall(r"'([^']*)'|\"([^\"]*)\"|(\S+)", value)]


def _text_jobs(root: Path, file: Path, name: str, text: str, deeper: bool = True) -> Iterator[Job]:
    lines = [line for line in text.replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#")]
    yield from _line_jobs(root, lines, name, outside(root, file), assigned(lines), None, deeper)


def _line_jobs(
    root: Path,
    lines: list[str],
    name: str,
    origin: str,
    context: Clues,
    environment_file: str | None,
    deeper: bool = True,
) -> Iterator[Job]:
    calls = [command for line in lines for command in commands(line)]
    for command in calls:
        if command.tool == "restic" and not command.clues.paths:
            continue
        yield Job(
            name=name,
            origin=origin,
            tool=command.tool,
            clues=command.clues.over(context),
            environment_file=environment_file,
            configuration=command.configuration,
        )
    # restic forget, check and the rest tell of a repository too; its paths are then left to fill in.
    spoken_of = [command for command in calls if command.tool == "restic"]
    if spoken_of and not any(command.clues.paths for command in spoken_of):
        clues = spoken_of[0].clues.over(context)
        yield Job(name=name, origin=origin, tool="restic", clues=clues, environment_file=environment_file)
    if deeper and not calls:
        yield from _script_jobs(root, lines, name, context, environment_file)


def _script_jobs(
    root: Path, lines: list[str], name: str, context: Clues, environment_file: str | None
) -> Iterator[Job]:
    for program in dict.fromkeys(program for line in lines for program in programs(line)):
        script = within(root, program)
        text = text_of(script) if PurePosixPath(program).suffix in ("", ".sh", ".bash") else ""
        if not text.startswith("#!") or not any(tool in text for tool in ("restic", "rsync")):
            continue
        inner = [line for line in text.replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#")]
        told = assigned(inner).over(context)
        yield from _line_jobs(root, inner, name, outside(root, script), told, environment_file, deeper=False)
