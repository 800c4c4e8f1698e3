"""Which repository pgBackRest uses, as it says itself: no configuration is read."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from collectors.pgbackrest.program import PgBackRest

_BEGIN = re.compile(r" INFO: info command begin [^:]*: (.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositorySettings:
    """Where a repository lies: a folder (`path`) of the machine `host` (empty: where the command is run), or elsewhere.

    `kind` is `posix`, `cifs`, `sftp` or the kind of an object store; `host` is also where that is reached.
    """

    kind: str
    host: str
    path: str


def repository_settings(program: PgBackRest) -> RepositorySettings:
    """Return where the repository of a copy lies. Raises a LookError."""
    output = program.ask("info", "--output=json", level="info")
    return settings_in(output.stderr.decode(errors="replace"), program.repository or "1")


# INFO: info command begin 2.55.1: --config=… --repo1-host=vault --repo1-path=/srv/pgbackrest --stanza=main
def settings_in(said: str, repository: str) -> RepositorySettings:
    """Return where a repository lies, of what pgBackRest says of its options; what it does not say is its default."""
    found = _BEGIN.search(said)
    options: Mapping[str, str] = dict(_options(found[1])) if found else {}
    prefix = f"repo{repository}-"
    kind = options.get(f"{prefix}type", "posix")
    hosts = (options.get(f"{prefix}{name}", "") for name in ("host", "storage-host", f"{kind}-endpoint", "sftp-host"))
    return RepositorySettings(
        kind=kind,
        host=_name_in(next((host for host in hosts if host), "")),
        path=options.get(f"{prefix}path", "/var/lib/pgbackrest"),
    )


def _name_in(host: str) -> str:
    """Return the name or address of `https://host:443/`, in any shorter form."""
    try:
        return urlsplit(host if "://" in host else f"//{host}").hostname or host
    except ValueError:
        return host


def _options(line: str) -> list[tuple[str, str]]:
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    return [
        (name, value) for name, equals, value in (word.removeprefix("--").partition("=") for word in words) if equals
    ]
