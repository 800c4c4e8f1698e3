"""A copy's environment file: keys of the store, given to that copy's restic and to nothing else."""

import re
from collections.abc import Mapping
from pathlib import Path

from agent.core.errors import Unreadable
from agent.core.files import other_writers
from agent.core.host import Host

LIMIT = 64 * 1024
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# What would make restic open something else than the configuration says.
_SETTLED_ELSEWHERE = re.compile(r"RESTIC_(PASSWORD|REPOSITORY|FROM_|KEY_HINT|CACHE_DIR)")


def read_environment(here: Host, path: Path) -> Mapping[str, str]:
    """Return what an environment file sets. Raises Missing, Denied, Unreadable; its values stand in no message.

    One that others may write is not read: it could have restic load their library, under the agent's own rights.
    """
    content = here.read(str(path), limit=LIMIT)
    writers = other_writers(path)
    if writers is not None:
        raise Unreadable(f"{path} may be written by {writers}", f"chown root {path} and chmod go-w {path}")
    return parse_environment(content, str(path))


def parse_environment(content: bytes, name: str) -> Mapping[str, str]:
    """Return the variables of `KEY=VALUE` lines, as systemd's EnvironmentFile= has them.

    Empty lines and those that begin with `#` or `;` say nothing; `export` before the key and quotes around the value
    are taken off. Raises Unreadable, naming the line and never what stands there.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"{name} is no text in UTF-8") from error
    variables: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", ";")):
            continue
        key, equals, value = stripped.removeprefix("export ").partition("=")
        key, value = key.strip(), _unquoted(value.strip())
        if not equals or _NAME.fullmatch(key) is None or "\0" in value:
            raise Unreadable(f"{name}: line {number} is not KEY=VALUE", "write one KEY=VALUE a line")
        if _SETTLED_ELSEWHERE.match(key):
            hint = "leave it out: the configuration says which repository and password file to use"
            raise Unreadable(f"{name}: line {number}: {key} may not be set there", hint)
        variables[key] = value
    return variables


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value
