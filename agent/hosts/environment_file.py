"""A copy's environment file: keys of its store, passed to that copy's backup program only."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from agent.core.deadline import within
from agent.core.errors import Unreadable
from agent.core.files import read_file
from agent.core.host import Host

LIMIT = 64 * 1024
TIMEOUT = timedelta(seconds=60)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# What would make restic or borg open something else than the configuration says, write elsewhere, or be less strict.
_SETTLED_ELSEWHERE = re.compile(
    r"RESTIC_(PASSWORD|REPOSITORY|FROM_|KEY_HINT|CACHE_DIR)"
    r"|BORG_(REPO$|(NEW_)?PASS|DISPLAY_PASS|(BASE|CONFIG|CACHE|SECURITY)_DIR|EXIT_CODES|\w+_IS_OK$|\w+_I_KNOW_)"
)

# What would have the loader or Go's runtime change a program: ld.so(8), https://pkg.go.dev/runtime.
_OF_A_LOADER = re.compile(r"LD_|GLIBC_TUNABLES$|GODEBUG$")


def read_environment(here: Host, path: Path) -> Mapping[str, str]:
    """Return what an environment file sets.

    Raises Missing, Denied, Unreadable, TimedOut; its values stand in no message. One that others than root and the
    agent's user own or may write is not read: it could have a program load their library, under the agent's rights.
    """
    # This one costs no more than its deadline where the disk hangs; the next is of a file that is no one else's.
    here.read(str(path), limit=LIMIT)
    content = within(TIMEOUT, str(path), lambda: read_file(path, limit=LIMIT, held=True))
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
        if _OF_A_LOADER.match(key):
            hint = "leave it out: it changes the programs themselves, and says nothing of a store"
            raise Unreadable(f"{name}: line {number}: {key} may not be set there", hint)
        variables[key] = value
    return variables


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value
