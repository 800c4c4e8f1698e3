"""What root alone may see of a machine, asked at once: by root itself, else through the one program of a sudoers line.

beffroi-root 1
/proc/812/maps:7f1c-7f1d r-xp 00026000 fe:00 1311 /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)
== details
pid:[4026531836]
process 812 pid:[4026531836] nginx
file 1763913600 /usr/lib/x86_64-linux-gnu/libssl.so.3
== needrestart
NEEDRESTART-VER: 3.11
== end
"""

from dataclasses import dataclass
from datetime import timedelta
from importlib import resources

from agent.core.host import Host
from agent.core.lines import last_line

PROGRAM = "/usr/local/sbin/beffroi-root"
PROC = "/proc"
LIMIT = 8 * 1024 * 1024
# sudo is not asked where nothing was set up: it would write to the log, and mail root, about each attempt.
ASK = '[ "$(id -u)" = 0 ] && exec sh -c "$2" sh "$3"; [ -x "$1" ] || exit 9; exec sudo -n -- "$1"'
NOBODY = 9
HEAD, DETAILS, NEEDRESTART, END = b"beffroi-root 1\n", b"\n== details\n", b"== needrestart\n", b"== end\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooted:
    """Hold the three parts of the answer, as bytes."""

    maps: bytes
    details: bytes
    needrestart: bytes


def script() -> str:
    """Return the program, as it is installed and as root runs it."""
    return resources.files("collectors.patches").joinpath("root.sh").read_text()


def look_at(host: Host, timeout: timedelta, *, program: str = PROGRAM, proc: str = PROC) -> Rooted | str:
    """Return what root sees; or why nothing was seen, in words, which are empty where nothing was set up for it."""
    shown = f"{program} (as root)"
    argv = ("sh", "-c", ASK, "sh", program, script(), proc)
    output = host.run(*argv, timeout=timeout, accept=None, output_limit=LIMIT, shown=shown)
    if output.status == NOBODY:
        return ""
    found = parse(output.stdout)
    if output.status == 0 and found is not None:
        return found
    return f"{program} answers with {output.status}: {last_line(output.stderr) or 'something else'}"


def parse(said: bytes) -> Rooted | None:
    """Return the parts of the answer; None where it is none, or not a whole one."""
    if not said.startswith(HEAD) or not said.endswith(END):
        return None
    maps, details, rest = said.removeprefix(HEAD).partition(DETAILS)
    told, told_begins, needrestart = rest.removesuffix(END).partition(NEEDRESTART)
    if not details or not told_begins:
        return None
    return Rooted(maps=maps, details=told, needrestart=needrestart)
